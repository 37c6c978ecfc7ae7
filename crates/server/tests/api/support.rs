//! A server for one test, and how to talk to it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use jiff::Timestamp;
use model::OperatorScope;
use model::credential::{Access, AdminKey, ApiToken, EmbedSecret};
use model::name::GroupName;
use reqwest::Client;
use serde_json::{Value, json};
use server::clock::Clock;
use server::prepared::PreparedDashboards;
use server::serve::serve;
use server::{App, Config, Frame, Parts};
use sources::{Limits, Sources, WorkerCommand};
use testkit::TestStore;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::contract;

/// Two groups, `Production` and `Testing`, with the definitions of [`testkit::flights`].
pub(crate) struct Server {
    pub(crate) frame: Frame,
    pub(crate) clock: Clock,
    pub(crate) store: TestStore,
    /// Of Production, read-write.
    pub(crate) token: String,
    /// Of Production, read-only.
    pub(crate) read_only: String,
    /// Of Testing, read-write.
    pub(crate) testing: String,
    pub(crate) admin_key: String,
    /// Of Production.
    pub(crate) secret: EmbedSecret,
    /// Of Testing.
    pub(crate) testing_secret: EmbedSecret,
    /// Of the dashboard `on-time`.
    pub(crate) embed_id: String,
}

/// Lines of JSON, which are kept as text.
const NDJSON: &str = "application/x-ndjson";

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        Self::start_on(TestStore::sqlite().await.expect("a store"), configure).await
    }

    /// A server over an empty store of either kind.
    pub(crate) async fn start_on(store: TestStore, configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::defaults();
        configure(&mut config);
        let operator = OperatorScope::of_command_line();
        store.store().apply(&operator, &testkit::flights()).await.expect("applies");
        let definitions = store.store().definitions().await.expect("definitions");
        let embed_id = definitions.dashboards[0].embed_id.to_string();
        let clock = Clock::standing_at("2030-01-01T00:00:00Z".parse().expect("a time"));
        let parts = Parts {
            config,
            clock: clock.clone(),
            store: store.store().clone(),
            sources: Sources::new(
                Limits::default(),
                WorkerCommand::new(env!("CARGO_BIN_EXE_fanlight"), ["worker"]),
            ),
            prepared: PreparedDashboards::default(),
            charts: server::charts(),
            demo: None,
        };
        Self {
            frame: Frame::new(App::new(parts)),
            clock,
            token: token(&store, "Production", Access::ReadWrite).await,
            read_only: token(&store, "Production", Access::ReadOnly).await,
            testing: token(&store, "Testing", Access::ReadWrite).await,
            admin_key: admin_key(&store).await,
            secret: secret(&store, "Production").await,
            testing_secret: secret(&store, "Testing").await,
            embed_id,
            store,
        }
    }

    /// Sends a request as it is. The reply must be as the OpenAPI document says.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        self.send_from(IpAddr::V4(Ipv4Addr::LOCALHOST), request).await
    }

    /// Sends a request as it is, from another address.
    pub(crate) async fn send_from(&self, peer: IpAddr, request: Request<Body>) -> Reply {
        let call = format!("{} {}", request.method(), request.uri().path());
        let response = self.frame.answer(peer, request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let is_of_lines = parts.headers.get("content-type").is_some_and(|it| it == NDJSON);
        contract::check(&call, parts.status.as_u16(), &parts.headers, &bytes);
        let body = match serde_json::from_slice(&bytes) {
            Ok(body) if !is_of_lines => body,
            _ => Value::String(String::from_utf8_lossy(&bytes).into_owned()),
        };
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Calls with the token of `caller`.
    pub(crate) async fn call(&self, caller: &str, method: &str, path: &str, body: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("Explo-Authorization", format!("Token {caller}"))
            .header("Content-Type", "application/json")
            .body(Body::from(body.to_owned()))
            .expect("a request");
        self.send(request).await
    }

    /// `POST`s as Production.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(&self.token, "POST", path, &body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call(&self.token, "GET", path, "").await
    }

    pub(crate) async fn delete(&self, path: &str, body: Value) -> Reply {
        self.call(&self.token, "DELETE", path, &body.to_string()).await
    }

    /// Creates a customer from `fields`, to which a name is added, and returns it.
    pub(crate) async fn create(&self, mut fields: Value) -> Value {
        if fields.get("name").is_none() {
            fields["name"] = json!("A customer");
        }
        let reply = self.post("/api/create_customer/", fields).await;
        assert_eq!(reply.body["new_customer"], true, "{reply:?}");
        reply.body["customer"].clone()
    }

    /// An embed token for a customer of Production.
    pub(crate) async fn jwt(&self, customer: &str) -> String {
        let body = json!({"provided_id": customer, "embed_id": self.embed_id});
        let reply = self.post("/api/generate_jwt/", body).await;
        reply.body["jwt"].as_str().expect("a JWT").to_owned()
    }

    /// The customer as Production sees it.
    pub(crate) async fn customer(&self, id: &str) -> Value {
        let reply = self.post("/api/get_customer/", json!({ "provided_id": id })).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body["customer"].clone()
    }

    pub(crate) async fn exists(&self, id: &str) -> bool {
        self.post("/api/get_customer/", json!({ "provided_id": id })).await.status == 200
    }

    /// The number of a schema, as text.
    pub(crate) async fn schema(&self, name: &str) -> String {
        let definitions = self.store.store().definitions().await.expect("definitions");
        let found = definitions.schemas.iter().find(|schema| schema.name.as_str() == name);
        found.expect("a schema").id.to_string()
    }

    /// The number of a data source, as text.
    pub(crate) async fn source(&self, name: &str) -> String {
        let definitions = self.store.store().definitions().await.expect("definitions");
        let found = definitions.sources.iter().find(|source| source.name.as_str() == name);
        found.expect("a data source").id.to_string()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// A server that listens.
pub(crate) struct Listening {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) ended: JoinHandle<()>,
}

impl Listening {
    pub(crate) async fn start(server: Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let frame = server.frame.clone();
        let ended = tokio::spawn(async move {
            serve(listener, frame, async { drop(stopped.await) }).await;
        });
        Self { server, address, stop, ended }
    }

    pub(crate) async fn create(&self, client: &Client, body: String) -> reqwest::Response {
        client
            .post(format!("http://{}/api/create_customer/", self.address))
            .header("Explo-Authorization", format!("Token {}", self.server.token))
            .header("Content-Type", "application/json")
            .body(body)
            .send()
            .await
            .expect("an answer")
    }
}

impl Reply {
    /// The sentence of a failure, which has the façade's form.
    #[track_caller]
    pub(crate) fn error(&self) -> &str {
        assert_eq!(self.body["success"], 0, "{self:?}");
        self.body["error"].as_str().expect("a sentence")
    }

    #[track_caller]
    pub(crate) fn assert_fails(&self, status: u16, sentence: &str) {
        let error = self.error();
        assert_eq!(self.status, status, "{error}");
        assert!(error.contains(sentence), "{error:?} should contain {sentence:?}");
    }

    #[track_caller]
    pub(crate) fn assert_done(&self) {
        assert_eq!((self.status, &self.body["success"]), (200, &json!(1)), "{self:?}");
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("plain text"))
    }
}

/// The body with all tokens replaced, for snapshots.
pub(crate) fn redacted(mut body: Value) -> Value {
    fn redact(value: &mut Value) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(redact),
            Value::Object(map) => {
                for (key, value) in map {
                    match (key.as_str(), &value) {
                        ("token", Value::String(token)) if is_token(token) => {
                            *value = json!("[64 lowercase hex digits]");
                        }
                        ("embed_id", _) => *value = json!("[embed id]"),
                        ("jwt", _) => *value = json!("[jwt]"),
                        _ => redact(value),
                    }
                }
            }
            _ => {}
        }
    }
    redact(&mut body);
    body
}

pub(crate) fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

async fn token(store: &TestStore, group: &str, access: Access) -> String {
    let (operator, group) = (OperatorScope::of_command_line(), group_name(group));
    let token = store.store().create_api_token(&operator, &group, access).await;
    let token: ApiToken = token.expect("a token");
    token.expose().to_owned()
}

async fn admin_key(store: &TestStore) -> String {
    let key = AdminKey::from_random([9; 32]);
    let operator = OperatorScope::of_command_line();
    store.store().set_admin_key(&operator, &key).await.expect("an admin key");
    key.expose().to_owned()
}

async fn secret(store: &TestStore, group: &str) -> EmbedSecret {
    let (operator, group) = (OperatorScope::of_command_line(), group_name(group));
    store.store().create_embed_secret(&operator, &group).await.expect("a secret")
}

fn group_name(group: &str) -> GroupName {
    group.parse().expect("a group name")
}
