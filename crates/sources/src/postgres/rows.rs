//! Rows as they arrive, up to the limits.

use std::io;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, Field, Schema};
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::{DataRowBody, RowDescriptionBody};

use super::column::GrowingColumn;
use super::question::{Question, Unanswered};
use crate::connector::Failure;
use crate::error::ResultLimit;
use crate::result::ResultSet;

/// Rows of one batch.
const BATCH: usize = 4096;

pub(super) struct Rows {
    columns: Vec<GrowingColumn>,
    batches: Vec<RecordBatch>,
    /// Rows of the batch that grows.
    growing: usize,
    rows: u64,
    bytes: u64,
    row_limit: u64,
    byte_limit: u64,
}

impl Rows {
    pub(super) fn described(body: &RowDescriptionBody, question: &Question) -> io::Result<Self> {
        let fields = body.fields();
        let column = |field: postgres_protocol::message::backend::Field<'_>| {
            Ok(GrowingColumn::new(field.name(), field.type_oid()))
        };
        Ok(Self {
            columns: fields.map(column).collect()?,
            batches: Vec::new(),
            growing: 0,
            rows: 0,
            bytes: 0,
            row_limit: question.row_limit,
            byte_limit: question.byte_limit,
        })
    }

    pub(super) fn push(&mut self, body: &DataRowBody) -> Result<(), Unanswered> {
        self.rows += 1;
        self.bytes += body.buffer().len() as u64;
        if self.rows > self.row_limit {
            return Err(Unanswered::TooLarge(ResultLimit::Rows(self.row_limit)));
        }
        if self.bytes > self.byte_limit {
            return Err(Unanswered::TooLarge(ResultLimit::Bytes(self.byte_limit)));
        }
        self.take(body).map_err(|error| Unanswered::Lost(Failure::Failed(error.to_string())))
    }

    fn take(&mut self, body: &DataRowBody) -> io::Result<()> {
        let mut ranges = body.ranges();
        for column in &mut self.columns {
            let range = ranges.next()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            column.push(range.map(|range| &body.buffer()[range]))?;
        }
        self.growing += 1;
        if self.growing == BATCH { self.end_batch().map_err(io::Error::other) } else { Ok(()) }
    }

    fn end_batch(&mut self) -> Result<(), ArrowError> {
        let arrays: Vec<_> = self.columns.iter_mut().map(GrowingColumn::take).collect();
        let names = self.columns.iter().map(GrowingColumn::name);
        let fields = names.zip(&arrays);
        let fields: Vec<Field> =
            fields.map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.growing));
        let schema = Arc::new(Schema::new(fields));
        self.batches.push(RecordBatch::try_new_with_options(schema, arrays, &options)?);
        self.growing = 0;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<ResultSet, ArrowError> {
        if self.growing > 0 {
            self.end_batch()?;
        }
        let columns = self.columns.into_iter().map(GrowingColumn::finish).collect();
        Ok(ResultSet::of_canonical(columns, self.batches))
    }
}
