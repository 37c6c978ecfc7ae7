//! What an author is told of slips that no viewer would notice.

use model::dashboard::Dashboard;
use model::source::Connection;
use query::{Severity, check_sharing};
use serde_json::{Value, json};

use crate::world::{World, dashboard, facts, findings};

#[track_caller]
fn check(world: &World, dashboard: &Dashboard, severity: Severity, part: &str) {
    let found = findings(world, dashboard);
    let fitting = found.iter().any(|it| it.severity == severity && it.message.contains(part));
    assert!(fitting, "{found:#?}");
}

fn dataset(change: Value) -> Value {
    let mut dataset = json!({
        "schema": "flights",
        "sql": "select * from flights where carrier = {{customer_id}} order by {{by.raw()}}",
        "choices": {"by": ["x", "y"]},
    });
    let fields = change.as_object().expect("an object").clone();
    dataset.as_object_mut().expect("an object").extend(fields);
    dataset
}

#[test]
fn an_allow_list_that_allows_nothing_is_told() {
    let world = World::default();
    let check = |change: Value, severity, part: &str| {
        check(&world, &dashboard(dataset(change)), severity, part);
    };
    let unused =
        "identifiers: the SQL has no {{customer.table.raw()}}, so \"customer.table\" allows";
    check(json!({"identifiers": ["customer.table"]}), Severity::Warning, unused);
    let other = "identifiers: \"table\" is no property of a customer";
    check(json!({"identifiers": ["table"]}), Severity::Error, other);
    let unused = "choices: the SQL has no {{of.raw()}}, so \"of\" allows nothing";
    check(json!({"choices": {"by": ["x"], "of": ["y"]}}), Severity::Warning, unused);
}

#[test]
fn a_database_that_is_told_an_id_of_nobody_is_an_error() {
    let mut world = World::default();
    let secured = |equals: &str| -> Connection {
        let json = json!({
            "type": "postgres", "host": "db.example.com", "database": "shop", "user": "fanlight",
            "row_security": {"setting": "app.customer_id", "equals": equals},
        });
        serde_json::from_value(json).expect("a connection")
    };
    let mut source = (*world.sources[0]).clone();
    source.connection = secured("league_id");
    world.sources[0] = source.clone().into();
    let part = "row_security of the data source \"all-airlines\" equals \"league_id\", which is no";
    check(&world, &dashboard(dataset(json!({}))), Severity::Error, part);
    source.connection = secured("customer_id");
    world.sources[0] = source.into();
    let found = findings(&world, &dashboard(dataset(json!({}))));
    assert!(found.iter().all(|found| found.severity < Severity::Error), "{found:#?}");
}

#[test]
fn a_dataset_that_nothing_reads_is_told() {
    let mut dashboard = dashboard(dataset(json!({})));
    dashboard.panels.clear();
    check(&World::default(), &dashboard, Severity::Warning, "no panel and no control reads it");
}

/// The warnings about datasets of two dashboards, of which the first keeps flights to the viewer.
fn shared(sql: &str, kept: Value) -> Vec<String> {
    let world = World::default();
    let first = dashboard(kept);
    let second = dashboard(json!({"schema": "flights", "sql": sql, "shared": true}));
    let (one, two) = ("one".parse().expect("a name"), "two".parse().expect("a name"));
    let both = [(&one, &first), (&two, &second)];
    let found = check_sharing(both, &world.levels, &facts(&world));
    found.into_iter().map(|(name, finding)| format!("{name}: {}", finding.message)).collect()
}

#[test]
fn a_table_that_is_shared_here_and_kept_there_is_told() {
    let filtered = || dataset(json!({}));
    let wrapped = json!({
        "schema": "flights", "sql": "select * from flights",
        "tenant_column": {"column": "carrier", "equals": "customer_id"},
    });
    for kept in [filtered(), wrapped] {
        let told = shared("select count(*) as x from flights", kept);
        let [told] = told.as_slice() else { panic!("{told:?}") };
        let part = "two: shared: every viewer sees every row of flights, which dataset \"rows\" of \
                    \"one\" keeps";
        assert!(told.starts_with(part), "{told}");
    }
    assert!(shared("select * from airports", filtered()).is_empty());
    assert!(shared("select * from flights", dataset(json!({"shared": true}))).is_empty());
}
