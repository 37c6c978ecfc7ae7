//! The SQL that turns declared files into tables.

use std::path::Path;

use duckdb::Connection;

use crate::protocol::{Format, Table};

/// Creates every declared table: a view over its file, or with `materialize` a copy of it.
pub(super) fn create(
    connection: &Connection,
    tables: &[Table],
    materialize: bool,
) -> Result<(), String> {
    for table in tables {
        create_one(connection, table, materialize)
            .map_err(|error| format!("table \"{}\": {error}", table.name))?;
    }
    Ok(())
}

fn create_one(connection: &Connection, table: &Table, materialize: bool) -> Result<(), String> {
    let path = path_text(&table.path)?;
    let reader = match table.format {
        Format::Parquet => format!("FROM read_parquet({})", literal(path)),
        Format::Csv => csv_reader(connection, path, table.null_text.as_deref())?,
    };
    let what = if materialize { "TABLE" } else { "VIEW" };
    let sql = format!("CREATE {what} {} AS SELECT * {reader}", identifier(&table.name));
    connection.execute_batch(&sql).map_err(|error| error.to_string())
}

/// A reader with the types that all rows of the file agree on, looked for once: by default the
/// engine looks again for each query, and only at the first rows.
fn csv_reader(
    connection: &Connection,
    path: &str,
    null_text: Option<&str>,
) -> Result<String, String> {
    let nulls = null_text.map(|text| format!(", nullstr = {}", literal(text))).unwrap_or_default();
    let sql = format!("SELECT Prompt FROM sniff_csv({}, sample_size = -1{nulls})", literal(path));
    let reader: String =
        connection.query_row(&sql, [], |row| row.get(0)).map_err(|error| error.to_string())?;
    Ok(reader.trim_end().trim_end_matches(';').to_owned())
}

/// The path as the engine takes it. Errs for one that the engine would read as a pattern.
pub(super) fn path_text(path: &Path) -> Result<&str, String> {
    let text = path.to_str().ok_or_else(|| format!("{} is not UTF-8", path.display()))?;
    if text.contains(['*', '?', '[']) {
        return Err(format!("{text} contains one of * ? [, which would be read as a pattern"));
    }
    Ok(text)
}

/// Quotes a text of the operator's for SQL that only sets the worker up.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
