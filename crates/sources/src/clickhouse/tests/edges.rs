//! Values at the edges of their types, as a server of 2018 has them.

use super::*;

async fn check(bench: &Bench, cases: &[(&str, ColumnKind, &str)]) {
    for (expression, kind, expected) in cases {
        let answer = bench.ask(&format!("select {expression} as x")).await;
        let answer = answer.unwrap_or_else(|error| panic!("{expression}: {error:?}"));
        assert_eq!(answer.result.columns()[0].kind, *kind, "{expression}");
        assert_eq!(text(&answer), *expected, "{expression}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers() {
    use ColumnKind::{Decimal, Float, Integer};
    let nines = "9".repeat(38);
    let exact = format!("toDecimal128('-{nines}', 0)");
    let negative = format!("-{nines}");
    let cases = [
        ("toInt8(-128)", Integer, "-128"),
        ("toInt64('-9223372036854775808')", Integer, "-9223372036854775808"),
        ("toUInt64('18446744073709551615')", Integer, "18446744073709551615"),
        ("toFloat32(0.1)", Float, "0.1"),
        (
            "toFloat64('1.7976931348623157e308')",
            Float,
            &format!("17976931348623157{}", "0".repeat(292)),
        ),
        ("0 / 0", Float, "NaN"),
        ("1 / 0", Float, "inf"),
        ("-1 / 0", Float, "-inf"),
        ("toDecimal32('-0.05', 2)", Decimal, "-0.05"),
        (exact.as_str(), Integer, negative.as_str()),
        (
            "toDecimal128('0.00000000000000000000000000000000000001', 38)",
            Decimal,
            "0.00000000000000000000000000000000000001",
        ),
    ];
    check(&bench(), &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_and_times() {
    use ColumnKind::{Date, Timestamp};
    let cases = [
        ("toDate(0)", Date, ""),
        ("toDate(1)", Date, "1970-01-02"),
        ("toDate('2105-12-31')", Date, "2105-12-31"),
        ("toDateTime(0, 'UTC')", Timestamp, ""),
        ("toDateTime(1, 'UTC')", Timestamp, "1970-01-01T00:00:01Z"),
        ("toDateTime(4102444800, 'UTC')", Timestamp, "2100-01-01T00:00:00Z"),
        ("toDateTime(1357380000, 'Asia/Kolkata')", Timestamp, "2013-01-05T10:00:00Z"),
    ];
    check(&bench(), &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_else() {
    use ColumnKind::{Other, String};
    let cases = [
        ("''", String, ""),
        ("'é😀'", String, "é😀"),
        ("'tab\\tline\\nnull\\\\N quote\\''", String, "tab\tline\nnull\\N quote'"),
        ("unhex('61ff62')", String, "a\u{fffd}b"),
        ("unhex('00')", String, "\0"),
        ("toFixedString('a', 3)", String, "a"),
        ("['a,b', '\\'']", Other, "['a,b','\\'']"),
        ("emptyArrayString()", Other, "[]"),
        ("[[1, 2], []]", Other, "[[1,2],[]]"),
        ("tuple(1, 'a')", Other, "(1,'a')"),
        (
            "toUUID('00000000-0000-0000-0000-000000000000')",
            String,
            "00000000-0000-0000-0000-000000000000",
        ),
        ("cast('b' as Enum8('a' = -128, 'b' = 127))", String, "b"),
        ("cast(null as Nullable(String))", String, ""),
    ];
    let bench = bench();
    check(&bench, &cases).await;
    let long = "select arrayStringConcat(arrayMap(x -> 'é😀', range(60000)))";
    assert_eq!(bench.ask_text(long, vec![]).await, "é😀".repeat(60_000));
    let none = bench.ask("select 1 as a, 2 as b where 1 = 0").await.unwrap();
    assert_eq!((none.result.columns().len(), none.result.row_count()), (2, 0));
}
