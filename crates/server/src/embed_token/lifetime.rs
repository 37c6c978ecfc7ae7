//! How long an embed token lives: an ISO 8601 duration from now, or a moment.

use jiff::fmt::temporal::SpanParser;
use jiff::{SignedDuration, Timestamp};

/// Why a text is no lifetime. The message completes "`expiration` …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLifetime {
    #[error(
        "must be an ISO 8601 duration such as PT1H or P7D, or a time such as 2030-01-31T12:00:00Z, not {0:?}"
    )]
    Unreadable(String),
    #[error("must not use years or months, whose length varies: write P30D instead of P1M")]
    Calendar,
    #[error("must lie in the future")]
    NotAhead,
    #[error("must be at most {} from now", words(*.0))]
    TooLong(SignedDuration),
}

/// When a token with this `expiration` ends: a duration counts from `now`, a moment stands for
/// itself. At most `longest` from now.
pub fn expiry(
    expiration: &str,
    now: Timestamp,
    longest: SignedDuration,
) -> Result<Timestamp, InvalidLifetime> {
    let lifetime = if expiration.trim_start().starts_with(['P', 'p', '-', '+']) {
        duration(expiration)?
    } else {
        let moment: Timestamp = expiration.parse().map_err(|_| unreadable(expiration))?;
        moment.duration_since(now)
    };
    if lifetime <= SignedDuration::ZERO {
        return Err(InvalidLifetime::NotAhead);
    }
    if lifetime > longest {
        return Err(InvalidLifetime::TooLong(longest));
    }
    now.checked_add(lifetime).map_err(|_| InvalidLifetime::TooLong(longest))
}

/// An ISO 8601 duration of weeks, days (of 24 hours), hours, minutes and seconds.
pub fn duration(text: &str) -> Result<SignedDuration, InvalidLifetime> {
    static PARSER: SpanParser = SpanParser::new();
    let span = PARSER.parse_span(text).map_err(|_| unreadable(text))?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return Err(InvalidLifetime::Calendar);
    }
    span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| unreadable(text))
}

fn unreadable(text: &str) -> InvalidLifetime {
    InvalidLifetime::Unreadable(text.chars().take(60).collect())
}

/// `30 days`, or the ISO form when it is no whole number of days.
fn words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    if seconds % 86_400 == 0 { format!("{} days", seconds / 86_400) } else { duration.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2030-01-01T00:00:00Z".parse().expect("a time")
    }

    /// Seconds from now, or the fault.
    #[track_caller]
    fn check(expiration: &str, expected: Result<i64, &str>) {
        let longest = SignedDuration::from_hours(30 * 24);
        let found = expiry(expiration, now(), longest);
        let found = found.map(|end| end.duration_since(now()).as_secs());
        let found = found.map_err(|error| error.to_string());
        match (&found, expected) {
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            _ => assert_eq!(found, expected.map_err(str::to_owned), "{expiration}"),
        }
    }

    #[test]
    fn a_duration_counts_from_now() {
        check("PT1H", Ok(3600));
        check("PT90M", Ok(5400));
        check("PT1.5H", Ok(5400));
        check("P1D", Ok(86_400));
        check("P1W", Ok(604_800));
        check("P1DT12H30M5S", Ok(131_405));
        check("pt1h", Ok(3600));
        check("P30D", Ok(2_592_000));
    }

    #[test]
    fn a_moment_stands_for_itself() {
        check("2030-01-02T00:00:00Z", Ok(86_400));
        check("2030-01-01T02:00:00+01:00", Ok(3600));
        check("2029-12-31T23:59:59Z", Err("must lie in the future"));
    }

    #[test]
    fn months_and_years_are_refused_with_a_sentence() {
        check("P1M", Err("must not use years or months"));
        check("P1Y", Err("must not use years or months"));
        check("P1Y2M3D", Err("write P30D instead of P1M"));
    }

    #[test]
    fn a_lifetime_is_ahead_and_not_too_long() {
        check("PT0S", Err("must lie in the future"));
        check("-PT1H", Err("must lie in the future"));
        check("P31D", Err("must be at most 30 days from now"));
        check("PT999999999999H", Err("must be"));
        check("P99999999W", Err("must be"));
        check("2031-01-01T00:00:00Z", Err("must be at most 30 days from now"));
    }

    #[test]
    fn anything_else_is_refused_with_examples() {
        for text in
            ["", "P", "PT", "1 hour", "3600", "PT1X", "tomorrow", "2030-01-02", "P1D ", "PT1H;"]
        {
            check(text, Err("must be an ISO 8601 duration such as PT1H"));
        }
    }
}
