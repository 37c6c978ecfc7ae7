use serde_json::{Value, json};

use crate::support::{Reply, Server, is_token, redacted};

async fn create(server: &Server, body: Value) -> Reply {
    server.post("/api/create_customer/", body).await
}

/// Everything a customer can be given.
async fn full(server: &Server) -> Value {
    let (flights, hawaiian) = (server.schema("flights").await, server.source("hawaiian").await);
    json!({
        "provided_id": "HA",
        "name": "Hawaiian Airlines",
        "mapping": { flights: hawaiian },
        "is_demo_group": true,
        "emails": ["ops@hawaiian.example", "ana@hawaiian.example"],
        "group_tags": ["sales", "pilot", "sales"],
        "hierarchy_level_name": "Customer",
        "parent_provided_id": null,
        "properties": {"station": "HNL", "seats": 278, "routes": [1, 2.5, null], "b": {"a": true}},
    })
}

#[tokio::test]
async fn a_customer_is_made_with_everything_it_was_given() {
    let server = Server::start().await;
    let reply = create(&server, full(&server).await).await;
    assert_eq!(reply.status, 200);
    insta::assert_json_snapshot!(redacted(reply.body));
}

#[tokio::test]
async fn a_customer_needs_no_more_than_an_id_and_a_name() {
    let server = Server::start().await;
    let reply = create(&server, json!({"provided_id": "UA", "name": "United"})).await;
    assert!(is_token(reply.body["customer"]["token"].as_str().expect("a token")));
    insta::assert_json_snapshot!(redacted(reply.body));
}

#[tokio::test]
async fn null_is_the_same_as_absent() {
    let server = Server::start().await;
    let absent = create(&server, json!({"provided_id": "a", "name": "A"})).await;
    let null = json!({
        "provided_id": "b", "name": "A", "mapping": null, "is_demo_group": null, "emails": null,
        "group_tags": null, "hierarchy_level_name": null, "parent_provided_id": null,
        "properties": null,
    });
    let null = create(&server, null).await;
    let without_identity = |reply: Reply| {
        let mut customer = reply.body["customer"].clone();
        customer["token"] = json!(null);
        customer["provided_id"] = json!(null);
        customer
    };
    assert_eq!(without_identity(absent), without_identity(null));
    for field in ["provided_id", "name"] {
        let mut body = json!({"provided_id": "c", "name": "C"});
        body[field] = json!(null);
        create(&server, body).await.assert_fails(400, &format!("{field}: is required"));
    }
}

#[tokio::test]
async fn an_existing_customer_comes_back_unchanged() {
    let server = Server::start().await;
    let first = create(&server, full(&server).await).await;
    let other = json!({
        "provided_id": "HA", "name": "Another name", "mapping": {}, "is_demo_group": false,
        "emails": [], "group_tags": [], "hierarchy_level_name": "User", "properties": {},
    });
    let second = create(&server, other).await;
    assert_eq!((second.status, &second.body["new_customer"]), (200, &json!(false)));
    assert_eq!(second.body["customer"], first.body["customer"]);
    let bare = create(&server, json!({"provided_id": "HA"})).await;
    assert_eq!(bare.body["customer"], first.body["customer"]);
}

#[tokio::test]
async fn a_pull_checks_types_but_neither_references_nor_rules() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let pull = json!({
        "provided_id": "UA", "name": "", "group_tags": ["renamed since"], "emails": ["nobody"],
        "hierarchy_level_name": "Gone", "parent_provided_id": "gone", "mapping": {"99": "99"},
    });
    assert_eq!(create(&server, pull).await.body["new_customer"], false);
    create(&server, json!({"provided_id": "UA", "emails": "nobody"}))
        .await
        .assert_fails(400, "emails: must be a list of texts, not text");
}

#[tokio::test]
async fn a_number_is_taken_for_its_text_as_an_id() {
    let server = Server::start().await;
    let made = server.create(json!({"provided_id": 42})).await;
    assert_eq!(made["provided_id"], "42");
    let again = create(&server, json!({"provided_id": "42"})).await;
    assert_eq!(again.body["customer"]["token"], made["token"]);
    let child =
        json!({"provided_id": 43, "parent_provided_id": 42, "hierarchy_level_name": "User"});
    server.create(child).await;
}

#[tokio::test]
async fn ids_are_kept_verbatim_and_case_counts() {
    let server = Server::start().await;
    for id in ["acme", "ACME", " acme ", "äcme", "a\u{308}cme", "東京 支店 🛩", "a/b?c#d%20", "null"]
    {
        let made = server.create(json!({"provided_id": id})).await;
        assert_eq!(made["provided_id"], id);
        assert_eq!(server.customer(id).await, made);
    }
    let longest = "é".repeat(255);
    assert_eq!(server.create(json!({"provided_id": longest})).await["provided_id"], longest);
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA", "future": {"a": [1]}, "token": "mine"})).await;
}

#[tokio::test]
async fn properties_come_back_as_they_were_written() {
    let server = Server::start().await;
    let properties = json!({
        "z": 1, "a": {"y": [], "b": {}}, "text": "“é\t\n\u{1}”", "big": i64::MAX, "small": i64::MIN,
        "float": 0.1, "huge": 1.5e18, "": "empty key", "null": null, "list": [[[1]]],
    });
    let made = server.create(json!({"provided_id": "UA", "properties": properties})).await;
    assert_eq!(made["properties"].to_string(), properties.to_string());
    assert_eq!(server.customer("UA").await["properties"].to_string(), properties.to_string());
}

#[tokio::test]
async fn a_data_source_may_be_given_by_id_or_by_name() {
    let server = Server::start().await;
    let (flights, hawaiian) = (server.schema("flights").await, server.source("hawaiian").await);
    let number: i64 = hawaiian.parse().expect("a number");
    for (id, source) in [("a", json!(hawaiian)), ("b", json!(number)), ("c", json!("hawaiian"))] {
        let body = json!({"provided_id": id, "mapping": { flights.clone(): source }});
        let made = server.create(body).await;
        assert_eq!(made["parent_schema_datasource_mapping"], json!({ flights.clone(): hawaiian }));
    }
}

/// Creates a customer with `fields` beside an id and a name: it must fail, and leave nothing behind.
async fn check_rejected(server: &Server, fields: Value, sentence: &str) {
    let mut body = json!({"provided_id": "new", "name": "New"});
    for (key, value) in fields.as_object().expect("fields") {
        body[key] = value.clone();
    }
    create(server, body).await.assert_fails(400, sentence);
    assert!(!server.exists("new").await, "{fields} left a customer behind");
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_named() {
    let server = Server::start().await;
    for (fields, sentence) in [
        (json!({"name": 7}), "name: must be text, not a number"),
        (json!({"name": ["a"]}), "name: must be text, not a list"),
        (json!({"mapping": []}), "mapping: must be an object, not a list"),
        (json!({"mapping": "{}"}), "mapping: must be an object, not text"),
        (json!({"mapping": {"1": ["2"]}}), "mapping.1: must be text, not a list"),
        (json!({"mapping": {"1": null}}), "mapping.1: must be text, not null"),
        (json!({"is_demo_group": "true"}), "is_demo_group: must be true or false, not text"),
        (json!({"is_demo_group": 1}), "is_demo_group: must be true or false, not a number"),
        (json!({"emails": "a@b.c"}), "emails: must be a list of texts, not text"),
        (json!({"emails": {"0": "a@b.c"}}), "emails: must be a list of texts, not an object"),
        (json!({"emails": ["a@b.c", 5]}), "emails[1]: must be text, not a number"),
        (json!({"group_tags": "pilot"}), "group_tags: must be a list of texts, not text"),
        (json!({"group_tags": [null]}), "group_tags[0]: must be text, not null"),
        (json!({"hierarchy_level_name": 1}), "hierarchy_level_name: must be text, not a number"),
        (json!({"parent_provided_id": {}}), "parent_provided_id: must be text, not an object"),
        (json!({"properties": []}), "properties: must be an object, not a list"),
        (json!({"properties": "a"}), "properties: must be an object, not text"),
    ] {
        check_rejected(&server, fields, sentence).await;
    }
}

#[tokio::test]
async fn a_value_that_breaks_a_rule_is_named() {
    let server = Server::start().await;
    let long = "x".repeat(256);
    let emails: Vec<String> = (0..101).map(|n| format!("a{n}@b.c")).collect();
    let tags: Vec<String> = (0..101).map(|n| format!("t{n}")).collect();
    let mapping: Value = (0..1001).map(|n| (n.to_string(), json!("1"))).collect();
    for (fields, sentence) in [
        (json!({"name": ""}), "name: must not be empty"),
        (json!({"name": long}), "name: must have at most 255 characters, this has 256"),
        (json!({"name": "a\nb"}), "name: must not contain control characters (found U+000A)"),
        (json!({"emails": ["ana"]}), "emails[0]: must be an e-mail address"),
        (json!({"emails": ["a@b.c", ""]}), "emails[1]: must be an e-mail address"),
        (json!({"emails": ["a@b@c"]}), "emails[0]: must be an e-mail address"),
        (json!({"emails": ["a@b c"]}), "emails[0]: must be an e-mail address"),
        (json!({"emails": [format!("{long}@b.c")]}), "emails[0]: must be an e-mail address"),
        (json!({"emails": emails}), "emails: must have at most 100 entries, not 101"),
        (json!({"group_tags": tags}), "group_tags: must have at most 100 entries, not 101"),
        (json!({"group_tags": [""]}), "group_tags[0]: must not be empty"),
        (json!({"mapping": mapping}), "mapping: must have at most 1000 entries, not 1001"),
        (
            json!({"properties": {"a": "x".repeat(66_000)}}),
            "properties: must have at most 65536 bytes of JSON, not 66008",
        ),
        (json!({"parent_provided_id": long}), "parent_provided_id: must have at most 255"),
    ] {
        check_rejected(&server, fields, sentence).await;
    }
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_is_named() {
    let server = Server::start().await;
    let (flights, fleet) = (server.schema("flights").await, server.schema("fleet").await);
    let (planes, other) = (server.source("planes").await, server.source("test-flights").await);
    let group = "in this data visibility group";
    for (fields, sentence) in [
        (
            json!({"group_tags": ["pilot", "nobody"]}),
            "group_tags: there is no group tag \"nobody\"",
        ),
        (json!({"group_tags": ["Pilot"]}), "group_tags: there is no group tag \"Pilot\""),
        (
            json!({"hierarchy_level_name": "user"}),
            "hierarchy_level_name: there is no hierarchy level \"user\"; levels are Customer, User",
        ),
        (json!({"hierarchy_level_name": ""}), "hierarchy_level_name: there is no hierarchy level"),
        (
            json!({"parent_provided_id": "nobody", "hierarchy_level_name": "User"}),
            "parent_provided_id: there is no customer \"nobody\"",
        ),
        (
            json!({"mapping": {"99": planes}}),
            "mapping.99: there is no schema \"99\"; schema ids are",
        ),
        (
            json!({"mapping": {"flights": planes}}),
            "mapping.flights: there is no schema \"flights\"",
        ),
        (json!({"mapping": {format!("0{fleet}"): planes}}), "there is no schema \"0"),
        (json!({"mapping": {flights.clone(): "99"}}), "there is no data source \"99\""),
        (json!({"mapping": {flights.clone(): "nobody"}}), "there is no data source \"nobody\""),
        (json!({"mapping": {flights.clone(): planes}}), "does not belong to schema"),
        (json!({"mapping": {flights.clone(): other}}), group),
        (json!({"mapping": {flights.clone(): "test-flights"}}), group),
        (json!({"mapping": {flights: -1}}), "there is no data source \"-1\""),
    ] {
        check_rejected(&server, fields, sentence).await;
    }
}

#[tokio::test]
async fn all_broken_rules_are_told_at_once() {
    let server = Server::start().await;
    let body = json!({
        "provided_id": "new", "name": "", "emails": ["a", "b@c", "d"], "group_tags": [""],
        "mapping": {"99": "1"},
    });
    let reply = create(&server, body).await;
    for sentence in
        ["name: must", "emails[0]: must", "emails[2]: must", "group_tags[0]", "mapping.99"]
    {
        reply.assert_fails(400, sentence);
    }
}

#[tokio::test]
async fn an_id_that_nobody_can_have_is_refused() {
    let server = Server::start().await;
    for (id, sentence) in [
        (json!(""), "provided_id: must not be empty"),
        (json!("x".repeat(256)), "provided_id: must have at most 255 characters"),
        (json!("a\u{7}"), "provided_id: must not contain control characters (found U+0007)"),
        (json!(true), "provided_id: must be text, not a boolean"),
        (json!(["UA"]), "provided_id: must be text, not a list"),
        (json!(null), "provided_id: is required"),
    ] {
        create(&server, json!({"provided_id": id, "name": "A"})).await.assert_fails(400, sentence);
    }
    create(&server, json!({"name": "A"})).await.assert_fails(400, "provided_id: is required");
    create(&server, json!({"provided_id": "UA"}))
        .await
        .assert_fails(400, "name: is required to create a customer");
    let list = server.get("/api/customers/").await;
    assert_eq!(list.body["customers"], json!([]));
}
