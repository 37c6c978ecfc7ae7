//! What a query reads: its branches, each a SELECT with the relations of its FROM.
//!
//! Names are resolved as the database resolves them: a WITH clause hides a table only where it is in
//! force, so a query in it that names itself reads the table.

use std::ops::ControlFlow;

use sqlparser::ast::{
    Cte, Expr, JoinConstraint, JoinOperator, LimitClause, ObjectName, Query, Select, SetExpr,
    SetOperator, TableAlias, TableFactor, TableWithJoins, Visit, Visitor, With,
};

use super::functions::{is_bare_function, refused_in_table_expression, refused_table_function};
use super::{Refusal, Tables};
use crate::dialect::Dialect;
use crate::isolation::facts;
use crate::nearest::hint;

/// Everything a query reads.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) branches: Vec<Branch>,
    /// Whether a member of a list is compared as exactly as a value by itself.
    pub(crate) lists_are_exact: bool,
    /// SELECTs met, to compare with an independent count.
    pub(super) selects: usize,
    /// Members of FROM met, to compare with an independent count.
    pub(super) factors: usize,
}

/// One SELECT: what it reads and what its conditions say.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) relations: Vec<Relation>,
    pub(crate) joins: Vec<Join>,
    pub(crate) facts: facts::Facts,
    /// A name of the SELECT list hides a column even where that is written with its table.
    pub(crate) aliases_hide_qualified: bool,
    /// Aliases of the SELECTs around it, whose columns its own names may reach.
    pub(crate) surroundings: Option<Vec<String>>,
    /// A part of FROM that no proof understands.
    pub(crate) obscure: Option<&'static str>,
}

/// One member of FROM.
#[derive(Debug)]
pub(crate) struct Relation {
    /// In lower case, as names are compared.
    pub(crate) alias: String,
    /// The table's name in lower case; `None` for what a query or a function yields.
    pub(crate) table: Option<String>,
    /// Its columns have other names here.
    pub(crate) renames_columns: bool,
}

/// One join: which relations it brings together, and on what.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) kind: JoinKind,
    pub(crate) left: std::ops::Range<usize>,
    pub(crate) right: std::ops::Range<usize>,
    pub(crate) on: Vec<facts::Fact>,
    /// Columns of USING, in lower case.
    pub(crate) using: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinKind {
    Inner,
    Outer,
}

/// The names in force where a query stands.
#[derive(Clone, Default)]
struct Scope {
    /// Names of WITH clauses.
    queries: Vec<String>,
    /// Aliases of the SELECTs around, when there are any.
    surroundings: Option<Vec<String>>,
}

impl Reading {
    pub(super) fn of(
        query: &Query,
        tables: Tables<'_>,
        dialect: &dyn Dialect,
    ) -> Result<Self, Refusal> {
        let aliases_hide_qualified = dialect.aliases_hide_qualified_columns();
        let mut reader = Reader { reading: Self::default(), tables, aliases_hide_qualified };
        reader.query(query, &Scope::default())?;
        Ok(reader.reading)
    }
}

struct Reader<'a> {
    reading: Reading,
    tables: Tables<'a>,
    aliases_hide_qualified: bool,
}

impl Reader<'_> {
    fn query(&mut self, query: &Query, scope: &Scope) -> Result<(), Refusal> {
        check_clauses(query)?;
        let mut scope = scope.clone();
        if let Some(with) = &query.with {
            for cte in &with.cte_tables {
                self.cte(cte, with, &scope)?;
                scope.queries.push(cte.alias.name.value.to_lowercase());
            }
        }
        self.body(&query.body, &scope)?;
        self.nested(&query.order_by, &scope)?;
        self.nested(&query.limit_clause, &scope)?;
        self.nested(&query.fetch, &scope)
    }

    /// A recursive query sees itself only on the right of its UNION.
    fn cte(&mut self, cte: &Cte, with: &With, scope: &Scope) -> Result<(), Refusal> {
        let name = cte.alias.name.value.to_lowercase();
        if let Some(table) = self.tables.and_then(|tables| find(tables, &name)) {
            return Err(Refusal::ShadowedTable(table.to_owned()));
        }
        match cte.query.body.as_ref() {
            SetExpr::SetOperation { op: SetOperator::Union, left, right, .. }
                if with.recursive && cte.query.with.is_none() =>
            {
                check_clauses(&cte.query)?;
                self.body(left, scope)?;
                let mut inner = scope.clone();
                inner.queries.push(name);
                self.body(right, &inner)?;
                self.nested(&cte.query.order_by, scope)?;
                self.nested(&cte.query.limit_clause, scope)?;
                self.nested(&cte.query.fetch, scope)
            }
            _ => self.query(&cte.query, scope),
        }
    }

    fn body(&mut self, body: &SetExpr, scope: &Scope) -> Result<(), Refusal> {
        match body {
            SetExpr::Select(select) => self.select(select, scope),
            SetExpr::Query(query) => self.query(query, scope),
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left, scope)?;
                self.body(right, scope)
            }
            SetExpr::Values(values) => self.nested(values, scope),
            SetExpr::Table(_) => Err(Refusal::Clause("TABLE")),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                Err(Refusal::NotOneSelect)
            }
        }
    }

    fn select(&mut self, select: &Select, scope: &Scope) -> Result<(), Refusal> {
        self.reading.selects += 1;
        check_select(select)?;
        let mut from = From::default();
        for item in &select.from {
            self.item(item, &mut from, scope)?;
        }
        let mut inner = scope.clone();
        let aliases = from.relations.iter().map(|relation| relation.alias.clone());
        inner.surroundings.get_or_insert_default().extend(aliases);
        self.nested(&select.distinct, &inner)?;
        self.nested(&select.projection, &inner)?;
        self.nested(&select.selection, &inner)?;
        self.nested(&select.group_by, &inner)?;
        self.nested(&select.having, &inner)?;
        self.nested(&select.named_window, &inner)?;
        self.nested(&select.qualify, &inner)?;
        self.reading.branches.push(Branch {
            facts: facts::Facts::of(select),
            aliases_hide_qualified: self.aliases_hide_qualified,
            relations: from.relations,
            joins: from.joins,
            surroundings: scope.surroundings.clone(),
            obscure: from.obscure,
        });
        Ok(())
    }

    fn item(
        &mut self,
        item: &TableWithJoins,
        from: &mut From,
        scope: &Scope,
    ) -> Result<(), Refusal> {
        let start = from.relations.len();
        self.factor(&item.relation, from, scope)?;
        for join in &item.joins {
            let middle = from.relations.len();
            self.factor(&join.relation, from, scope)?;
            let end = from.relations.len();
            let Some((kind, constraint)) = understood(&join.join_operator) else {
                from.obscure = Some("a join of an unusual kind");
                self.nested(&join.join_operator, &around(scope, from))?;
                continue;
            };
            self.nested(&join.join_operator, &around(scope, from))?;
            let (left, right) = (start..middle, middle..end);
            from.joins.push(Join::new(kind, left, right, constraint));
        }
        Ok(())
    }

    fn factor(
        &mut self,
        factor: &TableFactor,
        from: &mut From,
        scope: &Scope,
    ) -> Result<(), Refusal> {
        self.reading.factors += 1;
        match factor {
            TableFactor::Table { name, args: Some(args), alias, .. } => {
                refuse_table_function(refused_table_function(name))?;
                self.nested(args, &around(scope, from))?;
                from.add(alias.as_ref(), name, None);
            }
            TableFactor::Table { name, alias, .. } => {
                check_table_factor(factor)?;
                let table = self.table(name, scope)?;
                from.add(alias.as_ref(), name, table);
            }
            TableFactor::Function { name, args, alias, .. } => {
                refuse_table_function(refused_table_function(name))?;
                self.nested(args, &around(scope, from))?;
                from.add(alias.as_ref(), name, None);
            }
            TableFactor::TableFunction { expr, alias } => {
                refuse_table_function(refused_in_table_expression(expr))?;
                self.nested(expr, &around(scope, from))?;
                from.add_derived(alias.as_ref());
            }
            TableFactor::UNNEST { alias, array_exprs, .. } => {
                self.nested(array_exprs, &around(scope, from))?;
                from.add_derived(alias.as_ref());
            }
            TableFactor::Derived { subquery, alias, .. } => {
                // Engines join laterally where a name needs it, whether or not LATERAL is written.
                let inner = around(scope, from);
                self.query(subquery, &inner)?;
                from.add_derived(alias.as_ref());
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                if alias.is_some() {
                    from.obscure = Some("an alias for a whole join");
                }
                self.item(table_with_joins, from, scope)?;
            }
            _ => return Err(Refusal::Clause("this kind of table")),
        }
        Ok(())
    }

    /// The table that a name speaks of, in lower case; `None` for the name of a WITH clause.
    fn table(&self, name: &ObjectName, scope: &Scope) -> Result<Option<String>, Refusal> {
        let [part] = name.0.as_slice() else {
            return Err(Refusal::QualifiedTable(name.to_string()));
        };
        let unknown = |hint| Refusal::UnknownTable { name: name.to_string(), hint };
        let ident = part.as_ident().ok_or_else(|| unknown(String::new()))?;
        let word = ident.value.to_lowercase();
        if scope.queries.contains(&word) {
            return Ok(None);
        }
        // A table's name in single quotes is the name of a file.
        if ident.quote_style.is_some_and(|quote| !matches!(quote, '"' | '`')) {
            return Err(unknown(String::new()));
        }
        match self.tables {
            Some(tables) if find(tables, &word).is_none() => {
                Err(unknown(hint(&word, tables.iter().copied())))
            }
            None if is_of_system(&word) => Err(Refusal::SystemTable(word)),
            None if is_bare_function(&word) && ident.quote_style.is_none() => {
                Err(Refusal::TableFunction(word))
            }
            None if !word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$')) => {
                Err(unknown(String::new()))
            }
            _ => Ok(Some(word)),
        }
    }

    /// The queries within an expression or a list of them.
    fn nested(&mut self, part: &impl Visit, scope: &Scope) -> Result<(), Refusal> {
        let mut inner = scope.clone();
        inner.surroundings.get_or_insert_default();
        let mut finder = QueryFinder { reader: self, scope: &inner, depth: 0 };
        match part.visit(&mut finder) {
            ControlFlow::Break(refusal) => Err(refusal),
            ControlFlow::Continue(()) => Ok(()),
        }
    }
}

/// Starts of the names under which databases tell of themselves, their users and what others asked:
/// PostgreSQL's, SQLite's, then Redshift's.
const SYSTEM: [&str; 8] = ["pg_", "sqlite_", "stl_", "stv_", "svcs_", "svl_", "svv_", "sys_"];

fn is_of_system(table: &str) -> bool {
    SYSTEM.iter().any(|start| table.starts_with(start))
}

/// The scope of a member of FROM that stands after others.
fn around(scope: &Scope, from: &From) -> Scope {
    let mut inner = scope.clone();
    if !from.relations.is_empty() {
        let aliases = from.relations.iter().map(|relation| relation.alias.clone());
        inner.surroundings.get_or_insert_default().extend(aliases);
    }
    inner
}

/// The FROM of one SELECT so far.
#[derive(Default)]
struct From {
    relations: Vec<Relation>,
    joins: Vec<Join>,
    obscure: Option<&'static str>,
}

/// Words that begin a kind of join or a sample where the parser takes them for an alias.
const NO_ALIASES: [&str; 16] = [
    "any",
    "anti",
    "asof",
    "at",
    "final",
    "global",
    "natural",
    "paste",
    "pivot",
    "positional",
    "qualify",
    "sample",
    "semi",
    "tablesample",
    "unpivot",
    "using",
];

impl From {
    fn add(&mut self, alias: Option<&TableAlias>, name: &ObjectName, table: Option<String>) {
        let own_name = name.0.last().and_then(|part| part.as_ident());
        let ident = alias.map(|alias| &alias.name).or(own_name);
        let word = ident.map(|ident| ident.value.to_lowercase()).unwrap_or_default();
        self.push(alias, word, table);
    }

    fn add_derived(&mut self, alias: Option<&TableAlias>) {
        let word = alias.map(|alias| alias.name.value.to_lowercase()).unwrap_or_default();
        self.push(alias, word, None);
    }

    fn push(&mut self, alias: Option<&TableAlias>, word: String, table: Option<String>) {
        let unquoted = alias.is_some_and(|alias| alias.name.quote_style.is_none());
        if unquoted && NO_ALIASES.contains(&word.as_str()) {
            self.obscure = Some("an alias that is a keyword of joins");
        }
        let renames_columns = alias.is_some_and(|alias| !alias.columns.is_empty());
        self.relations.push(Relation { alias: word, table, renames_columns });
    }
}

impl Join {
    fn new(
        kind: JoinKind,
        left: std::ops::Range<usize>,
        right: std::ops::Range<usize>,
        constraint: &JoinConstraint,
    ) -> Self {
        let (on, using) = match constraint {
            JoinConstraint::On(expr) => (facts::of_condition(expr), Vec::new()),
            JoinConstraint::Using(columns) => {
                let column =
                    |name: &ObjectName| Some(name.0.last()?.as_ident()?.value.to_lowercase());
                (Vec::new(), columns.iter().filter_map(column).collect())
            }
            JoinConstraint::Natural | JoinConstraint::None => (Vec::new(), Vec::new()),
        };
        Self { kind, left, right, on, using }
    }
}

fn understood(operator: &JoinOperator) -> Option<(JoinKind, &JoinConstraint)> {
    match operator {
        JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::CrossJoin(on) => {
            Some((JoinKind::Inner, on))
        }
        JoinOperator::Left(on)
        | JoinOperator::LeftOuter(on)
        | JoinOperator::Right(on)
        | JoinOperator::RightOuter(on)
        | JoinOperator::FullOuter(on) => Some((JoinKind::Outer, on)),
        _ => None,
    }
}

fn check_clauses(query: &Query) -> Result<(), Refusal> {
    let limit_by = matches!(&query.limit_clause,
        Some(LimitClause::LimitOffset { limit_by, .. }) if !limit_by.is_empty());
    if !query.locks.is_empty() || query.for_clause.is_some() {
        return Err(Refusal::Clause("FOR"));
    }
    if query.settings.is_some() || query.format_clause.is_some() || limit_by {
        return Err(Refusal::Clause("this clause"));
    }
    if !query.pipe_operators.is_empty() {
        return Err(Refusal::Clause("|>"));
    }
    Ok(())
}

fn check_select(select: &Select) -> Result<(), Refusal> {
    if select.into.is_some() {
        return Err(Refusal::Clause("INTO"));
    }
    let unusual = select.top.is_some()
        || !select.optimizer_hints.is_empty()
        || select.select_modifiers.is_some()
        || !select.lateral_views.is_empty()
        || select.prewhere.is_some()
        || !select.connect_by.is_empty()
        || !select.cluster_by.is_empty()
        || !select.distribute_by.is_empty()
        || !select.sort_by.is_empty()
        || select.value_table_mode.is_some();
    if unusual { Err(Refusal::Clause("this clause")) } else { Ok(()) }
}

/// A table's name and alias, perhaps a sample of it, and nothing else.
fn check_table_factor(factor: &TableFactor) -> Result<(), Refusal> {
    let TableFactor::Table {
        with_hints,
        version,
        with_ordinality,
        partitions,
        json_path,
        index_hints,
        ..
    } = factor
    else {
        return Ok(());
    };
    let unusual = !with_hints.is_empty()
        || version.is_some()
        || *with_ordinality
        || !partitions.is_empty()
        || json_path.is_some()
        || !index_hints.is_empty();
    if unusual { Err(Refusal::Clause("this kind of table")) } else { Ok(()) }
}

fn refuse_table_function(refused: Option<String>) -> Result<(), Refusal> {
    refused.map_or(Ok(()), |name| Err(Refusal::TableFunction(name)))
}

fn find<'a>(tables: &[&'a str], word: &str) -> Option<&'a str> {
    tables.iter().copied().find(|table| table.eq_ignore_ascii_case(word))
}

/// Hands the outermost queries within an expression to the reader, which descends by itself.
struct QueryFinder<'a, 'b, 'c> {
    reader: &'a mut Reader<'b>,
    scope: &'c Scope,
    depth: usize,
}

impl Visitor for QueryFinder<'_, '_, '_> {
    type Break = Refusal;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Refusal> {
        self.depth += 1;
        if self.depth > 1 {
            return ControlFlow::Continue(());
        }
        match self.reader.query(query, self.scope) {
            Ok(()) => ControlFlow::Continue(()),
            Err(refusal) => ControlFlow::Break(refusal),
        }
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Refusal> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<Refusal> {
        ControlFlow::Continue(())
    }
}
