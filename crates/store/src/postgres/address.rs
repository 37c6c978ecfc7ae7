//! Where PostgreSQL is and how to speak to it: a connection string, with libpq's parameters for TLS.

use std::borrow::Cow;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::TlsParameters;
use crate::error::StoreError;

/// How long a new connection may take to be made.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection whose other end has vanished without a word ends within about this time.
const SILENCE: Duration = Duration::from_secs(10);

/// All that a connection is made from.
#[derive(Clone)]
pub(crate) struct Address {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl Address {
    /// Reads a `postgres://` URL, or a key-value connection string, whose parameters for TLS go no
    /// further than `sslmode` of `disable`, `prefer` and `require`. The URL's own password wins.
    pub(crate) fn read(text: &str, password: Option<&str>) -> Result<Self, StoreError> {
        let (rest, parameters) = split(text)?;
        let mut config: Config = rest.parse()?;
        if config.get_application_name().is_none() {
            config.application_name("fanlight");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        notice_silence(&mut config, &rest);
        if let Some(mode) = parameters.mode()? {
            config.ssl_mode(mode);
        }
        Ok(Self { config, tls: MakeRustlsConnect::new(parameters.client()?) })
    }
}

/// Without these, a node waits a quarter of an hour for a server whose machine has gone.
fn notice_silence(config: &mut Config, text: &str) {
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    if !text.contains("keepalives") {
        config.keepalives_idle(SILENCE / 2).keepalives_interval(SILENCE / 5).keepalives_retries(3);
    }
}

/// Takes the parameters for TLS, which the driver does not know, out of a URL's query.
fn split(text: &str) -> Result<(Cow<'_, str>, TlsParameters), StoreError> {
    let mut parameters = TlsParameters::default();
    let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let Some((before, query)) = text.split_once('?').filter(|_| is_url) else {
        return Ok((text.into(), parameters));
    };
    let mut others = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decode_str(value).decode_utf8().map_err(StoreError::unavailable)?;
        if !parameters.take(name, &value) {
            others.push(pair);
        }
    }
    Ok((format!("{before}?{}", others.join("&")).into(), parameters))
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::SslMode;

    use super::*;

    #[track_caller]
    fn check(text: &str, mode: SslMode) {
        let address = Address::read(text, None).expect("an address");
        assert_eq!(address.config.get_ssl_mode(), mode, "{text}");
        assert_eq!(address.config.get_dbname(), Some("fanlight"), "{text}");
    }

    #[track_caller]
    fn check_fault(text: &str, expected: &str) {
        let Err(StoreError::Unavailable(fault)) = Address::read(text, None) else {
            panic!("{text} is refused")
        };
        assert!(fault.to_string().contains(expected), "{fault}");
    }

    #[test]
    fn parameters_for_tls_stand_anywhere_in_the_query() {
        check("postgres://me@db/fanlight", SslMode::Prefer);
        check("postgres://me@db/fanlight?sslmode=disable", SslMode::Disable);
        check("postgres://me@db/fanlight?sslmode=require&connect_timeout=3", SslMode::Require);
        check(
            "postgresql://me@db/fanlight?application_name=x&sslmode=verify%2Dfull",
            SslMode::Require,
        );
        check("host=db user=me dbname=fanlight sslmode=require", SslMode::Require);
    }

    #[test]
    fn what_the_url_says_of_time_wins() {
        let said = "postgres://db/x?connect_timeout=3&tcp_user_timeout=7&keepalives_idle=60";
        let config = Address::read(said, None).expect("an address").config;
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(3)));
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(7)));
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(60));
        let config = Address::read("postgres://db/x", None).expect("an address").config;
        assert_eq!(config.get_tcp_user_timeout(), Some(&SILENCE));
        assert_eq!(config.get_keepalives_idle(), SILENCE / 2);
    }

    #[test]
    fn a_password_may_come_from_elsewhere() {
        let password = |url| {
            let config = Address::read(url, Some("elsewhere")).expect("an address").config;
            config.get_password().map(<[u8]>::to_owned)
        };
        assert_eq!(password("postgres://me@db/x").as_deref(), Some(b"elsewhere".as_slice()));
        assert_eq!(password("postgres://me:own@db/x").as_deref(), Some(b"own".as_slice()));
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        check_fault("postgres://db/x?sslmode=verify", "sslmode must be");
        check_fault("postgres://db/x?sslmode=verify-ca&sslrootcert=/no/such", "/no/such");
        check_fault("postgres://db/x?sslcert=/no/such", "sslkey");
    }
}
