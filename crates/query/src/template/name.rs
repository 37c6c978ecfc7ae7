//! Names of variables: words joined by dots.

use std::fmt;

/// The name of a variable, for example `customer_id` or `period.startDate`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct VariableName {
    text: String,
}

impl VariableName {
    /// Words of letters, digits, `_` and `-`, joined by dots; the first begins with a letter or `_`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_word = |word: &str| {
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
            !word.is_empty() && word.chars().all(fits)
        };
        let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
        (begins && text.split('.').all(is_word)).then(|| Self { text: text.to_owned() })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The word before the first dot.
    pub(crate) fn first(&self) -> &str {
        self.text.split('.').next().unwrap_or_default()
    }

    /// The words after the first dot.
    pub(crate) fn rest(&self) -> impl Iterator<Item = &str> {
        self.text.split('.').skip(1)
    }
}

impl fmt::Display for VariableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
