//! Empty buckets.

use jiff::Timestamp;
use model::dashboard::{Bucket, Dimension, Fill, Measure};

use super::finish::{Places, groups};
use super::{OfPanel, Table, calendar, measures};
use crate::choices::{end_of, start_of};
use crate::value::Value;

/// What is put where nothing happened, and in which order rows then stand.
pub(super) struct Filling<'a> {
    pub(super) places: &'a Places,
    /// Those to fill; rows may speak of more.
    pub(super) buckets: Vec<Value>,
    pub(super) fill: Fill,
    pub(super) measures: &'a [Measure],
    pub(super) descending: bool,
    /// One series after the other, instead of one bucket after the other.
    pub(super) by_series: bool,
}

impl Filling<'_> {
    pub(super) fn apply(mut self, table: &mut Table) {
        let axis = self.places.axis();
        for row in &table.rows {
            if !row[axis].is_missing() && !self.buckets.contains(&row[axis]) {
                self.buckets.push(row[axis].clone());
            }
        }
        self.buckets.sort_by(|one, other| one.ordered(other, self.descending));
        // What has no date comes after all that have one.
        self.buckets.push(Value::Missing);
        let first = |group: Vec<usize>| self.places.series(&table.rows[group[0]]);
        let mut series: Vec<Vec<Value>> =
            groups(&table.rows, |row| self.places.series(row)).into_iter().map(first).collect();
        if series.is_empty() && self.places.dimensions == 1 {
            series.push(Vec::new());
        }
        let row = |(bucket, series)| self.row(table, bucket, series);
        let buckets = &self.buckets;
        table.rows = match self.by_series {
            true => series
                .iter()
                .flat_map(|key| buckets.iter().map(move |at| (at, key)))
                .filter_map(row)
                .collect(),
            false => buckets
                .iter()
                .flat_map(|at| series.iter().map(move |key| (at, key)))
                .filter_map(row)
                .collect(),
        };
    }

    /// The row that is there, else an empty one of a bucket.
    fn row(&self, table: &Table, bucket: &Value, series: &Vec<Value>) -> Option<Vec<Value>> {
        let axis = self.places.axis();
        let is_meant =
            |row: &&Vec<Value>| row[axis] == *bucket && self.places.series(row) == *series;
        if let Some(row) = table.rows.iter().find(is_meant) {
            return Some(row.clone());
        }
        let figure = |measure| match self.fill {
            Fill::Zero if measures::adds_up(measure) => Value::Number(0.0),
            _ => Value::Missing,
        };
        let mut row = series.clone();
        row.insert(axis, bucket.clone());
        row.extend(self.measures.iter().map(figure));
        (!bucket.is_missing()).then_some(row)
    }
}

/// The buckets of the range that the author's conditions give, up to today, else of the rows.
pub(super) fn given_buckets(
    question: &OfPanel<'_>,
    dimension: &Dimension,
    bucket: Bucket,
    rows: &[Vec<Value>],
    axis: usize,
) -> Vec<Value> {
    let clock = question.clock;
    let (mut from, mut to) = (None, None);
    for condition in
        question.conditions.iter().filter(|condition| condition.column == dimension.column.as_str())
    {
        let (first, last) = condition.range();
        (from, to) = (first.or(from), last.or(to));
    }
    let found: Vec<&Value> =
        rows.iter().map(|row| &row[axis]).filter(|bucket| !bucket.is_missing()).collect();
    let instant = |bucket: &&Value| match bucket {
        Value::Day(day) => start_of(*day, &clock.zone),
        Value::At(at) => *at,
        other => panic!("{other:?} is no bucket"),
    };
    let first: Option<Timestamp> = from.or_else(|| found.iter().map(instant).min());
    let to = to.map(|to| to.min(end_of(clock.today, &clock.zone)));
    let last: Option<Timestamp> = to.or_else(|| found.iter().map(instant).max());
    match (first, last) {
        (Some(first), Some(last)) => calendar::buckets(first, last, bucket, &clock.zone),
        _ => Vec::new(),
    }
}
