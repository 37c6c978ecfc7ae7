//! Conditions on single columns, of authors and of viewers.

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::dashboard::{Filter, FilterOperator as Op, Panel};
use serde_json::Value as Json;

use super::{Clock, calendar};
use crate::choices::{Choices, Refused, day, end_of, start_of};
use crate::value::Value;

#[derive(Clone)]
pub(super) struct Condition {
    pub(super) column: String,
    test: Test,
    zone: TimeZone,
}

#[derive(Clone)]
enum Test {
    Compares(Op, Value),
    IsOneOf(bool, Vec<Value>),
    /// An end that is absent is open.
    Between(bool, Option<Value>, Option<Value>),
    Days(Date, Date),
    Text(Op, String),
    IsMissing(bool),
    IsTrue(bool),
}

/// The author's conditions with what the viewer chose for their variables; those of which nothing was
/// chosen are dropped.
pub(super) fn of_author(
    panel: &Panel,
    choices: &Choices<'_>,
    clock: &Clock,
) -> Result<Vec<Condition>, Refused> {
    let mut conditions = Vec::new();
    for filter in &panel.filters {
        let Some(variable) = filter.variable() else {
            conditions.push(plain(filter, clock));
            continue;
        };
        let is_negated = matches!(filter.operator, Op::NotEquals | Op::NotBetween);
        let texts = |texts: Vec<String>| {
            let values = texts.into_iter().map(Value::Text).collect();
            Test::IsOneOf(is_negated, values)
        };
        let test = match variable {
            "regions" => choices.texts("regions")?.map(texts),
            "region" => choices.text("region")?.map(|text| texts(vec![text])),
            "least" => choices
                .integer("least")?
                .map(|least| Test::Compares(filter.operator, Value::Number(least as f64))),
            "period" => between(is_negated, choices.days("period")?.map(|end| end.map(Value::Day))),
            "span" => between(is_negated, choices.instants("span")?.map(|end| end.map(Value::At))),
            _ => panic!("no dashboard has a variable {variable:?}"),
        };
        let column = filter.column.to_string();
        conditions.extend(test.map(|test| Condition { column, test, zone: clock.zone.clone() }));
    }
    Ok(conditions)
}

fn between(is_negated: bool, [from, to]: [Option<Value>; 2]) -> Option<Test> {
    (from.is_some() || to.is_some()).then_some(Test::Between(is_negated, from, to))
}

/// A condition that compares with what stands in it.
pub(super) fn plain(filter: &Filter, clock: &Clock) -> Condition {
    let value = &filter.value;
    let list = || value.as_array().expect("a list").iter().map(of_json).collect::<Vec<Value>>();
    let relative = |name| {
        let (first, last) = calendar::relative(name, value.as_str().expect("a length"), clock);
        Test::Days(first, last)
    };
    let test = match filter.operator {
        Op::IsEmpty | Op::IsNotEmpty => Test::IsMissing(filter.operator == Op::IsEmpty),
        Op::IsTrue | Op::IsFalse => Test::IsTrue(filter.operator == Op::IsTrue),
        Op::In | Op::NotIn => Test::IsOneOf(filter.operator == Op::NotIn, list()),
        Op::Between | Op::NotBetween => {
            let [from, to] = <[Value; 2]>::try_from(list()).expect("two values");
            Test::Between(filter.operator == Op::NotBetween, Some(from), Some(to))
        }
        Op::InLast => relative("in_last"),
        Op::InThis => relative("in_this"),
        Op::InPrevious => relative("in_previous"),
        Op::Contains | Op::NotContains | Op::StartsWith | Op::EndsWith => {
            Test::Text(filter.operator, value.as_str().expect("a text").to_lowercase())
        }
        operator => Test::Compares(operator, of_json(value)),
    };
    Condition { column: filter.column.to_string(), test, zone: clock.zone.clone() }
}

fn of_json(json: &Json) -> Value {
    match json {
        Json::Number(number) => Value::number(number.as_f64()),
        Json::String(text) => day(text).map_or_else(|| Value::Text(text.clone()), Value::Day),
        other => panic!("no request compares with {other}"),
    }
}

impl Condition {
    /// A missing value passes only where it is asked for.
    pub(super) fn holds(&self, found: &Value) -> bool {
        if let Test::IsMissing(wanted) = self.test {
            return found.is_missing() == wanted;
        }
        !found.is_missing() && self.is_met_by(found)
    }

    fn is_met_by(&self, found: &Value) -> bool {
        let order = |other: &Value| found.compare(other);
        match &self.test {
            Test::IsMissing(_) => false,
            Test::IsTrue(wanted) => *found == Value::Truth(*wanted),
            Test::IsOneOf(negated, members) => members.contains(found) != *negated,
            Test::Between(negated, from, to) => {
                let is_within = from.as_ref().is_none_or(|from| order(from).is_ge())
                    && to.as_ref().is_none_or(|to| order(to).is_le());
                is_within != *negated
            }
            Test::Days(first, last) => match found {
                Value::Day(day) => (*first..=*last).contains(day),
                Value::At(at) => {
                    (*first..=*last).contains(&at.to_zoned_datetime(self.zone.clone()).date())
                }
                _ => false,
            },
            Test::Text(operator, wanted) => {
                let found = found.heading().to_lowercase();
                match operator {
                    Op::Contains => found.contains(wanted),
                    Op::NotContains => !found.contains(wanted),
                    Op::StartsWith => found.starts_with(wanted),
                    _ => found.ends_with(wanted),
                }
            }
            Test::Compares(operator, value) => match operator {
                Op::Equals => order(value) == Ordering::Equal,
                Op::NotEquals => order(value) != Ordering::Equal,
                Op::GreaterThan => order(value) == Ordering::Greater,
                Op::AtLeast => order(value) != Ordering::Less,
                Op::LessThan => order(value) == Ordering::Less,
                Op::AtMost => order(value) != Ordering::Greater,
                operator => panic!("no request has {operator:?}"),
            },
        }
    }

    pub(super) fn of_days(column: &str, first: Date, last: Date, zone: &TimeZone) -> Self {
        let test = Test::Days(first, last);
        Self { column: column.to_owned(), test, zone: zone.clone() }
    }

    pub(super) fn of_instants(
        column: &str,
        first: Timestamp,
        last: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let test = Test::Between(false, Some(Value::At(first)), Some(Value::At(last)));
        Self { column: column.to_owned(), test, zone: zone.clone() }
    }

    /// The first and the last instant that may pass, as far as the condition says.
    pub(super) fn range(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let first = |value: &Value| match value {
            Value::Day(day) => Some(start_of(*day, &self.zone)),
            Value::At(at) => Some(*at),
            _ => None,
        };
        let last = |value: &Value| match value {
            Value::Day(day) => Some(end_of(*day, &self.zone)),
            Value::At(at) => Some(*at),
            _ => None,
        };
        let next = |at: Timestamp| at.checked_add(1.microsecond()).ok();
        // What comes after a day is the rest of it where there are times.
        let after = |value: &Value| match value {
            Value::At(at) => next(*at),
            other => first(other),
        };
        match &self.test {
            Test::Days(from, to) => {
                (Some(start_of(*from, &self.zone)), Some(end_of(*to, &self.zone)))
            }
            Test::Between(false, from, to) => {
                (from.as_ref().and_then(first), to.as_ref().and_then(last))
            }
            Test::Between(true, None, Some(to)) => (last(to).and_then(next), None),
            Test::Compares(Op::AtLeast, value) => (first(value), None),
            Test::Compares(Op::GreaterThan, value) => (after(value), None),
            Test::Compares(Op::AtMost, value) => (None, last(value)),
            _ => (None, None),
        }
    }
}
