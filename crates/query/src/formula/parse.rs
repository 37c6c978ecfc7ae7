//! From an author's text to an expression: whatever is not on the list is refused by name.

use model::dashboard::Simple;
use model::name::ColumnName;
use sqlparser::ast::{
    self, BinaryOperator, CaseWhen, CastKind, CeilFloorKind, DataType, DuplicateTreatment,
    FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, UnaryOperator,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

use super::{CastType, Expr, Function, Operator};
use crate::nearest::hint;

/// Most bytes of a formula.
const MAX_TEXT: usize = 4_096;

/// What may be called.
const FUNCTIONS: [&str; 15] = [
    "abs",
    "avg",
    "case",
    "cast",
    "ceil",
    "coalesce",
    "count",
    "floor",
    "max",
    "median",
    "min",
    "nullif",
    "percentile",
    "round",
    "sum",
];

/// The expression that a formula stands for: aggregates over columns of the dataset, and arithmetic.
///
/// # Errors
/// What is not understood or not allowed, by name, with the nearest name that is.
pub(crate) fn parse(text: &str) -> Result<Expr, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("must have at most {MAX_TEXT} bytes"));
    }
    let tokens = Tokenizer::new(&GenericDialect, text).tokenize().map_err(|e| e.to_string())?;
    let is_comment = |token: &Token| {
        let comment = matches!(
            token,
            Token::Whitespace(
                Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)
            )
        );
        comment || matches!(token, Token::Placeholder(_))
    };
    if let Some(token) = tokens.iter().find(|token| is_comment(token)) {
        return Err(format!("{token} has no place in a formula"));
    }
    let mut parser = Parser::new(&GenericDialect).with_tokens(tokens);
    let parsed = parser.parse_expr().map_err(|error| error.to_string())?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        return Err(format!("a formula is one expression; {next} stands after it"));
    }
    let expr = read(&parsed)?;
    match aggregates(&expr, false)? {
        true => Ok(expr),
        false => Err("must hold an aggregate such as SUM(column)".to_owned()),
    }
}

/// Whether an aggregate stands in it. Columns stand within aggregates, and aggregates not within each
/// other.
fn aggregates(expr: &Expr, within: bool) -> Result<bool, String> {
    let is_aggregate = matches!(expr, Expr::Aggregate(..) | Expr::CountRows | Expr::Percentile(..));
    match expr {
        Expr::Column(name) if !within => {
            return Err(format!("column {:?} stands outside an aggregate", name.as_str()));
        }
        _ if is_aggregate && within => {
            return Err("an aggregate must not stand within another".to_owned());
        }
        _ => {}
    }
    let mut found = is_aggregate;
    for child in expr.children() {
        found |= aggregates(child, within || is_aggregate)?;
    }
    Ok(found)
}

fn read(expr: &ast::Expr) -> Result<Expr, String> {
    use ast::Expr as Parsed;
    let boxed = |expr: &ast::Expr| read(expr).map(Box::new);
    Ok(match expr {
        Parsed::Identifier(ident) => Expr::Column(column(ident)?),
        Parsed::Nested(inner) => read(inner)?,
        Parsed::Value(value) => literal(&value.value)?,
        Parsed::UnaryOp { op: UnaryOperator::Minus, expr } => Expr::Negated(boxed(expr)?),
        Parsed::UnaryOp { op: UnaryOperator::Plus, expr } => read(expr)?,
        Parsed::UnaryOp { op: UnaryOperator::Not, expr } => Expr::Not(boxed(expr)?),
        Parsed::BinaryOp { left, op: BinaryOperator::Divide, right } => {
            Expr::Quotient(boxed(left)?, boxed(right)?)
        }
        Parsed::BinaryOp { left, op, right } => {
            Expr::Binary(operator(op)?, boxed(left)?, boxed(right)?)
        }
        Parsed::IsNull(inner) => Expr::IsNull(boxed(inner)?),
        Parsed::IsNotNull(inner) => Expr::Not(Box::new(Expr::IsNull(boxed(inner)?))),
        Parsed::InList { expr, list, negated } => {
            let list = list.iter().map(read).collect::<Result<Vec<Expr>, String>>()?;
            let is_in = Expr::In(boxed(expr)?, list);
            if *negated { Expr::Not(Box::new(is_in)) } else { is_in }
        }
        Parsed::Case { operand, conditions, else_result, .. } => {
            let otherwise = else_result.as_deref().map(boxed).transpose()?;
            Expr::Case(branches(operand.as_deref(), conditions)?, otherwise)
        }
        Parsed::Cast { kind: CastKind::Cast, expr, data_type, format: None } => {
            Expr::Cast(boxed(expr)?, cast_type(data_type)?)
        }
        Parsed::Floor {
            expr,
            field: CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
        } => Expr::Call(Function::Floor, vec![read(expr)?]),
        Parsed::Ceil {
            expr,
            field: CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
        } => Expr::Call(Function::Ceil, vec![read(expr)?]),
        Parsed::Function(function) => call(function)?,
        other => return Err(format!("{other} is not allowed in a formula")),
    })
}

fn column(ident: &ast::Ident) -> Result<ColumnName, String> {
    if ident.quote_style.is_some_and(|quote| quote != '"' && quote != '`') {
        return Err(format!("{ident} is no column's name"));
    }
    ColumnName::try_from(ident.value.clone()).map_err(|fault| fault.to_string())
}

fn literal(value: &ast::Value) -> Result<Expr, String> {
    let refused = || format!("{value} is not allowed in a formula");
    Ok(match value {
        ast::Value::Number(digits, false) => number(digits).ok_or_else(refused)?,
        ast::Value::SingleQuotedString(text) if !text.contains('\0') => Expr::Text(text.clone()),
        ast::Value::Boolean(is_true) => Expr::Boolean(*is_true),
        ast::Value::Null => Expr::Null,
        _ => return Err(refused()),
    })
}

fn number(digits: &str) -> Option<Expr> {
    if let Ok(integer) = digits.parse() {
        return Some(Expr::Integer(integer));
    }
    digits.parse().ok().filter(|float: &f64| float.is_finite()).map(Expr::Float)
}

fn operator(op: &BinaryOperator) -> Result<Operator, String> {
    Ok(match op {
        BinaryOperator::Plus => Operator::Plus,
        BinaryOperator::Minus => Operator::Minus,
        BinaryOperator::Multiply => Operator::Times,
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::Lt => Operator::Less,
        BinaryOperator::LtEq => Operator::AtMost,
        BinaryOperator::Gt => Operator::Greater,
        BinaryOperator::GtEq => Operator::AtLeast,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
        other => return Err(format!("the operator {other} is not allowed in a formula")),
    })
}

/// `case x when 1 then …` is `case when x = 1 then …`.
fn branches(
    operand: Option<&ast::Expr>,
    conditions: &[CaseWhen],
) -> Result<Vec<(Expr, Expr)>, String> {
    let branch = |CaseWhen { condition, result }: &CaseWhen| {
        let mut when = read(condition)?;
        if let Some(operand) = operand {
            when = Expr::Binary(Operator::Equal, Box::new(read(operand)?), Box::new(when));
        }
        Ok((when, read(result)?))
    };
    conditions.iter().map(branch).collect()
}

fn cast_type(data_type: &DataType) -> Result<CastType, String> {
    Ok(match data_type {
        DataType::Int(None) | DataType::Integer(None) | DataType::BigInt(None) => CastType::Integer,
        DataType::Double(ast::ExactNumberInfo::None)
        | DataType::DoublePrecision
        | DataType::Float(ast::ExactNumberInfo::None)
        | DataType::Real => CastType::Real,
        DataType::Text | DataType::Varchar(None) => CastType::Text,
        DataType::Date => CastType::Date,
        other => {
            let allowed = "allowed are integer, double, text and date";
            return Err(format!("a cast to {other} is not allowed; {allowed}"));
        }
    })
}

fn call(function: &ast::Function) -> Result<Expr, String> {
    let name = function.name.to_string().to_lowercase();
    if !FUNCTIONS.contains(&name.as_str()) {
        return Err(format!("there is no function {name:?}{}", hint(&name, FUNCTIONS)));
    }
    if function.over.is_some() {
        return Err(format!("{name} has a window; use `running` for running figures"));
    }
    let unusual = function.filter.is_some()
        || function.null_treatment.is_some()
        || !function.within_group.is_empty()
        || function.uses_odbc_syntax
        || !matches!(function.parameters, FunctionArguments::None);
    let FunctionArguments::List(FunctionArgumentList { duplicate_treatment, args, clauses }) =
        &function.args
    else {
        return Err(format!("{name} takes arguments in parentheses, and no query"));
    };
    if unusual || !clauses.is_empty() {
        return Err(format!("{name} takes nothing but arguments"));
    }
    let is_distinct = *duplicate_treatment == Some(DuplicateTreatment::Distinct);
    match args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)] if name == "count" && !is_distinct => {
            Ok(Expr::CountRows)
        }
        args => {
            let arguments = args.iter().map(argument).collect::<Result<Vec<Expr>, String>>()?;
            if is_distinct && name != "count" {
                return Err(format!("only count takes DISTINCT, not {name}"));
            }
            apply(&name, is_distinct, arguments)
        }
    }
}

fn argument(argument: &FunctionArg) -> Result<Expr, String> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => read(expr),
        other => Err(format!("{other} is no argument of a formula's function")),
    }
}

/// A function of the list with its arguments.
fn apply(name: &str, is_distinct: bool, arguments: Vec<Expr>) -> Result<Expr, String> {
    let simple = match name {
        "count" if is_distinct => Some(Simple::CountDistinct),
        "count" => Some(Simple::Count),
        "sum" => Some(Simple::Sum),
        "avg" => Some(Simple::Avg),
        "min" => Some(Simple::Min),
        "max" => Some(Simple::Max),
        _ => None,
    };
    let mut arguments = arguments.into_iter();
    let taken = (arguments.next(), arguments.next(), arguments.next());
    Ok(match (name, simple, taken) {
        (_, Some(simple), (Some(one), None, None)) => Expr::Aggregate(simple, Box::new(one)),
        ("median", _, (Some(Expr::Column(column)), None, None)) => Expr::Percentile(column, 0.5),
        ("percentile", _, (Some(Expr::Column(column)), Some(p), None)) => {
            Expr::Percentile(column, share(&p)?)
        }
        ("abs", _, (Some(one), None, None)) => Expr::Call(Function::Abs, vec![one]),
        ("floor", _, (Some(one), None, None)) => Expr::Call(Function::Floor, vec![one]),
        ("ceil", _, (Some(one), None, None)) => Expr::Call(Function::Ceil, vec![one]),
        ("round", _, (Some(one), None, None)) => Expr::Round(Box::new(one), 0),
        ("round", _, (Some(one), Some(Expr::Integer(digits @ 0..=10)), None)) => {
            Expr::Round(Box::new(one), digits as u8)
        }
        ("nullif", _, (Some(one), Some(other), None)) => {
            Expr::Call(Function::NullIf, vec![one, other])
        }
        ("coalesce", _, (Some(one), Some(other), third)) => {
            let rest = third.into_iter().chain(arguments);
            Expr::Call(Function::Coalesce, [one, other].into_iter().chain(rest).collect())
        }
        _ => return Err(format!("{name} is written {}", usage(name))),
    })
}

/// A percentile from 0 to 100 as a share.
fn share(p: &Expr) -> Result<f64, String> {
    let percent = match p {
        Expr::Integer(number) => *number as f64,
        Expr::Float(number) => *number,
        _ => -1.0,
    };
    let is_percent = (0.0..=100.0).contains(&percent);
    is_percent.then_some(percent / 100.0).ok_or_else(|| usage("percentile").to_owned())
}

fn usage(name: &str) -> &'static str {
    match name {
        "median" => "MEDIAN(column)",
        "percentile" => "PERCENTILE(column, 90), with a number from 0 to 100",
        "round" => "ROUND(number) or ROUND(number, digits), with 0 to 10 digits",
        "nullif" => "NULLIF(value, other)",
        "coalesce" => "COALESCE(value, other, …)",
        _ => "with exactly one argument",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dialect::EMBEDDED_ENGINE;
    use crate::formula::{Ranks, render};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let expr = parse(text).expect("a formula");
        assert_eq!(
            render(&expr, Ranks::default(), EMBEDDED_ENGINE).text(EMBEDDED_ENGINE),
            expected
        );
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let found = parse(text).expect_err("a fault");
        assert!(found.contains(expected), "{text}: {found}");
    }

    #[test]
    fn a_formula_is_written_anew_with_every_column_quoted() {
        check(
            "SUM(revenue) / SUM(miles)",
            "(cast(sum(dataset.\"revenue\") as double) / nullif(sum(dataset.\"miles\"), 0))",
        );
        check("sum(a) - sum(b)", "(sum(dataset.\"a\") - sum(dataset.\"b\"))");
        check("count(*) * 1.5", "(count(*) * 1.5)");
        check("COUNT(DISTINCT \"My Column\")", "count(distinct dataset.\"My Column\")");
        check("-(max(a) + 1)", "(-(max(dataset.\"a\") + 1))");
        check("round(avg(a), 2)", "round(avg(dataset.\"a\"), 2)");
        check("median(a)", "quantile_cont(cast(dataset.\"a\" as double), 0.5)");
        check("percentile(a, 95)", "quantile_cont(cast(dataset.\"a\" as double), 0.95)");
        check("coalesce(sum(a), 0)", "coalesce(sum(dataset.\"a\"), 0)");
        check("sum(cast(a as integer))", "sum(cast(dataset.\"a\" as bigint))");
        check(
            "sum(case when status = 'late' and a is not null then 1 else 0 end)",
            "sum(case when ((dataset.\"status\" = $1) and (not (dataset.\"a\" is null))) then 1 else \
             0 end)",
        );
        check(
            "sum(case status when 'x' then 1 end)",
            "sum(case when (dataset.\"status\" = $1) then 1 end)",
        );
        check(
            "sum(case when a not in (1, 2) then a end)",
            "sum(case when (not (dataset.\"a\" in (1, 2))) then dataset.\"a\" end)",
        );
        check(
            "abs(min(a)) + floor(max(a)) + ceil(max(a))",
            "((abs(min(dataset.\"a\")) + floor(max(dataset.\"a\"))) + ceil(max(dataset.\"a\")))",
        );
    }

    #[test]
    fn what_is_not_on_the_list_is_refused_by_name() {
        refused("summ(a)", "there is no function \"summ\"; did you mean \"sum\"?");
        refused("pg_sleep(10)", "there is no function \"pg_sleep\"");
        refused("pg_catalog.sum(a)", "there is no function \"pg_catalog.sum\"");
        refused("current_user", "current_user");
        refused("sum(a) / b", "column \"b\" stands outside an aggregate");
        refused("a", "column \"a\" stands outside an aggregate");
        refused("1 + 1", "must hold an aggregate");
        refused("sum(max(a))", "must not stand within another");
        refused("sum(t.a)", "t.a is not allowed");
        refused("sum((select 1))", "is not allowed");
        refused("sum(a) over ()", "has a window");
        refused("sum(a) filter (where b > 1)", "takes nothing but arguments");
        refused("sum(a) -- all", "has no place");
        refused("sum(a) /* all */", "has no place");
        refused("sum($1)", "has no place");
        refused("sum(?)", "has no place");
        refused("sum(a); drop table flights", "stands after it");
        refused("sum(a) as b", "stands after it");
        refused("sum(a, b)", "exactly one argument");
        refused("sum(distinct a)", "only count takes DISTINCT");
        refused("percentile(a, 101)", "PERCENTILE(column, 90)");
        refused("percentile(a + 1, 50)", "PERCENTILE(column, 90)");
        refused("sum(a::xml)", "is not allowed");
        refused("sum(cast(a as xml))", "a cast to xml is not allowed");
        refused("sum(a || b)", "the operator ||");
        refused("exists (select 1)", "is not allowed");
        refused("sum(interval '1 day')", "is not allowed");
        refused("sum(a) = any(array[1])", "is not allowed");
        refused(&"(".repeat(4_000), "");
        refused(&"sum(a)+".repeat(1_000), "at most 4096 bytes");
    }

    proptest! {
        /// Marked names, texts and aliases are thrown together; what comes out of them is quoted or
        /// bound, and the rest of the SQL is made of words of ours.
        #[test]
        fn no_text_of_a_formula_reaches_the_sql_but_quoted(
            parts in prop::collection::vec(prop::sample::select(vec![
                "sum(", "count(", "count(*)", "case when ", " then ", " end", "coalesce(", "nullif(",
                "cast(", " as integer)", ")", ",", "+", "-", "/", "*", " is null", " in (", "zqx7",
                "\"zqx7 \"\" x\"", "'zqx7 '' x'", "1", "2.5", "1e3", "zqx7(", "zqx7.zqx7", "--zqx7",
                "/*zqx7*/", ";", "$zqx7", "::zqx7", " zqx7 ", "[zqx7]", "`zqx7`", "N'zqx7'", "X'7'",
            ]), 1..12),
        ) {
            let Ok(expr) = parse(&parts.concat()) else { return Ok(()) };
            let sql = render(&expr, Ranks::default(), EMBEDDED_ENGINE).text(EMBEDDED_ENGINE);
            let rest = sql.replace("dataset.\"zqx7\"", "").replace("dataset.\"zqx7 \"\" x\"", "");
            prop_assert!(!rest.contains("zqx7"), "{sql}");
            let words = rest.split(|c: char| !c.is_alphanumeric() && c != '_');
            let ours = ["sum", "count", "case", "when", "then", "end", "coalesce", "nullif", "cast",
                "as", "bigint", "double", "is", "null", "in", "not"];
            for word in words.filter(|word| word.starts_with(|c: char| c.is_alphabetic())) {
                prop_assert!(ours.contains(&word), "{word} in {sql}");
            }
        }
    }
}
