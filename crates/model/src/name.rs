//! Ids and names: text from outside becomes one of these types at the first line that sees it.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a text is not the name it should be. The message completes "`field` …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most {max} characters, this has {found}")]
    TooLong { max: usize, found: usize },
    #[error("must not contain control characters (found U+{:04X})", *found as u32)]
    ControlCharacter { found: char },
    #[error("must be {expected}, not {found:?}")]
    Pattern { expected: &'static str, found: String },
}

/// Longest name or id of a customer, level, tag, group …, in Unicode characters.
pub const MAX_NAME_CHARACTERS: usize = 255;

fn check_free_text(text: &str) -> Result<(), InvalidName> {
    if text.is_empty() {
        return Err(InvalidName::Empty);
    }
    if let Some(found) = text.chars().find(|c| c.is_control()) {
        return Err(InvalidName::ControlCharacter { found });
    }
    // The byte length bounds the character count from above, so the usual case counts nothing.
    if text.len() > MAX_NAME_CHARACTERS {
        let found = text.chars().count();
        if found > MAX_NAME_CHARACTERS {
            return Err(InvalidName::TooLong { max: MAX_NAME_CHARACTERS, found });
        }
    }
    Ok(())
}

fn check_identifier(text: &str) -> Result<(), InvalidName> {
    let expected = "1 to 63 letters, digits or underscores, a letter or underscore first";
    let first_fits = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let all_fit = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if first_fits && all_fit && text.len() <= 63 {
        Ok(())
    } else {
        Err(InvalidName::Pattern { expected, found: text.to_owned() })
    }
}

fn check_slug(text: &str) -> Result<(), InvalidName> {
    let expected = "1 to 63 letters, digits, hyphens or underscores, a letter or digit first";
    let first_fits = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let all_fit = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if first_fits && all_fit && text.len() <= 63 {
        Ok(())
    } else {
        Err(InvalidName::Pattern { expected, found: text.to_owned() })
    }
}

fn check_embed_id(text: &str) -> Result<(), InvalidName> {
    let expected = "6 to 32 letters or digits";
    let all_fit = text.bytes().all(|b| b.is_ascii_alphanumeric());
    if all_fit && (6..=32).contains(&text.len()) {
        Ok(())
    } else {
        Err(InvalidName::Pattern { expected, found: text.to_owned() })
    }
}

fn check_time_zone(text: &str) -> Result<(), InvalidName> {
    let expected = "an IANA time zone such as America/New_York";
    let all_fit =
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
    if all_fit && (1..=64).contains(&text.len()) && !text.starts_with('/') {
        Ok(())
    } else {
        Err(InvalidName::Pattern { expected, found: text.to_owned() })
    }
}

/// Declares a newtype over a checked `String`, with its conversions from and to text.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $check(&text)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(
    /// The client's own id of a customer, unique in its group: 1 to 255 Unicode characters, no
    /// control characters, case-sensitive, kept verbatim.
    ProvidedId,
    check_free_text
);
name!(
    /// The display name of a customer: 1 to 255 Unicode characters, no control characters.
    CustomerName,
    check_free_text
);
name!(
    /// The name of a data visibility group, unique on the server.
    GroupName,
    check_free_text
);
name!(
    /// The name of a group tag, unique on the server, case-sensitive.
    TagName,
    check_free_text
);
name!(
    /// What the operator calls an API token. Several tokens may have one name.
    CredentialName,
    check_free_text
);
name!(
    /// The name of an environment that a dashboard version can be published to.
    EnvironmentName,
    check_slug
);
name!(
    /// The name of a schema: a folder of interchangeable data sources.
    SchemaName,
    check_slug
);
name!(
    /// The name of a data source, unique on the server. Also its provided id in the façade.
    SourceName,
    check_slug
);
name!(
    /// The name of a dashboard in its workspace, unique on the server.
    DashboardName,
    check_slug
);
name!(
    /// The public id of a dashboard: 10 mixed-case letters and digits when the server makes it.
    EmbedId,
    check_embed_id
);
name!(
    /// The name of a dataset inside one dashboard.
    DatasetName,
    check_identifier
);
name!(
    /// The id of a panel inside one dashboard, also usable as a variable name.
    PanelId,
    check_identifier
);
name!(
    /// The id of an element inside one dashboard; it is the name of the element's variable.
    ElementId,
    check_identifier
);
name!(
    /// The name of a result column: of a dataset, a dimension or a measure.
    ColumnName,
    check_free_text
);
name!(
    /// The name of a table that a file source declares.
    TableName,
    check_identifier
);
name!(
    /// The syntax of an IANA time zone name; whether the zone exists is for the query compiler.
    TimeZoneName,
    check_time_zone
);

impl TimeZoneName {
    /// Coordinated Universal Time, the zone in force unless a dashboard or viewer says otherwise.
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }
}

/// Declares a newtype over the small integer by which the façade shows a record.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

number!(
    /// The number of a schema; in JSON maps it is written as a string.
    SchemaId
);
number!(
    /// The number of a data source; in JSON maps it is written as a string.
    SourceId
);
number!(
    /// The number of a data visibility group. Never leaves the server.
    GroupId
);
number!(
    /// The internal key of a customer: stays the same when its provided id changes. Never leaves
    /// the server.
    CustomerKey
);
number!(
    /// The internal key of a dashboard. Never leaves the server.
    DashboardKey
);

/// An e-mail address: one `@`, a non-empty local part, a domain without spaces, at most 254 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct EmailAddress(String);

/// The text is no e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address such as ana@example.com, not {0:?}")]
pub struct InvalidEmailAddress(String);

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmailAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = text.split_once('@').is_some_and(|(local, domain)| {
            let domain_fits = !domain.contains(|c: char| c == '@' || c.is_whitespace());
            !local.is_empty() && !domain.is_empty() && domain_fits
        });
        let clean = !text.chars().any(char::is_control);
        if fits && clean && text.len() <= 254 {
            Ok(Self(text))
        } else {
            Err(InvalidEmailAddress(text.chars().take(60).collect()))
        }
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T: FromStr<Err = InvalidName>>(text: &str, fault: Option<&str>) {
        let found = text.parse::<T>().err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), fault, "{text:?}");
    }

    #[test]
    fn a_provided_id_is_any_text_without_control_characters() {
        check::<ProvidedId>("UA-JFK", None);
        check::<ProvidedId>("東京 支店 🛩", None);
        check::<ProvidedId>(&"é".repeat(255), None);
        check::<ProvidedId>("", Some("must not be empty"));
        let long = "must have at most 255 characters, this has 256";
        check::<ProvidedId>(&"é".repeat(256), Some(long));
        let nul = "must not contain control characters (found U+0000)";
        check::<ProvidedId>("a\0b", Some(nul));
        let newline = "must not contain control characters (found U+000A)";
        check::<ProvidedId>("a\nb", Some(newline));
    }

    #[test]
    fn an_identifier_is_ascii_and_starts_with_a_letter() {
        check::<PanelId>("avg_dep_delay", None);
        let expected = "must be 1 to 63 letters, digits or underscores, a letter or underscore \
                        first, not \"1st\"";
        check::<PanelId>("1st", Some(expected));
    }

    #[test]
    fn a_time_zone_name_has_no_room_for_sql() {
        check::<TimeZoneName>("America/Argentina/Buenos_Aires", None);
        check::<TimeZoneName>("Etc/GMT+5", None);
        let expected = "must be an IANA time zone such as America/New_York, not \"UTC'; --\"";
        check::<TimeZoneName>("UTC'; --", Some(expected));
    }

    #[test]
    fn an_email_address_has_one_at_sign_and_no_spaces() {
        let cases = [
            ("ana@example.com", true),
            ("a@b", true),
            ("ünï@exämple.test", true),
            ("@example.com", false),
            ("ana@", false),
            ("ana@b@c", false),
            ("ana@exa mple.com", false),
            ("\"an a\"@example.com", true),
            ("ana", false),
            ("", false),
            ("a\0@example.com", false),
        ];
        for (text, fits) in cases {
            assert_eq!(EmailAddress::try_from(text.to_owned()).is_ok(), fits, "{text:?}");
        }
        let longest = format!("{}@x", "a".repeat(252));
        assert!(EmailAddress::try_from(longest.clone()).is_ok());
        assert!(EmailAddress::try_from(format!("a{longest}")).is_err());
    }
}
