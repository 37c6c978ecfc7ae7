//! Tables with totals.

use query::Request;
use serde_json::{Value as Json, json};

use super::{Kitchen, Shop, lines, same};

pub(super) async fn others_that_became_a_column_have_a_total(shop: &Shop<'_>) {
    let month = json!({"column": "ordered", "name": "month", "bucket": "month"});
    let kitchen = Kitchen::new(
        shop,
        json!({
            "type": "table", "dimensions": [month, {"column": "city"}],
            "measures": [{"name": "orders", "aggregate": "count"}],
            "sort": [{"column": "month"}, {"column": "orders", "direction": "desc"}],
            "limit": 1, "others": "Elsewhere", "pivot": "city", "totals": true,
        }),
    );
    let compiled = kitchen.compile(|_| ());
    let rows = kitchen.run(&compiled.rows).await;
    same(lines(&rows), &["2024-01-01 1 2", "2024-02-01 1 ", "2024-03-01 3 1"]);
    let totals = kitchen.run(&compiled.totals.unwrap()).await;
    let names: Vec<&str> = totals.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["Elsewhere", "Rome"]);
    same(lines(&totals), &["5 3"]);
    // Which city is the first is said by all orders, not by those of March, where others have more.
    let march = json!([{"column": "month", "operator": "equals", "value": "2024-03-01"}]);
    let totals = kitchen.compile(filtered(march)).totals.unwrap();
    same(lines(&*kitchen.run(&totals).await), &["3 1"]);
}

pub(super) async fn columns_of_rows_as_they_are_have_totals_that_follow_the_viewers_filter(
    shop: &Shop<'_>,
) {
    let kitchen = Kitchen::new(
        shop,
        json!({
            "type": "table", "page_size": 1, "totals": true,
            "columns": [{"column": "city"}, {"column": "amount", "total": "sum"},
                        {"column": "weight", "total": "avg"}],
        }),
    );
    let of_rome = |request: &mut Request| {
        let filter = json!([{"column": "city", "operator": "starts_with", "value": "r"}]);
        request.filters = serde_json::from_value(filter).unwrap();
    };
    let compiled = kitchen.compile(of_rome);
    same(lines(&*kitchen.run(&compiled.rows).await), &["Rome 10 1"]);
    let totals = kitchen.run(&compiled.totals.unwrap()).await;
    same(lines(&totals), &["60 1.3333333333333333"]);
}

fn filtered(filters: Json) -> impl FnOnce(&mut Request) {
    move |request| request.filters = serde_json::from_value(filters).unwrap()
}

pub(super) async fn totals_are_over_the_rows_of_the_groups_that_meet_the_viewers_filter(
    shop: &Shop<'_>,
) {
    let table = |dimension: Json| {
        let measures = json!([
            {"name": "orders", "aggregate": "count"},
            {"name": "cities", "aggregate": "count_distinct", "column": "city"},
            {"name": "middle", "aggregate": "median", "column": "amount"},
        ]);
        let panel = json!({
            "type": "table", "dimensions": [dimension], "measures": measures, "totals": true,
            "page_size": 1,
        });
        Kitchen::new(shop, panel)
    };
    let by_city = table(json!({"column": "city"}));
    let by_month = table(json!({"column": "ordered", "name": "month", "bucket": "month"}));
    for (kitchen, filters, expected) in [
        // Bern, Kiev and the order without a city.
        (&by_city, json!([{"column": "middle", "operator": "at_most", "value": 10}]), "3 2 5"),
        (&by_city, json!([{"column": "orders", "operator": "greater_than", "value": 9}]), "0 0 "),
        (
            &by_city,
            json!([{"column": "orders", "operator": "equals", "value": 1},
                   {"column": "city", "operator": "is_empty"}]),
            "1 0 3",
        ),
        (
            &by_month,
            json!([{"column": "month", "operator": "at_least", "value": "2024-02-01"}]),
            "5 4 6",
        ),
    ] {
        let totals = kitchen.compile(filtered(filters.clone())).totals.unwrap();
        let found = lines(&*kitchen.run(&totals).await);
        same(found, &[expected]);
    }
}

pub(super) async fn values_that_become_columns_and_the_others_have_totals_too(shop: &Shop<'_>) {
    let panel = json!({
        "type": "table",
        "dimensions": [{"column": "ordered", "name": "month", "bucket": "month"}, {"column": "city"}],
        "measures": [{"name": "orders", "aggregate": "count"}],
        "sort": [{"column": "orders", "direction": "desc"}, {"column": "month"}],
        "limit": 1, "others": "Elsewhere", "fill": "zero", "pivot": "city", "totals": true,
    });
    let kitchen = Kitchen::new(shop, panel);
    let compiled = kitchen.compile(|_| ());
    let rows = kitchen.run(&compiled.rows).await;
    let names: Vec<&str> = rows.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["month", "Elsewhere", "Rome"]);
    same(lines(&rows), &["2024-01-01 1 2", "2024-03-01 3 1", "2024-02-01 1 0"]);
    same(lines(&*kitchen.run(&compiled.totals.unwrap()).await), &["5 3"]);
    let many = json!([{"column": "orders", "operator": "at_least", "value": 2}]);
    let totals = kitchen.compile(filtered(many)).totals.unwrap();
    same(lines(&*kitchen.run(&totals).await), &["3 2"]);
    let rest = json!([{"column": "city", "operator": "equals", "value": "Elsewhere"}]);
    let totals = kitchen.compile(filtered(rest)).totals.unwrap();
    same(lines(&*kitchen.run(&totals).await), &["5"]);
}
