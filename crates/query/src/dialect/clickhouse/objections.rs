//! What ClickHouse reads differently from the parser, or lets a query read beside its tables.

use std::ops::ControlFlow;

use sqlparser::ast::{
    DataType, Expr, GroupByExpr, Query, Select, SetExpr, TableFactor, Value as Literal, Visit,
    Visitor,
};
use sqlparser::tokenizer::Token;

use super::CLICKHOUSE_VALUES;
use crate::gate::Refusal;

/// Functions that read dictionaries and tables, tell of the server, wait or call other services.
const REFUSED: [&str; 18] = [
    "addresstoline",
    "addresstosymbol",
    "buildid",
    "connectionid",
    "demangle",
    "displayname",
    "file",
    "fqdn",
    "fullhostname",
    "hascolumnintable",
    "initialqueryid",
    "joinget",
    "joingetornull",
    "queryid",
    "showcertificate",
    "tcpport",
    "uptime",
    "user",
];

/// Starts of the names of families that do the same.
const REFUSED_STARTS: [&str; 14] = [
    "ai",
    "catboost",
    "current",
    "dict",
    "evalml",
    "filesystem",
    "get",
    "host",
    "llm",
    "model",
    "server",
    "sleep",
    "transaction",
    "zookeeper",
];

/// The first thing to object to.
pub(super) fn find(sql: &str, tokens: &[Token], query: &Query) -> Result<(), Refusal> {
    // In strings and in quoted names: the parser's tokens no longer show it.
    if sql.contains('\\') {
        return Err(Refusal::ReadDifferently("a backslash"));
    }
    if sql.to_lowercase().contains(CLICKHOUSE_VALUES) {
        return Err(Refusal::ReadDifferently("the name of the table of values"));
    }
    if tokens.iter().any(|token| token.to_string().starts_with('#')) {
        return Err(Refusal::ReadDifferently("#"));
    }
    let mut names = Names::default();
    let _ = query.visit(&mut names);
    names.check()?;
    match query.visit(&mut Objections) {
        ControlFlow::Break(refusal) => Err(refusal),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// Names of WITH clauses and of tables: `flights` is a table even where `Flights` is a query, because
/// ClickHouse tells letters' case apart.
#[derive(Default)]
struct Names {
    queries: Vec<String>,
    tables: Vec<String>,
}

impl Names {
    fn check(&self) -> Result<(), Refusal> {
        let differ_by_case = |table: &String| {
            self.queries
                .iter()
                .any(|query| query != table && query.to_lowercase() == table.to_lowercase())
        };
        if self.tables.iter().any(differ_by_case) {
            return Err(Refusal::ReadDifferently("names that differ only in their letters' case"));
        }
        Ok(())
    }
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let with = query.with.iter().flat_map(|with| &with.cte_tables);
        self.queries.extend(with.map(|cte| cte.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, .. } = factor {
            let ident = name.0.last().and_then(|part| part.as_ident());
            self.tables.extend(ident.map(|ident| ident.value.clone()));
        }
        ControlFlow::Continue(())
    }
}

struct Objections;

impl Visitor for Objections {
    type Break = Refusal;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Refusal> {
        let has_totals = |select: &Select| match &select.group_by {
            GroupByExpr::All(modifiers) | GroupByExpr::Expressions(_, modifiers) => {
                !modifiers.is_empty()
            }
        };
        match query.body.as_ref() {
            SetExpr::Select(select) if has_totals(select) => {
                ControlFlow::Break(Refusal::Clause("WITH TOTALS"))
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Refusal> {
        objection(expr).map_or(ControlFlow::Continue(()), ControlFlow::Break)
    }
}

fn objection(expr: &Expr) -> Option<Refusal> {
    match expr {
        Expr::Function(function) => {
            let name = function.name.0.last()?.as_ident()?.value.to_lowercase();
            is_refused(&name).then_some(Refusal::Function(name))
        }
        // A name alone on the right of IN is a table.
        Expr::InList { list, .. } => match list.as_slice() {
            [one] => is_name(one).then_some(Refusal::ReadDifferently("IN with a name alone")),
            _ => None,
        },
        Expr::InUnnest { .. } => Some(Refusal::ReadDifferently("UNNEST")),
        // What does not fit is cut off there: 4294967338 becomes 42.
        Expr::Cast { expr, data_type, .. } if is_placeholder(expr) && !holds_any_id(data_type) => {
            Some(Refusal::ReadDifferently(
                "a cast of a variable to a type that cuts off, cast to UInt64,",
            ))
        }
        _ => None,
    }
}

fn is_refused(name: &str) -> bool {
    let clock = matches!(name, "current_date" | "current_timestamp");
    REFUSED.contains(&name)
        || (!clock && REFUSED_STARTS.iter().any(|start| name.starts_with(start)))
}

fn is_name(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => true,
        Expr::Nested(inner) => is_name(inner),
        _ => false,
    }
}

fn is_placeholder(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => is_placeholder(inner),
        Expr::Value(value) => matches!(value.value, Literal::Placeholder(_)),
        _ => false,
    }
}

/// Integers of fewer bits and signed ones are no such types: the connector sends no number beyond 64
/// bits, and a negative one is an error as `UInt64`.
fn holds_any_id(data_type: &DataType) -> bool {
    !matches!(
        data_type,
        DataType::TinyInt(_)
            | DataType::SmallInt(_)
            | DataType::Int(_)
            | DataType::Integer(_)
            | DataType::BigInt(_)
            | DataType::Int2(_)
            | DataType::Int4(_)
            | DataType::Int8(_)
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
    )
}
