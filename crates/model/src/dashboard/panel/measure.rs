//! Measures: figures computed for each group of rows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Format;
use crate::name::ColumnName;

/// A figure computed for each group.
///
/// The keys are flat because authors write them so; [`Measure::calculation`] says what they mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The name of the result column.
    pub name: ColumnName,
    /// How values are combined; give either this or `formula`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// The dataset's column; absent for `count`, which then counts rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<ColumnName>,
    /// For `percentile`: which one, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub p: Option<f64>,
    /// For `avg`: the column that says how much each value weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<ColumnName>,
    /// For `ratio` in place of `column`: another measure of this panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<ColumnName>,
    /// For `ratio`: what is divided by, a column like `column` or a measure like `measure`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<ColumnName>,
    /// An expression of aggregates over the dataset's columns, such as `SUM(paid) / SUM(billed)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    /// Show the figure of the row and the rows before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// For `running`: how many rows take part, the row itself included, 2 to 1,000; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 1000))]
    pub window: Option<u32>,
    /// Show the figure as a share, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_of: Option<Whole>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

/// How a measure combines a column's values. Missing values do not take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    Count,
    CountDistinct,
    Sum,
    /// The mean; with `weight` the weighted mean.
    Avg,
    Min,
    Max,
    /// The value below which `p` percent lie, interpolated between the two nearest.
    Percentile,
    /// The percentile 50.
    Median,
    /// The sum of one column over the sum of another, or one measure over another; missing where the
    /// divisor is zero.
    Ratio,
}

/// What a running figure is of the figures it runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Running {
    Total,
    Average,
}

/// What a share is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whole {
    /// All rows of the result.
    Total,
    /// The rows that stand at the same place of the axis: of the same bucket, or of the same value of
    /// the first dimension.
    Axis,
}

/// What a measure's keys mean together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Calculation<'a> {
    CountRows,
    Simple(Simple, &'a ColumnName),
    /// The share of values that lie below, 0 to 1.
    Percentile(&'a ColumnName, f64),
    WeightedAverage {
        column: &'a ColumnName,
        weight: &'a ColumnName,
    },
    RatioOfColumns(&'a ColumnName, &'a ColumnName),
    RatioOfMeasures(&'a ColumnName, &'a ColumnName),
    Formula(&'a str),
}

/// An aggregate that needs no more than a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simple {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

/// Why a measure's keys mean nothing together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureFault {
    /// The key that is wrong or missing.
    pub key: &'static str,
    pub message: &'static str,
}

impl Measure {
    /// A measure that says nothing but how a column is combined.
    pub fn new(name: ColumnName, aggregate: Aggregate, column: Option<ColumnName>) -> Self {
        Self {
            name,
            aggregate: Some(aggregate),
            column,
            p: None,
            weight: None,
            measure: None,
            over: None,
            formula: None,
            running: None,
            window: None,
            share_of: None,
            label: None,
            format: None,
        }
    }

    /// Whether the figure depends on other rows of the result.
    pub fn looks_around(&self) -> bool {
        self.running.is_some() || self.share_of.is_some()
    }

    /// What the keys mean together.
    ///
    /// # Errors
    /// The first key that is missing, out of its bounds, or without a meaning here.
    pub fn calculation(&self) -> Result<Calculation<'_>, MeasureFault> {
        self.refuse_strangers()?;
        let fault = |key, message| MeasureFault { key, message };
        let column =
            || self.column.as_ref().ok_or(fault("column", "only count works without a column"));
        match (self.aggregate, &self.formula) {
            (None, Some(formula)) => Ok(Calculation::Formula(formula)),
            (Some(_), Some(_)) => Err(fault("formula", "give either aggregate or formula")),
            (None, None) => Err(fault("aggregate", "give either aggregate or formula")),
            (Some(Aggregate::Count), None) => Ok(match &self.column {
                Some(column) => Calculation::Simple(Simple::Count, column),
                None => Calculation::CountRows,
            }),
            (Some(Aggregate::Percentile), None) => {
                let p = self.p.ok_or(fault("p", "a percentile says which one, 0 to 100"))?;
                if !(0.0..=100.0).contains(&p) {
                    return Err(fault("p", "must be 0 to 100"));
                }
                Ok(Calculation::Percentile(column()?, p / 100.0))
            }
            (Some(Aggregate::Median), None) => Ok(Calculation::Percentile(column()?, 0.5)),
            (Some(Aggregate::Ratio), None) => self.ratio(),
            (Some(Aggregate::Avg), None) => {
                let column = column()?;
                Ok(match &self.weight {
                    Some(weight) => Calculation::WeightedAverage { column, weight },
                    None => Calculation::Simple(Simple::Avg, column),
                })
            }
            (Some(Aggregate::CountDistinct), None) => {
                Ok(Calculation::Simple(Simple::CountDistinct, column()?))
            }
            (Some(Aggregate::Sum), None) => Ok(Calculation::Simple(Simple::Sum, column()?)),
            (Some(Aggregate::Min), None) => Ok(Calculation::Simple(Simple::Min, column()?)),
            (Some(Aggregate::Max), None) => Ok(Calculation::Simple(Simple::Max, column()?)),
        }
    }

    fn ratio(&self) -> Result<Calculation<'_>, MeasureFault> {
        let fault = |key, message| MeasureFault { key, message };
        let over = self.over.as_ref().ok_or(fault("over", "a ratio says what it divides by"))?;
        match (&self.column, &self.measure) {
            (Some(column), None) => Ok(Calculation::RatioOfColumns(column, over)),
            (None, Some(measure)) => Ok(Calculation::RatioOfMeasures(measure, over)),
            _ => Err(fault("column", "a ratio has either a column or a measure")),
        }
    }

    /// A key that belongs to another aggregate would be silently without effect.
    fn refuse_strangers(&self) -> Result<(), MeasureFault> {
        let aggregate = self.aggregate;
        let strangers = [
            ("p", self.p.is_some(), aggregate == Some(Aggregate::Percentile)),
            ("weight", self.weight.is_some(), aggregate == Some(Aggregate::Avg)),
            ("measure", self.measure.is_some(), aggregate == Some(Aggregate::Ratio)),
            ("over", self.over.is_some(), aggregate == Some(Aggregate::Ratio)),
            ("column", self.column.is_some(), self.formula.is_none()),
            ("window", self.window.is_some(), self.running.is_some()),
            ("share_of", self.share_of.is_some(), self.running.is_none()),
        ];
        let stranger = strangers.into_iter().find(|(_, is_given, belongs)| *is_given && !belongs);
        if let Some((key, ..)) = stranger {
            return Err(MeasureFault { key, message: "has no meaning for this measure" });
        }
        if self.window.is_some_and(|window| !(2..=1_000).contains(&window)) {
            return Err(MeasureFault { key: "window", message: "must be 2 to 1000" });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(json: Value, expected: Result<&str, &str>) {
        let measure: Measure = serde_json::from_value(json).expect("a measure");
        let found = measure.calculation().map(|calculation| format!("{calculation:?}"));
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert!(found.starts_with(expected), "{found}"),
            (Err(found), Err(key)) => assert_eq!(found.key, key),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn keys_mean_something_together_or_the_stranger_among_them_is_named() {
        check(json!({"name": "n", "aggregate": "count"}), Ok("CountRows"));
        check(json!({"name": "n", "aggregate": "sum"}), Err("column"));
        check(json!({"name": "n", "aggregate": "sum", "column": "a"}), Ok("Simple(Sum"));
        check(json!({"name": "n", "aggregate": "median", "column": "a"}), Ok("Percentile"));
        check(json!({"name": "n", "aggregate": "percentile", "column": "a"}), Err("p"));
        let percentile =
            |p: f64| json!({"name": "n", "aggregate": "percentile", "column": "a", "p": p});
        check(percentile(90.0), Ok("Percentile(ColumnName(\"a\"), 0.9)"));
        check(percentile(100.5), Err("p"));
        check(json!({"name": "n", "aggregate": "sum", "column": "a", "p": 5}), Err("p"));
        let weighted = json!({"name": "n", "aggregate": "avg", "column": "a", "weight": "b"});
        check(weighted, Ok("WeightedAverage"));
        let ratio = json!({"name": "n", "aggregate": "ratio", "column": "a", "over": "b"});
        check(ratio, Ok("RatioOfColumns"));
        let ratio = json!({"name": "n", "aggregate": "ratio", "measure": "a", "over": "b"});
        check(ratio, Ok("RatioOfMeasures"));
        check(json!({"name": "n", "aggregate": "ratio", "column": "a"}), Err("over"));
        check(json!({"name": "n"}), Err("aggregate"));
        check(json!({"name": "n", "formula": "SUM(a)"}), Ok("Formula"));
        check(json!({"name": "n", "formula": "SUM(a)", "aggregate": "sum"}), Err("formula"));
        check(json!({"name": "n", "formula": "SUM(a)", "column": "a"}), Err("column"));
        check(json!({"name": "n", "aggregate": "count", "window": 3}), Err("window"));
        let running = json!({"name": "n", "aggregate": "count", "running": "total", "window": 1});
        check(running, Err("window"));
    }
}
