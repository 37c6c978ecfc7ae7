//! A figure of one period against the period before it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Bucket;
use crate::name::ColumnName;

/// What a `kpi_trend` compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trend {
    /// The dataset's column that says when.
    pub date: ColumnName,
    pub period: Period,
    /// The unit of the line's points; chosen by the length of the period when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
    /// Which change is for the better, and so is green.
    #[serde(default, skip_serializing_if = "Better::is_usual")]
    pub better: Better,
}

/// Which of two figures is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    #[default]
    Higher,
    Lower,
    /// A change is just a change.
    Neither,
}

impl Better {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// The period of a trend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Period {
    Preset(Preset),
    Custom(CustomPeriod),
    Variable(PeriodVariable),
}

/// Periods that move with the present day, which is part of all but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    Today,
    #[serde(rename = "last_7_days")]
    Last7Days,
    /// 28 days.
    #[serde(rename = "last_4_weeks")]
    Last4Weeks,
    #[serde(rename = "last_3_months")]
    Last3Months,
    #[serde(rename = "last_12_months")]
    Last12Months,
    MonthToDate,
    YearToDate,
    /// The whole month before the present one.
    PreviousMonth,
}

/// Fixed days, or instants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomPeriod {
    /// A day such as `2023-08-09`, or an instant such as `2023-08-09T12:00:00Z`.
    pub start: String,
    /// The same kind of text; it belongs to the period.
    pub end: String,
}

/// The viewer's choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodVariable {
    /// A date range's id.
    pub variable: String,
    /// The period while the viewer has chosen none; the last four weeks when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Preset>,
}
