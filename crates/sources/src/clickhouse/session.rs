//! What a server knows and allows, and the settings that its queries run with.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use model::source::ClickHouse;

use super::answer::Reader;
use super::client::{Client, Request};
use crate::connector::Failure;

/// Settings that every server has.
const ALWAYS: [(&str, &str); 2] = [("result_overflow_mode", "throw"), ("join_use_nulls", "1")];

/// Settings of newer servers. With them text speaks of instants in UTC, aggregates and UNION follow
/// the SQL standard, and an error is told as one.
const WHERE_KNOWN: [(&str, &str); 12] = [
    ("aggregate_functions_null_for_empty", "1"),
    ("allow_ddl", "0"),
    ("allow_introspection_functions", "0"),
    ("bool_false_representation", "false"),
    ("bool_true_representation", "true"),
    ("cancel_http_readonly_queries_on_client_close", "1"),
    (ISO, "iso"),
    ("http_write_exception_in_output_format", "0"),
    ("output_format_tsv_crlf_end_of_line", "0"),
    ("prefer_column_name_to_alias", "0"),
    ("session_timezone", "UTC"),
    ("union_default_mode", "DISTINCT"),
];

/// Servers that have it know times with fractions of seconds too.
const ISO: &str = "date_time_output_format";

/// In memory a result takes more than it does on its way.
const MEMORY_FACTOR: u64 = 2;

const MOST_FACTS: u64 = 100;
const MOST_FACT_BYTES: u64 = 1 << 16;

/// What one server is told with every query, as far as it is always the same.
pub(super) struct Session {
    zone: TimeZone,
    has_subseconds: bool,
    settings: Vec<(String, String)>,
}

impl Session {
    /// Asks the server.
    pub(super) async fn ask(
        client: &Client,
        connection: &ClickHouse,
        limit: Duration,
    ) -> Result<Self, Failure> {
        let facts = facts(client).await?;
        let zone = facts.get("timezone").map(String::as_str).unwrap_or_default();
        let zone = TimeZoneDatabase::bundled().get(zone).map_err(|error| {
            Failure::Unavailable(format!("the server's time zone is unknown: {error}"))
        })?;
        // The database may take a little longer than we wait, never much.
        let seconds = limit.as_secs().saturating_add(1);
        let mut settings = vec![("max_execution_time".to_owned(), seconds.to_string())];
        settings.extend(readonly(&facts)?);
        let known = WHERE_KNOWN.iter().filter(|(name, _)| facts.contains_key(*name));
        settings.extend(ALWAYS.iter().chain(known).map(own));
        // Those that an operator chose are in force over none of the above: the lists share no name.
        settings.extend(connection.settings.clone());
        Ok(Self { zone, has_subseconds: facts.contains_key(ISO), settings })
    }

    /// The server's own zone, in which old servers write times.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether times have fractions of seconds.
    pub(super) fn has_subseconds(&self) -> bool {
        self.has_subseconds
    }

    /// The settings of a query whose result may have so many bytes.
    pub(super) fn settings(&self, byte_limit: u64) -> Vec<(String, String)> {
        let mut settings = self.settings.clone();
        let in_memory = byte_limit.saturating_mul(MEMORY_FACTOR);
        settings.push(("max_result_bytes".to_owned(), in_memory.to_string()));
        settings
    }
}

fn own((name, value): &(&str, &str)) -> (String, String) {
    ((*name).to_owned(), (*value).to_owned())
}

/// The server's zone, and the values of the settings that it has of those that we ask about.
async fn facts(client: &Client) -> Result<BTreeMap<String, String>, Failure> {
    let names: Vec<String> = WHERE_KNOWN
        .iter()
        .map(|(name, _)| format!("'{name}'"))
        .chain(["'readonly'".to_owned()])
        .collect();
    let sql = format!(
        "select 'timezone' as name, timezone() as value union all \
         select name, value from system.settings where name in ({})",
        names.join(", ")
    );
    let mut reply = client.post(Request::bare(&sql)).await?;
    let mut reader = Reader::new(&TimeZone::UTC, MOST_FACTS, MOST_FACT_BYTES);
    while let Some(part) = reply.next().await? {
        reader.read(&part)?;
    }
    let found = reader.finish()?;
    let pair = |row: Vec<String>| {
        let mut cells = row.into_iter();
        (cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
    };
    Ok(found.rows().map(|row| pair(row.map(|cell| cell.to_string()).collect())).collect())
}

/// A query may read and nothing else. A user whom the server keeps to reading already may not say so
/// again; one who may choose no settings gets none of our limits, so is not used.
fn readonly(facts: &BTreeMap<String, String>) -> Result<Option<(String, String)>, Failure> {
    match facts.get("readonly").map(String::as_str) {
        Some("1") => {
            let advice = "the user may not choose settings (readonly = 1); give it a profile with readonly = 2";
            Err(Failure::Unavailable(advice.to_owned()))
        }
        Some("2") => Ok(None),
        _ => Ok(Some(("readonly".to_owned(), "1".to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Option<&str>, expected: Option<Option<&str>>) {
        let facts = value.map(|value| ("readonly".to_owned(), value.to_owned()));
        let found = readonly(&facts.into_iter().collect()).ok();
        let found = found.map(|setting| setting.map(|(_, value)| value));
        assert_eq!(found, expected.map(|value| value.map(str::to_owned)));
    }

    #[test]
    fn a_query_reads_only_and_a_user_without_settings_is_not_used() {
        check(Some("0"), Some(Some("1")));
        check(None, Some(Some("1")));
        check(Some("2"), Some(None));
        check(Some("1"), None);
    }
}
