//! Nothing that a viewer sends widens what it sees or shows SQL. The viewer here is a station of OO,
//! which flew 6 times from EWR, 26 from LGA, and 32 in all.

use serde_json::{Value, json};

use crate::support::{Reply, Server};

const OWN: i64 = 26;

async fn station() -> (Server, String) {
    let server = Server::start().await;
    server.create(json!({"provided_id": "OO", "properties": {"station": "LGA"}})).await;
    let user = json!({
        "provided_id": "OO-LGA", "hierarchy_level_name": "User", "parent_provided_id": "OO",
    });
    server.create(user).await;
    let jwt = server.jwt("OO-LGA").await;
    (server, jwt)
}

/// What must never stand in a reply to a viewer, but where the viewer said it first.
#[track_caller]
fn assert_discreet(reply: &Reply, attempt: &Value) {
    let text = String::from_utf8_lossy(&reply.bytes).to_lowercase();
    let said = attempt.to_string().to_lowercase();
    for word in ["select", "parquet", "duckdb", "all-airlines", "carrier =", "binder", "/demo/"] {
        let is_told = text.contains(word) && !said.contains(word);
        assert!(!is_told, "{attempt} made the reply show {word:?}: {text}");
    }
}

#[tokio::test]
async fn no_variable_widens_what_is_seen() {
    let (server, jwt) = station().await;
    let attempts = [
        json!({"customer_id": "UA"}),
        json!({"CUSTOMER_ID": "UA"}),
        json!({"customer_id ": "UA"}),
        json!({"cuſtomer_id": "UA"}),
        json!({"customer_id": ["UA", "OO", "DL"]}),
        json!({"customer_id": {"raw": "1 or 1=1"}}),
        json!({"customer_name": "UA"}),
        json!({"user_id": "UA"}),
        json!({"user_group_id": "UA"}),
        json!({"customer": {"station": "EWR", "id": "UA"}}),
        json!({"customer": "UA"}),
        json!({"customer": null}),
        json!({"customer.station": "EWR"}),
        json!({"customer.station": null}),
        json!({"customer.station": []}),
        json!({"customer": {"station": null}}),
        json!({"properties": {"station": "EWR"}}),
        json!({"properties.station": "EWR"}),
        json!({"station": "EWR"}),
        json!({"origin": ["LGA", "EWR", "JFK"]}),
        json!({"origin": null}),
        json!({"origin": []}),
        json!({"period": null}),
        json!({"period": {}}),
        json!({"period": {"startDate": "0001-01-01", "endDate": "9999-12-31"}}),
        json!({"flights": "UA", "recent.category": "UA"}),
        json!({"": "UA"}),
        json!({"__proto__": {"customer_id": "UA"}}),
    ];
    for attempt in attempts {
        let reply = server.panel(&jwt, "flights", json!({ "variables": attempt })).await;
        assert_discreet(&reply, &attempt);
        if reply.status == 200 {
            let seen = reply.body["rows"][0][0].as_i64().expect("a count");
            assert!(seen <= OWN, "{attempt} made {seen} flights seen");
            assert_eq!(seen, OWN, "{attempt} hides flights");
        } else {
            assert_eq!(reply.status, 400, "{attempt}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn no_value_becomes_sql() {
    let (server, jwt) = station().await;
    let texts = [
        "LGA' or '1'='1",
        "LGA') or (1=1",
        "'; drop table flights; --",
        "LGA\u{0027} union select * from flights --",
        "{{customer_id}}",
        "]] or 1=1 [[",
        "$1",
        "?",
        "LGA\\' or 1=1 --",
        "/* */ or 1=1",
        "LGA\u{0000}",
        "ʼ or 1=1",
    ];
    for text in texts {
        for attempt in [
            json!({"origin": text}),
            json!({"origin": [text, "LGA'"]}),
            json!({"period": {"startDate": text}}),
            json!({"period": text}),
            json!({text: text}),
        ] {
            let reply = server.panel(&jwt, "flights", json!({ "variables": attempt })).await;
            assert_discreet(&reply, &attempt);
            match reply.status {
                200 => {
                    let seen = reply.body["rows"][0][0].as_i64().expect("a count");
                    assert!(seen == 0 || seen == OWN, "{attempt} made {seen} flights seen");
                }
                status => assert_eq!(status, 400, "{attempt}: {}", reply.body),
            }
        }
    }
}

#[tokio::test]
async fn no_filter_sort_page_or_zone_widens_what_is_seen() {
    let (server, jwt) = station().await;
    let attempts = [
        json!({"filters": [{"column": "carrier", "operator": "equals", "value": "UA"}]}),
        json!({"filters": [{"column": "1=1 or origin", "operator": "equals", "value": "UA"}]}),
        json!({"filters": [{"column": "\" or 1=1 --", "operator": "equals", "value": "UA"}]}),
        json!({"filters": [{"column": "origin", "operator": "or", "value": "UA"}]}),
        json!({"filters": [{"column": "origin", "operator": "not_equals", "value": "LGA' or 1=1"}]}),
        json!({"filters": [{"column": "origin", "operator": "in", "value": ["EWR", "JFK", "LGA"]}]}),
        json!({"filters": [{"column": "origin", "operator": "in", "value": [["EWR"]]}]}),
        json!({"filters": [{"column": "origin", "operator": "is_not_empty"}]}),
        json!({"filters": [{"column": "origin", "operator": "equals", "value": {"a": 1}}]}),
        json!({"filters": [{"column": "dest", "operator": "contains", "value": "%"}]}),
        json!({"filters": [{"column": "dest", "operator": "starts_with", "value": "_"}]}),
        json!({"sort": [{"column": "carrier"}]}),
        json!({"sort": [{"column": "1; select 1"}]}),
        json!({"sort": [{"column": "origin desc, (select 1)"}]}),
        json!({"sort": [{"column": "time_hour", "direction": "desc nulls first"}]}),
        json!({"page": 1_000_000, "page_size": 1000}),
        json!({"page": -1}),
        json!({"page_size": 1_000_000}),
        json!({"page_size": "1000; select"}),
        json!({"time_zone": "UTC' or 1=1"}),
        json!({"time_zone": "Mars/Olympus"}),
        json!({"time_zone": "../../etc/passwd"}),
        json!({"sql": "select * from flights"}),
        json!({"dataset": "flights"}),
        json!({"customer_id": "UA"}),
    ];
    for attempt in attempts {
        let reply = server.panel(&jwt, "recent", attempt.clone()).await;
        assert_discreet(&reply, &attempt);
        match reply.status {
            200 => {
                let total = reply.body["total_rows"].as_i64().expect("a total");
                assert!(total <= OWN, "{attempt} made {total} flights seen");
                for row in reply.body["rows"].as_array().expect("rows") {
                    assert_eq!(row[2], "LGA", "{attempt}");
                }
            }
            400 => assert!(!reply.body["errors"].as_array().expect("faults").is_empty()),
            status => panic!("{attempt} was answered with {status}: {}", reply.body),
        }
    }
}

#[tokio::test]
async fn panels_and_controls_that_are_not_there_are_not_found() {
    let (server, jwt) = station().await;
    for id in ["nothing", "flights%20", "..", "%2e%2e", "flights;", "FLIGHTS", "period", "_"] {
        let attempt = json!(id);
        for path in [
            format!("panels/{id}/data"),
            format!("panels/{id}/export"),
            format!("elements/{id}x/options"),
        ] {
            let reply = server.view(&jwt, &path, &json!({"format": "csv"})).await;
            // The id is looked at before or after the body's unknown `format`.
            assert!(matches!(reply.status, 404 | 400), "{path}: {}", reply.body);
            assert_discreet(&reply, &attempt);
        }
    }
}

#[tokio::test]
async fn exports_and_choices_stand_behind_the_same_gate() {
    let (server, jwt) = station().await;
    let body =
        json!({"format": "csv", "variables": {"customer_id": "UA", "customer.station": "EWR"}});
    let reply = server.view(&jwt, "panels/recent/export", &body).await;
    assert_eq!(reply.status, 200);
    let text = String::from_utf8(reply.bytes.to_vec()).expect("UTF-8");
    assert_eq!(text.lines().count() as i64, OWN + 1);
    assert!(text.lines().skip(1).all(|line| line.contains(",LGA,")));

    let body = json!({"variables": {"customer_id": "UA", "origin": ["EWR"]}});
    let reply = server.view(&jwt, "elements/origin/options", &body).await;
    assert_eq!(reply.body["options"], json!([{"value": "LGA", "label": "LGA"}]));
}

/// A dashboard whose author forgot the filter, and one whose row policy names a level that the
/// viewer does not have.
const CARELESS: &str = r#"{
    "name": "careless",
    "datasets": {
        "open": {"schema": "flights", "sql": "select * from flights"},
        "policy": {"schema": "flights", "sql": "select * from flights",
                   "tenant_column": {"column": "carrier", "equals": "customer_id"}},
        "user_policy": {"schema": "flights", "sql": "select * from flights",
                        "tenant_column": {"column": "carrier", "equals": "user_id"}}
    },
    "panels": [
        {"id": "open", "type": "kpi", "title": "Open", "dataset": "open",
         "measures": [{"name": "n", "aggregate": "count"}]},
        {"id": "policy", "type": "kpi", "title": "Policy", "dataset": "policy",
         "measures": [{"name": "n", "aggregate": "count"}]},
        {"id": "user_policy", "type": "kpi", "title": "Policy", "dataset": "user_policy",
         "measures": [{"name": "n", "aggregate": "count"}]}
    ]
}"#;

#[tokio::test]
async fn a_dataset_without_proof_is_refused_but_where_a_mapping_chose_an_isolated_source() {
    let server = Server::with_dashboard(CARELESS).await;
    server.create(json!({"provided_id": "OO"})).await;
    let (schema, hawaiian) = server.numbers("flights", "hawaiian").await;
    server.create(json!({"provided_id": "HA", "mapping": {schema: hawaiian}})).await;
    let (oo, ha) = (server.jwt("OO").await, server.jwt("HA").await);

    let refused = server.panel(&oo, "open", json!({})).await;
    assert_eq!((refused.status, &refused.body["code"]), (403, &json!("refused")));
    assert_discreet(&refused, &json!("open"));
    let answered = server.panel(&ha, "open", json!({})).await;
    assert_eq!(answered.body["rows"], json!([[342]]), "{}", answered.body);

    let answered = server.panel(&oo, "policy", json!({})).await;
    assert_eq!(answered.body["rows"], json!([[32]]), "{}", answered.body);
    let refused = server.panel(&oo, "user_policy", json!({})).await;
    assert_eq!(refused.status, 403, "a viewer without the policy's variable");
    let refused = server.panel(&oo, "user_policy", json!({"variables": {"user_id": "OO"}})).await;
    assert_eq!(refused.status, 403, "the viewer's own word is no level id");
}
