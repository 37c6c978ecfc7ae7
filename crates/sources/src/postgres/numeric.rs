//! Numbers of the type `numeric`, which has no fixed scale and no bound.

use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, StringBuilder};
use arrow_array::{Array, ArrayRef, Decimal128Array, StringArray};

/// The most digits of a decimal that cells know.
const DIGITS: u8 = 38;

/// A column of them. A batch gets the scale of its longest fraction; one with a number that is too
/// long for that stays text, digit by digit.
#[derive(Default)]
pub(super) struct Numerics {
    texts: StringBuilder,
    seen: bool,
    fractions: bool,
}

impl Numerics {
    pub(super) fn append(&mut self, text: Option<&str>) {
        self.seen |= text.is_some();
        self.fractions |= text.is_some_and(|text| text.contains('.'));
        self.texts.append_option(text);
    }

    /// Whether there were numbers, and none with a fraction, as sums of integers are.
    pub(super) fn are_whole(&self) -> bool {
        self.seen && !self.fractions
    }

    pub(super) fn take(&mut self) -> ArrayRef {
        let texts = self.texts.finish();
        match decimals(&texts) {
            Some(decimals) => Arc::new(decimals),
            None => Arc::new(texts),
        }
    }
}

/// Whether a text of the database is a number: `NaN` and `Infinity` are not.
pub(super) fn is_number(text: &str) -> bool {
    text.ends_with(|last: char| last.is_ascii_digit())
}

fn decimals(texts: &StringArray) -> Option<Decimal128Array> {
    let scale = texts.iter().flatten().map(scale).max().unwrap_or(0);
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

    fn column(texts: &[&str]) -> Numerics {
        let mut numerics = Numerics::default();
        texts.iter().for_each(|text| numerics.append(Some(*text)));
        numerics
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
        assert!(is_number("-1.5") && !is_number("NaN") && !is_number("-Infinity"));
    }
}
