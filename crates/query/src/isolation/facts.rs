//! What a condition certainly says: its top-level AND conjuncts, as far as they compare columns.

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, Ident, RenameSelectItem, Select, SelectItem,
    SelectItemQualifiedWildcardKind, UnaryOperator, Value, WildcardAdditionalOptions,
};

use crate::gate::is_bare_function;

/// A plain column, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) qualifier: Option<String>,
    pub(crate) name: String,
}

/// What one conjunct says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// The column equals this placeholder, numbered from 1.
    Equals(Column, usize),
    /// The column is in a list of these placeholders.
    OneOf(Column, Vec<usize>),
    /// Two columns are equal.
    Equal(Column, Column),
    /// The condition holds an operator that binds differently from engine to engine, so where its
    /// conjuncts begin and end is not certain.
    Uncertain,
}

impl Fact {
    /// A column and the placeholders that it is compared with.
    pub(crate) fn compared(&self) -> Option<(&Column, &[usize])> {
        match self {
            Self::Equals(column, slot) => Some((column, std::slice::from_ref(slot))),
            Self::OneOf(column, slots) => Some((column, slots)),
            Self::Equal(..) | Self::Uncertain => None,
        }
    }
}

/// What a SELECT says about its rows.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) condition: Vec<Fact>,
    /// Names that the SELECT gives to expressions, in lower case. Engines let WHERE use them.
    pub(crate) aliases: Vec<String>,
}

impl Facts {
    pub(crate) fn of(select: &Select) -> Self {
        let condition = select.selection.as_ref().map(of_condition).unwrap_or_default();
        Self { condition, aliases: select.projection.iter().flat_map(aliases).collect() }
    }
}

/// The facts of a condition of WHERE or ON.
pub(crate) fn of_condition(condition: &Expr) -> Vec<Fact> {
    let mut facts = Vec::new();
    collect(condition, &mut facts);
    facts
}

fn collect(expr: &Expr, facts: &mut Vec<Fact>) {
    match expr {
        Expr::Nested(inner) => collect(inner, facts),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            collect(left, facts);
            collect(right, facts);
        }
        other if !binds_as_everywhere(other) => facts.push(Fact::Uncertain),
        other => facts.extend(fact(other)),
    }
}

fn fact(expr: &Expr) -> Option<Fact> {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
            match (column(left), column(right)) {
                (Some(left), Some(right)) => Some(Fact::Equal(left, right)),
                (Some(column), None) => Some(Fact::Equals(column, placeholder(right)?)),
                (None, Some(column)) => Some(Fact::Equals(column, placeholder(left)?)),
                (None, None) => None,
            }
        }
        Expr::InList { expr, list, negated: false } if !list.is_empty() => {
            let slots: Option<Vec<usize>> = list.iter().map(placeholder).collect();
            Some(Fact::OneOf(column(expr)?, slots?))
        }
        _ => None,
    }
}

fn column(expr: &Expr) -> Option<Column> {
    let is_column = |ident: &Ident| match ident.quote_style {
        None => !is_bare_function(&ident.value.to_lowercase()),
        Some(quote) => matches!(quote, '"' | '`'),
    };
    match expr {
        Expr::Nested(inner) => column(inner),
        Expr::Identifier(ident) if is_column(ident) => {
            Some(Column { qualifier: None, name: ident.value.to_lowercase() })
        }
        Expr::CompoundIdentifier(words) => match words.as_slice() {
            [qualifier, name] if is_column(qualifier) && is_column(name) => Some(Column {
                qualifier: Some(qualifier.value.to_lowercase()),
                name: name.value.to_lowercase(),
            }),
            _ => None,
        },
        _ => None,
    }
}

/// The number of a placeholder that stands alone, or is cast to a type that keeps ids apart.
fn placeholder(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Nested(inner) => placeholder(inner),
        Expr::Cast {
            kind: CastKind::Cast | CastKind::DoubleColon,
            expr,
            data_type,
            format: None,
        } if keeps_ids_apart(data_type) => placeholder(expr),
        Expr::Value(value) => match &value.value {
            Value::Placeholder(text) => text.strip_prefix(['$', '?'])?.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

fn keeps_ids_apart(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Text
            | DataType::Varchar(None)
            | DataType::Int(None)
            | DataType::Integer(None)
            | DataType::BigInt(None)
            | DataType::Uuid
            | DataType::Binary(None)
            | DataType::String(None)
            | DataType::UInt64
    )
}

/// Whether every engine reads the same operands for the operators of `expr` that stand outside
/// parentheses. DuckDB's `->`, for one, binds more loosely than `AND`.
fn binds_as_everywhere(expr: &Expr) -> bool {
    use BinaryOperator as Op;
    let all = |operands: &[&Expr]| operands.iter().all(|operand| binds_as_everywhere(operand));
    match expr {
        Expr::BinaryOp { left, op, right } => {
            let usual = matches!(
                op,
                Op::And | Op::Or | Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq
            ) || matches!(
                op,
                Op::Plus | Op::Minus | Op::Multiply | Op::Divide | Op::Modulo | Op::StringConcat
            );
            usual && all(&[left, right])
        }
        Expr::UnaryOp { op, expr } => {
            let usual =
                matches!(op, UnaryOperator::Not | UnaryOperator::Minus | UnaryOperator::Plus);
            usual && binds_as_everywhere(expr)
        }
        Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner) => binds_as_everywhere(inner),
        Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
            all(&[left, right])
        }
        Expr::Between { expr, low, high, .. } => all(&[expr, low, high]),
        Expr::InList { expr, .. } | Expr::InSubquery { expr, .. } => binds_as_everywhere(expr),
        Expr::Like { expr, pattern, .. } | Expr::ILike { expr, pattern, .. } => {
            all(&[expr, pattern])
        }
        Expr::Cast { expr, .. }
        | Expr::AtTimeZone { timestamp: expr, .. }
        | Expr::Collate { expr, .. }
        | Expr::CompoundFieldAccess { root: expr, .. }
        | Expr::AnyOp { left: expr, .. }
        | Expr::AllOp { left: expr, .. } => binds_as_everywhere(expr),
        Expr::Interval(interval) => binds_as_everywhere(&interval.value),
        Expr::Nested(_)
        | Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::Value(_)
        | Expr::TypedString { .. }
        | Expr::Function(_)
        | Expr::Case { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_)
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Extract { .. }
        | Expr::Substring { .. }
        | Expr::Trim { .. }
        | Expr::Position { .. }
        | Expr::Ceil { .. }
        | Expr::Floor { .. } => true,
        _ => false,
    }
}

/// The names that an item of a SELECT list gives to something else than a column of that name.
fn aliases(item: &SelectItem) -> Vec<String> {
    match item {
        SelectItem::ExprWithAlias { expr, alias } => {
            let alias = alias.value.to_lowercase();
            let is_itself = column(expr).is_some_and(|column| column.name == alias);
            if is_itself { Vec::new() } else { vec![alias] }
        }
        SelectItem::ExprWithAliases { aliases, .. } => {
            aliases.iter().map(|alias| alias.value.to_lowercase()).collect()
        }
        SelectItem::Wildcard(options) => of_wildcard(options),
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(_), options)
        | SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(_), options) => {
            of_wildcard(options)
        }
        SelectItem::UnnamedExpr(_) => Vec::new(),
    }
}

fn of_wildcard(options: &WildcardAdditionalOptions) -> Vec<String> {
    let mut names: Vec<&Ident> = options.opt_alias.iter().collect();
    if let Some(replace) = &options.opt_replace {
        names.extend(replace.items.iter().map(|item| &item.column_name));
    }
    match &options.opt_rename {
        Some(RenameSelectItem::Single(one)) => names.push(&one.alias),
        Some(RenameSelectItem::Multiple(many)) => names.extend(many.iter().map(|one| &one.alias)),
        None => {}
    }
    names.into_iter().map(|name| name.value.to_lowercase()).collect()
}
