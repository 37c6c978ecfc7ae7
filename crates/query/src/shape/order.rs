//! The order of a result: always total, so that pages neither overlap nor skip.

use model::dashboard::{Direction, Panel, Sort};
use model::name::ColumnName;

use super::Column;
use super::filter::{find, unknown};
use crate::error::RequestFault;
use crate::request::Request;

/// One key of an order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OrderKey {
    pub(crate) key: Key,
    pub(crate) descending: bool,
}

/// What rows are ordered by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    /// A result column, by position from 0.
    Result(usize),
    /// A column of the dataset that the result does not show.
    Hidden(ColumnName),
}

/// In what order the rows of a panel come.
pub(super) struct Order {
    /// That of the database, which says what a limit keeps and how figures run.
    pub(super) database: Vec<OrderKey>,
    /// That of the finished rows, where it is another.
    pub(super) finished: Option<Vec<OrderKey>>,
}

impl Order {
    /// The viewer's order in place of the author's. It moves the rows that a limit keeps and does not
    /// choose others.
    pub(super) fn of_panel(
        panel: &Panel,
        columns: &[Column],
        request: &Request,
        faults: &mut Vec<RequestFault>,
    ) -> Result<Self, String> {
        let own = of_author(&panel.sort, columns, !panel.columns.is_empty())?;
        let wanted = match request.sort.is_empty() {
            true => own.clone(),
            false => of_viewer(&request.sort, columns, faults),
        };
        let looks_around = |one: &OrderKey| match one.key {
            Key::Result(at) => columns[at].looks_around,
            Key::Hidden(_) => false,
        };
        // Others are what the author's order leaves, whatever the database's is.
        let is_limited = panel.limit.is_some() && panel.others_label().is_none();
        let is_by_figures = wanted.iter().any(looks_around);
        let keeps_own = is_by_figures || (is_limited && !request.sort.is_empty());
        let is_filled = panel.fill.is_some() || panel.trend.is_some();
        let mut database = if keeps_own { own } else { wanted.clone() };
        database.retain(|one| !looks_around(one));
        let finished = match (is_filled, keeps_own) {
            (true, _) => Some(complete(wanted, columns.len())),
            (false, true) => Some(wanted),
            (false, false) => None,
        };
        Ok(Self { database: complete(database, columns.len()), finished })
    }
}

/// The author's order. A table that shows rows as they are may be ordered by any column of its
/// dataset.
pub(super) fn of_author(
    sort: &[Sort],
    columns: &[Column],
    may_be_hidden: bool,
) -> Result<Vec<OrderKey>, String> {
    let key = |one: &Sort| {
        let key = match find(columns, one.column.as_str()) {
            Some(index) => Key::Result(index),
            None if may_be_hidden => Key::Hidden(one.column.clone()),
            None => {
                return Err(format!("sort: {:?} is no column of the result", one.column.as_str()));
            }
        };
        Ok(OrderKey { key, descending: one.direction == Direction::Desc })
    };
    sort.iter().map(key).collect()
}

/// The viewer's order, by columns of the result.
fn of_viewer(sort: &[Sort], columns: &[Column], faults: &mut Vec<RequestFault>) -> Vec<OrderKey> {
    let mut keys = Vec::new();
    for (at, one) in sort.iter().enumerate() {
        match find(columns, one.column.as_str()) {
            Some(index) => keys.push(OrderKey {
                key: Key::Result(index),
                descending: one.direction == Direction::Desc,
            }),
            None => faults.push(unknown(format!("/sort/{at}/column"), &one.column, columns)),
        }
    }
    keys
}

/// Each key once, then all remaining result columns, ascending.
pub(super) fn complete(keys: Vec<OrderKey>, columns: usize) -> Vec<OrderKey> {
    let rest = (0..columns).map(|index| OrderKey { key: Key::Result(index), descending: false });
    let mut order: Vec<OrderKey> = Vec::new();
    for key in keys.into_iter().chain(rest) {
        if order.iter().all(|earlier| earlier.key != key.key) {
            order.push(key);
        }
    }
    order
}
