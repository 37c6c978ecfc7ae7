//! What the operator is shown of a panel that a viewer gets, and the viewer is not.

use axum::body::Body;
use axum::http::Request;
use model::OperatorScope;
use model::credential::AdminKey;
use serde_json::{Value, json};

use crate::support::{Reply, Server};

const EXPLAIN: &str = "/v1/dashboards/on-time/panels/recent/query:explain?group=Production";

async fn explain(server: &Server, credential: &str, body: &Value) -> Reply {
    explain_at(server, EXPLAIN, credential, body).await
}

async fn explain_at(server: &Server, path: &str, credential: &str, body: &Value) -> Reply {
    let request = Request::post(path)
        .header("Authorization", format!("Bearer {credential}"))
        .header("Content-Type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    server.send(request).await
}

async fn operated() -> (Server, String) {
    let server = Server::start().await;
    let key = AdminKey::from_random([6; 32]);
    let operator = OperatorScope::of_command_line();
    server.store.store().set_admin_key(&operator, &key).await.expect("an admin key");
    server.create(json!({"provided_id": "HA", "properties": {"station": "JFK"}})).await;
    (server, key.expose().to_owned())
}

#[tokio::test]
async fn the_operator_sees_statements_values_and_the_time_of_each_stage() {
    let (server, key) = operated().await;
    let body = json!({"customer": "HA", "page_size": 5, "run": true});
    let explained = explain(&server, &key, &body).await;
    assert_eq!(explained.status, 200, "{}", explained.body);
    let dataset = &explained.body["dataset"];
    assert_eq!((&dataset["name"], &dataset["ground"]), (&json!("flights"), &json!("filtered")));
    assert_eq!(dataset["data_source"]["name"], "all-airlines");
    let rows = &explained.body["statements"][0];
    let sql = rows["sql"].as_str().expect("SQL");
    assert!(sql.contains("where carrier = $1\n  and origin = $2"), "{sql}");
    let values = json!([{"type": "text", "value": "HA"}, {"type": "text", "value": "JFK"}]);
    assert_eq!(
        rows["arguments"].as_array().expect("values")[..2],
        *values.as_array().expect("two")
    );
    assert_eq!((&rows["kept"], &rows["session"]), (&Value::Null, &json!([])));
    let run = &rows["run"];
    assert_eq!((&run["rows"], &run["error"]), (&json!(5), &Value::Null));
    let told = |stage: &str| run[stage].as_u64().expect("a number");
    for stage in ["open_us", "execute_us", "first_row_us", "fetch_us", "bytes"] {
        assert!(told(stage) > 0, "{stage} of {run}");
    }
    assert!(told("execute_us").abs_diff(told("first_row_us") + told("fetch_us")) <= 1, "{run}");
    for stage in ["queue_us", "finish_us", "encode_us"] {
        assert!(told(stage) < 60_000_000, "{stage} of {run}");
    }
    let total = &explained.body["statements"][1];
    assert_eq!((&total["purpose"], &total["run"]["rows"]), (&json!("total"), &json!(1)));
}

#[tokio::test]
async fn the_operator_sees_what_is_kept_for_a_viewers_question() {
    let (server, key) = operated().await;
    let jwt = server.jwt("HA").await;
    let body = json!({"variables": {"origin": ["JFK"]}, "page_size": 3});
    let seen = server.panel(&jwt, "recent", body.clone()).await;
    let mut question = body;
    question["customer"] = json!("HA");
    let explained = explain(&server, &key, &question).await;
    let rows = &explained.body["statements"][0];
    assert_eq!((&rows["kept"]["rows"], &rows["run"]), (&json!(3), &Value::Null));
    let time = |text: &Value| {
        let text = text.as_str().expect("a time");
        text.parse::<jiff::Timestamp>().expect("RFC 3339").as_millisecond()
    };
    assert_eq!(time(&rows["kept"]["as_of"]), time(&seen.body["as_of"]));
    assert_eq!(rows["kept"]["answers"], "fresh");
    question["refresh"] = json!(true);
    let refreshed = explain(&server, &key, &question).await;
    assert_eq!(refreshed.body["statements"][0]["kept"]["answers"], "fresh", "it is seconds old");
    tokio::time::sleep(sources::REFRESH_PAUSE).await;
    let refreshed = explain(&server, &key, &question).await;
    assert_eq!(refreshed.body["statements"][0]["kept"]["answers"], "old");
    question["refresh"] = json!(false);
    question["run"] = json!(true);
    let run = explain(&server, &key, &question).await;
    let kept = &run.body["statements"][0]["kept"];
    assert_eq!(
        (time(&kept["as_of"]), &kept["answers"]),
        (time(&seen.body["as_of"]), &json!("fresh"))
    );
}

#[tokio::test]
async fn a_request_that_becomes_no_statement_says_why_to_the_operator_alone() {
    let (server, key) = operated().await;
    let body = json!({"customer": "HA", "sort": [{"column": "nothing"}]});
    let explained = explain(&server, &key, &body).await;
    assert_eq!((explained.status, &explained.body["statements"]), (200, &json!([])));
    let refusal = explained.body["refusal"].as_str().expect("a reason");
    assert!(refusal.contains("nothing"), "{refusal}");
    for credential in [server.token.clone(), server.jwt("HA").await] {
        let refused = explain(&server, &credential, &json!({"customer": "HA"})).await;
        assert!(matches!(refused.status, 401 | 403), "{refused:?}");
        assert!(!refused.body.to_string().contains("select"));
    }
    let nobody = explain(&server, &key, &json!({"customer": "nobody"})).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn a_customer_of_another_group_is_not_there() {
    let (server, key) = operated().await;
    let operator = OperatorScope::of_command_line();
    let amended = server.store.store().amend(&operator, |wanted| {
        wanted.groups.insert("Staging".parse().expect("a name"));
        Ok(())
    });
    amended.await.expect("another group");
    let elsewhere = EXPLAIN.replace("Production", "Staging");
    let explained = explain_at(&server, &elsewhere, &key, &json!({"customer": "HA"})).await;
    assert_eq!(explained.status, 404, "{explained:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_security_is_shown_with_what_it_is_told_and_without_the_password() {
    let (server, key) = operated().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    let connection = json!({
        "type": "postgres", "host": "127.0.0.1", "port": port, "database": "flights",
        "user": "reader", "password": "opensesame", "tls": {"mode": "off"},
        "row_security": {"setting": "app.airline", "equals": "customer_id"},
    });
    let operator = OperatorScope::of_command_line();
    let amended = server.store.store().amend(&operator, move |wanted| {
        let source = wanted.sources.get_mut("all-airlines").expect("the source");
        source.connection = serde_json::from_value(connection.clone()).expect("a connection");
        Ok(())
    });
    amended.await.expect("declared");
    let explained = explain(&server, &key, &json!({"customer": "HA", "run": true})).await;
    assert_eq!(explained.status, 200, "{explained:?}");
    let rows = &explained.body["statements"][0];
    let told = json!([{"name": "app.airline", "type": "text", "value": "HA"}]);
    assert_eq!(rows["session"], told);
    let run = &rows["run"];
    assert!(run["error"].as_str().expect("an error").contains("unavailable"), "{run}");
    assert!(run["open_us"].as_u64().expect("a number") > 0, "the time went there: {run}");
    assert_eq!((&run["execute_us"], &run["rows"]), (&json!(0), &json!(0)));
    assert!(!explained.body.to_string().contains("opensesame"));
}
