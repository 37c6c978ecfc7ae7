//! Hostile input: whatever a viewer or a customer's properties hold, no value becomes SQL.

use proptest::prelude::*;
use query::{Compiled, Request, Statement};
use serde_json::{Map, Value, json};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::world::{World, dashboard, request, with_properties};

/// Stands in every value and in no dashboard.
const MARKER: &str = "zqx7";

fn hostile_text() -> impl Strategy<Value = String> {
    let fragments = prop::sample::select(vec![
        "'",
        "\"",
        "\\",
        "--",
        "/*",
        "*/",
        ";",
        "{{",
        "}}",
        "[[",
        "]]",
        "$1",
        "$$",
        "?",
        "%",
        "\n",
        "\r",
        "\t",
        " or 1=1 ",
        " union select ",
        ")",
        "(",
        "null",
        "customer_id",
        "{{customer_id}}",
        "é",
        "\u{200b}",
        "\u{202e}",
        "🛩",
        "'; drop table flights; --",
    ]);
    let parts = prop::collection::vec(prop_oneof![fragments.prop_map(str::to_owned), ".*"], 0..6);
    parts.prop_map(|parts| format!("{}{MARKER}{}", parts.concat().replace('\0', ""), "'"))
}

fn hostile_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        hostile_text().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|float| json!(float)),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    let known = [
        "a",
        "count",
        "since",
        "tags",
        "origin",
        "dest",
        "period",
        "period.startDate",
        "startDate",
        "endDate",
        "days",
        "customer_id",
        "customer",
        "properties",
        "user_group_id",
        "customer.tier",
        "Customer_Id",
        "сustomer_id",
        "direction",
        "table",
    ];
    prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), hostile_text()]
}

fn variables() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((name(), hostile_json()), 0..12)
        .prop_map(|entries| entries.into_iter().collect())
}

/// Uses a variable of every kind.
const SQL: &str = "select {{customer.tier}} as tier, x from flights where carrier = {{customer_id}} \
    [[and a = {{a}}]] [[and b = {{count}}]] [[and c > {{since}}]] [[and d in {{tags}}]] \
    [[and e in ({{origin}})]] [[and f = {{dest}} [[and g = {{a}}]]]] \
    [[and h between {{period.startDate}} and {{period.endDate}}]] [[and i = {{days.endDate}}]] \
    [[and j = {{a.b.c}}]] [[order by x {{direction.raw()}}]]";

fn compile(
    variables: Map<String, Value>,
    tier: Value,
    change: impl FnOnce(&mut Request),
) -> Option<Compiled> {
    let dataset = json!({"schema": "flights", "sql": SQL,
        "choices": {"direction": ["asc", "desc"]}, "identifiers": ["customer.table"]});
    let mut request = request(Value::Object(variables));
    change(&mut request);
    let path = with_properties("UA", json!({"tier": tier, "table": "flights"}));
    World::default().compile(&dashboard(dataset), path, &request).ok()
}

fn statements(compiled: &Compiled) -> Vec<&Statement> {
    std::iter::once(&compiled.rows).chain(&compiled.total).chain(&compiled.totals).collect()
}

/// Each value has its placeholder, a token of its own, and no value stands in the text.
fn check(statement: &Statement) {
    assert!(!statement.sql().contains(MARKER), "{}", statement.sql());
    let tokens = Tokenizer::new(&DuckDbDialect, statement.sql()).tokenize().expect("tokens");
    let found = tokens.into_iter().filter_map(|token| match token {
        Token::Placeholder(text) => Some(text),
        _ => None,
    });
    let expected: Vec<String> = (1..=statement.args().len()).map(|n| format!("${n}")).collect();
    assert_eq!(found.collect::<Vec<_>>(), expected, "{}", statement.sql());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_variable_becomes_sql_or_takes_the_customers_place(
        sent in variables(), tier in hostile_json(),
    ) {
        if let Some(compiled) = compile(sent, tier, |_| {}) {
            for statement in statements(&compiled) {
                check(statement);
                let ua = query::Value::Text("UA".to_owned());
                prop_assert!(statement.args().contains(&ua));
                prop_assert!(statement.sql().contains("where carrier = $"));
            }
        }
    }

    #[test]
    fn no_filter_or_sort_becomes_sql(
        column in name(), value in hostile_json(), operator in prop::sample::select(vec![
            "equals", "not_equals", "in", "not_in", "greater_than", "between", "contains",
            "starts_with", "is_empty",
        ]),
    ) {
        let filter = |column: &str| json!([{"column": column, "operator": operator, "value": value}]);
        let of_column = compile(Map::new(), json!("gold"), |request| {
            request.filters = serde_json::from_value(filter("x")).expect("a filter");
        });
        for statement in of_column.iter().flat_map(statements) {
            check(statement);
        }
        // Names of columns have rules of their own; what passes them is still none of the result's.
        if let Ok(filters) = serde_json::from_value(filter(&column)) {
            let found = compile(Map::new(), json!("gold"), |request| request.filters = filters);
            prop_assert!(found.is_none());
        }
        if let Ok(sort) = serde_json::from_value(json!([{"column": column}])) {
            let found = compile(Map::new(), json!("gold"), |request| request.sort = sort);
            prop_assert!(found.is_none());
        }
    }

    #[test]
    fn a_raw_property_is_a_quoted_identifier_or_nothing(table in hostile_json()) {
        let dataset = json!({"schema": "flights", "shared": true, "identifiers": ["customer.table"],
            "sql": "select 1 as x from {{customer.table.raw()}}"});
        let path = with_properties("UA", json!({"table": table}));
        let found = World::default().compile(&dashboard(dataset), path, &request(json!({})));
        prop_assert!(found.is_err());
    }

    #[test]
    fn no_text_of_an_author_makes_the_compiler_panic(
        parts in prop::collection::vec(prop_oneof![
            prop::sample::select(vec![
                "select", "from", "flights", "where", "(", ")", "[[", "]]", "[", "]", "{{", "}}",
                "{{a}}", "{{customer_id}}", "{{a.raw()}}", "'", "\"", "$", "$$", "$t$", "$1", "?",
                "--", "/*", "*/", "\n", "\r", ";", ",", "in", "=", "and", "or", "union all", "with",
                "carrier", "é", "\\", "e'", ".",
            ]).prop_map(str::to_owned),
            ".{0,4}",
        ], 0..40),
        spaces in any::<bool>(),
    ) {
        let sql = parts.join(if spaces { " " } else { "" });
        let shared = json!({"schema": "flights", "sql": sql, "shared": true});
        let sent = json!({"a": format!("{MARKER}'")});
        let path = with_properties("UA", json!({}));
        let found = World::default().compile(&dashboard(shared), path, &request(sent));
        for statement in found.iter().flat_map(statements) {
            check(statement);
        }
    }
}
