//! Levels, group tags, environments and schemas.

use serde_json::{Value, json};

use crate::support::Server;

#[tokio::test]
async fn levels_are_replaced_as_long_as_customers_keep_theirs() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let child = json!({
        "provided_id": "UA-JFK", "hierarchy_level_name": "User", "parent_provided_id": "UA",
    });
    server.create(child).await;
    let put =
        async |levels: Value| server.operate("PUT /v1/levels", &json!({"levels": levels})).await;
    let wider = json!(["League", "Customer", "User"]);
    assert_eq!(put(wider.clone()).await.status, 200);
    let read = server.native(&server.read_only, "GET /v1/levels", &Value::Null).await;
    assert_eq!(read.body["levels"], wider);
    put(json!(["Customer"])).await.assert_problem(409, "in_use", "1 customers stand on it");
    put(json!(["User", "Customer"])).await.assert_problem(409, "in_use", "must stay above");
    let wrong = put(json!(["1st", "Customer", ""])).await;
    assert_eq!(wrong.pointers(), ["/levels/0", "/levels/2"]);
    put(json!(["A", "a"])).await.assert_problem(400, "invalid_request", "the same variables");
}

#[tokio::test]
async fn a_group_tag_is_common_to_all_groups() {
    let server = Server::start().await;
    let made =
        server.native(&server.testing, "POST /v1/group-tags", &json!({"name": "early"})).await;
    assert_eq!((made.status, &made.body), (201, &json!({"name": "early"})));
    let list = server.native(&server.token, "GET /v1/group-tags?limit=2", &Value::Null).await;
    assert_eq!(list.body["data"], json!([{"name": "early"}, {"name": "pilot"}]));
    let next = list.body["next_cursor"].as_str().expect("a cursor");
    let rest = format!("GET /v1/group-tags?cursor={next}");
    let rest = server.operate(&rest, &Value::Null).await;
    assert_eq!(
        (&rest.body["data"], &rest.body["has_more"]),
        (&json!([{"name": "sales"}]), &json!(false))
    );
    let renamed = server.operate("PATCH /v1/group-tags/early", &json!({"name": "a/b"})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    let deleted = server.operate("DELETE /v1/group-tags/a%2Fb", &Value::Null).await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
}

#[tokio::test]
async fn an_environment_that_shows_a_dashboard_stays() {
    let server = Server::start().await;
    let made = server.operate("POST /v1/environments", &json!({"name": "preview"})).await;
    assert_eq!(made.status, 201);
    let twin = server.operate("POST /v1/environments", &json!({"name": "preview"})).await;
    twin.assert_problem(409, "conflict", "this environment name is taken");
    let kept = server.operate("DELETE /v1/environments/production", &Value::Null).await;
    kept.assert_problem(409, "in_use", "in use by 1 dashboard");
    let gone = server.operate("DELETE /v1/environments/preview", &Value::Null).await;
    assert_eq!(gone.status, 204);
}

#[tokio::test]
async fn a_schema_has_defaults_that_are_its_own_sources() {
    let server = Server::start().await;
    let put = async |name: &str, body: Value| {
        server.operate(&format!("PUT /v1/schemas/{name}"), &body).await
    };
    let made = put("crews", json!({})).await;
    assert_eq!((made.status, &made.body["outcome"]), (201, &json!("created")));
    let same = put("crews", json!({})).await;
    assert_eq!((same.status, &same.body["outcome"]), (200, &json!("unchanged")));
    let defaults = json!({"default_source": "hawaiian", "group_defaults": {"Nowhere": "planes"}});
    let wrong = put("fleet", defaults).await;
    let mut pointers = wrong.pointers();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/default_source", "/group_defaults/Nowhere"]);
    let set = put("fleet", json!({"default_source": "planes"})).await;
    assert_eq!(
        (&set.body["outcome"], &set.body["default_source"]),
        (&json!("updated"), &json!("planes"))
    );
    let read = server.native(&server.testing, "GET /v1/schemas/fleet", &Value::Null).await;
    assert_eq!(read.body["default_source"], Value::Null, "it is of another group");
    let gone = server.operate("DELETE /v1/schemas/crews", &Value::Null).await;
    assert_eq!(gone.status, 204);
}
