//! One column as its texts arrive.
//!
//! The database tells a column's type by a number. Numbers below [`FIRST_OF_USERS`] are the same in
//! every PostgreSQL; what users and extensions have defined is taken as text, without asking.

use std::io;
use std::str::FromStr;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder,
    Time64MicrosecondBuilder, TimestampMicrosecondBuilder,
};

use super::moment::{days, microseconds, microseconds_of_day};
use super::numeric::{self, Numerics};
use crate::result::{Column, ColumnKind};

/// Enums, domains of texts, `citext`, geometries: all have a readable text.
const FIRST_OF_USERS: u32 = 16_384;

pub(super) struct GrowingColumn {
    name: String,
    values: Values,
}

enum Values {
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    Float(Float64Builder),
    Numeric(Numerics),
    Date(Date32Builder),
    Time(Time64MicrosecondBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    Text(StringBuilder),
    /// A list, an interval … as its text.
    Other(StringBuilder),
}

impl Values {
    fn of_type(number: u32) -> Self {
        match number {
            16 => Self::Boolean(BooleanBuilder::new()),
            // bigint, smallint, integer, oid.
            20 | 21 | 23 | 26 => Self::Integer(Int64Builder::new()),
            700 | 701 => Self::Float(Float64Builder::new()),
            1700 => Self::Numeric(Numerics::default()),
            1082 => Self::Date(Date32Builder::new()),
            1083 => Self::Time(Time64MicrosecondBuilder::new()),
            1114 => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            1184 => Self::Timestamp(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            // "char", name, text, json, xml, a literal, character, varchar, uuid, jsonb.
            18 | 19 | 25 | 114 | 142 | 705 | 1042 | 1043 | 2950 | 3802 | FIRST_OF_USERS.. => {
                Self::Text(StringBuilder::new())
            }
            _ => Self::Other(StringBuilder::new()),
        }
    }

    fn kind(&self) -> ColumnKind {
        match self {
            Self::Boolean(_) => ColumnKind::Boolean,
            Self::Integer(_) => ColumnKind::Integer,
            Self::Float(_) => ColumnKind::Float,
            Self::Numeric(numerics) if numerics.are_whole() => ColumnKind::Integer,
            Self::Numeric(_) => ColumnKind::Decimal,
            Self::Date(_) => ColumnKind::Date,
            Self::Time(_) => ColumnKind::Time,
            Self::Timestamp(_) => ColumnKind::Timestamp,
            Self::Text(_) => ColumnKind::String,
            Self::Other(_) => ColumnKind::Other,
        }
    }
}

impl GrowingColumn {
    pub(super) fn new(name: &str, type_number: u32) -> Self {
        Self { name: name.to_owned(), values: Values::of_type(type_number) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Adds a value, missing if `None`. A date or time that no calendar knows, such as `infinity`,
    /// is missing too, and so is a `numeric` that is no number.
    pub(super) fn push(&mut self, text: Option<&[u8]>) -> io::Result<()> {
        let text = text.map(std::str::from_utf8).transpose().map_err(io::Error::other)?;
        match &mut self.values {
            Values::Boolean(values) => values.append_option(text.map(|text| text == "t")),
            Values::Integer(values) => values.append_option(parse(text)?),
            Values::Float(values) => values.append_option(parse(text)?),
            Values::Numeric(values) => values.append(text.filter(|text| numeric::is_number(text))),
            Values::Date(values) => values.append_option(text.and_then(days)),
            Values::Time(values) => values.append_option(text.and_then(microseconds_of_day)),
            Values::Timestamp(values) => values.append_option(text.and_then(microseconds)),
            Values::Text(values) | Values::Other(values) => values.append_option(text),
        }
        Ok(())
    }

    /// The values so far, in the form that cells are read from.
    pub(super) fn take(&mut self) -> ArrayRef {
        match &mut self.values {
            Values::Boolean(values) => Arc::new(values.finish()),
            Values::Integer(values) => Arc::new(values.finish()),
            Values::Float(values) => Arc::new(values.finish()),
            Values::Numeric(values) => values.take(),
            Values::Date(values) => Arc::new(values.finish()),
            Values::Time(values) => Arc::new(values.finish()),
            Values::Timestamp(values) => Arc::new(values.finish()),
            Values::Text(values) | Values::Other(values) => Arc::new(values.finish()),
        }
    }

    pub(super) fn finish(self) -> Column {
        Column { kind: self.values.kind(), name: self.name, measure: None }
    }
}

fn parse<T: FromStr>(text: Option<&str>) -> io::Result<Option<T>> {
    let unreadable = |text: &str| io::Error::other(format!("{text:?} is no number"));
    text.map(|text| text.parse().map_err(|_| unreadable(text))).transpose()
}
