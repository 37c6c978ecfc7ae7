//! A small server to compile for: the airlines of the demo and their data sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::customer::{Customer, Properties};
use model::dashboard::Dashboard;
use model::level::{LevelName, Rank};
use model::name::{CustomerKey, DashboardKey, GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource, FileTable, Files, Schema};
use model::{Levels, ViewerScope};
use query::{
    Compiled, Finding, PreparedDashboard, QueryError, Request, SchemaFacts, SourceFacts, Viewer,
    check_dashboard,
};
use serde_json::{Value, json};

pub(crate) struct World {
    pub(crate) levels: Levels,
    pub(crate) schemas: Vec<Schema>,
    pub(crate) sources: Vec<Arc<DataSource>>,
}

const GROUP: GroupId = GroupId(1);

impl World {
    /// The same with all data in databases of one kind.
    pub(crate) fn of(dialect: &str) -> Self {
        let mut world = Self::default();
        if dialect == "duckdb" {
            return world;
        }
        let tables = ["flights", "airports", "planes"];
        let connection = match dialect {
            "sqlite" => json!({"type": "sqlite", "path": "/flights.sqlite", "tables": tables}),
            _ => json!({
                "type": dialect, "host": "db.example.com", "database": "flights", "user": "reader",
                "tables": tables,
            }),
        };
        let connection: Connection = serde_json::from_value(connection).expect("a connection");
        for source in &mut world.sources {
            Arc::make_mut(source).connection = connection.clone();
        }
        world
    }
}

impl Default for World {
    fn default() -> Self {
        let flights = schema(1, "flights", Some(1));
        let fleet = schema(2, "fleet", Some(3));
        let sources = vec![
            source(1, "all-airlines", 1, false, &["flights", "airports", "planes"]),
            source(2, "hawaiian", 1, true, &["flights", "airports", "planes"]),
            source(3, "planes", 2, false, &["planes"]),
        ];
        Self { levels: Levels::default(), schemas: vec![flights, fleet], sources }
    }
}

fn schema(id: i64, name: &str, default_source: Option<i64>) -> Schema {
    Schema {
        id: SchemaId(id),
        name: name.parse().expect("a schema's name"),
        default_source: default_source.map(SourceId),
        group_defaults: BTreeMap::new(),
    }
}

fn source(id: i64, name: &str, schema: i64, isolated: bool, tables: &[&str]) -> Arc<DataSource> {
    let table = |name: &&str| {
        let file = FileTable { path: format!("/{name}.parquet"), ..FileTable::default() };
        (name.parse().expect("a table's name"), file)
    };
    let tables = tables.iter().map(table).collect();
    Arc::new(DataSource {
        id: SourceId(id),
        name: name.parse().expect("a source's name"),
        schema: SchemaId(schema),
        group: GROUP,
        isolated,
        connection: Connection::Files(Files { tables, ..Files::default() }),
        revision: 1,
    })
}

/// What a viewer's file says of one customer.
pub(crate) fn customer(rank: u8, json: &Value) -> Customer {
    let text = |key: &str, default: &str| json[key].as_str().unwrap_or(default).to_owned();
    let mapping = json["mapping"].as_object().cloned().unwrap_or_default();
    let entry = |(schema, source): (&String, &Value)| {
        (schema.parse().expect("a schema's id"), SourceId(source.as_i64().expect("a source's id")))
    };
    let id = text("id", "UA");
    Customer {
        key: CustomerKey(i64::from(rank) + 1),
        group: GROUP,
        provided_id: id.parse().expect("a provided id"),
        name: text("name", &id).parse().expect("a name"),
        rank: Rank(rank),
        parent: None,
        properties: json["properties"].as_object().cloned().unwrap_or_default(),
        mapping: mapping.iter().map(entry).collect(),
        emails: Vec::new(),
        tags: Vec::new(),
        is_demo: false,
        created_at_us: 0,
        updated_at_us: 0,
    }
}

/// An airline without properties.
pub(crate) fn airline(id: &str) -> Vec<Customer> {
    vec![customer(0, &json!({"id": id}))]
}

/// A station of an airline.
pub(crate) fn station(airline: &str, station: &str) -> Vec<Customer> {
    let id = format!("{airline}-{station}");
    vec![
        customer(0, &json!({"id": airline})),
        customer(1, &json!({"id": id, "properties": {"station": station}})),
    ]
}

pub(crate) fn with_properties(id: &str, properties: Value) -> Vec<Customer> {
    let mut path = airline(id);
    path[0].properties = Properties::from_iter(properties.as_object().cloned().unwrap_or_default());
    path
}

pub(crate) fn levels(names: &[&str]) -> Levels {
    let name = |name: &&str| LevelName::try_from((*name).to_owned()).expect("a level's name");
    Levels::new(names.iter().map(name).collect()).expect("levels")
}

impl World {
    pub(crate) fn scope(&self, path: Vec<Customer>) -> ViewerScope {
        let embed_id = "kQ3vT8mB2x".parse().expect("an embed id");
        let levels = self.levels.clone();
        ViewerScope::of_verified_credential(DashboardKey(1), embed_id, levels, path)
            .expect("a path")
    }

    pub(crate) fn compile(
        &self,
        dashboard: &Dashboard,
        path: Vec<Customer>,
        request: &Request,
    ) -> Result<Compiled, QueryError> {
        let prepared = PreparedDashboard::new(Arc::new(dashboard.clone()));
        let scope = self.scope(path);
        let viewer = Viewer::new(&scope, &self.schemas, &self.sources);
        let compiled = query::compile(request, &prepared, &viewer);
        // The second time the proof is remembered; nothing else may change.
        assert_eq!(query::compile(request, &prepared, &viewer), compiled);
        compiled
    }
}

/// A dashboard with one dataset and a table panel that shows its column `x`.
pub(crate) fn dashboard_of(sql: &str) -> Dashboard {
    dashboard(json!({"schema": "flights", "sql": sql}))
}

/// As [`dashboard_of`], with a dataset that says more than its SQL.
pub(crate) fn dashboard(dataset: Value) -> Dashboard {
    let options = json!([{"value": "JFK"}]);
    let document = json!({
        "name": "test",
        "datasets": {"rows": dataset},
        "panels": [{
            "id": "table", "type": "table", "title": "Rows", "dataset": "rows",
            "columns": [{"column": "x"}],
        }],
        "elements": [
            {"id": "period", "type": "date_range"},
            {"id": "days", "type": "date_range", "value": "date"},
            {"id": "origin", "type": "multi_select", "options": options},
            {"id": "dest", "type": "dropdown", "options": options},
        ],
        "variables": {"count": "integer", "since": "timestamp", "tags": "list", "w": "string"},
    });
    serde_json::from_value(document).expect("a dashboard")
}

/// When every request of these tests is made.
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::constant(1_376_568_000, 0)
}

/// The rows of the table panel.
pub(crate) fn request(variables: Value) -> Request {
    let target = query::Target::Panel("table".parse().expect("a panel's id"));
    let variables = variables.as_object().cloned().unwrap_or_default();
    Request { variables, ..Request::of(target, now()) }
}

/// The dataset's SQL as it stands in a statement of the table panel.
pub(crate) fn dataset_sql(compiled: &Compiled) -> String {
    let sql = compiled.rows.sql();
    let start = sql.find("from (\n").expect("a subquery") + "from (\n".len();
    let end = sql.rfind("\n) as dataset").expect("a subquery");
    sql[start..end].to_owned()
}

/// What is known of the world's schemas when a dashboard is checked.
pub(crate) fn facts(world: &World) -> Vec<SchemaFacts> {
    let of_schema = |schema: &Schema| SchemaFacts {
        name: schema.name.clone(),
        sources: world
            .sources
            .iter()
            .filter(|source| source.schema == schema.id)
            .map(|source| {
                let connection = source.connection.without_secrets();
                SourceFacts { name: source.name.clone(), isolated: source.isolated, connection }
            })
            .collect(),
    };
    world.schemas.iter().map(of_schema).collect()
}

/// What the author of a dashboard hears.
pub(crate) fn findings(world: &World, dashboard: &Dashboard) -> Vec<Finding> {
    check_dashboard(dashboard, &world.levels, &facts(world))
}
