//! Stores of objects that files are fetched from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::Faults;
use super::secret::Secret;
use super::server::{fault_of_host, fault_of_word};

/// Where files are that are not on the server's own disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Storage {
    /// Amazon S3, and what speaks its protocol.
    S3(S3),
}

/// One bucket of a store that speaks S3's protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct S3 {
    /// The store's address, `https://` or `http://` with a host and perhaps a port. Amazon's for the
    /// region when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    pub bucket: String,
    /// The region that requests are signed for.
    #[serde(default = "first_region", skip_serializing_if = "is_first_region")]
    pub region: String,
    /// Whose key signs requests; they are not signed when absent, for a bucket that is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<Secret>,
    /// How often the bucket is asked whether objects have changed, in seconds, 1 to 86400; 60 when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86400))]
    pub refresh_seconds: Option<u32>,
}

fn first_region() -> String {
    "us-east-1".to_owned()
}

fn is_first_region(region: &str) -> bool {
    region == "us-east-1"
}

impl S3 {
    /// The store's address, without a slash at its end.
    pub fn endpoint(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => format!("https://s3.{}.amazonaws.com", self.region),
        }
    }

    /// Whether requests and objects travel encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.endpoint().starts_with("https://")
    }

    /// The host and port that are asked; `None` when the endpoint is no address.
    pub fn host(&self) -> Option<(String, u16)> {
        let endpoint = self.endpoint();
        let (rest, usual) = match endpoint.strip_prefix("https://") {
            Some(rest) => (rest, 443),
            None => (endpoint.strip_prefix("http://")?, 80),
        };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (rest, usual),
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        (port > 0 && fault_of_host(host, false).is_none()).then(|| (host.to_owned(), port))
    }

    pub(super) fn check(&self, faults: &mut Faults) {
        let mut add = |field, message| faults.add_below("storage", field, message);
        let no_address = || "must be an address such as https://s3.example.com:9000".to_owned();
        add("endpoint", self.host().is_none().then(no_address));
        add("bucket", fault_of_bucket(&self.bucket));
        add("region", fault_of_part(&self.region, "-"));
        add("access_key_id", self.access_key_id.as_deref().and_then(fault_of_word));
        let lone_key = self.secret_access_key.is_some() && self.access_key_id.is_none();
        add("secret_access_key", lone_key.then(|| "needs access_key_id beside it".to_owned()));
        let fits = self.refresh_seconds.is_none_or(|pause| (1..=86400).contains(&pause));
        add("refresh_seconds", (!fits).then(|| "must be 1 to 86400".to_owned()));
    }

    /// Whether two stores are asked at the same address with the same key.
    pub(super) fn is_same_login(&self, other: &Self) -> bool {
        self.endpoint() == other.endpoint() && self.access_key_id == other.access_key_id
    }
}

fn fault_of_bucket(bucket: &str) -> Option<String> {
    if bucket.len() < 3 {
        return Some("must have at least 3 characters".to_owned());
    }
    fault_of_part(bucket, "-._")
}

/// The fault of a text that becomes part of an address.
fn fault_of_part(text: &str, marks: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
    let fits = (1..=63).contains(&text.len())
        && text.chars().all(is_plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    (!fits).then(|| format!("must be at most 63 letters, digits and any of {marks}, not {text:?}"))
}
