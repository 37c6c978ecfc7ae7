//! Measures as expressions: what an author's formula says, and what the other measures come down to.
//!
//! A formula is read into this small tree and written anew from it. Nothing of its text goes on: names
//! are quoted, texts are bound, numbers are written from their values.

mod parse;
mod render;

pub(crate) use parse::parse;
pub(crate) use render::{Ranks, render};

use model::dashboard::{Calculation, Measure, MeasureFault, Simple};
use model::name::ColumnName;

/// An expression over the columns of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Column(ColumnName),
    Integer(i64),
    /// Always finite.
    Float(f64),
    Text(String),
    Boolean(bool),
    Null,
    CountRows,
    Aggregate(Simple, Box<Expr>),
    /// The value below which this share (0 to 1) of the column's values lies, interpolated.
    Percentile(ColumnName, f64),
    Call(Function, Vec<Expr>),
    /// To so many digits after the point.
    Round(Box<Expr>, u8),
    Negated(Box<Expr>),
    Not(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// Of real numbers; missing where the divisor is zero.
    Quotient(Box<Expr>, Box<Expr>),
    IsNull(Box<Expr>),
    In(Box<Expr>, Vec<Expr>),
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    Cast(Box<Expr>, CastType),
}

/// A function that all databases have under the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Abs,
    Floor,
    Ceil,
    Coalesce,
    NullIf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Plus,
    Minus,
    Times,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    And,
    Or,
}

/// What a value may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CastType {
    Integer,
    Real,
    Text,
    Date,
}

impl Expr {
    fn quotient(dividend: Self, divisor: Self) -> Self {
        Self::Quotient(Box::new(dividend), Box::new(divisor))
    }

    fn sum(of: Self) -> Self {
        Self::Aggregate(Simple::Sum, Box::new(of))
    }

    fn column(name: &ColumnName) -> Self {
        Self::Column(name.clone())
    }

    /// The columns of which percentiles are taken.
    pub(crate) fn ranked<'a>(&'a self, found: &mut Vec<&'a ColumnName>) {
        if let Self::Percentile(column, _) = self
            && !found.contains(&column)
        {
            found.push(column);
        }
        self.children().into_iter().for_each(|child| child.ranked(found));
    }

    /// The expressions that this one is made of.
    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Column(_)
            | Self::Integer(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::Boolean(_)
            | Self::Null
            | Self::CountRows
            | Self::Percentile(..) => Vec::new(),
            Self::Aggregate(_, one)
            | Self::Round(one, _)
            | Self::Negated(one)
            | Self::Not(one)
            | Self::IsNull(one)
            | Self::Cast(one, _) => vec![one],
            Self::Binary(_, left, right) | Self::Quotient(left, right) => vec![left, right],
            Self::Call(_, arguments) => arguments.iter().collect(),
            Self::In(one, list) => std::iter::once(&**one).chain(list).collect(),
            Self::Case(branches, otherwise) => {
                let branches = branches.iter().flat_map(|(when, then)| [when, then]);
                branches.chain(otherwise.as_deref()).collect()
            }
        }
    }
}

/// What a measure computes. `all` are the measures of its panel, to which it may refer.
///
/// # Errors
/// What is wrong, with the key of the measure where it is: `/formula: no function "summ"`.
pub(crate) fn of_measure(measure: &Measure, all: &[Measure]) -> Result<Expr, String> {
    let of_keys = |MeasureFault { key, message }| format!("/{key}: {message}");
    Ok(match measure.calculation().map_err(of_keys)? {
        Calculation::CountRows => Expr::CountRows,
        Calculation::Simple(aggregate, column) => {
            Expr::Aggregate(aggregate, Box::new(Expr::column(column)))
        }
        Calculation::Percentile(column, share) => Expr::Percentile(column.clone(), share),
        Calculation::WeightedAverage { column, weight } => weighted(column, weight),
        Calculation::RatioOfColumns(column, over) => {
            Expr::quotient(Expr::sum(Expr::column(column)), Expr::sum(Expr::column(over)))
        }
        Calculation::RatioOfMeasures(measured, over) => {
            Expr::quotient(referred("measure", measured, all)?, referred("over", over, all)?)
        }
        Calculation::Formula(text) => parse(text).map_err(|fault| format!("/formula: {fault}"))?,
    })
}

fn referred(key: &str, name: &ColumnName, all: &[Measure]) -> Result<Expr, String> {
    let found = all.iter().find(|measure| measure.name == *name);
    match found.map(|measure| (measure, measure.calculation())) {
        Some((_, Ok(Calculation::RatioOfMeasures(..)))) | None => {
            Err(format!("/{key}: must be another measure of the panel, and no ratio of measures"))
        }
        Some((measure, _)) => of_measure(measure, all),
    }
}

/// The weights of missing values do not count.
fn weighted(column: &ColumnName, weight: &ColumnName) -> Expr {
    let product =
        Expr::Binary(Operator::Times, Expr::column(column).into(), Expr::column(weight).into());
    let has_value = Expr::Not(Expr::IsNull(Expr::column(column).into()).into());
    let weights = Expr::Case(vec![(has_value, Expr::column(weight))], None);
    Expr::quotient(Expr::sum(product), Expr::sum(weights))
}
