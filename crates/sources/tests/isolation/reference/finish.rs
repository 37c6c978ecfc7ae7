//! Empty buckets, running figures, shares and turned tables.

use std::collections::HashMap;

use jiff::Timestamp;
use model::dashboard::{Bucket, Fill, Measure, Running, Whole};

use super::{OfPanel, Table, calendar, measures};
use crate::choices::end_of;
use crate::value::Value;

/// Where things stand in the result of a panel.
pub(super) struct Places {
    /// The only dimension with a bucket, and its unit.
    bucketed: Option<(usize, Bucket)>,
    dimensions: usize,
}

pub(super) fn of_panel(table: &mut Table, question: &OfPanel<'_>) {
    let panel = question.panel;
    let buckets = panel.dimensions.iter().enumerate();
    let buckets: Vec<(usize, Bucket)> =
        buckets.filter_map(|(at, dimension)| Some((at, dimension.bucket?))).collect();
    let bucketed = if let [only] = buckets[..] { Some(only) } else { None };
    let places = Places { bucketed, dimensions: panel.dimensions.len() };
    if let (Some(fill), Some((axis, bucket))) = (panel.fill, bucketed) {
        let column = panel.dimensions[axis].column.as_str();
        let given = given_buckets(question, column, bucket, &table.rows, axis);
        fill_in(table, &places, axis, given, fill, &panel.measures);
    }
    for (column, measure) in (places.dimensions..).zip(&panel.measures) {
        if let Some(kind) = measure.running {
            run(table, &places, column, kind, measure.window);
        }
        if let Some(whole) = measure.share_of {
            share(table, &places, column, whole);
        }
    }
    question.put_finished_in_order(table, panel.fill.is_some() && bucketed.is_some());
    if let Some(pivot) = &panel.pivot {
        turn(table, pivot.as_str(), panel.measures.len());
    }
}

/// The buckets of the range that the author's conditions give, up to today, else of the rows.
pub(super) fn given_buckets(
    question: &OfPanel<'_>,
    column: &str,
    bucket: Bucket,
    rows: &[Vec<Value>],
    axis: usize,
) -> Vec<Value> {
    let clock = question.clock;
    let (mut from, mut to) = (None, None);
    for condition in question.conditions.iter().filter(|condition| condition.column == column) {
        let (first, last) = condition.range();
        (from, to) = (first.or(from), last.or(to));
    }
    let found: Vec<&Value> =
        rows.iter().map(|row| &row[axis]).filter(|bucket| !bucket.is_missing()).collect();
    let instant = |bucket: &&Value| match bucket {
        Value::Day(day) => crate::choices::start_of(*day, &clock.zone),
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

pub(super) fn fill_in(
    table: &mut Table,
    places: &Places,
    axis: usize,
    mut buckets: Vec<Value>,
    fill: Fill,
    measures: &[Measure],
) {
    for row in &table.rows {
        if !row[axis].is_missing() && !buckets.contains(&row[axis]) {
            buckets.push(row[axis].clone());
        }
    }
    buckets.sort_by(|one, other| one.ordered(other, false));
    // What has no date comes after all that have one.
    buckets.push(Value::Missing);
    let of_series = |row: &[Value]| places.series(row);
    let first = |group: Vec<usize>| of_series(&table.rows[group[0]]);
    let mut series: Vec<Vec<Value>> =
        groups(&table.rows, of_series).into_iter().map(first).collect();
    if series.is_empty() && places.dimensions == 1 {
        series.push(Vec::new());
    }
    let mut rows = Vec::new();
    let mut put = |bucket: &Value, key: &Vec<Value>| {
        let is_there = |row: &&Vec<Value>| row[axis] == *bucket && of_series(row) == *key;
        if let Some(row) = table.rows.iter().find(is_there) {
            rows.push(row.clone());
        } else if !bucket.is_missing() {
            let mut row = key.clone();
            row.insert(axis, bucket.clone());
            row.extend(measures.iter().map(|measure| match fill {
                Fill::Zero if measures::adds_up(measure) => Value::Number(0.0),
                _ => Value::Missing,
            }));
            rows.push(row);
        }
    };
    buckets.iter().for_each(|bucket| series.iter().for_each(|key| put(bucket, key)));
    table.rows = rows;
}

impl Places {
    pub(super) fn of_axis(bucket: Bucket) -> Self {
        Self { bucketed: Some((0, bucket)), dimensions: 1 }
    }

    /// What tells a row's series.
    fn series(&self, row: &[Value]) -> Vec<Value> {
        let mut key = row[..self.dimensions].to_vec();
        key.remove(self.axis());
        key
    }

    fn axis(&self) -> usize {
        self.bucketed.map_or(0, |(axis, _)| axis)
    }
}

/// The rows, by position, that agree in what `key` says of them, in the order in which they first stand.
fn groups(rows: &[Vec<Value>], key: impl Fn(&[Value]) -> Vec<Value>) -> Vec<Vec<usize>> {
    let mut places = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let place = *places.entry(format!("{:?}", key(row))).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(at);
    }
    groups
}

/// Each row with those of its series that come before it: by their bucket, else as they stand.
fn run(table: &mut Table, places: &Places, column: usize, kind: Running, window: Option<u32>) {
    let rows = &mut table.rows;
    for mut series in groups(rows, |row| places.series(row)) {
        if let Some((axis, _)) = places.bucketed {
            series.sort_by(|one, other| rows[*one][axis].ordered(&rows[*other][axis], false));
        }
        let figures: Vec<Option<f64>> =
            series.iter().map(|row| rows[*row][column].as_number()).collect();
        let (mut sum, mut count) = (0.0, 0);
        for (at, row) in series.into_iter().enumerate() {
            sum += figures[at].unwrap_or(0.0);
            count += i32::from(figures[at].is_some());
            let left =
                window.and_then(|window| figures[..at].iter().rev().nth(window as usize - 1));
            if let Some(Some(left)) = left {
                sum -= left;
                count -= 1;
            }
            rows[row][column] = match kind {
                _ if count == 0 => Value::Missing,
                Running::Total => Value::Number(sum),
                Running::Average => Value::Number(sum / f64::from(count)),
            };
        }
    }
}

fn share(table: &mut Table, places: &Places, column: usize, whole: Whole) {
    let key = |row: &[Value]| match whole {
        Whole::Total => Vec::new(),
        Whole::Axis => vec![row[places.axis()].clone()],
    };
    for parts in groups(&table.rows, key) {
        let figures = parts.iter().filter_map(|row| table.rows[*row][column].as_number());
        let whole: f64 = figures.sum();
        for row in parts {
            let part = &mut table.rows[row][column];
            *part = Value::number(measures::ratio(part.as_number(), Some(whole)));
        }
    }
}

/// The values of a column become columns. The last columns are the measures.
pub(super) fn turn(table: &mut Table, pivot: &str, measures: usize) {
    let dimensions = table.columns.len() - measures;
    let at = table.columns.iter().position(|column| column == pivot).expect("the pivot's column");
    let key = |row: &[Value]| {
        let mut key = row[..dimensions].to_vec();
        key.remove(at);
        key
    };
    let mut values: Vec<Value> = Vec::new();
    for row in &table.rows {
        if !values.contains(&row[at]) {
            values.push(row[at].clone());
        }
    }
    values.sort_by(|one, other| one.ordered(other, false));
    let turned = groups(&table.rows, key).into_iter().map(|group| {
        let of_value = |value: &Value| {
            let row = group.iter().map(|row| &table.rows[*row]).find(|row| row[at] == *value);
            let figure = |at: usize| row.map_or(Value::Missing, |row| row[at].clone());
            (dimensions..dimensions + measures).map(figure).collect::<Vec<Value>>()
        };
        key(&table.rows[group[0]]).into_iter().chain(values.iter().flat_map(of_value)).collect()
    });
    let rows = turned.collect();
    let names = table.columns.split_off(dimensions);
    table.columns.remove(at);
    for value in &values {
        let value = value.heading();
        table.columns.extend(names.iter().map(|name| match measures {
            1 => value.clone(),
            _ => format!("{value} · {name}"),
        }));
    }
    table.rows = rows;
}
