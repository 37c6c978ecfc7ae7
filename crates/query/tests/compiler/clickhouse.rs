//! ClickHouse reads SQL in its own ways: which datasets may answer a viewer there, and what a statement
//! for it looks like.

use std::sync::Arc;

use model::dashboard::Dashboard;
use model::source::{Connection, DataSource};
use serde_json::json;

use crate::world::{World, airline, dashboard, dashboard_of, request, station};

/// The world's sources, on ClickHouse servers that tell their tables.
fn world() -> World {
    of_clickhouse(Some(["flights", "airports", "planes"].as_slice()))
}

fn of_clickhouse(tables: Option<&[&str]>) -> World {
    let mut world = World::default();
    let json = json!({"type": "clickhouse", "host": "clickhouse.example.com", "tables": tables});
    let connection: Connection = serde_json::from_value(json).expect("a connection");
    for source in &mut world.sources {
        let of_clickhouse = DataSource { connection: connection.clone(), ..(**source).clone() };
        *source = Arc::new(of_clickhouse);
    }
    world
}

fn compile(world: &World, dashboard: &Dashboard) -> Result<String, String> {
    let sent = request(json!({"origin": ["JFK"], "w": "UA"}));
    let compiled = world.compile(dashboard, station("UA", "JFK"), &sent);
    compiled.map(|compiled| compiled.rows.sql().to_owned()).map_err(|error| error.to_string())
}

#[track_caller]
fn proved(sql: &str) {
    if let Err(error) = compile(&world(), &dashboard_of(sql)) {
        panic!("{error}\nof {sql}");
    }
}

/// Refused for this reason, with declared tables and without.
#[track_caller]
fn unproved(sql: &str, reason: &str) {
    for world in [world(), of_clickhouse(None)] {
        let error = compile(&world, &dashboard_of(sql)).expect_err(sql);
        assert!(error.contains(reason), "{error}\nof {sql}");
    }
}

/// Refused even where the author says that everybody may see everything.
#[track_caller]
fn refused(sql: &str, reason: &str) {
    unproved(sql, reason);
    let shared = dashboard(json!({"schema": "flights", "sql": sql, "shared": true}));
    let error = compile(&world(), &shared).expect_err(sql);
    assert!(error.contains(reason), "{error}\nof {sql}");
}

#[test]
fn what_keeps_to_the_viewers_rows_is_proved() {
    proved("select * from flights where carrier = {{customer_id}}");
    proved("select * from flights where carrier in {{customer_id}}");
    proved("select * from flights where carrier_id = cast({{customer_id}} as UInt64)");
    proved("select * from flights where carrier_id = {{customer_id}}::UInt64");
    proved("select * from flights where carrier_id = cast({{customer_id}} as UUID)");
    proved("select * from flights where carrier = cast({{customer_id}} as String)");
    proved(
        "select f.*, a.name from flights f left join airports a on a.faa = f.dest \
         where f.carrier = {{customer_id}}",
    );
    proved(
        "select origin, countIf(dep_delay > 15) / count() as share, uniq(dest) as dests, \
         quantile(0.9)(dep_delay) as p90, toStartOfMonth(time_hour) as month from flights \
         where carrier = {{customer_id}} [[and origin in {{origin}}]] group by origin, month \
         order by share desc limit 10",
    );
    proved(
        "select * from flights where carrier = {{customer_id}} \
         and has(tags, 'a') and arrayExists(x -> x > 1, delays) and dest in ('JFK', 'LGA')",
    );
    proved("select 'x' as label, carrier as carrier from flights where carrier = {{customer_id}}");
    proved(
        "with mine as (select * from flights where carrier = {{customer_id}}) select * from mine",
    );
}

#[test]
fn a_name_of_the_select_list_hides_a_column() {
    let hidden = "the SELECT list calls something else carrier";
    unproved("select 'UA' as carrier from flights where flights.carrier = {{customer_id}}", hidden);
    unproved(
        "select {{customer_id}} as carrier, dest from flights f where f.carrier = {{customer_id}}",
        hidden,
    );
    unproved("select dest as CARRIER from flights f where f.carrier = {{customer_id}}", hidden);
    unproved(
        "select 'UA' as carrier from flights where carrier = {{customer_id}}",
        "may be a column of another query or an alias",
    );
    // What equals something hidden is not tied by it.
    unproved(
        "select a.faa as dest, b.name from flights a join airports b on b.faa = a.dest \
         where a.carrier = {{customer_id}}",
        "airports is not joined by an equality",
    );
    // A name within an expression would do the same.
    for sql in [
        "select * from flights where carrier = {{customer_id}} and ('UA' as carrier) = 'UA'",
        "select concat('U' as carrier, 'A') as x from flights where carrier = {{customer_id}}",
        "select (1, 'UA' as carrier) as x from flights where carrier = {{customer_id}}",
        "with 'UA' as carrier select * from flights where carrier = {{customer_id}}",
        "with (select 'UA') as carrier select * from flights where carrier = {{customer_id}}",
    ] {
        refused(sql, "does not parse");
    }
}

#[test]
fn a_join_of_an_array_or_of_another_kind_is_not_understood() {
    for sql in [
        "select * from flights array join ['UA'] as carrier where carrier = {{customer_id}}",
        "select * from flights left array join tags as carrier where carrier = {{customer_id}}",
        "select * from flights f asof join airports a on a.faa = f.dest and a.at > f.at \
         where f.carrier = {{customer_id}}",
        "select * from flights f semi left join airports a on a.faa = f.dest \
         where f.carrier = {{customer_id}}",
        "select * from flights f anti left join airports a on a.faa = f.dest \
         where f.carrier = {{customer_id}}",
        "select * from flights paste join airports where paste.carrier = {{customer_id}}",
        "select * from flights final where final.carrier = {{customer_id}}",
        "select * from flights global join airports a on a.faa = global.dest \
         where global.carrier = {{customer_id}}",
    ] {
        for world in [world(), of_clickhouse(None)] {
            let error = compile(&world, &dashboard_of(sql)).expect_err(sql);
            let known = [
                "does not parse",
                "which is not understood",
                "compares no column",
                "is no table of the data source",
                "is no column of a table",
            ];
            assert!(known.iter().any(|reason| error.contains(reason)), "{error}\nof {sql}");
        }
    }
    unproved(
        "select * from flights f any left join airports a on a.faa = f.dest \
         where f.carrier = {{customer_id}}",
        "does not parse",
    );
}

#[test]
fn whatever_isolates_it_a_dataset_reads_nothing_beside_its_tables() {
    for function in [
        "remote",
        "remoteSecure",
        "cluster",
        "clusterAllReplicas",
        "url",
        "file",
        "s3",
        "hdfs",
        "jdbc",
        "odbc",
        "mysql",
        "postgresql",
        "mongodb",
        "redis",
        "sqlite",
        "merge",
        "numbers",
        "dictionary",
        "executable",
        "input",
        "view",
        "values",
        "loop",
        "mergeTreeIndex",
        "deltaLake",
        "azureBlobStorage",
    ] {
        refused(
            &format!("select * from {function}('x') t"),
            &format!("the table function {function}()").to_lowercase(),
        );
    }
    for call in [
        "dictGet('customers', 'name', toUInt64(1))",
        "dictGetString('customers', 'name', toUInt64(1))",
        "dictGetOrDefault('customers', 'name', toUInt64(1), '')",
        "dictHas('customers', toUInt64(1))",
        "dictIsIn('customers', toUInt64(1), toUInt64(2))",
        "joinGet('customers', 'name', 1)",
        "file('/etc/passwd')",
        "getMacro('shard')",
        "getSetting('max_threads')",
        "hostName()",
        "currentDatabase()",
        "currentUser()",
        "serverUUID()",
        "sleep(3)",
        "sleepEachRow(1)",
        "version()",
        "catboostEvaluate('m', 1)",
        "aiGenerate('x')",
        "filesystemAvailable()",
        "\"dictGet\"('customers', 'name', toUInt64(1))",
    ] {
        let name = call.split('(').next().expect("a name").replace('"', "").to_lowercase();
        let reason = format!("the function {name}() is not allowed");
        refused(&format!("select {call} as x"), &reason);
        refused(&format!("select arrayMap(a -> {call}, [1]) as x"), &reason);
    }
    for table in
        ["system.tables", "system.query_log", "default.flights", "information_schema.tables"]
    {
        refused(&format!("select * from {table}"), "write only the table's name");
    }
    for (sql, reason) in [
        // A table, to ClickHouse.
        (
            "select 1 as x where 'UA' in planes",
            "the database reads IN with a name alone differently",
        ),
        ("select 1 as x where 'UA' in (planes)", "IN with a name alone"),
        ("select 1 as x where 'UA' not in ((planes))", "IN with a name alone"),
        ("select 1 as x where 'UA' in planes.tailnum", "IN with a name alone"),
        ("select 1 as x where 'UA' global in planes", "does not parse"),
        ("select * from flights prewhere carrier = {{customer_id}}", "no place in a dataset"),
        (
            "select * from flights where carrier = {{customer_id}} settings max_threads = 1",
            "no place",
        ),
        ("select * from flights where carrier = {{customer_id}} format JSON", "no place"),
        ("select * from flights where carrier = {{customer_id}} limit 1 by origin", "no place"),
        ("select 1 as x into outfile '/tmp/x'", "does not parse"),
        (
            "select origin as x from flights where carrier = {{customer_id}} group by origin with totals",
            "WITH TOTALS",
        ),
        ("select 'it\\'s' as x", "a string is never closed"),
        ("select 'a\\tb' as x", "a backslash"),
        ("select * from flights where carrier = '\\' or {{w}} = ' a'", "does not parse"),
        ("select \"a\\\" as x", "a backslash"),
        ("select `a\\` as x", "a backslash"),
        ("select 1 # comment\n as x", "does not parse"),
        (
            "select * from flights where carrier = cast({{customer_id}} as Int32)",
            "a cast of a variable",
        ),
        (
            "select * from flights where carrier = cast({{customer_id}} as Int64)",
            "a cast of a variable",
        ),
        ("select * from flights where carrier = {{customer_id}}::int", "a cast of a variable"),
        ("select * from flights where carrier = {{customer_id}}::UInt32", "a cast of a variable"),
        (
            "with fanlight_values as (select 'UA' as p1) select * from flights where carrier = {{customer_id}}",
            "the name of the table of values",
        ),
        (
            "select * from flights fanlight_values where carrier = {{customer_id}}",
            "the name of the table of values",
        ),
    ] {
        refused(sql, reason);
    }
}

#[test]
fn letters_case_tells_a_query_from_a_table() {
    let sql = "with Planes as (select 1 as x) select * from planes";
    let error = compile(&of_clickhouse(None), &dashboard_of(sql)).expect_err(sql);
    assert!(error.contains("names that differ only in their letters' case"), "{error}");
}

#[test]
fn values_are_scalar_subqueries_and_rows_are_counted_in_digits() {
    let sql = compile(
        &world(),
        &dashboard_of(
            "select carrier as x from flights where carrier = {{customer_id}} and origin in {{origin}}",
        ),
    );
    assert_eq!(
        sql.expect("a statement"),
        "select dataset.\"x\" as \"x\"\nfrom (\n\
         select carrier as x from flights where carrier = (select p1 from fanlight_values) and \
         origin in ((select p2 from fanlight_values))\n\
         ) as dataset\norder by \"x\" nulls last\nlimit 50 offset 0"
    );
}

#[test]
fn a_row_policy_compares_a_column_of_the_dataset() {
    let dataset = json!({
        "schema": "flights", "sql": "select dest as x, carrier from flights",
        "tenant_column": {"column": "carrier", "equals": "customer_id"},
    });
    let compiled = world().compile(&dashboard(dataset), airline("UA"), &request(json!({})));
    let sql = compiled.expect("a statement").rows.sql().to_owned();
    assert!(sql.contains("where policy.\"carrier\" = (select p1 from fanlight_values)"), "{sql}");
}
