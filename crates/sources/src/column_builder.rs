//! A column of a result under construction, for connectors that get their rows one by one.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, NullBuilder,
    StringBuilder, Time64MicrosecondBuilder, TimestampMicrosecondBuilder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, Schema, TimeUnit};

use crate::connector::Failure;
use crate::error::ResultLimit;
use crate::result::ResultSet;

/// The values of one column so far.
#[derive(Debug)]
pub(crate) enum ColumnBuilder {
    Integer(Int64Builder),
    Unsigned(UInt64Builder),
    Float(Float64Builder),
    /// 38 digits, so many of them after the point.
    Decimal(Decimal128Builder, i8),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    /// Days since 1970-01-01.
    Date(Date32Builder),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(TimestampMicrosecondBuilder),
    /// Microseconds since midnight.
    Time(Time64MicrosecondBuilder),
    /// A column of nothing but missing values.
    Nothing(NullBuilder),
}

/// Most digits of a decimal number.
const DIGITS: u8 = 38;

impl ColumnBuilder {
    /// For decimal numbers with so many digits after the point, at most 38.
    pub(crate) fn decimal(scale: i8) -> Self {
        let builder = Decimal128Builder::new().with_data_type(DataType::Decimal128(DIGITS, scale));
        Self::Decimal(builder, scale)
    }

    pub(crate) fn append_null(&mut self) {
        match self {
            Self::Integer(it) => it.append_null(),
            Self::Unsigned(it) => it.append_null(),
            Self::Float(it) => it.append_null(),
            Self::Decimal(it, _) => it.append_null(),
            Self::Text(it) => it.append_null(),
            Self::Bytes(it) => it.append_null(),
            Self::Date(it) => it.append_null(),
            Self::Timestamp(it) => it.append_null(),
            Self::Time(it) => it.append_null(),
            Self::Nothing(it) => it.append_null(),
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Self::Integer(_) => DataType::Int64,
            Self::Unsigned(_) => DataType::UInt64,
            Self::Float(_) => DataType::Float64,
            Self::Decimal(_, scale) => DataType::Decimal128(DIGITS, *scale),
            Self::Text(_) => DataType::Utf8,
            Self::Bytes(_) => DataType::Binary,
            Self::Date(_) => DataType::Date32,
            Self::Timestamp(_) => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Time(_) => DataType::Time64(TimeUnit::Microsecond),
            Self::Nothing(_) => DataType::Null,
        }
    }

    fn finish(mut self) -> ArrayRef {
        match &mut self {
            Self::Integer(it) => Arc::new(it.finish()),
            Self::Unsigned(it) => Arc::new(it.finish()),
            Self::Float(it) => Arc::new(it.finish()),
            Self::Decimal(it, _) => Arc::new(it.finish()),
            Self::Text(it) => Arc::new(it.finish()),
            Self::Bytes(it) => Arc::new(it.finish()),
            Self::Date(it) => Arc::new(it.finish()),
            Self::Timestamp(it) => Arc::new(it.finish()),
            Self::Time(it) => Arc::new(it.finish()),
            Self::Nothing(it) => Arc::new(it.finish()),
        }
    }
}

/// The result of these columns, which all have so many rows.
pub(crate) fn result(
    columns: Vec<(String, ColumnBuilder)>,
    rows: u64,
) -> Result<ResultSet, Failure> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (name, builder) in columns {
        fields.push(Field::new(name, builder.data_type(), true));
        arrays.push(builder.finish());
    }
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(usize::try_from(rows).ok());
    RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)
        .and_then(|batch| ResultSet::of_batches(&schema, &[batch]))
        .map_err(|error| Failure::Failed(error.to_string()))
}

/// Counts a result against its limits as its rows come in.
#[derive(Debug)]
pub(crate) struct Measure {
    pub(crate) rows: u64,
    bytes: u64,
    row_limit: u64,
    byte_limit: u64,
}

impl Measure {
    pub(crate) fn new(row_limit: u64, byte_limit: u64) -> Self {
        Self { rows: 0, bytes: 0, row_limit, byte_limit }
    }

    /// One more row.
    pub(crate) fn row(&mut self) -> Result<(), Failure> {
        self.rows += 1;
        let fits = self.rows <= self.row_limit;
        if fits { Ok(()) } else { Err(Failure::TooLarge(ResultLimit::Rows(self.row_limit))) }
    }

    /// One more value, of so many bytes.
    pub(crate) fn value(&mut self, bytes: usize) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        let fits = self.bytes <= self.byte_limit;
        if fits { Ok(()) } else { Err(Failure::TooLarge(ResultLimit::Bytes(self.byte_limit))) }
    }
}
