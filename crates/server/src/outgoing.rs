//! Calls to other servers. Their TLS is set up here alone: rustls with ring's cryptography, and the
//! certificates that the machine trusts.

/// A client that says who it is. `HTTPS_PROXY` and the like are heeded.
pub fn client_builder() -> reqwest::ClientBuilder {
    // Fails only when it has been installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().user_agent(concat!("fanlight/", env!("CARGO_PKG_VERSION")))
}
