//! Which functions a dataset may call.

use sqlparser::ast::{Expr, ObjectName};

/// Table functions that compute from their arguments alone.
const TABLE_FUNCTIONS: [&str; 6] =
    ["range", "generate_series", "unnest", "generate_subscripts", "json_each", "json_tree"];

/// Functions that tell of the server, its settings or its files, or that run SQL from a string.
const REFUSED: [&str; 33] = [
    "checkpoint",
    "connectby",
    "copy_database",
    "currval",
    "enable_logging",
    "enable_profiling",
    "from_substrait",
    "from_substrait_json",
    "get_substrait",
    "get_substrait_json",
    "getenv",
    "getvariable",
    "glob",
    "inet_client_addr",
    "inet_server_addr",
    "json_execute_serialized_sql",
    "json_serialize_plan",
    "lo_import",
    "nextval",
    "parse_duckdb_log_message",
    "query",
    "query_table",
    "session_user",
    "setval",
    "set_config",
    "sleep_ms",
    "sniff_csv",
    "ts_rewrite",
    "ts_stat",
    "version",
    "which_secret",
    "write_log",
    "xpath_table",
];

/// Starts of the names of families that do the same.
const REFUSED_STARTS: [&str; 22] = [
    "arrow_scan",
    "crosstab",
    "cursor_to_xml",
    "database_to_xml",
    "dblink",
    "duckdb_",
    "has_",
    "icu_",
    "lo_",
    "parquet_",
    "pg_",
    "postgres_fdw_",
    "pragma_",
    "query_to_xml",
    "read_",
    "schema_to_xml",
    "seq_scan",
    "sql_auto_complete",
    "storage_",
    "table_to_xml",
    "txid_",
    "write_",
];

/// What begins with `current_` and only tells the time.
const CLOCK: [&str; 5] = [
    "current_date",
    "current_time",
    "current_timestamp",
    "current_localtime",
    "current_localtimestamp",
];

/// Words that are functions without parentheses: no columns, whatever they are compared with.
const BARE: [&str; 15] = [
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "rowid",
    "session_user",
    "user",
    "utc_date",
    "utc_time",
    "utc_timestamp",
];

/// The name of a function that is refused.
pub(super) fn refused(name: &ObjectName) -> Option<String> {
    let name = last_word(name)?;
    let clock = CLOCK.contains(&name.as_str());
    let is_refused = REFUSED.contains(&name.as_str())
        || REFUSED_STARTS.iter().any(|start| name.starts_with(start))
        || (name.starts_with("current_") && !clock);
    is_refused.then_some(name)
}

/// The name of a table function that is refused.
pub(super) fn refused_table_function(name: &ObjectName) -> Option<String> {
    let last = last_word(name).unwrap_or_else(|| name.to_string());
    let allowed = name.0.len() == 1 && TABLE_FUNCTIONS.contains(&last.as_str());
    (!allowed).then_some(last)
}

/// Whether an unquoted word is a function and not a column.
pub(crate) fn is_bare_function(word: &str) -> bool {
    BARE.contains(&word)
}

/// As for [`refused_table_function`], for the form `table(function(…))`.
pub(super) fn refused_in_table_expression(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Function(function) => refused_table_function(&function.name),
        other => Some(other.to_string()),
    }
}

pub(super) fn last_word(name: &ObjectName) -> Option<String> {
    let ident = name.0.last()?.as_ident()?;
    Some(ident.value.to_lowercase())
}
