use model::level::LevelName;
use serde_json::{Value, json};

use crate::support::{Reply, Server};

/// A server with the levels Region > Customer > User.
async fn start_with_three_levels() -> Server {
    let server = Server::start().await;
    let level = |name: &str| LevelName::try_from(name.to_owned()).expect("a level name");
    let levels = ["Customer", "Site", "User"].map(level).to_vec();
    let mut wanted = testkit::flights();
    wanted.levels = Some(model::Levels::new(levels).expect("levels"));
    let operator = model::OperatorScope::of_command_line();
    server.store.store().apply(&operator, &wanted).await.expect("applies");
    server
}

/// Creates a customer in its place.
async fn place(server: &Server, id: &str, level: &str, parent: Option<&str>) -> Reply {
    let body = json!({
        "provided_id": id, "name": id, "hierarchy_level_name": level, "parent_provided_id": parent,
    });
    server.post("/api/create_customer/", body).await
}

async fn update(server: &Server, id: &str, mut fields: Value) -> Reply {
    fields["provided_id"] = json!(id);
    server.post("/api/update_customer/", fields).await
}

#[tokio::test]
async fn a_parent_stands_on_a_strictly_higher_level() {
    let server = start_with_three_levels().await;
    place(&server, "root", "Customer", None).await.assert_done();
    let strict = "a parent must stand on a strictly higher level";
    let without_level = json!({"provided_id": "x", "name": "x", "parent_provided_id": "root"});
    server.post("/api/create_customer/", without_level).await.assert_fails(400, strict);
    place(&server, "x", "Customer", Some("root")).await.assert_fails(400, strict);
    assert!(!server.exists("x").await);
    place(&server, "site", "Site", Some("root")).await.assert_done();
    place(&server, "skips", "User", Some("root")).await.assert_done();
    place(&server, "user", "User", Some("site")).await.assert_done();
    place(&server, "x", "Site", Some("user")).await.assert_fails(400, strict);
    place(&server, "x", "User", Some("user")).await.assert_fails(400, strict);
    place(&server, "alone", "User", None).await.assert_done();
}

#[tokio::test]
async fn a_parent_in_another_group_does_not_exist() {
    let server = Server::start().await;
    let body = json!({"provided_id": "theirs", "name": "Theirs"}).to_string();
    server.call(&server.testing, "POST", "/api/create_customer/", &body).await.assert_done();
    let theirs = place(&server, "x", "User", Some("theirs")).await;
    let nobody = place(&server, "x", "User", Some("nobody")).await;
    assert_eq!(theirs.error().replace("theirs", "nobody"), nobody.error());
    assert_eq!(theirs.status, nobody.status);
    server.create(json!({"provided_id": "x", "hierarchy_level_name": "User"})).await;
    let moved = update(&server, "x", json!({"parent_provided_id": "theirs"})).await;
    moved.assert_fails(400, "parent_provided_id: there is no customer \"theirs\"");
}

#[tokio::test]
async fn properties_and_mapping_are_inherited_and_the_nearest_wins() {
    let server = start_with_three_levels().await;
    let (flights, fleet) = (server.schema("flights").await, server.schema("fleet").await);
    let (all, hawaiian) = (server.source("all-airlines").await, server.source("hawaiian").await);
    let planes = server.source("planes").await;
    let root = json!({
        "provided_id": "root", "properties": {"plan": "gold", "region": "all", "deep": {"a": 1}},
        "mapping": { flights.clone(): all, fleet.clone(): planes },
    });
    server.create(root).await;
    let site = json!({
        "provided_id": "site", "hierarchy_level_name": "Site", "parent_provided_id": "root",
        "properties": {"region": "north", "deep": {"b": 2}}, "mapping": { flights.clone(): hawaiian },
    });
    server.create(site).await;
    let user = json!({
        "provided_id": "user", "hierarchy_level_name": "User", "parent_provided_id": "site",
        "properties": {"station": "HNL"},
    });
    let user = server.create(user).await;
    assert_eq!(user["properties"], json!({"station": "HNL"}));
    let computed = json!({"plan": "gold", "region": "north", "deep": {"b": 2}, "station": "HNL"});
    assert_eq!(user["computed_properties"], computed);
    assert_eq!(user["parent_schema_datasource_mapping"], json!({}));
    let mapping = json!({ flights: hawaiian, fleet: planes });
    assert_eq!(user["computed_parent_schema_datasource_mapping"], mapping);
    assert_eq!(user["emails"], json!([]));

    update(&server, "root", json!({"properties": {"plan": "silver"}})).await.assert_done();
    let user = server.customer("user").await;
    let computed = json!({"plan": "silver", "region": "north", "deep": {"b": 2}, "station": "HNL"});
    assert_eq!(user["computed_properties"], computed);
}

#[tokio::test]
async fn a_schema_that_nobody_maps_appears_in_no_mapping() {
    let server = Server::start().await;
    let made = server.create(json!({"provided_id": "UA"})).await;
    assert_eq!(made["parent_schema_datasource_mapping"], json!({}));
    assert_eq!(made["computed_parent_schema_datasource_mapping"], json!({}));
}

#[tokio::test]
async fn a_level_changes_only_between_parent_and_children() {
    let server = start_with_three_levels().await;
    place(&server, "root", "Customer", None).await.assert_done();
    place(&server, "site", "Site", Some("root")).await.assert_done();
    place(&server, "user", "User", Some("site")).await.assert_done();
    let before = server.customer("site").await;
    let down =
        update(&server, "site", json!({"hierarchy_level_name": "User", "name": "New"})).await;
    down.assert_fails(400, "hierarchy_level_name: a child stands on level");
    let up = update(&server, "site", json!({"hierarchy_level_name": "Customer"})).await;
    up.assert_fails(400, "a parent must stand on a strictly higher level");
    assert_eq!(server.customer("site").await, before);
    // Level and parent are checked together, as they will be.
    let both = json!({"hierarchy_level_name": "Customer", "parent_provided_id": null});
    update(&server, "site", both).await.assert_done();
    assert_eq!(server.customer("site").await["hierarchy_level"], "Customer");
}

#[tokio::test]
async fn a_customer_cannot_be_its_own_parent() {
    let server = Server::start().await;
    place(&server, "a", "User", None).await.assert_done();
    let own = update(&server, "a", json!({"parent_provided_id": "a"})).await;
    own.assert_fails(400, "a customer cannot be its own parent");
}

#[tokio::test]
async fn null_or_an_empty_text_detaches_and_then_the_parent_can_go() {
    let server = Server::start().await;
    let root = server.create(json!({"provided_id": "root", "properties": {"plan": "gold"}})).await;
    for (id, nothing) in [("a", json!(null)), ("b", json!(""))] {
        place(&server, id, "User", Some("root")).await.assert_done();
        let unsaid = update(&server, id, json!({"name": "Still below"})).await;
        assert_eq!(unsaid.body["customer"]["computed_properties"], json!({"plan": "gold"}));
        let token = json!({"current_token": root["token"]});
        let delete = server.delete("/api/delete_customer/", token).await;
        delete.assert_fails(400, "the customer has 1 child customers; delete or detach them first");
        let detached = update(&server, id, json!({ "parent_provided_id": nothing })).await;
        assert_eq!(detached.body["customer"]["computed_properties"], json!({}));
    }
    let token = json!({"current_token": root["token"]});
    let deleted = server.delete("/api/delete_customer/", token).await;
    assert_eq!(deleted.body, json!({"success": 1}));
    assert!(!server.exists("root").await);
}
