use serde_json::{Value, json};

use crate::support::{Reply, Server, is_token, redacted};

async fn update(server: &Server, fields: Value) -> Reply {
    server.post("/api/update_customer/", fields).await
}

/// A customer with a value in every field.
async fn create_full(server: &Server) -> Value {
    let (flights, hawaiian) = (server.schema("flights").await, server.source("hawaiian").await);
    let fields = json!({
        "provided_id": "HA", "name": "Hawaiian", "mapping": { flights: hawaiian },
        "is_demo_group": true, "emails": ["a@b.c"], "group_tags": ["pilot"],
        "hierarchy_level_name": "User", "properties": {"station": "HNL"},
    });
    server.create(fields).await
}

#[tokio::test]
async fn only_what_is_given_changes() {
    let server = Server::start().await;
    let before = create_full(&server).await;
    let planes = json!({ server.schema("fleet").await: server.source("planes").await });
    for (field, value, shown) in [
        ("name", json!("New"), "name"),
        ("mapping", planes, "parent_schema_datasource_mapping"),
        ("mapping", json!({}), "parent_schema_datasource_mapping"),
        ("is_demo_group", json!(false), "is_demo_group"),
        ("properties", json!({"other": 1}), "properties"),
        ("properties", json!({}), "properties"),
        ("emails", json!(["new@b.c"]), "emails"),
        ("emails", json!([]), "emails"),
        ("group_tags", json!(["sales"]), "group_tags"),
        ("group_tags", json!([]), "group_tags"),
        ("hierarchy_level_name", json!("Customer"), "hierarchy_level"),
    ] {
        let previous = server.customer("HA").await;
        let reply = update(&server, json!({"provided_id": "HA", field: value})).await;
        reply.assert_done();
        let mut expected = previous.clone();
        expected[shown] = value.clone();
        if let "properties" | "parent_schema_datasource_mapping" = shown {
            expected[format!("computed_{shown}")] = value;
        }
        assert_eq!(reply.body["customer"], expected, "{field}");
        assert_eq!(server.customer("HA").await, expected, "{field}");
    }
    assert_eq!(server.customer("HA").await["token"], before["token"]);
}

#[tokio::test]
async fn null_leaves_a_field_as_it_is() {
    let server = Server::start().await;
    let before = create_full(&server).await;
    let reply = update(
        &server,
        json!({
            "provided_id": "HA", "new_provided_id": null, "name": null, "mapping": null,
            "is_demo_group": null, "properties": null, "emails": null, "group_tags": null,
            "hierarchy_level_name": null,
        }),
    )
    .await;
    assert_eq!(reply.body["customer"], before);
    insta::assert_json_snapshot!(redacted(reply.body));
}

#[tokio::test]
async fn a_new_id_keeps_token_and_children() {
    let server = Server::start().await;
    let before = server.create(json!({"provided_id": "old", "properties": {"plan": "gold"}})).await;
    let child = json!({
        "provided_id": "child", "parent_provided_id": "old", "hierarchy_level_name": "User",
    });
    server.create(child).await;
    let renamed = update(&server, json!({"provided_id": "old", "new_provided_id": "new"})).await;
    assert_eq!(renamed.body["customer"]["provided_id"], "new");
    assert_eq!(renamed.body["customer"]["token"], before["token"]);
    assert!(!server.exists("old").await);
    assert_eq!(server.customer("child").await["computed_properties"], json!({"plan": "gold"}));
    let children = server.get("/api/customers/?parent_provided_id=new").await;
    assert_eq!(children.body["customers"][0]["provided_id"], "child");
    update(&server, json!({"provided_id": "new", "new_provided_id": "new"})).await.assert_done();
}

#[tokio::test]
async fn an_id_that_is_taken_stays_taken() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "a"})).await;
    server.create(json!({"provided_id": "b"})).await;
    let taken = update(&server, json!({"provided_id": "a", "new_provided_id": "b"})).await;
    taken.assert_fails(409, "taken");
    assert!(server.exists("a").await);
    // Ids of another group are free.
    let body = json!({"provided_id": "c", "name": "C"}).to_string();
    server.call(&server.testing, "POST", "/api/create_customer/", &body).await.assert_done();
    update(&server, json!({"provided_id": "a", "new_provided_id": "c"})).await.assert_done();
}

#[tokio::test]
async fn what_is_wrong_changes_nothing() {
    let server = Server::start().await;
    let before = create_full(&server).await;
    for (field, value, sentence) in [
        ("new_provided_id", json!(""), "new_provided_id: must not be empty"),
        ("new_provided_id", json!({}), "new_provided_id: must be text, not an object"),
        ("name", json!(""), "name: must not be empty"),
        ("name", json!(1), "name: must be text, not a number"),
        ("mapping", json!({"99": "1"}), "mapping.99: there is no schema"),
        ("is_demo_group", json!("no"), "is_demo_group: must be true or false"),
        ("properties", json!([]), "properties: must be an object"),
        ("emails", json!(["x"]), "emails[0]: must be an e-mail address"),
        ("group_tags", json!(["nobody"]), "group_tags: there is no group tag \"nobody\""),
        ("hierarchy_level_name", json!("Nowhere"), "hierarchy_level_name: there is no"),
        ("parent_provided_id", json!("nobody"), "parent_provided_id: there is no customer"),
    ] {
        let body = json!({"provided_id": "HA", "properties": {"changed": true}, field: value});
        update(&server, body).await.assert_fails(400, sentence);
        assert_eq!(server.customer("HA").await, before, "{field}");
    }
}

#[tokio::test]
async fn an_unknown_customer_is_not_created_by_an_update() {
    let server = Server::start().await;
    let reply = update(&server, json!({"provided_id": "nobody", "name": "N"})).await;
    reply.assert_fails(404, "there is no such customer");
    assert!(!server.exists("nobody").await);
    update(&server, json!({"name": "N"})).await.assert_fails(400, "provided_id: is required");
}

#[tokio::test]
async fn a_refresh_replaces_the_token_and_nothing_else() {
    let server = Server::start().await;
    let before = create_full(&server).await;
    let old = json!({"current_token": before["token"]});
    let reply = server.post("/api/refresh_customer_token/", old.clone()).await;
    let after = reply.body["customer"].clone();
    assert!(is_token(after["token"].as_str().expect("a token")));
    assert_ne!(after["token"], before["token"]);
    let mut expected = before.clone();
    expected["token"] = after["token"].clone();
    assert_eq!(after, expected);
    assert_eq!(server.customer("HA").await, expected);
    for path in ["/api/refresh_customer_token/", "/api/refresh_user_group_token/"] {
        server.post(path, old.clone()).await.assert_fails(404, "there is no such customer");
    }
    let by_update = update(&server, json!({"current_token": after["token"]})).await;
    by_update.assert_done();
    assert_ne!(by_update.body["customer"]["token"], after["token"]);
}

#[tokio::test]
async fn a_customer_is_deleted_by_its_token_alone() {
    let server = Server::start().await;
    let made = server.create(json!({"provided_id": "UA"})).await;
    let path = "/api/delete_customer/";
    let by_id = server.delete(path, json!({"provided_id": "UA"})).await;
    by_id.assert_fails(400, "current_token: is required");
    for unknown in [json!("UA"), json!(""), json!("0".repeat(64)), json!("0".repeat(10_000))] {
        let reply = server.delete(path, json!({ "current_token": unknown })).await;
        reply.assert_fails(404, "there is no such customer");
    }
    let number = server.delete(path, json!({"current_token": 5})).await;
    number.assert_fails(400, "current_token: must be text, not a number");
    let token = json!({"current_token": made["token"]});
    server.post(path, token.clone()).await.assert_fails(405, "method not allowed");
    assert!(server.exists("UA").await);
    let deleted = server.delete(path, token.clone()).await;
    assert_eq!((deleted.status, deleted.body), (200, json!({"success": 1})));
    server.delete(path, token).await.assert_fails(404, "there is no such customer");
    let again = server.create(json!({"provided_id": "UA"})).await;
    assert_ne!(again["token"], made["token"]);
}
