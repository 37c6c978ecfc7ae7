use serde_json::{Value, json};

use crate::support::{Reply, Server, redacted};

async fn create(server: &Server, body: Value) -> Reply {
    server.post("/api/create_user_group/", body).await
}

#[tokio::test]
async fn a_user_group_is_a_customer_on_the_root_level() {
    let server = Server::start().await;
    let body = json!({
        "user_group_id": "HA", "name": "Hawaiian", "is_demo_group": true,
        "properties": {"station": "HNL"}, "mapping": { server.schema("flights").await: "hawaiian" },
    });
    let made = create(&server, body).await;
    insta::assert_json_snapshot!(redacted(made.body.clone()));
    let customer = server.customer("HA").await;
    assert_eq!(customer["token"], made.body["user_group"]["token"]);
    assert_eq!(customer["hierarchy_level"], "Customer");
    assert_eq!(customer["properties"], json!({"station": "HNL"}));
    let mapping = json!({ server.schema("flights").await: server.source("hawaiian").await });
    assert_eq!(customer["parent_schema_datasource_mapping"], mapping);

    let again = create(&server, json!({"user_group_id": "HA", "name": "Other"})).await;
    assert_eq!(again.body["new_user_group"], false);
    assert_eq!(again.body["user_group"], made.body["user_group"]);
    let as_customer = server.post("/api/create_customer/", json!({"provided_id": "HA"})).await;
    assert_eq!(as_customer.body["new_customer"], false);
}

#[tokio::test]
async fn a_data_source_alone_names_its_schema() {
    let server = Server::start().await;
    let (flights, hawaiian) = (server.schema("flights").await, server.source("hawaiian").await);
    let number: i64 = hawaiian.parse().expect("a number");
    for (id, field, value) in [
        ("a", "data_source_id", json!(number)),
        ("b", "data_source_id", json!(hawaiian)),
        ("c", "data_source_provided_id", json!("hawaiian")),
    ] {
        create(&server, json!({"user_group_id": id, "name": id, field: value})).await.assert_done();
        let mapping = server.customer(id).await["parent_schema_datasource_mapping"].clone();
        assert_eq!(mapping, json!({ flights.clone(): hawaiian }));
    }
    for (field, value) in [
        ("data_source_id", json!(99)),
        ("data_source_id", json!(server.source("test-flights").await)),
        ("data_source_provided_id", json!("nobody")),
    ] {
        let reply = create(&server, json!({"user_group_id": "x", "name": "x", field: value})).await;
        reply.assert_fails(400, &format!("{field}: there is no data source"));
        assert!(!server.exists("x").await);
    }
}

#[tokio::test]
async fn user_group_calls_change_the_same_customer() {
    let server = Server::start().await;
    let made = server.create(json!({"provided_id": "UA", "emails": ["a@b.c"]})).await;
    let update = json!({"user_group_id": "UA", "name": "United"});
    let updated = server.post("/api/update_user_group/", update).await;
    assert_eq!(updated.body["user_group"]["name"], "United");
    assert_eq!(updated.body["user_group"]["team_id"], 1);
    assert_eq!(server.customer("UA").await["emails"], json!(["a@b.c"]));

    let old = json!({"current_token": made["token"]});
    let refreshed = server.post("/api/refresh_user_group_token/", old.clone()).await;
    let token = refreshed.body["user_group"]["token"].clone();
    assert_eq!(server.customer("UA").await["token"], token);

    server.delete("/api/delete_user_group/", old).await.assert_fails(404, "no such customer");
    let child = json!({
        "provided_id": "x", "parent_provided_id": "UA", "hierarchy_level_name": "User",
    });
    let child = server.create(child).await;
    let parent = json!({ "current_token": token });
    server.delete("/api/delete_user_group/", parent.clone()).await.assert_fails(400, "1 child");
    let child = json!({"current_token": child["token"]});
    server.delete("/api/delete_user_group/", child).await.assert_done();
    server.delete("/api/delete_user_group/", parent).await.assert_done();
    assert!(!server.exists("UA").await);
}

#[tokio::test]
async fn faults_are_told_as_for_customers() {
    let server = Server::start().await;
    for (body, sentence) in [
        (json!({"name": "A"}), "user_group_id: is required"),
        (json!({"provided_id": "a", "name": "A"}), "user_group_id: is required"),
        (json!({"user_group_id": "", "name": "A"}), "user_group_id: must not be empty"),
        (json!({"user_group_id": "a"}), "name: is required to create a customer"),
        (json!({"user_group_id": "a", "name": "A", "mapping": 1}), "mapping: must be an object"),
    ] {
        create(&server, body).await.assert_fails(400, sentence);
    }
    let unknown = server.post("/api/update_user_group/", json!({"user_group_id": "a"})).await;
    unknown.assert_fails(404, "there is no such customer");
}
