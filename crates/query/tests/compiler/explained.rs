//! Which columns tell whose rows a dataset's rows are.

use std::sync::Arc;

use query::{PreparedDashboard, Viewer};
use serde_json::{Value, json};

use crate::world::{World, dashboard, station};

/// The columns with their ids, as `carrier: UA, UA-JFK`.
#[track_caller]
fn check(dataset: Value, expected: &[&str]) {
    let (world, path) = (World::default(), station("UA", "JFK"));
    let prepared = PreparedDashboard::new(Arc::new(dashboard(dataset)));
    let scope = world.scope(path);
    let viewer = Viewer::new(&scope, &world.schemas, &world.sources);
    let explained = query::explain(&prepared, &viewer).remove(0);
    assert!(explained.answer.is_ok(), "{:?}", explained.answer);
    let show = |tenant: &query::TenantIds| {
        format!("{}: {}", tenant.column, Vec::from_iter(tenant.ids.clone()).join(", "))
    };
    assert_eq!(explained.tenants.iter().map(show).collect::<Vec<_>>(), expected);
}

fn sql(sql: &str) -> Value {
    json!({"schema": "flights", "sql": sql})
}

#[test]
fn the_tenant_column_tells_or_else_what_every_select_compares() {
    check(sql("select * from flights where Carrier = {{customer_id}}"), &["carrier: UA"]);
    check(
        sql("select * from flights where carrier in ({{customer_id}}, {{user_id}})"),
        &["carrier: UA, UA-JFK"],
    );
    let union = "select * from flights where carrier = {{customer_id}} and a = {{user_id}}
        union all select * from flights where carrier = {{user_id}}";
    check(sql(union), &["carrier: UA, UA-JFK"]);
    let optional = "select * from flights where carrier = {{customer_id}} [[and a = {{user_id}}]]";
    check(sql(optional), &["carrier: UA"]);
    check(sql("select 1 as x"), &[]);
    let mut dataset = sql("select * from flights where carrier = {{customer_id}}");
    dataset["tenant_column"] = json!({"column": "Owner", "equals": "user_id"});
    check(dataset.clone(), &["Owner: UA-JFK"]);
    dataset["tenant_column"] = json!(null);
    dataset["shared"] = json!(true);
    check(dataset, &[]);
}
