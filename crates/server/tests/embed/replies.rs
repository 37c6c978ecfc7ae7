//! The form of what viewers get.

use serde_json::{Value, json};

use crate::support::Server;

async fn hawaiian() -> (Server, String) {
    let server = Server::start().await;
    server.create(json!({"provided_id": "HA"})).await;
    let jwt = server.jwt("HA").await;
    (server, jwt)
}

#[tokio::test]
async fn a_definition_tells_what_to_draw_and_nothing_of_how_it_is_read() {
    let (server, jwt) = hawaiian().await;
    let request = axum::http::Request::get("/embed/v1/dashboard")
        .header("Authorization", format!("Bearer {jwt}"))
        .body(axum::body::Body::empty())
        .expect("a request");
    let reply = server.send(request).await;
    let text = String::from_utf8_lossy(&reply.bytes).to_lowercase();
    for word in ["select ", "dataset", "schema", "carrier", "all-airlines", "sql"] {
        assert!(!text.contains(word), "{word}");
    }
    let mut body = reply.body;
    body["embed_id"] = json!("[embed id]");
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn a_reply_has_columns_rows_and_circumstances() {
    let (server, jwt) = hawaiian().await;
    let first = server.panel(&jwt, "by_month", json!({})).await;
    assert_eq!(first.header("cache-control"), Some("no-store"));
    let columns =
        json!([{"name": "month", "type": "date"}, {"name": "flights", "type": "integer"}]);
    assert_eq!(first.body["columns"], columns);
    assert_eq!(first.body["rows"][0], json!(["2013-01-01", 31]));
    assert_eq!(first.body["total_rows"], Value::Null);
    assert_eq!(first.body["cached"], false);
    let again = server.panel(&jwt, "by_month", json!({})).await;
    assert_eq!(again.body["cached"], true);
    assert_eq!(again.body["as_of"], first.body["as_of"]);
    assert_eq!(again.body["rows"], first.body["rows"]);
}

#[tokio::test]
async fn pages_of_a_table_neither_overlap_nor_skip() {
    let (server, jwt) = hawaiian().await;
    let mut seen = Vec::new();
    for page in 1..=4 {
        let reply = server.panel(&jwt, "recent", json!({"page": page, "page_size": 100})).await;
        assert_eq!(reply.body["total_rows"], 342);
        seen.extend(reply.body["rows"].as_array().expect("rows").clone());
    }
    assert_eq!(seen.len(), 342);
    let hours: Vec<&str> = seen.iter().map(|row| row[0].as_str().expect("an instant")).collect();
    assert!(hours.is_sorted_by(|a, b| a >= b), "newest first");
    let beyond = server.panel(&jwt, "recent", json!({"page": 5, "page_size": 100})).await;
    assert_eq!((&beyond.body["rows"], &beyond.body["total_rows"]), (&json!([]), &json!(342)));
}

#[tokio::test]
async fn a_viewer_may_sort_and_filter_by_what_it_sees() {
    let (server, jwt) = hawaiian().await;
    let body = json!({
        "sort": [{"column": "dep_delay", "direction": "desc"}],
        "filters": [{"column": "dep_delay", "operator": "at_least", "value": 60}],
    });
    let reply = server.panel(&jwt, "recent", body).await;
    let rows = reply.body["rows"].as_array().expect("rows");
    let delays: Vec<i64> = rows.iter().map(|row| row[5].as_i64().expect("a delay")).collect();
    assert_eq!(delays.first(), Some(&1301), "{}", reply.body);
    assert!(delays.is_sorted_by(|a, b| a >= b) && delays.iter().all(|delay| *delay >= 60));

    let having = json!({"filters": [{"column": "flights", "operator": ">", "value": 1000}]});
    let reply = server.panel(&jwt, "destinations", having).await;
    assert_eq!(reply.body["rows"], json!([]), "HA flew 342 times to one place");
}

#[tokio::test]
async fn the_viewers_time_zone_decides_the_buckets() {
    let (server, jwt) = hawaiian().await;
    // The morning of December 31 in New York is already 2014 in Auckland.
    let auckland = server.panel(&jwt, "by_month", json!({"time_zone": "Pacific/Auckland"})).await;
    assert_eq!(auckland.status, 200, "{}", auckland.body);
    let months = |body: &Value| body["rows"].as_array().map(Vec::len);
    assert_eq!(months(&auckland.body), Some(13), "{}", auckland.body);
    let unknown = server.panel(&jwt, "by_month", json!({"time_zone": "Mars/Olympus"})).await;
    assert_eq!(unknown.status, 400);
    assert_eq!(unknown.body["errors"][0]["pointer"], "/time_zone");
}

#[tokio::test]
async fn all_faults_of_a_request_are_told_at_once_with_pointers() {
    let (server, jwt) = hawaiian().await;
    let body = json!({"page": 0, "colour": "red", "sort": [{"column": "dest", "up": true}]});
    let reply = server.panel(&jwt, "recent", body).await;
    assert_eq!((reply.status, &reply.body["code"]), (400, &json!("invalid_request")));
    let faults = reply.body["errors"].as_array().expect("faults");
    let pointers: Vec<&str> = faults.iter().filter_map(|fault| fault["pointer"].as_str()).collect();
    assert_eq!(pointers, ["/page", "/sort/0", "/colour"]);
}

#[tokio::test]
async fn a_panel_is_had_as_a_file() {
    let (server, jwt) = hawaiian().await;
    let csv = server.view(&jwt, "panels/destinations/export", &json!({"format": "csv"})).await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let disposition = "attachment; filename=\"destinations.csv\"";
    assert_eq!(csv.header("content-disposition"), Some(disposition));
    let text = String::from_utf8(csv.bytes.to_vec()).expect("UTF-8");
    let (headings, row) = text.split_once("\r\n").expect("two lines");
    assert_eq!(headings, "Destination,Flights,Average arrival delay");
    assert!(row.starts_with("HNL,342,-6.91"), "{row}");

    let xlsx = server.view(&jwt, "panels/recent/export", &json!({"format": "xlsx"})).await;
    assert_eq!((xlsx.status, &xlsx.bytes[..2]), (200, b"PK".as_slice()));
    let none = server.view(&jwt, "panels/recent/export", &json!({})).await;
    assert_eq!((none.status, &none.body["errors"][0]["pointer"]), (400, &json!("/format")));
    let odd = server.view(&jwt, "panels/recent/export", &json!({"format": "doc"})).await;
    assert_eq!((odd.status, &odd.body["errors"][0]["pointer"]), (400, &json!("/format")));
}

/// It is sent in pieces, which meet without a line too many or too few.
#[tokio::test]
async fn a_file_of_many_rows_is_complete() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "VX"})).await;
    let jwt = server.jwt("VX").await;
    let csv = server.view(&jwt, "panels/recent/export", &json!({"format": "csv"})).await;
    assert_eq!((csv.status, csv.header("content-length")), (200, None));
    let text = String::from_utf8(csv.bytes.to_vec()).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + 5_162);
    let heading_again = lines[1..].iter().filter(|line| **line == lines[0]).count();
    assert_eq!(heading_again, 0);
}

#[tokio::test]
async fn a_panel_is_had_as_a_picture() {
    let (server, jwt) = hawaiian().await;
    for panel in ["flights", "by_month", "delay_share", "recent"] {
        let svg =
            server.view(&jwt, &format!("panels/{panel}/export"), &json!({"format": "svg"})).await;
        assert_eq!(svg.header("content-type"), Some("image/svg+xml"), "{panel}: {}", svg.body);
        let text = String::from_utf8(svg.bytes.to_vec()).expect("UTF-8");
        assert!(text.starts_with("<svg") && !text.contains("<script"), "{panel}");
    }
    let body = json!({"format": "png", "width": 600, "height": 300, "theme": "dark"});
    let png = server.view(&jwt, "panels/by_month/export", &body).await;
    assert_eq!(png.header("content-disposition"), Some("attachment; filename=\"by_month.png\""));
    // Width and height stand in a PNG's first chunk; pictures are drawn twice as dense.
    assert_eq!(png.bytes[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(png.bytes[16..24], [0, 0, 4, 176, 0, 0, 2, 88]);
    let pdf = server.view(&jwt, "panels/by_month/export", &json!({"format": "pdf"})).await;
    assert_eq!(pdf.bytes[..5], *b"%PDF-");
    let tiny =
        server.view(&jwt, "panels/by_month/export", &json!({"format": "png", "width": 5})).await;
    assert_eq!((tiny.status, &tiny.body["errors"][0]["pointer"]), (400, &json!("/width")));
}

#[tokio::test]
async fn a_date_range_has_no_choices_and_an_unknown_control_is_not_found() {
    let (server, jwt) = hawaiian().await;
    let range = server.view(&jwt, "elements/period/options", &json!({})).await;
    assert_eq!(range.body, json!({"options": []}));
    let unknown = server.view(&jwt, "elements/nothing/options", &json!({})).await;
    assert_eq!(unknown.status, 404);
}
