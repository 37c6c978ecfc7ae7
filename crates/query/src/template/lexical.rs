//! The tokens of a dataset's text, as far as the template language must know SQL.
//!
//! Comments vanish here and dollar-quoted strings become ordinary ones, and what databases and
//! parsers read differently is refused (backslash escapes, a lone carriage return, exotic spaces):
//! so that the text which the SQL parser proves safe is, token by token, the text that runs.

use super::TemplateError;

/// One token with the line it starts on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    /// From 1.
    pub(super) line: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind<'a> {
    /// White space, or a comment in its place.
    Space(&'a str),
    /// A keyword, an unquoted identifier or a number.
    Word(&'a str),
    /// A string literal or a quoted identifier, ready to be rendered.
    Quoted(String),
    /// What stands between `{{` and `}}`.
    Variable(&'a str),
    Symbol(char),
}

/// Splits `text` into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, TemplateError> {
    let mut scanner = Scanner { text, at: 0, line: 1 };
    let mut tokens = Vec::new();
    while let Some(kind) = scanner.next_kind()? {
        tokens.push(kind);
    }
    Ok(tokens)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Moves on by `length` bytes and gives them.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.rest()[..length];
        self.at += length;
        self.line += u32::try_from(taken.matches('\n').count()).unwrap_or(u32::MAX);
        taken
    }

    fn next_kind(&mut self) -> Result<Option<Token<'a>>, TemplateError> {
        let line = self.line;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(None) };
        let kind = if rest.starts_with("{{") {
            self.variable()?
        } else if rest.starts_with("--") {
            self.line_comment()?
        } else if rest.starts_with("/*") {
            self.block_comment()?
        } else {
            match first {
                ' ' | '\n' | '\t' => self.space(),
                '\r' if rest.starts_with("\r\n") => self.space(),
                '\'' | '"' => self.quoted(first)?,
                '$' => self.dollar_quoted()?,
                '?' => return Err(TemplateError::OwnPlaceholder { line, found: "?".to_owned() }),
                c if is_word(c) => {
                    let end = rest.find(|c| !is_word(c) && c != '$').unwrap_or(rest.len());
                    Kind::Word(self.take(end))
                }
                c if c.is_ascii_graphic() => {
                    self.take(1);
                    Kind::Symbol(c)
                }
                found => return Err(TemplateError::Character { line, found }),
            }
        };
        Ok(Some(Token { kind, line }))
    }

    fn space(&mut self) -> Kind<'a> {
        let rest = self.rest();
        let mut end = 0;
        while let Some(next) = rest[end..].chars().next() {
            match next {
                ' ' | '\n' | '\t' => end += 1,
                '\r' if rest[end..].starts_with("\r\n") => end += 2,
                _ => break,
            }
        }
        Kind::Space(self.take(end))
    }

    fn line_comment(&mut self) -> Result<Kind<'a>, TemplateError> {
        let line = self.line;
        let rest = self.rest();
        let comment = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let comment = comment.strip_suffix('\r').unwrap_or(comment);
        if comment.contains('\r') {
            return Err(TemplateError::Character { line, found: '\r' });
        }
        self.take(comment.len());
        Ok(Kind::Space(""))
    }

    /// Block comments nest, as in the SQL standard.
    fn block_comment(&mut self) -> Result<Kind<'a>, TemplateError> {
        let line = self.line;
        let mut depth = 0_u32;
        loop {
            let rest = self.rest();
            let length = match rest.chars().next() {
                None => return Err(TemplateError::Unterminated { line, what: "a comment" }),
                Some(_) if rest.starts_with("/*") => {
                    depth += 1;
                    2
                }
                Some(_) if rest.starts_with("*/") => {
                    depth -= 1;
                    2
                }
                Some(other) => other.len_utf8(),
            };
            self.take(length);
            if depth == 0 {
                return Ok(Kind::Space(" "));
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Kind<'a>, TemplateError> {
        let line = self.line;
        let is_text = quote == '\'';
        let what = if is_text { "a string" } else { "a quoted name" };
        let prefixed = self.text[..self.at].ends_with(|c| is_word(c) || matches!(c, '&' | '$'));
        let rest = self.rest();
        let mut end = 1;
        loop {
            let Some(found) = rest[end..].find(quote) else {
                return Err(TemplateError::Unterminated { line, what });
            };
            end += found + 1;
            if !rest[end..].starts_with(quote) {
                break;
            }
            end += 1;
        }
        let literal = self.take(end);
        if is_text && literal.contains("{{") {
            return Err(TemplateError::VariableInString { line });
        }
        if prefixed && literal.contains('\\') {
            return Err(TemplateError::Escape { line });
        }
        if literal.contains('\0') {
            return Err(TemplateError::Character { line, found: '\0' });
        }
        Ok(Kind::Quoted(literal.to_owned()))
    }

    /// `$$…$$` or `$tag$…$tag$`, rendered as an ordinary string.
    fn dollar_quoted(&mut self) -> Result<Kind<'a>, TemplateError> {
        let line = self.line;
        let rest = self.rest();
        let own_placeholder = || {
            let end = rest[1..].find(|c| !is_word(c)).map_or(rest.len(), |found| found + 1);
            TemplateError::OwnPlaceholder { line, found: rest[..end].to_owned() }
        };
        let tag_end = rest[1..].find('$').ok_or_else(own_placeholder)? + 2;
        let (delimiter, tag) = (&rest[..tag_end], &rest[1..tag_end - 1]);
        let is_tag = tag.chars().all(is_word) && !tag.starts_with(|c: char| c.is_numeric());
        if !is_tag {
            return Err(own_placeholder());
        }
        let unterminated = TemplateError::Unterminated { line, what: "a dollar-quoted string" };
        let length = rest[tag_end..].find(delimiter).ok_or(unterminated)?;
        let content = &rest[tag_end..tag_end + length];
        if content.contains('\0') {
            return Err(TemplateError::Character { line, found: '\0' });
        }
        self.take(length + 2 * tag_end);
        Ok(Kind::Quoted(format!("'{}'", content.replace('\'', "''"))))
    }

    fn variable(&mut self) -> Result<Kind<'a>, TemplateError> {
        let line = self.line;
        let rest = self.rest();
        let unterminated = TemplateError::Unterminated { line, what: "a variable" };
        let end = rest.find("}}").ok_or(unterminated)?;
        self.take(end + 2);
        Ok(Kind::Variable(&rest[2..end]))
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
