//! Values at the edges of their types.

use super::*;

/// Columns that are asked for alone: what they are, and their texts.
async fn check(stage: &Stage, cases: &[(&str, ColumnKind, &str)]) {
    let source = stage.source(json!({}));
    for (expression, kind, expected) in cases {
        let sql = format!("select {expression}");
        let answer = stage.ask(&source, sql.as_str().into()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{expression}: {error:?}"));
        assert_eq!(answer.result.columns()[0].kind, *kind, "{expression}");
        assert_eq!(text(&answer), *expected, "{expression}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers() {
    use ColumnKind::{Decimal, Float, Integer};
    let digits = "9".repeat(38);
    let long = "9".repeat(39);
    let least = format!("0.{}1", "0".repeat(37));
    let fine = format!("0.{}1", "0".repeat(38));
    let exact = |number: &str| format!("'{number}'::numeric");
    let (whole, too_long, small, too_small) =
        (exact(&digits), exact(&format!("-{long}")), exact(&least), exact(&fine));
    let negative = format!("-{long}");
    let cases = [
        ("'-32768'::smallint", Integer, "-32768"),
        ("'-2147483648'::integer", Integer, "-2147483648"),
        ("'-9223372036854775808'::bigint", Integer, "-9223372036854775808"),
        ("9223372036854775807", Integer, "9223372036854775807"),
        ("4294967295::oid", Integer, "4294967295"),
        (whole.as_str(), Integer, digits.as_str()),
        (too_long.as_str(), Integer, negative.as_str()),
        (small.as_str(), Decimal, least.as_str()),
        (too_small.as_str(), Decimal, fine.as_str()),
        ("'NaN'::numeric", Decimal, ""),
        ("'Infinity'::numeric", Decimal, ""),
        ("null::numeric", Decimal, ""),
        ("'3.4028235e38'::real", Float, "340282350000000000000000000000000000000"),
        ("'0.1'::real", Float, "0.1"),
        ("'-0'::double precision", Float, "-0"),
        ("'NaN'::double precision", Float, "NaN"),
        ("'Infinity'::double precision", Float, "inf"),
        ("'-Infinity'::real", Float, "-inf"),
    ];
    check(&Stage::set(), &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_and_times() {
    use ColumnKind::{Date, Other, Time, Timestamp};
    let cases = [
        ("'0001-01-01'::date", Date, "0001-01-01"),
        ("'1969-12-31'::date", Date, "1969-12-31"),
        ("'9999-12-31'::date", Date, "9999-12-31"),
        ("'10000-01-01'::date", Date, ""),
        ("'4713-01-01 BC'::date", Date, ""),
        ("'-infinity'::date", Date, ""),
        ("'1969-12-31 23:59:59.999999'::timestamp", Timestamp, "1969-12-31T23:59:59.999999Z"),
        ("'0001-01-01'::timestamptz", Timestamp, "0001-01-01T00:00:00Z"),
        ("'9999-12-30 21:59:59'::timestamp", Timestamp, "9999-12-30T21:59:59Z"),
        // The last instants of all lie beyond what a zone can show.
        ("'9999-12-31 23:59:59'::timestamp", Timestamp, ""),
        ("'294276-12-31 23:59:59'::timestamp", Timestamp, ""),
        ("'infinity'::timestamptz", Timestamp, ""),
        ("'00:00'::time", Time, "00:00:00"),
        ("'24:00'::time", Time, ""),
        ("'23:59:59.999999+14'::timetz", Other, "23:59:59.999999+14"),
        (
            "'-1 year -2 mons +3 days -04:05:06'::interval",
            Other,
            "-1 years -2 mons +3 days -04:05:06",
        ),
    ];
    check(&Stage::set(), &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_else() {
    use ColumnKind::{Integer, Other, String};
    let stage = Stage::set();
    stage.execute(
        "create type mood as enum ('', 'so-so');
         create domain positive as int check (value > 0);
         create domain code as varchar(3);
         create type pair as (a int, b text)",
    );
    let long = format!("repeat('é😀', {})", 60_000);
    let cases = [
        ("''::mood", String, ""),
        ("7::positive", Integer, "7"),
        ("'abc'::code", String, "abc"),
        ("(1, 'x')::pair", String, "(1,x)"),
        ("row(1, null)", Other, "(1,)"),
        ("'{}'::int[]", Other, "{}"),
        ("array[null, 'a,b', '\"']", Other, "{NULL,\"a,b\",\"\\\"\"}"),
        ("array[[1, 2], [3, 4]]", Other, "{{1,2},{3,4}}"),
        ("b'101'", Other, "101"),
        ("'\\x00ff'::bytea", Other, "\\x00ff"),
        ("''::bytea", Other, "\\x"),
        ("'{\"a\": \"\\u00e9\"}'::json", String, "{\"a\": \"\\u00e9\"}"),
        ("'[1e400]'::jsonb", String, &format!("[1{}]", "0".repeat(400))),
        ("'10.0.0.1/8'::inet", Other, "10.0.0.1/8"),
        ("'-92233720368547758.08'::money", Other, "-$92,233,720,368,547,758.08"),
        ("'x'::\"char\"", String, "x"),
        ("'a'::name", String, "a"),
        ("int4range(1, null)", Other, "[1,)"),
        ("'(1,2)'::point", Other, "(1,2)"),
        ("to_tsvector('simple', 'a b')", Other, "'a':1 'b':2"),
        ("'pg_class'::regclass", Other, "pg_class"),
        ("'tab\tline\nnull\\N'", String, "tab\tline\nnull\\N"),
        ("char_length(repeat('é', 100000))", Integer, "100000"),
    ];
    check(&stage, &cases).await;
    let source = stage.source(json!({}));
    let answer = stage.text(&source, &format!("select {long}")).await;
    assert_eq!(answer, "é😀".repeat(60_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn results_without_rows_or_columns_are_results() {
    let stage = Stage::set();
    let source = stage.source(json!({}));
    let size = async |sql: &str| {
        let answer = stage.ask(&source, sql.into()).await.unwrap();
        (answer.result.columns().len(), answer.result.row_count())
    };
    assert_eq!(size("select 1 as a, 2 as a where false").await, (2, 0));
    assert_eq!(size("select from generate_series(1, 3)").await, (0, 3));
    assert_eq!(size("select where false").await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_none_is_an_error_and_the_next_question_is_answered() {
    let stage = Stage::set();
    stage.execute(
        "create database bytes encoding 'SQL_ASCII' locale 'C' locale_provider libc
         template template0",
    );
    stage.cluster.execute("grant connect on database bytes to reader").unwrap();
    let source = stage.source(json!({"database": "bytes", "connections": 1}));
    let outcome = stage.ask(&source, "select chr(255)".into()).await;
    assert!(failed(outcome).starts_with("22021: "));
    assert_eq!(stage.text(&source, "select 'a'").await, "a");
}
