//! SQL under construction: text of ours with values between.

use crate::dialect::Dialect;
use crate::value::Value;

/// A piece of SQL whose placeholders are numbered when all of it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fragment {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Sql(String),
    Bound { value: Value, standing: Standing },
}

/// Whether a bound value says who the viewer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The id of the viewer or of an ancestor, in a place that no rendering leaves out.
    Tenant,
    /// The same in an optional clause.
    OptionalTenant,
    Other,
}

impl Fragment {
    pub(crate) fn sql(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Sql(sql)) => sql.push_str(text),
            _ => self.pieces.push(Piece::Sql(text.to_owned())),
        }
    }

    pub(crate) fn bind(&mut self, value: Value) {
        self.bind_as(value, Standing::Other);
    }

    pub(crate) fn bind_as(&mut self, value: Value, standing: Standing) {
        self.pieces.push(Piece::Bound { value, standing });
    }

    /// Values with commas between.
    pub(crate) fn bind_all(&mut self, values: impl IntoIterator<Item = Value>) {
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                self.sql(", ");
            }
            self.bind(value);
        }
    }

    pub(crate) fn append(&mut self, other: Self) {
        for piece in other.pieces {
            match piece {
                Piece::Sql(text) => self.sql(&text),
                bound @ Piece::Bound { .. } => self.pieces.push(bound),
            }
        }
    }

    /// The same between two texts of ours.
    pub(crate) fn between(self, before: &str, after: &str) -> Self {
        let mut sql = Self::default();
        sql.sql(before);
        sql.append(self);
        sql.sql(after);
        sql
    }

    /// Cuts white space at the end, as a dropped clause leaves it.
    pub(crate) fn trim_end(&mut self) {
        while let Some(Piece::Sql(sql)) = self.pieces.last_mut() {
            sql.truncate(sql.trim_end().len());
            if !sql.is_empty() {
                break;
            }
            self.pieces.pop();
        }
    }

    /// What each placeholder stands for, in order.
    pub(crate) fn standings(&self) -> Vec<Standing> {
        let standing = |piece: &Piece| match piece {
            Piece::Bound { standing, .. } => Some(*standing),
            Piece::Sql(_) => None,
        };
        self.pieces.iter().filter_map(standing).collect()
    }

    /// The value of each placeholder, in order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Bound { value, .. } => Some(value),
            Piece::Sql(_) => None,
        })
    }

    /// The text that is proved, with placeholders numbered from 1 in order of appearance.
    pub(crate) fn text(&self, dialect: &dyn Dialect) -> String {
        self.written(|number, _, _, sql| dialect.placeholder(number, sql))
    }

    /// The text that runs: the same pieces, with the database's own way to speak of a value.
    pub(crate) fn statement(&self, dialect: &dyn Dialect) -> String {
        self.written(|number, value, standing, sql| match standing {
            Standing::Tenant | Standing::OptionalTenant => dialect.tenant(number, value, sql),
            Standing::Other => dialect.reference(number, value, sql),
        })
    }

    fn written(&self, refer: impl Fn(usize, &Value, Standing, &mut String)) -> String {
        let mut sql = String::new();
        let mut number = 0;
        for piece in &self.pieces {
            match piece {
                Piece::Sql(text) => sql.push_str(text),
                Piece::Bound { value, standing } => {
                    number += 1;
                    refer(number, value, *standing, &mut sql);
                }
            }
        }
        sql
    }

    /// The texts that say who the viewer is.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Bound { value: Value::Text(id), standing } if *standing != Standing::Other => {
                Some(id.as_str())
            }
            _ => None,
        })
    }

    /// The values, in order of appearance.
    pub(crate) fn into_values(self) -> Vec<Value> {
        let value = |piece| match piece {
            Piece::Bound { value, .. } => Some(value),
            Piece::Sql(_) => None,
        };
        self.pieces.into_iter().filter_map(value).collect()
    }
}
