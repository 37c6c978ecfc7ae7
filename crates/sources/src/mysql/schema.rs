//! The tables and columns that datasets may name.

use model::name::TableName;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use crate::connector::{TableColumn, Tables};

/// What the user may read, in the database of the connection.
const COLUMNS: &str = "SELECT table_name, column_name, column_type \
    FROM information_schema.columns WHERE table_schema = database() \
    ORDER BY table_name, ordinal_position";

/// Of the declared tables, or of all where none are declared.
pub(super) async fn tables(
    connection: &mut Conn,
    declared: Option<&[TableName]>,
) -> mysql_async::Result<Tables> {
    let found: Vec<(String, String, String)> = connection.exec(COLUMNS, ()).await?;
    let is_offered =
        |table: &str| declared.is_none_or(|names| names.iter().any(|name| name.as_str() == table));
    let mut tables = Tables::new();
    for (table, name, data_type) in found {
        if is_offered(&table) {
            tables.entry(table).or_default().push(TableColumn { name, data_type });
        }
    }
    Ok(tables)
}
