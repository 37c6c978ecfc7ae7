//! Numbers: integers of 64 bits, or doubles.

use serde_json::Number;

use super::reader::{Reader, fault};
use crate::api_error::FieldFault;

/// Reads the number that starts here.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Number, FieldFault> {
    let start = reader.at;
    reader.take("-");
    match reader.peek() {
        Some(b'0') => reader.at += 1,
        _ => digits(reader)?,
    }
    let mut is_integer = true;
    if reader.take(".") {
        is_integer = false;
        digits(reader)?;
    }
    if reader.take("e") || reader.take("E") {
        is_integer = false;
        let _ = reader.take("+") || reader.take("-");
        digits(reader)?;
    }
    let text = &reader.text[start..reader.at];
    if is_integer {
        let number: Result<i64, _> = text.parse();
        return number
            .map(Number::from)
            .map_err(|_| fault("is an integer beyond 64 bits; send it as text"));
    }
    let number = text.parse().ok().and_then(Number::from_f64);
    number.ok_or_else(|| fault("is a number out of range"))
}

fn digits(reader: &mut Reader<'_>) -> Result<(), FieldFault> {
    let start = reader.at;
    while matches!(reader.peek(), Some(b'0'..=b'9')) {
        reader.at += 1;
    }
    if reader.at == start { Err(reader.unexpected("a digit")) } else { Ok(()) }
}
