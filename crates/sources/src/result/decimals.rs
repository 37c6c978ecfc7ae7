//! Exact numbers, which some databases give no fixed scale and no bound.

use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, StringBuilder};
use arrow_array::{Array, ArrayRef, Decimal128Array, StringArray};

/// The most digits of a decimal that cells know.
const DIGITS: u8 = 38;

/// A column of them. A batch gets the scale of its longest fraction; one with a number that is too
/// long for that stays text, digit by digit.
#[derive(Debug)]
pub(crate) struct Decimals {
    texts: StringBuilder,
    /// Digits after the point that every number has, where the database says so.
    scale: Option<u8>,
    seen: bool,
    fractions: bool,
}

impl Decimals {
    pub(super) fn new(scale: Option<u8>) -> Self {
        Self { texts: StringBuilder::new(), scale, seen: false, fractions: false }
    }

    /// Adds a number, missing if `None`. Whether the text is one is for the caller to know.
    pub(crate) fn append(&mut self, text: Option<&str>) {
        self.seen |= text.is_some();
        self.fractions |= text.is_some_and(|text| text.contains('.'));
        self.texts.append_option(text);
    }

    /// Whether no number has a fraction: because the database says so, or because there were some
    /// and none had, as sums of integers do.
    pub(super) fn are_whole(&self) -> bool {
        self.scale.map_or(self.seen && !self.fractions, |scale| scale == 0)
    }

    pub(super) fn take(&mut self) -> ArrayRef {
        let texts = self.texts.finish();
        match decimals(&texts, self.scale.unwrap_or(0)) {
            Some(decimals) => Arc::new(decimals),
            None => Arc::new(texts),
        }
    }
}

/// Whether a text is a number such as `-1.50`; `NaN` and `Infinity` are none.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}

/// `None` when one of them has too many digits.
fn decimals(texts: &StringArray, least_scale: u8) -> Option<Decimal128Array> {
    let scales = texts.iter().flatten().map(scale);
    let scale = scales.chain([least_scale.into()]).max().unwrap_or(0);
    let scale = u8::try_from(scale).ok().filter(|scale| *scale <= DIGITS)?;
    let mut decimals = Decimal128Builder::with_capacity(texts.len());
    for text in texts {
        match text {
            Some(text) => decimals.append_value(unscaled(text, scale.into())?),
            None => decimals.append_null(),
        }
    }
    decimals.finish().with_precision_and_scale(DIGITS, i8::try_from(scale).ok()?).ok()
}

fn scale(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// The number times ten to the `scale`; `None` if it has too many digits.
fn unscaled(text: &str, scale: usize) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<scale$}");
    let is_short = digits.trim_start_matches(['-', '0']).len() <= DIGITS.into();
    digits.parse().ok().filter(|_| is_short)
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Decimal128Type;

    use super::*;

    fn column(texts: &[&str]) -> Decimals {
        let mut decimals = Decimals::new(None);
        texts.iter().for_each(|text| decimals.append(Some(*text)));
        decimals
    }

    #[track_caller]
    fn check(texts: &[&str], scale: i8, expected: &[i128]) {
        let array = column(texts).take();
        let decimals = array.as_primitive::<Decimal128Type>();
        assert_eq!(decimals.scale(), scale, "{texts:?}");
        assert_eq!(decimals.values().to_vec(), expected, "{texts:?}");
    }

    #[test]
    fn a_batch_has_the_scale_of_its_longest_fraction() {
        check(&["1", "-2.5", "0.125"], 3, &[1000, -2500, 125]);
        check(&["-0.05", "0"], 2, &[-5, 0]);
        check(&["12345678901234567890"], 0, &[12_345_678_901_234_567_890]);
    }

    #[test]
    fn a_number_that_is_too_long_keeps_its_digits() {
        let long = "1".repeat(39);
        let array = column(&[&long, "0.5"]).take();
        assert_eq!(array.as_string::<i32>().value(0), long);
        assert_eq!(array.len(), 2);
    }

    #[test]
    fn a_column_is_whole_when_no_number_had_a_fraction() {
        assert!(column(&["1", "2"]).are_whole());
        assert!(!column(&["1", "2.0"]).are_whole());
        assert!(!column(&[]).are_whole());
        assert!(Decimals::new(Some(0)).are_whole() && !Decimals::new(Some(2)).are_whole());
    }

    #[test]
    fn a_number_is_known_by_its_digits() {
        for text in ["0", "-1.5", "12.50", "00"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", ".", "1.", ".5", "NaN", "Infinity", "-Infinity", "1e5", "1.2.3", "+1"]
        {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn a_scale_that_the_database_tells_holds_for_all_numbers() {
        let mut decimals = Decimals::new(Some(2));
        decimals.append(Some("1.5"));
        decimals.append(None);
        let array = decimals.take();
        assert_eq!(array.as_primitive::<Decimal128Type>().scale(), 2);
        assert_eq!(array.as_primitive::<Decimal128Type>().value(0), 150);
        assert!(array.is_null(1));
    }
}
