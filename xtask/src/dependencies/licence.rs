//! Licence expressions as packages declare them: `MIT OR (Apache-2.0 AND BSD-3-Clause)`.

/// May we take it under the allowed licences? `None` when the text is no expression.
///
/// `A OR B` needs one of both, `A AND B` both; the older `A/B` means `A OR B`.
pub(super) fn is_allowed(expression: &str, allowed: &[&str]) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut reader = Reader { words: spaced.split_whitespace().collect(), at: 0, allowed };
    let verdict = reader.any()?;
    (reader.at == reader.words.len()).then_some(verdict)
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    allowed: &'a [&'a str],
}

impl Reader<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut verdict = self.all()?;
        while self.take("OR") {
            verdict |= self.all()?;
        }
        Some(verdict)
    }

    fn all(&mut self) -> Option<bool> {
        let mut verdict = self.one()?;
        while self.take("AND") {
            verdict &= self.one()?;
        }
        Some(verdict)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let verdict = self.any()?;
            return self.take(")").then_some(verdict);
        }
        let name = self.name()?;
        let name = if self.take("WITH") { format!("{name} WITH {}", self.name()?) } else { name };
        Some(self.allowed.contains(&&*name))
    }

    fn name(&mut self) -> Option<String> {
        let word = *self.words.get(self.at)?;
        self.at += 1;
        (!["OR", "AND", "WITH", "(", ")"].contains(&word)).then(|| word.to_owned())
    }

    fn take(&mut self, word: &str) -> bool {
        let there = self.words.get(self.at) == Some(&word);
        self.at += usize::from(there);
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_choice_and_all_of_a_sum_must_be_allowed() {
        let check = |expression: &str, expected| {
            let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
            assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
        };
        check("MIT", Some(true));
        check("GPL-3.0", Some(false));
        check("MIT OR GPL-3.0", Some(true));
        check("GPL-3.0/MIT", Some(true));
        check("MIT AND GPL-3.0", Some(false));
        check("MIT AND (GPL-3.0 OR Apache-2.0)", Some(true));
        check("GPL-3.0 OR MIT AND Apache-2.0", Some(true));
        check("(MIT OR GPL-3.0) AND GPL-3.0", Some(false));
        check("Apache-2.0 WITH LLVM-exception", Some(true));
        check("MIT WITH LLVM-exception", Some(false));
    }

    #[test]
    fn what_is_no_expression_is_said_to_be_none() {
        for text in ["", "MIT OR", "(MIT", "MIT)", "MIT MIT", "OR", "MIT WITH"] {
            assert_eq!(is_allowed(text, &["MIT"]), None, "{text}");
        }
    }
}
