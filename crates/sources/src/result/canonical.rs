//! Brings the many column types of a database to the few that a cell is read from.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use super::ColumnKind;

/// The kind of a column that a database delivers with this type.
pub(super) fn kind(data_type: &DataType) -> ColumnKind {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnKind::String,
        DataType::Dictionary(_, value) => kind(value),
        DataType::Decimal128(_, 0) => ColumnKind::Integer,
        DataType::Decimal128(..) => ColumnKind::Decimal,
        DataType::Boolean => ColumnKind::Boolean,
        DataType::Date32 | DataType::Date64 => ColumnKind::Date,
        DataType::Timestamp(..) => ColumnKind::Timestamp,
        DataType::Time32(_) | DataType::Time64(_) => ColumnKind::Time,
        // A column of nothing but NULL has no type of its own.
        DataType::Null => ColumnKind::String,
        number if number.is_integer() => ColumnKind::Integer,
        number if number.is_floating() => ColumnKind::Float,
        _ => ColumnKind::Other,
    }
}

/// The batch with each column in its canonical type.
pub(super) fn batch(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let arrays = batch.columns().iter().map(array).collect::<Result<Vec<_>, _>>()?;
    let fields = batch.schema_ref().fields().iter().zip(&arrays);
    let fields: Vec<Field> =
        fields.map(|(old, new)| Field::new(old.name(), new.data_type().clone(), true)).collect();
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
}

fn array(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let from = array.data_type();
    match kind(from) {
        ColumnKind::Integer => integers(array),
        ColumnKind::Other => texts(array),
        ColumnKind::Timestamp => timestamps(array),
        ColumnKind::String => cast(array, &DataType::Utf8),
        ColumnKind::Float => cast(array, &DataType::Float64),
        ColumnKind::Date => cast(array, &DataType::Date32),
        ColumnKind::Time => cast(array, &DataType::Time64(TimeUnit::Microsecond)),
        ColumnKind::Boolean | ColumnKind::Decimal => Ok(Arc::clone(array)),
    }
}

/// 64-bit where the type fits into it, else 128-bit.
fn integers(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match array.data_type() {
        DataType::Decimal128(..) => Ok(Arc::clone(array)),
        DataType::UInt64 => cast(array, &DataType::Decimal128(20, 0)),
        _ => cast(array, &DataType::Int64),
    }
}

/// Microseconds; the zone is only how the database would print it, the instant is the same.
fn timestamps(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let zone = match array.data_type() {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    cast(array, &DataType::Timestamp(TimeUnit::Microsecond, zone))
}

fn texts(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options)?;
    let mut texts = StringBuilder::new();
    for row in 0..array.len() {
        if array.is_null(row) {
            texts.append_null();
        } else {
            texts.append_value(formatter.value(row).try_to_string()?);
        }
    }
    Ok(Arc::new(texts.finish()))
}

#[cfg(test)]
mod tests {
    use arrow_array::types::Int8Type;
    use arrow_array::{
        DictionaryArray, Float32Array, Int32Array, Int64Array, ListArray, NullArray, StringArray,
        UInt64Array,
    };

    use super::*;
    use crate::result::cell::cell;

    #[track_caller]
    fn check(from: impl Array + 'static, expected_kind: ColumnKind, expected: &str) {
        let from: ArrayRef = Arc::new(from);
        assert_eq!(kind(from.data_type()), expected_kind);
        let canonical = array(&from).unwrap();
        assert_eq!(cell(&canonical, 0).to_string(), expected);
    }

    #[test]
    fn the_types_of_a_database_come_down_to_a_few() {
        check(Int32Array::from(vec![-7]), ColumnKind::Integer, "-7");
        check(Int64Array::from(vec![None]), ColumnKind::Integer, "");
        check(UInt64Array::from(vec![u64::MAX]), ColumnKind::Integer, "18446744073709551615");
        check(Float32Array::from(vec![0.5]), ColumnKind::Float, "0.5");
        check(StringArray::from(vec!["UA"]), ColumnKind::String, "UA");
        check(NullArray::new(1), ColumnKind::String, "");
        let dictionary: DictionaryArray<Int8Type> = vec!["x"].into_iter().collect();
        check(dictionary, ColumnKind::String, "x");
        let list = ListArray::from_iter_primitive::<arrow_array::types::Int64Type, _, _>([Some([
            Some(1),
            Some(2),
        ])]);
        check(list, ColumnKind::Other, "[1, 2]");
    }
}
