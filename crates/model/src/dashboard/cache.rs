//! How long the results of a dashboard's queries may be reused.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

/// How long the result of a query may be reused: `off`; a duration such as `90s`, `15m`, `24h`; or
/// `{for: 60s, stale: 10m}`, by which a result of more than a minute still answers for another ten
/// minutes, while a new one is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CacheDocument", into = "CacheDocument")]
pub enum CachePolicy {
    Off,
    For(Reuse),
}

/// How old a result may be that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reuse {
    /// Seconds, 1 to 86,400.
    pub fresh: u32,
    /// Seconds after these in which a result still answers while a new one is fetched; 0 to 86,400.
    pub stale: u32,
}

/// A text, or both durations by name.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be off, a duration such as 15m, or {for: 60s, stale: 10m}")]
#[schemars(rename = "CachePolicy")]
enum CacheDocument {
    /// `off`, or a duration from 1s to 24h such as `90s`, `15m` or `24h`.
    Text(String),
    Stale(StaleDocument),
}

/// How long a result answers, and how long after that while a new one is fetched.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct StaleDocument {
    /// A duration such as `60s`.
    #[serde(rename = "for")]
    fresh: String,
    /// A duration such as `10m`.
    stale: String,
}

/// The text is no cache policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be off or a duration from 1s to 24h such as 90s, 15m or 24h, not {0:?}")]
pub struct InvalidCachePolicy(String);

impl Default for CachePolicy {
    /// One minute.
    fn default() -> Self {
        Self::For(Reuse { fresh: 60, stale: 0 })
    }
}

impl TryFrom<CacheDocument> for CachePolicy {
    type Error = InvalidCachePolicy;

    fn try_from(document: CacheDocument) -> Result<Self, Self::Error> {
        match document {
            CacheDocument::Text(text) if text == "off" => Ok(Self::Off),
            CacheDocument::Text(text) => Ok(Self::For(Reuse { fresh: seconds(text)?, stale: 0 })),
            CacheDocument::Stale(StaleDocument { fresh, stale }) => {
                Ok(Self::For(Reuse { fresh: seconds(fresh)?, stale: seconds(stale)? }))
            }
        }
    }
}

fn seconds(text: String) -> Result<u32, InvalidCachePolicy> {
    let scales = [('s', 1), ('m', 60), ('h', 3600)];
    let read = |(unit, scale): (char, u32)| {
        let count: u32 = text.strip_suffix(unit)?.parse().ok()?;
        count.checked_mul(scale)
    };
    let found = scales.into_iter().find_map(read);
    found.filter(|seconds| (1..=86_400).contains(seconds)).ok_or(InvalidCachePolicy(text))
}

impl From<CachePolicy> for CacheDocument {
    fn from(policy: CachePolicy) -> Self {
        let text = |seconds: u32| format!("{seconds}s");
        match policy {
            CachePolicy::Off => Self::Text("off".to_owned()),
            CachePolicy::For(Reuse { fresh, stale: 0 }) => Self::Text(text(fresh)),
            CachePolicy::For(Reuse { fresh, stale }) => {
                Self::Stale(StaleDocument { fresh: text(fresh), stale: text(stale) })
            }
        }
    }
}

impl JsonSchema for CachePolicy {
    fn schema_name() -> Cow<'static, str> {
        CacheDocument::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        CacheDocument::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(document: Value, expected: Option<CachePolicy>) {
        let read = serde_json::from_value::<CachePolicy>(document.clone());
        assert_eq!(read.ok(), expected, "{document}");
        if let Some(policy) = expected {
            let written = serde_json::to_value(policy).expect("JSON");
            assert_eq!(serde_json::from_value::<CachePolicy>(written).ok(), expected);
        }
    }

    fn reuse(fresh: u32, stale: u32) -> Option<CachePolicy> {
        Some(CachePolicy::For(Reuse { fresh, stale }))
    }

    #[test]
    fn a_cache_policy_is_off_or_a_duration_of_at_most_a_day() {
        check(json!("off"), Some(CachePolicy::Off));
        check(json!("90s"), reuse(90, 0));
        check(json!("15m"), reuse(900, 0));
        check(json!("24h"), reuse(86_400, 0));
        for text in ["25h", "0s", "-1s", "15", "é", "4294967295h"] {
            check(json!(text), None);
        }
    }

    #[test]
    fn a_result_may_answer_past_its_time_while_a_new_one_is_fetched() {
        check(json!({"for": "60s", "stale": "10m"}), reuse(60, 600));
        check(json!({"for": "60s"}), None);
        check(json!({"for": "off", "stale": "10m"}), None);
        check(json!({"for": "60s", "stale": "0s"}), None);
        check(json!({"for": "60s", "stale": "10m", "age": "1s"}), None);
        let fault = serde_json::from_value::<CachePolicy>(json!(60)).expect_err("a fault");
        assert!(fault.to_string().contains("must be off, a duration such as 15m, or {for"));
    }
}
