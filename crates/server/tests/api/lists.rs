use serde_json::{Value, json};

use crate::support::{Reply, Server, redacted};

/// A server with UA, its stations UA-0 … UA-3, and AA … in that order.
async fn start() -> Server {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA", "name": "United"})).await;
    for station in 0..4 {
        let station = json!({
            "provided_id": format!("UA-{station}"), "parent_provided_id": "UA",
            "hierarchy_level_name": "User", "name": "Station",
        });
        server.create(station).await;
    }
    for id in ["AA", "B6", "DL"] {
        server.create(json!({ "provided_id": id })).await;
    }
    let theirs = json!({"provided_id": "UA", "name": "Theirs"}).to_string();
    server.call(&server.testing, "POST", "/api/create_customer/", &theirs).await.assert_done();
    server
}

fn ids(customers: &Value) -> Vec<&str> {
    let customers = customers.as_array().expect("a list").iter();
    customers.map(|customer| customer["provided_id"].as_str().expect("an id")).collect()
}

/// The ids on a page of the list in pages, and how many match in all.
async fn check(server: &Server, query: &str, expected: &[&str], total: u64) {
    let reply = server.get(&format!("/v2/api/customers/{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {reply:?}");
    assert_eq!(ids(&reply.body["results"]["customers"]), expected, "{query}");
    assert_eq!(reply.body["total_count"], total, "{query}");
    assert!(reply.body.get("success").is_none());
}

#[tokio::test]
async fn the_list_in_pages_filters_and_turns_pages() {
    let server = start().await;
    let all = ["UA", "UA-0", "UA-1", "UA-2", "UA-3", "AA", "B6", "DL"];
    check(&server, "", &all, 8).await;
    check(&server, "?page_size=2&page=2", &["UA-1", "UA-2"], 8).await;
    check(&server, "?pageSize=2&page=2", &["UA-1", "UA-2"], 8).await;
    check(&server, "?pageSize=1&page_size=2&page=2", &["UA-1", "UA-2"], 8).await;
    check(&server, "?page_size=3&page=3", &["B6", "DL"], 8).await;
    check(&server, "?page=9", &[], 8).await;
    check(&server, "?page=99999999999999999999", &[], 8).await;
    check(&server, "?page_size=5000", &all, 8).await;
    check(&server, "?parent_provided_id=UA", &all[1..5], 4).await;
    check(&server, "?parentProvidedId=UA&page_size=1", &["UA-0"], 4).await;
    check(&server, "?hierarchy_level_name=Customer", &["UA", "AA", "B6", "DL"], 4).await;
    check(&server, "?hierarchyLevelName=User&parent_provided_id=UA", &all[1..5], 4).await;
    check(&server, "?hierarchy_level_name=Customer&parent_provided_id=UA", &[], 0).await;
    check(&server, "?hierarchy_level_name=customer", &[], 0).await;
    check(&server, "?parent_provided_id=nobody", &[], 0).await;
    check(&server, "?parent_provided_id=U%41", &all[1..5], 4).await;
    check(&server, "?unknown=x", &all, 8).await;
}

#[tokio::test]
async fn a_page_holds_twenty_customers_unless_told_and_a_thousand_at_most() {
    let server = Server::start().await;
    let scope = server.store.group("Production").await.expect("a scope");
    for number in 0..1005 {
        let new = testkit::customer(&format!("c{number}"));
        server.store.store().get_or_create_customer(&scope, new).await.expect("created");
    }
    for (query, length) in [("", 20), ("?page_size=5000", 1000), ("?page=2&page_size=1000", 5)] {
        let reply = server.get(&format!("/v2/api/customers/{query}")).await;
        assert_eq!(ids(&reply.body["results"]["customers"]).len(), length, "{query}");
        assert_eq!(reply.body["total_count"], 1005);
    }
    let whole = server.get("/api/customers/").await;
    assert_eq!(ids(&whole.body["customers"]).len(), 1005);
}

#[tokio::test]
async fn a_page_that_is_no_number_from_one_is_refused() {
    let server = start().await;
    for (query, sentence) in [
        ("?page=0", "page: must be a whole number from 1, not \"0\""),
        ("?page=-1", "page: must be a whole number from 1, not \"-1\""),
        ("?page=x", "page: must be a whole number from 1, not \"x\""),
        ("?page=1.5", "page: must be a whole number from 1"),
        ("?page=", "page: must be a whole number from 1"),
        ("?page_size=0", "page_size: must be a whole number from 1"),
        ("?pageSize=ten", "page_size: must be a whole number from 1"),
        ("?page=0&page_size=0", "page_size: must be a whole number from 1"),
    ] {
        let reply: Reply = server.get(&format!("/v2/api/customers/{query}")).await;
        reply.assert_fails(400, sentence);
    }
}

#[tokio::test]
async fn the_whole_list_shows_what_matches() {
    let server = start().await;
    for (query, expected) in [
        ("", vec!["UA", "UA-0", "UA-1", "UA-2", "UA-3", "AA", "B6", "DL"]),
        ("?parent_provided_id=UA", vec!["UA-0", "UA-1", "UA-2", "UA-3"]),
        ("?hierarchy_level_name=Customer", vec!["UA", "AA", "B6", "DL"]),
        ("?parent_provided_id=nobody", vec![]),
    ] {
        let reply = server.get(&format!("/api/customers/{query}")).await;
        assert_eq!(reply.body["success"], 1);
        assert_eq!(ids(&reply.body["customers"]), expected, "{query}");
        assert_eq!(reply.body.as_object().expect("an object").len(), 2, "nothing else in it");
    }
    let body = r#"{"parent_provided_id": "UA"}"#;
    let reply = server.call(&server.token, "GET", "/api/customers/", body).await;
    assert_eq!(ids(&reply.body["customers"]), ["UA-0", "UA-1", "UA-2", "UA-3"]);
}

#[tokio::test]
async fn both_lists_show_the_tokens_group_alone() {
    let server = start().await;
    let paged = server.call(&server.testing, "GET", "/v2/api/customers/", "").await;
    assert_eq!(paged.body["total_count"], 1);
    assert_eq!(paged.body["results"]["customers"][0]["name"], "Theirs");
    assert_eq!(paged.body["results"]["customers"][0]["access_group"], "Testing");
    let whole = server.call(&server.testing, "GET", "/api/customers/", "").await;
    assert_eq!(ids(&whole.body["customers"]), ["UA"]);
}

#[tokio::test]
async fn every_mapping_is_an_object_of_text_to_text() {
    let server = Server::start().await;
    let mapping = json!({
        server.schema("flights").await: server.source("hawaiian").await,
        server.schema("fleet").await: server.source("planes").await,
    });
    server.create(json!({"provided_id": "UA", "mapping": mapping, "name": "United"})).await;
    let reply = server.get("/v2/api/customers/").await;
    insta::assert_json_snapshot!(redacted(reply.body));
}
