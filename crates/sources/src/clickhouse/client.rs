//! The client: requests that are one POST each, and replies that are read in parts.

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use model::source::{ClickHouse, Secret};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, Url};
use tally::Present;
use uuid::Uuid;

use super::values::ValueTable;
use crate::connector::Failure;
use crate::error::ResultLimit;
use crate::network::{Network, check_address, client_builder, encryption};

const CONNECT: Duration = Duration::from_secs(10);
/// Servers close a connection that is idle for three seconds, unless told otherwise.
const IDLE: Duration = Duration::from_millis(2_500);
/// Most of an error's text that is kept.
const MOST_DETAIL: usize = 2_000;

pub(super) struct Client {
    /// Or why there is none.
    http: Result<reqwest::Client, Failure>,
    url: Result<Url, Failure>,
    user: String,
    password: Option<Secret>,
    database: String,
    network: Network,
}

/// What is asked.
pub(super) struct Request<'a> {
    pub(super) sql: &'a str,
    pub(super) values: Option<ValueTable>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) id: Option<&'a str>,
    /// The largest result that `settings` allow; for the error beyond it.
    pub(super) byte_limit: u64,
}

impl<'a> Request<'a> {
    /// Without values and settings.
    pub(super) fn bare(sql: &'a str) -> Self {
        Self { sql, values: None, settings: Vec::new(), id: None, byte_limit: 0 }
    }
}

impl Client {
    pub(super) fn new(connection: &ClickHouse, connections: usize, network: &Network) -> Self {
        Self {
            http: http(connection, connections, network),
            url: url(connection),
            user: connection.user.clone(),
            password: connection.password.clone(),
            database: connection.database.clone(),
            network: network.clone(),
        }
    }

    /// Asks, and waits until the server has its answer.
    pub(super) async fn post(&self, request: Request<'_>) -> Result<Reply, Failure> {
        let http = self.http.as_ref().map_err(Failure::clone)?;
        let url = self.address(&request)?;
        check_address(&url, &self.network)?;
        // As bytes: a header of text has no letters beyond ASCII.
        let mut post = http.post(url).header("X-ClickHouse-User", self.user.as_bytes());
        if let Some(password) = &self.password {
            post = post.header("X-ClickHouse-Key", password.expose().as_bytes());
        }
        let post = match &request.values {
            None => post.body(request.sql.to_owned()),
            Some(values) => {
                let boundary = Uuid::new_v4().simple().to_string();
                let form = format!("multipart/form-data; boundary={boundary}");
                post.header(CONTENT_TYPE, form).body(parts(request.sql, values, &boundary))
            }
        };
        let counted = self.network.activity().connections.clickhouse.enter();
        let response = post.send().await.map_err(unavailable)?;
        if response.status().is_success() {
            Ok(Reply { response, _counted: counted })
        } else {
            Err(fault(response, request.byte_limit).await)
        }
    }

    fn address(&self, request: &Request<'_>) -> Result<Url, Failure> {
        let mut url = self.url.clone()?;
        let mut parameters = url.query_pairs_mut();
        parameters
            .append_pair("database", &self.database)
            .append_pair("default_format", "TabSeparatedWithNamesAndTypes")
            .append_pair("wait_end_of_query", "1")
            .extend_pairs(request.id.iter().map(|id| ("query_id", id)))
            .extend_pairs(&request.settings);
        if let Some(values) = &request.values {
            let parameter = format!("{}_structure", query::CLICKHOUSE_VALUES);
            parameters.append_pair(&parameter, &values.structure);
        }
        drop(parameters);
        Ok(url)
    }
}

fn http(
    connection: &ClickHouse,
    connections: usize,
    network: &Network,
) -> Result<reqwest::Client, Failure> {
    // Where nothing is encrypted this says only whose cryptography would be used.
    let encryption = match encryption(&connection.tls, &connection.host)? {
        Some(encryption) => encryption,
        None => tls::client(tls::Proof::None, None)
            .map_err(|error| Failure::Unavailable(format!("tls: {error}")))?,
    };
    client_builder(encryption, network)
        .http1_only()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(connections)
        .build()
        .map_err(unavailable)
}

fn url(connection: &ClickHouse) -> Result<Url, Failure> {
    let scheme = match connection.tls.mode_for(&connection.host) {
        model::source::TlsMode::Off => "http",
        _ => "https",
    };
    let host = match connection.host.parse() {
        Ok(IpAddr::V6(address)) => format!("[{address}]"),
        _ => connection.host.clone(),
    };
    Url::parse(&format!("{scheme}://{host}:{}/", connection.port()))
        .map_err(|error| Failure::Unavailable(format!("{}: {error}", connection.host)))
}

/// Two parts of a form: the text, and the table of values as a file.
fn parts(sql: &str, values: &ValueTable, boundary: &str) -> String {
    let name = query::CLICKHOUSE_VALUES;
    format!(
        "--{boundary}\r\n\
         Content-Disposition: form-data; name=\"query\"\r\n\r\n{sql}\r\n\
         --{boundary}\r\n\
         Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n{}\r\n\
         --{boundary}--\r\n",
        values.row
    )
}

/// A reply that is being read.
pub(super) struct Reply {
    response: Response,
    _counted: Present,
}

impl Reply {
    /// The next part, or none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        self.response.chunk().await.map_err(unavailable)
    }
}

/// The whole chain of reasons: the outermost alone says nothing.
fn unavailable(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut detail = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        detail = format!("{detail}: {error}");
        cause = error.source();
    }
    Failure::Unavailable(detail)
}

/// What the server says is wrong, by its number.
async fn fault(mut response: Response, byte_limit: u64) -> Failure {
    let mut text = String::new();
    while let Ok(Some(part)) = response.chunk().await {
        text.push_str(&String::from_utf8_lossy(&part));
        if text.len() > MOST_DETAIL {
            break;
        }
    }
    text.truncate(text.floor_char_boundary(MOST_DETAIL));
    of_code(code(&text), text.trim().to_owned(), byte_limit)
}

/// `Code: 43, e.displayText() = …`
fn code(text: &str) -> Option<u32> {
    let digits = text.trim_start().strip_prefix("Code: ")?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

fn of_code(code: Option<u32>, text: String, byte_limit: u64) -> Failure {
    match code {
        // TOO_MANY_ROWS_OR_BYTES: the only such limit that we set is of bytes.
        Some(396) => Failure::TooLarge(ResultLimit::Bytes(byte_limit)),
        // QUERY_WAS_CANCELLED
        Some(394) => Failure::Stopped,
        // READONLY, ACCESS_DENIED
        Some(164 | 497) => Failure::Refused(text),
        // UNKNOWN_DATABASE, the faults of a login, TOO_MANY_SIMULTANEOUS_QUERIES
        Some(81 | 192..=195 | 202 | 516) | None => Failure::Unavailable(text),
        Some(_) => Failure::Failed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: impl Fn(String) -> Failure) {
        assert_eq!(of_code(code(text), text.to_owned(), 9), expected(text.to_owned()));
    }

    #[test]
    fn the_number_of_an_error_tells_what_it_means() {
        check("Code: 62, e.displayText() = DB::Exception: Syntax error", Failure::Failed);
        check("Code: 47. DB::Exception: Unknown identifier", Failure::Failed);
        check("Code: 194, e.displayText() = DB::Exception", Failure::Unavailable);
        check("Code: 164. DB::Exception: x is not allowed in readonly mode", Failure::Refused);
        check("Code: 394. DB::Exception", |_| Failure::Stopped);
        check("Code: 396, x", |_| Failure::TooLarge(ResultLimit::Bytes(9)));
        check("<html>502 Bad Gateway</html>", Failure::Unavailable);
        check("Code: many", Failure::Unavailable);
    }

    #[test]
    fn an_address_of_ipv6_stands_in_brackets() {
        let json = serde_json::json!({"host": "::1", "port": 8124});
        let connection: ClickHouse = serde_json::from_value(json).unwrap();
        assert_eq!(url(&connection).unwrap().as_str(), "http://[::1]:8124/");
    }
}
