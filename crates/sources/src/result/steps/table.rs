//! A result row by row, to work on.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::types::{Date32Type, Time64MicrosecondType, TimestampMicrosecondType};
use arrow_array::{
    ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array, PrimitiveArray, RecordBatch,
    RecordBatchOptions, StringArray,
};
use arrow_schema::{ArrowError, Field, Schema};

use crate::result::{Cell, Column, ColumnKind, Decimal, ResultSet, days_since_1970};

pub(super) struct Table<'a> {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell<'a>>>,
    /// The rows before one page of them was cut.
    total_rows: Option<usize>,
}

impl<'a> Table<'a> {
    pub(super) fn of(result: &'a ResultSet) -> Self {
        let rows = result.rows().map(Iterator::collect).collect();
        Self { columns: result.columns().to_vec(), rows, total_rows: None }
    }

    pub(super) fn cut(&mut self, offset: u64, size: u32) {
        self.total_rows = Some(self.rows.len());
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.rows.len());
        self.rows.drain(..offset);
        self.rows.truncate(size as usize);
    }

    /// The rows, by position, of each combination of values in these columns, in the order in which
    /// the combinations first appear.
    pub(super) fn groups(&self, columns: &[usize]) -> Vec<Vec<usize>> {
        let mut places = std::collections::HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let key: Vec<String> = columns.iter().map(|column| key(row[*column])).collect();
            let place = *places.entry(key).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[place].push(at);
        }
        groups
    }

    pub(super) fn into_result(self) -> Result<ResultSet, ArrowError> {
        let columns = self.columns.iter().enumerate();
        let arrays = columns
            .map(|(at, column)| array(column.kind, self.rows.iter().map(|row| row[at]).collect()))
            .collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
        let named = self.columns.iter().zip(&arrays);
        let fields: Vec<Field> = named
            .map(|(column, array)| Field::new(&column.name, array.data_type().clone(), true))
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows.len()));
        let batch =
            RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?;
        Ok(ResultSet::of_steps(self.columns, batch, self.total_rows))
    }
}

/// Tells values apart, whatever their type.
pub(super) fn key(cell: Cell<'_>) -> String {
    format!("{cell:?}")
}

/// Values of one column in their order; missing ones come last.
pub(super) fn compare(one: Cell<'_>, other: Cell<'_>) -> Ordering {
    match (one, other) {
        (Cell::Null, Cell::Null) => Ordering::Equal,
        (Cell::Null, _) => Ordering::Greater,
        (_, Cell::Null) => Ordering::Less,
        (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
        (Cell::Integer(one), Cell::Integer(other)) => one.cmp(&other),
        (Cell::Boolean(one), Cell::Boolean(other)) => one.cmp(&other),
        (Cell::Date(one), Cell::Date(other)) => one.cmp(&other),
        (Cell::Timestamp(one), Cell::Timestamp(other)) => one.cmp(&other),
        (Cell::Time(one), Cell::Time(other)) => one.cmp(&other),
        _ => match (number(one), number(other)) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            _ => Ordering::Equal,
        },
    }
}

/// A figure as a double.
pub(super) fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Integer(value) => Some(value as f64),
        Cell::Float(value) => Some(value),
        Cell::Decimal(value) => Some(value.unscaled as f64 / 10_f64.powi(value.scale.into())),
        _ => None,
    }
}

fn array(kind: ColumnKind, cells: Vec<Cell<'_>>) -> Result<ArrayRef, ArrowError> {
    Ok(match kind {
        ColumnKind::String | ColumnKind::Other => {
            let text = |cell| if let Cell::Text(text) = cell { Some(text) } else { None };
            Arc::new(StringArray::from_iter(cells.into_iter().map(text)))
        }
        ColumnKind::Integer => return Ok(integers(&cells)?.unwrap_or_else(|| texts(&cells))),
        ColumnKind::Float => Arc::new(Float64Array::from_iter(cells.into_iter().map(number))),
        ColumnKind::Decimal => return Ok(decimals(&cells)?.unwrap_or_else(|| texts(&cells))),
        ColumnKind::Boolean => {
            let truth = |cell| if let Cell::Boolean(truth) = cell { Some(truth) } else { None };
            Arc::new(BooleanArray::from_iter(cells.into_iter().map(truth)))
        }
        ColumnKind::Date => {
            let days = cells.into_iter().map(days);
            Arc::new(PrimitiveArray::<Date32Type>::from_iter(days))
        }
        ColumnKind::Timestamp => {
            let instants = cells.into_iter().map(|cell| match cell {
                Cell::Timestamp(at) => Some(at.as_microsecond()),
                _ => None,
            });
            Arc::new(PrimitiveArray::<TimestampMicrosecondType>::from_iter(instants))
        }
        ColumnKind::Time => {
            let times = cells.into_iter().map(microseconds);
            Arc::new(PrimitiveArray::<Time64MicrosecondType>::from_iter(times))
        }
    })
}

fn days(cell: Cell<'_>) -> Option<i32> {
    let Cell::Date(date) = cell else { return None };
    Some(days_since_1970(date))
}

fn microseconds(cell: Cell<'_>) -> Option<i64> {
    let Cell::Time(time) = cell else { return None };
    let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60;
    Some(
        (seconds + i64::from(time.second())) * 1_000_000
            + i64::from(time.subsec_nanosecond()) / 1_000,
    )
}

/// 64-bit where all fit into it, else 128-bit; `None` if one has more digits than that.
fn integers(cells: &[Cell<'_>]) -> Result<Option<ArrayRef>, ArrowError> {
    if cells.iter().any(|cell| matches!(cell, Cell::Text(_))) {
        return Ok(None);
    }
    let whole = |cell: &Cell<'_>| if let Cell::Integer(value) = cell { Some(*value) } else { None };
    let fits = cells.iter().filter_map(whole).all(|value| i64::try_from(value).is_ok());
    if fits {
        let narrow = |value| i64::try_from(value).ok();
        let narrow = cells.iter().map(|cell| whole(cell).and_then(narrow));
        return Ok(Some(Arc::new(Int64Array::from_iter(narrow))));
    }
    let wide = Decimal128Array::from_iter(cells.iter().map(whole));
    Ok(Some(Arc::new(wide.with_precision_and_scale(38, 0)?)))
}

/// All with as many digits after the point as the finest has; `None` if one has too many digits then.
fn decimals(cells: &[Cell<'_>]) -> Result<Option<ArrayRef>, ArrowError> {
    let scale =
        cells.iter().map(|cell| if let Cell::Decimal(d) = cell { d.scale } else { 0 }).max();
    let scale = scale.unwrap_or(0);
    let mut unscaled = Vec::with_capacity(cells.len());
    for cell in cells {
        unscaled.push(match cell {
            Cell::Decimal(value) => Some(rescaled(*value, scale)),
            Cell::Integer(value) => Some(rescaled(Decimal { unscaled: *value, scale: 0 }, scale)),
            Cell::Text(_) => Some(None),
            _ => None,
        });
    }
    if unscaled.contains(&Some(None)) {
        return Ok(None);
    }
    let array = Decimal128Array::from_iter(unscaled.into_iter().map(Option::flatten));
    let scale = i8::try_from(scale).unwrap_or(0);
    Ok(Some(Arc::new(array.with_precision_and_scale(38, scale)?)))
}

/// Numbers digit by digit, when one of them is too long for anything else.
fn texts(cells: &[Cell<'_>]) -> ArrayRef {
    let text = |cell: &Cell<'_>| (*cell != Cell::Null).then(|| cell.to_string());
    Arc::new(StringArray::from_iter(cells.iter().map(text)))
}

/// The unscaled value at a finer or equal scale; `None` when it is too great for it.
pub(super) fn rescaled(value: Decimal, scale: u8) -> Option<i128> {
    let digits = scale.checked_sub(value.scale)?;
    value.unscaled.checked_mul(10_i128.checked_pow(digits.into())?)
}
