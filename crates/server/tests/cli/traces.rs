//! Traces, as a collector receives them from the real binary.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as AnyValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::process::{Server, client, run};

const PATIENCE: Duration = Duration::from_secs(60);

/// A trace that a caller has begun, and the caller's span in it (the example of the W3C).
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// A collector that keeps what it is sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

impl Collector {
    /// Starts it; how to reach it.
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().route("/v1/traces", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn spans(&self) -> Vec<Span> {
        let received = self.0.lock().expect("not poisoned");
        let resources = received.iter().flat_map(|request| &request.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    /// Everything that was received, as text to look for secrets in.
    fn text(&self) -> String {
        format!("{:?}", self.0.lock().expect("not poisoned"))
    }
}

async fn take(State(collector): State<Collector>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).expect("OTLP in protobuf");
    collector.0.lock().expect("not poisoned").push(request);
}

/// The attributes of a span, as text.
fn attributes(span: &Span) -> BTreeMap<&str, String> {
    let text = |value: &AnyValue| match value {
        AnyValue::StringValue(text) => text.clone(),
        AnyValue::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let pair = |attribute: &'_ opentelemetry_proto::tonic::common::v1::KeyValue| {
        attribute.value.as_ref()?.value.as_ref().map(text)
    };
    span.attributes.iter().filter_map(|it| Some((it.key.as_str(), pair(it)?))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn answer(call: RequestBuilder) -> Value {
    call.send().await.expect("an answer").json().await.expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_span_with_its_changes_and_queries_below_it() {
    let collector = Collector::default();
    let endpoint = collector.start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    run(&data_dir, &["init"]).printed();
    run(&data_dir, &["apply", concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo")]).printed();
    let create = ["token", "create", "--group", "Production", "--access", "read-write"];
    let token = run(&data_dir, &create).printed().trim().to_owned();
    let environment =
        [("FANLIGHT_OTLP_ENDPOINT", endpoint.as_str()), ("FANLIGHT_SHUTDOWN_DELAY_SECONDS", "0")];
    let mut server = Server::start_with(&data_dir, &environment);

    let client = client();
    let manage = |path: &str, body: Value| {
        let call = client.post(server.url(path)).json(&body);
        call.header("Explo-Authorization", format!("Token {token}"))
    };
    let body = json!({"provided_id": "UA", "name": "Hush-hush Airlines"});
    let traced = manage("/api/create_customer/", body);
    let traced = traced.header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    let customer = answer(traced).await["customer"].clone();
    let listed = client.get(server.url("/api/dashboard/"));
    let listed = listed.header("Explo-Authorization", format!("Token {token}"));
    let embed_id = answer(listed).await["dashboards"][0]["embed_id"].clone();
    let body = json!({"provided_id": "UA", "embed_id": embed_id});
    let jwt = answer(manage("/api/generate_jwt/", body)).await["jwt"].clone();
    let jwt = jwt.as_str().expect("a token");
    let panel = client.post(server.url("/embed/v1/panels/flights/data")).bearer_auth(jwt);
    assert!(answer(panel).await["rows"][0][0].is_u64());
    // What has not been sent yet is sent at the end.
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));

    let spans = collector.spans();
    let named = |name: &str| {
        let found = spans.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {spans:#?}"))
    };
    let below = |parent: &Span, name: &str| {
        let is_below = |span: &&Span| span.parent_span_id == parent.span_id && span.name == name;
        let found = spans.iter().find(is_below);
        found.unwrap_or_else(|| panic!("no {name} below {parent:#?} in {spans:#?}")).clone()
    };
    let created = named("POST /api/create_customer");
    assert_eq!(
        (hex(&created.trace_id), hex(&created.parent_span_id)),
        (TRACE.into(), CALLER.into())
    );
    let told = attributes(created);
    assert_eq!(told["http.request.method"], "POST");
    assert_eq!(told["http.route"], "/api/create_customer");
    assert_eq!(told["http.response.status_code"], "200");
    assert_eq!(told["fanlight.request_id"].len(), 36);
    let change = below(created, "change metadata");
    let told = attributes(&change);
    assert_eq!((&*told["db.system.name"], &*told["fanlight.outcome"]), ("sqlite", "done"));

    let viewed = named("POST /embed/v1/panels/{id}/data");
    assert!(viewed.parent_span_id.is_empty(), "nobody has begun this trace");
    assert_ne!(hex(&viewed.trace_id), TRACE);
    let query = below(viewed, "query");
    let told = attributes(&query);
    assert_eq!((&*told["fanlight.source"], &*told["fanlight.outcome"]), ("all-airlines", "rows"));

    let text = collector.text();
    assert!(text.contains("service.name") && text.contains("fanlight"));
    let customer_token = customer["token"].as_str().expect("a token");
    for secret in [&*token, jwt, customer_token, "Hush-hush", "\"UA\"", "select", "carrier"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_does_not_trace_is_not_traced() {
    let collector = Collector::default();
    let endpoint = collector.start().await;
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path(), &["init"]).printed();
    let environment =
        [("FANLIGHT_OTLP_ENDPOINT", endpoint.as_str()), ("FANLIGHT_SHUTDOWN_DELAY_SECONDS", "0")];
    let mut server = Server::start_with(folder.path(), &environment);
    let client = client();
    for sampled in ["00", "01"] {
        let call = client.get(server.url("/api/customers/"));
        let call = call.header("traceparent", format!("00-{TRACE}-{CALLER}-{sampled}"));
        assert_eq!(call.send().await.expect("an answer").status(), 401);
    }
    server.terminate();
    let ended = tokio::task::spawn_blocking(move || server.ended());
    assert_eq!(timeout(PATIENCE, ended).await.expect("in time").expect("a task").code(), Some(0));
    // The server's own work, such as what it does in the background, has traces of its own.
    let spans = collector.spans().into_iter();
    let spans: Vec<_> = spans.filter(|span| hex(&span.trace_id) == TRACE).collect();
    assert_eq!(spans.len(), 1, "{spans:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_stops_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path(), &["init"]).printed();
    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", nobody.local_addr().expect("an address"));
    drop(nobody);
    let environment =
        [("FANLIGHT_OTLP_ENDPOINT", endpoint.as_str()), ("FANLIGHT_SHUTDOWN_DELAY_SECONDS", "0")];
    let mut server = Server::start_with(folder.path(), &environment);
    let alive = client().get(server.url("/healthz")).send().await.expect("an answer");
    assert_eq!(alive.status(), 200);
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
}
