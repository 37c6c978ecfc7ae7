//! Where a customer may stand in the tree.

use crate::customer::Customer;
use crate::level::{Levels, Rank};
use crate::name::{CustomerKey, GroupId};

/// Why a customer cannot stand where the client wants it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacementError {
    #[error("there is no hierarchy level {0:?}; levels are {1}")]
    UnknownLevel(String, String),
    #[error(
        "the parent is on level {parent:?}, which is not above {child:?}: a parent must stand on a \
         strictly higher level"
    )]
    ParentNotAbove { parent: String, child: String },
    #[error("a customer cannot be its own parent")]
    OwnParent,
    #[error("a child stands on level {child:?}, which would not be below {level:?}")]
    ChildNotBelow { child: String, level: String },
    /// The message is that of an unknown parent: other groups' customers are never disclosed.
    #[error("there is no such parent customer")]
    OtherGroup,
}

/// The rank of the level that a client named; the root level when it named none.
pub fn requested_rank(levels: &Levels, level: Option<&str>) -> Result<Rank, PlacementError> {
    let Some(name) = level else { return Ok(Levels::ROOT) };
    levels.rank(name).ok_or_else(|| {
        let known: Vec<&str> = levels.names().iter().map(|level| level.as_str()).collect();
        PlacementError::UnknownLevel(name.to_owned(), known.join(", "))
    })
}

/// Where a customer stands, as far as its relatives must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub key: CustomerKey,
    pub group: GroupId,
    pub rank: Rank,
}

impl From<&Customer> for Standing {
    fn from(customer: &Customer) -> Self {
        Self { key: customer.key, group: customer.group, rank: customer.rank }
    }
}

/// A customer's wanted place, checked against its relatives.
pub struct Place {
    pub group: GroupId,
    pub rank: Rank,
    /// The customer that moves, `None` when it is being created.
    pub customer: Option<CustomerKey>,
    pub parent: Option<Standing>,
    /// The rank of the highest child, `None` without children.
    pub highest_child: Option<Rank>,
}

/// Holds the strict-level rule: a parent stands in the same group on a strictly higher level, and
/// so do all children below. Levels may be skipped. Cycles cannot arise, because ranks grow
/// strictly along every path.
pub fn check_place(levels: &Levels, place: &Place) -> Result<(), PlacementError> {
    if let Some(parent) = place.parent {
        if place.customer == Some(parent.key) {
            return Err(PlacementError::OwnParent);
        }
        if parent.group != place.group {
            return Err(PlacementError::OtherGroup);
        }
        if parent.rank >= place.rank {
            return Err(PlacementError::ParentNotAbove {
                parent: level_text(levels, parent.rank),
                child: level_text(levels, place.rank),
            });
        }
    }
    match place.highest_child {
        Some(child) if child <= place.rank => Err(PlacementError::ChildNotBelow {
            child: level_text(levels, child),
            level: level_text(levels, place.rank),
        }),
        _ => Ok(()),
    }
}

fn level_text(levels: &Levels, rank: Rank) -> String {
    levels.name(rank).map_or_else(|| format!("#{}", rank.0), ToString::to_string)
}
