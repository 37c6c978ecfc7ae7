//! What `fanlight demo` knows beyond any other server: the credentials that its front page shows.

use model::credential::{ApiToken, EmbedSecret};

/// The demo's credentials and address.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Read-write, for the group of the demo's customers.
    pub api_token: ApiToken,
    /// Of the same group.
    pub embed_secret: EmbedSecret,
    /// How browsers reach the server, without a trailing slash.
    pub url: String,
    /// Whether others than this machine may use it.
    pub is_public: bool,
}
