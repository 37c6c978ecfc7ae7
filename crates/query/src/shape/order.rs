//! The order of a result: always total, so that pages neither overlap nor skip.

use model::dashboard::{Direction, Sort};
use model::name::ColumnName;

use super::Column;
use super::filter::{find, unknown};
use crate::error::RequestFault;

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
pub(super) fn of_viewer(
    sort: &[Sort],
    columns: &[Column],
    faults: &mut Vec<RequestFault>,
) -> Vec<OrderKey> {
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
