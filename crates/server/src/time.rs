//! Moments on the wire: RFC 3339 in UTC.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A moment, such as `2030-01-31T09:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub(crate) struct Time(#[schemars(with = "String", extend("format" = "date-time"))] Timestamp);

impl Time {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub(crate) fn from_us(us: i64) -> Self {
        Self(Timestamp::from_microsecond(us).unwrap_or_default())
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub(crate) fn as_us(self) -> i64 {
        self.0.as_microsecond()
    }
}
