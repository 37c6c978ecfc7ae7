//! Conditions on single columns.

use jiff::civil::Date;
use model::dashboard::{Bucket, Filter, FilterOperator};
use model::name::ColumnName;
use serde_json::Value as Json;

use super::Column;
use crate::calendar::Days;
use crate::dialect::TextPart;
use crate::error::RequestFault;
use crate::nearest::hint;
use crate::template::Binding;
use crate::trend::Period;
use crate::value::Value;
use crate::variables::{list, scalar};

/// A condition whose values fit it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(crate) column: ColumnName,
    pub(crate) test: Test,
}

/// What a column's value is held against. A missing value passes only `Empty(true)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// The operator as SQL writes it.
    Compare(&'static str, Value),
    /// Never without a member.
    List {
        negated: bool,
        members: Vec<Value>,
    },
    Between {
        negated: bool,
        least: Value,
        greatest: Value,
    },
    Text {
        negated: bool,
        part: TextPart,
        wanted: Value,
    },
    EndsWith(String),
    Truth(bool),
    /// Days in the zone in force.
    Days(Days),
    Empty(bool),
}

impl Condition {
    pub(super) fn has_value(column: &ColumnName) -> Self {
        Self { column: column.clone(), test: Test::Empty(false) }
    }
}

impl From<Period> for Test {
    fn from(period: Period) -> Self {
        match period {
            Period::Days(days) => Self::Days(days),
            Period::Instants(start, end) => Self::Between {
                negated: false,
                least: Value::Timestamp(start),
                greatest: Value::Timestamp(end),
            },
        }
    }
}

/// What a variable holds that an author compares with.
pub(crate) enum Chosen {
    /// Drops the condition.
    Nothing,
    Values(Vec<Value>),
    /// A date range, of which an end may be open.
    Range(Option<Value>, Option<Value>),
}

impl From<Binding> for Chosen {
    fn from(binding: Binding) -> Self {
        match binding {
            Binding::NoValue | Binding::Sql(_) => Self::Nothing,
            Binding::One { value, .. } => Self::Values(vec![value]),
            // An empty list of a customer's property matches nothing.
            Binding::Many(values) if values.is_empty() => Self::Values(vec![Value::Null]),
            Binding::Many(values) => Self::Values(values),
        }
    }
}

/// The author's conditions, on columns of the dataset. `chosen` tells what a variable holds.
pub(crate) fn of_author(
    filters: &[Filter],
    today: Date,
    mut chosen: impl FnMut(&str) -> Result<Chosen, String>,
) -> Result<Vec<Condition>, String> {
    let mut conditions = Vec::new();
    for (at, filter) in filters.iter().enumerate() {
        let fault = |message: String| format!("/filters/{at}/value: {message}");
        let test = match filter.variable() {
            None => Some(test(filter.operator, &filter.value, today).map_err(fault)?),
            Some(name) => match chosen(name).map_err(fault)? {
                Chosen::Nothing => None,
                Chosen::Range(start, end) => range(filter.operator, start, end).map_err(fault)?,
                Chosen::Values(values) => {
                    Some(of_values(filter.operator, values, today).map_err(fault)?)
                }
            },
        };
        conditions.extend(test.map(|test| Condition { column: filter.column.clone(), test }));
    }
    Ok(conditions)
}

/// The viewer's conditions, on columns of the result.
pub(super) fn of_viewer(
    filters: &[Filter],
    columns: &[Column],
    today: Date,
    faults: &mut Vec<RequestFault>,
) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (at, filter) in filters.iter().enumerate() {
        let pointer = || format!("/filters/{at}/column");
        let Some(column) = find(columns, filter.column.as_str()) else {
            faults.push(unknown(pointer(), &filter.column, columns));
            continue;
        };
        if columns[column].looks_around {
            let name = filter.column.as_str();
            let message =
                format!("{name:?} is computed from other rows and cannot choose among them");
            faults.push(RequestFault { pointer: pointer(), message });
            continue;
        }
        match test(filter.operator, &filter.value, today) {
            // The definition's spelling becomes SQL, not the request's.
            Ok(test) => {
                conditions.push(Condition { column: columns[column].result.name.clone(), test });
            }
            Err(message) => {
                faults.push(RequestFault { pointer: format!("/filters/{at}/value"), message });
            }
        }
    }
    conditions
}

/// The position of a result column.
pub(super) fn find(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.result.name.as_str() == name)
}

/// The fault of a column that the result does not have.
pub(super) fn unknown(pointer: String, name: &ColumnName, columns: &[Column]) -> RequestFault {
    let known = columns.iter().map(|column| column.result.name.as_str());
    let hint = hint(name.as_str(), known);
    let message = format!("{:?} is no column of this result{hint}", name.as_str());
    RequestFault { pointer, message }
}

fn test(operator: FilterOperator, json: &Json, today: Date) -> Result<Test, String> {
    use FilterOperator as Op;
    let values = match operator {
        Op::IsEmpty | Op::IsNotEmpty | Op::IsTrue | Op::IsFalse if json.is_null() => Vec::new(),
        Op::IsEmpty | Op::IsNotEmpty | Op::IsTrue | Op::IsFalse => {
            return Err("must be absent for this operator".to_owned());
        }
        Op::In | Op::NotIn | Op::Between | Op::NotBetween => {
            list(json).map_err(|fault| fault.to_string())?
        }
        _ => vec![scalar(json).map_err(|fault| fault.to_string())?],
    };
    of_values(operator, values, today)
}

fn of_values(operator: FilterOperator, values: Vec<Value>, today: Date) -> Result<Test, String> {
    use FilterOperator as Op;
    let negated = matches!(operator, Op::NotIn | Op::NotBetween | Op::NotEquals | Op::NotContains);
    match operator {
        Op::In | Op::NotIn => {
            if values.is_empty() {
                return Err("must have at least one member".to_owned());
            }
            Ok(Test::List { negated, members: values })
        }
        Op::Between | Op::NotBetween => match <[Value; 2]>::try_from(values) {
            Ok([least, greatest]) => Ok(Test::Between { negated, least, greatest }),
            Err(_) => Err("must be a list of two: the least and the greatest".to_owned()),
        },
        // Several choices of one control.
        Op::Equals | Op::NotEquals if values.len() > 1 => {
            Ok(Test::List { negated, members: values })
        }
        Op::IsEmpty | Op::IsNotEmpty => Ok(Test::Empty(operator == Op::IsEmpty)),
        Op::IsTrue | Op::IsFalse => Ok(Test::Truth(operator == Op::IsTrue)),
        _ => match <[Value; 1]>::try_from(values) {
            Ok([value]) => of_value(operator, value, today),
            Err(_) => Err("must be one value for this operator".to_owned()),
        },
    }
}

fn of_value(operator: FilterOperator, value: Value, today: Date) -> Result<Test, String> {
    use FilterOperator as Op;
    let text = |negated, part, value| Ok(Test::Text { negated, part, wanted: text_of(value) });
    match operator {
        Op::NotEquals => Ok(Test::Compare("<>", value)),
        Op::GreaterThan => Ok(Test::Compare(">", value)),
        Op::AtLeast => Ok(Test::Compare(">=", value)),
        Op::LessThan => Ok(Test::Compare("<", value)),
        Op::AtMost => Ok(Test::Compare("<=", value)),
        Op::Contains => text(false, TextPart::Any, value),
        Op::NotContains => text(true, TextPart::Any, value),
        Op::StartsWith => text(false, TextPart::Start, value),
        Op::EndsWith => match text_of(value) {
            Value::Text(text) => Ok(Test::EndsWith(text)),
            _ => Err("must be a text".to_owned()),
        },
        Op::InLast | Op::InThis | Op::InPrevious => {
            let days = days(operator, &text_of(value), today)?;
            Ok(Test::Days(days))
        }
        _ => Ok(Test::Compare("=", value)),
    }
}

/// Numbers and booleans as they are written.
fn text_of(value: Value) -> Value {
    match value {
        Value::Integer(number) => Value::Text(number.to_string()),
        Value::Float(number) => Value::Text(number.to_string()),
        Value::Boolean(is_true) => Value::Text(is_true.to_string()),
        other => other,
    }
}

/// The days that a length or a unit stands for.
fn days(operator: FilterOperator, value: &Value, today: Date) -> Result<Days, String> {
    let text = match value {
        Value::Text(text) => text.trim(),
        _ => "",
    };
    let days = match operator {
        FilterOperator::InLast => text.split_once(' ').and_then(|(count, word)| {
            let count = count.parse().ok().filter(|count| (1..=10_000).contains(count))?;
            Days::up_to(today, count, unit(word.trim())?)
        }),
        FilterOperator::InThis => unit(text).and_then(|unit| Days::around(today, unit)),
        _ => unit(text).and_then(|unit| {
            let before = Days::around(today, unit)?.first.yesterday().ok()?;
            Days::around(before, unit)
        }),
    };
    days.ok_or_else(|| match operator {
        FilterOperator::InLast => "must be a length such as \"7 days\" or \"3 months\"".to_owned(),
        _ => "must be day, week, month, quarter or year".to_owned(),
    })
}

fn unit(word: &str) -> Option<Bucket> {
    match word.strip_suffix('s').unwrap_or(word) {
        "day" => Some(Bucket::Day),
        "week" => Some(Bucket::Week),
        "month" => Some(Bucket::Month),
        "quarter" => Some(Bucket::Quarter),
        "year" => Some(Bucket::Year),
        _ => None,
    }
}

/// A date range, of which an end may be open.
fn range(
    operator: FilterOperator,
    start: Option<Value>,
    end: Option<Value>,
) -> Result<Option<Test>, String> {
    let negated = operator == FilterOperator::NotBetween;
    if !negated && operator != FilterOperator::Between {
        return Err("is a date range; compare it by between or not_between".to_owned());
    }
    Ok(match (start, end) {
        (None, None) => None,
        (Some(least), Some(greatest)) => Some(Test::Between { negated, least, greatest }),
        (Some(start), None) => Some(Test::Compare(if negated { "<" } else { ">=" }, start)),
        (None, Some(end)) => Some(Test::Compare(if negated { ">" } else { "<=" }, end)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(operator: FilterOperator, value: Json, first: &str, last: &str) {
        let today = "2024-03-31".parse().expect("a date");
        let days = Days { first: first.parse().expect("a"), last: last.parse().expect("a date") };
        assert_eq!(test(operator, &value, today), Ok(Test::Days(days)));
    }

    #[test]
    fn lengths_and_units_are_days_of_the_calendar() {
        use FilterOperator::{InLast, InPrevious, InThis};
        check(InLast, json!("1 day"), "2024-03-31", "2024-03-31");
        check(InLast, json!("7 days"), "2024-03-25", "2024-03-31");
        check(InLast, json!("2 weeks"), "2024-03-18", "2024-03-31");
        check(InLast, json!("1 month"), "2024-03-01", "2024-03-31");
        check(InLast, json!("1 quarter"), "2024-01-01", "2024-03-31");
        check(InLast, json!("1 year"), "2023-04-01", "2024-03-31");
        check(InThis, json!("week"), "2024-03-25", "2024-03-31");
        check(InThis, json!("quarter"), "2024-01-01", "2024-03-31");
        check(InPrevious, json!("month"), "2024-02-01", "2024-02-29");
        check(InPrevious, json!("year"), "2023-01-01", "2023-12-31");
    }

    #[test]
    fn what_is_no_length_or_unit_says_what_one_is() {
        let today = "2024-03-31".parse().expect("a date");
        for text in ["7", "days", "0 days", "-1 days", "7 dogs", "99999999999 days", "7 hours"] {
            let found = test(FilterOperator::InLast, &json!(text), today);
            assert!(found.is_err_and(|fault| fault.contains("7 days")), "{text}");
        }
        assert!(test(FilterOperator::InThis, &json!("fortnight"), today).is_err());
    }
}
