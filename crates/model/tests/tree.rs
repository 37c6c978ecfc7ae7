//! Properties of the customer tree: whatever is asked for, in whatever order, the rules of placement
//! keep it a forest of one group each with strictly falling levels; and what a customer inherits
//! equals a naive recomputation.

use std::collections::{BTreeMap, BTreeSet};

use model::customer::{Customer, Mapping, Properties};
use model::inheritance;
use model::level::{LevelName, Levels, Rank};
use model::name::{CustomerKey, GroupId, SchemaId, SourceId};
use model::placement::{Place, PlacementError, Standing, check_place, requested_rank};
use proptest::prelude::*;
use serde_json::json;

const LEVELS: [&str; 4] = ["League", "Team", "Player", "Season"];

fn levels() -> Levels {
    let names = LEVELS.map(|name| LevelName::try_from(name.to_owned()).expect("a level name"));
    Levels::new(names.to_vec()).expect("four levels")
}

fn customer(key: i64, group: i64, rank: u8, parent: Option<i64>) -> Customer {
    Customer {
        key: CustomerKey(key),
        group: GroupId(group),
        provided_id: format!("c{key}").parse().expect("an id"),
        name: format!("Customer {key}").parse::<model::name::CustomerName>().expect("a name"),
        rank: Rank(rank),
        parent: parent.map(CustomerKey),
        properties: Properties::new(),
        mapping: Mapping::new(),
        emails: Vec::new(),
        tags: Vec::new(),
        is_demo: false,
        created_at_us: 0,
        updated_at_us: 0,
    }
}

/// What a client may ask for; keys may name customers that do not exist.
#[derive(Clone, Debug)]
enum Operation {
    Create { group: i64, rank: u8, parent: Option<i64> },
    Move { key: i64, parent: Option<i64> },
    Relevel { key: i64, rank: u8 },
    MoveAndRelevel { key: i64, parent: Option<i64>, rank: u8 },
    Delete { key: i64 },
}

fn operation() -> impl Strategy<Value = Operation> {
    let key = 0..12_i64;
    let parent = proptest::option::of(0..12_i64);
    let rank = 0..4_u8;
    prop_oneof![
        4 => (0..2_i64, rank.clone(), parent.clone())
            .prop_map(|(group, rank, parent)| Operation::Create { group, rank, parent }),
        2 => (key.clone(), parent.clone()).prop_map(|(key, parent)| Operation::Move { key, parent }),
        2 => (key.clone(), rank.clone()).prop_map(|(key, rank)| Operation::Relevel { key, rank }),
        2 => (key.clone(), parent, rank)
            .prop_map(|(key, parent, rank)| Operation::MoveAndRelevel { key, parent, rank }),
        1 => key.prop_map(|key| Operation::Delete { key }),
    ]
}

/// A store in its simplest form: it asks the rule and obeys.
#[derive(Default)]
struct Forest {
    customers: BTreeMap<i64, Customer>,
    next: i64,
}

impl Forest {
    fn apply(&mut self, levels: &Levels, operation: &Operation) {
        match *operation {
            Operation::Create { group, rank, parent } => {
                let new = customer(self.next, group, rank, parent);
                if self.fits(levels, &new, None) {
                    self.customers.insert(self.next, new);
                    self.next += 1;
                }
            }
            Operation::Move { key, parent } => self.change(levels, key, |c| {
                c.parent = parent.map(CustomerKey);
            }),
            Operation::Relevel { key, rank } => self.change(levels, key, |c| c.rank = Rank(rank)),
            Operation::MoveAndRelevel { key, parent, rank } => self.change(levels, key, |c| {
                c.parent = parent.map(CustomerKey);
                c.rank = Rank(rank);
            }),
            Operation::Delete { key } => {
                if !self.customers.values().any(|c| c.parent == Some(CustomerKey(key))) {
                    self.customers.remove(&key);
                }
            }
        }
    }

    fn change(&mut self, levels: &Levels, key: i64, change: impl FnOnce(&mut Customer)) {
        let Some(mut wanted) = self.customers.get(&key).cloned() else { return };
        change(&mut wanted);
        if self.fits(levels, &wanted, Some(&wanted)) {
            self.customers.insert(key, wanted);
        }
    }

    fn fits(&self, levels: &Levels, wanted: &Customer, existing: Option<&Customer>) -> bool {
        let parent = match wanted.parent {
            Some(key) => match self.customers.get(&key.0) {
                Some(parent) => Some(parent),
                None => return false,
            },
            None => None,
        };
        let children = self.customers.values().filter(|c| c.parent == Some(wanted.key));
        let place = Place {
            group: wanted.group,
            rank: wanted.rank,
            customer: existing.map(|customer| customer.key),
            parent: parent.map(Standing::from),
            highest_child: children.map(|c| c.rank).min(),
        };
        check_place(levels, &place).is_ok()
    }

    /// The path of a customer, or `None` when it runs in a circle.
    fn path(&self, key: i64) -> Option<Vec<Customer>> {
        let mut path = Vec::new();
        let mut seen = BTreeSet::new();
        let mut at = Some(CustomerKey(key));
        while let Some(key) = at {
            if !seen.insert(key) {
                return None;
            }
            let customer = &self.customers[&key.0];
            at = customer.parent;
            path.push(customer.clone());
        }
        path.reverse();
        Some(path)
    }
}

proptest! {
    #[test]
    fn no_sequence_of_operations_breaks_the_tree(
        operations in proptest::collection::vec(operation(), 1..60),
    ) {
        let levels = levels();
        let mut forest = Forest::default();
        for operation in &operations {
            forest.apply(&levels, operation);
            for customer in forest.customers.values() {
                prop_assert!(forest.path(customer.key.0).is_some(), "a cycle after {operation:?}");
                if let Some(parent) = customer.parent {
                    let parent = &forest.customers[&parent.0];
                    prop_assert!(parent.rank < customer.rank, "same level after {operation:?}");
                    prop_assert_eq!(parent.group, customer.group, "other group after {:?}", operation);
                }
            }
        }
    }

    #[test]
    fn computed_values_equal_a_naive_recomputation(
        carried in proptest::collection::vec(
            (
                proptest::collection::btree_map("[a-d]", 0..5_i64, 0..4),
                proptest::collection::btree_map(0..4_i64, 0..9_i64, 0..3),
                any::<bool>(),
            ),
            1..=4,
        ),
    ) {
        let path: Vec<Customer> = carried
            .iter()
            .enumerate()
            .map(|(at, (properties, mapping, is_demo))| {
                let parent = at.checked_sub(1).map(|above| above as i64);
                let mut customer = customer(at as i64, 1, at as u8, parent);
                customer.properties =
                    properties.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
                customer.mapping =
                    mapping.iter().map(|(k, v)| (SchemaId(*k), SourceId(*v))).collect();
                customer.is_demo = *is_demo;
                customer
            })
            .collect();

        let computed = inheritance::computed_properties(&path);
        let provenance = inheritance::property_provenance(&path);
        for key in ["a", "b", "c", "d"] {
            // Naive: ask each customer from the nearest upwards.
            let nearest = path.iter().rev().find(|customer| customer.properties.contains_key(key));
            prop_assert_eq!(computed.get(key), nearest.map(|c| &c.properties[key]));
            let from = provenance.get(key).map(|inherited| inherited.from);
            prop_assert_eq!(from, nearest.map(|customer| &customer.provided_id));
        }
        let computed = inheritance::computed_mapping(&path);
        let provenance = inheritance::mapping_provenance(&path);
        for schema in (0..4).map(SchemaId) {
            let nearest = path.iter().rev().find(|customer| customer.mapping.contains_key(&schema));
            prop_assert_eq!(computed.get(&schema), nearest.map(|c| &c.mapping[&schema]));
            let from = provenance.get(&schema).map(|inherited| inherited.from);
            prop_assert_eq!(from, nearest.map(|customer| &customer.provided_id));
        }
        let any_demo = carried.iter().any(|(_, _, is_demo)| *is_demo);
        prop_assert_eq!(inheritance::shows_watermark(&path), any_demo);
    }
}

#[track_caller]
fn check(group: i64, rank: u8, parent: Option<(i64, u8)>, child: Option<u8>, fault: Option<&str>) {
    let parent = parent.map(|(group, rank)| customer(7, group, rank, None));
    let place = Place {
        group: GroupId(group),
        rank: Rank(rank),
        customer: None,
        parent: parent.as_ref().map(Standing::from),
        highest_child: child.map(Rank),
    };
    let found = check_place(&levels(), &place).err().map(|error| error.to_string());
    assert_eq!(found.as_deref(), fault);
}

#[test]
fn a_parent_stands_strictly_higher_in_the_same_group() {
    check(1, 0, None, None, None);
    check(1, 1, Some((1, 0)), None, None);
    check(1, 2, Some((1, 0)), None, None);
    let same = "the parent is on level \"Team\", which is not above \"Team\": a parent must stand on \
                a strictly higher level";
    check(1, 1, Some((1, 1)), None, Some(same));
    let lower = "the parent is on level \"Player\", which is not above \"Team\": a parent must stand \
                 on a strictly higher level";
    check(1, 1, Some((1, 2)), None, Some(lower));
    check(1, 1, Some((2, 0)), None, Some("there is no such parent customer"));
}

#[test]
fn a_level_change_is_checked_against_the_children() {
    check(1, 1, None, Some(2), None);
    let broken = "a child stands on level \"Player\", which would not be below \"Player\"";
    check(1, 2, None, Some(2), Some(broken));
}

#[test]
fn a_customer_is_never_its_own_parent() {
    let myself = customer(7, 1, 0, None);
    let place = Place {
        group: GroupId(1),
        rank: Rank(1),
        customer: Some(myself.key),
        parent: Some(Standing::from(&myself)),
        highest_child: None,
    };
    assert_eq!(check_place(&levels(), &place), Err(PlacementError::OwnParent));
}

#[test]
fn an_unknown_level_is_answered_with_the_known_ones() {
    assert_eq!(requested_rank(&levels(), None), Ok(Rank(0)));
    assert_eq!(requested_rank(&levels(), Some("Player")), Ok(Rank(2)));
    let found = requested_rank(&levels(), Some("player")).expect_err("levels match exactly");
    let expected =
        "there is no hierarchy level \"player\"; levels are League, Team, Player, Season";
    assert_eq!(found.to_string(), expected);
}

#[test]
fn variables_name_the_customer_and_each_ancestor_by_level() {
    let path = [customer(1, 1, 0, None), customer(2, 1, 2, Some(1))];
    let found = inheritance::level_variables(&levels(), &path);
    let expected = [
        ("league_id", "c1"),
        ("league_name", "Customer 1"),
        ("player_id", "c2"),
        ("player_name", "Customer 2"),
    ];
    let found: Vec<(&str, &str)> = found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(found, expected);
}
