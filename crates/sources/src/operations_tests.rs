//! The operations of panels, compiled and run on whatever database holds the orders, against figures
//! worked out by hand.

mod totals;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Dashboard;
use model::name::SchemaId;
use model::source::{DataSource, Schema};
use query::{Compiled, PreparedDashboard, Request, Target, Viewer};
use serde_json::{Map, Value as Json, json};
use testkit::{stored_customer, viewer_scope};
use uuid::Uuid;

use crate::options::{CachePolicy, CustomerKey, RunOptions};
use crate::result::{Cell, ColumnKind, ResultSet};
use crate::sources::Sources;

/// Eight orders of five cities, as members of `values (…)`; one has no amount, one no city, one no
/// weight. A database writes its own `null`, `true` and `false`.
pub(crate) const ORDERS: &str = "
    ('Rome', '2024-01-05 10:00:00', 10, 1, true),
    ('Rome', '2024-01-20 10:00:00', 30, 3, false),
    ('Rome', '2024-03-02 10:00:00', 20, 0, true),
    ('Oslo', '2024-01-07 10:00:00', 40, 2, true),
    ('Oslo', '2024-03-09 10:00:00', null, 5, null),
    ('Bern', '2024-02-01 04:30:00', 7, 1, false),
    ('Kiev', '2024-03-31 23:30:00', 5, 1, true),
    (null, '2024-03-15 10:00:00', 3, null, true)";

/// The columns of [`ORDERS`].
pub(crate) const COLUMNS: [&str; 5] = ["city", "ordered", "amount", "weight", "paid"];

/// Where the orders are.
pub(crate) struct Shop<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) source: Arc<DataSource>,
    /// A dataset of the orders.
    pub(crate) sql: &'a str,
}

struct Kitchen<'a> {
    shop: &'a Shop<'a>,
    dashboard: Json,
}

impl Shop<'_> {
    /// Every operation of panels, one after the other.
    pub(crate) async fn has_every_operation(&self) {
        percentiles_ratios_and_weighted_means_are_those_of_paper_and_pencil(self).await;
        percentiles_of_two_columns_do_not_mix(self).await;
        formulas_divide_as_people_do(self).await;
        every_operator_keeps_the_rows_that_it_names(self).await;
        a_date_range_filters_when_it_is_chosen(self).await;
        what_is_beyond_the_limit_is_computed_over_its_rows(self).await;
        a_trend_compares_a_period_with_the_one_before(self).await;
        empty_months_are_filled_and_figures_run_over_them(self).await;
        a_table_is_turned_paged_and_summed_over_all_of_its_rows(self).await;
        totals::columns_of_rows_as_they_are_have_totals_that_follow_the_viewers_filter(self).await;
        totals::totals_are_over_the_rows_of_the_groups_that_meet_the_viewers_filter(self).await;
        totals::values_that_become_columns_and_the_others_have_totals_too(self).await;
        a_viewer_sorts_by_figures_of_other_rows_and_moves_what_the_limit_keeps(self).await;
        totals::others_that_became_a_column_have_a_total(self).await;
        a_dataset_tells_its_columns_without_a_row(self).await;
    }
}

impl<'a> Kitchen<'a> {
    fn new(shop: &'a Shop<'a>, panel: Json) -> Self {
        let mut panel = panel;
        let fields = panel.as_object_mut().unwrap();
        for (key, value) in [("id", "panel"), ("title", "Orders"), ("dataset", "orders")] {
            fields.insert(key.to_owned(), value.into());
        }
        let dashboard = json!({
            "name": "orders",
            "datasets": {"orders": {"schema": "shop", "sql": shop.sql, "shared": true}},
            "panels": [panel],
            "elements": [{"id": "period", "type": "date_range"}],
        });
        Self { shop, dashboard }
    }

    fn compile(&self, change: impl FnOnce(&mut Request)) -> Compiled {
        let dashboard: Dashboard = serde_json::from_value(self.dashboard.clone()).unwrap();
        assert_eq!(dashboard.check(), []);
        let prepared = PreparedDashboard::new(Arc::new(dashboard));
        let scope = viewer_scope(vec![stored_customer(0, "UA")]);
        let schemas = [Schema {
            id: SchemaId(1),
            name: "shop".parse().unwrap(),
            default_source: Some(self.shop.source.id),
            group_defaults: BTreeMap::new(),
        }];
        let sources = [Arc::clone(&self.shop.source)];
        let viewer = Viewer::new(&scope, &schemas, &sources);
        let target = Target::Panel("panel".parse().unwrap());
        let mut request = Request::of(target, "2024-04-01T03:00:00Z".parse().unwrap());
        change(&mut request);
        query::compile(&request, &prepared, &viewer).unwrap()
    }

    async fn run(&self, statement: &query::Statement) -> Arc<ResultSet> {
        let options = RunOptions {
            cache: CachePolicy::Off,
            purge: 0,
            request_id: Uuid::nil(),
            customer: CustomerKey("UA".to_owned()),
        };
        let answer = self.shop.sources.run(&self.shop.source, statement, options).await;
        answer.unwrap_or_else(|error| panic!("{error}\n{}", statement.sql())).result
    }

    async fn rows(&self, change: impl FnOnce(&mut Request)) -> Vec<String> {
        lines(&*self.run(&self.compile(change).rows).await)
    }
}

/// The same rows, whether a database writes `5`, `5.0` or the last digits of a fraction otherwise.
#[track_caller]
fn same(found: Vec<String>, expected: &[&str]) {
    let is_near = |(one, other): (&str, &str)| match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1.0),
        _ => one == other,
    };
    let is_same = |(found, expected): (&String, &&str)| {
        found.split(' ').count() == expected.split(' ').count()
            && found.split(' ').zip(expected.split(' ')).all(is_near)
    };
    let same = found.len() == expected.len() && found.iter().zip(expected).all(is_same);
    assert!(same, "{found:#?} instead of {expected:#?}");
}

fn lines(result: &ResultSet) -> Vec<String> {
    let line =
        |cells: Vec<Cell<'_>>| cells.iter().map(Cell::to_string).collect::<Vec<_>>().join(" ");
    result.rows().map(|cells| line(cells.collect())).collect()
}

#[track_caller]
fn by_city<'a>(shop: &'a Shop<'a>, measures: Json) -> Kitchen<'a> {
    Kitchen::new(
        shop,
        json!({
            "type": "table", "dimensions": [{"column": "city"}], "measures": measures,
            "sort": [{"column": "city"}],
        }),
    )
}

async fn percentiles_ratios_and_weighted_means_are_those_of_paper_and_pencil(shop: &Shop<'_>) {
    let kitchen = by_city(
        shop,
        json!([
            {"name": "p25", "aggregate": "percentile", "column": "amount", "p": 25},
            {"name": "middle", "aggregate": "median", "column": "amount"},
            {"name": "ratio", "aggregate": "ratio", "column": "amount", "over": "weight"},
            {"name": "mean", "aggregate": "avg", "column": "amount", "weight": "weight"},
            {"name": "orders", "aggregate": "count"},
            {"name": "sum", "aggregate": "sum", "column": "amount"},
            {"name": "each", "aggregate": "ratio", "measure": "sum", "over": "orders"},
        ]),
    );
    let rows = kitchen.rows(|_| ()).await;
    // Oslo's missing amount counts neither as an amount nor by its weight.
    assert_eq!(
        rows,
        [
            "Bern 7 7 7 7 1 7 7",
            "Kiev 5 5 5 5 1 5 5",
            "Oslo 40 40 5.714285714285714 40 2 40 20",
            "Rome 15 20 15 25 3 60 20",
            " 3 3   1 3 3",
        ]
    );
}

async fn percentiles_of_two_columns_do_not_mix(shop: &Shop<'_>) {
    let kitchen = by_city(
        shop,
        json!([
            {"name": "least", "aggregate": "percentile", "column": "amount", "p": 0},
            {"name": "middle", "aggregate": "median", "column": "weight"},
            {"name": "most", "aggregate": "percentile", "column": "amount", "p": 100},
        ]),
    );
    same(
        kitchen.rows(|_| ()).await,
        &["Bern 7 1 7", "Kiev 5 1 5", "Oslo 40 3.5 40", "Rome 10 1 30", " 3  3"],
    );
}

async fn formulas_divide_as_people_do(shop: &Shop<'_>) {
    let kitchen = by_city(
        shop,
        json!([
            {"name": "a", "formula": "SUM(weight) / COUNT(*)"},
            {"name": "b", "formula": "count(case when city = 'Rome' and amount > 10 then 1 end)"},
            {"name": "c", "formula": "sum(amount) / (count(*) - 1)"},
            {"name": "d", "formula": "round(coalesce(sum(weight), -1) * 1.26, 1)"},
            {"name": "e", "formula": "max(amount) - percentile(amount, 50)"},
        ]),
    );
    same(
        kitchen.rows(|_| ()).await,
        &[
            "Bern 1 0  1.3 0",
            "Kiev 1 0  1.3 0",
            "Oslo 3.5 0 40 8.8 0",
            "Rome 1.3333333333333333 2 30 5.0 10",
            "  0  -1.3 0",
        ],
    );
}

async fn count(shop: &Shop<'_>, filters: Json, change: impl FnOnce(&mut Request)) -> String {
    let kitchen = Kitchen::new(
        shop,
        json!({
            "type": "kpi", "measures": [{"name": "orders", "aggregate": "count"}], "filters": filters,
        }),
    );
    kitchen.rows(change).await.concat()
}

async fn every_operator_keeps_the_rows_that_it_names(shop: &Shop<'_>) {
    for (operator, column, value, expected) in [
        ("not_contains", "city", json!("O"), "2"),
        ("contains", "city", json!("o"), "5"),
        ("ends_with", "city", json!("ERN"), "1"),
        ("ends_with", "city", json!("%"), "0"),
        ("not_between", "amount", json!([6, 20]), "4"),
        ("is_true", "paid", Json::Null, "5"),
        ("is_false", "paid", Json::Null, "2"),
        // It is still 31 March in New York, and the order of Kiev was made there at 19:30.
        ("in_last", "ordered", json!("1 day"), "1"),
        ("in_last", "ordered", json!("1 month"), "4"),
        ("in_this", "ordered", json!("quarter"), "8"),
        ("in_previous", "ordered", json!("month"), "0"),
        ("between", "ordered", json!({"variable": "period"}), "8"),
    ] {
        let filter = json!([{"column": column, "operator": operator, "value": value}]);
        let zone = |request: &mut Request| {
            request.time_zone = Some("America/New_York".parse().unwrap());
        };
        assert_eq!(count(shop, filter, zone).await, expected, "{operator} {value}");
    }
}

async fn a_date_range_filters_when_it_is_chosen(shop: &Shop<'_>) {
    let filter =
        json!([{"column": "ordered", "operator": "between", "value": {"variable": "period"}}]);
    let chosen = |json: Json| {
        move |request: &mut Request| {
            request.variables = Map::from_iter([("period".to_owned(), json)]);
        }
    };
    let january = json!({"startDate": "2024-01-01", "endDate": "2024-01-31"});
    assert_eq!(count(shop, filter.clone(), chosen(january)).await, "3");
    let until = json!({"endDate": "2024-02-01"});
    assert_eq!(count(shop, filter.clone(), chosen(until)).await, "4");
    assert_eq!(count(shop, filter, chosen(json!({}))).await, "8");
}

async fn what_is_beyond_the_limit_is_computed_over_its_rows(shop: &Shop<'_>) {
    let kitchen = Kitchen::new(
        shop,
        json!({
            "type": "bar", "dimensions": [{"column": "city"}],
            "measures": [{"name": "orders", "aggregate": "count"},
                         {"name": "mean", "aggregate": "avg", "column": "amount"}],
            "sort": [{"column": "orders", "direction": "desc"}], "limit": 2, "others": "Elsewhere",
        }),
    );
    // Bern, Kiev and the order without a city.
    same(kitchen.rows(|_| ()).await, &["Rome 3 20", "Oslo 2 40", "Elsewhere 3 5"]);
}

async fn a_trend_compares_a_period_with_the_one_before(shop: &Shop<'_>) {
    let kitchen = Kitchen::new(
        shop,
        json!({
            "type": "kpi_trend", "measures": [{"name": "orders", "aggregate": "count"}],
            "trend": {"date": "ordered", "period": "previous_month", "bucket": "week"},
        }),
    );
    let compiled = kitchen.compile(|_| ());
    let comparison = compiled.comparison.unwrap();
    same(lines(&*kitchen.run(&comparison.current).await), &["4"]);
    same(lines(&*kitchen.run(&comparison.previous).await), &["1"]);
    // A week starts before its month does.
    same(
        lines(&*kitchen.run(&compiled.rows).await),
        &["2024-02-26 1", "2024-03-04 1", "2024-03-11 1", "2024-03-18 0", "2024-03-25 1"],
    );
    same(
        lines(&*kitchen.run(&comparison.previous_rows).await),
        &["2024-01-29 1", "2024-02-05 0", "2024-02-12 0", "2024-02-19 0", "2024-02-26 0"],
    );
}

async fn empty_months_are_filled_and_figures_run_over_them(shop: &Shop<'_>) {
    let kitchen = Kitchen::new(
        shop,
        json!({
            "type": "line", "dimensions": [{"column": "ordered", "name": "month", "bucket": "month"}],
            "measures": [{"name": "orders", "aggregate": "count"},
                         {"name": "so_far", "aggregate": "sum", "column": "amount", "running": "total"},
                         {"name": "mean", "aggregate": "avg", "column": "amount"},
                         {"name": "share", "aggregate": "count", "share_of": "total"}],
            "filters": [{"column": "ordered", "operator": "in_last", "value": "6 months"},
                        {"column": "city", "operator": "equals", "value": "Rome"}],
            "fill": "zero",
        }),
    );
    same(
        kitchen.rows(|_| ()).await,
        &[
            "2023-10-01 0 0  0",
            "2023-11-01 0 0  0",
            "2023-12-01 0 0  0",
            "2024-01-01 2 40 20 0.6666666666666666",
            "2024-02-01 0 40  0",
            "2024-03-01 1 60 20 0.3333333333333333",
            "2024-04-01 0 60  0",
        ],
    );
}

async fn a_table_is_turned_paged_and_summed_over_all_of_its_rows(shop: &Shop<'_>) {
    let kitchen = Kitchen::new(
        shop,
        json!({
            "type": "table",
            "dimensions": [{"column": "city"}, {"column": "paid"}],
            "measures": [{"name": "mean", "aggregate": "avg", "column": "amount"}],
            "pivot": "paid", "totals": true, "page_size": 2,
        }),
    );
    let compiled = kitchen.compile(|request| request.page = Some(2));
    let rows = kitchen.run(&compiled.rows).await;
    let names: Vec<&str> = rows.columns().iter().map(|column| column.name.as_str()).collect();
    // Some databases write truth as a number.
    assert!(matches!(names[..], ["city", "false" | "0", "true" | "1", "–"]), "{names:?}");
    same(lines(&rows), &["Oslo  40 ", "Rome 30 15 "]);
    assert_eq!(rows.total_rows(), Some(5));
    let totals = kitchen.run(&compiled.totals.unwrap()).await;
    same(lines(&totals), &["18.5 15.6 "]);
}

async fn a_dataset_tells_its_columns_without_a_row(shop: &Shop<'_>) {
    let kitchen = by_city(shop, json!([{"name": "orders", "aggregate": "count"}]));
    let of_dataset = Target::Columns("orders".parse().unwrap());
    let compiled = kitchen.compile(|request| request.target = of_dataset);
    let told = kitchen.run(&compiled.rows).await;
    let kinds: Vec<_> = told.columns().iter().map(|it| (it.name.as_str(), it.kind)).collect();
    let expected = [
        (COLUMNS[0], ColumnKind::String),
        (COLUMNS[1], ColumnKind::Timestamp),
        (COLUMNS[2], ColumnKind::Integer),
    ];
    assert_eq!(kinds[..3], expected);
    let rest: Vec<&str> = kinds[3..].iter().map(|(name, _)| *name).collect();
    assert_eq!((rest.as_slice(), told.row_count()), (&COLUMNS[3..], 0));
}

async fn a_viewer_sorts_by_figures_of_other_rows_and_moves_what_the_limit_keeps(shop: &Shop<'_>) {
    let kitchen = Kitchen::new(
        shop,
        json!({
            "type": "table", "dimensions": [{"column": "city"}],
            "measures": [{"name": "orders", "aggregate": "count"},
                         {"name": "so_far", "aggregate": "count", "running": "total"},
                         {"name": "share", "aggregate": "count", "share_of": "total"}],
            "sort": [{"column": "orders", "direction": "desc"}], "limit": 4, "page_size": 3,
        }),
    );
    let by = |column: &str, direction: &str| {
        let sort = json!([{"column": column, "direction": direction}]);
        move |request: &mut Request| request.sort = serde_json::from_value(sort).unwrap()
    };
    let down = kitchen.rows(by("so_far", "desc")).await;
    same(
        down,
        &[
            "Kiev 1 7 0.14285714285714285",
            "Bern 1 6 0.14285714285714285",
            "Oslo 2 5 0.2857142857142857",
        ],
    );
    // Of equal shares the author's order decides.
    let up = kitchen.rows(by("share", "asc")).await;
    same(
        up,
        &[
            "Bern 1 6 0.14285714285714285",
            "Kiev 1 7 0.14285714285714285",
            "Oslo 2 5 0.2857142857142857",
        ],
    );
    let page = |request: &mut Request| {
        by("city", "desc")(request);
        request.page = Some(2);
    };
    same(kitchen.rows(page).await, &["Bern 1 6 0.14285714285714285"]);
}
