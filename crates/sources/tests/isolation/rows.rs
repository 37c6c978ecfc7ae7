//! The rows that all databases hold, and the tenants whose they are.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::draw::Draw;
use crate::value::Value;

/// Ids that differ by what careless comparisons overlook, and ids that mean something to SQL.
pub(crate) const TENANTS: [&str; 16] = [
    "acme",
    "ACME",
    "acme ",
    "ácme",
    "1",
    "01",
    "1.0",
    "0",
    "null",
    "%",
    "a_me",
    "o'hara",
    "\"quoted\"",
    "x' or '1'='1",
    "{{customer_id}}",
    "\\",
];

/// The tenant that has a database of its own as well.
pub(crate) const ISOLATED: &str = "acme";

/// Words that every database orders alike.
pub(crate) const REGIONS: [&str; 4] = ["east", "north", "south", "west"];

/// Clocks are set back after this day, in Europe and then in America.
const FIRST_DAY: Date = date(2023, 10, 25);
const DAYS: i64 = 95;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) tenant: &'static str,
    /// The user below the tenant whose row it is.
    pub(crate) member: Option<String>,
    pub(crate) region: Option<&'static str>,
    pub(crate) n: Option<i64>,
    pub(crate) weight: Option<i64>,
    /// A whole number of quarters: databases and memory add them up without an error.
    pub(crate) amount: Option<f64>,
    pub(crate) paid: Option<bool>,
    pub(crate) day: Date,
    /// In UTC, to the second.
    pub(crate) moment: DateTime,
}

/// The names of the columns, as they stand in each database.
///
/// `area` holds what `region` does. Where texts are compared loosely unless a column says otherwise,
/// `region` says so, and policies are put on `area`: they must be exact all the same.
pub(crate) const COLUMNS: [&str; 11] =
    ["id", "tenant", "member", "area", "region", "n", "weight", "amount", "paid", "day", "moment"];

impl Row {
    pub(crate) fn get(&self, column: &str) -> Value {
        let whole = |number: Option<i64>| Value::number(number.map(|number| number as f64));
        match column {
            "id" => whole(Some(self.id)),
            "tenant" => Value::text(Some(self.tenant)),
            "member" => Value::text(self.member.as_deref()),
            "region" | "area" => Value::text(self.region),
            "n" => whole(self.n),
            "weight" => whole(self.weight),
            "amount" => Value::number(self.amount),
            "paid" => self.paid.map_or(Value::Missing, Value::Truth),
            "day" => Value::Day(self.day),
            "moment" => Value::At(self.instant()),
            _ => panic!("no row has a column {column:?}"),
        }
    }

    pub(crate) fn instant(&self) -> Timestamp {
        self.moment.to_zoned_datetime(TimeZone::UTC).expect("a moment of UTC").timestamp()
    }
}

/// The same rows each time: some twenty for each tenant.
pub(crate) fn rows() -> Vec<Row> {
    let mut draw = Draw::of_seed(2013);
    (0..20 * TENANTS.len() as i64).map(|id| row(id, &mut draw)).collect()
}

fn row(id: i64, draw: &mut Draw) -> Row {
    let tenant = TENANTS[id as usize % TENANTS.len()];
    let mut day = || FIRST_DAY.saturating_add(Span::new().days(draw.between(0, DAYS)));
    let (day, date) = (day(), day());
    let second = Span::new().seconds(draw.between(0, 86_399));
    Row {
        id,
        tenant,
        member: (!draw.once_in(4)).then(|| member(tenant, draw.below(2))),
        region: (!draw.once_in(5)).then(|| draw.one(&REGIONS)),
        n: (!draw.once_in(6)).then(|| draw.between(-3, 12)),
        weight: (!draw.once_in(6)).then(|| draw.between(0, 3)),
        amount: (!draw.once_in(6)).then(|| draw.between(-20, 400) as f64 / 4.0),
        paid: (!draw.once_in(5)).then(|| draw.once_in(2)),
        day,
        moment: date.to_datetime(jiff::civil::Time::midnight()).saturating_add(second),
    }
}

/// The id of a tenant's user. Two tenants' users bear the same name up to the tenant's own.
pub(crate) fn member(tenant: &str, number: usize) -> String {
    format!("{tenant}/user-{number}")
}
