//! The template language of datasets: SQL with `{{variables}}` and `[[optional clauses]]`.
//!
//! - `{{name}}` binds a value; dots reach into objects. `{{name.raw()}}` renders an identifier or one
//!   of the author's own texts, never a value from outside.
//! - `[[ … ]]` is dropped when any variable in it has no value. Brackets nest; a missing variable of
//!   an inner bracket does not drop the outer. Brackets without a variable are plain SQL, such as
//!   `[[1, 2], [3, 4]]`.
//! - Strings, quoted names and comments are not looked into, but `{{` in a string is an error: what
//!   its author meant would not happen.

mod lexical;
mod name;
mod parse;
mod render;

pub(crate) use name::VariableName;
pub(crate) use render::{Binding, RenderError};

/// A dataset's text, read once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Sql(String),
    Variable(Variable),
    Clause(Vec<Node>),
}

/// One `{{…}}`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variable {
    pub(crate) name: VariableName,
    /// Written `{{name.raw()}}`.
    pub(crate) raw: bool,
    pub(crate) place: Place,
    /// From 1.
    pub(crate) line: u32,
}

/// Where a variable stands, which decides how a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Right after `in`: parentheses are missing.
    AfterIn,
    /// Between the parentheses of `in (…)`.
    WithinIn,
    Elsewhere,
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("line {line}: {what} is never closed")]
    Unterminated { line: u32, what: &'static str },
    #[error(
        "line {line}: a variable stands inside a string; drop the quotes, because values are \
         quoted already, or join texts with ||"
    )]
    VariableInString { line: u32 },
    #[error(
        "line {line}: strings with backslash escapes are not supported; write '…' without a prefix"
    )]
    Escape { line: u32 },
    #[error("line {line}: the character U+{:04X} has no place in SQL", *found as u32)]
    Character { line: u32, found: char },
    #[error("line {line}: {found:?} is a placeholder of another kind; write {{{{name}}}}")]
    OwnPlaceholder { line: u32, found: String },
    #[error("line {line}: {found:?} is no variable; write {{{{name}}}} or {{{{name.raw()}}}}")]
    Name { line: u32, found: String },
    #[error("line {line}: put a space between {{{{{name}}}}} and what stands beside it")]
    Touches { line: u32, name: String },
    #[error("line {line}: {found:?} has no counterpart")]
    Bracket { line: u32, found: char },
    #[error("line {line}: a dataset is one SELECT; nothing may follow the semicolon")]
    Semicolon { line: u32 },
}

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        parse::parse(text)
    }

    /// The text, when it has neither variables nor optional clauses.
    pub(crate) fn plain_sql(&self) -> Option<&str> {
        match self.nodes.as_slice() {
            [] => Some(""),
            [Node::Sql(sql)] => Some(sql),
            _ => None,
        }
    }

    /// Every variable, with whether it stands in an optional clause.
    pub(crate) fn variables(&self) -> Vec<(&Variable, bool)> {
        let mut found = Vec::new();
        collect(&self.nodes, false, &mut found);
        found
    }

    /// How many optional clauses there are, nested ones included.
    pub(crate) fn clause_count(&self) -> usize {
        fn count(nodes: &[Node]) -> usize {
            let of_node = |node: &Node| match node {
                Node::Clause(inner) => 1 + count(inner),
                Node::Sql(_) | Node::Variable(_) => 0,
            };
            nodes.iter().map(of_node).sum()
        }
        count(&self.nodes)
    }
}

fn collect<'a>(nodes: &'a [Node], optional: bool, found: &mut Vec<(&'a Variable, bool)>) {
    for node in nodes {
        match node {
            Node::Sql(_) => {}
            Node::Variable(variable) => found.push((variable, optional)),
            Node::Clause(inner) => collect(inner, true, found),
        }
    }
}
