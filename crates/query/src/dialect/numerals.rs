//! Texts that some databases take for numbers when they compare them with a number.

/// Whether a text is read as a number that another text stands for as well, or as one with more digits
/// than `digits`, beyond which numbers may be compared as floating point. `007`, `7.0` and ` 7` are all
/// 7; a customer of one of these names must not see another's rows.
pub(super) fn is_ambiguous(text: &str, digits: usize) -> bool {
    let is_number = text.trim().parse::<f64>().is_ok();
    is_number && !is_plain(text, digits)
}

/// Digits without leading zeros, perhaps after a minus.
fn is_plain(text: &str, digits: usize) -> bool {
    let unsigned = text.strip_prefix('-').filter(|rest| *rest != "0").unwrap_or(text);
    unsigned.len() <= digits
        && unsigned.bytes().all(|byte| byte.is_ascii_digit())
        && (unsigned == "0" || !unsigned.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_usual_spelling_of_a_number_is_certain() {
        for text in ["7", "0", "-7", "123456789012345", "UA", "7a", "a7", "", "0x10", "7-7", "é"] {
            assert!(!is_ambiguous(text, 15), "{text:?}");
        }
        let other = ["007", "7.0", " 7", "7 ", "\t7", "+7", "7e0", "-0", "1234567890123456", ".5"];
        for text in other {
            assert!(is_ambiguous(text, 15), "{text:?}");
        }
    }
}
