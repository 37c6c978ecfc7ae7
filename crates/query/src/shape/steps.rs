//! What is done with a panel's rows once they are there.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use model::dashboard::{self, Panel, Simple, Whole};
use model::name::TimeZoneName;

use super::{Column, Computed, Condition, Key, OrderKey, Others, Shape, Test};
use crate::calendar::Days;
use crate::compile::ColumnRole;
use crate::formula::Expr;
use crate::step::{Fill, SortKey, Step};
use crate::value::Value;
use crate::variables::instant_or_day;
use crate::zone::Zone;

/// Fill first, so that running figures run over empty buckets too. `order`: that of the finished rows.
pub(super) fn of_panel(
    panel: &Panel,
    columns: &[Column],
    order: Option<Vec<OrderKey>>,
    others: Option<&Others>,
) -> Vec<Step> {
    let places = Places::of(columns);
    let mut steps: Vec<Step> = fill(panel, columns, &places).into_iter().collect();
    for (column, measure) in places.measures.clone().zip(&panel.measures) {
        if let Some(kind) = measure.running {
            let (along, series) = (places.bucketed, places.series.clone());
            steps.push(Step::Running { column, kind, window: measure.window, along, series });
        }
        if let Some(whole) = measure.share_of {
            let within = match whole {
                Whole::Total => Vec::new(),
                Whole::Axis => vec![places.axis],
            };
            steps.push(Step::Share { column, within });
        }
    }
    steps.extend(order.map(|order| sort(&order, columns, others)));
    steps.extend(pivot(panel, columns));
    steps
}

/// Others come last, as the database puts them: after their bucket, before all else.
fn sort(order: &[OrderKey], columns: &[Column], others: Option<&Others>) -> Step {
    let mut last = others.map(|Others { dimension, label, .. }| SortKey::Last {
        column: *dimension,
        text: label.clone(),
    });
    let mut keys = Vec::new();
    for OrderKey { key, descending } in order {
        let Key::Result(column) = *key else { continue };
        if columns[column].result.bucket.is_none() {
            keys.extend(last.take());
        }
        keys.push(SortKey::Column { column, descending: *descending });
    }
    Step::Sort(keys)
}

/// Where things stand in a result.
struct Places {
    /// The only dimension with a bucket.
    bucketed: Option<usize>,
    /// That, or the first dimension.
    axis: usize,
    /// The other dimensions.
    series: Vec<usize>,
    measures: std::ops::Range<usize>,
}

impl Places {
    fn of(columns: &[Column]) -> Self {
        let dimensions =
            columns.iter().filter(|column| column.result.role == ColumnRole::Dimension).count();
        let mut with_bucket = (0..dimensions).filter(|at| columns[*at].result.bucket.is_some());
        let bucketed = match (with_bucket.next(), with_bucket.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        };
        let axis = bucketed.unwrap_or(0);
        let series = (0..dimensions).filter(|at| *at != axis).collect();
        Self { bucketed, axis, series, measures: dimensions..columns.len() }
    }
}

fn fill(panel: &Panel, columns: &[Column], places: &Places) -> Option<Step> {
    // The points of two periods are laid beside each other.
    let of_trend = panel.trend.is_some().then_some(dashboard::Fill::Zero);
    let wanted = panel.fill.or(of_trend)?;
    let axis = places.bucketed?;
    let is_zero = |at: &usize| wanted == dashboard::Fill::Zero && is_zero_of_nothing(&columns[*at]);
    Some(Step::Fill(Fill {
        axis,
        bucket: columns[axis].result.bucket?,
        zone: TimeZoneName::utc(),
        from: None,
        to: None,
        series: places.series.clone(),
        zeros: places.measures.clone().filter(is_zero).collect(),
    }))
}

/// Whether a measure of no rows is zero.
fn is_zero_of_nothing(column: &Column) -> bool {
    let adds_up =
        |simple: &Simple| matches!(simple, Simple::Count | Simple::CountDistinct | Simple::Sum);
    match &column.from {
        Computed::Measure(Expr::Aggregate(simple, _)) => adds_up(simple),
        Computed::Measure(Expr::CountRows) => true,
        _ => false,
    }
}

fn pivot(panel: &Panel, columns: &[Column]) -> Option<Step> {
    let name = panel.pivot.as_ref()?;
    let column = columns.iter().position(|column| column.result.name == *name)?;
    let is_measure = |at: &usize| columns[*at].result.role == ColumnRole::Measure;
    Some(Step::Pivot { column, measures: (0..columns.len()).filter(is_measure).collect() })
}

/// What the conditions say of the axis is the range to fill, but for days that are still to come.
pub(super) fn fill_range(shape: &mut Shape, zone: &Zone, today: Date) {
    let of_axis = |fill: &Fill| match &shape.columns[fill.axis].from {
        Computed::Bucket(name, _) => Some(name.clone()),
        _ => None,
    };
    let Some(Step::Fill(fill)) = shape.steps.first() else { return };
    let Some(axis) = of_axis(fill) else { return };
    let mut range = (None, None);
    for condition in shape.before.iter().filter(|condition| condition.column == axis) {
        let (from, to) = range_of(condition, zone);
        range = (from.or(range.0), to.or(range.1));
    }
    let end_of_today = Days { first: today, last: today }.instants(&zone.rules).map(|(_, end)| end);
    if let Some(Step::Fill(fill)) = shape.steps.first_mut() {
        fill.zone = zone.name.clone();
        fill.from = range.0;
        fill.to = match (range.1, end_of_today) {
            (Some(to), Some(end)) => Some(to.min(end)),
            (to, _) => to,
        };
    }
}

fn range_of(condition: &Condition, zone: &Zone) -> (Option<Timestamp>, Option<Timestamp>) {
    let from = |value: &Value| instant_or_day(value, zone).map(|(first, _)| first);
    let to = |value: &Value| instant_or_day(value, zone).map(|(_, last)| last);
    // What comes after a day is the rest of it where the column has times.
    let after = |value: &Value| match instant_or_day(value, zone)? {
        (first, last) if first == last => last.checked_add(1.microsecond()).ok(),
        (first, _) => Some(first),
    };
    match &condition.test {
        Test::Days(days) => match days.instants(&zone.rules) {
            Some((first, last)) => (Some(first), Some(last)),
            None => (None, None),
        },
        Test::Between { negated: false, least, greatest } => (from(least), to(greatest)),
        Test::Compare(">=", value) => (from(value), None),
        Test::Compare(">", value) => (after(value), None),
        Test::Compare("<=", value) => (None, to(value)),
        _ => (None, None),
    }
}
