//! Sample customers and definitions: airlines and their stations.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use model::customer::{Mapping, NewCustomer, Properties};
use model::declaration::{Declaration, DeclaredDashboard, DeclaredSchema, DeclaredSource};
use model::level::Rank;
use model::name::{CustomerKey, DashboardKey, GroupId};
use model::source::{Connection, FileTable, Files};
use model::{Customer, Levels, ViewerScope};
use serde_json::json;

fn name<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name")
}

/// A customer on the root level, with nothing but an id and a name.
pub fn customer(provided_id: &str) -> NewCustomer {
    NewCustomer {
        provided_id: name(provided_id),
        name: name(&format!("The {provided_id} company")),
        level: None,
        parent: None,
        properties: Properties::new(),
        mapping: Mapping::new(),
        emails: Vec::new(),
        tags: BTreeSet::new(),
        is_demo: false,
    }
}

/// A customer on the level `User` below another.
pub fn customer_below(provided_id: &str, parent: &str) -> NewCustomer {
    let parent = Some(name(parent));
    NewCustomer { level: Some("User".to_owned()), parent, ..customer(provided_id) }
}

/// A customer of the first group as a store hands it out, with nothing but an id, which is its name too.
pub fn stored_customer(rank: u8, provided_id: &str) -> Customer {
    Customer {
        key: CustomerKey(i64::from(rank) + 1),
        group: GroupId(1),
        provided_id: name(provided_id),
        name: name(provided_id),
        rank: Rank(rank),
        parent: None,
        properties: Properties::new(),
        mapping: Mapping::new(),
        emails: Vec::new(),
        tags: Vec::new(),
        is_demo: false,
        created_at_us: 0,
        updated_at_us: 0,
    }
}

/// What a verified credential proves of the last customer on a path from the root down, on the usual
/// levels.
pub fn viewer_scope(path: Vec<Customer>) -> ViewerScope {
    let (dashboard, embed_id) = (DashboardKey(1), name("kQ3vT8mB2x"));
    ViewerScope::of_verified_credential(dashboard, embed_id, Levels::default(), path)
        .expect("a path from the root down")
}

/// Groups Production and Testing; the schema `flights` with the sources `all-airlines` (its default),
/// `hawaiian` (isolated) and Testing's `test-flights`; the schema `fleet` with `planes`; the tags
/// `pilot` and `sales`; and the dashboard `on-time`, published to `production`. Each source has one
/// table of its schema's name, whose file is nowhere.
pub fn flights() -> Declaration {
    let source = |schema: &str, group: &str, isolated| DeclaredSource {
        schema: name(schema),
        group: name(group),
        isolated,
        connection: Connection::Files(Files {
            tables: BTreeMap::from([(name(schema), file(schema))]),
            ..Files::default()
        }),
    };
    let flights = DeclaredSchema {
        default_source: Some(name("all-airlines")),
        group_defaults: BTreeMap::from([(name("Testing"), name("test-flights"))]),
    };
    Declaration {
        levels: None,
        groups: BTreeSet::from([name("Production"), name("Testing")]),
        tags: vec![name("pilot"), name("sales")],
        environments: BTreeSet::from([name("production")]),
        schemas: BTreeMap::from([
            (name("flights"), flights),
            (name("fleet"), DeclaredSchema::default()),
        ]),
        sources: BTreeMap::from([
            (name("all-airlines"), source("flights", "Production", false)),
            (name("hawaiian"), source("flights", "Production", true)),
            (name("test-flights"), source("flights", "Testing", false)),
            (name("planes"), source("fleet", "Production", false)),
        ]),
        dashboards: BTreeMap::from([(name("on-time"), dashboard())]),
    }
}

/// A file that nobody opens.
fn file(table: &str) -> FileTable {
    FileTable { path: format!("/nowhere/{table}.parquet"), ..FileTable::default() }
}

fn dashboard() -> DeclaredDashboard {
    let definition = json!({
        "name": "on-time",
        "datasets": {"flights": {
            "schema": "flights",
            "sql": "select * from flights where carrier = {{customer_id}}",
        }},
        "panels": [{
            "id": "flights", "type": "kpi", "title": "Flights", "dataset": "flights",
            "measures": [{"name": "flights", "aggregate": "count"}],
        }],
    });
    DeclaredDashboard {
        definition: serde_json::from_value(definition).expect("a definition"),
        environments: BTreeSet::from([name("production")]),
    }
}
