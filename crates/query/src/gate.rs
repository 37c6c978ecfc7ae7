//! What a dataset may say at all, whoever looks: one SELECT over tables that its data source
//! declares, without functions that reach past them.

mod functions;
mod reading;

pub(crate) use functions::is_bare_function;
pub(crate) use reading::{Branch, Join, JoinKind, Reading};

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Query, Select, Statement, TableFactor, Visit, Visitor};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

use crate::dialect::Dialect;

/// Why a dataset is refused, whatever isolates it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the SQL does not parse: {0}")]
    Syntax(String),
    #[error("{0:?} is a placeholder of another kind; write {{{{name}}}}")]
    Placeholder(String),
    #[error("a dataset is one SELECT")]
    NotOneSelect,
    #[error("{0} has no place in a dataset")]
    Clause(&'static str),
    #[error("the function {0}() is not allowed in a dataset")]
    Function(String),
    #[error("the table function {0}() is not allowed in a dataset; name a table instead")]
    TableFunction(String),
    #[error("{name} is no table of the data source{hint}")]
    UnknownTable { name: String, hint: String },
    #[error(
        "{0:?} is a table of the database's own; if it is one of yours, list it in the connection's \
         tables"
    )]
    SystemTable(String),
    #[error("write only the table's name, not {0}")]
    QualifiedTable(String),
    #[error("the WITH clause names {0:?}, which is also a table; choose another name")]
    ShadowedTable(String),
    #[error("the database reads {0} differently; write it without")]
    ReadDifferently(&'static str),
    #[error("it nests or combines queries in a way that is not understood")]
    NotUnderstood,
}

/// The tables that a dataset may name; `None` when only the database knows them.
pub(crate) type Tables<'a> = Option<&'a [&'a str]>;

/// Parses `sql`, in which each of `placeholders` placeholders must stand exactly once, and reads
/// what it reads.
pub(crate) fn admit(
    sql: &str,
    placeholders: usize,
    dialect: &dyn Dialect,
    tables: Tables<'_>,
) -> Result<Reading, Refusal> {
    let query = parse(sql, placeholders, dialect)?;
    let mut rules = Rules::default();
    if let ControlFlow::Break(refusal) = query.visit(&mut rules) {
        return Err(refusal);
    }
    let reading = Reading::of(&query, tables, dialect)?;
    // Whatever the generic visitor meets and the reading did not is hidden from the proof.
    if (rules.selects, rules.factors) == (reading.selects, reading.factors) {
        Ok(Reading { lists_are_exact: dialect.lists_are_exact(), ..reading })
    } else {
        Err(Refusal::NotUnderstood)
    }
}

/// The first function that the query calls of those that `is_meant` names, in lower case.
pub(crate) fn called(query: &Query, is_meant: impl Fn(&str) -> bool) -> Option<String> {
    let found = sqlparser::ast::visit_expressions(query, |expr| match expr {
        Expr::Function(function) => match functions::last_word(&function.name) {
            Some(name) if is_meant(&name) => ControlFlow::Break(name),
            _ => ControlFlow::Continue(()),
        },
        _ => ControlFlow::Continue(()),
    });
    found.break_value()
}

fn parse(sql: &str, placeholders: usize, dialect: &dyn Dialect) -> Result<Query, Refusal> {
    let tokens = Tokenizer::new(dialect.parser(), sql)
        .tokenize()
        .map_err(|error| Refusal::Syntax(error.to_string()))?;
    check_tokens(&tokens, placeholders, dialect)?;
    let statements = Parser::new(dialect.parser())
        .with_tokens(tokens.clone())
        .parse_statements()
        .map_err(|error| Refusal::Syntax(error.to_string()))?;
    match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::Query(query)]) => {
            dialect.objections(sql, &tokens, &query)?;
            Ok(*query)
        }
        _ => Err(Refusal::NotOneSelect),
    }
}

/// Each placeholder of ours stands exactly once as a token of its own, and there is no other; there
/// is no comment, because the template language left none.
fn check_tokens(
    tokens: &[Token],
    placeholders: usize,
    dialect: &dyn Dialect,
) -> Result<(), Refusal> {
    let mut expected = 0;
    for token in tokens {
        match token {
            Token::Placeholder(found) => {
                expected += 1;
                let mut ours = String::new();
                dialect.placeholder(expected, &mut ours);
                if *found != ours {
                    return Err(Refusal::Placeholder(found.clone()));
                }
            }
            Token::Whitespace(
                Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_),
            ) => return Err(Refusal::NotUnderstood),
            _ => {}
        }
    }
    if expected == placeholders { Ok(()) } else { Err(Refusal::NotUnderstood) }
}

/// Looks at every function, wherever it stands, and counts what a reading must have met.
#[derive(Default)]
struct Rules {
    selects: usize,
    factors: usize,
}

impl Visitor for Rules {
    type Break = Refusal;

    fn pre_visit_select(&mut self, _: &Select) -> ControlFlow<Refusal> {
        self.selects += 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, _: &TableFactor) -> ControlFlow<Refusal> {
        self.factors += 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Refusal> {
        match expr {
            Expr::Function(function) => match functions::refused(&function.name) {
                Some(name) => ControlFlow::Break(Refusal::Function(name)),
                None => ControlFlow::Continue(()),
            },
            _ => ControlFlow::Continue(()),
        }
    }
}
