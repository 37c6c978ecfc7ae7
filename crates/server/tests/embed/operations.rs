//! Totals and comparisons, as viewers and their files get them. Hawaiian flew once a day from New York.

use serde_json::{Value, json};

use crate::support::Server;

const DASHBOARD: &str = r#"{
    "name": "operations", "time_zone": "America/New_York",
    "datasets": {"flights": {"schema": "flights",
        "sql": "select * from flights where carrier = {{customer_id}}"}},
    "elements": [{"id": "period", "type": "date_range"}],
    "panels": [
        {"id": "trend", "type": "kpi_trend", "title": "Flights", "dataset": "flights",
         "measures": [{"name": "flights", "aggregate": "count"}],
         "trend": {"date": "time_hour", "period": {"variable": "period"}, "bucket": "week"}},
        {"id": "turned", "type": "table", "title": "Flights by month", "dataset": "flights",
         "dimensions": [{"column": "month"}, {"column": "origin", "label": "From"}],
         "measures": [{"name": "flights", "aggregate": "count"}],
         "pivot": "origin", "totals": true, "page_size": 2},
        {"id": "far", "type": "table", "title": "Longest", "dataset": "flights",
         "columns": [{"column": "dest"}, {"column": "distance", "total": "max"}],
         "totals": true, "page_size": 1},
        {"id": "so_far", "type": "table", "title": "Flights so far", "dataset": "flights",
         "dimensions": [{"column": "month"}], "totals": true, "page_size": 2,
         "measures": [{"name": "flights", "aggregate": "count"},
                      {"name": "so_far", "aggregate": "count", "running": "total"}]}
    ]
}"#;

async fn hawaiian() -> (Server, String) {
    let server = Server::with_dashboard(DASHBOARD).await;
    server.create(json!({"provided_id": "HA"})).await;
    let jwt = server.jwt("HA").await;
    (server, jwt)
}

#[tokio::test]
async fn a_trend_tells_both_periods_and_the_change() {
    let (server, jwt) = hawaiian().await;
    let period = |start: &str, end: &str| json!({"variables": {"period": {"startDate": start, "endDate": end}}});
    let reply = server.panel(&jwt, "trend", period("2013-02-01", "2013-02-28")).await;
    let comparison = &reply.body["comparison"];
    assert_eq!(comparison["current"], 28, "{}", reply.body);
    assert_eq!(comparison["previous"], 28);
    assert_eq!(comparison["change"], 0.0);
    assert_eq!(comparison["bucket"], "week");
    assert_eq!(comparison["current_period"], json!({"start": "2013-02-01", "end": "2013-02-28"}));
    assert_eq!(comparison["previous_period"], json!({"start": "2013-01-04", "end": "2013-01-31"}));
    assert_eq!(reply.body["rows"][0], json!(["2013-01-28", 3]));
    assert_eq!(comparison["previous_rows"][0], json!(["2012-12-31", 3]));
    let nothing_before = server.panel(&jwt, "trend", period("2013-01-01", "2013-01-31")).await;
    assert_eq!(nothing_before.body["comparison"]["change"], Value::Null);
    let backwards = server.panel(&jwt, "trend", period("2013-02-02", "2013-02-01")).await;
    assert_eq!(backwards.status, 400);
}

#[tokio::test]
async fn a_turned_table_has_totals_over_all_pages_and_its_file_has_them_too() {
    let (server, jwt) = hawaiian().await;
    let reply = server.panel(&jwt, "turned", json!({"page": 6})).await;
    let columns = json!([
        {"name": "month", "type": "integer"},
        {"name": "JFK", "type": "integer", "measure": "flights"},
    ]);
    assert_eq!(reply.body["columns"], columns, "{}", reply.body);
    assert_eq!(reply.body["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(reply.body["total_rows"], 12);
    assert_eq!(reply.body["totals"], json!([null, 342]));
    let file = server.view(&jwt, "panels/turned/export", &json!({"format": "csv"})).await;
    let text = String::from_utf8(file.bytes.to_vec()).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.first(), Some(&"month,JFK"));
    assert_eq!((lines.len(), lines.last()), (14, Some(&"Total,342")));
}

#[tokio::test]
async fn totals_of_rows_as_they_are_stand_below_their_columns() {
    let (server, jwt) = hawaiian().await;
    let reply = server.panel(&jwt, "far", json!({})).await;
    assert_eq!(reply.body["rows"], json!([["HNL", 4983]]), "{}", reply.body);
    assert_eq!(reply.body["totals"], json!([null, 4983]));
    assert!(reply.body.get("comparison").is_none());
}

#[tokio::test]
async fn figures_of_other_rows_make_an_order_over_all_pages_and_no_condition() {
    let (server, jwt) = hawaiian().await;
    let sort = json!([{"column": "so_far", "direction": "desc"}]);
    let reply = server.panel(&jwt, "so_far", json!({"sort": sort, "page": 6})).await;
    assert_eq!(reply.body["rows"], json!([[2, 28, 59], [1, 31, 31]]), "{}", reply.body);
    assert_eq!(reply.body["totals"], json!([null, 342, null]));
    let filter = json!({"column": "so_far", "operator": "at_least", "value": 300});
    let refused = server.panel(&jwt, "so_far", json!({"filters": [filter]})).await;
    assert_eq!(refused.status, 400);
    let fault = &refused.body["errors"][0];
    assert_eq!(fault["pointer"], "/filters/0/column", "{}", refused.body);
    assert!(fault["detail"].as_str().is_some_and(|it| it.contains("other rows")), "{fault}");
}

#[tokio::test]
async fn totals_follow_a_viewers_filter_on_figures() {
    let (server, jwt) = hawaiian().await;
    // Three months have fewer than 28 flights, and a page has two rows.
    let filter = json!({"column": "flights", "operator": "less_than", "value": 28});
    let reply = server.panel(&jwt, "so_far", json!({"filters": [filter]})).await;
    assert_eq!(reply.body["total_rows"], 3, "{}", reply.body);
    assert_eq!(reply.body["totals"], json!([null, 25 + 21 + 25, null]));
}
