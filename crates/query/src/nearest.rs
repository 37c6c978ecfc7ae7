//! The name that was probably meant.

/// The known name nearest to `wanted`, if one is near enough to be a slip of the pen.
pub(crate) fn nearest<'a>(
    wanted: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let allowed = (wanted.chars().count() / 3).max(2);
    known
        .into_iter()
        .map(|name| {
            (strsim::damerau_levenshtein(&wanted.to_lowercase(), &name.to_lowercase()), name)
        })
        .filter(|(distance, name)| *distance <= allowed && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

/// `; did you mean "…"?`, or nothing.
pub(crate) fn hint<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wanted, known).map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_name_and_nonsense_finds_none() {
        let known = ["customer_id", "customer_name", "period.startDate", "origin"];
        assert_eq!(nearest("custmer_id", known), Some("customer_id"));
        assert_eq!(nearest("Customer_ID", known), Some("customer_id"));
        assert_eq!(nearest("orgin", known), Some("origin"));
        assert_eq!(nearest("period.start", known), Some("period.startDate"));
        assert_eq!(nearest("x", known), None);
        assert_eq!(nearest("tail_number", known), None);
    }
}
