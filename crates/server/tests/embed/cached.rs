//! Kept results answer only what they were asked for: a change of a policy, a dataset, a connection or a
//! customer, and a purge, reach the next answer.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::Request;
use model::OperatorScope;
use model::credential::AdminKey;
use model::declaration::{Declaration, DeclaredDashboard};
use serde_json::{Value, json};
use store::PurgeTarget;
use tempfile::TempDir;

use crate::support::{Reply, Server};

/// Two stations of two carriers.
const FLIGHTS: &str = "carrier,origin,dest\nUA,JFK,LAX\nUA,LGA,ORD\nHA,JFK,HNL\nHA,UA,UA\n";

/// A server that keeps results for an hour and reads a file of the test's own.
struct Bench {
    server: Server,
    jwt: String,
    folder: TempDir,
    dashboard: Value,
}

impl Bench {
    async fn start(cache: Value) -> Self {
        let dashboard = json!({
            "name": "kept", "cache": cache,
            "datasets": {"rows": {
                "schema": "flights", "sql": "select * from flights",
                "tenant_column": {"column": "carrier", "equals": "customer_id"},
            }},
            "panels": [{
                "id": "list", "type": "table", "title": "Flights", "dataset": "rows",
                "columns": [{"column": "origin"}, {"column": "dest"}],
                "sort": [{"column": "dest"}],
            }],
        });
        let server = Server::with_dashboard(&dashboard.to_string()).await;
        let folder = tempfile::tempdir().expect("a folder");
        let bench = Self { jwt: String::new(), folder, server, dashboard };
        bench.read_from(&bench.file("first.csv", FLIGHTS)).await;
        bench.server.create(json!({"provided_id": "UA", "properties": {"hub": "LGA"}})).await;
        Self { jwt: bench.server.jwt("UA").await, ..bench }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// Changes what is declared, as `PUT` and `apply` do.
    async fn declare(&self, change: impl Fn(&mut Declaration) + Send + Sync + 'static) {
        let operator = OperatorScope::of_command_line();
        let amended = self.server.store.store().amend(&operator, move |wanted| {
            change(wanted);
            Ok(())
        });
        amended.await.expect("declared");
    }

    async fn read_from(&self, path: &Path) {
        let json = json!({"type": "files", "tables": {"flights": {"path": path}}});
        self.declare(move |wanted| {
            let source = wanted.sources.get_mut("all-airlines").expect("the source");
            source.connection = serde_json::from_value(json.clone()).expect("a connection");
        })
        .await;
    }

    async fn change_dataset(&mut self, change: Value) {
        let dataset = self.dashboard["datasets"]["rows"].as_object_mut().expect("the dataset");
        dataset.extend(change.as_object().expect("an object").clone());
        let definition: model::Dashboard =
            serde_json::from_value(self.dashboard.clone()).expect("a dashboard");
        self.declare(move |wanted| {
            let (name, definition) = (definition.name.clone(), definition.clone());
            let environments = std::collections::BTreeSet::new();
            wanted.dashboards.insert(name, DeclaredDashboard { definition, environments });
        })
        .await;
    }

    async fn ask(&self, body: Value) -> Reply {
        self.server.panel(&self.jwt, "list", body).await
    }

    /// Asks twice: the first answer is fetched, the second is kept, and both are this.
    #[track_caller]
    fn check_fetched(&self, expected: Value) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            for cached in [false, true] {
                let reply = self.ask(json!({})).await;
                let found = (&reply.body["rows"], &reply.body["cached"]);
                assert_eq!(found, (&expected, &json!(cached)), "at {place}: {reply:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_changed_policy_or_dataset_never_gets_the_result_before() {
    let mut bench = Bench::start(json!("1h")).await;
    bench.check_fetched(json!([["JFK", "LAX"], ["LGA", "ORD"]])).await;
    bench
        .change_dataset(json!({"tenant_column": {"column": "dest", "equals": "customer_id"}}))
        .await;
    bench.check_fetched(json!([["UA", "UA"]])).await;
    let by_hub = json!([{"column": "origin", "equals": "customer.hub"}]);
    let carrier = json!({"column": "carrier", "equals": "customer_id"});
    bench.change_dataset(json!({"tenant_column": carrier, "row_policies": by_hub})).await;
    bench.check_fetched(json!([["LGA", "ORD"]])).await;
    let change = json!({"provided_id": "UA", "properties": {"hub": "JFK"}});
    bench.server.manage("/api/update_customer/", change).await;
    bench.check_fetched(json!([["JFK", "LAX"]])).await;
    bench.change_dataset(json!({"tenant_column": null})).await;
    assert_eq!(bench.ask(json!({})).await.status, 403, "without a ground there is no answer");
}

#[tokio::test]
async fn a_changed_connection_never_gets_the_result_before() {
    let bench = Bench::start(json!("1h")).await;
    bench.check_fetched(json!([["JFK", "LAX"], ["LGA", "ORD"]])).await;
    bench.read_from(&bench.file("second.csv", "carrier,origin,dest\nUA,EWR,SFO\n")).await;
    bench.check_fetched(json!([["EWR", "SFO"]])).await;
}

#[tokio::test]
async fn a_purge_of_the_source_the_dashboard_or_everything_asks_anew() {
    let bench = Bench::start(json!("1h")).await;
    let rows = json!([["JFK", "LAX"], ["LGA", "ORD"]]);
    bench.check_fetched(rows.clone()).await;
    let operator = OperatorScope::of_command_line();
    let targets = [
        PurgeTarget::Everything,
        PurgeTarget::Source("all-airlines".parse().expect("a name")),
        PurgeTarget::Dashboard("kept".parse().expect("a name")),
    ];
    for target in targets {
        bench.server.store.store().purge_cache(&operator, target).await.expect("purged");
        bench.check_fetched(rows.clone()).await;
    }
    for target in [
        PurgeTarget::Source("planes".parse().expect("a name")),
        PurgeTarget::Dashboard("on-time".parse().expect("a name")),
    ] {
        bench.server.store.store().purge_cache(&operator, target).await.expect("purged");
        assert_eq!(bench.ask(json!({})).await.body["cached"], true, "another's purge");
    }
}

#[tokio::test]
async fn the_operator_purges_over_http_and_nobody_else_does() {
    let bench = Bench::start(json!("1h")).await;
    let key = AdminKey::from_random([6; 32]);
    let operator = OperatorScope::of_command_line();
    bench.server.store.store().set_admin_key(&operator, &key).await.expect("an admin key");
    let purge = async |credential: &str, body: Value| {
        let request = Request::post("/v1/cache:purge")
            .header("Authorization", format!("Bearer {credential}"))
            .header("Content-Type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        bench.server.send(request).await.status
    };
    let rows = json!([["JFK", "LAX"], ["LGA", "ORD"]]);
    bench.check_fetched(rows.clone()).await;
    for credential in [&bench.server.token, &bench.jwt] {
        assert!(matches!(purge(credential, json!({})).await, 401 | 403));
    }
    assert_eq!(bench.ask(json!({})).await.body["cached"], true);
    for target in [json!({}), json!({"data_source": "all-airlines"}), json!({"dashboard": "kept"})]
    {
        assert_eq!(purge(key.expose(), target).await, 204);
        bench.check_fetched(rows.clone()).await;
    }
}

#[tokio::test]
async fn a_dashboard_may_have_nothing_kept() {
    let bench = Bench::start(json!("off")).await;
    for _ in 0..2 {
        assert_eq!(bench.ask(json!({})).await.body["cached"], false);
    }
}

/// Counts for about a second.
const SLOW: &str = "select * from flights where (select count(*) from range(400000000)) > 0";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_joins_a_query_that_began_before_a_purge() {
    let mut bench = Bench::start(json!("1h")).await;
    bench.change_dataset(json!({"sql": SLOW})).await;
    let activity = async || {
        let page = bench.server.send(metrics()).await.bytes;
        let page = String::from_utf8(page.to_vec()).expect("text");
        let value = |result: &str| {
            let name = format!("fanlight_source_cache_requests_total{{result=\"{result}\"}} ");
            page.lines().find_map(|line| line.strip_prefix(&name)?.parse::<u64>().ok())
        };
        (value("miss").expect("a count"), value("joined").expect("a count"))
    };
    let (before, _) = activity().await;
    let asked = bench.ask(json!({}));
    let others = async {
        // The rows and their number.
        while activity().await.0 < before + 2 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let operator = OperatorScope::of_command_line();
        let purged = bench.server.store.store().purge_cache(&operator, PurgeTarget::Everything);
        purged.await.expect("purged");
        bench.ask(json!({})).await
    };
    let (first, second) = tokio::join!(asked, others);
    assert_eq!((&first.body["cached"], &second.body["cached"]), (&json!(false), &json!(false)));
    assert_eq!(activity().await, (before + 4, 0));
    assert_eq!(bench.ask(json!({})).await.body["as_of"], second.body["as_of"]);
}

fn metrics() -> Request<Body> {
    Request::get("/metrics").body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn a_stale_answer_says_how_old_it_is_and_is_followed_by_a_new_one() {
    let bench = Bench::start(json!({"for": "1s", "stale": "1h"})).await;
    let first = bench.ask(json!({})).await;
    assert_eq!(first.body["cached"], false);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let stale = bench.ask(json!({})).await;
    assert_eq!((&stale.body["cached"], &stale.body["as_of"]), (&json!(true), &first.body["as_of"]));
    loop {
        let next = bench.ask(json!({})).await;
        assert_eq!(next.body["cached"], true, "nobody waits any more");
        if next.body["as_of"] != first.body["as_of"] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_viewer_may_ask_for_new_rows_every_few_seconds() {
    let bench = Bench::start(json!("1h")).await;
    let first = bench.ask(json!({})).await;
    let soon = bench.ask(json!({"refresh": true})).await;
    assert_eq!((&soon.body["cached"], &soon.body["as_of"]), (&json!(true), &first.body["as_of"]));
    tokio::time::sleep(sources::REFRESH_PAUSE).await;
    let refreshed = bench.ask(json!({"refresh": true})).await;
    assert_eq!(refreshed.body["cached"], false);
    let kept = bench.ask(json!({})).await;
    assert_eq!(kept.body["as_of"], refreshed.body["as_of"]);
}
