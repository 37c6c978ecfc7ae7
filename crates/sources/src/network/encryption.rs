//! From what a connection says about TLS to what rustls is told.

use model::source::{Tls, TlsMode};
use rustls::ClientConfig;
use tls::{Authorities, Proof, TlsError};

use crate::connector::Failure;

/// Our side of a handshake with `host`; `None`: the connection is not encrypted.
pub(crate) fn encryption(tls: &Tls, host: &str) -> Result<Option<ClientConfig>, Failure> {
    let configured = match tls.mode_for(host) {
        TlsMode::Off => return Ok(None),
        TlsMode::Require => tls::client(Proof::None, None),
        TlsMode::VerifyFull => {
            authorities(tls).and_then(|known| tls::client(Proof::Name(known), None))
        }
    };
    configured.map(Some).map_err(|error| Failure::Unavailable(format!("tls: {error}")))
}

fn authorities(tls: &Tls) -> Result<Authorities, TlsError> {
    match &tls.authorities {
        Some(pem) => Authorities::of_pem(pem.as_bytes()),
        None => Authorities::of_system(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(mode: TlsMode, authorities: Option<&str>) -> Tls {
        Tls { mode: Some(mode), authorities: authorities.map(str::to_owned) }
    }

    #[test]
    fn what_is_not_encrypted_needs_no_configuration() {
        assert!(encryption(&Tls::default(), "localhost").unwrap().is_none());
        assert!(encryption(&of(TlsMode::Off, None), "db.example.com").unwrap().is_none());
        assert!(encryption(&of(TlsMode::Require, None), "localhost").unwrap().is_some());
    }

    #[test]
    fn authorities_that_cannot_be_read_make_the_source_unavailable() {
        for pem in ["", "no certificate"] {
            let outcome = encryption(&of(TlsMode::VerifyFull, Some(pem)), "db.example.com");
            let Err(Failure::Unavailable(detail)) = outcome else { panic!("{pem} is refused") };
            assert!(detail.starts_with("tls: "), "{detail}");
        }
    }
}
