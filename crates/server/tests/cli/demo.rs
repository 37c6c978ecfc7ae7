//! `fanlight demo`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use reqwest::StatusCode;
use reqwest::header::ORIGIN;
use serde_json::{Value, json};

use crate::process::{Demo, client, run};

#[tokio::test]
async fn a_demo_prints_one_line_and_keeps_everything_for_its_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let keys: Vec<&String> = demo.line.as_object().expect("an object").keys().collect();
    let expected = [
        "url",
        "admin_key",
        "api_token",
        "read_only_token",
        "testing_token",
        "embed_secret",
        "dashboards",
        "schemas",
        "data_sources",
    ];
    assert_eq!(keys, expected);
    let alive = client().get(demo.url("/healthz")).send().await.expect("an answer");
    assert_eq!(alive.status(), StatusCode::OK);
    let file = fs::metadata(folder.path().join("demo.json")).expect("the file");
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let created = create(&demo, &json!({"provided_id": "ZZ", "name": "Zeppelin"})).await;
    assert_eq!(created["new_customer"], json!(true), "{created}");

    let without_url = |line: &Value| {
        let mut line = line.clone();
        line["url"] = Value::Null;
        line
    };
    let first = without_url(&demo.line);
    assert_eq!(demo.stop(), "", "nothing else goes to stdout");
    let demo = Demo::start(folder.path());
    assert_eq!(without_url(&demo.line), first);
    let found = create(&demo, &json!({"provided_id": "ZZ", "name": "Zeppelin"})).await;
    assert_eq!(found["new_customer"], json!(false), "{found}");
    assert_eq!(found["customer"]["token"], created["customer"]["token"]);
}

async fn create(demo: &Demo, body: &Value) -> Value {
    let token = demo.line["api_token"].as_str().expect("a token");
    let call = client().post(demo.url("/api/create_customer/")).json(body);
    let reply = call.header("Explo-Authorization", format!("Token {token}")).send().await;
    reply.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn the_demo_has_its_airlines_and_their_stations() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let listed = client().get(demo.url("/demo/customers")).send().await.expect("an answer");
    let listed: Value = listed.json().await.expect("JSON");
    let customers = listed["customers"].as_array().expect("a list");
    let of_level = |level: &str| customers.iter().filter(|c| c["level"] == level).count();
    assert_eq!((of_level("Customer"), of_level("User")), (16, 35));
    assert_eq!(listed["dashboards"], demo.line["dashboards"]);
    let hawaiian = customers.iter().find(|c| c["provided_id"] == "HA").expect("Hawaiian");
    let (schema, source) =
        (&demo.line["schemas"]["flights"], &demo.line["data_sources"]["hawaiian"]);
    let mapping = json!({(schema.as_str().expect("an id")): source});
    assert_eq!(hawaiian["create_body"]["mapping"], mapping);
    let station = customers.iter().find(|c| c["provided_id"] == "UA-JFK").expect("UA's station");
    assert_eq!(station["parent_provided_id"], "UA");
    assert_eq!(station["create_body"]["properties"], json!({"station": "JFK"}));
    let demo_customers = customers.iter().filter(|c| c["is_demo_group"] == true);
    let demo_customers: Vec<&Value> = demo_customers.map(|c| &c["provided_id"]).collect();
    assert_eq!(demo_customers, ["F9"]);
}

#[tokio::test]
async fn the_front_page_gets_credentials_and_other_pages_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let client = client();
    let ask = || {
        let body = json!({"provided_id": "UA", "dashboard": "on-time"});
        client.post(demo.url("/demo/token")).json(&body)
    };
    let reply: Value = ask().send().await.expect("an answer").json().await.expect("JSON");
    let jwt = reply["jwt"].as_str().expect("a token");
    assert_eq!(jwt.split('.').count(), 5);
    assert_eq!(reply["api_token"], demo.line["api_token"]);
    assert!(reply["embed_html"].as_str().expect("HTML").contains(jwt));
    let curl = reply["create_curl"].as_str().expect("a command");
    assert!(curl.contains("\"name\": \"United Air Lines Inc.\""), "{curl}");
    let elsewhere = ask().header(ORIGIN, "https://evil.example").send().await.expect("an answer");
    assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN);
    let unknown = json!({"provided_id": "ZZ", "dashboard": "on-time"});
    let unknown = client.post(demo.url("/demo/token")).json(&unknown).send().await;
    assert_eq!(unknown.expect("an answer").status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_running_server_notices_what_is_applied() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let workspace = folder.path().join("workspace");
    let file = workspace.join("dashboards/on-time.yaml");
    let text = fs::read_to_string(&file).expect("the dashboard");
    let second = text.replace("name: on-time", "name: again");
    fs::write(workspace.join("dashboards/again.yaml"), second).expect("a file");
    let applied = run(folder.path(), &["apply", workspace.to_str().expect("UTF-8")]).printed();
    let expected = "create dashboard again\npublish version 1 of dashboard again to production\n";
    assert_eq!(applied, expected);
    let listed = client().get(demo.url("/demo/customers")).send().await.expect("an answer");
    let listed: Value = listed.json().await.expect("JSON");
    assert!(listed["dashboards"]["again"].is_string(), "{}", listed["dashboards"]);
}

#[test]
fn a_demo_for_everybody_must_be_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = run(folder.path(), &["demo", "--listen", "0.0.0.0:0"]).complained();
    assert!(told.contains("--public"), "{told}");
}

/// The rows of a panel as a viewer of the demo sees them.
async fn rows(demo: &Demo, customer: &str, panel: &str, variables: Value) -> Vec<Vec<Value>> {
    let client = client();
    let body = json!({"provided_id": customer, "dashboard": "on-time"});
    let opened = client.post(demo.url("/demo/token")).json(&body).send().await;
    let opened: Value = opened.expect("an answer").json().await.expect("JSON");
    let call = client.post(demo.url(&format!("/embed/v1/panels/{panel}/data")));
    let call = call.bearer_auth(opened["jwt"].as_str().expect("a token"));
    let reply = call.json(&json!({"variables": variables})).send().await.expect("an answer");
    let reply: Value = reply.json().await.expect("JSON");
    serde_json::from_value(reply["rows"].clone()).unwrap_or_else(|_| panic!("{reply}"))
}

#[tokio::test]
async fn an_airlines_stations_are_those_it_flies_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let listed = client().get(demo.url("/demo/customers")).send().await.expect("an answer");
    let listed: Value = listed.json().await.expect("JSON");
    let mut flights: std::collections::BTreeMap<String, (i64, i64)> = Default::default();
    for customer in listed["customers"].as_array().expect("a list") {
        let id = customer["provided_id"].as_str().expect("an id");
        let count = rows(&demo, id, "flights", json!({})).await[0][0].as_i64().expect("a count");
        assert!(count > 0, "{id} flies");
        match customer["parent_provided_id"].as_str() {
            None => flights.entry(id.to_owned()).or_default().0 = count,
            Some(airline) => flights.entry(airline.to_owned()).or_default().1 += count,
        }
    }
    for (airline, (all, of_stations)) in &flights {
        assert_eq!(all, of_stations, "{airline}");
    }
    let all: i64 = flights.values().map(|(all, _)| all).sum();
    assert_eq!(all, 336_776);
}

#[tokio::test]
async fn every_panel_shows_all_rows_until_a_viewer_chooses() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let months = rows(&demo, "HA", "by_month", json!({})).await;
    assert_eq!(months.first(), Some(&vec![json!("2013-01-01"), json!(31)]));
    assert_eq!(months.len(), 12);
    assert_eq!(rows(&demo, "UA", "destinations", json!({})).await.len(), 10);
    assert_eq!(rows(&demo, "UA", "recent", json!({})).await.len(), 20);
    let shares = rows(&demo, "UA", "delay_share", json!({})).await;
    assert_eq!(shares.len(), 36, "three origins in twelve months");
    let is_share =
        |row: &Vec<Value>| row[2].as_f64().is_some_and(|share| (0.0..=1.0).contains(&share));
    assert!(shares.iter().all(is_share), "{shares:?}");
    let january = json!({"period": {"startDate": "2013-01-01", "endDate": "2013-01-31"}});
    assert_eq!(rows(&demo, "HA", "flights", january).await, [[json!(31)]]);
    let elsewhere = json!({"origin": ["LGA"]});
    assert_eq!(rows(&demo, "HA", "flights", elsewhere).await, [[json!(0)]]);
}

#[tokio::test]
async fn months_are_new_yorks_without_an_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start_bare(folder.path());
    let months = rows(&demo, "UA", "by_month", json!({})).await;
    // By UTC's calendar 15 of these flights left in February.
    assert_eq!(months.first(), Some(&vec![json!("2013-01-01"), json!(4637)]));
    assert_eq!(months.len(), 12);
}
