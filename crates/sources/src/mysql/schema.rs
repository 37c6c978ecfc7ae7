//! The tables and columns that datasets may name.

use model::name::TableName;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use crate::connector::{TableColumn, Tables, offered};

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
    let columns =
        found.into_iter().map(|(table, name, data_type)| (table, TableColumn { name, data_type }));
    Ok(offered(columns, declared))
}
