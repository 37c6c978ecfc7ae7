//! Credentials as values: parsed from text, made from random bytes that the caller draws, never
//! printed by `Debug`.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The text is not 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 64 lowercase hexadecimal digits")]
pub struct InvalidToken;

fn is_lowercase_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // Not by formatting: tokens are shown on every read of a customer.
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Declares a token of 64 lowercase hexadecimal digits.
macro_rules! token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// A token from 32 random bytes.
            pub fn from_random(bytes: [u8; 32]) -> Self {
                Self(to_hex(&bytes))
            }

            /// The secret text. Name it in no log.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidToken;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if text.len() == 64 && text.bytes().all(is_lowercase_digit) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidToken)
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

token!(
    /// Opens the management API for one group, read-write or read-only.
    ApiToken
);
token!(
    /// Opens embeds for one customer.
    CustomerToken
);
token!(
    /// Opens the whole native API: the operator's key, printed once.
    AdminKey
);

/// The public id of an API token or an admin key: 16 lowercase hexadecimal digits. It tells nothing
/// of the secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(String);

/// The text is not 16 lowercase hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 16 lowercase hexadecimal digits")]
pub struct InvalidCredentialId;

impl CredentialId {
    /// An id from 8 bytes, drawn at random or taken from the secret's SHA-256.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(to_hex(&bytes))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CredentialId {
    type Err = InvalidCredentialId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 16 && text.bytes().all(is_lowercase_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCredentialId)
        }
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an API token allows in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    ReadOnly,
    ReadWrite,
}

impl Access {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::ReadWrite => "read-write",
        }
    }
}

/// The text names no kind of access.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be read-write or read-only, not {0:?}")]
pub struct InvalidAccess(String);

impl FromStr for Access {
    type Err = InvalidAccess;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "read-only" => Ok(Self::ReadOnly),
            "read-write" => Ok(Self::ReadWrite),
            other => Err(InvalidAccess(other.to_owned())),
        }
    }
}

/// The public id of an embed secret, a UUID; the `kid` of an embed JWT.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

/// The text is no UUID in its usual hyphenated form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUID such as 7f1f0c1e-6f2b-4c39-9d0a-1f6f3f0f5a11")]
pub struct InvalidKeyId;

impl KeyId {
    /// A version 4 UUID (RFC 9562, section 5.4) from 16 random bytes.
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        Self(format!("{a}-{b}-{c}-{d}-{e}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = InvalidKeyId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hyphen_at = |at: usize| matches!(at, 8 | 13 | 18 | 23);
        let fits =
            |(at, b): (usize, u8)| if hyphen_at(at) { b == b'-' } else { b.is_ascii_hexdigit() };
        if text.len() == 36 && text.bytes().enumerate().all(fits) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(InvalidKeyId)
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An embed secret's key value: 32 ASCII letters and digits, used as the 32 bytes of an AES-256 key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyValue(String);

impl KeyValue {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// A key from 32 random bytes: about 190 bits, since each byte chooses one of 62 characters.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        let character = |byte: u8| char::from(Self::ALPHABET[usize::from(byte) % 62]);
        Self(bytes.into_iter().map(character).collect())
    }

    /// The secret text. Name it in no log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The text is not 32 ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 ASCII characters")]
pub struct InvalidKeyValue;

impl FromStr for KeyValue {
    type Err = InvalidKeyValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 32 && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidKeyValue)
        }
    }
}

impl fmt::Debug for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyValue(…)")
    }
}

/// An embed secret: encrypts and opens the embed JWTs of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedSecret {
    pub id: KeyId,
    pub value: KeyValue,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_64_lowercase_hex_digits() {
        let token = CustomerToken::from_random([0xab; 32]);
        assert_eq!(token.expose(), "ab".repeat(32));
        assert_eq!(token.expose().parse(), Ok(token.clone()));
        assert_eq!("AB".repeat(32).parse::<CustomerToken>(), Err(InvalidToken));
        assert_eq!("ab".repeat(31).parse::<CustomerToken>(), Err(InvalidToken));
    }

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        let secret =
            EmbedSecret { id: KeyId::from_random([7; 16]), value: KeyValue::from_random([7; 32]) };
        assert!(!format!("{secret:?}").contains(secret.value.expose()));
        assert_eq!(format!("{:?}", ApiToken::from_random([1; 32])), "ApiToken(…)");
    }

    #[test]
    fn a_key_id_is_a_version_4_uuid() {
        let id = KeyId::from_random([0xff; 16]);
        assert_eq!(id.as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!("FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF".parse(), Ok(id));
        assert_eq!("not-a-uuid".parse::<KeyId>(), Err(InvalidKeyId));
    }

    #[test]
    fn a_key_value_is_32_ascii_characters() {
        let value = KeyValue::from_random([61; 32]);
        assert_eq!(value.expose(), "9".repeat(32));
        assert!("9".repeat(31).parse::<KeyValue>().is_err());
        assert!("é".repeat(16).parse::<KeyValue>().is_err());
    }
}
