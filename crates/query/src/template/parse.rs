//! From tokens to a template.

use std::collections::BTreeMap;

use super::lexical::{Kind, Token, tokens};
use super::{Node, Place, Template, TemplateError, Variable, VariableName};

pub(super) fn parse(text: &str) -> Result<Template, TemplateError> {
    let mut tokens = tokens(text)?;
    cut_semicolon(&mut tokens)?;
    check_neighbours(&tokens)?;
    let brackets = match_brackets(&tokens)?;
    let mut parser =
        Parser { tokens: &tokens, brackets, parens: Vec::new(), before: Before::Other };
    let mut nodes = parser.nodes(0, tokens.len())?;
    trim(&mut nodes);
    Ok(Template { nodes })
}

/// Drops a semicolon at the end; another one is an error.
fn cut_semicolon(tokens: &mut Vec<Token<'_>>) -> Result<(), TemplateError> {
    let is_semicolon = |token: &Token<'_>| token.kind == Kind::Symbol(';');
    let Some(at) = tokens.iter().position(is_semicolon) else { return Ok(()) };
    let is_end = |token: &Token<'_>| matches!(token.kind, Kind::Space(_)) || is_semicolon(token);
    if !tokens[at..].iter().all(is_end) {
        return Err(TemplateError::Semicolon { line: tokens[at].line });
    }
    tokens.truncate(at);
    Ok(())
}

/// A placeholder must stay a token of its own, whatever stands beside it.
fn check_neighbours(tokens: &[Token<'_>]) -> Result<(), TemplateError> {
    for pair in tokens.windows(2) {
        let is_solid =
            |kind: &Kind<'_>| matches!(kind, Kind::Word(_) | Kind::Quoted(_) | Kind::Variable(_));
        for (one, other) in [(&pair[0], &pair[1]), (&pair[1], &pair[0])] {
            if let Kind::Variable(name) = one.kind
                && is_solid(&other.kind)
            {
                let name = name.trim().to_owned();
                return Err(TemplateError::Touches { line: one.line, name });
            }
        }
    }
    Ok(())
}

/// Opening bracket to closing bracket, by position.
fn match_brackets(tokens: &[Token<'_>]) -> Result<BTreeMap<usize, usize>, TemplateError> {
    let mut open = Vec::new();
    let mut pairs = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Symbol('[') => open.push(at),
            Kind::Symbol(']') => {
                let fault = TemplateError::Bracket { line: token.line, found: ']' };
                pairs.insert(open.pop().ok_or(fault)?, at);
            }
            _ => {}
        }
    }
    match open.pop() {
        Some(at) => Err(TemplateError::Bracket { line: tokens[at].line, found: '[' }),
        None => Ok(pairs),
    }
}

/// What stood last before a variable, spaces and clause brackets aside.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    In,
    Other,
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    brackets: BTreeMap<usize, usize>,
    /// Per open parenthesis, whether `in` stood before it.
    parens: Vec<bool>,
    before: Before,
}

impl Parser<'_> {
    fn nodes(&mut self, start: usize, end: usize) -> Result<Vec<Node>, TemplateError> {
        let mut nodes = Vec::new();
        let mut at = start;
        while at < end {
            if let Some(close) = self.clause_at(at) {
                nodes.push(Node::Clause(self.nodes(at + 2, close - 1)?));
                at = close + 1;
                continue;
            }
            let token = &self.tokens[at];
            match &token.kind {
                Kind::Space(text) => push_sql(&mut nodes, text),
                Kind::Word(text) => {
                    push_sql(&mut nodes, text);
                    let is_in = text.eq_ignore_ascii_case("in");
                    self.before = if is_in { Before::In } else { Before::Other };
                }
                Kind::Quoted(text) => {
                    push_sql(&mut nodes, text);
                    self.before = Before::Other;
                }
                Kind::Symbol(symbol) => {
                    push_sql(&mut nodes, symbol.encode_utf8(&mut [0; 4]));
                    self.symbol(*symbol);
                }
                Kind::Variable(text) => {
                    nodes.push(Node::Variable(self.variable(text, token.line)?));
                    self.before = Before::Other;
                }
            }
            at += 1;
        }
        Ok(nodes)
    }

    /// The position of the last bracket of the optional clause that begins at `at`, if one does:
    /// two brackets that are closed by two brackets, around at least one variable.
    fn clause_at(&self, at: usize) -> Option<usize> {
        let close = *self.brackets.get(&at)?;
        let inner = *self.brackets.get(&(at + 1))?;
        let between = &self.tokens[at..close];
        let has_variable = between.iter().any(|token| matches!(token.kind, Kind::Variable(_)));
        (inner + 1 == close && has_variable).then_some(close)
    }

    fn symbol(&mut self, symbol: char) {
        match symbol {
            '(' => self.parens.push(self.before == Before::In),
            ')' => {
                self.parens.pop();
            }
            _ => {}
        }
        self.before = Before::Other;
    }

    fn variable(&self, text: &str, line: u32) -> Result<Variable, TemplateError> {
        let text = text.trim();
        let (name, raw) = match text.strip_suffix(".raw()") {
            Some(name) => (name, true),
            None => (text, false),
        };
        let place = match self.before {
            Before::In => Place::AfterIn,
            Before::Other if self.parens.last() == Some(&true) => Place::WithinIn,
            Before::Other => Place::Elsewhere,
        };
        let fault = || TemplateError::Name { line, found: text.chars().take(60).collect() };
        let name = VariableName::parse(name).ok_or_else(fault)?;
        Ok(Variable { name, raw, place, line })
    }
}

fn push_sql(nodes: &mut Vec<Node>, text: &str) {
    match nodes.last_mut() {
        Some(Node::Sql(sql)) => sql.push_str(text),
        _ if text.is_empty() => {}
        _ => nodes.push(Node::Sql(text.to_owned())),
    }
}

/// Cuts the white space around the whole text.
fn trim(nodes: &mut [Node]) {
    if let Some(Node::Sql(sql)) = nodes.first_mut() {
        *sql = sql.trim_start().to_owned();
    }
    if let Some(Node::Sql(sql)) = nodes.last_mut() {
        sql.truncate(sql.trim_end().len());
    }
}
