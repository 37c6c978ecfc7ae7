//! What an answer must be, worked out over the viewer's own rows in memory. Nothing here knows SQL, and
//! nothing asks the compiler or the part that finishes results: days, buckets, orders and figures are
//! computed anew, as plainly as can be.

mod calendar;
mod conditions;
mod finish;
mod groups;
pub(crate) mod measures;
mod own;
mod trend;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::dashboard::{Panel, PanelKind, Sort};
use query::{Request, Target};

use crate::choices::{Choices, Refused};
use crate::customers::Looker;
use crate::dashboards::Workspace;
use crate::rows::Row;
use crate::value::Value;
use conditions::Condition;

/// Rows under the names of their columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// What each statement of an answer must tell, by what it is for.
pub(crate) type Expected = Result<BTreeMap<&'static str, Table>, Refused>;

/// Rows on a page of a table that says nothing else.
const PAGE_SIZE: u32 = 50;

/// One request as the reference sees it.
pub(crate) struct Question<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) looker: &'a Looker,
    pub(crate) request: &'a Request,
    /// Whether the database itself shows each tenant its own rows only.
    pub(crate) has_row_security: bool,
}

/// The zone in force and the day that it is there.
pub(crate) struct Clock {
    pub(crate) zone: TimeZone,
    pub(crate) today: Date,
}

impl Question<'_> {
    pub(crate) fn answer(&self, all: &[Row]) -> Expected {
        let clock = self.clock()?;
        let ignored = match &self.request.target {
            Target::Options(element) => {
                crate::dashboards::ELEMENTS.into_iter().find(|id| *id == element.as_str())
            }
            _ => None,
        };
        let choices = Choices {
            looker: self.looker,
            variables: &self.request.variables,
            zone: &clock.zone,
            ignored,
        };
        let dataset = &self.workspace.dataset;
        let rows = own::rows(all, self.looker, dataset, self.has_row_security)?;
        let rows = own::narrowed(rows, dataset, &choices)?;
        let (Target::Panel(id) | Target::Export(id)) = &self.request.target else {
            return Ok(BTreeMap::from([("rows", options(&rows, ignored == Some("region")))]));
        };
        let panel = self.workspace.dashboard.panel(id.as_str()).expect("a panel of the dashboard");
        let conditions = conditions::of_author(panel, &choices, &clock)?;
        if panel.kind == PanelKind::Table && !has_pages(self.request) {
            return Err(Refused);
        }
        let question = OfPanel { panel, request: self.request, clock: &clock, conditions };
        match panel.kind {
            PanelKind::KpiTrend => question.trend(&rows, &choices),
            _ if panel.columns.is_empty() => question.groups(&rows),
            _ => question.rows_as_they_are(&rows),
        }
    }

    fn clock(&self) -> Result<Clock, Refused> {
        let zone = self.request.time_zone.as_ref().or(self.workspace.dashboard.time_zone.as_ref());
        let zone = TimeZone::get(zone.map_or("UTC", |zone| zone.as_str())).map_err(|_| Refused)?;
        let today = self.request.now.to_zoned_datetime(zone.clone()).date();
        Ok(Clock { zone, today })
    }
}

/// A question to one panel.
struct OfPanel<'a> {
    panel: &'a Panel,
    request: &'a Request,
    clock: &'a Clock,
    /// The author's.
    conditions: Vec<Condition>,
}

/// The column and the direction of each key of an order.
type Keys<'a> = Vec<(&'a str, bool)>;

impl OfPanel<'_> {
    /// The rows that the author's conditions leave.
    fn kept<'r>(&self, rows: &[&'r Row]) -> Vec<&'r Row> {
        let is_kept = |row: &&&Row| {
            self.conditions.iter().all(|condition| condition.holds(&row.get(&condition.column)))
        };
        rows.iter().filter(is_kept).copied().collect()
    }

    /// The viewer's conditions, all of them on columns of the result.
    fn of_viewer(&self, columns: &[String]) -> Result<Vec<Condition>, Refused> {
        let is_known = |name: &str| columns.iter().any(|column| column == name);
        let mut asked = self.request.filters.iter();
        if asked.any(|filter| !is_known(filter.column.as_str())) {
            return Err(Refused);
        }
        let mut asked = self.request.sort.iter();
        if asked.any(|sort| !is_known(sort.column.as_str())) {
            return Err(Refused);
        }
        let filters = self.request.filters.iter();
        Ok(filters.map(|filter| conditions::plain(filter, self.clock)).collect())
    }

    /// The viewer's order in place of the author's, then by all columns of the result.
    fn keys<'k>(&self, given: &'k [Sort], columns: &'k [String]) -> Keys<'k> {
        let direction = |sort: &Sort| sort.direction == model::dashboard::Direction::Desc;
        let given = given.iter().map(|sort| (sort.column.as_str(), direction(sort)));
        given.chain(columns.iter().map(|column| (column.as_str(), false))).collect()
    }

    /// Whether a limit keeps the first rows by the author's order, which a viewer's then moves.
    fn is_moved(&self) -> bool {
        let is_limited = self.panel.limit.is_some() && self.panel.others_label().is_none();
        is_limited && !self.request.sort.is_empty()
    }

    /// The order by which rows are the first and figures run.
    fn first_sort(&self) -> &[Sort] {
        if self.is_moved() { &self.panel.sort } else { self.sort() }
    }

    fn sort(&self) -> &[Sort] {
        match self.request.sort.is_empty() {
            true => &self.panel.sort,
            false => &self.request.sort,
        }
    }

    /// The part of the rows that was asked for, and where there are pages, how many there are on all.
    fn page(&self, table: Table) -> BTreeMap<&'static str, Table> {
        let is_paged =
            self.panel.kind == PanelKind::Table && matches!(self.request.target, Target::Panel(_));
        if !is_paged {
            return BTreeMap::from([("rows", table)]);
        }
        let size = self.request.page_size.or(self.panel.page_size).unwrap_or(PAGE_SIZE) as usize;
        let before = (self.request.page.unwrap_or(1) as usize - 1) * size;
        let total = Table {
            columns: vec!["total".to_owned()],
            rows: vec![vec![Value::Number(table.rows.len() as f64)]],
        };
        let rows = table.rows.into_iter().skip(before).take(size).collect();
        BTreeMap::from([("rows", Table { rows, ..table }), ("total", total)])
    }

    fn rows_as_they_are(&self, rows: &[&Row]) -> Expected {
        let columns: Vec<String> = self.panel.result_columns().map(ToString::to_string).collect();
        let of_viewer = self.of_viewer(&columns)?;
        let passes = |row: &&Row| {
            of_viewer.iter().all(|condition| condition.holds(&row.get(&condition.column)))
        };
        let mut rows: Vec<&Row> = self.kept(rows).into_iter().filter(passes).collect();
        let totals = self.panel.totals.then(|| groups::column_totals(self.panel, &rows));
        let by = |keys: &Keys<'_>, one: &Row, other: &Row| {
            let orders = keys.iter().map(|(column, descending)| {
                one.get(column).ordered(&other.get(column), *descending)
            });
            orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        };
        let keys = self.keys(self.first_sort(), &columns);
        rows.sort_by(|one, other| by(&keys, one, other));
        rows.truncate(self.panel.limit.map_or(usize::MAX, |limit| limit as usize));
        if self.is_moved() {
            let keys = self.keys(self.sort(), &[]);
            rows.sort_by(|one, other| by(&keys, one, other));
        }
        let cells = |row: &&Row| columns.iter().map(|column| row.get(column)).collect();
        let cells = rows.iter().map(cells).collect();
        let mut expected = self.page(Table { columns, rows: cells });
        expected.extend(totals.map(|totals| ("totals", totals)));
        Ok(expected)
    }
}

/// Whether there are pages of such a number and size.
fn has_pages(request: &Request) -> bool {
    request.page != Some(0) && request.page_size.is_none_or(|size| (1..=1_000).contains(&size))
}

/// The distinct values of a control, by their labels.
fn options(rows: &[&Row], has_labels: bool) -> Table {
    let value = if has_labels { "id" } else { "region" };
    let mut choices: Vec<Vec<Value>> = Vec::new();
    for row in rows {
        let choice = vec![row.get(value), row.get("region")];
        if !choice[0].is_missing() && !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    choices.sort_by(|one, other| {
        one[1].ordered(&other[1], false).then_with(|| one[0].ordered(&other[0], false))
    });
    Table { columns: vec!["value".to_owned(), "label".to_owned()], rows: choices }
}
