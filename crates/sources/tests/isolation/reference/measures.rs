//! Figures of a group of rows.

use model::dashboard::{Aggregate, Measure};

use crate::formulas::FORMULAS;
use crate::rows::Row;
use crate::value::Value;

/// `all` are the panel's measures, to which a ratio may refer.
pub(super) fn figure(measure: &Measure, all: &[Measure], rows: &[&Row]) -> Value {
    if let Some(text) = &measure.formula {
        let formula = FORMULAS.iter().find(|formula| formula.text == text);
        return Value::number((formula.expect("a known formula").figure)(rows));
    }
    let aggregate = measure.aggregate.expect("an aggregate");
    let Some(column) = &measure.column else {
        return match aggregate {
            Aggregate::Count => Value::Number(rows.len() as f64),
            _ => Value::number(ratio_of_measures(measure, all, rows)),
        };
    };
    let column = column.as_str();
    match aggregate {
        Aggregate::Count => Value::Number(values(rows, column).len() as f64),
        Aggregate::CountDistinct => Value::Number(distinct(values(rows, column)).len() as f64),
        Aggregate::Min => extreme(values(rows, column), false),
        Aggregate::Max => extreme(values(rows, column), true),
        Aggregate::Sum => Value::number(sum(rows, column)),
        Aggregate::Avg => Value::number(match &measure.weight {
            Some(weight) => weighted(rows, column, weight.as_str()),
            None => average(rows, column),
        }),
        Aggregate::Median => Value::number(percentile(rows, column, 50.0)),
        Aggregate::Percentile => {
            Value::number(percentile(rows, column, measure.p.expect("a percentile")))
        }
        Aggregate::Ratio => {
            let over = measure.over.as_ref().expect("a divisor").as_str();
            Value::number(ratio(sum(rows, column), sum(rows, over)))
        }
    }
}

fn ratio_of_measures(measure: &Measure, all: &[Measure], rows: &[&Row]) -> Option<f64> {
    let of = |name: Option<&model::name::ColumnName>| {
        let named = all.iter().find(|one| Some(&one.name) == name).expect("a measure");
        figure(named, all, rows).as_number()
    };
    ratio(of(measure.measure.as_ref()), of(measure.over.as_ref()))
}

/// Whether the figure of no rows is zero.
pub(super) fn adds_up(measure: &Measure) -> bool {
    let is_count_or_sum = matches!(
        measure.aggregate,
        Some(Aggregate::Count | Aggregate::CountDistinct | Aggregate::Sum)
    );
    let formula = |text: &String| FORMULAS.iter().any(|one| one.text == text && one.adds_up);
    is_count_or_sum || measure.formula.as_ref().is_some_and(formula)
}

/// A column's values but the missing ones.
fn values(rows: &[&Row], column: &str) -> Vec<Value> {
    rows.iter().map(|row| row.get(column)).filter(|value| !value.is_missing()).collect()
}

fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut distinct: Vec<Value> = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}

fn extreme(mut values: Vec<Value>, greatest: bool) -> Value {
    values.sort_by(Value::compare);
    let found = if greatest { values.pop() } else { values.into_iter().next() };
    found.unwrap_or(Value::Missing)
}

fn numbers(rows: &[&Row], column: &str) -> Vec<f64> {
    values(rows, column).iter().filter_map(Value::as_number).collect()
}

/// Of no numbers there is none.
pub(crate) fn sum(rows: &[&Row], column: &str) -> Option<f64> {
    let numbers = numbers(rows, column);
    (!numbers.is_empty()).then(|| numbers.iter().sum())
}

pub(crate) fn average(rows: &[&Row], column: &str) -> Option<f64> {
    Some(sum(rows, column)? / numbers(rows, column).len() as f64)
}

pub(crate) fn ratio(dividend: Option<f64>, divisor: Option<f64>) -> Option<f64> {
    Some(dividend? / divisor.filter(|divisor| *divisor != 0.0)?)
}

/// A row takes part that has both.
fn weighted(rows: &[&Row], column: &str, weight: &str) -> Option<f64> {
    let pair = |row: &&Row| Some((row.get(column).as_number()?, row.get(weight).as_number()?));
    let pairs: Vec<(f64, f64)> = rows.iter().filter_map(pair).collect();
    let products = pairs.iter().map(|(value, weight)| value * weight).sum();
    ratio(Some(products), Some(pairs.iter().map(|(_, weight)| weight).sum()))
}

/// On the line between the two values around the place.
fn percentile(rows: &[&Row], column: &str, p: f64) -> Option<f64> {
    let mut numbers = numbers(rows, column);
    numbers.sort_by(f64::total_cmp);
    let place = p / 100.0 * (numbers.len().checked_sub(1)? as f64);
    let (below, above) = (numbers[place.floor() as usize], numbers[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}
