//! A zone's rules as SQL, for databases that know no zones or may not have been told of any.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use crate::zone::Zone;

/// The first and the last year whose rules are written out. Before and after, the offset is that of
/// their edges.
const YEARS: (i16, i16) = (1970, 2070);

/// A stretch of time with one offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    /// The instant at which it begins.
    start: Timestamp,
    /// Seconds by which local time is ahead of UTC.
    offset: i32,
}

/// Which time a column tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    Utc,
    /// Local time. An hour that is told twice is the first; one that is left out is after.
    Local,
}

/// An expression for the zone's offset in seconds at the time that a column tells: questions within
/// questions, so that few of them are asked of a row. `is_before` writes whether the column's time is
/// before a time.
pub(super) fn offset(
    time_zone: &str,
    clock: Clock,
    is_before: &dyn Fn(civil::DateTime) -> String,
) -> String {
    let stretches = stretches(time_zone);
    let mut times = Vec::new();
    let mut before = stretches[0].offset;
    for Stretch { start, offset } in &stretches {
        let shift = match clock {
            Clock::Utc => 0,
            Clock::Local => before.max(*offset),
        };
        before = *offset;
        times.push((TimeZone::UTC.to_datetime(*start) + jiff::Span::new().seconds(shift), *offset));
    }
    questions(&times, is_before)
}

fn questions(
    times: &[(civil::DateTime, i32)],
    is_before: &dyn Fn(civil::DateTime) -> String,
) -> String {
    if let [(_, offset)] = times {
        return offset.to_string();
    }
    let (earlier, later) = times.split_at(times.len() / 2);
    let question = is_before(later[0].0);
    let (earlier, later) = (questions(earlier, is_before), questions(later, is_before));
    format!("case when {question} then {earlier} else {later} end")
}

/// At least one. The name was checked when the request was read; one that is none is UTC.
fn stretches(time_zone: &str) -> Vec<Stretch> {
    let zone = time_zone.parse().ok().and_then(|name| Zone::find(&name)).unwrap_or_else(Zone::utc);
    let edge =
        |year| civil::date(year, 1, 1).to_zoned_datetime(TimeZone::UTC).map(|at| at.timestamp());
    let first = edge(YEARS.0).unwrap_or_default();
    let last = edge(YEARS.1 + 1).unwrap_or_default();
    let at = |start| Stretch { start, offset: zone.rules.to_offset(start).seconds() };
    let transitions = zone.rules.following(first).map(|it| it.timestamp());
    let within = transitions.take_while(|start| *start < last);
    let mut stretches = vec![at(first)];
    for next in within.map(at) {
        if stretches.last().is_some_and(|latest| latest.offset != next.offset) {
            stretches.push(next);
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_its_changes_of_offset() {
        assert_eq!(stretches("UTC").len(), 1);
        assert_eq!(stretches("Asia/Kolkata").len(), 1);
        let york = stretches("America/New_York");
        assert_eq!(york.len(), 1 + 2 * 101);
        let spring = Stretch { start: "2013-03-10T07:00:00Z".parse().unwrap(), offset: -14_400 };
        assert!(york.contains(&spring));
    }

    #[test]
    fn few_questions_are_asked_of_a_row() {
        let write = |at: civil::DateTime| format!("x < {at}");
        assert_eq!(offset("Asia/Kolkata", Clock::Utc, &write), "19800");
        let sql = offset("America/New_York", Clock::Utc, &write);
        let mut depth = 0_usize;
        let mut deepest = 0;
        for word in sql.split_whitespace() {
            match word {
                "case" => depth += 1,
                "end" => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        assert!(deepest <= 8, "{deepest}");
        assert!(sql.contains("x < 2013-03-10T07:00:00"));
        let local = offset("America/New_York", Clock::Local, &write);
        assert!(local.contains("x < 2013-03-10T03:00:00"), "an hour that is left out is after");
        assert!(local.contains("x < 2013-11-03T02:00:00"), "an hour that comes twice is the first");
    }
}
