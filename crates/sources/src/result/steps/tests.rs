//! Each operation on a small table.

use std::sync::Arc;

use arrow_array::TimestampMicrosecondArray;
use arrow_array::{Array, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::Schema;
use model::dashboard::{Bucket, Running};
use query::{Fill, SortKey};

use super::*;
use crate::error::ResultLimit;

/// Columns of one result, as text: dates, then what is given.
fn result(columns: Vec<(&str, Arc<dyn Array>)>) -> ResultSet {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    ResultSet::of_batches(&Arc::new(Schema::clone(&batch.schema())), &[batch]).unwrap()
}

fn dates(texts: &[&str]) -> Arc<dyn Array> {
    let epoch: jiff::civil::Date = "1970-01-01".parse().unwrap();
    let day = |text: &&str| {
        let date: Option<jiff::civil::Date> = text.parse().ok();
        date.map(|date| (date - epoch).get_days())
    };
    Arc::new(Date32Array::from_iter(texts.iter().map(day)))
}

fn texts(texts: &[&str]) -> Arc<dyn Array> {
    Arc::new(StringArray::from(texts.to_vec()))
}

fn integers(values: &[Option<i64>]) -> Arc<dyn Array> {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn fill(bucket: Bucket) -> Fill {
    Fill {
        axis: 0,
        bucket,
        zone: "America/New_York".parse().unwrap(),
        from: None,
        to: None,
        series: Vec::new(),
        zeros: vec![1],
    }
}

#[track_caller]
fn check(result: ResultSet, steps: &[Step], expected: &[&str]) {
    let found = apply(result, steps).unwrap();
    let rows = found.rows().map(|row| {
        let cells: Vec<String> = row.map(|cell| cell.to_string()).collect();
        cells.join(" ")
    });
    assert_eq!(rows.collect::<Vec<_>>(), expected);
}

#[test]
fn months_of_all_lengths_are_filled_between_the_first_and_the_last() {
    let of = || {
        let months = dates(&["2023-12-01", "2024-03-01"]);
        result(vec![("month", months), ("n", integers(&[Some(5), Some(7)]))])
    };
    let months = ["2023-12-01 5", "2024-01-01 0", "2024-02-01 0", "2024-03-01 7"];
    check(of(), &[Step::Fill(fill(Bucket::Month))], &months);
    let missing = Fill { zeros: Vec::new(), ..fill(Bucket::Month) };
    let months = ["2023-12-01 5", "2024-01-01 ", "2024-02-01 ", "2024-03-01 7"];
    check(of(), &[Step::Fill(missing)], &months);
}

#[test]
fn a_range_is_filled_even_where_no_row_is() {
    let at = |text: &str| text.parse().ok();
    let of_range = Fill {
        from: at("2024-02-28T05:00:00Z"),
        to: at("2024-03-02T04:59:59Z"),
        ..fill(Bucket::Day)
    };
    let nothing = result(vec![("day", dates(&[])), ("n", integers(&[]))]);
    let days = ["2024-02-28 0", "2024-02-29 0", "2024-03-01 0"];
    check(nothing, &[Step::Fill(of_range)], &days);
}

#[test]
fn a_count_is_zero_also_where_a_database_gave_no_types() {
    let nothing = result(vec![("month", texts(&[])), ("n", texts(&[]))]);
    let at = |text: &str| Some(text.parse().unwrap());
    let range = Fill {
        from: at("2024-01-10T00:00:00Z"),
        to: at("2024-02-10T00:00:00Z"),
        ..fill(Bucket::Month)
    };
    check(nothing, &[Step::Fill(range)], &["2024-01-01 0", "2024-02-01 0"]);
    let nothing = result(vec![("hour", texts(&[])), ("n", texts(&[]))]);
    let range = Fill {
        from: at("2024-01-10T05:00:00Z"),
        to: at("2024-01-10T06:30:00Z"),
        ..fill(Bucket::Hour)
    };
    check(nothing, &[Step::Fill(range)], &["2024-01-10T05:00:00Z 0", "2024-01-10T06:00:00Z 0"]);
}

#[test]
fn hours_are_filled_through_the_change_of_the_clocks() {
    let instants = |texts: &[&str]| {
        let at = |text: &&str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
        Arc::new(TimestampMicrosecondArray::from_iter_values(texts.iter().map(at)))
            as Arc<dyn Array>
    };
    // Clocks go back at 06:00Z: the hour from 1 to 2 comes twice, an hour apart.
    let of = result(vec![
        ("hour", instants(&["2024-11-03T04:00:00Z", "2024-11-03T07:00:00Z"])),
        ("n", integers(&[Some(1), Some(2)])),
    ]);
    let hours = [
        "2024-11-03T04:00:00Z 1",
        "2024-11-03T05:00:00Z 0",
        "2024-11-03T06:00:00Z 0",
        "2024-11-03T07:00:00Z 2",
    ];
    check(of, &[Step::Fill(fill(Bucket::Hour))], &hours);
}

fn two_series() -> ResultSet {
    result(vec![
        ("week", dates(&["2024-01-01", "2024-01-15", "2024-01-15"])),
        ("n", integers(&[Some(1), Some(2), Some(4)])),
        ("origin", texts(&["JFK", "JFK", "LGA"])),
    ])
}

#[test]
fn each_series_is_filled_by_itself_and_runs_by_itself() {
    let of_series = Fill { series: vec![2], ..fill(Bucket::Week) };
    let filled = Step::Fill(of_series);
    let weeks = [
        "2024-01-01 1 JFK",
        "2024-01-08 0 JFK",
        "2024-01-15 2 JFK",
        "2024-01-01 0 LGA",
        "2024-01-08 0 LGA",
        "2024-01-15 4 LGA",
    ];
    check(two_series(), std::slice::from_ref(&filled), &weeks);
    let running = |window| Step::Running {
        column: 1,
        kind: Running::Total,
        window,
        along: Some(0),
        series: vec![2],
    };
    let weeks = [
        "2024-01-01 1 JFK",
        "2024-01-08 1 JFK",
        "2024-01-15 3 JFK",
        "2024-01-01 0 LGA",
        "2024-01-08 0 LGA",
        "2024-01-15 4 LGA",
    ];
    check(two_series(), &[filled.clone(), running(None)], &weeks);
    let weeks = [
        "2024-01-01 1 JFK",
        "2024-01-08 1 JFK",
        "2024-01-15 2 JFK",
        "2024-01-01 0 LGA",
        "2024-01-08 0 LGA",
        "2024-01-15 4 LGA",
    ];
    check(two_series(), &[filled, running(Some(2))], &weeks);
}

#[test]
fn finished_rows_are_sorted_and_missing_ones_and_others_stay_last() {
    let of = || {
        let names = texts(&["b", "Others", "a", "c"]);
        result(vec![("n", integers(&[Some(2), Some(9), None, Some(2)])), ("name", names)])
    };
    let by = |column, descending| SortKey::Column { column, descending };
    check(of(), &[Step::Sort(vec![by(0, false)])], &["2 b", "2 c", "9 Others", " a"]);
    check(of(), &[Step::Sort(vec![by(0, true)])], &["9 Others", "2 b", "2 c", " a"]);
    let down = [by(0, true), by(1, true)];
    check(of(), &[Step::Sort(down.to_vec())], &["9 Others", "2 c", "2 b", " a"]);
    let others = SortKey::Last { column: 1, text: "Others".to_owned() };
    check(of(), &[Step::Sort(vec![others, by(1, false)])], &[" a", "2 b", "2 c", "9 Others"]);
}

#[test]
fn averages_run_over_what_is_there_and_shares_are_of_their_whole() {
    let of =
        || result(vec![("n", integers(&[Some(1), None, Some(5)])), ("k", texts(&["a", "a", "b"]))]);
    let average = Step::Running {
        column: 0,
        kind: Running::Average,
        window: None,
        along: None,
        series: Vec::new(),
    };
    check(of(), &[average], &["1 a", "1 a", "3 b"]);
    let of_all = Step::Share { column: 0, within: Vec::new() };
    check(of(), &[of_all], &["0.16666666666666666 a", " a", "0.8333333333333334 b"]);
    check(of(), &[Step::Share { column: 0, within: vec![1] }], &["1 a", " a", "1 b"]);
}

#[test]
fn exact_figures_stay_exact_when_they_are_added() {
    let most = i64::MAX;
    let of = result(vec![("n", integers(&[Some(most), Some(most)]))]);
    let total = Step::Running {
        column: 0,
        kind: Running::Total,
        window: None,
        along: None,
        series: vec![],
    };
    check(of, &[total], &["9223372036854775807", "18446744073709551614"]);
}

#[test]
fn values_become_columns_in_their_order_and_gaps_are_missing() {
    let pivot = Step::Pivot { column: 2, measures: vec![1] };
    let turned = apply(two_series(), std::slice::from_ref(&pivot)).unwrap();
    let names: Vec<&str> = turned.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["week", "JFK", "LGA"]);
    check(two_series(), std::slice::from_ref(&pivot), &["2024-01-01 1 ", "2024-01-15 2 4"]);
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let of = result(vec![
        ("week", dates(&["2024-01-01"; 101])),
        ("n", integers(&[Some(1); 101])),
        ("origin", texts(&many)),
    ]);
    let found = apply(of, &[pivot]).err();
    assert_eq!(found, Some(SourceError::TooLarge(ResultLimit::Columns(100))));
}

#[test]
fn a_page_knows_how_many_rows_there_were() {
    let page = Step::Page { offset: 1, size: 1 };
    let found = apply(two_series(), &[page]).unwrap();
    assert_eq!((found.row_count(), found.total_rows()), (1, Some(3)));
    let beyond = Step::Page { offset: 9, size: 1 };
    check(two_series(), &[beyond], &[]);
}
