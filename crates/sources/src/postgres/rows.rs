//! Rows as they arrive, up to the limits.

use std::io;

use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::{DataRowBody, Field, RowDescriptionBody};

use super::column;
use super::question::{Question, Unanswered};
use crate::connector::Failure;
use crate::result::{Measure, ResultBuilder, ResultSet};

pub(super) struct Rows(ResultBuilder);

impl Rows {
    pub(super) fn described(
        body: &RowDescriptionBody,
        question: &Question,
    ) -> Result<Self, Unanswered> {
        let column = |field: io::Result<Field<'_>>| {
            let field = field.map_err(|error| Failure::Unavailable(error.to_string()))?;
            Ok((field.name().to_owned(), column::of_type(field.type_oid())))
        };
        let measure = Measure::new(question.row_limit, question.byte_limit);
        let builder = ResultBuilder::new(body.fields().iterator().map(column), measure);
        builder.map(Self).map_err(Unanswered::Unwanted)
    }

    pub(super) fn push(&mut self, body: &DataRowBody) -> Result<(), Unanswered> {
        let mut ranges = body.ranges();
        let added = self.0.row(body.buffer().len(), |column| {
            let range = ranges.next().ok().flatten().ok_or("a row is too short")?;
            column::append(column, range.map(|range| &body.buffer()[range]))
        });
        added.map_err(Unanswered::Unwanted)
    }

    pub(super) fn finish(self) -> Result<ResultSet, Unanswered> {
        self.0.finish().map_err(Unanswered::Refused)
    }
}
