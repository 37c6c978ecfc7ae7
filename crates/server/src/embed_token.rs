//! Embed tokens: what lets a viewer's browser open one dashboard as one customer, for a while.
//!
//! A token is a compact JWE (RFC 7516) with `alg` `dir` and `enc` `A256GCM`; its key is an embed
//! secret of one group, named by `kid`. Anybody who holds the secret can mint tokens, so nothing in
//! one is trusted before it was opened, and what it says is resolved inside the secret's group.
//!
//! To verify: [`SealedToken::parse`], look the secret up by [`SealedToken::key_id`],
//! [`SealedToken::open`], then [`Claims::allows_page`].

mod claims;
mod jwe;
pub mod lifetime;

use jiff::Timestamp;
use model::credential::{EmbedSecret, KeyId};

pub use claims::{Claims, Feature, Features};

/// Longer tokens are refused unread.
pub const MAX_BYTES: usize = 8192;

/// Why a token is no good. The message is for the page's developer and discloses nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbedTokenError {
    /// No compact JWE of the kind that is accepted here.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// Made with another key, or changed on its way.
    #[error("the token cannot be decrypted with its key")]
    Undecryptable,
    /// It opened, but does not say what a token must.
    #[error("the token's claims are not valid: {0}")]
    Claims(String),
    #[error("the token has expired")]
    Expired,
}

/// A token whose form is right and whose content is still unknown.
#[derive(Debug)]
pub struct SealedToken<'a>(jwe::Compact<'a>);

impl<'a> SealedToken<'a> {
    /// Reads the form and the header of a token.
    pub fn parse(text: &'a str) -> Result<Self, EmbedTokenError> {
        jwe::Compact::parse(text).map(Self).map_err(EmbedTokenError::Malformed)
    }

    /// The `kid`: which embed secret opens the token, if there is one.
    pub fn key_id(&self) -> &KeyId {
        &self.0.key_id
    }

    /// Opens the token with the secret that its key id names; `exp` is compared with `now`, without
    /// leeway.
    pub fn open(&self, secret: &EmbedSecret, now: Timestamp) -> Result<Claims, EmbedTokenError> {
        let content = self.0.open(&secret.value).ok_or(EmbedTokenError::Undecryptable)?;
        let claims = Claims::read(&content).map_err(EmbedTokenError::Claims)?;
        if claims.expires <= now { Err(EmbedTokenError::Expired) } else { Ok(claims) }
    }
}

/// Makes a token. `iv` must be random and never used twice with one secret.
pub fn mint(claims: &Claims, secret: &EmbedSecret, now: Timestamp, iv: [u8; 12]) -> String {
    let header = jwe::header(&secret.id);
    jwe::seal(&header, &secret.value, iv, &claims.to_json(now))
}

#[cfg(test)]
mod tests;
