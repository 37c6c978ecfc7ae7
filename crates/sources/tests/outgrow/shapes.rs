//! What panels do with rows, on a small table full of edges.

use serde_json::{Value, json};

/// The same rows in the engine's words: clocks that go back and forward, zones of half hours, missing
/// values, letters of two cases and texts that mean something in patterns.
pub(crate) const ROWS: &str = "
    SELECT
        row_number() OVER () AS id,
        CAST(epoch(seen) AS BIGINT) AS seen,
        CAST(seen AS DATE) AS day,
        [NULL, 'Äpfel', 'äpfel', '100%', 'a_b', 'it''s', 'a\\b', ''][1 + i % 8] AS label,
        CASE WHEN i % 5 = 0 THEN NULL ELSE i % 7 - 3 END AS n,
        CASE WHEN i % 6 = 0 THEN NULL ELSE i / 4 END AS x
    FROM (
        SELECT i, TIMESTAMP '2013-11-03 03:50:00' + i * INTERVAL 10 MINUTE AS seen FROM range(40) r(i)
        UNION ALL
        SELECT i, TIMESTAMP '2013-03-10 06:00:00' + i * INTERVAL 20 MINUTE FROM range(12) r(i)
        UNION ALL
        SELECT i, TIMESTAMP '2012-12-30 22:00:00' + i * INTERVAL 1 HOUR FROM range(60) r(i)
    )
    ORDER BY ALL";

/// The table in ClickHouse, its columns in the order of [`ROWS`].
pub(crate) const TABLE: &str = "
    CREATE TABLE moments (
        id Int64, seen DateTime('UTC'), day Date, label Nullable(String), n Nullable(Int64),
        x Nullable(Float64)
    ) ENGINE = MergeTree ORDER BY id";

const BUCKETS: [&str; 6] = ["hour", "day", "week", "month", "quarter", "year"];

/// A dashboard of which every panel is asked.
pub(crate) fn dashboard() -> Value {
    let measures = json!([
        {"name": "rows", "aggregate": "count"},
        {"name": "labels", "aggregate": "count", "column": "label"},
        {"name": "distinct", "aggregate": "count_distinct", "column": "label"},
        {"name": "sum", "aggregate": "sum", "column": "n"},
        {"name": "avg", "aggregate": "avg", "column": "x"},
        {"name": "min", "aggregate": "min", "column": "n"},
        {"name": "max", "aggregate": "max", "column": "x"},
        {"name": "first", "aggregate": "min", "column": "seen"},
        {"name": "median", "aggregate": "median", "column": "n"},
        {"name": "p90", "aggregate": "percentile", "column": "x", "p": 90},
        {"name": "weighted", "aggregate": "avg", "column": "x", "weight": "id"},
        {"name": "ratio", "aggregate": "ratio", "column": "n", "over": "x"},
        {"name": "positive", "formula": "SUM(CASE WHEN n > 0 THEN 1 ELSE 0 END) / COUNT(*)"},
        {"name": "rounded", "formula": "ROUND(AVG(x), 1) + COALESCE(MAX(ABS(n)), 0)"},
    ]);
    let mut panels = Vec::new();
    for column in ["seen", "day"] {
        for bucket in BUCKETS {
            panels.push(json!({
                "id": format!("{column}_{bucket}"), "type": "bar", "title": "x", "dataset": "moments",
                "dimensions": [{"column": column, "name": "period", "bucket": bucket}],
                "measures": measures, "sort": [{"column": "period"}],
            }));
        }
    }
    let columns: Vec<Value> =
        ["id", "seen", "day", "label", "n", "x"].map(|column| json!({"column": column})).to_vec();
    let table = |id: &str, filters: Value, sort: Value| {
        json!({
            "id": id, "type": "table", "title": "x", "dataset": "moments", "columns": columns,
            "filters": filters, "sort": sort, "page_size": 200,
        })
    };
    for (at, filter) in filters().into_iter().enumerate() {
        panels.push(table(&format!("filter_{at}"), json!([filter]), json!([{"column": "id"}])));
    }
    for direction in ["asc", "desc"] {
        let sort = json!([{"column": "label", "direction": direction}, {"column": "n", "direction": direction}]);
        panels.push(table(&format!("sorted_{direction}"), json!([]), sort));
    }
    panels.extend(of_groups());
    json!({
        "name": "shapes", "panels": panels,
        "datasets": {"moments": {
            "schema": "flights", "shared": true,
            "sql": "select id, seen, day, label, n, x from moments [[where seen >= {{since}}]]",
        }},
        "variables": {"since": "timestamp"},
    })
}

/// Others, turned and with totals, of columns that may be missing.
fn of_groups() -> Vec<Value> {
    let mut panels = Vec::new();
    for column in ["label", "n"] {
        let of = |id: &str, more: Value| {
            let mut panel = json!({
                "id": format!("{id}_{column}"), "title": "x", "dataset": "moments", "type": "table",
                "dimensions": [{"column": column}, {"column": "seen", "name": "week", "bucket": "week"}],
                "measures": [{"name": "rows", "aggregate": "count"},
                    {"name": "sum", "aggregate": "sum", "column": "id"},
                    {"name": "median", "aggregate": "median", "column": "id"}],
                "sort": [{"column": "rows", "direction": "desc"}], "totals": true, "page_size": 200,
            });
            let keys = panel.as_object_mut().expect("an object");
            keys.extend(more.as_object().expect("an object").clone());
            panel
        };
        panels.push(of("grouped", json!({})));
        panels.push(of("others", json!({"limit": 3, "others": true})));
        let turned = json!({"limit": 2, "others": "The rest", "pivot": column, "fill": "zero"});
        panels.push(of("turned", turned));
    }
    panels
}

fn filters() -> Vec<Value> {
    let with = |column: &str, operator: &str, value: Value| json!({"column": column, "operator": operator, "value": value});
    vec![
        with("label", "equals", json!("it's")),
        with("label", "not_equals", json!("äpfel")),
        with("label", "in", json!(["100%", "a_b", "a\\b"])),
        with("label", "not_in", json!(["100%", ""])),
        with("label", "contains", json!("ÄPF")),
        with("label", "contains", json!("%")),
        with("label", "contains", json!("_")),
        with("label", "contains", json!("\\")),
        with("label", "starts_with", json!("A")),
        with("n", "equals", json!(-1)),
        with("n", "greater_than", json!(0)),
        with("n", "at_least", json!(0)),
        with("n", "less_than", json!(0)),
        with("n", "at_most", json!(0)),
        with("n", "between", json!([-1, 1])),
        with("n", "not_between", json!([-1, 1])),
        with("n", "contains", json!(-3)),
        with("label", "not_contains", json!("pf")),
        with("label", "ends_with", json!("FEL")),
        with("label", "ends_with", json!("\\B")),
        with("seen", "in_last", json!("70 days")),
        with("day", "in_last", json!("70 days")),
        with("seen", "in_this", json!("year")),
        with("day", "in_previous", json!("quarter")),
        with("x", "at_least", json!(2.5)),
        json!({"column": "n", "operator": "is_empty"}),
        json!({"column": "label", "operator": "is_not_empty"}),
    ]
}
