//! Secrets at rest: sealed with XChaCha20-Poly1305 under the master key.
//!
//! A sealed secret is `version (1 byte) | key id (4) | nonce (24) | ciphertext and tag`. The place
//! where it stands (table and row id) is authenticated with it, so a secret copied into another row
//! does not open there.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::ambient::Ambient;
use crate::error::StoreError;
use crate::master_key::MasterKey;

const VERSION: u8 = 1;
const HEADER: usize = 5;
const NONCE: usize = 24;

/// Seals and opens secrets with one master key.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    key_id: [u8; 4],
}

/// Where a sealed secret stands.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    CustomerToken(i64),
    EmbedSecret(&'a str),
    Connection(i64),
    IdempotencyRecord(&'a str),
    /// The text that tells at start whether the master key is the right one.
    KeyCheck,
}

impl Place<'_> {
    fn associated_data(self) -> String {
        match self {
            Self::CustomerToken(id) => format!("customer:{id}"),
            Self::EmbedSecret(id) => format!("embed_secret:{id}"),
            Self::Connection(id) => format!("data_source:{id}"),
            Self::IdempotencyRecord(name) => format!("idempotency_record:{name}"),
            Self::KeyCheck => "key_check".to_owned(),
        }
    }
}

impl Sealer {
    pub(crate) fn new(key: &MasterKey) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(*key.bytes())), key_id: key.id() }
    }

    pub(crate) fn seal(&self, ambient: &Ambient, place: Place<'_>, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = ambient.random();
        let aad = place.associated_data();
        let payload = Payload { msg: secret, aad: aad.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.expect("a secret is far shorter than the cipher's limit of 256 GiB");
        let mut out = Vec::with_capacity(HEADER + NONCE + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&self.key_id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Errs when the secret was sealed elsewhere, under another key, or was tampered with.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let broken =
            || StoreError::corrupt(format!("{}: does not unseal", place.associated_data()));
        let (header, rest) = sealed.split_at_checked(HEADER).ok_or_else(broken)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE).ok_or_else(broken)?;
        if header[0] != VERSION || header[1..] != self.key_id {
            return Err(broken());
        }
        let nonce = XNonce::try_from(nonce).map_err(|_| broken())?;
        let aad = place.associated_data();
        let payload = Payload { msg: ciphertext, aad: aad.as_bytes() };
        self.cipher.decrypt(&nonce, payload).map_err(|_| broken())
    }
}

/// The fingerprint by which a credential is looked up.
pub(crate) fn fingerprint(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&MasterKey::from_bytes([byte; 32]))
    }

    #[test]
    fn a_secret_opens_only_where_it_was_sealed_and_with_its_key() {
        let ambient = Ambient::default();
        let sealed = sealer(1).seal(&ambient, Place::CustomerToken(7), b"secret");
        assert_eq!(sealer(1).open(Place::CustomerToken(7), &sealed).expect("opens"), b"secret");
        assert!(sealer(1).open(Place::CustomerToken(8), &sealed).is_err());
        assert!(sealer(1).open(Place::Connection(7), &sealed).is_err());
        assert!(sealer(2).open(Place::CustomerToken(7), &sealed).is_err());
        for at in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[at] ^= 1;
            assert!(sealer(1).open(Place::CustomerToken(7), &broken).is_err(), "byte {at}");
            assert!(sealer(1).open(Place::CustomerToken(7), &sealed[..at]).is_err(), "cut at {at}");
        }
        let again = sealer(1).seal(&ambient, Place::CustomerToken(7), b"secret");
        assert_ne!(again, sealed, "a new nonce each time");
    }
}
