//! What the connection's user may read, as the database's catalog tells it.

use model::source::Postgres;

use super::question::Question;
use super::told::schema;
use crate::connector::{self, TableColumn, Tables};
use crate::result::{Cell, ResultSet};

/// Tables, partitioned and foreign ones, views and materialized views.
const COLUMNS: &str = "
select class.relname, attribute.attname,
  pg_catalog.format_type(attribute.atttypid, attribute.atttypmod)
from pg_catalog.pg_class as class
join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
join pg_catalog.pg_attribute as attribute on attribute.attrelid = class.oid
where namespace.nspname = $1
  and class.relkind in ('r', 'p', 'v', 'm', 'f')
  and attribute.attnum > 0 and not attribute.attisdropped
  and pg_catalog.has_column_privilege(class.oid, attribute.attnum, 'SELECT')
order by class.relname, attribute.attnum";

pub(super) fn columns(connection: &Postgres, told: Vec<(String, String)>) -> Question {
    Question::of_catalog(COLUMNS.to_owned(), vec![schema(connection).to_owned()], told)
}

/// Those of the tables found that the connection offers.
pub(super) fn offered(connection: &Postgres, found: &ResultSet) -> Tables {
    let columns = found.rows().map(|cells| {
        let [table, name, data_type] = texts(cells);
        (table, TableColumn { name, data_type })
    });
    connector::offered(columns, connection.tables.as_deref())
}

fn texts<'a, const N: usize>(mut cells: impl Iterator<Item = Cell<'a>>) -> [String; N] {
    std::array::from_fn(|_| cells.next().map(|cell| cell.to_string()).unwrap_or_default())
}
