//! What the operator decides: read once at start, from flags, environment and one TOML file.
//!
//! Every setting is one row of [`settings::SETTINGS`], with one name everywhere: `rate_limit_per_minute`
//! in the file, `FANLIGHT_RATE_LIMIT_PER_MINUTE` in the environment. A flag wins over the
//! environment, which wins over the file.

mod settings;
mod sources;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ::sources::{Limits, NetworkPolicy, ObjectLimits};
use axum::http::Uri;
use jiff::SignedDuration;

pub use settings::reference;
pub use sources::{Flags, environment};

use crate::client_address::{Network, TrustedProxies};
use crate::embed_token::lifetime;
use crate::origin::Origin;
use crate::reach::{Folder, Host, Reach};

/// The operator's decisions, parsed.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where the metadata (with SQLite) and the master key file live.
    pub data_dir: PathBuf,
    /// The PostgreSQL database for the metadata; `None`: SQLite in `data_dir`.
    pub database_url: Option<SecretText>,
    /// The password of that database, when the URL has none.
    pub database_password: Option<SecretText>,
    /// Most connections to PostgreSQL, besides the one that listens; at least 1.
    pub database_connections: usize,
    /// The master key; `None`: read from its file in `data_dir`.
    pub master_key: Option<SecretText>,
    /// How the world reaches the server, without a trailing slash; `None`: as it listens.
    pub public_url: Option<String>,
    /// The origins whose pages may call `/api` and `/v1`.
    pub cors_origins: Vec<Origin>,
    pub trusted_proxies: TrustedProxies,
    /// Requests to `/api`, `/v2/api` and `/v1` per address and minute; 0: no limit.
    pub rate_limit_per_minute: u32,
    /// The same per API token or admin key.
    pub key_rate_limit_per_minute: u32,
    /// Where `/metrics` answers everybody; `None`: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Where traces are sent: the base URL of an OpenTelemetry collector; `None`: nowhere.
    pub otlp_endpoint: Option<String>,
    /// The share of traces that begin here and are sent, from 0 to 1.
    pub otlp_sample_ratio: f64,
    pub connections: ConnectionLimits,
    /// How long the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// The longest lifetime that `generate_jwt` gives an embed token.
    pub embed_token_max_lifetime: SignedDuration,
    /// Whether `generate_jwt` makes tokens for single panels.
    pub chart_embeds: bool,
    /// What data sources that are declared over HTTP may reach.
    pub reach: Reach,
    /// How long entries of the audit log are kept.
    pub audit_retention: SignedDuration,
    /// The most customers that are no demo customers; `None`: any number.
    pub max_paid_customers: Option<u64>,
    /// What goes to the log, as `tracing` filters: `info`, `warn,server=debug`.
    pub log: String,
    pub log_format: LogFormat,
    /// What queries of customers' data may take, and where their connections may lead, however they
    /// are declared.
    pub queries: Limits,
}

/// A setting that no log or error message shows.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// The secret text. Name it in no log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// How patient the server is with its connections, and with their end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections that may be open at once; more wait until one ends.
    pub most: usize,
    /// How long a connection may rest between requests, and take for the head of one.
    pub idle_timeout: Duration,
    /// How long a client may stop reading an answer.
    pub write_timeout: Duration,
    /// How long the server goes on as before when it was told to stop, so that load balancers notice.
    pub shutdown_delay: Duration,
    /// How long running requests may take after that.
    pub shutdown_grace: Duration,
}

/// The shape of a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// `key=value` pairs for people.
    Text,
    /// One JSON object per line for programs.
    Json,
}

/// Everything that is wrong with the configuration, each fault under the name of its setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads flags, environment and file; lists all faults at once.
    pub fn read(
        flags: &Flags,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut given = sources::gather(flags, environment)?;
        let config = Self {
            listen: given.parse("listen"),
            data_dir: given.parse_with("data_dir", |text| Ok(PathBuf::from(text))),
            database_url: given.optional("database_url", database_url),
            database_password: given.optional("database_password", secret),
            database_connections: given.parse_with("database_connections", connections),
            master_key: given.optional("master_key", secret),
            public_url: given.optional("public_url", public_url),
            cors_origins: given.parse_with("cors_origins", list::<Origin>),
            trusted_proxies: TrustedProxies::new(
                given.parse_with("trusted_proxies", list::<Network>),
            ),
            rate_limit_per_minute: given.parse("rate_limit_per_minute"),
            key_rate_limit_per_minute: given.parse("key_rate_limit_per_minute"),
            metrics_listen: given.optional("metrics_listen", |text| {
                text.parse().map_err(|_| format!("must be an address and port, not {text:?}"))
            }),
            otlp_endpoint: given.optional("otlp_endpoint", otlp_endpoint),
            otlp_sample_ratio: given.parse_with("otlp_sample_ratio", ratio),
            connections: ConnectionLimits {
                most: given.parse_with("max_connections", at_least_one),
                idle_timeout: given.parse_with("idle_timeout_seconds", some_seconds),
                write_timeout: given.parse_with("write_timeout_seconds", some_seconds),
                shutdown_delay: given.parse_with("shutdown_delay_seconds", seconds),
                shutdown_grace: given.parse_with("shutdown_grace_seconds", seconds),
            },
            body_timeout: given.parse_with("body_timeout_seconds", some_seconds),
            embed_token_max_lifetime: given.parse_with("embed_token_max_lifetime", |text| {
                lifetime::duration(text).map_err(|error| error.to_string())
            }),
            chart_embeds: given.parse("chart_embeds"),
            reach: Reach::new(
                given.parse_with("data_source_folders", list::<Folder>),
                given.parse_with("data_source_hosts", list::<Host>),
            ),
            audit_retention: given.parse_with("audit_retention", retention),
            max_paid_customers: given.optional("max_paid_customers", whole_number),
            log: given.parse_with("log", log_filter),
            log_format: given.parse_with("log_format", log_format),
            queries: Limits {
                queries_per_source: given.parse_with("queries_per_source", at_least_one),
                queries_per_customer: given.parse_with("queries_per_customer", at_least_one),
                waiting_per_source: given.parse("queries_waiting_per_source"),
                statement_timeout: given.parse_with("query_timeout_seconds", some_seconds),
                queue_timeout: given.parse_with("queue_timeout_seconds", some_seconds),
                result_bytes: given.parse_with("result_max_bytes", bytes),
                engine: engine_limits(&mut given),
                objects: ObjectLimits {
                    cache_bytes: given.parse_with("object_cache_max_bytes", bytes),
                    table_bytes: given.parse_with("object_table_max_bytes", bytes),
                    ..ObjectLimits::default()
                },
                cache_bytes: given.parse_with("cache_max_bytes", bytes),
                network: NetworkPolicy {
                    allowed: given.parse_with("data_source_special_addresses", list::<IpAddr>),
                },
                ..Limits::default()
            },
        };
        given.finish(config)
    }

    /// The defaults: what an empty file and an empty environment give.
    pub fn defaults() -> Self {
        Self::read(&Flags::default(), |_| None)
            .unwrap_or_else(|error| unreachable!("a test holds the defaults: {error}"))
    }
}

fn engine_limits(given: &mut sources::Gathered) -> engine::protocol::Limits {
    let defaults = engine::protocol::Limits::default();
    engine::protocol::Limits {
        memory_bytes: given.parse_with("engine_max_bytes", bytes),
        threads: given.optional("engine_threads", threads).unwrap_or(defaults.threads),
        ..defaults
    }
}

/// Comma-separated values.
fn list<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<Vec<T>, String> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries.map(|entry| entry.parse().map_err(|error: T::Err| error.to_string())).collect()
}

fn otlp_endpoint(text: &str) -> Result<String, String> {
    let is_http = |uri: &Uri| uri.scheme_str() == Some("http") && uri.host().is_some();
    match text.parse::<Uri>() {
        Ok(uri) if is_http(&uri) && uri.query().is_none() => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err("must be a URL such as http://127.0.0.1:4318, of a collector nearby".to_owned()),
    }
}

/// Bytes, or thousands of them by 1024: `64 MiB`.
fn bytes(text: &str) -> Result<u64, String> {
    let fault =
        || format!("must be a number of bytes such as 33554432, 512 KiB or 64 MiB, not {text:?}");
    let (digits, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(end) => (&text[..end], text[end..].trim_start()),
        None => (text, ""),
    };
    let shift = match unit {
        "" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err(fault()),
    };
    let number: u64 = digits.parse().map_err(|_| fault())?;
    number.checked_mul(1 << shift).ok_or_else(fault)
}

fn threads(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=1024).contains(number));
    number.ok_or_else(|| format!("must be a whole number from 1 to 1024, not {text:?}"))
}

fn ratio(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| format!("must be a number from 0 to 1, not {text:?}"))
}

fn at_least_one(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number >= 1);
    number.ok_or_else(|| format!("must be a whole number from 1, not {text:?}"))
}

/// Whole seconds, perhaps none; a day at most.
fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok().filter(|number| *number <= 86_400);
    let number =
        number.ok_or_else(|| format!("must be whole seconds up to 86400, not {text:?}"))?;
    Ok(Duration::from_secs(number))
}

fn some_seconds(text: &str) -> Result<Duration, String> {
    let duration = seconds(text)?;
    if duration.is_zero() { Err("must be at least 1 second".to_owned()) } else { Ok(duration) }
}

fn retention(text: &str) -> Result<SignedDuration, String> {
    match lifetime::duration(text) {
        Ok(duration) if duration > SignedDuration::ZERO => Ok(duration),
        Ok(_) => Err(format!("must be longer than nothing, not {text:?}")),
        Err(error) => Err(error.to_string()),
    }
}

fn database_url(text: &str) -> Result<SecretText, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(SecretText(text.to_owned()))
    } else {
        Err("must start with postgres://".to_owned())
    }
}

fn secret(text: &str) -> Result<SecretText, String> {
    Ok(SecretText(text.to_owned()))
}

fn connections(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1000) => Ok(number),
        _ => Err(format!("must be a number from 1 to 1000, not {text:?}")),
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let url = text.strip_suffix('/').unwrap_or(text);
    let authority = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match authority {
        Some(rest) if !rest.is_empty() && !rest.contains(['?', '#', ' ', '@']) => {
            Ok(url.to_owned())
        }
        _ => Err(format!("must be a URL such as https://dashboards.example.com, not {text:?}")),
    }
}

fn whole_number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("must be a whole number, not {text:?}"))
}

fn log_filter(text: &str) -> Result<String, String> {
    match text.parse::<tracing_subscriber::filter::Targets>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!("must be a filter such as info or warn,server=debug, not {text:?}")),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("must be text or json, not {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a file's text and an environment, written as `NAME=value` words.
    fn read(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let path = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(path.path(), file).expect("writable");
        let flags = Flags { config: Some(path.path().to_owned()), ..Flags::default() };
        Config::read(&flags, |name| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[track_caller]
    fn check_fault(file: &str, environment: &[(&str, &str)], fault: &str) {
        let faults = read(file, environment).expect_err("a fault").0;
        assert!(faults.iter().any(|line| line.contains(fault)), "{faults:#?}");
    }

    #[test]
    fn the_defaults_are_those_of_one_small_server() {
        let config = Config::defaults();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.rate_limit_per_minute, 6000);
        assert_eq!(config.embed_token_max_lifetime, SignedDuration::from_hours(30 * 24));
        assert_eq!(config.cors_origins, []);
        assert_eq!(config.database_url, None);
    }

    #[test]
    fn the_limits_of_queries_are_settings() {
        let (limits, defaults) = (Config::defaults().queries, Limits::default());
        let shown = |limits: &Limits| format!("{limits:?}");
        assert_eq!(shown(&limits), shown(&defaults), "the documented defaults are those in force");
        let environment = [
            ("FANLIGHT_QUERIES_PER_CUSTOMER", "2"),
            ("FANLIGHT_CACHE_MAX_BYTES", "64 MiB"),
            ("FANLIGHT_RESULT_MAX_BYTES", "0"),
            ("FANLIGHT_ENGINE_THREADS", "3"),
        ];
        let limits = read("query_timeout_seconds = 5", &environment).expect("valid").queries;
        assert_eq!(limits.statement_timeout, Duration::from_secs(5));
        assert_eq!((limits.queries_per_customer, limits.result_bytes), (2, 0));
        assert_eq!((limits.cache_bytes, limits.engine.threads), (64 << 20, 3));
        check_fault("engine_threads = 0", &[], "engine_threads: must be");
        for text in ["", "MiB", "-1", "1 MB", "99999999999 GiB"] {
            check_fault("", &[("FANLIGHT_CACHE_MAX_BYTES", text)], "CACHE_MAX_BYTES: must be");
        }
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        let file = "listen = \"127.0.0.1:1\"\nrate_limit_per_minute = 1\nlog = \"warn\"\n";
        let environment = [("FANLIGHT_LISTEN", "127.0.0.1:2"), ("FANLIGHT_LOG", "debug")];
        let config = read(file, &environment).expect("valid");
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.log, "debug");
        assert_eq!(config.rate_limit_per_minute, 1);
        let flags = Flags { listen: Some("127.0.0.1:3".to_owned()), ..Flags::default() };
        let config = Config::read(&flags, |_| Some("127.0.0.1:2".to_owned()));
        let faults = config.expect_err("the same text fits no other setting").0;
        assert!(!faults.iter().any(|fault| fault.contains("listen")), "{faults:?}");
    }

    #[test]
    fn lists_are_arrays_in_the_file_and_separated_by_commas_in_the_environment() {
        let file = "cors_origins = [\"https://a.example\", \"https://b.example/\"]";
        let of_file = read(file, &[]).expect("valid").cors_origins;
        let text = "https://a.example, https://b.example";
        let of_env = read("", &[("FANLIGHT_CORS_ORIGINS", text)]).expect("valid").cors_origins;
        assert_eq!(of_file, of_env);
        assert_eq!(of_file.len(), 2);
    }

    #[test]
    fn a_secret_may_stand_in_a_file_of_its_own() {
        let secret = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(secret.path(), "postgres://db/fanlight\n").expect("writable");
        let path = secret.path().to_str().expect("UTF-8");
        let of_file = ("FANLIGHT_DATABASE_URL_FILE", path);
        let config = read("", &[of_file]).expect("valid");
        let url = config.database_url.expect("a URL");
        assert_eq!(url.expose(), "postgres://db/fanlight");
        let twice = [of_file, ("FANLIGHT_DATABASE_URL", "postgres://other")];
        check_fault("", &twice, "FANLIGHT_DATABASE_URL_FILE too");
        check_fault("", &[("FANLIGHT_MASTER_KEY_FILE", "/no/such")], "MASTER_KEY_FILE: /no/such: ");
    }

    #[test]
    fn a_fault_names_the_setting_and_where_it_was_given() {
        check_fault("", &[("FANLIGHT_LISTEN", "8080")], "FANLIGHT_LISTEN: ");
        check_fault(
            "",
            &[("FANLIGHT_CORS_ORIGINS", "*")],
            "FANLIGHT_CORS_ORIGINS: must be an origin",
        );
        check_fault("", &[("FANLIGHT_DATABASE_URL", "mysql://x")], "must start with postgres://");
        check_fault("", &[("FANLIGHT_DATABASE_CONNECTIONS", "0")], "from 1 to 1000");
        check_fault("", &[("FANLIGHT_PUBLIC_URL", "example.com")], "must be a URL");
        check_fault("", &[("FANLIGHT_EMBED_TOKEN_MAX_LIFETIME", "P1M")], "MAX_LIFETIME: ");
        check_fault("", &[("FANLIGHT_OTLP_ENDPOINT", "https://x")], "FANLIGHT_OTLP_ENDPOINT: must");
        check_fault("otlp_sample_ratio = 1.5", &[], "must be a number from 0 to 1");
        check_fault("max_connections = 0", &[], "max_connections: must be a whole number from 1");
        check_fault("idle_timeout_seconds = 0", &[], "must be at least 1 second");
        check_fault("shutdown_delay_seconds = \"1.5\"", &[], "must be whole seconds");
        check_fault("", &[("FANLIGHT_METRICS_LISTEN", "9090")], "must be an address and port");
        check_fault("rate_limit_per_minute = -1", &[], "rate_limit_per_minute");
        check_fault("rate_limit_per_minut = 1", &[], "did you mean \"rate_limit_per_minute\"?");
        check_fault("listen = {}", &[], "listen: must be a text, number, boolean or list");
        check_fault("listen = ", &[], "line 1");
        check_fault("", &[("FANLIGHT_TRUSTED_PROXIES", "10.0.0.0/99")], "TRUSTED_PROXIES: ");
        let address = ("FANLIGHT_DATA_SOURCE_SPECIAL_ADDRESSES", "169.254.0.0/16");
        check_fault("", &[address], "SPECIAL_ADDRESSES: ");
    }

    #[test]
    fn all_faults_are_told_at_once_and_none_shows_a_secret() {
        let environment = [("FANLIGHT_LISTEN", "x"), ("FANLIGHT_DATABASE_URL", "hunter2")];
        let faults = read("", &environment).expect_err("two faults");
        assert_eq!(faults.0.len(), 2);
        assert!(!faults.to_string().contains("hunter2"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let flags = Flags { config: Some("no/such.toml".into()), ..Flags::default() };
        let fault = Config::read(&flags, |_| None).expect_err("no file").to_string();
        assert!(fault.starts_with("no/such.toml: "), "{fault}");
    }
}
