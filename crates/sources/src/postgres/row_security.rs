//! Whether the database's row security holds for the connection's user.
//!
//! It does not hold for superusers, for roles that may bypass it, for the owner of a table unless the
//! table forces it, for tables without it, and for what a view reads with the rights of its owner. A
//! source that relies on row security is not served while any of this is so for anything that its
//! datasets may name.

use super::question::Question;
use super::told::schema;
use crate::connector::Failure;
use model::source::Postgres;

/// The reasons why row security does not hold, one per row; none if it does.
///
/// Views that read with the rights of whoever asks are followed to what they read.
const GAPS: &str = "
with recursive reached(oid) as (
    select class.oid
    from pg_catalog.pg_class as class
    join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
    where namespace.nspname = $1 and class.relkind in ('r', 'p', 'v', 'm', 'f')
      and pg_catalog.has_any_column_privilege(class.oid, 'SELECT')
      and {tables}
  union
    select depends.refobjid
    from reached
    join pg_catalog.pg_rewrite as rule on rule.ev_class = reached.oid
    join pg_catalog.pg_depend as depends
      on depends.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
     and depends.objid = rule.oid
     and depends.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
)
select 'the user is a superuser or bypasses row security'
from pg_catalog.pg_roles
where rolname = current_user and (rolsuper or rolbypassrls)
union all
(select 'row security does not bind the user in ' || class.relname
from reached
join pg_catalog.pg_class as class on class.oid = reached.oid
join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
where namespace.nspname not in ('pg_catalog', 'information_schema')
  and class.relkind in ('r', 'p', 'v', 'm', 'f')
  and not case
    when class.relkind in ('r', 'p') then class.relrowsecurity
      and (class.relforcerowsecurity
        or not pg_catalog.pg_has_role(class.relowner, 'USAGE'))
    when class.relkind = 'v' then exists (
      select from pg_catalog.pg_options_to_table(class.reloptions)
      where option_name = 'security_invoker' and option_value::boolean)
    else false
  end
order by class.relname
limit 10)";

/// Asks for the reasons why row security does not hold for the user; they are the rows.
pub(super) fn gaps(connection: &Postgres, told: Vec<(String, String)>) -> Question {
    let names = connection.tables.iter().flatten().map(|name| name.as_str().to_lowercase());
    let parameters: Vec<String> =
        [schema(connection).to_owned()].into_iter().chain(names).collect();
    let tables = match &connection.tables {
        None => "true".to_owned(),
        Some(tables) if tables.is_empty() => "false".to_owned(),
        Some(tables) => {
            let places: Vec<String> =
                (0..tables.len()).map(|table| format!("${}", table + 2)).collect();
            format!("pg_catalog.lower(class.relname) in ({})", places.join(", "))
        }
    };
    Question::of_catalog(GAPS.replace("{tables}", &tables), parameters, told)
}

/// The failure that the reasons are.
pub(super) fn failure(reasons: &[String]) -> Option<Failure> {
    (!reasons.is_empty()).then(|| {
        Failure::Unavailable(format!("row_security cannot be relied on: {}", reasons.join("; ")))
    })
}
