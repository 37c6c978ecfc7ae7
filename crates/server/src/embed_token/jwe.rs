//! Compact JWE (RFC 7516) with a direct key and AES-256-GCM, and nothing else.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::credential::{KeyId, KeyValue};
use serde_json::{Value, json};

use super::MAX_BYTES;
use crate::json;

/// The parts of a compact JWE, decoded.
#[derive(Debug)]
pub(super) struct Compact<'a> {
    /// The header as it stands in the token: the associated data of the encryption.
    encoded_header: &'a str,
    /// The `kid` of a header that is acceptable as a whole.
    pub(super) key_id: KeyId,
    iv: [u8; 12],
    /// The ciphertext with its tag of 16 bytes behind it.
    sealed: Vec<u8>,
}

impl<'a> Compact<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, &'static str> {
        if text.len() > MAX_BYTES {
            return Err("it is longer than 8192 bytes");
        }
        let mut parts = text.split('.');
        let mut part = || parts.next().ok_or("it does not have five parts");
        let (encoded_header, key, iv, ciphertext, tag) =
            (part()?, part()?, part()?, part()?, part()?);
        if parts.next().is_some() {
            return Err("it does not have five parts");
        }
        if !key.is_empty() {
            return Err("it carries an encrypted key, which alg \"dir\" does not have");
        }
        let key_id = key_id(&decode(encoded_header)?)?;
        let mut sealed = decode(ciphertext)?;
        let tag: [u8; 16] = decode(tag)?.try_into().map_err(|_| "its tag is not 16 bytes")?;
        sealed.extend_from_slice(&tag);
        let iv = decode(iv)?.try_into().map_err(|_| "its initialization vector is not 12 bytes")?;
        Ok(Self { encoded_header, key_id, iv, sealed })
    }

    /// The plaintext, `None` when the key is another or anything was changed.
    pub(super) fn open(&self, key: &KeyValue) -> Option<Vec<u8>> {
        let payload = Payload { msg: &self.sealed, aad: self.encoded_header.as_bytes() };
        cipher(key).decrypt(&Nonce::from(self.iv), payload).ok()
    }
}

fn key_id(header: &[u8]) -> Result<KeyId, &'static str> {
    let Ok(Value::Object(header)) = json::read(header) else {
        return Err("its header is no JSON object, or has a member twice");
    };
    let text = |name: &str| header.get(name).and_then(Value::as_str);
    if text("alg") != Some("dir") {
        return Err("its alg must be \"dir\"");
    }
    if text("enc") != Some("A256GCM") {
        return Err("its enc must be \"A256GCM\"");
    }
    if header.contains_key("zip") {
        return Err("compressed tokens (zip) are not accepted");
    }
    if header.contains_key("crit") {
        return Err("critical extensions (crit) are not accepted");
    }
    let kid = text("kid").ok_or("its header lacks the key id (kid)")?;
    kid.parse().map_err(|_| "its key id (kid) is no UUID")
}

pub(super) fn header(key_id: &KeyId) -> String {
    json!({"alg": "dir", "enc": "A256GCM", "kid": key_id.as_str()}).to_string()
}

pub(super) fn seal(header: &str, key: &KeyValue, iv: [u8; 12], content: &[u8]) -> String {
    let header = URL_SAFE_NO_PAD.encode(header);
    let payload = Payload { msg: content, aad: header.as_bytes() };
    let sealed = cipher(key)
        .encrypt(&Nonce::from(iv), payload)
        .unwrap_or_else(|_| unreachable!("claims are far below the 64 GiB that GCM can seal"));
    let (ciphertext, tag) = sealed.split_at(sealed.len() - 16);
    let [iv, ciphertext, tag] = [&iv[..], ciphertext, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}..{iv}.{ciphertext}.{tag}")
}

fn cipher(key: &KeyValue) -> Aes256Gcm {
    Aes256Gcm::new_from_slice(key.expose().as_bytes())
        .unwrap_or_else(|_| unreachable!("a key value is 32 ASCII characters"))
}

/// Base64url without padding, in its one canonical spelling.
fn decode(part: &str) -> Result<Vec<u8>, &'static str> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| "a part is not canonical base64url")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7516, appendix A.1: the content encryption of its example. (Its key is managed by
    /// RSA-OAEP, which does not matter here.)
    #[test]
    fn the_content_encryption_is_that_of_rfc_7516() {
        let key = [
            177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7,
            110, 91, 112, 46, 34, 105, 47, 130, 203, 46, 122, 234, 64, 252,
        ];
        let iv = [227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219];
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
        let plain = b"The true sign of intelligence is not knowledge but imagination.";
        let cipher = Aes256Gcm::new(&key.into());
        let payload = Payload { msg: &plain[..], aad: header.as_bytes() };
        let sealed = cipher.encrypt(&Nonce::from(iv), payload).expect("seals");
        let (ciphertext, tag) = sealed.split_at(sealed.len() - 16);
        assert_eq!(
            URL_SAFE_NO_PAD.encode(ciphertext),
            "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A"
        );
        assert_eq!(URL_SAFE_NO_PAD.encode(tag), "XFBoMYUZodetZdvTiFvSkQ");
    }
}
