//! Variables of the environment that the files name.

use std::collections::BTreeSet;

use server::config;

use crate::text;

/// The variables that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let starts = text.match_indices("FANLIGHT_").map(|(at, _)| &text[at..]);
    let is_part = |c: char| c.is_ascii_uppercase() || c == '_';
    let names = starts.map(|rest| rest.split(|c| !is_part(c)).next().unwrap_or_default());
    names.map(str::to_owned).collect()
}

/// Whether there is such a setting, by itself or by a file.
pub(crate) fn is_known(name: &str) -> bool {
    let known = named(&config::reference());
    known.contains(name) || name.strip_suffix("_FILE").is_some_and(|name| known.contains(name))
}

#[test]
fn every_variable_is_a_setting() {
    // A placeholder for every name, and what the compose file itself asks for.
    let others = ["FANLIGHT_NAME", "FANLIGHT_WORKSPACE"];
    for file in ["Dockerfile", "compose.yaml", "fanlight.service", "nginx.conf", "README.md"] {
        for name in named(&text(file)) {
            let is_other = others.contains(&name.as_str());
            assert!(is_other || is_known(&name), "{file}: there is no setting {name}");
        }
    }
}

#[test]
fn variables_are_found_where_they_stand() {
    let found = named("FANLIGHT_LISTEN=1 ${FANLIGHT_PUBLIC_URL:-} fanlight_log");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["FANLIGHT_LISTEN", "FANLIGHT_PUBLIC_URL"]);
    assert!(is_known("FANLIGHT_MASTER_KEY_FILE"));
    assert!(!is_known("FANLIGHT_MASTER_KEY_FILES"));
}
