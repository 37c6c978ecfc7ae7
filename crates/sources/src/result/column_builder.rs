//! A column of a result under construction, in the forms that a cell is read from.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
    Time64MicrosecondBuilder, TimestampMicrosecondBuilder,
};
use arrow_schema::DataType;
use jiff::civil::Date;

use super::ColumnKind;
use super::decimals::Decimals;

/// The values of one column so far.
#[derive(Debug)]
pub(crate) enum ColumnBuilder {
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    /// Whole numbers beyond 63 bits, up to 128.
    Large(Decimal128Builder),
    Float(Float64Builder),
    Decimal(Decimals),
    Text(StringBuilder),
    /// A list, an interval … as its text.
    Other(StringBuilder),
    /// Days since 1970-01-01.
    Date(Date32Builder),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(TimestampMicrosecondBuilder),
    /// Microseconds since midnight.
    Time(Time64MicrosecondBuilder),
}

impl ColumnBuilder {
    pub(crate) fn boolean() -> Self {
        Self::Boolean(BooleanBuilder::new())
    }

    pub(crate) fn integer() -> Self {
        Self::Integer(Int64Builder::new())
    }

    pub(crate) fn large() -> Self {
        Self::Large(Decimal128Builder::new().with_data_type(DataType::Decimal128(38, 0)))
    }

    pub(crate) fn float() -> Self {
        Self::Float(Float64Builder::new())
    }

    /// For exact numbers with so many digits after the point; `None` where each has its own.
    pub(crate) fn decimal(scale: Option<u8>) -> Self {
        Self::Decimal(Decimals::new(scale))
    }

    pub(crate) fn text() -> Self {
        Self::Text(StringBuilder::new())
    }

    pub(crate) fn other() -> Self {
        Self::Other(StringBuilder::new())
    }

    pub(crate) fn date() -> Self {
        Self::Date(Date32Builder::new())
    }

    pub(crate) fn timestamp() -> Self {
        Self::Timestamp(TimestampMicrosecondBuilder::new())
    }

    pub(crate) fn time() -> Self {
        Self::Time(Time64MicrosecondBuilder::new())
    }

    pub(super) fn kind(&self) -> ColumnKind {
        match self {
            Self::Boolean(_) => ColumnKind::Boolean,
            Self::Integer(_) | Self::Large(_) => ColumnKind::Integer,
            Self::Float(_) => ColumnKind::Float,
            Self::Decimal(it) if it.are_whole() => ColumnKind::Integer,
            Self::Decimal(_) => ColumnKind::Decimal,
            Self::Text(_) => ColumnKind::String,
            Self::Other(_) => ColumnKind::Other,
            Self::Date(_) => ColumnKind::Date,
            Self::Timestamp(_) => ColumnKind::Timestamp,
            Self::Time(_) => ColumnKind::Time,
        }
    }

    pub(crate) fn append_null(&mut self) {
        match self {
            Self::Boolean(it) => it.append_null(),
            Self::Integer(it) => it.append_null(),
            Self::Large(it) => it.append_null(),
            Self::Float(it) => it.append_null(),
            Self::Decimal(it) => it.append(None),
            Self::Text(it) | Self::Other(it) => it.append_null(),
            Self::Date(it) => it.append_null(),
            Self::Timestamp(it) => it.append_null(),
            Self::Time(it) => it.append_null(),
        }
    }

    /// The values so far; the column goes on without them.
    pub(super) fn take(&mut self) -> ArrayRef {
        match self {
            Self::Boolean(it) => Arc::new(it.finish()),
            Self::Integer(it) => Arc::new(it.finish()),
            Self::Large(it) => Arc::new(it.finish()),
            Self::Float(it) => Arc::new(it.finish()),
            Self::Decimal(it) => it.take(),
            Self::Text(it) | Self::Other(it) => Arc::new(it.finish()),
            Self::Date(it) => Arc::new(it.finish()),
            Self::Timestamp(it) => Arc::new(it.finish()),
            Self::Time(it) => Arc::new(it.finish()),
        }
    }
}

/// A date as a column holds it. Every date of the calendar fits.
pub(crate) fn days_since_1970(date: Date) -> i32 {
    (date - Date::constant(1970, 1, 1)).get_days()
}

/// Bytes as they are shown: two hexadecimal digits each.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
