//! From one's own file to a panel that answers.

use std::path::Path;

use serde_json::{Value, json};

use crate::process::{Server, client, run};

/// What a product's back end does: a customer, a token for a dashboard, and what a viewer then sees.
struct BackEnd {
    server: Server,
    api_token: String,
    client: reqwest::Client,
}

impl BackEnd {
    async fn call(&self, path: &str, body: &Value) -> Value {
        let call = self.client.post(self.server.url(path)).json(body);
        let token = format!("Token {}", self.api_token);
        let reply = call.header("Explo-Authorization", token).send().await.expect("an answer");
        reply.json().await.expect("JSON")
    }

    async fn jwt(&self, customer: &str) -> String {
        self.call("/api/create_customer/", &json!({"provided_id": customer, "name": "A customer"}))
            .await;
        let list = self.client.get(self.server.url("/api/dashboard/"));
        let list = list.header("Explo-Authorization", format!("Token {}", self.api_token));
        let list: Value = list.send().await.expect("an answer").json().await.expect("JSON");
        let embed_id = &list["dashboards"][0]["embed_id"];
        let body = json!({"provided_id": customer, "embed_id": embed_id});
        let reply = self.call("/api/generate_jwt/", &body).await;
        reply["jwt"].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned()
    }

    async fn rows(&self, jwt: &str, panel: &str) -> Value {
        let call = self.client.post(self.server.url(&format!("/embed/v1/panels/{panel}/data")));
        let reply = call.bearer_auth(jwt).json(&json!({})).send().await.expect("an answer");
        reply.json().await.expect("JSON")
    }
}

/// `new` with these arguments, then `check`, `apply` and `serve`.
fn serve_new(folder: &Path, arguments: &[&str]) -> BackEnd {
    let data_dir = folder.join("data");
    let workspace = folder.join("workspace");
    let workspace = workspace.to_str().expect("UTF-8");
    run(&data_dir, &["init"]).printed();
    run(&data_dir, &[&["new", workspace], arguments].concat()).printed();
    run(&data_dir, &["check", workspace]).printed();
    run(&data_dir, &["apply", workspace]).printed();
    let create = ["token", "create", "--group", "Production", "--access", "read-write"];
    let api_token = run(&data_dir, &create).printed().trim_end().to_owned();
    let server = Server::start(&data_dir);
    BackEnd { server, api_token, client: client() }
}

#[tokio::test]
async fn a_parquet_file_becomes_a_dashboard_of_the_customers_own_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/data/flights.parquet");
    let file = file.to_str().expect("UTF-8");
    let back_end = serve_new(folder.path(), &["--from", file, "--tenant-column", "carrier"]);
    let jwt = back_end.jwt("HA").await;
    let total = back_end.rows(&jwt, "total").await;
    assert_eq!(total["rows"], json!([[342]]), "{total}");
    let months = back_end.rows(&jwt, "by_month").await;
    assert_eq!(months["rows"].as_array().map(Vec::len), Some(12), "{months}");
    let rows = back_end.rows(&jwt, "rows").await;
    assert_eq!(rows["total_rows"], json!(342), "{rows}");
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(20));
    let stranger = back_end.jwt("nobody").await;
    assert_eq!(back_end.rows(&stranger, "total").await["rows"], json!([[0]]));
}

#[tokio::test]
async fn a_csv_file_without_dates_is_charted_by_category() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("Parts list.csv");
    let text = "id,client,colour\n1,acme,red\n2,acme,red\n3,globex,blue\n4,acme,green\n";
    std::fs::write(&file, text).expect("a file");
    let back_end = serve_new(folder.path(), &["--from", file.to_str().expect("UTF-8")]);
    let jwt = back_end.jwt("acme").await;
    let by_category = back_end.rows(&jwt, "by_category").await;
    assert_eq!(by_category["rows"], json!([["red", 2], ["green", 1]]), "{by_category}");
}

#[tokio::test]
async fn the_sample_has_rows_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let back_end = serve_new(folder.path(), &[]);
    let jwt = back_end.jwt("acme").await;
    assert_eq!(back_end.rows(&jwt, "total").await["rows"], json!([[6]]));
    let months = back_end.rows(&jwt, "by_month").await;
    let expected = json!([["2026-01-01", 2], ["2026-02-01", 2], ["2026-03-01", 2]]);
    assert_eq!(months["rows"], expected, "{months}");
}

#[test]
fn a_file_that_is_no_table_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let workspace = folder.path().join("workspace");
    let new = |arguments: &[&str]| {
        let workspace = workspace.to_str().expect("UTF-8");
        run(folder.path(), &[&["new", workspace], arguments].concat()).complained()
    };
    let missing = new(&["--from", "no/such.parquet"]);
    assert!(missing.contains("there is no file"), "{missing}");
    let broken = folder.path().join("broken.parquet");
    std::fs::write(&broken, "no parquet").expect("a file");
    let told = new(&["--from", broken.to_str().expect("UTF-8")]);
    assert!(told.contains("failed to read"), "{told}");
    let flights = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/data/airlines.csv");
    let flights = flights.to_str().expect("UTF-8");
    let slip = new(&["--from", flights, "--tenant-column", "carier"]);
    assert!(slip.contains("did you mean \"carrier\"?"), "{slip}");
    assert!(!workspace.exists());
}
