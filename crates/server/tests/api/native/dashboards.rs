//! Dashboards and their versions.

use serde_json::{Value, json};

use crate::support::Server;

/// A dashboard over the sample's flights.
fn dashboard(sql: &str) -> Value {
    json!({
        "name": "delays",
        "datasets": {"flights": {"schema": "flights", "sql": sql}},
        "panels": [{
            "id": "flights", "type": "kpi", "title": "Flights", "dataset": "flights",
            "measures": [{"name": "flights", "aggregate": "count"}],
        }],
    })
}

const FILTERED: &str = "select * from flights where carrier = {{customer_id}}";

impl Server {
    async fn put_dashboard(&self, body: &Value) -> crate::support::Reply {
        self.operate("PUT /v1/dashboards/delays", body).await
    }
}

#[tokio::test]
async fn a_changed_definition_is_a_new_version_and_each_is_kept() {
    let server = Server::start().await;
    let mut wanted = dashboard(FILTERED);
    wanted["environments"] = json!(["production"]);
    let made = server.put_dashboard(&wanted).await;
    assert_eq!((made.status, &made.body["outcome"]), (201, &json!("created")), "{made:?}");
    assert_eq!(made.body["environments"], json!({"production": 1}));
    let same = server.put_dashboard(&wanted).await;
    assert_eq!((same.status, &same.body["outcome"]), (200, &json!("unchanged")));
    let mut titled = dashboard(FILTERED);
    titled["title"] = json!("Delays");
    let next = server.put_dashboard(&titled).await;
    assert_eq!((&next.body["version"], &next.body["outcome"]), (&json!(2), &json!("updated")));
    assert_eq!(next.body["environments"], json!({"production": 1}), "it was not named");
    let list = server.operate("GET /v1/dashboards/delays/versions", &Value::Null).await;
    let versions: Vec<&Value> =
        list.body["data"].as_array().expect("a list").iter().map(|it| &it["version"]).collect();
    assert_eq!(versions, [2, 1]);
    let first = server.operate("GET /v1/dashboards/delays/versions/1", &Value::Null).await;
    assert_eq!(first.body["definition"].get("title"), None);
    let none = server.operate("GET /v1/dashboards/delays/versions/3", &Value::Null).await;
    none.assert_problem(404, "not_found", "no such version");
}

#[tokio::test]
async fn an_environment_shows_any_version_or_none() {
    let server = Server::start().await;
    server.put_dashboard(&dashboard(FILTERED)).await;
    let mut titled = dashboard(FILTERED);
    titled["title"] = json!("Delays");
    server.put_dashboard(&titled).await;
    let production = "/v1/dashboards/delays/environments/production";
    let show = async |version: i64| {
        server.operate(&format!("PUT {production}"), &json!({"version": version})).await
    };
    assert_eq!(show(1).await.body["environments"], json!({"production": 1}));
    assert_eq!(show(2).await.body["environments"], json!({"production": 2}));
    let none = show(3).await;
    none.assert_problem(400, "invalid_request", "version: the dashboard has no such version");
    let hidden = server.operate(&format!("DELETE {production}"), &Value::Null).await;
    assert_eq!(hidden.status, 204);
    let read = server.native(&server.token, "GET /v1/dashboards/delays", &Value::Null).await;
    assert_eq!(read.body["environments"], json!({}));
    let deleted = server.operate("DELETE /v1/dashboards/delays", &Value::Null).await;
    assert_eq!(deleted.status, 204);
    let gone = server.operate("GET /v1/dashboards/delays", &Value::Null).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn what_check_refuses_is_not_published() {
    let server = Server::start().await;
    let mut open = dashboard(FILTERED);
    open["datasets"]["flights"] = json!({"schema": "fleet", "sql": "select * from fleet"});
    let open = server.put_dashboard(&open).await;
    assert_eq!((open.status, open.pointers()), (400, vec!["/datasets/flights/sql"]), "{open:?}");
    let mut wrong = dashboard(FILTERED);
    wrong["panels"][0]["dataset"] = json!("fligths");
    wrong["datasets"]["flights"]["schema"] = json!("nowhere");
    wrong["environments"] = json!(["live"]);
    let reply = server.put_dashboard(&wrong).await;
    let mut pointers = reply.pointers();
    pointers.sort_unstable();
    let expected = ["/datasets/flights/schema", "/environments/live", "/panels/0/dataset"];
    assert_eq!((reply.status, pointers.as_slice()), (400, expected.as_slice()), "{reply:?}");
    wrong["panel"] = json!([]);
    assert_eq!(server.put_dashboard(&wrong).await.pointers(), ["/panel"]);
    let other = server.operate("PUT /v1/dashboards/other", &dashboard(FILTERED)).await;
    other.assert_problem(400, "invalid_request", "name: must be \"other\"");
}
