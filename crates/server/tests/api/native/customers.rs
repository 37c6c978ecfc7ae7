//! One customer: put, read, patch, delete, and the conditions on each.

use serde_json::{Value, json};

use crate::support::{Reply, Server, is_token};

async fn put(server: &Server, id: &str, body: Value) -> Reply {
    server.native(&server.token, &format!("PUT /v1/customers/{id}"), &body).await
}

async fn read(server: &Server, id: &str) -> Reply {
    server.native(&server.token, &format!("GET /v1/customers/{id}"), &Value::Null).await
}

async fn patch(server: &Server, id: &str, body: Value) -> Reply {
    server.native(&server.token, &format!("PATCH /v1/customers/{id}"), &body).await
}

async fn delete(server: &Server, id: &str) -> Reply {
    server.native(&server.token, &format!("DELETE /v1/customers/{id}"), &Value::Null).await
}

#[tokio::test]
async fn a_put_makes_then_replaces_then_finds_nothing_to_do() {
    let server = Server::start().await;
    let first = put(&server, "UA", json!({"name": "United", "properties": {"plan": "gold"}})).await;
    assert_eq!((first.status, &first.body["outcome"]), (201, &json!("created")));
    assert!(is_token(first.body["token"].as_str().expect("a token")));
    let second = put(&server, "UA", json!({"name": "United", "provided_id": "UA"})).await;
    assert_eq!((second.status, &second.body["outcome"]), (200, &json!("updated")));
    assert_eq!(second.body["properties"], json!({}), "absent is the default");
    assert_eq!(second.body["token"], first.body["token"]);
    let third = put(&server, "UA", json!({"name": "United"})).await;
    assert_eq!((third.status, &third.body["outcome"]), (200, &json!("unchanged")));
    assert_eq!(third.header("etag"), second.header("etag"));
    assert_eq!(third.body["updated_at"], second.body["updated_at"]);
}

#[tokio::test]
async fn computed_fields_tell_where_they_come_from() {
    let server = Server::start().await;
    let (schema, source) = (server.schema("flights").await, server.source("all-airlines").await);
    let mapping = json!({ &schema: source.clone() });
    let parent =
        json!({"name": "United", "properties": {"plan": "gold", "seats": 5}, "mapping": mapping});
    put(&server, "UA", parent).await;
    let child = json!({
        "name": "Crew", "hierarchy_level_name": "User", "parent_provided_id": "UA",
        "properties": {"seats": 1},
    });
    put(&server, "crew", child).await;
    let shown = read(&server, "crew").await.body;
    assert_eq!(shown["parent_provided_id"], "UA");
    assert_eq!(shown["properties"], json!({"seats": 1}));
    assert_eq!(shown["computed_properties"], json!({"plan": "gold", "seats": 1}));
    assert_eq!(shown["mapping"], json!({}));
    assert_eq!(shown["computed_mapping"], json!({ &schema: source }));
    assert_eq!(
        shown["provenance"],
        json!({"properties": {"plan": "UA", "seats": "crew"}, "mapping": { &schema: "UA" }})
    );
    assert_eq!(shown["access_group"], "Production");
}

#[tokio::test]
async fn both_apis_show_one_customer() {
    let server = Server::start().await;
    put(&server, "UA", json!({"name": "United", "emails": ["a@b.example"]})).await;
    let facade = server.customer("UA").await;
    let native = read(&server, "UA").await.body;
    for field in ["token", "name", "emails", "properties", "group_tags", "is_demo_group"] {
        assert_eq!(facade[field], native[field], "{field}");
    }
}

#[tokio::test]
async fn ids_of_any_characters_stand_in_the_path() {
    let server = Server::start().await;
    for (encoded, id) in
        [("a%2Fb", "a/b"), ("%C3%A9%20x", "é x"), ("a%3Abatch", "a:batch"), ("%25", "%")]
    {
        let made = put(&server, encoded, json!({"name": "Odd"})).await;
        assert_eq!((made.status, &made.body["provided_id"]), (201, &json!(id)), "{made:?}");
        assert_eq!(read(&server, encoded).await.body["provided_id"], id);
    }
    let control = put(&server, "a%01", json!({"name": "Odd"})).await;
    control.assert_problem(
        400,
        "invalid_request",
        "provided_id: must not contain control characters",
    );
}

#[tokio::test]
async fn every_fault_of_a_put_is_told_at_once() {
    let server = Server::start().await;
    let body = json!({
        "name": "", "provided_id": "AA", "emails": ["x", 7], "properties": [], "colour": "red",
        "mapping": {"1": {}}, "is_demo_group": "yes",
    });
    let wrong = put(&server, "UA", body).await;
    wrong.assert_problem(400, "invalid_request", "colour: is no field of this call");
    let mut pointers = wrong.pointers();
    pointers.sort_unstable();
    let expected = ["/colour", "/emails/1", "/is_demo_group", "/mapping/1", "/name", "/properties"];
    assert_eq!(pointers, expected);
    let body = json!({
        "name": "United", "provided_id": "AA", "emails": ["x"], "mapping": {"99": "1"},
    });
    let wrong = put(&server, "UA", body).await;
    let mut pointers = wrong.pointers();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/emails/0", "/mapping/99", "/provided_id"]);
    let body = json!({"name": "United", "group_tags": ["none"], "hierarchy_level_name": "Nothing"});
    let wrong = put(&server, "UA", body).await;
    assert_eq!(wrong.pointers(), ["/group_tags", "/hierarchy_level_name"]);
    assert_eq!(read(&server, "UA").await.status, 404);
}

#[tokio::test]
async fn a_patch_changes_what_it_names() {
    let server = Server::start().await;
    let body = json!({
        "name": "United", "emails": ["a@b.example"], "is_demo_group": true,
        "properties": {"plan": "gold", "limits": {"rows": 5, "seats": 1}},
    });
    put(&server, "UA", body).await;
    let changed = patch(&server, "UA", json!({
        "properties": {"plan": null, "limits": {"seats": 2}, "region": "north"}, "is_demo_group": null,
    })).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let expected = json!({"limits": {"rows": 5, "seats": 2}, "region": "north"});
    assert_eq!(changed.body["properties"], expected);
    assert_eq!(changed.body["is_demo_group"], false);
    assert_eq!(changed.body["emails"], json!(["a@b.example"]));
    let nothing = patch(&server, "UA", json!({})).await;
    assert_eq!(nothing.body["updated_at"], changed.body["updated_at"]);
    let renamed = patch(&server, "UA", json!({"provided_id": "United"})).await;
    assert_eq!(renamed.body["provided_id"], "United");
    assert_eq!(read(&server, "UA").await.status, 404);
    patch(&server, "nobody", json!({})).await.assert_problem(404, "not_found", "customer");
    let wrong = patch(&server, "United", json!({"name": 5, "token": "x"})).await;
    let mut pointers = wrong.pointers();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/name", "/token"]);
}

#[tokio::test]
async fn a_patch_of_the_mapping_touches_the_schemas_it_names() {
    let server = Server::start().await;
    let (flights, fleet) = (server.schema("flights").await, server.schema("fleet").await);
    let (all, planes) = (server.source("all-airlines").await, server.source("planes").await);
    put(&server, "UA", json!({"name": "United", "mapping": { &flights: all.clone() }})).await;
    let both = patch(&server, "UA", json!({"mapping": { &fleet: "planes" }})).await;
    assert_eq!(both.body["mapping"], json!({ &flights: all, &fleet: planes.clone() }));
    let one = patch(&server, "UA", json!({"mapping": { &flights: null }})).await;
    assert_eq!(one.body["mapping"], json!({ &fleet: planes }));
    let none = patch(&server, "UA", json!({"mapping": null})).await;
    assert_eq!(none.body["mapping"], json!({}));
}

#[tokio::test]
async fn patches_cannot_grow_the_properties_beyond_their_limit() {
    let server = Server::start().await;
    put(&server, "UA", json!({"name": "United", "properties": {"a": "x".repeat(40_000)}})).await;
    let too_much = patch(&server, "UA", json!({"properties": {"b": "x".repeat(40_000)}})).await;
    too_much.assert_problem(400, "invalid_request", "properties: must have at most 65536 bytes");
    assert_eq!(read(&server, "UA").await.body["properties"].get("b"), None);
}

#[tokio::test]
async fn a_change_can_be_held_to_the_state_that_was_read() {
    let server = Server::start().await;
    let first = put(&server, "UA", json!({"name": "United"})).await;
    let old = first.header("etag").expect("a tag").to_owned();
    let current = put(&server, "UA", json!({"name": "United Airlines"})).await;
    let current = current.header("etag").expect("a tag").to_owned();
    let with = |call: &'static str, body: Value, name: &'static str, tag: String| {
        let server = &server;
        async move { server.native_with(&server.token, call, &body, &[(name, &tag)]).await }
    };
    let name = json!({"name": "X"});
    for call in ["PUT /v1/customers/UA", "PATCH /v1/customers/UA", "DELETE /v1/customers/UA"] {
        let body = if call.starts_with("DELETE") { Value::Null } else { name.clone() };
        let stale = with(call, body, "If-Match", old.clone()).await;
        stale.assert_problem(412, "precondition_failed", "not in the state");
    }
    let absent = with("PUT /v1/customers/AA", name.clone(), "If-Match", current.clone()).await;
    assert_eq!(absent.status, 412, "there is nothing that could match");
    let there = with("PUT /v1/customers/UA", name.clone(), "If-None-Match", "*".to_owned()).await;
    assert_eq!(there.status, 412);
    let new = with("PUT /v1/customers/AA", name.clone(), "If-None-Match", "*".to_owned()).await;
    assert_eq!(new.status, 201);
    let known = with("GET /v1/customers/UA", Value::Null, "If-None-Match", current.clone()).await;
    assert_eq!((known.status, known.header("etag")), (304, Some(&*current)));
    let fresh = with("PATCH /v1/customers/UA", name, "If-Match", format!("{old}, {current}")).await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    assert_eq!(
        with("DELETE /v1/customers/AA", Value::Null, "If-Match", "*".to_owned()).await.status,
        204
    );
}

#[tokio::test]
async fn an_ancestors_change_alters_the_tag() {
    let server = Server::start().await;
    put(&server, "UA", json!({"name": "United"})).await;
    let crew = json!({"name": "Crew", "hierarchy_level_name": "User", "parent_provided_id": "UA"});
    put(&server, "crew", crew).await;
    let tag = |reply: &Reply| reply.header("etag").expect("a tag").to_owned();
    let before = tag(&read(&server, "crew").await);
    patch(&server, "UA", json!({"properties": {"plan": "gold"}})).await;
    let after = read(&server, "crew").await;
    assert_ne!(tag(&after), before);
    assert_eq!(after.body["computed_properties"], json!({"plan": "gold"}));
}

#[tokio::test]
async fn a_customer_is_deleted_when_nothing_is_below_it() {
    let server = Server::start().await;
    put(&server, "UA", json!({"name": "United"})).await;
    let crew = json!({"name": "Crew", "hierarchy_level_name": "User", "parent_provided_id": "UA"});
    put(&server, "crew", crew).await;
    let refused = delete(&server, "UA").await;
    refused.assert_problem(400, "invalid_request", "the customer has 1 child customers");
    patch(&server, "crew", json!({"parent_provided_id": null})).await;
    assert_eq!(delete(&server, "UA").await.status, 204);
    assert_eq!(delete(&server, "UA").await.status, 404);
}

#[tokio::test]
async fn the_token_is_replaced() {
    let server = Server::start().await;
    let before = put(&server, "UA", json!({"name": "United"})).await.body["token"].clone();
    let call = "POST /v1/customers/UA/token:rotate";
    let after = server.native(&server.token, call, &Value::Null).await;
    assert_eq!(after.status, 200, "{after:?}");
    assert_ne!(after.body["token"], before);
    assert_eq!(read(&server, "UA").await.body["token"], after.body["token"]);
}

#[tokio::test]
async fn lists_are_paged_and_filtered() {
    let server = Server::start().await;
    for id in ["a", "b", "c"] {
        put(
            &server,
            id,
            json!({"name": id, "group_tags": if id == "b" { json!(["pilot"]) } else { json!([]) }}),
        )
        .await;
    }
    let crew = json!({"name": "Crew", "hierarchy_level_name": "User", "parent_provided_id": "a"});
    put(&server, "crew", crew).await;
    let ids = |reply: &Reply| {
        let data = reply.body["data"].as_array().expect("a list").clone();
        data.iter()
            .map(|it| it["provided_id"].as_str().expect("an id").to_owned())
            .collect::<Vec<_>>()
    };
    let list = |query: String| {
        let server = &server;
        async move {
            server.native(&server.token, &format!("GET /v1/customers{query}"), &Value::Null).await
        }
    };
    let first = list("?limit=3".to_owned()).await;
    assert_eq!(
        (ids(&first), &first.body["has_more"]),
        (vec!["a".into(), "b".into(), "c".into()], &json!(true))
    );
    assert_eq!(first.body.get("total_count"), None);
    let cursor = first.body["next_cursor"].as_str().expect("a cursor");
    let second = list(format!("?limit=3&cursor={cursor}")).await;
    assert_eq!((ids(&second), &second.body["next_cursor"]), (vec!["crew".into()], &Value::Null));
    assert_eq!(ids(&list("?parent_provided_id=a".to_owned()).await), ["crew"]);
    assert_eq!(ids(&list("?group_tag=pilot".to_owned()).await), ["b"]);
    assert_eq!(ids(&list("?hierarchy_level_name=User".to_owned()).await), ["crew"]);
    assert_eq!(ids(&list("?parent_provided_id=nobody".to_owned()).await), [""; 0]);
    let since = list("?updated_after=2000-01-01T00:00:00Z".to_owned()).await;
    assert_eq!(ids(&since).len(), 4);
    assert_eq!(ids(&list("?updated_after=2100-01-01T00:00:00Z".to_owned()).await), [""; 0]);
    for (query, field) in [
        ("?limit=0", "/limit"),
        ("?limit=1001", "/limit"),
        ("?limit=x", "/limit"),
        ("?cursor=x", "/cursor"),
        ("?pages=1", "/pages"),
        ("?updated_after=today", "/updated_after"),
    ] {
        let wrong = list(query.to_owned()).await;
        assert_eq!((wrong.status, wrong.pointers()), (400, vec![field]), "{query}");
    }
}

#[tokio::test]
async fn the_operator_names_the_group() {
    let server = Server::start().await;
    put(&server, "UA", json!({"name": "United"})).await;
    let unnamed = server.operate("GET /v1/customers/UA", &Value::Null).await;
    unnamed.assert_problem(400, "invalid_request", "group: is required with the admin key");
    let named = server.operate("GET /v1/customers/UA?group=Production", &Value::Null).await;
    assert_eq!(named.body["name"], "United");
    let other = server.operate("GET /v1/customers/UA?group=Testing", &Value::Null).await;
    other.assert_problem(404, "not_found", "there is no such customer");
    let none = server.operate("GET /v1/customers?group=Nowhere", &Value::Null).await;
    none.assert_problem(404, "not_found", "there is no such group");
    let foreign =
        server.native(&server.token, "GET /v1/customers?group=Testing", &Value::Null).await;
    foreign.assert_problem(404, "not_found", "there is no such group");
}
