//! What a viewer gets of a dashboard, explained.

use model::OperatorScope;
use model::declaration::Declaration;
use serde_json::{Value, json};

use crate::support::Server;

/// As [`testkit::flights`], with datasets that stand on different grounds.
fn with_datasets() -> Declaration {
    let mut wanted = testkit::flights();
    let datasets = json!({
        "flights": {
            "schema": "flights", "sql": "select 1 as one where {{customer_id}} = {{customer.plan}}",
        },
        "open": {"schema": "flights", "sql": "select 1 as one", "shared": true},
        "policy": {
            "schema": "flights", "sql": "select 'UA' as carrier",
            "tenant_column": {"column": "carrier", "equals": "customer_id"},
        },
        "unheld": {"schema": "fleet", "sql": "select 1 as one"},
    });
    for dashboard in wanted.dashboards.values_mut() {
        let datasets = datasets.clone();
        dashboard.definition.datasets = serde_json::from_value(datasets).expect("datasets");
    }
    wanted
}

async fn explained(server: &Server, customer: &str) -> Value {
    let call = format!("GET /v1/customers/{customer}/explain?dashboard=on-time");
    let reply = server.native(&server.read_only, &call, &Value::Null).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

/// An airline that is mapped to the isolated source, and its station.
async fn hawaiian() -> Server {
    let server = Server::start().await;
    let operator = OperatorScope::of_command_line();
    server.store.store().apply(&operator, &with_datasets()).await.expect("applies");
    let (schema, source) = (server.schema("flights").await, server.source("hawaiian").await);
    let airline = json!({
        "provided_id": "HA", "name": "Hawaiian", "properties": {"plan": "gold", "hub": "HNL"},
        "mapping": {schema: source}, "is_demo_group": true,
    });
    server.create(airline).await;
    let station = json!({
        "provided_id": "HA-JFK", "name": "New York", "hierarchy_level_name": "User",
        "parent_provided_id": "HA", "properties": {"hub": "JFK"},
    });
    server.create(station).await;
    server
}

#[tokio::test]
async fn variables_tell_which_customer_gives_their_value() {
    let server = hawaiian().await;
    let body = explained(&server, "HA-JFK").await;
    let path = json!([
        {"provided_id": "HA", "name": "Hawaiian", "hierarchy_level_name": "Customer",
         "is_demo_group": true},
        {"provided_id": "HA-JFK", "name": "New York", "hierarchy_level_name": "User",
         "is_demo_group": false},
    ]);
    assert_eq!((&body["path"], &body["watermark"]), (&path, &json!(true)));
    let variable = |name: &str, value: &str, kind: &str, from: &str| json!({"name": name, "value": value, "kind": kind, "from": from});
    let variables = json!([
        variable("customer_id", "HA", "level", "HA"),
        variable("customer_name", "Hawaiian", "level", "HA"),
        variable("user_id", "HA-JFK", "level", "HA-JFK"),
        variable("user_name", "New York", "level", "HA-JFK"),
        variable("customer.hub", "JFK", "property", "HA-JFK"),
        variable("customer.plan", "gold", "property", "HA"),
        variable("user_group_id", "HA-JFK", "reserved", "HA-JFK"),
    ]);
    assert_eq!(body["variables"], variables);
}

#[tokio::test]
async fn datasets_tell_their_source_their_ground_and_why_they_refuse() {
    let server = hawaiian().await;
    let body = explained(&server, "HA-JFK").await;
    let dataset = |name: &str| {
        let datasets = body["datasets"].as_array().expect("datasets");
        datasets.iter().find(|dataset| dataset["name"] == name).expect("the dataset").clone()
    };
    let source = json!({
        "name": "hawaiian", "isolated": true, "chosen_by": "mapping", "from": "HA",
    });
    assert_eq!(dataset("open")["data_source"], source);
    assert_eq!(dataset("open")["ground"], "shared");
    let policy = json!({"column": "carrier", "equals": "customer_id", "value": "HA"});
    assert_eq!(dataset("policy")["row_policy"], policy);
    assert_eq!(dataset("policy")["ground"], "tenant_column");
    let unheld = dataset("unheld");
    assert_eq!((&unheld["data_source"], &unheld["ground"]), (&Value::Null, &Value::Null));
    let refusal = unheld["refusal"].as_str().expect("a reason");
    assert!(refusal.contains("no data source of schema \"fleet\""), "{refusal}");
    assert_eq!(dataset("flights")["refusal"], Value::Null);
}

#[tokio::test]
async fn a_default_and_a_missing_property_show() {
    let server = hawaiian().await;
    server.create(json!({"provided_id": "UA"})).await;
    let body = explained(&server, "UA").await;
    let flights = &body["datasets"][0];
    let source = json!({
        "name": "all-airlines", "isolated": false, "chosen_by": "schema_default", "from": null,
    });
    assert_eq!((&flights["name"], &flights["data_source"]), (&json!("flights"), &source));
    let refusal = flights["refusal"].as_str().expect("a reason");
    assert!(refusal.contains("\"customer.plan\" has no value"), "{refusal}");
    assert!(!body.to_string().contains("select"), "shows SQL: {body}");
}

#[tokio::test]
async fn a_dashboard_is_named_or_given_by_its_embed_id_or_not_found() {
    let server = hawaiian().await;
    let ask = async |rest: &str| {
        let call = format!("GET /v1/customers/HA/explain{rest}");
        server.native(&server.token, &call, &Value::Null).await
    };
    let by_id = ask(&format!("?dashboard={}", server.embed_id)).await;
    let expected = json!({"name": "on-time", "embed_id": server.embed_id, "version": 2});
    assert_eq!(by_id.body["dashboard"], expected);
    assert_eq!(ask("?dashboard=on-time&environment=production").await.status, 200);
    ask("?dashboard=late").await.assert_problem(404, "not_found", "there is no such dashboard");
    let nowhere = ask("?dashboard=on-time&environment=staging").await;
    nowhere.assert_problem(404, "not_found", "there is no such dashboard in this environment");
    ask("").await.assert_problem(400, "invalid_request", "dashboard: is required");
}
