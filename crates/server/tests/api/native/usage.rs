//! Customers counted, and the most there may be.

use serde_json::{Value, json};

use crate::support::Server;

async fn populated() -> Server {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    server.create(json!({"provided_id": "F9", "is_demo_group": true})).await;
    let user = json!({
        "provided_id": "F9-DEN", "hierarchy_level_name": "User", "parent_provided_id": "F9",
    });
    server.create(user).await;
    server
}

#[tokio::test]
async fn only_a_customers_own_flag_counts() {
    let server = populated().await;
    let reply = server.native(&server.read_only, "GET /v1/usage", &Value::Null).await;
    let group = json!({"group": "Production", "paid_customers": 2, "demo_customers": 1});
    let expected = json!({
        "paid_customers": 2, "demo_customers": 1, "max_paid_customers": null, "groups": [group],
    });
    assert_eq!(reply.body, expected);
}

#[tokio::test]
async fn the_operator_sees_all_groups_or_the_one_that_is_asked_for() {
    let server = populated().await;
    let body = json!({"provided_id": "UA", "name": "Theirs"}).to_string();
    server.call(&server.testing, "POST", "/api/create_customer/", &body).await.assert_done();
    let all = server.operate("GET /v1/usage", &Value::Null).await;
    assert_eq!((&all.body["paid_customers"], &all.body["demo_customers"]), (&json!(3), &json!(1)));
    let groups = all.body["groups"].as_array().expect("groups");
    let groups: Vec<_> = groups.iter().map(|it| (&it["group"], &it["paid_customers"])).collect();
    assert_eq!(groups, [(&json!("Production"), &json!(2)), (&json!("Testing"), &json!(1))]);
    let one = server.operate("GET /v1/usage?group=Testing", &Value::Null).await;
    assert_eq!(one.body["groups"].as_array().map(Vec::len), Some(1));
    let none = server.operate("GET /v1/usage?group=Nobody", &Value::Null).await;
    none.assert_problem(404, "not_found", "there is no such group");
}

#[tokio::test]
async fn a_full_server_makes_no_more_customers_and_still_gives_those_it_has() {
    let server = populated().await;
    server.store.store().limit_paid_customers(2);
    const FULL: &str = "at most 2 customers that are no demo customers";
    let create = |fields: Value| server.post("/api/create_customer/", fields);
    create(json!({"provided_id": "AA", "name": "American"})).await.assert_fails(403, FULL);
    create(json!({"provided_id": "UA", "name": "United"})).await.assert_done();
    let demo = json!({"provided_id": "VX", "name": "Virgin", "is_demo_group": true});
    create(demo).await.assert_done();
    let paid = json!({"provided_id": "VX", "is_demo_group": false});
    server.post("/api/update_customer/", paid).await.assert_fails(403, FULL);

    let (token, customer) = (&server.token, json!({"name": "American"}));
    let put = server.native(token, "PUT /v1/customers/AA", &customer).await;
    put.assert_problem(403, "customer_limit", FULL);
    let patch = json!({"is_demo_group": false});
    let patch = server.native(token, "PATCH /v1/customers/VX", &patch).await;
    patch.assert_problem(403, "customer_limit", FULL);
    let renamed = server.native(token, "PATCH /v1/customers/UA", &json!({"name": "Uni"})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
}

#[tokio::test]
async fn rows_of_a_batch_take_and_free_places_in_their_order() {
    let server = populated().await;
    server.store.store().limit_paid_customers(3);
    let rows = json!([
        {"provided_id": "AA", "name": "American"},
        {"provided_id": "DL", "name": "Delta"},
        {"provided_id": "UA", "name": "United", "is_demo_group": true},
        {"provided_id": "WN", "name": "Southwest"},
    ]);
    let reply = server.native(&server.token, "POST /v1/customers:batch", &rows).await;
    let results = reply.body["results"].as_array().expect("results");
    let outcomes: Vec<_> = results.iter().map(|row| &row["outcome"]).collect();
    assert_eq!(outcomes, ["created", "failed", "updated", "created"], "{reply:?}");
    assert_eq!(results[1]["error"]["code"], "customer_limit");
    let usage = server.native(&server.token, "GET /v1/usage", &Value::Null).await;
    assert_eq!(usage.body["paid_customers"], 3);
}
