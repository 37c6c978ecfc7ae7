//! `fanlight demo`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use reqwest::StatusCode;
use reqwest::header::ORIGIN;
use serde_json::{Value, json};

use crate::process::{Demo, run};

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
    let alive = reqwest::get(demo.url("/healthz")).await.expect("an answer");
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
    let call = reqwest::Client::new().post(demo.url("/api/create_customer/")).json(body);
    let reply = call.header("Explo-Authorization", format!("Token {token}")).send().await;
    reply.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn the_demo_has_its_airlines_and_their_stations() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(folder.path());
    let listed = reqwest::get(demo.url("/demo/customers")).await.expect("an answer");
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
    let client = reqwest::Client::new();
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
    let listed = reqwest::get(demo.url("/demo/customers")).await.expect("an answer");
    let listed: Value = listed.json().await.expect("JSON");
    assert!(listed["dashboards"]["again"].is_string(), "{}", listed["dashboards"]);
}

#[test]
fn a_demo_for_everybody_must_be_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = run(folder.path(), &["demo", "--listen", "0.0.0.0:0"]).complained();
    assert!(told.contains("--public"), "{told}");
}
