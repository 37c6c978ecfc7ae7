//! Time zones, from the database that is part of the program: the machine's own is not asked.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use model::name::TimeZoneName;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone that exists, under its canonical name.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    pub(crate) name: TimeZoneName,
    pub(crate) rules: TimeZone,
}

impl Zone {
    pub(crate) fn utc() -> Self {
        Self { name: TimeZoneName::utc(), rules: TimeZone::UTC }
    }

    /// The zone of this name, whatever its case; `None` when there is none.
    pub(crate) fn find(name: &TimeZoneName) -> Option<Self> {
        if name.as_str().eq_ignore_ascii_case("utc") {
            return Some(Self::utc());
        }
        let rules = ZONES.get(name.as_str()).ok()?;
        let name = rules.iana_name()?.parse().ok()?;
        Some(Self { name, rules })
    }
}

/// The rules of the zone of this name; `None` when there is none.
pub fn zone_rules(name: &TimeZoneName) -> Option<TimeZone> {
    Zone::find(name).map(|zone| zone.rules)
}
