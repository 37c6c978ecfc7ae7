//! Rows that become one, their order, and the sums below a table.

use std::cmp::Ordering;

use model::dashboard::{ColumnTotal, Dimension, Measure, Panel, Sort};

use super::{Expected, OfPanel, Table, calendar, finish, measures};
use crate::rows::Row;
use crate::value::Value;

/// A row of a result.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) cells: Vec<Value>,
    /// Whether it gathers what is beyond the limit.
    is_others: bool,
}

/// What rows are grouped by: the values of the dimensions, and whether they gather what is beyond the
/// limit.
type Group = (Vec<Value>, bool);

impl Line {
    fn group(&self, dimensions: usize) -> Group {
        (self.cells[..dimensions].to_vec(), self.is_others)
    }
}

/// The values of a dimension that a limit keeps, and what the others are called.
pub(super) struct Top<'a> {
    dimension: &'a Dimension,
    values: Vec<Value>,
    label: &'a str,
}

impl OfPanel<'_> {
    pub(super) fn groups(&self, rows: &[&Row]) -> Expected {
        let panel = self.panel;
        let columns: Vec<String> = panel.result_columns().map(ToString::to_string).collect();
        let of_viewer = self.of_viewer(&columns)?;
        let rows = self.kept(rows);
        let top = self.top(&rows);
        let mut lines = self.lines(&rows, &panel.dimensions, &panel.measures, top.as_ref());
        lines.retain(|line| {
            of_viewer
                .iter()
                .all(|condition| condition.holds(cell(line, &condition.column, &columns)))
        });
        let kept: Vec<Group> =
            lines.iter().map(|line| line.group(panel.dimensions.len())).collect();
        self.put_in_order(&mut lines, self.first_sort(), &columns);
        if let Some(limit) = panel.limit.filter(|_| top.is_none()) {
            lines.truncate(limit as usize);
        }
        let cells = lines.into_iter().map(|line| line.cells).collect();
        let mut table = Table { columns, rows: cells };
        finish::of_panel(&mut table, self);
        let mut expected = self.page(table);
        let totals = self.totals(&rows, &kept, top.as_ref());
        expected.extend(totals.map(|totals| ("totals", totals)));
        Ok(expected)
    }

    /// One line for each combination of values; without a dimension one in any case.
    pub(super) fn lines(
        &self,
        rows: &[&Row],
        dimensions: &[Dimension],
        measures: &[Measure],
        top: Option<&Top<'_>>,
    ) -> Vec<Line> {
        let mut groups: Vec<(Vec<Value>, bool, Vec<&Row>)> = Vec::new();
        if dimensions.is_empty() {
            groups.push((Vec::new(), false, Vec::new()));
        }
        for row in rows {
            let (key, is_others) = self.group(row, dimensions, top);
            match groups.iter_mut().find(|group| group.0 == key && group.1 == is_others) {
                Some(group) => group.2.push(row),
                None => groups.push((key, is_others, vec![row])),
            }
        }
        let line = |(key, is_others, rows): (Vec<Value>, bool, Vec<&Row>)| {
            let figure = |measure| measures::figure(measure, &self.panel.measures, &rows);
            let cells = key.into_iter().chain(measures.iter().map(figure)).collect();
            Line { cells, is_others }
        };
        groups.into_iter().map(line).collect()
    }

    /// What a row is grouped by.
    fn group(&self, row: &Row, dimensions: &[Dimension], top: Option<&Top<'_>>) -> Group {
        let is_others =
            top.is_some_and(|top| !top.values.contains(&row.get(top.dimension.column.as_str())));
        let key = |dimension: &Dimension| match top {
            Some(top) if is_others && top.dimension == dimension => {
                Value::Text(top.label.to_owned())
            }
            _ => self.key(row, dimension),
        };
        (dimensions.iter().map(key).collect(), is_others)
    }

    fn key(&self, row: &Row, dimension: &Dimension) -> Value {
        let value = row.get(dimension.column.as_str());
        match dimension.bucket {
            Some(bucket) => calendar::bucket_of(&value, bucket, &self.clock.zone),
            None => value,
        }
    }

    /// The first values of the one dimension without a bucket, by the author's order.
    fn top(&self, rows: &[&Row]) -> Option<Top<'_>> {
        let panel = self.panel;
        let label = panel.others_label()?;
        let dimension = panel.dimensions.iter().find(|dimension| dimension.bucket.is_none())?;
        let one = std::slice::from_ref(dimension);
        let has_value = |row: &&&Row| !row.get(dimension.column.as_str()).is_missing();
        let rows: Vec<&Row> = rows.iter().filter(has_value).copied().collect();
        let mut lines = self.lines(&rows, one, &panel.measures, None);
        let measures = panel.measures.iter().map(|measure| measure.name.to_string());
        let columns: Vec<String> =
            std::iter::once(dimension.result_name().to_string()).chain(measures).collect();
        let is_here = |key: &&Sort| columns.iter().any(|column| column == key.column.as_str());
        let sort: Vec<Sort> = panel.sort.iter().filter(is_here).cloned().collect();
        let keys = self.keys(&sort, &columns);
        lines.sort_by(|one, other| by_keys(one, other, &keys, &columns));
        lines.truncate(panel.limit? as usize);
        let values = lines.into_iter().map(|line| line.cells[0].clone()).collect();
        Some(Top { dimension, values, label })
    }

    /// Others come last, within a bucket where buckets are the first key.
    fn put_in_order(&self, lines: &mut [Line], sort: &[Sort], columns: &[String]) {
        let keys = self.keys(sort, columns);
        let is_bucket = |name: &str| {
            let mut dimensions = self.panel.dimensions.iter();
            dimensions.any(|one| one.result_name().as_str() == name && one.bucket.is_some())
        };
        let first = keys.iter().position(|(name, _)| !is_bucket(name)).unwrap_or(keys.len());
        let (buckets, rest) = keys.split_at(first);
        lines.sort_by(|one, other| {
            by_keys(one, other, buckets, columns)
                .then(one.is_others.cmp(&other.is_others))
                .then_with(|| by_keys(one, other, rest, columns))
        });
    }

    /// Finished rows in the order that was asked for: filled ones by all keys, others by those given.
    pub(super) fn put_finished_in_order(&self, table: &mut Table, is_filled: bool) {
        if !is_filled && !self.is_moved() {
            return;
        }
        let columns = &table.columns;
        let dimension = self.panel.dimensions.iter().position(|one| one.bucket.is_none());
        let is_others = |cells: &[Value]| {
            let label = self.panel.others_label().zip(dimension);
            label.is_some_and(|(label, at)| cells[at] == Value::Text(label.to_owned()))
        };
        let line = |cells: Vec<Value>| Line { is_others: is_others(&cells), cells };
        let mut lines: Vec<Line> = table.rows.drain(..).map(line).collect();
        match is_filled {
            true => self.put_in_order(&mut lines, self.sort(), columns),
            false => {
                let keys = self.keys(self.sort(), &[]);
                lines.sort_by(|one, other| by_keys(one, other, &keys, columns));
            }
        }
        table.rows = lines.into_iter().map(|line| line.cells).collect();
    }

    /// The measures over the rows of these groups; with a value for each that becomes a column.
    fn totals(&self, rows: &[&Row], kept: &[Group], top: Option<&Top<'_>>) -> Option<Table> {
        let panel = self.panel;
        if !panel.totals {
            return None;
        }
        let mut rows = rows.to_vec();
        rows.retain(|row| kept.contains(&self.group(row, &panel.dimensions, top)));
        let measures: Vec<Measure> =
            panel.measures.iter().filter(|measure| !measure.looks_around()).cloned().collect();
        let is_turned = |one: &&Dimension| Some(one.result_name()) == panel.pivot.as_ref();
        let turned: Vec<Dimension> = panel.dimensions.iter().filter(is_turned).cloned().collect();
        let top = top.filter(|top| turned.contains(top.dimension));
        let lines = self.lines(&rows, &turned, &measures, top);
        let names = turned.iter().map(Dimension::result_name);
        let columns = names.chain(measures.iter().map(|measure| &measure.name));
        let columns = columns.map(ToString::to_string).collect();
        let mut table = Table { columns, rows: lines.into_iter().map(|line| line.cells).collect() };
        if let Some(pivot) = &panel.pivot {
            finish::turn(&mut table, pivot.as_str(), measures.len());
        }
        Some(table)
    }
}

fn cell<'l>(line: &'l Line, name: &str, columns: &[String]) -> &'l Value {
    let at = columns.iter().position(|column| column == name).expect("a column of the result");
    &line.cells[at]
}

fn by_keys(one: &Line, other: &Line, keys: &[(&str, bool)], columns: &[String]) -> Ordering {
    let orders = keys.iter().map(|(name, descending)| {
        cell(one, name, columns).ordered(cell(other, name, columns), *descending)
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

/// The row below a table that shows rows as they are.
pub(super) fn column_totals(panel: &Panel, rows: &[&Row]) -> Table {
    let mut table = Table { columns: Vec::new(), rows: vec![Vec::new()] };
    for column in &panel.columns {
        let Some(total) = column.total else { continue };
        let aggregate = match total {
            ColumnTotal::Count => "count",
            ColumnTotal::CountDistinct => "count_distinct",
            ColumnTotal::Sum => "sum",
            ColumnTotal::Avg => "avg",
            ColumnTotal::Min => "min",
            ColumnTotal::Max => "max",
        };
        let aggregate = serde_json::from_value(aggregate.into()).expect("an aggregate");
        let name = column.column.clone();
        let measure = Measure::new(name.clone(), aggregate, Some(name));
        table.columns.push(column.column.to_string());
        table.rows[0].push(measures::figure(&measure, &[], rows));
    }
    table
}
