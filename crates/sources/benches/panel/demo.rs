//! The demo's dashboard and its airlines, compiled as the server does it.

use std::path::PathBuf;
use std::sync::Arc;

use model::dashboard::Dashboard;
use model::name::{GroupId, PanelId, SchemaId, SourceId};
use model::source::{Connection, DataSource, Schema};
use query::{PreparedDashboard, Request, Statement, Target, Viewer};
use testkit::{stored_customer, viewer_scope};

const AIRLINES: [&str; 16] = [
    "UA", "B6", "EV", "DL", "AA", "MQ", "US", "9E", "WN", "VX", "FL", "AS", "F9", "YV", "HA", "OO",
];

pub(crate) struct Demo {
    pub(crate) source: Arc<DataSource>,
    /// Where the demo itself has its flights.
    declared: Connection,
    schemas: Vec<Schema>,
    dashboard: PreparedDashboard,
    panels: Vec<String>,
}

impl Demo {
    pub(crate) fn read(materialize: bool) -> Self {
        let mut demo = Self::read_from(Connection::Files(Default::default()));
        let mut connection = demo.declared.clone();
        let Connection::Files(files) = &mut connection else { panic!("the demo reads files") };
        files.materialize = materialize;
        demo.source = Arc::new(source(connection));
        demo
    }

    /// The demo's dashboard over another data source.
    pub(crate) fn read_from(connection: Connection) -> Self {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo"));
        let workspace = workspace::Workspace::read(&folder.canonicalize().unwrap()).unwrap();
        let declaration = workspace.declaration();
        let dashboard = &declaration.dashboards["on-time"].definition;
        Self {
            source: Arc::new(source(connection)),
            declared: declaration.sources["all-airlines"].connection.clone(),
            schemas: vec![schema()],
            panels: dashboard.panels.iter().map(|panel| panel.id.to_string()).collect(),
            dashboard: PreparedDashboard::new(Arc::new(Dashboard::clone(dashboard))),
        }
    }

    pub(crate) fn panels(&self) -> &[String] {
        &self.panels
    }

    /// Each panel as each airline sees it.
    pub(crate) fn questions(&self, panels: &[String]) -> Vec<Statement> {
        let of_airline =
            |airline: &'static str| panels.iter().map(move |panel| self.compile(panel, airline));
        AIRLINES.into_iter().flat_map(of_airline).collect()
    }

    fn compile(&self, panel: &str, airline: &str) -> Statement {
        let scope = viewer_scope(vec![stored_customer(0, airline)]);
        let sources = [Arc::clone(&self.source)];
        let viewer = Viewer::new(&scope, &self.schemas, &sources);
        let request = Request::of(
            Target::Panel(panel.parse::<PanelId>().unwrap()),
            jiff::Timestamp::UNIX_EPOCH,
        );
        query::compile(&request, &self.dashboard, &viewer).unwrap().rows
    }
}

fn source(connection: Connection) -> DataSource {
    DataSource {
        id: SourceId(1),
        name: "all-airlines".parse().unwrap(),
        schema: SchemaId(1),
        group: GroupId(1),
        isolated: false,
        connection,
        revision: 1,
    }
}

fn schema() -> Schema {
    Schema {
        id: SchemaId(1),
        name: "flights".parse().unwrap(),
        default_source: Some(SourceId(1)),
        group_defaults: Default::default(),
    }
}
