//! Strings and their escapes.

use super::reader::{Reader, fault};
use crate::api_error::FieldFault;

/// Reads the string whose opening quote stands here.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<String, FieldFault> {
    reader.at += 1;
    let plain = plain_run(reader);
    if reader.take("\"") {
        return Ok(plain.to_owned());
    }
    let mut text = plain.to_owned();
    loop {
        match reader.peek() {
            Some(b'"') => {
                reader.at += 1;
                return Ok(text);
            }
            Some(b'\\') => text.push(escape(reader)?),
            _ => return Err(reader.unexpected("the closing double quote or \\n")),
        }
        text.push_str(plain_run(reader));
    }
}

/// Everything up to the next quote, backslash or control character.
fn plain_run<'a>(reader: &mut Reader<'a>) -> &'a str {
    let rest = &reader.text[reader.at..];
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let length = rest.as_bytes().iter().position(is_special).unwrap_or(rest.len());
    reader.at += length;
    &rest[..length]
}

fn escape(reader: &mut Reader<'_>) -> Result<char, FieldFault> {
    reader.at += 1;
    let letter = reader.peek();
    let simple = match letter {
        Some(b'"' | b'\\' | b'/') => letter.map(char::from),
        Some(b'b') => Some('\u{8}'),
        Some(b'f') => Some('\u{c}'),
        Some(b'n') => Some('\n'),
        Some(b'r') => Some('\r'),
        Some(b't') => Some('\t'),
        _ => None,
    };
    if let Some(character) = simple {
        reader.at += 1;
        return Ok(character);
    }
    let character = unicode_escape(reader)?;
    if character == '\0' {
        return Err(fault("must not contain the character U+0000"));
    }
    Ok(character)
}

fn unicode_escape(reader: &mut Reader<'_>) -> Result<char, FieldFault> {
    let first = code_unit(reader)?;
    if let Some(character) = char::from_u32(first) {
        return Ok(character);
    }
    let halved = || fault(format!("contains half of a surrogate pair (\\u{first:04x})"));
    if !(0xd800..0xdc00).contains(&first) || !reader.take("\\") {
        return Err(halved());
    }
    let second = code_unit(reader)?;
    if !(0xdc00..0xe000).contains(&second) {
        return Err(halved());
    }
    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    char::from_u32(code).ok_or_else(halved)
}

/// The four hexadecimal digits after `\u`.
fn code_unit(reader: &mut Reader<'_>) -> Result<u32, FieldFault> {
    if !reader.take("u") {
        return Err(reader.unexpected("an escape such as \\n or \\u00e9"));
    }
    let digits = reader.text.as_bytes().get(reader.at..reader.at + 4);
    let fits = |digits: &&[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    let Some(digits) = digits.filter(fits) else {
        return Err(reader.unexpected("four hexadecimal digits"));
    };
    reader.at += 4;
    let value = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or_default();
    Ok(digits.iter().fold(0, |code, digit| code * 16 + value(digit)))
}
