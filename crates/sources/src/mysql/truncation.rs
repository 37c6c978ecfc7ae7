//! Whether the server read each bound text whole.
//!
//! Compared with a number, `12abc` is 12 to MySQL and `abc` is 0, and all it does is warn: one
//! customer's id would find another's rows. Other databases call that an error, and so do we.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use query::Value;

use super::Ended;
use super::session::WARNINGS;
use crate::connector::Failure;

/// Of longer texts, in characters, only the beginning is compared with what the server quotes.
const LONG: usize = 60;

/// Refuses the result just read when the server warned that it cut one of the texts to compare it.
pub(super) async fn check(connection: &mut Conn, arguments: &[Value]) -> Result<(), Ended> {
    let count = connection.get_warnings();
    let has_texts = arguments.iter().any(|value| matches!(value, Value::Text(_)));
    if count == 0 || !has_texts {
        return Ok(());
    }
    let warnings: Vec<(String, u16, String)> = connection.query("SHOW WARNINGS").await?;
    if warnings.len() >= usize::from(WARNINGS) {
        let detail = "the server has more warnings than it keeps, so it is not certain whether it \
                      read all values whole; cast them in the dataset so that it has none";
        return Err(Ended::Clean(Failure::Failed(detail.to_owned())));
    }
    for (_, _, message) in &warnings {
        if let Some(text) = cut(message, arguments) {
            let detail =
                format!("{text:?} was compared with something else than a text: {message}");
            return Err(Ended::Clean(Failure::Failed(detail)));
        }
    }
    Ok(())
}

/// The bound text that a warning speaks of, as in `Truncated incorrect DECIMAL value: '12abc'`.
fn cut<'a>(message: &str, arguments: &'a [Value]) -> Option<&'a str> {
    let (_, quoted) = message.split_once('\'')?;
    let mut texts = arguments.iter().filter_map(|value| match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.find(|text| begins(quoted, text) || begins(quoted, &escaped(text)))
}

/// Whether what follows the quote is this text. The server shortens long ones.
fn begins(quoted: &str, text: &str) -> bool {
    match text.char_indices().nth(LONG) {
        Some((at, _)) => quoted.starts_with(&text[..at]),
        None => quoted.strip_prefix(text).is_some_and(|rest| rest.starts_with('\'')),
    }
}

/// As the server shows a text of bytes.
fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for byte in text.bytes() {
        if (0x20..0x7f).contains(&byte) {
            shown.push(char::from(byte));
        } else {
            shown.push_str(&format!("\\x{byte:02X}"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, text: &str, expected: bool) {
        let arguments = [Value::Integer(7), Value::Text(text.to_owned())];
        assert_eq!(cut(message, &arguments).is_some(), expected, "{message} {text}");
    }

    #[test]
    fn a_warning_is_known_by_the_text_that_it_quotes() {
        check("Truncated incorrect DECIMAL value: '12abc'", "12abc", true);
        check("Truncated incorrect DECIMAL value: ''", "", true);
        check("Truncated incorrect DECIMAL value: '12abc'", "12", false);
        check("Truncated incorrect DECIMAL value: '12'", "12abc", false);
        check(r"Truncated incorrect DECIMAL value: '12\xC3\xA9'x'", "12é'x", true);
        check("Incorrect integer value: 'UA' for column 'n' at row 1", "UA", true);
        let long = "a".repeat(300);
        check(&format!("Truncated incorrect DOUBLE value: '{}...'", "a".repeat(120)), &long, true);
        check("Division by 0", "UA", false);
    }
}
