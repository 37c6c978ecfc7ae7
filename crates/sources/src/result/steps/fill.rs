//! Buckets of dates in which nothing happened.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use model::dashboard::Bucket;
use query::{Fill, next_bucket, start_of_bucket, start_of_hour, zone_rules};

use super::table::{Table, compare, key};
use crate::error::{ResultLimit, SourceError};
use crate::result::{Cell, ColumnKind};

/// Most rows of a filled result.
const MAX_ROWS: usize = 10_000;

pub(super) fn apply(table: &mut Table<'_>, fill: &Fill) -> Result<(), SourceError> {
    read_dates(table, fill);
    give_zeros_a_kind(table, fill);
    let unknown = || SourceError::Failed { detail: format!("no time zone {}", fill.zone) };
    let zone = zone_rules(&fill.zone).ok_or_else(unknown)?;
    let buckets = buckets(table, fill, &zone)?;
    let mut groups = table.groups(&fill.series);
    if groups.is_empty() && fill.series.is_empty() {
        groups.push(Vec::new());
    }
    if buckets.len().saturating_mul(groups.len()) > MAX_ROWS {
        return Err(too_large());
    }
    let mut rows = Vec::new();
    for group in &groups {
        let place = |row: &usize| (key(table.rows[*row][fill.axis]), *row);
        let places: HashMap<String, usize> = group.iter().map(place).collect();
        rows.extend(buckets.iter().map(|bucket| match places.get(&key(*bucket)) {
            Some(row) => table.rows[*row].clone(),
            None => empty(table, fill, *bucket, group.first()),
        }));
        // What has no date stands in no bucket.
        let dateless = group.iter().filter(|row| table.rows[**row][fill.axis] == Cell::Null);
        rows.extend(dateless.map(|row| table.rows[*row].clone()));
    }
    table.rows = rows;
    Ok(())
}

/// Some databases deliver a day or an instant as its text.
fn read_dates(table: &mut Table<'_>, fill: &Fill) {
    if table.columns[fill.axis].kind != ColumnKind::String {
        return;
    }
    let is_hour = fill.bucket == Bucket::Hour;
    table.columns[fill.axis].kind = if is_hour { ColumnKind::Timestamp } else { ColumnKind::Date };
    for row in &mut table.rows {
        let Cell::Text(text) = row[fill.axis] else { continue };
        row[fill.axis] = match is_hour {
            true => text.parse().map_or(Cell::Null, Cell::Timestamp),
            false => text.parse().map_or(Cell::Null, Cell::Date),
        };
    }
}

/// Where types come with values, a column without any is one of texts, which hold no zero.
fn give_zeros_a_kind(table: &mut Table<'_>, fill: &Fill) {
    for at in &fill.zeros {
        let is_without_values = table.rows.iter().all(|row| row[*at] == Cell::Null);
        if is_without_values && table.columns[*at].kind == ColumnKind::String {
            table.columns[*at].kind = ColumnKind::Integer;
        }
    }
}

fn empty<'a>(
    table: &Table<'a>,
    fill: &Fill,
    bucket: Cell<'a>,
    of_series: Option<&usize>,
) -> Vec<Cell<'a>> {
    let cell = |at: usize| match of_series {
        _ if at == fill.axis => bucket,
        Some(row) if fill.series.contains(&at) => table.rows[*row][at],
        _ if fill.zeros.contains(&at) => zero(table.columns[at].kind),
        _ => Cell::Null,
    };
    (0..table.columns.len()).map(cell).collect()
}

fn zero(kind: ColumnKind) -> Cell<'static> {
    match kind {
        ColumnKind::Float => Cell::Float(0.0),
        _ => Cell::Integer(0),
    }
}

/// All buckets of the result, the earliest first: those of the range, and those that rows speak of.
fn buckets(
    table: &Table<'_>,
    fill: &Fill,
    zone: &TimeZone,
) -> Result<Vec<Cell<'static>>, SourceError> {
    let mut found: Vec<Cell<'static>> =
        table.rows.iter().filter_map(|row| of_time(row[fill.axis])).collect();
    found.sort_by(|one, other| compare(*one, *other));
    let of_range = |at: Option<Timestamp>| at.map(|at| bucket_of(at, fill.bucket, zone));
    let first = of_range(fill.from).or(found.first().copied());
    let last = of_range(fill.to).or(found.last().copied());
    if let (Some(first), Some(last)) = (first, last) {
        found.extend(between(first, last, fill.bucket, zone).ok_or_else(too_large)?);
    }
    found.sort_by(|one, other| compare(*one, *other));
    found.dedup();
    Ok(found)
}

fn of_time(cell: Cell<'_>) -> Option<Cell<'static>> {
    match cell {
        Cell::Date(date) => Some(Cell::Date(date)),
        Cell::Timestamp(at) => Some(Cell::Timestamp(at)),
        _ => None,
    }
}

fn bucket_of(at: Timestamp, bucket: Bucket, zone: &TimeZone) -> Cell<'static> {
    match bucket {
        Bucket::Hour => Cell::Timestamp(start_of_hour(at, zone)),
        _ => Cell::Date(start_of_bucket(at.to_zoned_datetime(zone.clone()).date(), bucket)),
    }
}

/// The buckets from the first to the last; `None` when they are too many.
fn between(
    first: Cell<'_>,
    last: Cell<'_>,
    bucket: Bucket,
    zone: &TimeZone,
) -> Option<Vec<Cell<'static>>> {
    let (mut next, last) = (of_time(first), of_time(last)?);
    let mut buckets = Vec::new();
    while let Some(start) = next.filter(|start| compare(*start, last).is_le()) {
        buckets.push(start);
        if buckets.len() > MAX_ROWS {
            return None;
        }
        next = following(start, bucket, zone);
    }
    Some(buckets)
}

fn following(start: Cell<'_>, bucket: Bucket, zone: &TimeZone) -> Option<Cell<'static>> {
    match start {
        Cell::Date(date) => next_bucket(date, bucket).map(Cell::Date),
        // An hour later it is the next hour, also where clocks have just been changed.
        Cell::Timestamp(at) => {
            let later = at.checked_add(1.hour()).ok()?;
            Some(Cell::Timestamp(start_of_hour(later, zone)))
        }
        _ => None,
    }
}

fn too_large() -> SourceError {
    SourceError::TooLarge(ResultLimit::Rows(MAX_ROWS as u64))
}
