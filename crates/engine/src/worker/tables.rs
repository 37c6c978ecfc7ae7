//! The SQL that turns declared files into tables.

use std::path::Path;

use duckdb::Connection;

use super::listing::Listed;
use super::partitions::Partitions;
use crate::protocol::{ColumnType, CsvOptions, Format};

/// Creates every declared table: a view over its files, or with `materialize` a copy of them.
pub(super) fn create(
    connection: &Connection,
    tables: &[Listed<'_>],
    materialize: bool,
) -> Result<(), String> {
    for listed in tables {
        create_one(connection, listed, materialize)
            .map_err(|error| format!("table \"{}\": {error}", listed.table.name))?;
    }
    Ok(())
}

fn create_one(
    connection: &Connection,
    listed: &Listed<'_>,
    materialize: bool,
) -> Result<(), String> {
    let partitions = Partitions::of(listed)?;
    let files = files(listed)?;
    let reader = match listed.format {
        Format::Parquet => {
            partitions.refuse_other_types()?;
            format!("read_parquet({files}, union_by_name = true, {})", partitions.options())
        }
        Format::Csv => csv_reader(connection, listed, &files, &partitions)?,
        Format::Json => json_reader(connection, &files, &partitions)?,
    };
    let what = if materialize { "TABLE" } else { "VIEW" };
    let (name, columns) = (identifier(&listed.table.name), partitions.selected());
    let sql = format!("CREATE {what} {name} AS SELECT {columns} FROM {reader}");
    connection.execute_batch(&sql).map_err(|error| error.to_string())
}

/// A reader with the types that all rows of all files agree on, looked for once: by default the
/// engine looks again for each query, and only at the first rows.
fn csv_reader(
    connection: &Connection,
    listed: &Listed<'_>,
    files: &str,
    partitions: &Partitions<'_>,
) -> Result<String, String> {
    let known = csv_options(&listed.table.csv);
    let types = type_option("types", partitions.other_types());
    if listed.folder.is_none() {
        let sql = format!("SELECT Prompt FROM sniff_csv({files}, sample_size = -1{known}{types})");
        let reader: String =
            connection.query_row(&sql, [], |row| row.get(0)).map_err(|error| error.to_string())?;
        // `FROM read_csv(…);`, to which an option more is added.
        let reader = reader.trim_end().trim_end_matches(';').trim_start_matches("FROM ");
        let reader = reader.strip_suffix(')').unwrap_or(reader);
        return Ok(format!("{reader}, {})", partitions.options()));
    }
    let all = format!("{files}, union_by_name = true{known}, {}", partitions.options());
    let look = format!("read_csv({all}, sample_size = -1{types})");
    let columns = columns(connection, &look, partitions)?;
    Ok(format!("read_csv({all}, types = {columns})"))
}

fn csv_options(csv: &CsvOptions) -> String {
    let null_text = csv.null_text.as_deref().map(|text| format!(", nullstr = {}", literal(text)));
    let delimiter = csv.delimiter.map(|it| format!(", delim = {}", literal(&it.to_string())));
    let header = csv.header.map(|is_there| format!(", header = {is_there}"));
    [null_text, delimiter, header].into_iter().flatten().collect()
}

fn json_reader(
    connection: &Connection,
    files: &str,
    partitions: &Partitions<'_>,
) -> Result<String, String> {
    partitions.refuse_other_types()?;
    let options = partitions.options();
    let look = format!(
        "read_json({files}, sample_size = -1, maximum_depth = -1, union_by_name = true, {options})"
    );
    let columns = columns(connection, &look, partitions)?;
    Ok(format!("read_json({files}, columns = {columns}, {options})"))
}

/// The columns that a reader finds in its files, as the value of an option: `{'a': 'BIGINT'}`.
fn columns(
    connection: &Connection,
    reader: &str,
    partitions: &Partitions<'_>,
) -> Result<String, String> {
    let selected = partitions.selected();
    let sql =
        format!("SELECT column_name, column_type FROM (DESCRIBE SELECT {selected} FROM {reader})");
    let found = || -> duckdb::Result<Vec<(String, String)>> {
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    };
    let mut found = found().map_err(|error| error.to_string())?;
    found.retain(|(name, _)| !partitions.is_one(name));
    let pairs: Vec<String> = found.iter().map(|(name, kind)| pair(name, kind)).collect();
    Ok(format!("{{{}}}", pairs.join(", ")))
}

/// `, types = {'zip': 'VARCHAR'}`, or nothing without types.
pub(super) fn type_option<'t>(
    option: &str,
    types: impl Iterator<Item = (&'t str, ColumnType)>,
) -> String {
    let pairs: Vec<String> = types.map(|(name, kind)| pair(name, type_name(kind))).collect();
    if pairs.is_empty() { String::new() } else { format!(", {option} = {{{}}}", pairs.join(", ")) }
}

fn pair(name: &str, kind: &str) -> String {
    format!("{}: {}", literal(name), literal(kind))
}

fn type_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "VARCHAR",
        ColumnType::Integer => "BIGINT",
        ColumnType::Number => "DOUBLE",
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::Date => "DATE",
        ColumnType::Timestamp => "TIMESTAMP",
    }
}

/// One file as a text, files of a folder as a list.
fn files(listed: &Listed<'_>) -> Result<String, String> {
    let files = listed.files.iter().map(|file| path_text(file).map(literal));
    let files = files.collect::<Result<Vec<_>, _>>()?.join(", ");
    Ok(if listed.folder.is_none() { files } else { format!("[{files}]") })
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

pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
