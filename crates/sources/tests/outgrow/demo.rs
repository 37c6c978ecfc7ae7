//! The demo's dashboard and some of its viewers.

use std::path::PathBuf;
use std::sync::Arc;

use model::Customer;
use model::dashboard::Dashboard;
use model::name::{GroupId, SchemaId, SourceId};
use model::source::{Connection, DataSource, Schema};
use query::{Compiled, PreparedDashboard, Request, Target, Viewer};
use serde_json::{Value, json};
use testkit::{stored_customer, viewer_scope};

pub(crate) struct Demo {
    dashboard: PreparedDashboard,
    panels: Vec<String>,
    files: Connection,
}

/// What one viewer asks.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    airline: &'static str,
    station: Option<&'static str>,
    target: Target,
    variables: Value,
    time_zone: Option<&'static str>,
    filters: Value,
}

impl Demo {
    pub(crate) fn read() -> Self {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo"));
        let folder = folder.canonicalize().expect("the demo");
        let workspace = workspace::Workspace::read(&folder).expect("a workspace");
        let declaration = workspace.declaration();
        let dashboard = &declaration.dashboards["on-time"].definition;
        let files = declaration.sources["all-airlines"].connection.clone();
        Self::of(Dashboard::clone(dashboard), files)
    }

    /// Another dashboard over other files.
    pub(crate) fn of(dashboard: Dashboard, files: Connection) -> Self {
        Self {
            panels: dashboard.panels.iter().map(|panel| panel.id.to_string()).collect(),
            dashboard: PreparedDashboard::new(Arc::new(dashboard)),
            files,
        }
    }

    pub(crate) fn files(&self) -> &Connection {
        &self.files
    }

    /// Every panel in several zones, with and without a condition on time.
    pub(crate) fn panels_in_zones(&self) -> Vec<Question> {
        let mut questions = Vec::new();
        for time_zone in ["UTC", "America/New_York", "Asia/Kolkata", "Europe/Berlin"] {
            for variables in [json!({}), json!({"since": "2013-11-03T05:30:00Z"})] {
                let question = |id: &String| Question {
                    airline: "UA",
                    station: None,
                    target: Target::Panel(id.parse().expect("a panel's id")),
                    variables: variables.clone(),
                    time_zone: Some(time_zone),
                    filters: json!([]),
                };
                questions.extend(self.panels.iter().map(question));
                let filtered = |id: &String| Question {
                    filters: json!([{"column": "rows", "operator": "at_least", "value": 2}]),
                    ..question(id)
                };
                let grouped = self.panels.iter().filter(|id| {
                    ["grouped", "others", "turned"].iter().any(|kind| id.starts_with(kind))
                });
                questions.extend(grouped.map(filtered));
            }
        }
        questions
    }

    pub(crate) fn source(&self, id: i64, connection: &Connection) -> Arc<DataSource> {
        Arc::new(DataSource {
            id: SourceId(id),
            name: format!("source-{id}").parse().expect("a name"),
            schema: SchemaId(1),
            group: GroupId(1),
            isolated: false,
            connection: connection.clone(),
            revision: 1,
        })
    }

    /// Every panel, its export and every choice of the control, of airlines and a station, with and
    /// without what a viewer chooses.
    pub(crate) fn questions(&self) -> Vec<Question> {
        let year = json!({});
        let chosen = json!({
            "period": {"startDate": "2013-03-09", "endDate": "2013-11-03"},
            "origin": ["JFK", "LGA"],
        });
        let mut questions = Vec::new();
        for (airline, station) in
            [("UA", None), ("HA", None), ("UA", Some("JFK")), ("no-airline", None)]
        {
            for (variables, time_zone) in
                [(&year, None), (&chosen, None), (&chosen, Some("Asia/Kolkata"))]
            {
                let question = |target| Question {
                    airline,
                    station,
                    target,
                    variables: variables.clone(),
                    time_zone,
                    filters: json!([]),
                };
                questions.extend(self.targets().into_iter().map(question));
            }
        }
        questions
    }

    fn targets(&self) -> Vec<Target> {
        let panel = |id: &String| Target::Panel(id.parse().expect("a panel's id"));
        let mut targets: Vec<Target> = self.panels.iter().map(panel).collect();
        targets.push(Target::Export("destinations".parse().expect("a panel's id")));
        targets.push(Target::Options("origin".parse().expect("an element's id")));
        targets
    }

    /// The statements that answer a question from `source`.
    pub(crate) fn compile(&self, question: &Question, source: &Arc<DataSource>) -> Compiled {
        let scope = viewer_scope(question.path());
        let schemas = [Schema {
            id: SchemaId(1),
            name: "flights".parse().expect("a name"),
            default_source: Some(source.id),
            group_defaults: Default::default(),
        }];
        let sources = [Arc::clone(source)];
        let viewer = Viewer::new(&scope, &schemas, &sources);
        let request = Request {
            variables: question.variables.as_object().cloned().unwrap_or_default(),
            time_zone: question.time_zone.map(|zone| zone.parse().expect("a zone")),
            filters: serde_json::from_value(question.filters.clone()).expect("filters"),
            ..Request::of(question.target.clone(), now())
        };
        query::compile(&request, &self.dashboard, &viewer)
            .unwrap_or_else(|error| panic!("{question:?}: {error}"))
    }
}

impl Question {
    fn path(&self) -> Vec<Customer> {
        let mut path = vec![stored_customer(0, self.airline)];
        path.extend(self.station.map(|station| Customer {
            properties: [("station".to_owned(), station.into())].into_iter().collect(),
            ..stored_customer(1, &format!("{}-{station}", self.airline))
        }));
        path
    }
}

/// When everything is asked.
fn now() -> jiff::Timestamp {
    "2013-12-31T12:00:00Z".parse().expect("an instant")
}
