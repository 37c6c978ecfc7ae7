//! Values at the edges of what a file holds.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn values_at_the_edges_come_as_what_they_are() {
    use ColumnKind::{Date, Float, Integer, Other, String, Timestamp};
    let bench = bench(
        "create table t (day date, at datetime, n);
         insert into t values ('0001-01-01', '1969-12-31 23:59:59.999', 1),
             ('9999-12-31', -1, 2), (null, null, 3)",
        None,
    );
    let cases = [
        ("-9223372036854775808", Integer, "-9223372036854775808"),
        ("9223372036854775807", Integer, "9223372036854775807"),
        ("9223372036854775808", Float, "9223372036854776000"),
        ("9e999", Float, "inf"),
        ("-9e999", Float, "-inf"),
        ("0.0 / 0", String, ""),
        ("''", String, ""),
        ("'é😀'", String, "é😀"),
        ("char(97, 0, 98)", String, "a\0b"),
        ("x''", Other, ""),
        ("x'00ff'", Other, "00ff"),
        ("null", String, ""),
        ("day from t", Date, "0001-01-01\n9999-12-31\n"),
        ("at from t", Timestamp, "1969-12-31T23:59:59.999Z\n1969-12-31T23:59:59Z\n"),
        ("'10000-01-01'", String, "10000-01-01"),
        ("json_array(1, null, 'a')", String, "[1,null,\"a\"]"),
    ];
    for (expression, kind, expected) in cases {
        let result = bench.ask(&format!("select {expression}"), &[]).await;
        let result = result.unwrap_or_else(|failure| panic!("{expression}: {failure:?}"));
        assert_eq!(result.columns()[0].kind, kind, "{expression}");
        assert_eq!(shown(&result), expected, "{expression}");
    }
    let none = bench.ask("select 1 as a, 2 as a from t where n > 9", &[]).await.unwrap();
    assert_eq!((none.columns().len(), none.row_count()), (2, 0));
    let garbled = bench.ask("select cast(x'ff' as text)", &[]).await;
    assert!(matches!(garbled, Err(Failure::Failed(_))), "{garbled:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_no_calendar_knows_makes_its_column_numbers() {
    let bench = bench(
        "create table t (at datetime);
         insert into t values (-9223372036854775808), (9223372036854775807)",
        None,
    );
    let expected = "-9223372036854775808\n9223372036854775807";
    assert_eq!(shown(&bench.ask("select at from t", &[]).await.unwrap()), expected);
}
