//! What each transaction is told before it reads.

use std::time::Duration;

use model::source::Postgres;
use query::Value;
use uuid::Uuid;

use super::parameter::Parameter;
use crate::connector::Failure;

/// The schema of connections that name none.
const SCHEMA: &str = "public";

/// The setting by which SQL is read as it was when it was proved.
pub(super) const PLAIN_TEXTS: &str = "standard_conforming_strings";

/// How much longer than ours the database's own limit is: it ends what we could not.
const GRACE: Duration = Duration::from_secs(5);

/// The schema that datasets' tables are in.
pub(super) fn schema(connection: &Postgres) -> &str {
    connection.schema.as_deref().unwrap_or(SCHEMA)
}

/// The settings of every transaction of a connection.
///
/// PostgreSQL looks into its own catalog first, so no function or operator of a schema stands in for
/// one of its own; temporary tables, which somebody else may have left behind a pooler, come last.
pub(super) fn of_connection(connection: &Postgres, limit: Duration) -> Vec<(String, String)> {
    let schema = schema(connection).replace('"', "\"\"");
    let fixed = [
        (PLAIN_TEXTS, "on".to_owned()),
        // Results are written as we read them.
        ("DateStyle", "ISO".to_owned()),
        ("TimeZone", "UTC".to_owned()),
        // All digits; Redshift knows no more than 2.
        ("extra_float_digits", "2".to_owned()),
        ("search_path", format!("\"{schema}\", pg_temp")),
        ("statement_timeout", (limit + GRACE).as_millis().to_string()),
    ];
    let own = connection.settings.iter().map(|(name, value)| (name.as_str(), value.clone()));
    // Whoever has taken on a role may no longer be allowed all of these.
    let role = connection.role.iter().map(|role| ("role", role.clone()));
    let all = fixed.into_iter().chain(own).chain(role);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// By what an operator of the database finds the request whose query runs.
pub(super) fn of_request(request: Uuid) -> (String, String) {
    ("application_name".to_owned(), format!("fanlight {request}"))
}

/// What row security is told of the viewer. Nothing is answered when it is told nothing.
pub(super) fn of_viewer(
    connection: &Postgres,
    session: &[(String, Value)],
) -> Result<Vec<(String, String)>, Failure> {
    let is_told = |setting: &str| session.iter().any(|(name, _)| name == setting);
    if let Some(row_security) = &connection.row_security
        && !is_told(&row_security.setting)
    {
        let detail = format!("{} has no value for this viewer", row_security.setting);
        return Err(Failure::Refused(detail));
    }
    let text = |(name, value): &(String, Value)| match Parameter::of(value)?.text {
        Some(text) => Ok((name.clone(), text)),
        None => Err(Failure::Refused(format!("{name} is null"))),
    };
    session.iter().map(text).collect()
}
