//! What an answer must be, by filtering in memory. Nothing here knows SQL, and nothing asks the
//! compiler.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::dashboard::{Direction, Filter, FilterOperator};
use query::Request;
use serde_json::Value;

use crate::answer::Answer;
use crate::customers::Looker;
use crate::dashboards::{Dataset, Keeps, TABLE};
use crate::requests::Kind;
use crate::rows::{ISOLATED, Row};

/// What must come of a request.
#[derive(Debug, PartialEq)]
pub(crate) enum Expected {
    /// These rows, and for a table how many there are on all pages.
    Rows(Answer, Option<usize>),
    /// No answer.
    Refused,
}

/// Rows on a page of a table that says nothing else.
const PAGE_SIZE: usize = 50;

pub(crate) fn expected(
    all: &[Row],
    looker: &Looker,
    dataset: &Dataset,
    kind: Kind,
    request: &Request,
) -> Expected {
    let Some(own) = own_rows(all, looker, dataset.keeps) else { return Expected::Refused };
    let chosen = if dataset.narrows { narrowed(own, kind, request) } else { Some(own) };
    let Some(rows) = chosen else { return Expected::Refused };
    match kind {
        Kind::Table => page(table(rows, request), request),
        Kind::Export => Expected::Rows(table(rows, request), None),
        Kind::Kpi => Expected::Rows(vec![vec![Some(rows.len().to_string())]], None),
        Kind::Regions => grouped(&rows, |row| row.region.map(str::to_owned)),
        Kind::Months => grouped(&rows, |row| Some(row.day.first_of_month().to_string())),
        Kind::Options => options(&rows),
    }
}

/// The rows that are the looker's at all; `None` when the dataset must not answer.
fn own_rows<'a>(all: &'a [Row], looker: &Looker, keeps: Keeps) -> Option<Vec<&'a Row>> {
    let of_tenant = all.iter().filter(|row| row.tenant == looker.tenant);
    match keeps {
        Keeps::Tenant => Some(of_tenant.collect()),
        Keeps::Member => {
            looker.member.as_ref()?;
            Some(of_tenant.filter(|row| row.member == looker.member).collect())
        }
        Keeps::Regions => {
            let regions = looker.regions.as_ref()?;
            let is_seen = |row: &&Row| row.region.is_some_and(|region| regions.contains(&region));
            Some(of_tenant.filter(is_seen).collect())
        }
        Keeps::Source => {
            looker.is_mapped.then(|| all.iter().filter(|row| row.tenant == ISOLATED).collect())
        }
        Keeps::Nothing => None,
    }
}

/// The rows that the viewer's own choices leave; `None` when a choice is of the wrong type.
fn narrowed<'a>(rows: Vec<&'a Row>, kind: Kind, request: &Request) -> Option<Vec<&'a Row>> {
    let variables = &request.variables;
    let least = match variables.get("least") {
        Some(least) => Some(least.as_i64()?),
        None => None,
    };
    let end =
        |name: &str| -> Option<Date> { variables.get("period")?.get(name)?.as_str()?.parse().ok() };
    let (from, to) = (end("startDate"), end("endDate"));
    let regions = variables.get("regions").and_then(Value::as_array);
    // A control does not narrow its own choices, and nothing chosen narrows nothing.
    let regions = regions.filter(|regions| !regions.is_empty() && kind != Kind::Options);
    let is_chosen = |row: &&Row| {
        regions.is_none_or(|regions| {
            row.region.is_some_and(|region| regions.iter().any(|one| one == region))
        }) && least.is_none_or(|least| row.n.is_some_and(|n| n >= least))
            && from.is_none_or(|from| row.day >= from)
            && to.is_none_or(|to| row.day <= to)
    };
    Some(rows.into_iter().filter(is_chosen).collect())
}

/// A cell by which a table is filtered and sorted. Missing ones come last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Integer(i64),
    Text(String),
}

fn cell(row: &Row, column: &str) -> Option<Key> {
    match column {
        "id" => Some(Key::Integer(row.id)),
        "region" => row.region.map(|region| Key::Text(region.to_owned())),
        "n" => row.n.map(Key::Integer),
        _ => Some(Key::Text(row.day.to_string())),
    }
}

fn shown(key: Option<Key>) -> Option<String> {
    key.map(|key| match key {
        Key::Integer(number) => number.to_string(),
        Key::Text(text) => text,
    })
}

fn table(rows: Vec<&Row>, request: &Request) -> Answer {
    let passes = |row: &&Row| request.filters.iter().all(|filter| holds(filter, row));
    let mut rows: Vec<&Row> = rows.into_iter().filter(passes).collect();
    let given = request.sort.iter().map(|key| (key.column.as_str(), key.direction));
    let keys: Vec<_> = given.chain(TABLE.map(|column| (column, Direction::Asc))).collect();
    rows.sort_by(|one, other| {
        let orders =
            keys.iter().map(|(column, direction)| match (cell(one, column), cell(other, column)) {
                (Some(one), Some(other)) if *direction == Direction::Desc => other.cmp(&one),
                (Some(one), Some(other)) => one.cmp(&other),
                (one, other) => one.is_none().cmp(&other.is_none()),
            });
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    rows.iter().map(|row| TABLE.map(|column| shown(cell(row, column))).to_vec()).collect()
}

fn holds(filter: &Filter, row: &Row) -> bool {
    use FilterOperator as Op;
    let found = cell(row, filter.column.as_str());
    let key = |value: &Value| match value {
        Value::Number(number) => Key::Integer(number.as_i64().unwrap_or_default()),
        value => Key::Text(value.as_str().unwrap_or_default().to_owned()),
    };
    let list =
        || filter.value.as_array().map_or_else(Vec::new, |list| list.iter().map(key).collect());
    let one = || key(&filter.value);
    let lower = |key: Key| shown(Some(key)).unwrap_or_default().to_lowercase();
    match (filter.operator, found) {
        (Op::IsEmpty, found) => found.is_none(),
        (_, None) => false,
        (Op::IsNotEmpty, Some(_)) => true,
        (Op::Equals, Some(found)) => found == one(),
        (Op::NotEquals, Some(found)) => found != one(),
        (Op::GreaterThan, Some(found)) => found > one(),
        (Op::AtLeast, Some(found)) => found >= one(),
        (Op::LessThan, Some(found)) => found < one(),
        (Op::AtMost, Some(found)) => found <= one(),
        (Op::Between, Some(found)) => list()[0] <= found && found <= list()[1],
        (Op::In, Some(found)) => list().contains(&found),
        (Op::NotIn, Some(found)) => !list().contains(&found),
        (Op::Contains, Some(found)) => lower(found).contains(&lower(one())),
        (Op::StartsWith, Some(found)) => lower(found).starts_with(&lower(one())),
        (operator, _) => panic!("no request has {operator:?}"),
    }
}

fn page(rows: Answer, request: &Request) -> Expected {
    let number = request.page.unwrap_or(1) as usize;
    let size = request.page_size.map_or(PAGE_SIZE, |size| size as usize);
    let total = rows.len();
    let part = rows.into_iter().skip((number - 1) * size).take(size).collect();
    Expected::Rows(part, Some(total))
}

/// One row a group: its key, how many there are, and the sum of their numbers.
fn grouped(rows: &[&Row], key: impl Fn(&Row) -> Option<String>) -> Expected {
    // A missing key comes last.
    let mut groups: BTreeMap<(bool, Option<String>), (usize, Option<i64>)> = BTreeMap::new();
    for row in rows {
        let key = key(row);
        let (count, sum) = groups.entry((key.is_none(), key)).or_default();
        *count += 1;
        *sum = sum.map_or(row.n, |sum| Some(sum + row.n.unwrap_or_default()));
    }
    let row = |((_, key), (count, sum)): ((bool, Option<String>), (usize, Option<i64>))| {
        vec![key, Some(count.to_string()), sum.map(|sum| sum.to_string())]
    };
    Expected::Rows(groups.into_iter().map(row).collect(), None)
}

fn options(rows: &[&Row]) -> Expected {
    let regions: BTreeSet<&str> = rows.iter().filter_map(|row| row.region).collect();
    let row = |region: &str| vec![Some(region.to_owned()); 2];
    Expected::Rows(regions.into_iter().map(row).collect(), None)
}
