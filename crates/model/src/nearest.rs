//! What an author probably meant by a name that nothing has.

/// The known name most like `found`, or `None` when none is like it.
///
/// Case does not count. Two names are alike from a Jaro-Winkler similarity of 0.8, which forgives a
/// swapped, missing or doubled letter and a shortened end.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    let similarity = |name: &str| strsim::jaro_winkler(&found, &name.to_lowercase());
    let scored = known.into_iter().map(|name| (similarity(name), name));
    let best = scored.filter(|(score, _)| *score >= 0.8);
    best.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

/// The message for a name that nothing has: offers the nearest name, or says what there is instead.
pub fn unknown<'a, T: AsRef<str> + 'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a T>,
) -> String {
    let known: Vec<&str> = known.into_iter().map(AsRef::as_ref).collect();
    if let Some(nearest) = nearest(name, known.iter().copied()) {
        return format!("there is no {what} {name:?}; did you mean {nearest:?}?");
    }
    match known.as_slice() {
        [] => format!("there is no {what} {name:?}; none is declared"),
        [only] => format!("there is no {what} {name:?}; there is only {only:?}"),
        many => format!("there is no {what} {name:?}; there are {}", many.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_another_word_does_not() {
        let known = ["title", "time_zone", "datasets", "panels", "elements", "layout"];
        let cases = [
            ("titel", Some("title")),
            ("Title", Some("title")),
            ("timezone", Some("time_zone")),
            ("panel", Some("panels")),
            ("datsets", Some("datasets")),
            ("colour", None),
            ("x", None),
            ("", None),
        ];
        for (found, expected) in cases {
            assert_eq!(nearest(found, known), expected, "{found}");
        }
    }

    #[test]
    fn the_message_offers_the_nearest_name_or_says_what_there_is() {
        let check = |known: &[&str], expected: &str| {
            assert_eq!(unknown("group", "Prod", known), expected);
        };
        check(&["Production", "x"], "there is no group \"Prod\"; did you mean \"Production\"?");
        check(&["a", "b"], "there is no group \"Prod\"; there are a, b");
        check(&["a"], "there is no group \"Prod\"; there is only \"a\"");
        check(&[], "there is no group \"Prod\"; none is declared");
    }
}
