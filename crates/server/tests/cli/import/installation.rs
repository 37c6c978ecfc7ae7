//! Installations that customers are imported from and into.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use model::GroupScope;
use model::customer::NewCustomer;
use serde_json::Value;
use store::{Ambient, BatchOptions, Location, MasterKey, Outcome, Store};
use tempfile::TempDir;

use crate::process::{Ended, Server, client, run};

/// Two schemas with a source each, in this order.
const SCHEMAS: [(&str, &str); 2] = [("flights", "all-airlines"), ("fleet", "planes")];

/// A data folder with the groups Production and Testing, and what is needed to call it.
pub(crate) struct Installation {
    folder: TempDir,
    pub(crate) data_dir: PathBuf,
    /// Of Production, read-write.
    pub(crate) token: String,
}

impl Installation {
    /// With these levels and, before the schemas of all installations, others, so that ids of
    /// schemas and sources are not the same everywhere.
    pub(crate) fn new(levels: &str, other_schemas: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data_dir = folder.path().join("data");
        run(&data_dir, &["init"]).printed();
        let mut installation = Self { folder, data_dir, token: String::new() };
        installation.declare(levels, other_schemas);
        let create = ["token", "create", "--group", "Production", "--access", "read-write"];
        installation.token = run(&installation.data_dir, &create).printed().trim_end().to_owned();
        installation
    }

    pub(crate) fn declare(&self, levels: &str, other_schemas: usize) {
        let others: Vec<(String, String)> =
            (0..other_schemas).map(|at| (format!("a-{at}"), format!("b-{at}"))).collect();
        let others = others.iter().map(|(schema, source)| (schema.as_str(), source.as_str()));
        let workspace = self.folder.path().join("workspace");
        fs::create_dir_all(workspace.join("dashboards")).expect("a folder");
        let mut text = format!(
            "groups: [Production, Testing]\nlevels: {levels}\nenvironments: [production]\n\
             schemas:\n"
        );
        for (schema, source) in others.chain(SCHEMAS) {
            text.push_str(&format!(
                "  {schema}:\n    default_source: {source}\n    sources:\n      {source}:\n        \
                 group: Production\n        connection: {{type: files, tables: {{flights: {{path: \
                 flights.csv}}}}}}\n"
            ));
        }
        fs::write(workspace.join("workspace.yaml"), text).expect("a file");
        fs::write(workspace.join("flights.csv"), "carrier\nUA\nUA\nDL\n").expect("a file");
        let dashboard = "name: on-time\nenvironments: [production]\ndatasets:\n  flights:\n    \
                         schema: flights\n    sql: select * from flights where carrier = \
                         {{customer_id}}\npanels:\n  - {id: flights, type: kpi, title: Flights, \
                         dataset: flights, measures: [{name: flights, aggregate: count}]}\n";
        fs::write(workspace.join("dashboards/on-time.yaml"), dashboard).expect("a file");
        run(&self.data_dir, &["apply", workspace.to_str().expect("UTF-8")]).printed();
    }

    /// Writes a file beside the data; its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn store(&self) -> (Store, GroupScope) {
        let key = MasterKey::load(&self.data_dir, None).expect("a master key");
        let location = Location::Sqlite(self.data_dir.clone());
        let store = Store::open(location, &key, Ambient::default()).await.expect("a store");
        let token = self.token.parse().expect("a token");
        let scope = store.group_scope(&token).await.expect("an answer").expect("a scope");
        (store, scope)
    }

    /// Creates customers, parents before their children.
    pub(crate) async fn fill(&self, customers: &[NewCustomer]) {
        let (store, scope) = self.store().await;
        for chunk in customers.chunks(1000) {
            let rows = chunk.iter().cloned().map(Into::into).collect();
            let options = BatchOptions { atomic: true, ..BatchOptions::default() };
            let made = store.put_customers(&scope, rows, options).await.expect("an answer");
            assert!(made.iter().all(|made| matches!(made, Ok(Outcome::Created))));
        }
    }

    /// The table that an import from `source` needs, as a file.
    pub(crate) fn mapping_from(&self, source: &Served) -> String {
        let (mut schemas, mut sources) = (String::from("[schemas]\n"), String::from("[sources]\n"));
        for (schema, data_source) in SCHEMAS {
            let (schema_id, source_id) = source.ids(schema, data_source);
            schemas.push_str(&format!("{schema_id} = \"{schema}\"\n"));
            sources.push_str(&format!("{source_id} = \"{data_source}\"\n"));
        }
        self.file("mapping.toml", &format!("{schemas}\n{sources}"))
    }

    /// Imports from a server of group Production's token, with the table that it needs.
    pub(crate) fn import(&self, source: &Served, options: &[&str]) -> Ended {
        let mapping = self.mapping_from(source);
        run(&self.data_dir, &source.arguments(&mapping, options))
    }

    pub(crate) fn report(&self) -> Value {
        read_json(&self.path("report.json"))
    }

    pub(crate) async fn serve(self, environment: &[(&str, &str)]) -> Served {
        let (store, _) = self.store().await;
        let server = Server::start_with(&self.data_dir, environment);
        Served { url: server.url(""), installation: self, store, _server: server }
    }
}

pub(crate) fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

/// An installation that serves.
pub(crate) struct Served {
    pub(crate) installation: Installation,
    pub(crate) url: String,
    pub(crate) store: Store,
    _server: Server,
}

impl Served {
    /// What an import from here is started with.
    pub(crate) fn arguments<'a>(&'a self, mapping: &'a str, options: &[&'a str]) -> Vec<&'a str> {
        let token = self.installation.token.as_str();
        let import = ["import", "explo", "--from", &self.url, "--token", token];
        [&import[..], &["--mapping", mapping], options].concat()
    }

    /// The ids of a schema and of a data source.
    pub(crate) fn ids(&self, schema: &str, source: &str) -> (i64, i64) {
        let found = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(self.store.definitions())
        });
        let found = found.expect("definitions");
        let schemas = found.schemas.iter().find(|found| found.name.as_str() == schema);
        let sources = found.sources.iter().find(|found| found.name.as_str() == source);
        (schemas.expect("a schema").id.0, sources.expect("a source").id.0)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let call = client().get(format!("{}{path}", self.url));
        let credential = format!("Token {}", self.installation.token);
        let reply = call.header("Explo-Authorization", credential).send().await;
        reply.expect("an answer").json().await.expect("JSON")
    }

    /// All customers by their ids, as the paged list has them.
    pub(crate) async fn customers(&self) -> BTreeMap<String, Value> {
        let mut customers = BTreeMap::new();
        for page in 1.. {
            let list = self.get(&format!("/v2/api/customers/?page_size=1000&page={page}")).await;
            let listed = list["results"]["customers"].as_array().expect("a list");
            if listed.is_empty() {
                assert_eq!(list["total_count"], customers.len(), "every customer is listed once");
                break;
            }
            for customer in listed {
                let id = customer["provided_id"].as_str().expect("an id").to_owned();
                customers.insert(id, customer.clone());
            }
        }
        customers
    }

    /// The dashboard as whoever holds a customer's token sees it.
    pub(crate) async fn dashboard(&self, customer_token: &str) -> (u16, Value) {
        self.embed("dashboard", customer_token).await
    }

    /// The count of flights that a customer sees.
    pub(crate) async fn flights(&self, customer_token: &str) -> Value {
        let (_, body) = self.embed("panels/flights/data", customer_token).await;
        body["rows"][0][0].clone()
    }

    async fn embed(&self, call: &str, customer_token: &str) -> (u16, Value) {
        let listed = self.get("/api/dashboard/").await;
        let embed_id = listed["dashboards"][0]["embed_id"].as_str().expect("a dashboard");
        let url = format!("{}/embed/v1/{call}", self.url);
        let request = match call {
            "dashboard" => client().get(url),
            _ => client().post(url).header("Content-Type", "application/json").body("{}"),
        };
        let credential = format!("{embed_id}:{customer_token}");
        let reply = request.header("Fanlight-Customer-Token", credential).send().await;
        let reply = reply.expect("an answer");
        (reply.status().as_u16(), reply.json().await.expect("JSON"))
    }
}
