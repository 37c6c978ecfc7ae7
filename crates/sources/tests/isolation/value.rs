//! Values of rows and of results, and when a database's answer says the same.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Missing,
    Number(f64),
    Text(String),
    Truth(bool),
    Day(Date),
    At(Timestamp),
}

impl Value {
    pub(crate) fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Missing, Self::Number)
    }

    pub(crate) fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Missing, |text| Self::Text(text.to_owned()))
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn is_missing(&self) -> bool {
        *self == Self::Missing
    }

    /// In either direction of an order, missing values come last.
    pub(crate) fn ordered(&self, other: &Self, descending: bool) -> Ordering {
        match (self, other) {
            (Self::Missing, _) | (_, Self::Missing) => self.is_missing().cmp(&other.is_missing()),
            _ if descending => other.compare(self),
            _ => self.compare(other),
        }
    }

    /// Of two values of one column.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Truth(one), Self::Truth(other)) => one.cmp(other),
            (Self::Day(one), Self::Day(other)) => one.cmp(other),
            (Self::At(one), Self::At(other)) => one.cmp(other),
            (one, other) => panic!("{one:?} and {other:?} are not of one column"),
        }
    }

    /// Whether a database's text says this value. Texts and dates are compared to the letter, numbers to
    /// eight digits: MySQL tells ten of a mean after the point, and the last ones of a fraction depend on
    /// the order in which it was added up.
    pub(crate) fn is_told_by(&self, found: Option<&str>) -> bool {
        match (self, found) {
            (Self::Missing, None) => true,
            (Self::Missing, Some(_)) | (_, None) => false,
            (Self::Number(number), Some(found)) => found
                .parse()
                .is_ok_and(|found: f64| (number - found).abs() <= 1e-8 * number.abs().max(1.0)),
            (Self::Text(text), Some(found)) => text == found,
            (Self::Truth(truth), Some(found)) => match found {
                // Some databases write truth as a number.
                "true" | "1" => *truth,
                "false" | "0" => !truth,
                _ => false,
            },
            (Self::Day(day), Some(found)) => day.to_string() == found,
            (Self::At(at), Some(found)) => moment(found) == Some(*at),
        }
    }

    /// As the name of a column that the value became.
    pub(crate) fn heading(&self) -> String {
        match self {
            Self::Missing => "–".to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Truth(truth) => truth.to_string(),
            Self::Day(day) => day.to_string(),
            Self::At(at) => at.to_string(),
        }
    }
}

/// SQLite has no type for times: they are the texts that stand in the file, in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
    })
}
