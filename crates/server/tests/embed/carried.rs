//! What a customer carries reaches its panels, by HTTP alone.

use serde_json::json;

use crate::support::Server;

#[tokio::test]
async fn an_airline_sees_its_own_flights() {
    let server = Server::start().await;
    for (carrier, flights) in [("UA", 58_665), ("HA", 342), ("OO", 32)] {
        server.create(json!({ "provided_id": carrier })).await;
        let jwt = server.jwt(carrier).await;
        assert_eq!(server.count(&jwt, json!({})).await, flights, "{carrier}");
    }
    server.create(json!({"provided_id": "nobody"})).await;
    let jwt = server.jwt("nobody").await;
    assert_eq!(server.count(&jwt, json!({})).await, 0);
}

#[tokio::test]
async fn a_user_sees_its_airlines_flights_from_its_station() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let user = json!({
        "provided_id": "UA-LGA", "hierarchy_level_name": "User", "parent_provided_id": "UA",
        "properties": {"station": "LGA"},
    });
    server.create(user).await;
    let jwt = server.jwt("UA-LGA").await;
    assert_eq!(server.count(&jwt, json!({})).await, 8_044);
    let options = server.view(&jwt, "elements/origin/options", &json!({})).await;
    assert_eq!(options.body["options"], json!([{"value": "LGA", "label": "LGA"}]));
}

#[tokio::test]
async fn a_change_of_the_parents_properties_shows_in_the_next_read() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA", "properties": {"station": "LGA"}})).await;
    let user = json!({
        "provided_id": "u", "hierarchy_level_name": "User", "parent_provided_id": "UA",
    });
    server.create(user).await;
    let jwt = server.jwt("u").await;
    assert_eq!(server.count(&jwt, json!({})).await, 8_044);
    let change = json!({"provided_id": "UA", "properties": {"station": "JFK"}});
    server.manage("/api/update_customer/", change).await;
    assert_eq!(server.count(&jwt, json!({})).await, 4_534);
    let change = json!({"provided_id": "UA", "properties": {}});
    server.manage("/api/update_customer/", change).await;
    assert_eq!(server.count(&jwt, json!({})).await, 58_665);
}

#[tokio::test]
async fn a_null_or_empty_property_matches_nothing() {
    let server = Server::start().await;
    for (id, station) in [("UA", json!(null)), ("AA", json!([]))] {
        server.create(json!({"provided_id": id, "properties": {"station": station}})).await;
        let jwt = server.jwt(id).await;
        assert_eq!(server.count(&jwt, json!({})).await, 0, "{station}");
    }
}

#[tokio::test]
async fn a_mapping_chooses_the_source_and_its_change_shows_in_the_next_read() {
    let server = Server::start().await;
    let (schema, hawaiian) = server.numbers("flights", "hawaiian").await;
    // The hawaiian source holds HA's rows only, so another airline finds none of its own there.
    server.create(json!({"provided_id": "UA", "mapping": {&schema: &hawaiian}})).await;
    let user = json!({
        "provided_id": "UA-JFK", "hierarchy_level_name": "User", "parent_provided_id": "UA",
    });
    server.create(user).await;
    for viewer in ["UA", "UA-JFK"] {
        let jwt = server.jwt(viewer).await;
        assert_eq!(server.count(&jwt, json!({})).await, 0, "{viewer}");
    }
    server.manage("/api/update_customer/", json!({"provided_id": "UA", "mapping": {}})).await;
    for viewer in ["UA", "UA-JFK"] {
        let jwt = server.jwt(viewer).await;
        assert_eq!(server.count(&jwt, json!({})).await, 58_665, "{viewer}");
    }
    server.create(json!({"provided_id": "HA", "mapping": {&schema: &hawaiian}})).await;
    let jwt = server.jwt("HA").await;
    assert_eq!(server.count(&jwt, json!({})).await, 342);
}

#[tokio::test]
async fn filters_narrow_what_is_seen() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let jwt = server.jwt("UA").await;
    let january = json!({"startDate": "2013-01-01", "endDate": "2013-01-31"});
    let cases = [
        (json!({"origin": ["LGA"]}), 8_044),
        (json!({"origin": "LGA"}), 8_044),
        (json!({"origin": ["LGA", "JFK"]}), 12_578),
        (json!({"origin": []}), 58_665),
        (json!({"origin": null}), 58_665),
        (json!({"origin": ["nowhere"]}), 0),
        // Days in New York: a flight at 23:00 of January 31 is one of January.
        (json!({ "period": january }), 4_637),
        (json!({"period.startDate": "2013-01-01", "period.endDate": "2013-01-31"}), 4_637),
        (json!({"period": {"startDate": "2013-12-31T05:00:00Z"}}), 143),
    ];
    for (variables, flights) in cases {
        assert_eq!(server.count(&jwt, variables.clone()).await, flights, "{variables}");
    }
}

#[tokio::test]
async fn the_watermark_shows_for_a_demo_customer_and_below_it() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "F9", "is_demo_group": true})).await;
    let user = json!({
        "provided_id": "F9-LGA", "hierarchy_level_name": "User", "parent_provided_id": "F9",
    });
    server.create(user).await;
    server.create(json!({"provided_id": "UA"})).await;
    for (viewer, watermark, own) in
        [("F9", true, true), ("F9-LGA", true, false), ("UA", false, false)]
    {
        let jwt = server.jwt(viewer).await;
        let request = axum::http::Request::get("/embed/v1/dashboard")
            .header("Authorization", format!("Bearer {jwt}"))
            .body(axum::body::Body::empty())
            .expect("a request");
        let reply = server.send(request).await;
        assert_eq!(reply.body["watermark"], watermark, "{viewer}");
        assert_eq!(reply.body["customer"]["is_demo_group"], own, "{viewer}");
    }
}
