//! Fail closed: which datasets may answer a viewer, and on what ground.

use model::Customer;
use model::dashboard::Dashboard;
use query::{Audience, Ground, Severity};
use serde_json::{Value, json};

use crate::world::{
    World, airline, customer, dashboard, dashboard_of, findings, levels, request, station,
};

fn compile(world: &World, dashboard: &Dashboard, path: Vec<Customer>) -> Result<(), String> {
    let sent = request(json!({"origin": ["JFK"], "w": "UA"}));
    match world.compile(dashboard, path, &sent) {
        Ok(_) => Ok(()),
        Err(error) => {
            assert_eq!(error.audience(), Audience::Operator, "{error}");
            Err(error.to_string())
        }
    }
}

/// Refused both when the author checks and when a viewer asks, for this reason.
#[track_caller]
fn refused(sql: &str, reason: &str) {
    let world = World::default();
    let dashboard = dashboard_of(sql);
    let error = compile(&world, &dashboard, station("UA", "JFK")).expect_err("a refusal");
    assert!(error.contains(reason), "a viewer's: {error}\nof {sql}");
    let found = findings(&world, &dashboard);
    let faults = found.iter().filter(|finding| finding.severity > Severity::Note);
    let messages: Vec<&str> = faults.map(|finding| finding.message.as_str()).collect();
    assert!(messages.iter().any(|found| found.contains(reason)), "{messages:?}\nof {sql}");
    assert!(!found.iter().any(|f| f.ground == Some(Ground::Filtered)), "{sql}");
}

/// Not proved to keep to the viewer's rows; the reason leads to `tenant_column`.
#[track_caller]
fn unproved(sql: &str, reason: &str) {
    refused(sql, reason);
    let world = World::default();
    let error = compile(&world, &dashboard_of(sql), station("UA", "JFK")).expect_err("a refusal");
    assert!(error.contains("tenant_column"), "{error}");
}

#[track_caller]
fn proved(sql: &str) {
    let world = World::default();
    let dashboard = dashboard_of(sql);
    if let Err(error) = compile(&world, &dashboard, station("UA", "JFK")) {
        panic!("{error}\nof {sql}");
    }
    let found = findings(&world, &dashboard);
    assert!(found.iter().any(|f| f.ground == Some(Ground::Filtered)), "{found:?}\nof {sql}");
}

const NO_FILTER: &str = "a SELECT from flights compares no column of it with a level's id";

#[test]
fn datasets_that_keep_to_the_viewers_rows_are_proved() {
    proved("select * from flights where carrier = {{customer_id}}");
    proved("select * from flights where carrier = {{user_group_id}}");
    proved("select * from flights where {{customer_id}} = carrier");
    proved("select * from flights where (carrier = ({{customer_id}}))");
    proved("select * from flights where carrier in ({{customer_id}})");
    proved("select * from flights where carrier in {{customer_id}}");
    proved("select * from flights where carrier in ({{customer_id}}, {{user_id}})");
    proved("select * from flights where carrier = {{customer_id}}::text");
    proved("select * from flights where id = cast({{customer_id}} as bigint)");
    proved(
        "select * from flights where true and (origin = 'JFK' or dest = 'x') \
            and carrier = {{customer_id}} and not cancelled",
    );
    proved("select * from flights f where f.carrier = {{customer_id}}");
    proved("select * from \"flights\" where \"carrier\" = {{customer_id}}");
    proved("SELECT * FROM FLIGHTS WHERE CARRIER = {{customer_id}}");
    proved("from flights select * where carrier = {{customer_id}}");
    proved(
        "select carrier as carrier, flights.carrier as carrier from flights \
            where carrier = {{customer_id}}",
    );
    proved(
        "select * from flights where carrier = {{customer_id}} [[and origin in {{origin}}]] \
            [[and dest = {{customer.station}}]]",
    );
    proved(
        "select origin, count(*) as n from flights where carrier = {{customer_id}} \
            group by origin having count(*) > 5 order by n desc limit 10",
    );
    proved(
        "with mine as (select * from flights where carrier = {{customer_id}}) \
            select * from mine m join mine n on m.dest = n.origin",
    );
    proved("select * from (select * from flights where carrier = {{customer_id}}) t where true");
    proved(
        "select * from flights where carrier = {{customer_id}} union all \
            (select * from flights where carrier = {{customer_id}} limit 5)",
    );
    proved(
        "select f.*, a.name from flights f join airports a on a.faa = f.dest \
            where f.carrier = {{customer_id}}",
    );
    proved(
        "select * from flights f left join airports a on a.faa = f.dest \
            left join planes p on p.tailnum = f.tailnum where f.carrier = {{customer_id}}",
    );
    proved(
        "select * from airports a left join flights f on a.faa = f.dest \
            where f.carrier = {{customer_id}}",
    );
    proved(
        "select * from flights f join airports a on a.faa = f.dest \
            and f.carrier = {{customer_id}}",
    );
    proved(
        "select * from flights f, airports a where a.faa = f.dest \
            and f.carrier = {{customer_id}}",
    );
    proved(
        "select * from flights join planes using (tailnum) \
            where flights.carrier = {{customer_id}}",
    );
    proved(
        "select * from flights a join flights b on a.carrier = b.carrier and a.dest = b.origin \
            where a.carrier = {{customer_id}}",
    );
    proved(
        "select * from flights a join flights b using (carrier) where carrier = {{customer_id}}",
    );
    proved("select * from flights f cross join range(3) r(i) where f.carrier = {{customer_id}}");
    proved(
        "select *, (select count(*) from flights g where g.carrier = {{customer_id}}) as n \
            from flights f where f.carrier = {{customer_id}}",
    );
    proved(
        "select * from flights f where f.carrier = {{customer_id}} and exists \
            (select 1 from flights g where g.carrier = {{customer_id}} and g.origin = f.dest)",
    );
    proved(
        "with recursive hops as (select origin, dest from flights where carrier = {{customer_id}} \
            union all select h.origin, f.dest from hops h join flights f on f.origin = h.dest \
            where f.carrier = {{customer_id}}) select * from hops",
    );
    proved(
        "select * from flights where carrier = {{customer_id}} \
            and time_hour > now() - interval '7 days'",
    );
    proved("select * from flights where carrier = {{customer_id}} and (extra -> 'x') = '1'");
    proved(
        "select * from flights where carrier = {{customer_id}} and tags[1] = 'a' \
         and origin = any(['JFK']) and time_hour at time zone 'UTC' > '2013-01-01'",
    );
    proved(
        "select * from flights where carrier = {{customer_id}} qualify row_number() over \
            (partition by origin order by time_hour) = 1",
    );
}

#[test]
fn comparisons_that_do_not_always_hold_do_not_count() {
    unproved("select * from flights", NO_FILTER);
    unproved("select * from flights where carrier = {{customer_id}} or 1=1", NO_FILTER);
    unproved(
        "select * from flights where (carrier = {{customer_id}} or origin = 'JFK')",
        NO_FILTER,
    );
    unproved("select * from flights where not (carrier = {{customer_id}})", NO_FILTER);
    unproved("select * from flights where not carrier = {{customer_id}}", NO_FILTER);
    unproved("select * from flights where carrier <> {{customer_id}}", NO_FILTER);
    unproved("select * from flights where carrier >= {{customer_id}}", NO_FILTER);
    unproved("select * from flights where carrier not in ({{customer_id}})", NO_FILTER);
    unproved("select * from flights where carrier in ({{customer_id}}, 'AA')", NO_FILTER);
    unproved("select * from flights where carrier in ({{customer_id}}, {{w}})", NO_FILTER);
    unproved("select * from flights where carrier in ({{customer_id}}, carrier)", NO_FILTER);
    unproved("select * from flights where carrier = {{customer_id}} is null", NO_FILTER);
    unproved("select * from flights where (carrier = {{customer_id}}) is not null", NO_FILTER);
    unproved("select * from flights where (carrier = {{customer_id}}) = false", NO_FILTER);
    unproved("select * from flights where (carrier = {{customer_id}}) in (true, false)", NO_FILTER);
    unproved("select * from flights where coalesce(carrier = {{customer_id}}, true)", NO_FILTER);
    unproved(
        "select * from flights where case when carrier = {{customer_id}} then true \
              else true end",
        NO_FILTER,
    );
    unproved(
        "select * from flights where carrier is not distinct from {{customer_id}} \
              or carrier is null",
        NO_FILTER,
    );
    unproved("select * from flights where carrier like {{customer_id}}", NO_FILTER);
    unproved(
        "select * from flights where carrier between {{customer_id}} and {{customer_id}}",
        NO_FILTER,
    );
    unproved("select *, carrier = {{customer_id}} as x from flights", NO_FILTER);
    unproved(
        "select origin as x from flights group by origin having max(carrier) = {{customer_id}}",
        NO_FILTER,
    );
    unproved("select * from flights qualify carrier = {{customer_id}}", NO_FILTER);
    unproved(
        "select count(*) filter (where carrier = {{customer_id}}) as x from flights",
        NO_FILTER,
    );
    unproved("select * from flights order by carrier = {{customer_id}}", NO_FILTER);
    unproved(
        "select row_number() over (partition by carrier = {{customer_id}}) as x from flights",
        NO_FILTER,
    );
}

#[test]
fn what_is_compared_must_be_a_plain_column_and_a_level_s_id() {
    unproved("select * from flights where {{customer_id}} = {{customer_id}}", NO_FILTER);
    unproved("select * from flights where 'UA' = {{customer_id}}", NO_FILTER);
    unproved("select * from flights where carrier = carrier", NO_FILTER);
    unproved("select * from flights where carrier = 'UA'", NO_FILTER);
    unproved("select * from flights where carrier = {{customer_name}}", NO_FILTER);
    unproved("select * from flights where carrier = {{w}}", NO_FILTER);
    unproved("select * from flights where carrier in {{origin}}", NO_FILTER);
    unproved("select * from flights where origin = {{customer.station}}", NO_FILTER);
    unproved("select * from flights where carrier = '' || {{customer_id}}", NO_FILTER);
    unproved("select * from flights where left(carrier, 0) = left({{customer_id}}, 0)", NO_FILTER);
    unproved("select * from flights where upper(carrier) = {{customer_id}}", NO_FILTER);
    unproved("select * from flights where carrier::boolean = {{customer_id}}", NO_FILTER);
    unproved("select * from flights where carrier = {{customer_id}}::varchar(1)", NO_FILTER);
    unproved("select * from flights where carrier = {{customer_id}}::boolean", NO_FILTER);
    unproved("select * from flights where carrier = any(array[{{customer_id}}, 'AA'])", NO_FILTER);
    unproved(
        "select * from flights where (carrier, origin) = ({{customer_id}}, origin)",
        NO_FILTER,
    );
    unproved("select * from flights where user = {{customer_id}}", NO_FILTER);
    unproved("select * from flights where current_user = {{customer_id}}", NO_FILTER);
    unproved("select * from flights where carrier in (select {{customer_id}})", NO_FILTER);
    unproved("select * from flights where {{customer_id}} in (carrier, 'UA')", NO_FILTER);
    unproved(
        "select * from flights where exists (select 1 where carrier = {{customer_id}})",
        NO_FILTER,
    );
}

#[test]
fn a_comparison_in_an_optional_clause_does_not_count() {
    let optional = "the comparison of carrier with a level's id stands in an optional clause";
    unproved("select * from flights [[where carrier = {{customer_id}}]]", optional);
    unproved("select * from flights [[where carrier = {{user_id}}]]", optional);
    unproved(
        "select * from flights where true [[and carrier = {{customer_id}} and origin in {{origin}}]]",
        optional,
    );
    unproved(
        "select * from flights where carrier = {{customer_id}} [[or origin in {{origin}}]]",
        NO_FILTER,
    );
    refused(
        "select * from flights where carrier = {{customer_id}} [[and true) or (1 = {{w}}]]",
        "does not parse",
    );
    unproved(
        "select * from flights where (carrier = {{customer_id}} [[and true) or ('a' = {{w}}]])",
        NO_FILTER,
    );
    // A comment that swallows the condition leaves nothing to prove.
    unproved_text("select * from flights -- where carrier = {{customer_id}}");
    unproved_text("select * from flights /* where carrier = {{customer_id}} */");
    unproved_text("select * from flights /* /* */ where carrier = {{customer_id}} */");
}

#[track_caller]
fn unproved_text(sql: &str) {
    unproved(sql, NO_FILTER);
}

#[test]
fn every_select_that_reads_a_table_needs_its_own_comparison() {
    unproved(
        "select * from flights where carrier = {{customer_id}} union all select * from flights",
        NO_FILTER,
    );
    unproved(
        "select * from flights union select * from flights where carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "(select * from flights) intersect select * from flights \
              where carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "select * from (select * from flights) f where f.carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "with f as (select * from flights) select * from f where carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "select *, (select max(dep_delay) from flights) as x from flights \
              where carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "select * from flights f where f.carrier = {{customer_id}} and exists \
              (select 1 from flights g where g.origin = f.dest)",
        NO_FILTER,
    );
    unproved(
        "select * from flights where carrier = {{customer_id}} and dest in \
              (select origin from flights)",
        NO_FILTER,
    );
    unproved(
        "select * from flights where carrier = {{customer_id}} \
              order by (select max(origin) from flights)",
        NO_FILTER,
    );
    unproved(
        "select * from flights where carrier = {{customer_id}} \
              limit (select count(*) from flights)",
        NO_FILTER,
    );
    unproved("select array(select carrier from flights) as x", NO_FILTER);
    unproved(
        "select * from flights f, lateral (select * from flights g where g.dest = f.dest) h \
              where f.carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "with recursive hops as (select origin from flights where carrier = {{customer_id}} \
              union all select f.dest from flights f join hops h on f.origin = h.origin) \
              select * from hops",
        NO_FILTER,
    );
    unproved("select 1 as x where (select count(*) from flights) > 5", NO_FILTER);
    unproved("select * from (values ((select max(carrier) from flights))) v(x)", NO_FILTER);
    unproved(
        "select count(*) filter (where 1 in (select 1 from flights)) as x from flights \
              where carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "select sum(dep_delay) over (order by (select max(dest) from flights)) as x \
              from flights where carrier = {{customer_id}}",
        NO_FILTER,
    );
}

#[test]
fn names_are_taken_for_what_the_engine_may_take_them_for() {
    let ambiguous = "may be a column of another query or an alias; write flights.";
    // WHERE may use a name of the SELECT list where the table has no such column.
    unproved("select 'UA' as tenant, * from flights where tenant = {{customer_id}}", ambiguous);
    unproved(
        "select {{customer_id}} as tenant from flights where tenant = {{customer_id}}",
        ambiguous,
    );
    unproved("select dest as carrier from flights where carrier = {{customer_id}}", ambiguous);
    unproved(
        "select * replace ('UA' as tenant) from flights where tenant = {{customer_id}}",
        ambiguous,
    );
    unproved(
        "select 'UA' as tenant from flights as alias where alias.tenant = {{customer_id}}",
        "may be a column of another query",
    );
    // A column of a query is whatever that query makes of it.
    unproved(
        "select * from (select 'UA' as carrier) c, flights f where c.carrier = {{customer_id}}",
        "carrier is no column of a table that this SELECT reads itself",
    );
    unproved(
        "with c as (select {{customer_id}} as id) select * from c cross join flights \
              where c.id = {{customer_id}}",
        "id is no column of a table",
    );
    unproved(
        "select * from range(3) r(carrier), flights f where r.carrier = {{customer_id}}",
        "carrier is no column of a table",
    );
    unproved(
        "select * from flights, (values ('UA')) v(tenant) where tenant = {{customer_id}}",
        ambiguous,
    );
    unproved(
        "select * from flights as f(tenant) where f.tenant = {{customer_id}}",
        "tenant is no column of a table",
    );
    unproved(
        "select * from flights f where g.carrier = {{customer_id}}",
        "carrier is no column of a table",
    );
    // In a subquery, a bare name may be a column of the query around it.
    unproved(
        "select * from flights f where f.carrier = {{customer_id}} and exists \
              (select 1 from planes where carrier = {{customer_id}})",
        "may be a column of another query or an alias; write planes.carrier",
    );
    unproved(
        "select * from flights f where f.carrier = {{customer_id}} and exists \
              (select 1 from planes f where f.carrier = {{customer_id}})",
        "write another alias",
    );
    unproved(
        "select * from (select 'UA' as tenant) c, \
              (select * from flights where tenant = {{customer_id}}) f",
        ambiguous,
    );
    // A WITH clause that names itself reads the table of that name.
    refused(
        "with flights as (select * from flights) select * from flights \
             where carrier = {{customer_id}}",
        "names \"flights\", which is also a table",
    );
    refused(
        "with recursive flights as (select * from flights) select * from flights",
        "names \"flights\", which is also a table",
    );
    // `->` binds more loosely than AND in DuckDB.
    unproved(
        "select * from flights where extra -> 'x' and carrier = {{customer_id}}",
        "binds differently from engine to engine",
    );
    unproved(
        "select * from flights where x -> carrier = {{customer_id}}",
        "binds differently from engine to engine",
    );
}

#[test]
fn a_join_must_tie_every_table_to_a_filtered_one() {
    let apart = |table: &str| format!("{table} is not joined by an equality");
    unproved(
        "select a.* from airports a, flights f where f.carrier = {{customer_id}}",
        &apart("airports"),
    );
    unproved(
        "select * from flights f cross join airports a where f.carrier = {{customer_id}}",
        &apart("airports"),
    );
    unproved(
        "select * from flights f join airports a on true where f.carrier = {{customer_id}}",
        &apart("airports"),
    );
    unproved(
        "select * from flights f join airports a on a.faa = f.dest or true \
              where f.carrier = {{customer_id}}",
        &apart("airports"),
    );
    unproved(
        "select * from flights f join airports a on a.faa > f.dest \
              where f.carrier = {{customer_id}}",
        &apart("airports"),
    );
    unproved(
        "select * from flights f join airports a on a.faa = a.faa \
              where f.carrier = {{customer_id}}",
        &apart("airports"),
    );
    unproved(
        "select * from flights f natural join airports a where f.carrier = {{customer_id}}",
        &apart("airports"),
    );
    unproved(
        "select * from flights f left join airports a on f.origin = f.dest \
              where f.carrier = {{customer_id}}",
        &apart("airports"),
    );
    // The same table once with and once without.
    let twice = "flights is compared with a level's id in one place and not by the same column in \
                 another";
    unproved(
        "select b.* from flights a join flights b on a.dest = b.dest \
              where a.carrier = {{customer_id}}",
        twice,
    );
    unproved(
        "select b.* from flights a left join flights b on a.dest = b.dest \
              where a.carrier = {{customer_id}}",
        twice,
    );
    unproved(
        "select * from flights where carrier = {{customer_id}} union all \
              select f.* from flights f join airports a on a.faa = f.dest \
              where a.owner = {{customer_id}}",
        twice,
    );
    unproved(
        "select b.* from flights a join flights b on a.carrier = b.dest \
         where a.carrier = {{customer_id}}",
        twice,
    );
    unproved(
        "select carrier as x from flights where carrier = {{customer_id}} \
         union all select dest from flights where dest = {{customer_id}}",
        twice,
    );
    // A condition of an outer join filters nothing on its outer side.
    unproved(
        "select * from flights f left join airports a on a.faa = f.dest \
              and f.carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "select * from airports a right join flights f on a.owner = {{customer_id}}",
        "a SELECT from airports compares no column of it",
    );
    unproved(
        "select * from flights a full join flights b on a.carrier = {{customer_id}} \
              and b.carrier = {{customer_id}}",
        NO_FILTER,
    );
    unproved(
        "select * from flights a join flights b on a.carrier = {{customer_id}} \
              and a.carrier = b.carrier left join airports c on c.faa = a.dest",
        NO_FILTER,
    );
    unproved(
        "select carrier from flights join airports on faa = dest \
              where carrier = {{customer_id}}",
        "write flights.carrier",
    );
    unproved(
        "select * from flights join airports using (faa) where carrier = {{customer_id}}",
        "write flights.carrier",
    );
    refused(
        "select * from flights f asof join airports a using (faa) \
         where f.carrier = {{customer_id}}",
        "does not parse",
    );
    unproved(
        "select * from flights positional join airports where positional.carrier = {{customer_id}}",
        "it has an alias that is a keyword of joins",
    );
    unproved(
        "select * from flights f semi join airports a on a.faa = f.dest \
         where f.carrier = {{customer_id}}",
        "it has a join of an unusual kind",
    );
}

#[test]
fn whatever_isolates_it_a_dataset_is_one_select_over_declared_tables() {
    #[track_caller]
    fn refused_even_shared(sql: &str, reason: &str) {
        refused(sql, reason);
        for extra in [
            json!({"shared": true}),
            json!({"tenant_column": {"column": "x", "equals": "customer_id"}}),
        ] {
            let mut dataset = json!({"schema": "flights", "sql": sql});
            dataset
                .as_object_mut()
                .expect("an object")
                .extend(extra.as_object().cloned().expect("an object"));
            let world = World::default();
            let error = compile(&world, &dashboard(dataset), airline("UA")).expect_err(sql);
            assert!(error.contains(reason), "{error}");
        }
    }
    let table_function = |name: &str| format!("the table function {name}() is not allowed");
    for name in [
        "read_parquet",
        "read_csv",
        "read_csv_auto",
        "read_json",
        "read_text",
        "read_blob",
        "parquet_scan",
        "parquet_metadata",
        "glob",
        "query",
        "query_table",
        "duckdb_tables",
        "duckdb_secrets",
        "duckdb_settings",
        "pragma_table_info",
        "enable_logging",
        "sniff_csv",
        "arrow_scan",
        "seq_scan",
        "repeat_row",
        "json_execute_serialized_sql",
        "sql_auto_complete",
        "which_secret",
    ] {
        refused_even_shared(&format!("select * from {name}('x') t"), &table_function(name));
        refused_even_shared(
            &format!(
                "select * from flights f, \"{name}\"('x') t \
            where f.carrier = {{{{customer_id}}}}"
            ),
            &table_function(name),
        );
    }
    refused_even_shared("select * from main.range(3)", &table_function("range"));
    for call in [
        "getenv('HOME')",
        "current_setting('x')",
        "\"getenv\"('HOME')",
        "main.getenv('HOME')",
        "pg_read_file('x')",
        "getvariable('x')",
        "version()",
        "current_query()",
        "pg_sleep(5)",
        "nextval('x')",
        "write_log('x')",
    ] {
        let name =
            call.split('(').next().expect("a name").trim_start_matches("main.").replace('"', "");
        let reason = format!("the function {name}() is not allowed");
        refused_even_shared(&format!("select {call} as x"), &reason);
        refused_even_shared(
            &format!(
                "select 1 as x from flights where carrier = \
            {{{{customer_id}}}} and origin = {call}"
            ),
            &reason,
        );
        refused_even_shared(&format!("select list_transform(['a'], a -> {call}) as x"), &reason);
    }
    for table in [
        "'x.parquet'",
        "\"x.csv\"",
        "'/etc/passwd'",
        "\"https://x/y.csv\"",
        "'flights'",
        "sqlite_master",
        "secrets",
    ] {
        refused_even_shared(&format!("select * from {table}"), "is no table of the data source");
    }
    for table in [
        "information_schema.tables",
        "pg_catalog.pg_class",
        "main.flights",
        "memory.main.flights",
        "system.information_schema.tables",
    ] {
        refused_even_shared(&format!("select * from {table}"), "write only the table's name");
    }
    refused_even_shared(
        "select * from flighs",
        "flighs is no table of the data source; did you mean \"flights\"?",
    );
    refused_even_shared("table flights", "does not parse");
    refused_even_shared("select * into x from flights", "INTO has no place in a dataset");
    refused_even_shared("select * from flights for update", "FOR has no place in a dataset");
    for statement in [
        "attach 'x.db'",
        "copy flights to 'x.csv'",
        "pragma database_list",
        "set memory_limit = '1TB'",
        "install httpfs",
        "load httpfs",
        "summarize flights",
        "describe flights",
        "explain select 1",
        "show tables",
        "create table x as select 1",
        "drop table flights",
        "insert into flights select * from flights",
        "delete from flights",
        "update flights set carrier = 'UA'",
        "call pragma_version()",
        "checkpoint",
        "export database 'x'",
        "use memory",
        "begin",
        "vacuum",
        "with x as (insert into flights values (1) returning *) select * from x",
        "with x as (delete from flights returning *) select * from x",
        "",
        "select",
        "(",
        "flights",
    ] {
        let world = World::default();
        let error = compile(&world, &dashboard_of(statement), airline("UA")).expect_err(statement);
        let known = ["does not parse", "a dataset is one SELECT"];
        assert!(known.iter().any(|reason| error.contains(reason)), "{error}\nof {statement}");
    }
    refused_even_shared("select 1 as x; drop table flights", "nothing may follow the semicolon");
    refused_even_shared("select * from (pivot flights on origin using count(*))", "does not parse");
    refused_even_shared(
        "select * from flights pivot (count(*) for origin in ('JFK'))",
        "this kind of table has no place in a dataset",
    );
    refused_even_shared("select * from (describe flights)", "does not parse");
    refused_even_shared("select * from (show tables)", "does not parse");
}

#[test]
fn a_row_policy_wraps_the_dataset_and_needs_its_variable() {
    let world = World::default();
    let policy = |equals: &str| {
        dashboard(json!({"schema": "flights", "sql": "select * from flights -- the end",
            "tenant_column": {"column": "carrier", "equals": equals}}))
    };
    let rows = world.compile(&policy("customer_id"), station("UA", "JFK"), &request(json!({})));
    let rows = rows.expect("a statement").rows;
    assert!(rows.sql().contains("where policy.\"carrier\" = $1"), "{}", rows.sql());
    assert_eq!(rows.args()[0], query::Value::Text("UA".to_owned()));
    let found = findings(&world, &policy("customer_id"));
    assert_eq!(found.iter().map(|f| f.ground).collect::<Vec<_>>(), [Some(Ground::TenantColumn)]);
    let error = compile(&world, &policy("user_id"), airline("UA")).expect_err("no such id");
    assert!(error.contains("equals \"user_id\", which this viewer does not have"), "{error}");
    for variable in ["customer_name", "customer.tier", "origin", "v", "Customer_id", "{{x}}", ""] {
        let reason = "is no level's id such as \"customer_id\"";
        let error = compile(&world, &policy(variable), airline("UA")).expect_err(variable);
        assert!(error.contains(reason), "{error}");
        let found = findings(&world, &policy(variable));
        assert!(found.iter().any(|f| f.message.contains(reason)), "{found:?}");
    }
}

#[test]
fn an_isolated_source_is_ground_enough_only_when_the_mapping_chose_it() {
    let mut world = World::default();
    let all = dashboard_of("select * from flights");
    let mapped = |mapping: Value| vec![customer(0, &json!({"id": "HA", "mapping": mapping}))];
    assert_eq!(compile(&world, &all, mapped(json!({"1": 2}))), Ok(()));
    // Inherited.
    let mut path = mapped(json!({"1": 2}));
    path.push(customer(1, &json!({"id": "HA-JFK"})));
    assert_eq!(compile(&world, &all, path), Ok(()));
    // Chosen, but not isolated; and no choice at all.
    for mapping in [json!({"1": 1}), json!({})] {
        let error = compile(&world, &all, mapped(mapping)).expect_err("no ground");
        assert!(error.contains(NO_FILTER), "{error}");
    }
    // Isolated, but a default.
    world.schemas[0].default_source = Some(model::name::SourceId(2));
    compile(&world, &all, mapped(json!({}))).expect_err("a default is nobody's own");
    world.schemas[0].group_defaults =
        [(model::name::GroupId(1), model::name::SourceId(2))].into_iter().collect();
    compile(&world, &all, mapped(json!({}))).expect_err("a group's default is nobody's own");
    // A mapping to another schema's source is none.
    let error = compile(&world, &all, mapped(json!({"1": 3}))).expect_err("no source");
    assert!(error.contains("no data source of schema \"flights\" stands in"), "{error}");
    let found = findings(&world, &all);
    assert_eq!((found[0].severity, found[0].ground), (Severity::Warning, Some(Ground::Isolated)));
}

#[test]
fn a_source_of_another_group_is_never_a_mapped_one() {
    let mut world = World::default();
    let mut foreign = (*world.sources[1]).clone();
    foreign.group = model::name::GroupId(2);
    world.sources[1] = std::sync::Arc::new(foreign);
    let path = vec![customer(0, &json!({"id": "HA", "mapping": {"1": 2}}))];
    let error = compile(&world, &dashboard_of("select * from flights"), path).expect_err("foreign");
    assert!(error.contains("no data source of schema"), "{error}");
}

#[test]
fn what_reads_no_table_or_is_shared_answers_everybody() {
    let world = World::default();
    for (dataset, ground) in [
        (json!({"schema": "flights", "sql": "select 1 as x"}), Ground::ReadsNothing),
        (
            json!({"schema": "flights", "sql": "select * from (values (1), (2)) v(x)"}),
            Ground::ReadsNothing,
        ),
        (
            json!({"schema": "flights", "sql": "select i as x from range(10) r(i)"}),
            Ground::ReadsNothing,
        ),
        (
            json!({"schema": "flights", "sql": "select * from airports", "shared": true}),
            Ground::Shared,
        ),
    ] {
        let dashboard = dashboard(dataset);
        assert_eq!(compile(&world, &dashboard, airline("UA")), Ok(()));
        let found = findings(&world, &dashboard);
        assert_eq!(found.iter().map(|f| f.ground).collect::<Vec<_>>(), [Some(ground)]);
    }
}

#[test]
fn levels_of_any_name_have_ids_that_count() {
    let world = World { levels: levels(&["League", "Équipe"]), ..World::default() };
    let of = |sql: &str| compile(&world, &dashboard_of(sql), airline("nba"));
    assert_eq!(of("select * from flights where carrier = {{league_id}}"), Ok(()));
    let error =
        of("select * from flights where carrier = {{équipe_id}}").expect_err("not its level");
    assert!(error.contains("\"équipe_id\" has no value for this viewer"), "{error}");
    let error = of("select * from flights where carrier = {{customer_id}}").expect_err("no level");
    assert!(error.contains("\"customer_id\" has no value for this viewer"), "{error}");
}

#[test]
fn an_author_hears_of_every_variable_that_may_lack_a_value() {
    #[track_caller]
    fn check(sql: &str, severity: Severity, message: &str) {
        let world = World::default();
        let sql = format!("select 1 as x from flights where carrier = {{{{customer_id}}}} {sql}");
        let found = findings(&world, &dashboard_of(&sql));
        let hit = found.iter().any(|f| f.severity == severity && f.message.contains(message));
        assert!(hit, "{found:?}");
    }
    use Severity::{Error, Warning};
    check(
        "and origin = {{orgin}}",
        Error,
        "line 1: unknown variable \"orgin\"; did you mean \"origin\"?; put it in [[ ]] or declare it",
    );
    check(
        "[[and origin = {{orgin}}]]",
        Warning,
        "unknown variable \"orgin\"; did you mean \"origin\"?",
    );
    check(
        "and origin in {{origin}}",
        Warning,
        "\"origin\" has no value until the viewer chooses one",
    );
    check("and origin = {{customer.station}}", Warning, "customers without \"customer.station\"");
    check("and n = {{count}}", Warning, "sends no \"count\"");
    check("[[and t > {{period}}]]", Error, "element \"period\" has no variable \"period\"");
    check("[[and t > {{period.start}}]]", Error, "did you mean \"period.startDate\"?");
    check("[[and t > {{customer_nme}}]]", Warning, "did you mean \"customer_name\"?");
    check("[[and t > {{CUSTOMER.x}}]]", Error, "looks like \"customer\"");
    check("order by {{v.raw()}}", Error, "needs an allow list");
}

#[test]
fn an_element_may_not_pose_as_a_level() {
    let world = World::default();
    let mut dashboard = dashboard_of("select 1 as x");
    dashboard.elements[3].id = "user_id".parse().expect("an id");
    let found = findings(&world, &dashboard);
    let message = "element \"user_id\" has a name that is kept for the customer";
    assert!(found.iter().any(|f| f.message == message), "{found:?}");
}

#[test]
fn every_choice_of_the_author_is_checked() {
    let world = World::default();
    let dataset = |choices: Value| {
        dashboard(json!({"schema": "flights",
        "sql": "select 1 as x from flights where carrier = {{customer_id}} {{more.raw()}}",
        "choices": {"more": choices}}))
    };
    let ground = |choices| findings(&world, &dataset(choices)).iter().find_map(|f| f.ground);
    assert_eq!(ground(json!(["and true", "and origin = 'JFK'"])), Some(Ground::Filtered));
    assert_eq!(ground(json!(["and true", "or true"])), Some(Ground::Isolated));
    assert_eq!(ground(json!(["and true", "; drop table x"])), None);
}

#[test]
fn an_author_hears_of_a_zone_that_does_not_exist_and_of_filters_that_do_not_fit() {
    let world = World::default();
    let mut dashboard = dashboard_of("select 1 as x");
    let filter = json!([{"column": "x", "operator": "between", "value": 1}]);
    dashboard.panels[0].filters = serde_json::from_value(filter).expect("filters");
    let messages = |dashboard: &Dashboard| -> Vec<String> {
        let errors = findings(&world, dashboard).into_iter();
        errors.filter(|f| f.severity == Severity::Error).map(|f| f.message).collect()
    };
    let of_panel = "panel \"table\": /filters/0/value: must be a list of two: the least and the \
                    greatest";
    assert_eq!(messages(&dashboard), [of_panel]);
    dashboard.panels[0].filters.clear();
    dashboard.time_zone = "Mars/Olympus".parse().ok();
    let of_zone = "the dashboard's time zone \"Mars/Olympus\" does not exist";
    assert_eq!(messages(&dashboard), [of_zone]);
}
