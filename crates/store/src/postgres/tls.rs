//! TLS to PostgreSQL, with libpq's words for how much is asked of the server's certificate.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
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

/// How much is asked of the server's certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// Nothing: what is said cannot be overheard, but by a machine in the middle.
    None,
    /// A known authority has made it, for whatever name.
    Chain,
    /// A known authority has made it for the name of the host.
    Name,
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

    fn proof(&self) -> Proof {
        match self.sslmode.as_deref() {
            Some("verify-full") => Proof::Name,
            Some("verify-ca") => Proof::Chain,
            // As libpq has it: whoever names authorities means them to be asked.
            Some("require") if self.sslrootcert.is_some() => Proof::Chain,
            _ => Proof::None,
        }
    }

    /// The client's side of a handshake.
    pub(super) fn client(&self) -> Result<ClientConfig, StoreError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(StoreError::unavailable)?;
        let builder = match self.proof() {
            Proof::Name => builder.with_root_certificates(self.roots()?),
            proof => {
                let roots = if proof == Proof::Chain { Some(self.roots()?) } else { None };
                let verifier = Arc::new(AnyName { roots, provider });
                builder.dangerous().with_custom_certificate_verifier(verifier)
            }
        };
        match (&self.sslcert, &self.sslkey) {
            (None, None) => Ok(builder.with_no_client_auth()),
            (Some(certificate), Some(key)) => {
                let key = PrivateKeyDer::from_pem_file(key).map_err(|e| of_file(key, e))?;
                let chain = certificates(certificate)?;
                builder.with_client_auth_cert(chain, key).map_err(StoreError::unavailable)
            }
            _ => Err(StoreError::unavailable("sslcert and sslkey belong together: name both")),
        }
    }

    /// The authorities that may vouch for the server.
    fn roots(&self) -> Result<RootCertStore, StoreError> {
        let mut roots = RootCertStore::empty();
        match self.sslrootcert.as_deref().filter(|file| *file != Path::new("system")) {
            Some(file) => {
                for certificate in certificates(file)? {
                    roots.add(certificate).map_err(|error| of_file(file, error))?;
                }
            }
            None => {
                let found = rustls_native_certs::load_native_certs();
                roots.add_parsable_certificates(found.certs);
            }
        }
        if roots.is_empty() {
            return Err(StoreError::unavailable(
                "no certificate of an authority was found; name its file with sslrootcert=",
            ));
        }
        Ok(roots)
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| of_file(file, error))?;
    certificates.collect::<Result<_, _>>().map_err(|error| of_file(file, error))
}

fn of_file(file: &Path, error: impl Display) -> StoreError {
    StoreError::unavailable(format!("{}: {error}", file.display()))
}

/// Takes certificates of any name: of any maker too when there are no roots.
#[derive(Debug)]
struct AnyName {
    roots: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            rustls::client::verify_server_cert_signed_by_trust_anchor(
                &ParsedCertificate::try_from(certificate)?,
                roots,
                intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
