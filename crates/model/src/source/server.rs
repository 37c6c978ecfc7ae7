//! What connections to database servers have in common.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The server that a connection speaks to, and as whom.
///
/// A secret goes where all of this is the same, and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server<'a> {
    pub host: &'a str,
    pub port: u16,
    pub user: &'a str,
    pub tls: &'a Tls,
}

/// How a connection is encrypted and the server's certificate is looked at.
///
/// When nothing is said, a server on this machine (`localhost`, a loopback address, a socket) is
/// reached as [`TlsMode::Off`] and every other one as [`TlsMode::VerifyFull`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<TlsMode>,
    /// Certificates of the authorities to trust instead of the system's, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities: Option<String>,
}

impl Tls {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The mode in force for a host.
    pub fn mode_for(&self, host: &str) -> TlsMode {
        self.mode.unwrap_or(if is_local(host) { TlsMode::Off } else { TlsMode::VerifyFull })
    }
}

/// How far a server must prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Not encrypted.
    Off,
    /// Encrypted, whoever the server is.
    Require,
    /// The certificate must be of a trusted authority and for this host.
    VerifyFull,
}

/// Whether a host is this machine itself, by its name.
fn is_local(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a text is a host name, an IP address, or (where `sockets` are known) an absolute path.
pub(super) fn fault_of_host(host: &str, sockets: bool) -> Option<String> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let is_name = host.len() <= 253 && host.trim_end_matches('.').split('.').all(is_label);
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    let is_socket = sockets && host.starts_with('/') && !host.contains('\0');
    let what = if sockets {
        "a host name, an IP address or a socket's folder"
    } else {
        "a host name or an IP address"
    };
    (!is_name && !is_address && !is_socket).then(|| format!("must be {what}, not {host:?}"))
}

/// The fault of a text that must be there and hold no control characters.
pub(super) fn fault_of_word(text: &str) -> Option<String> {
    let fits = !text.is_empty() && text.len() <= 255 && !text.chars().any(char::is_control);
    (!fits).then(|| "must have 1 to 255 bytes and no control characters".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_this_machine_needs_no_encryption_and_any_other_does() {
        let cases = [
            ("localhost", TlsMode::Off),
            ("127.0.0.1", TlsMode::Off),
            ("::1", TlsMode::Off),
            ("/run/postgresql", TlsMode::Off),
            ("db.example.com", TlsMode::VerifyFull),
            ("10.0.0.7", TlsMode::VerifyFull),
            ("localhost.example.com", TlsMode::VerifyFull),
        ];
        for (host, mode) in cases {
            assert_eq!(Tls::default().mode_for(host), mode, "{host}");
        }
        let asked = Tls { mode: Some(TlsMode::Require), authorities: None };
        assert_eq!(asked.mode_for("localhost"), TlsMode::Require);
    }

    #[test]
    fn a_host_is_a_name_an_address_or_a_socket() {
        let fine = ["db", "db.example.com", "db_1.internal", "10.0.0.7", "::1", "/run/postgresql"];
        for host in fine {
            assert_eq!(fault_of_host(host, true), None, "{host}");
        }
        let faulty = ["", "a b", "db/x", "db:5432", "http://db", "a..b", "é", "db host=evil"];
        for host in faulty {
            assert!(fault_of_host(host, true).is_some(), "{host}");
        }
        assert!(fault_of_host("/run/postgresql", false).is_some());
    }
}
