//! How a server ends: with everything done that it accepted.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::process::{self, Server, client, run};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Queries that take a while and for ever, in a dashboard that shows them.
const SLOW: &str = "\
name: slow
cache: off
datasets:
  slow: {schema: flights, shared: true, sql: 'select a.range as n from range(100000) a, range(2000) b'}
  endless: {schema: flights, shared: true, sql: 'select a.range as n from range(100000000) a, range(100000) b'}
panels:
  - {id: slow, type: kpi, title: Slow, dataset: slow, measures: [{name: n, aggregate: sum, column: n}]}
  - {id: endless, type: kpi, title: Endless, dataset: endless, measures: [{name: n, aggregate: sum, column: n}]}
";

/// An installation with the demo's workspace and a dashboard of slow queries.
struct Installation {
    _folder: TempDir,
    data_dir: PathBuf,
    token: String,
}

impl Installation {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (data_dir, workspace) = (folder.path().join("data"), folder.path().join("workspace"));
        run(&data_dir, &["init"]).printed();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo"), &workspace);
        fs::write(workspace.join("dashboards/slow.yaml"), SLOW).expect("a file");
        run(&data_dir, &["apply", workspace.to_str().expect("UTF-8")]).printed();
        let create = ["token", "create", "--group", "Production", "--access", "read-write"];
        let token = run(&data_dir, &create).printed().trim().to_owned();
        Self { _folder: folder, data_dir, token }
    }

    fn serve(&self, delay_s: &str, grace_s: &str) -> Server {
        let environment = [
            ("FANLIGHT_SHUTDOWN_DELAY_SECONDS", delay_s),
            ("FANLIGHT_SHUTDOWN_GRACE_SECONDS", grace_s),
            ("FANLIGHT_RATE_LIMIT_PER_MINUTE", "0"),
        ];
        Server::start_with(&self.data_dir, &environment)
    }

    /// The ids of all customers, asked of a server that was started again.
    async fn customers(&self) -> BTreeSet<String> {
        let (server, client) = (self.serve("0", "0"), client());
        let listed = call(&client, &server, &self.token, "GET", "/api/customers/", None);
        let listed: Value = listed.await.expect("an answer").json().await.expect("JSON");
        let customers = listed["customers"].as_array().expect("a list").iter();
        let id = |customer: &Value| customer["provided_id"].as_str().expect("an id").to_owned();
        customers.map(id).collect()
    }

    /// Opens a panel as a customer, in a task of its own, and returns when its query runs.
    async fn query(&self, server: &Server, panel: &str) -> JoinHandle<reqwest::Result<String>> {
        let client = client();
        let post = |path, body| call(&client, server, &self.token, "POST", path, Some(body));
        let body = json!({"provided_id": "UA", "name": "United"});
        post("/api/create_customer/", body).await.expect("a customer");
        let listed = call(&client, server, &self.token, "GET", "/api/dashboard/", None).await;
        let listed: Value = listed.expect("an answer").json().await.expect("JSON");
        let mut dashboards = listed["dashboards"].as_array().expect("a list").iter();
        let slow = dashboards.find(|dashboard| dashboard["name"] == "slow").expect("ours");
        let body = json!({"provided_id": "UA", "embed_id": slow["embed_id"]});
        let made = post("/api/generate_jwt/", body).await.expect("an answer");
        let made: Value = made.json().await.expect("JSON");
        let jwt = made["jwt"].as_str().expect("a token").to_owned();
        let url = server.url(&format!("/embed/v1/panels/{panel}/data"));
        let asked = tokio::spawn(async move {
            let reply = process::client().post(url).bearer_auth(jwt).send().await?;
            reply.error_for_status()?.text().await
        });
        until(async || {
            let page = client.get(server.url("/metrics")).send().await.expect("metrics");
            let page = page.text().await.expect("a page");
            page.contains("fanlight_source_queries_running 1\n") || asked.is_finished()
        })
        .await;
        asked
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let copied = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &copied);
        } else {
            fs::copy(entry.path(), copied).expect("a copy");
        }
    }
}

async fn call(
    client: &Client,
    server: &Server,
    token: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> reqwest::Result<reqwest::Response> {
    let method = method.parse().expect("a method");
    let call = client.request(method, server.url(path));
    let call = call.header("Explo-Authorization", format!("Token {token}"));
    match body {
        Some(body) => call.json(&body),
        None => call,
    }
    .send()
    .await
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let held = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, held).await.expect("it comes to hold");
}

async fn readiness(server: &Server) -> StatusCode {
    let reply = client().get(server.url("/readyz")).send().await.expect("an answer");
    reply.status()
}

/// Creates customers one after the other until the server takes no more; the ids of those whose
/// creation was answered.
async fn create_until_the_end(
    url: String,
    token: String,
    task: usize,
    answered: Arc<AtomicUsize>,
) -> Vec<String> {
    let client = client();
    let mut created = Vec::new();
    for number in 0.. {
        let id = format!("customer-{task}-{number}");
        let body = json!({"provided_id": id, "name": "A customer"});
        let call = client.post(&url).header("Explo-Authorization", format!("Token {token}"));
        // Not answered at all: the listener is closed, or closed the connection before this.
        let Ok(reply) = call.json(&body).send().await else { break };
        let status = reply.status();
        let body: Value = reply.json().await.expect("an answer that began is whole");
        assert_eq!((status, &body["success"]), (StatusCode::OK, &json!(1)), "{body}");
        created.push(id);
        answered.fetch_add(1, Ordering::Relaxed);
    }
    created
}

#[tokio::test(flavor = "multi_thread")]
async fn every_create_that_was_answered_is_there_after_the_end() {
    let installation = Installation::new();
    for delay_s in ["0", "1"] {
        let mut server = installation.serve(delay_s, "25");
        let answered = Arc::new(AtomicUsize::new(0));
        let storm: Vec<_> = (0..16)
            .map(|task| {
                let url = server.url("/api/create_customer/");
                let (token, answered) = (installation.token.clone(), Arc::clone(&answered));
                tokio::spawn(create_until_the_end(url, token, task, answered))
            })
            .collect();
        until(async || answered.load(Ordering::Relaxed) > 200).await;
        server.terminate();
        let mut created = BTreeSet::new();
        for task in storm {
            created.extend(timeout(PATIENCE, task).await.expect("an end").expect("a task"));
        }
        assert_eq!(server.ended().code(), Some(0));
        let there = installation.customers().await;
        let lost: Vec<_> = created.difference(&there).collect();
        assert!(lost.is_empty(), "answered and gone: {lost:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so_and_goes_on_for_the_delay() {
    let installation = Installation::new();
    let mut server = installation.serve("600", "0");
    assert_eq!(readiness(&server).await, StatusCode::OK);
    let kept = client();
    let list = || call(&kept, &server, &installation.token, "GET", "/api/customers/", None);
    assert_eq!(list().await.expect("an answer").headers().get("connection"), None);
    server.terminate();
    until(async || readiness(&server).await == StatusCode::SERVICE_UNAVAILABLE).await;
    let reply = list().await.expect("an answer on the kept connection");
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(reply.headers()["connection"], "close");
    // Told again, it does not wait for the rest of the ten minutes.
    server.terminate();
    assert_eq!(server.ended().code(), Some(130));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_runs_is_answered_before_the_end() {
    let installation = Installation::new();
    let mut server = installation.serve("0", "60");
    let asked = installation.query(&server, "slow").await;
    server.terminate();
    let reply = timeout(PATIENCE, asked).await.expect("an end").expect("a task");
    let reply: Value = serde_json::from_str(&reply.expect("an answer")).expect("JSON");
    assert_eq!(reply["rows"], json!([[9_999_900_000_000_u64]]));
    assert_eq!(server.ended().code(), Some(0));
    assert!(std::net::TcpStream::connect(server.address()).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_outlasts_the_grace_is_given_up() {
    let installation = Installation::new();
    let mut server = installation.serve("0", "1");
    let asked = installation.query(&server, "endless").await;
    server.terminate();
    let reply = timeout(PATIENCE, asked).await.expect("an end").expect("a task");
    assert!(reply.is_err(), "{reply:?}");
    assert_eq!(server.ended().code(), Some(0), "the end is orderly all the same");
}
