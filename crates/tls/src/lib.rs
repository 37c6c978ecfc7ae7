//! Our side of TLS to other servers: how far a server must prove who it is, and what we show of
//! ourselves.
//!
//! Knows certificates, not connections: who speaks to a database brings its own sockets.

mod any_name;
mod authorities;
mod identity;

use std::sync::Arc;

use rustls::ClientConfig;

use any_name::AnyName;

pub use authorities::{Authorities, certificates_of_system};
pub use identity::Identity;

/// How far a server must prove who it is.
#[derive(Clone, Debug)]
pub enum Proof {
    /// Not at all: what is said cannot be overheard, but by a machine in the middle.
    None,
    /// One of these authorities has made its certificate, for whatever name.
    Chain(Authorities),
    /// One of these authorities has made its certificate for the name of the host.
    Name(Authorities),
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("no certificate of an authority was found")]
    NoAuthority,
    #[error("{0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    #[error("{0}")]
    Rustls(#[from] rustls::Error),
}

/// The client's side of a handshake.
pub fn client(proof: Proof, identity: Option<Identity>) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let any_name = |roots| Arc::new(AnyName { roots, provider });
    let builder = match proof {
        Proof::Name(authorities) => builder.with_root_certificates(authorities.roots()),
        Proof::Chain(authorities) => builder
            .dangerous()
            .with_custom_certificate_verifier(any_name(Some(authorities.roots()))),
        Proof::None => builder.dangerous().with_custom_certificate_verifier(any_name(None)),
    };
    match identity {
        None => Ok(builder.with_no_client_auth()),
        Some(Identity { chain, key }) => Ok(builder.with_client_auth_cert(chain, key)?),
    }
}
