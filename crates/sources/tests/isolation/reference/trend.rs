//! A figure of one period against the period before it.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use model::dashboard::{Bucket, Dimension, Fill, Period as Wanted, Preset};

use super::conditions::Condition;
use super::finish::{Places, fill_in, given_buckets};
use super::{Expected, OfPanel, Table, calendar};
use crate::choices::{Choices, End, Refused, day};
use crate::rows::Row;

#[derive(Clone, Copy)]
enum Period {
    Days(Date, Date),
    Instants(Timestamp, Timestamp),
}

impl OfPanel<'_> {
    pub(super) fn trend(&self, rows: &[&Row], choices: &Choices<'_>) -> Expected {
        let trend = self.panel.trend.as_ref().expect("a trend");
        let (current, previous) = match &trend.period {
            Wanted::Preset(preset) => self.of_preset(*preset),
            Wanted::Custom(custom) => range(&custom.start, &custom.end)?,
            Wanted::Variable(variable) => {
                let end = |end| choices.end(&variable.variable, end);
                match (end(End::Start), end(End::End)) {
                    (Some(start), Some(end)) => {
                        let text = |end: &serde_json::Value| end.as_str().map(str::to_owned);
                        range(&text(start).ok_or(Refused)?, &text(end).ok_or(Refused)?)?
                    }
                    _ => self.of_preset(variable.default.unwrap_or(Preset::Last4Weeks)),
                }
            }
        };
        let bucket = trend.bucket.unwrap_or_else(|| unit(current));
        let dimension = Dimension {
            column: trend.date.clone(),
            name: None,
            bucket: Some(bucket),
            label: None,
            format: None,
        };
        let columns = vec![trend.date.to_string(), self.panel.measures[0].name.to_string()];
        self.of_viewer(&columns)?;
        if !self.request.filters.is_empty() {
            return Err(Refused);
        }
        let rows = self.kept(rows);
        Ok([
            ("rows", self.points(&rows, &dimension, bucket, current)),
            ("previous_rows", self.points(&rows, &dimension, bucket, previous)),
            ("current", self.total(&rows, current)),
            ("previous", self.total(&rows, previous)),
        ]
        .into())
    }

    fn within(&self, period: Period) -> Condition {
        let column = self.panel.trend.as_ref().expect("a trend").date.as_str();
        match period {
            Period::Days(first, last) => Condition::of_days(column, first, last, &self.clock.zone),
            Period::Instants(first, last) => {
                Condition::of_instants(column, first, last, &self.clock.zone)
            }
        }
    }

    fn total(&self, rows: &[&Row], period: Period) -> Table {
        let condition = self.within(period);
        let is_within = |row: &&&Row| condition.holds(&row.get(&condition.column));
        let rows: Vec<&Row> = rows.iter().filter(is_within).copied().collect();
        let lines = self.lines(&rows, &[], &self.panel.measures, None);
        let columns = vec![self.panel.measures[0].name.to_string()];
        Table { columns, rows: lines.into_iter().map(|line| line.cells).collect() }
    }

    /// The buckets of the whole period, in their order.
    fn points(
        &self,
        rows: &[&Row],
        dimension: &Dimension,
        bucket: Bucket,
        period: Period,
    ) -> Table {
        let mut conditions = self.conditions.clone();
        conditions.push(self.within(period));
        let question = OfPanel { conditions, ..*self };
        let rows = question.kept(rows);
        let measures = &self.panel.measures;
        let lines = self.lines(&rows, std::slice::from_ref(dimension), measures, None);
        let columns = vec![dimension.column.to_string(), measures[0].name.to_string()];
        let mut rows: Vec<_> = lines.into_iter().map(|line| line.cells).collect();
        rows.retain(|row| !row[0].is_missing());
        let given = given_buckets(&question, dimension.column.as_str(), bucket, &rows, 0);
        let mut table = Table { columns, rows };
        let fill = self.panel.fill.unwrap_or(Fill::Zero);
        fill_in(&mut table, &Places::of_axis(bucket), 0, given, fill, measures);
        table
    }

    /// The period of this name, and the one that it is compared with.
    fn of_preset(&self, preset: Preset) -> (Period, Period) {
        let today = self.clock.today;
        let first_of_month = calendar::start_of(today, Bucket::Month);
        let month_before = calendar::start_of(calendar::before(first_of_month), Bucket::Month);
        let days = |count: i32| {
            let first = calendar::earlier(today, count - 1, Bucket::Day);
            (Period::Days(first, today), as_many_before(first, today))
        };
        let months = |count: i32| {
            let [middle, first] = [count, 2 * count]
                .map(|count| calendar::after(calendar::earlier(today, count, Bucket::Month)));
            (Period::Days(middle, today), Period::Days(first, calendar::before(middle)))
        };
        let to_date = |unit: Bucket, months: i32| {
            let first = calendar::start_of(today, unit);
            let earlier = |day: Date| calendar::earlier(day, months, Bucket::Month);
            (Period::Days(first, today), Period::Days(earlier(first), earlier(today)))
        };
        match preset {
            Preset::Today => days(1),
            Preset::Last7Days => days(7),
            Preset::Last4Weeks => days(28),
            Preset::Last3Months => months(3),
            Preset::Last12Months => months(12),
            Preset::MonthToDate => to_date(Bucket::Month, 1),
            Preset::YearToDate => to_date(Bucket::Year, 12),
            Preset::PreviousMonth => {
                let last = calendar::before(month_before);
                (
                    Period::Days(month_before, calendar::before(first_of_month)),
                    Period::Days(calendar::start_of(last, Bucket::Month), last),
                )
            }
        }
    }
}

fn as_many_before(first: Date, last: Date) -> Period {
    let end = calendar::before(first);
    Period::Days(end - (last - first), end)
}

/// Two days, or two instants, and as much before them.
fn range(start: &str, end: &str) -> Result<(Period, Period), Refused> {
    match (day(start), day(end)) {
        (Some(first), Some(last)) if first <= last => {
            Ok((Period::Days(first, last), as_many_before(first, last)))
        }
        (None, None) => {
            let instant = |text: &str| text.parse::<Timestamp>().map_err(|_| Refused);
            let (first, last) = (instant(start)?, instant(end)?);
            if first > last {
                return Err(Refused);
            }
            let end = first - 1.second();
            let before = Period::Instants(end - last.duration_since(first), end);
            Ok((Period::Instants(first, last), before))
        }
        _ => Err(Refused),
    }
}

/// About a dozen to a hundred points.
fn unit(period: Period) -> Bucket {
    let days = match period {
        Period::Days(first, last) => i64::from((last - first).get_days()) + 1,
        Period::Instants(first, last) => last.duration_since(first).as_hours() / 24,
    };
    match days {
        ..=2 => Bucket::Hour,
        3..=62 => Bucket::Day,
        63..=200 => Bucket::Week,
        _ => Bucket::Month,
    }
}
