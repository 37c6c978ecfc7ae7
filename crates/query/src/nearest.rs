//! The name that was probably meant, at the end of a message.

use model::nearest::nearest;

/// `; did you mean "…"?`, or nothing.
pub(crate) fn hint<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wanted, known).map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}
