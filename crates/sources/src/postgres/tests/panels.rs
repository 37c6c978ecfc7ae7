//! Panels as the compiler makes them, on the real database.

use model::dashboard::Dashboard;
use model::name::TimeZoneName;
use query::{Request, Target};
use testkit::stored_customer;

use super::compiled::{check_same, compile, copy_flights, demo, engine, rows};
use super::*;
use crate::operations_tests::{ORDERS, Shop};

/// A table with a panel for each bucket of each of its columns.
fn dashboard_of_moments() -> Dashboard {
    let panel = |column: &str, bucket: &str| {
        json!({
            "id": format!("{column}_{bucket}"), "type": "bar", "title": "Moments", "dataset": "moments",
            "dimensions": [{"column": column, "name": "at", "bucket": bucket}],
            "measures": [{"name": "n", "aggregate": "count"}],
            "sort": [{"column": "at"}],
        })
    };
    let buckets = ["hour", "day", "week", "month", "quarter", "year"];
    let panels: Vec<Json> = ["a_date", "a_local", "an_instant"]
        .iter()
        .flat_map(|column| buckets.iter().map(|bucket| panel(column, bucket)))
        .collect();
    let sql = "select * from moments where customer = {{customer_id}}";
    let document = json!({
        "name": "moments",
        "datasets": {"moments": {"schema": "flights", "sql": sql}},
        "panels": panels,
    });
    serde_json::from_value(document).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn moments_fall_into_buckets_of_the_zone_in_force_and_dates_into_their_own() {
    let stage = Stage::set();
    // Clocks in New York go back at 06:00 UTC: both instants are half past one there.
    stage.execute(
        "create table moments (
           customer text, a_date date, a_local timestamp, an_instant timestamptz);
         insert into moments values
           ('UA', '2013-11-03', '2013-11-03 05:30', '2013-11-03 05:30Z'),
           ('UA', '2013-11-03', '2013-11-03 06:30', '2013-11-03 06:30Z'),
           ('UA', '2013-10-01', '2013-10-01 02:30', '2013-10-01 02:30Z'),
           ('AA', '2013-10-01', '2013-10-01 02:30', '2013-10-01 02:30Z'),
           ('UA', null, null, null)",
    );
    let source = stage.source(json!({}));
    let dashboard = dashboard_of_moments();
    let hours = "2013-10-01T02:00:00Z 1; 2013-11-03T05:00:00Z 1; 2013-11-03T06:00:00Z 1;  1";
    let cases = [
        ("an_instant_hour", "UTC", hours),
        ("an_instant_hour", "America/New_York", hours),
        ("a_local_hour", "America/New_York", hours),
        (
            "an_instant_hour",
            "Asia/Kolkata",
            "2013-10-01T02:30:00Z 1; 2013-11-03T05:30:00Z 1; 2013-11-03T06:30:00Z 1;  1",
        ),
        ("an_instant_day", "UTC", "2013-10-01 1; 2013-11-03 2;  1"),
        ("an_instant_day", "America/New_York", "2013-09-30 1; 2013-11-03 2;  1"),
        ("a_local_day", "America/New_York", "2013-09-30 1; 2013-11-03 2;  1"),
        ("a_date_day", "America/New_York", "2013-10-01 1; 2013-11-03 2;  1"),
        ("a_date_day", "Pacific/Auckland", "2013-10-01 1; 2013-11-03 2;  1"),
        ("a_date_hour", "America/New_York", "2013-10-01T04:00:00Z 1; 2013-11-03T04:00:00Z 2;  1"),
        ("an_instant_week", "America/New_York", "2013-09-30 1; 2013-10-28 2;  1"),
        ("an_instant_month", "America/New_York", "2013-09-01 1; 2013-11-01 2;  1"),
        ("an_instant_month", "UTC", "2013-10-01 1; 2013-11-01 2;  1"),
        ("an_instant_quarter", "America/New_York", "2013-07-01 1; 2013-10-01 2;  1"),
        ("an_instant_year", "UTC", "2013-01-01 3;  1"),
        ("a_date_month", "America/New_York", "2013-10-01 1; 2013-11-01 2;  1"),
    ];
    for (panel, zone, expected) in cases {
        let zone: TimeZoneName = zone.parse().unwrap();
        let target = Target::Panel(panel.parse().unwrap());
        let request = Request {
            time_zone: Some(zone.clone()),
            ..Request::of(target, "2013-06-01T00:00:00Z".parse().unwrap())
        };
        let statement = &compile(&source, &dashboard, vec![stored_customer(0, "UA")], &request)[0];
        let found = rows(&stage.sources, &source, statement).await;
        assert_eq!(found, expected, "{panel} {zone}\n{}", statement.sql());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_of_every_kind_are_understood() {
    let stage = Stage::set();
    stage.execute(
        "create table flights (carrier text, n int, word text, share float8, day date, seen bool);
         insert into flights values
           ('UA', 1, '50%_Off', 0.5, '2013-01-01', true), ('UA', 2, 'Other', 1.5, '2013-01-02', false),
           ('UA', null, null, null, null, null), ('AA', 1, '50%_off', 0.5, '2013-01-01', true)",
    );
    let source = stage.source(json!({}));
    let cases = [
        (json!({"column": "n", "operator": "=", "value": 1}), 1),
        (json!({"column": "n", "operator": "=", "value": "1"}), 1),
        (json!({"column": "n", "operator": "!=", "value": 1}), 1),
        (json!({"column": "n", "operator": "in", "value": [1, 2, 3]}), 2),
        (json!({"column": "n", "operator": "not_in", "value": [1]}), 1),
        (json!({"column": "n", "operator": "between", "value": [2, 9]}), 1),
        (json!({"column": "n", "operator": ">", "value": 1.5}), 1),
        (json!({"column": "share", "operator": "<=", "value": 0.5}), 1),
        (json!({"column": "share", "operator": ">=", "value": 1}), 1),
        (json!({"column": "day", "operator": ">", "value": "2013-01-01"}), 1),
        (json!({"column": "seen", "operator": "=", "value": true}), 1),
        (json!({"column": "word", "operator": "contains", "value": "%_o"}), 1),
        (json!({"column": "word", "operator": "contains", "value": "T"}), 1),
        (json!({"column": "word", "operator": "starts_with", "value": 50}), 1),
        (json!({"column": "word", "operator": "starts_with", "value": "ther"}), 0),
        (json!({"column": "n", "operator": "contains", "value": 2}), 1),
        (json!({"column": "word", "operator": "is_empty"}), 1),
        (json!({"column": "word", "operator": "is_not_empty"}), 2),
    ];
    for (filter, expected) in cases {
        let document = json!({
            "name": "filters",
            "datasets": {"all": {
                "schema": "flights",
                "sql": "select * from flights",
                "tenant_column": {"column": "carrier", "equals": "customer_id"},
            }},
            "panels": [{
                "id": "n", "type": "kpi", "title": "Filtered", "dataset": "all",
                "measures": [{"name": "n", "aggregate": "count"}], "filters": [filter],
            }],
        });
        let dashboard: Dashboard = serde_json::from_value(document).unwrap();
        let request = Request::of(
            Target::Panel("n".parse().unwrap()),
            "2013-06-01T00:00:00Z".parse().unwrap(),
        );
        let statement = &compile(&source, &dashboard, vec![stored_customer(0, "UA")], &request)[0];
        let found = rows(&stage.sources, &source, statement).await;
        assert_eq!(found, expected.to_string(), "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn panels_have_every_operation() {
    let stage = Stage::set();
    stage.execute(&format!(
        "create table orders (city text, ordered timestamptz, amount int, weight numeric, paid bool);
         set time zone 'UTC'; insert into orders values {ORDERS}"
    ));
    let (source, sql) = (stage.source(json!({})), "select * from orders");
    Shop { sources: &stage.sources, source, sql }.has_every_operation().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_panel_of_the_demo_answers_as_from_its_files() {
    let stage = Stage::set();
    copy_flights(&stage);
    let database = stage.source(json!({"tables": ["flights"]}));
    let workspace = workspace::Workspace::read(&demo()).unwrap();
    let declaration = workspace.declaration();
    let dashboard = &declaration.dashboards["on-time"].definition;
    let connection = declaration.sources["all-airlines"].connection.clone();
    let files = Arc::new(DataSource { connection, ..(*database).clone() });
    let engine = engine();
    let filter = json!([{"column": "dest", "operator": "starts_with", "value": "s"}]);
    for customer in ["UA", "HA"] {
        for panel in &dashboard.panels {
            let mut request = Request::of(
                Target::Panel(panel.id.clone()),
                "2013-06-01T00:00:00Z".parse().unwrap(),
            );
            request.variables = json!({"origin": ["JFK", "EWR"], "period": {
                "startDate": "2013-03-01", "endDate": "2013-11-30",
            }})
            .as_object()
            .cloned()
            .unwrap();
            if panel.id.as_str() == "recent" {
                request.filters = serde_json::from_value(filter.clone()).unwrap();
            }
            let of_files = compile(&files, dashboard, vec![stored_customer(0, customer)], &request);
            let of_database =
                compile(&database, dashboard, vec![stored_customer(0, customer)], &request);
            for (in_files, in_database) in of_files.iter().zip(&of_database) {
                let expected = rows(&engine, &files, in_files).await;
                let found = rows(&stage.sources, &database, in_database).await;
                assert!(customer == "HA" || !expected.is_empty(), "{}", panel.id);
                check_same(&found, &expected, panel.id.as_str());
            }
        }
    }
    engine.shutdown().await;
}
