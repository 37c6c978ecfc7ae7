//! Empty buckets, running figures, shares and turned tables.

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
        let sort = question.sort();
        let name = panel.dimensions[axis].result_name();
        let descending = sort
            .iter()
            .any(|key| key.column == *name && key.direction == model::dashboard::Direction::Desc);
        let by_series = sort.first().is_some_and(|key| {
            let mut dimensions = panel.dimensions.iter();
            dimensions.any(|one| *one.result_name() == key.column && one.result_name() != name)
        });
        let order = Order { descending, by_series };
        fill_in(table, &places, axis, given, fill, &panel.measures, order);
    }
    for (column, measure) in (places.dimensions..).zip(&panel.measures) {
        if let Some(kind) = measure.running {
            run(table, &places, column, kind, measure.window);
        }
        if let Some(whole) = measure.share_of {
            share(table, &places, column, whole);
        }
    }
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

/// In which order buckets and series stand.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub(super) descending: bool,
    pub(super) by_series: bool,
}

pub(super) fn fill_in(
    table: &mut Table,
    places: &Places,
    axis: usize,
    mut buckets: Vec<Value>,
    fill: Fill,
    measures: &[Measure],
    order: Order,
) {
    for row in &table.rows {
        if !row[axis].is_missing() && !buckets.contains(&row[axis]) {
            buckets.push(row[axis].clone());
        }
    }
    buckets.sort_by(|one, other| one.ordered(other, order.descending));
    // What has no date comes after all that have one.
    buckets.push(Value::Missing);
    let of_series = |row: &[Value]| {
        let mut key = row[..places.dimensions].to_vec();
        key.remove(axis);
        key
    };
    let mut series: Vec<Vec<Value>> = Vec::new();
    for row in &table.rows {
        if !series.contains(&of_series(row)) {
            series.push(of_series(row));
        }
    }
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
    if order.by_series {
        series.iter().for_each(|key| buckets.iter().for_each(|bucket| put(bucket, key)));
    } else {
        buckets.iter().for_each(|bucket| series.iter().for_each(|key| put(bucket, key)));
    }
    table.rows = rows;
}

impl Places {
    pub(super) fn of_axis(bucket: Bucket) -> Self {
        Self { bucketed: Some((0, bucket)), dimensions: 1 }
    }

    fn axis(&self) -> usize {
        self.bucketed.map_or(0, |(axis, _)| axis)
    }
}

/// Each row with those of its series that come before it: by their bucket, else as they stand.
fn run(table: &mut Table, places: &Places, column: usize, kind: Running, window: Option<u32>) {
    let axis = places.axis();
    let is_of_series = |one: &[Value], other: &[Value]| {
        (0..places.dimensions).all(|at| at == axis || one[at] == other[at])
    };
    let mut figures = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        let is_before = |(other_at, other): &(usize, &Vec<Value>)| {
            let order = match places.bucketed {
                Some(_) => other[axis].ordered(&row[axis], false),
                None => std::cmp::Ordering::Equal,
            };
            is_of_series(other, row) && order.then(other_at.cmp(&at)).is_le()
        };
        let mut before: Vec<(usize, &Vec<Value>)> =
            table.rows.iter().enumerate().filter(is_before).collect();
        if places.bucketed.is_some() {
            before.sort_by(|one, other| one.1[axis].ordered(&other.1[axis], false));
        }
        let left_out = window.map_or(0, |window| before.len().saturating_sub(window as usize));
        let cells = before[left_out..].iter();
        let numbers: Vec<f64> = cells.filter_map(|(_, row)| row[column].as_number()).collect();
        let sum: f64 = numbers.iter().sum();
        figures.push(match kind {
            _ if numbers.is_empty() => Value::Missing,
            Running::Total => Value::Number(sum),
            Running::Average => Value::Number(sum / numbers.len() as f64),
        });
    }
    for (row, figure) in table.rows.iter_mut().zip(figures) {
        row[column] = figure;
    }
}

fn share(table: &mut Table, places: &Places, column: usize, whole: Whole) {
    let axis = places.axis();
    let of_whole = |row: &[Value]| {
        let is_part = |other: &&Vec<Value>| whole == Whole::Total || other[axis] == row[axis];
        let parts = table.rows.iter().filter(is_part);
        parts.filter_map(|row| row[column].as_number()).sum::<f64>()
    };
    let shares: Vec<Value> = table
        .rows
        .iter()
        .map(|row| Value::number(measures::ratio(row[column].as_number(), Some(of_whole(row)))))
        .collect();
    for (row, share) in table.rows.iter_mut().zip(shares) {
        row[column] = share;
    }
}

/// The values of a column become columns. The last columns are the measures.
pub(super) fn turn(table: &mut Table, pivot: &str, measures: usize) {
    let dimensions = table.columns.len() - measures;
    let at = table.columns.iter().position(|column| column == pivot).expect("the pivot's column");
    let mut values: Vec<Value> = Vec::new();
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let key = |row: &[Value]| {
        let mut key = row[..dimensions].to_vec();
        key.remove(at);
        key
    };
    for row in &table.rows {
        if !values.contains(&row[at]) {
            values.push(row[at].clone());
        }
        if !rows.contains(&key(row)) {
            rows.push(key(row));
        }
    }
    values.sort_by(|one, other| one.ordered(other, false));
    for turned in &mut rows {
        let own = turned.clone();
        for value in &values {
            let row = table.rows.iter().find(|row| key(row) == own && row[at] == *value);
            turned.extend((0..measures).map(|measure| {
                row.map_or(Value::Missing, |row| row[dimensions + measure].clone())
            }));
        }
    }
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
