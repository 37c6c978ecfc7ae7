//! Values at the edges of their types.

use super::*;

/// Columns that are asked for alone: what they are, and their texts.
async fn check(bench: &Bench, cases: &[(&str, ColumnKind, &str)]) {
    for (expression, kind, expected) in cases {
        let result = bench.ask(&format!("select {expression}"), &[]).await;
        let result = result.unwrap_or_else(|failure| panic!("{expression}: {failure:?}"));
        assert_eq!(result.columns()[0].kind, *kind, "{expression}");
        assert_eq!(shown(&result), *expected, "{expression}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers() {
    use ColumnKind::{Decimal, Float, Integer};
    let bench = bench();
    bench
        .server
        .execute(
            "CREATE TABLE n (tiny TINYINT, tiny_u TINYINT UNSIGNED, big BIGINT, big_u BIGINT UNSIGNED,
                whole DECIMAL(65), fine DECIMAL(65, 30), small DECIMAL(30, 30),
                f FLOAT, d DOUBLE, y YEAR, b1 BIT, b64 BIT(64));
            INSERT INTO n VALUES (-128, 255, 9223372036854775807, 18446744073709551615,
                REPEAT('9', 65), CONCAT('-', REPEAT('9', 35), '.', REPEAT('9', 30)), 1e-30,
                3.402823466E+38, -1.7976931348623157E+308, 2155, b'1', 0xffffffffffffffff)",
        )
        .unwrap();
    let nines = |count| "9".repeat(count);
    let fine = format!("-{}.{}", nines(35), nines(30));
    let small = format!("0.{}1", "0".repeat(29));
    let double = format!("-17976931348623157{}", "0".repeat(292));
    let cases = [
        ("tiny from n", Integer, "-128"),
        ("tiny_u from n", Integer, "255"),
        ("big from n", Integer, "9223372036854775807"),
        ("big_u from n", Integer, "18446744073709551615"),
        (
            "sum(big_u) from (select big_u from n union all select big_u from n) a",
            Integer,
            "36893488147419103230",
        ),
        ("whole from n", Integer, &nines(65)),
        ("fine from n", Decimal, &fine),
        ("small from n", Decimal, &small),
        ("f from n", Float, "340282350000000000000000000000000000000"),
        ("cast(0.1 as float)", Float, "0.1"),
        ("d from n", Float, &double),
        ("y from n", Integer, "2155"),
        ("b1 from n", Integer, "1"),
        ("b64 from n", Integer, "18446744073709551615"),
        ("true", Integer, "1"),
    ];
    check(&bench, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_and_times() {
    use ColumnKind::{Date, Time, Timestamp};
    let bench = bench();
    let cases = [
        ("cast('0001-01-01' as date)", Date, "0001-01-01"),
        ("cast('1969-12-31' as date)", Date, "1969-12-31"),
        ("cast('9999-12-31' as date)", Date, "9999-12-31"),
        (
            "cast('1969-12-31 23:59:59.999999' as datetime(6))",
            Timestamp,
            "1969-12-31T23:59:59.999999Z",
        ),
        // The last instants of all lie beyond what a zone can show.
        ("cast('9999-12-31 23:59:59' as datetime)", Timestamp, ""),
        ("cast('00:00:00' as time)", Time, "00:00:00"),
        ("cast('23:59:59.999999' as time(6))", Time, "23:59:59.999999"),
    ];
    check(&bench, &cases).await;
    for time in ["24:00:00", "-00:00:01", "838:59:59"] {
        let outcome = bench.ask(&format!("select cast('{time}' as time) as shift"), &[]).await;
        let Err(Failure::Failed(detail)) = outcome else { panic!("{time}: {outcome:?}") };
        assert!(detail.starts_with("column \"shift\": a time is"), "{detail}");
    }
    assert_eq!(bench.rows("select 1", &[]).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_else() {
    use ColumnKind::{Integer, Other, String};
    let bench = bench();
    bench
        .server
        .execute(
            "CREATE TABLE t (old VARCHAR(9) CHARACTER SET latin1, wide VARCHAR(9) CHARACTER SET utf16,
                face VARCHAR(9), e ENUM('', 'b'), s SET('a', 'b'), fixed BINARY(3), raw LONGBLOB,
                place POINT, doc JSON, id UUID, address INET6);
            INSERT INTO t VALUES ('é', 'é😀', '😀', '', 'a,b', x'00', x'', POINT(1, 2),
                '[1e400]', '5c1f3c3e-2b3f-4d9e-9f0a-0123456789ab', '::1')",
        )
        .unwrap();
    let cases = [
        ("old from t", String, "é"),
        ("wide from t", String, "é😀"),
        ("face from t", String, "😀"),
        ("e from t", String, ""),
        ("s from t", String, "a,b"),
        ("fixed from t", Other, "000000"),
        ("raw from t", Other, ""),
        ("doc from t", String, "[1e400]"),
        ("id from t", String, "5c1f3c3e-2b3f-4d9e-9f0a-0123456789ab"),
        ("address from t", String, "::1"),
        ("char_length(place) > 0 from t", Integer, "1"),
        ("''", String, ""),
        ("null", String, ""),
    ];
    check(&bench, &cases).await;
    let long = bench.rows("select repeat('é😀', 60000)", &[]).await;
    assert_eq!(long, "é😀".repeat(60_000));
    let none = bench.ask("select 1 as a, 2 as a from t where false", &[]).await.unwrap();
    assert_eq!((none.columns().len(), none.row_count()), (2, 0));
}
