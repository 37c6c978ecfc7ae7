//! A server over the demo's workspace, with the binary's own engine worker.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use bytes::Bytes;
use http_body_util::BodyExt;
use model::OperatorScope;
use model::credential::{Access, EmbedSecret};
use model::declaration::DeclaredDashboard;
use serde_json::{Value, json};
use server::clock::Clock;
use server::prepared::PreparedDashboards;
use server::{App, Config, Frame, Parts};
use sources::{Limits, Sources, WorkerCommand};
use testkit::TestStore;
use workspace::Workspace;

use crate::contract;

pub(crate) struct Server {
    pub(crate) frame: Frame,
    pub(crate) clock: Clock,
    pub(crate) store: TestStore,
    pub(crate) token: String,
    pub(crate) secret: EmbedSecret,
    pub(crate) embed_id: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    /// Null when the body is no JSON.
    pub(crate) body: Value,
}

impl Server {
    /// The demo's groups, sources and dashboard, and no customers.
    pub(crate) async fn start() -> Self {
        Self::with_dashboard("").await
    }

    /// As [`Server::start`], with another dashboard beside the demo's; its `embed_id` is the one
    /// that tokens are made for. An empty text adds nothing.
    pub(crate) async fn with_dashboard(json: &str) -> Self {
        Self::with_limits(json, Limits::default()).await
    }

    pub(crate) async fn with_limits(json: &str, limits: Limits) -> Self {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
        let workspace = Workspace::read(&demo).expect("the demo's workspace is sound");
        let mut declaration = workspace.declaration().clone();
        let mut name = "on-time".to_owned();
        if !json.is_empty() {
            let dashboard: model::Dashboard = serde_json::from_str(json).expect("a dashboard");
            name = dashboard.name.to_string();
            let declared =
                DeclaredDashboard { definition: dashboard, environments: BTreeSet::new() };
            declaration.dashboards.insert(declared.definition.name.clone(), declared);
        }
        let store = TestStore::sqlite().await.expect("a store");
        let operator = OperatorScope::of_command_line();
        store.store().apply(&operator, &declaration).await.expect("applies");
        let definitions = store.store().definitions().await.expect("definitions");
        let found = definitions.dashboards.iter().find(|found| found.name.as_str() == name);
        let embed_id = found.expect("the dashboard").embed_id.to_string();
        let production = "Production".parse().expect("a name");
        let token = store.store().create_api_token(&operator, &production, Access::ReadWrite);
        let token = token.await.expect("a token").expose().to_owned();
        let secret = store.store().create_embed_secret(&operator, &production).await;
        let clock = Clock::standing_at("2030-01-01T00:00:00Z".parse().expect("a time"));
        let worker = WorkerCommand::new(env!("CARGO_BIN_EXE_fanlight"), ["worker"]);
        let app = App::new(Parts {
            config: Config::defaults(),
            clock: clock.clone(),
            store: store.store().clone(),
            sources: Sources::new(limits, worker),
            prepared: PreparedDashboards::default(),
            charts: server::charts(),
            demo: None,
        });
        let secret = secret.expect("a secret");
        Self { frame: Frame::new(app), clock, store, token, secret, embed_id }
    }

    /// Sends a request as it is. The reply must be as the OpenAPI document says.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let call = format!("{} {}", request.method(), request.uri().path());
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let (parts, body) = self.frame.answer(peer, request).await.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        contract::check(&call, parts.status.as_u16(), &parts.headers, &bytes);
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status: parts.status.as_u16(), headers: parts.headers, bytes, body }
    }

    /// Calls the management API as Production.
    pub(crate) async fn manage(&self, path: &str, body: Value) -> Value {
        let request = Request::post(path)
            .header("Explo-Authorization", format!("Token {}", self.token))
            .header("Content-Type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let reply = self.send(request).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body
    }

    /// Creates a customer; its name is its id.
    pub(crate) async fn create(&self, mut fields: Value) -> Value {
        fields["name"] = fields["provided_id"].clone();
        self.manage("/api/create_customer/", fields).await["customer"].clone()
    }

    /// An embed token for a customer, made by the server.
    pub(crate) async fn jwt(&self, customer: &str) -> String {
        let body = json!({"provided_id": customer, "embed_id": self.embed_id});
        let reply = self.manage("/api/generate_jwt/", body).await;
        reply["jwt"].as_str().expect("a JWT").to_owned()
    }

    /// `POST`s as the viewer that the token speaks for.
    pub(crate) async fn view(&self, jwt: &str, path: &str, body: &Value) -> Reply {
        let request = Request::post(format!("/embed/v1/{path}"))
            .header("Authorization", format!("Bearer {jwt}"))
            .header("Content-Type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        self.send(request).await
    }

    pub(crate) async fn panel(&self, jwt: &str, panel: &str, body: Value) -> Reply {
        self.view(jwt, &format!("panels/{panel}/data"), &body).await
    }

    /// The figure of the demo's count of flights.
    pub(crate) async fn count(&self, jwt: &str, variables: Value) -> Value {
        let reply = self.panel(jwt, "flights", json!({ "variables": variables })).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body["rows"][0][0].clone()
    }

    /// The number of a schema and of a data source, as text.
    pub(crate) async fn numbers(&self, schema: &str, source: &str) -> (String, String) {
        let definitions = self.store.store().definitions().await.expect("definitions");
        let schemas = definitions.schemas.iter();
        let schema = schemas.map(|s| (s.name.as_str(), s.id)).find(|(name, _)| *name == schema);
        let sources = definitions.sources.iter();
        let source = sources.map(|s| (s.name.as_str(), s.id)).find(|(name, _)| *name == source);
        (schema.expect("a schema").1.to_string(), source.expect("a source").1.to_string())
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("plain text"))
    }
}
