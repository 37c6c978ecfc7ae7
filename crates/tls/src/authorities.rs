//! Who may vouch for a server.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::TlsError;

/// Authorities whose certificates are believed; at least one.
#[derive(Clone, Debug)]
pub struct Authorities(Arc<RootCertStore>);

impl Authorities {
    /// Those that the machine believes.
    pub fn of_system() -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self::of(roots)
    }

    /// Those of a text with certificates as PEM.
    pub fn of_pem(pem: &[u8]) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate?)?;
        }
        Self::of(roots)
    }

    fn of(roots: RootCertStore) -> Result<Self, TlsError> {
        if roots.is_empty() { Err(TlsError::NoAuthority) } else { Ok(Self(Arc::new(roots))) }
    }

    pub(crate) fn roots(self) -> Arc<RootCertStore> {
        self.0
    }
}

/// The certificates of the authorities that the machine believes, as DER, for who brings a handshake
/// of its own.
pub fn certificates_of_system() -> Vec<Vec<u8>> {
    let certificates = rustls_native_certs::load_native_certs().certs;
    certificates.into_iter().map(|certificate| certificate.to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_read_from_pem() {
        let own = rcgen::generate_simple_self_signed(["db".to_owned()]).unwrap().cert.pem();
        assert!(Authorities::of_pem(own.as_bytes()).is_ok());
        let two = Authorities::of_pem(format!("{own}\n{own}").as_bytes()).unwrap();
        assert_eq!(two.roots().len(), 2);
    }

    #[test]
    fn a_text_without_certificates_is_refused() {
        for text in ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(Authorities::of_pem(text.as_bytes()).is_err(), "{text}");
        }
    }
}
