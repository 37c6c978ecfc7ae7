//! Refuses whatever is not one SELECT over the declared tables.
//!
//! The engine's own parser reads the text (`json_serialize_sql` takes SELECTs only and runs
//! nothing), and this module walks the tree it returns. Preparing a text of several statements runs
//! all but the last, so this comes before.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use duckdb::Connection;
use serde::Deserialize;
use serde_json::Value;

use crate::protocol::Fault;

/// Table functions that compute from their arguments alone. Others read files, settings, logs or
/// run SQL from a text.
const TABLE_FUNCTIONS: [&str; 5] = ["generate_series", "json_each", "json_tree", "range", "unnest"];

/// Texts that were found harmless are remembered up to this number, then forgotten all at once.
const REMEMBERED: usize = 1024;

/// Decides what may run.
pub(super) struct Gate {
    /// In lower case: the engine's names do not tell upper from lower case.
    tables: HashSet<String>,
    harmless: Mutex<HashSet<String>>,
}

impl Gate {
    pub(super) fn new(tables: impl IntoIterator<Item = String>) -> Self {
        let tables = tables.into_iter().map(|name| name.to_lowercase()).collect();
        Self { tables, harmless: Mutex::new(HashSet::new()) }
    }

    /// Errs unless `sql` is one SELECT over the declared tables.
    pub(super) fn check(&self, connection: &Connection, sql: &str) -> Result<(), Fault> {
        if self.harmless().contains(sql) {
            return Ok(());
        }
        let tree = parse(connection, sql)?;
        self.check_tree(&tree).map_err(Fault::Refused)?;
        let mut harmless = self.harmless();
        if harmless.len() >= REMEMBERED {
            harmless.clear();
        }
        harmless.insert(sql.to_owned());
        Ok(())
    }

    fn harmless(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.harmless.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_tree(&self, tree: &Value) -> Result<(), String> {
        match tree["statements"].as_array().map(Vec::as_slice) {
            Some([statement]) => {
                let mut names = HashSet::new();
                walk(statement, &mut |node| {
                    collect_common_table_names(node, &mut names);
                    Ok(())
                })?;
                walk(statement, &mut |node| self.check_node(node, &names))
            }
            Some(statements) => Err(format!("{} statements instead of one", statements.len())),
            None => Err(tree["error_message"].as_str().unwrap_or("not a SELECT").to_owned()),
        }
    }

    fn check_node(&self, node: &Value, common_tables: &HashSet<String>) -> Result<(), String> {
        match node["type"].as_str() {
            Some("BASE_TABLE") => self.check_table(node, common_tables),
            Some("TABLE_FUNCTION") => check_table_function(&node["function"]),
            Some("SHOW_REF") => Err("SHOW, DESCRIBE and SUMMARIZE are not for datasets".to_owned()),
            _ => Ok(()),
        }
    }

    fn check_table(&self, node: &Value, common_tables: &HashSet<String>) -> Result<(), String> {
        let name = node["table_name"].as_str().unwrap_or_default();
        let lower = name.to_lowercase();
        let unqualified = [&node["schema_name"], &node["catalog_name"]]
            .into_iter()
            .all(|qualifier| matches!(qualifier.as_str(), None | Some("" | "main")));
        if unqualified && (self.tables.contains(&lower) || common_tables.contains(&lower)) {
            Ok(())
        } else {
            Err(format!("the data source declares no table \"{name}\""))
        }
    }
}

/// The syntax tree that the engine's parser makes of `sql`.
fn parse(connection: &Connection, sql: &str) -> Result<Value, Fault> {
    let parsed = connection
        .prepare_cached("SELECT json_serialize_sql(?::VARCHAR)")
        .and_then(|mut statement| statement.query_row([sql], |row| row.get::<_, String>(0)));
    let json = parsed.map_err(|error| Fault::Engine(error.to_string()))?;
    // The parser has bounded the depth (`max_expression_depth`), though not to serde's 128.
    let mut deserializer = serde_json::Deserializer::from_str(&json);
    deserializer.disable_recursion_limit();
    Value::deserialize(&mut deserializer).map_err(|error| Fault::Refused(error.to_string()))
}

fn check_table_function(function: &Value) -> Result<(), String> {
    let name = function["function_name"].as_str().unwrap_or_default().to_lowercase();
    if TABLE_FUNCTIONS.contains(&name.as_str()) {
        Ok(())
    } else {
        Err(format!("the table function \"{name}\" is not for datasets"))
    }
}

fn collect_common_table_names(node: &Value, names: &mut HashSet<String>) {
    let entries = node["cte_map"]["map"].as_array().into_iter().flatten();
    names.extend(entries.filter_map(|entry| entry["key"].as_str()).map(str::to_lowercase));
    if node["type"] == "RECURSIVE_CTE_NODE" {
        names.extend(node["cte_name"].as_str().map(str::to_lowercase));
    }
}

/// Calls `visit` on every object of the tree.
fn walk(node: &Value, visit: &mut impl FnMut(&Value) -> Result<(), String>) -> Result<(), String> {
    match node {
        Value::Object(members) => {
            visit(node)?;
            members.values().try_for_each(|member| walk(member, visit))
        }
        Value::Array(members) => members.iter().try_for_each(|member| walk(member, visit)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, allowed: bool) {
        let connection = Connection::open_in_memory().unwrap();
        let gate = Gate::new(["flights".to_owned(), "Planes".to_owned()]);
        let outcome = gate.check(&connection, sql);
        assert_eq!(outcome.is_ok(), allowed, "{sql}: {outcome:?}");
    }

    #[test]
    fn one_select_over_declared_tables_passes() {
        check("select count(*) from flights where carrier = $1", true);
        check("SELECT * FROM (select origin from FLIGHTS) x join planes using (tailnum)", true);
        check("with f as (select * from flights) select * from F order by 1", true);
        check(
            "with recursive n as (select 1 i union all select i + 1 from n where i < 9) from n",
            true,
        );
        check("select * from flights, lateral (select unnest([1, 2])) u", true);
        check("select * from range(10), generate_series(1, 3), unnest([1])", true);
        check("from main.flights select dest", true);
        check("select * from (pivot flights on origin in ('JFK') using count(*))", true);
        check("values (1)", true);
        check("select * from flights where dest in (select dest from flights);", true);
        check("select '; drop table flights -- read_text(1)' as \"read_csv\"", true);
    }

    #[test]
    fn a_long_formula_passes() {
        check(&format!("select {}1 from flights", "1 + ".repeat(200)), true);
    }

    #[test]
    fn anything_but_one_select_is_refused() {
        for sql in [
            "",
            ";",
            "select 1; select 2",
            "select 1; drop table flights",
            "insert into flights values (1)",
            "update flights set dest = 1",
            "delete from flights",
            "create table x as select 1",
            "create or replace view flights as select 1",
            "drop table flights",
            "alter table flights add column x int",
            "truncate flights",
            "copy flights to '/tmp/x.csv'",
            "copy (select 1) to '/tmp/x.csv'",
            "export database '/tmp/x'",
            "import database '/tmp/x'",
            "attach '/tmp/x.db'",
            "detach memory",
            "use memory",
            "install httpfs",
            "load httpfs",
            "update extensions",
            "set threads = 99",
            "set variable x = 1",
            "reset threads",
            "pragma threads = 99",
            "pragma database_list",
            "call enable_logging()",
            "checkpoint",
            "force checkpoint",
            "vacuum",
            "analyze",
            "begin",
            "prepare p as select 1",
            "execute p",
            "explain select 1",
            "explain analyze select 1",
            "create secret (type s3)",
            "create macro m() as 1",
            "create function m() as 1",
            "create sequence s",
            "comment on table flights is 'x'",
            "pivot flights on origin",
            "show tables",
            "describe flights",
            "summarize flights",
            "select * from (describe flights)",
            "select from where",
        ] {
            check(sql, false);
        }
    }

    #[test]
    fn tables_and_functions_that_are_not_declared_are_refused_wherever_they_hide() {
        for from in [
            "duckdb_settings()",
            "duckdb_tables",
            "information_schema.tables",
            "pg_catalog.pg_tables",
            "sqlite_master",
            "other.flights",
            "temp.flights",
            "\"/etc/passwd\"",
            "'/etc/passwd'",
            "'data.parquet'",
            "'http://example.org/x.csv'",
            "read_csv('/etc/passwd')",
            "read_csv_auto('/etc/passwd')",
            "read_text('/etc/passwd')",
            "read_blob('/etc/passwd')",
            "read_json('/etc/passwd')",
            "read_json_auto('/etc/passwd')",
            "read_json_objects('/etc/passwd')",
            "read_json_objects_auto('/etc/passwd')",
            "read_ndjson('/etc/passwd')",
            "read_ndjson_auto('/etc/passwd')",
            "read_ndjson_objects('/etc/passwd')",
            "read_parquet('/etc/passwd')",
            "parquet_scan('/etc/passwd')",
            "parquet_metadata('/etc/passwd')",
            "parquet_schema('/etc/passwd')",
            "parquet_file_metadata('/etc/passwd')",
            "parquet_kv_metadata('/etc/passwd')",
            "parquet_bloom_probe('/etc/passwd', 'a', 1)",
            "sniff_csv('/etc/passwd')",
            "glob('/etc/*')",
            "query('select 1')",
            "query_table('flights')",
            "enable_logging(storage='file', storage_config={'path': '/tmp/x'})",
            "disable_logging()",
            "pragma_table_info('flights')",
            "pragma_version()",
            "force_checkpoint()",
            "seq_scan('flights')",
            "sql_auto_complete('sel')",
            "json_execute_serialized_sql('{}')",
            "test_all_types()",
        ] {
            check(&format!("select * from {from}"), false);
            check(&format!("select (select count(*) from {from}) from flights"), false);
            check(&format!("with f as (select * from {from}) select * from f"), false);
            check(&format!("select 1 union all select 1 from {from}"), false);
            check(&format!("select * from flights where exists (select 1 from {from})"), false);
            check(&format!("select * from flights order by (select count(*) from {from})"), false);
        }
    }
}
