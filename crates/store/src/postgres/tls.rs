//! TLS to PostgreSQL, with libpq's words for how much is asked of the server's certificate.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use rustls::ClientConfig;
use tls::{Authorities, Identity, Proof, TlsError};
use tokio_postgres::config::SslMode;

use crate::error::StoreError;

/// What a connection string says about TLS.
#[derive(Default)]
pub(super) struct TlsParameters {
    sslmode: Option<String>,
    /// The file of the authorities whose certificates are believed; without it, the machine's.
    sslrootcert: Option<PathBuf>,
    /// The files of our own certificate and its key.
    sslcert: Option<PathBuf>,
    sslkey: Option<PathBuf>,
}

impl TlsParameters {
    /// Keeps the parameter if it is one of TLS.
    pub(super) fn take(&mut self, name: &str, value: &str) -> bool {
        match name {
            "sslmode" => self.sslmode = Some(value.to_owned()),
            "sslrootcert" => self.sslrootcert = Some(value.into()),
            "sslcert" => self.sslcert = Some(value.into()),
            "sslkey" => self.sslkey = Some(value.into()),
            _ => return false,
        }
        true
    }

    /// Whether there must be TLS. `None`: nothing was said.
    pub(super) fn mode(&self) -> Result<Option<SslMode>, StoreError> {
        Ok(match self.sslmode.as_deref() {
            None => None,
            Some("disable") => Some(SslMode::Disable),
            Some("allow" | "prefer") => Some(SslMode::Prefer),
            Some("require" | "verify-ca" | "verify-full") => Some(SslMode::Require),
            Some(other) => {
                return Err(StoreError::unavailable(format!(
                    "sslmode must be disable, prefer, require, verify-ca or verify-full, \
                     not {other:?}"
                )));
            }
        })
    }

    /// The client's side of a handshake.
    pub(super) fn client(&self) -> Result<ClientConfig, StoreError> {
        tls::client(self.proof()?, self.identity()?).map_err(StoreError::unavailable)
    }

    fn proof(&self) -> Result<Proof, StoreError> {
        Ok(match self.sslmode.as_deref() {
            Some("verify-full") => Proof::Name(self.authorities()?),
            Some("verify-ca") => Proof::Chain(self.authorities()?),
            // As libpq has it: whoever names authorities means them to be asked.
            Some("require") if self.sslrootcert.is_some() => Proof::Chain(self.authorities()?),
            _ => Proof::None,
        })
    }

    /// The authorities that may vouch for the server.
    fn authorities(&self) -> Result<Authorities, StoreError> {
        match self.sslrootcert.as_deref().filter(|file| *file != Path::new("system")) {
            Some(file) => Authorities::of_pem(&read(file)?).map_err(|error| of_file(file, error)),
            None => Authorities::of_system().map_err(|error| match error {
                TlsError::NoAuthority => {
                    StoreError::unavailable(format!("{error}; name its file with sslrootcert="))
                }
                other => StoreError::unavailable(other),
            }),
        }
    }

    fn identity(&self) -> Result<Option<Identity>, StoreError> {
        match (&self.sslcert, &self.sslkey) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => {
                let identity = Identity::of_pem(&read(certificate)?, &read(key)?);
                let both = format!("{} and {}", certificate.display(), key.display());
                identity
                    .map(Some)
                    .map_err(|error| StoreError::unavailable(format!("{both}: {error}")))
            }
            _ => Err(StoreError::unavailable("sslcert and sslkey belong together: name both")),
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, StoreError> {
    std::fs::read(file).map_err(|error| of_file(file, error))
}

fn of_file(file: &Path, error: impl Display) -> StoreError {
    StoreError::unavailable(format!("{}: {error}", file.display()))
}
