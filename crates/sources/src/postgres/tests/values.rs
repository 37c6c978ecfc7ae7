//! What goes in and what comes out.

use super::*;

const TABLE: &str = "create type mood as enum ('sad', 'happy');
    create table things (
        small smallint, whole integer, big bigint, exact numeric, money_like numeric(10, 2),
        approximate double precision, flag boolean, word text, short varchar(9), id uuid,
        document jsonb, day date, moment timestamp, instant timestamptz, clock time,
        numbers integer[], span interval, mood mood, bytes bytea);
    insert into things values (
        -7, 42, 9007199254740993, 12345678901234567890.123, 5, 0.1, true, 'häß', 'abc',
        '5c1f3c3e-2b3f-4d9e-9f0a-0123456789ab', '{\"a\": 1}', '2013-01-05',
        '2013-01-05 10:00:00.5', '2013-01-05 10:00:00-05', '23:59:59.000001',
        '{1,2}', '1 day 02:00', 'happy', '\\xdead'),
        (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
         null, null, null, null),
        (1, 1, 1, 'NaN', 'NaN', 'NaN', false, '', '', null, 'null', 'infinity', '-infinity',
         'infinity', '24:00', '{}', '0', 'sad', '')";

#[tokio::test(flavor = "multi_thread")]
async fn every_type_comes_out_as_what_it_is() {
    let stage = Stage::set();
    stage.execute(TABLE);
    let source = stage.source(json!({}));
    let cases = [
        ("small", ColumnKind::Integer, "-7; ; 1"),
        ("whole", ColumnKind::Integer, "42; ; 1"),
        ("big", ColumnKind::Integer, "9007199254740993; ; 1"),
        ("exact", ColumnKind::Decimal, "12345678901234567890.123; ; "),
        ("money_like", ColumnKind::Decimal, "5.00; ; "),
        ("approximate", ColumnKind::Float, "0.1; ; NaN"),
        ("flag", ColumnKind::Boolean, "true; ; false"),
        ("word", ColumnKind::String, "häß; ; "),
        ("short", ColumnKind::String, "abc; ; "),
        ("id", ColumnKind::String, "5c1f3c3e-2b3f-4d9e-9f0a-0123456789ab; ; "),
        ("document", ColumnKind::String, "{\"a\": 1}; ; null"),
        ("day", ColumnKind::Date, "2013-01-05; ; "),
        ("moment", ColumnKind::Timestamp, "2013-01-05T10:00:00.5Z; ; "),
        ("instant", ColumnKind::Timestamp, "2013-01-05T15:00:00Z; ; "),
        ("clock", ColumnKind::Time, "23:59:59.000001; ; "),
        ("numbers", ColumnKind::Other, "{1,2}; ; {}"),
        ("span", ColumnKind::Other, "1 day 02:00:00; ; 00:00:00"),
        ("mood", ColumnKind::String, "happy; ; sad"),
        ("bytes", ColumnKind::Other, "\\xdead; ; \\x"),
        ("sum(whole)", ColumnKind::Integer, "43"),
        ("sum(big)", ColumnKind::Integer, "9007199254740994"),
        ("count(*)", ColumnKind::Integer, "3"),
        ("avg(whole)", ColumnKind::Decimal, "21.5000000000000000"),
        ("null", ColumnKind::String, "; ; "),
        ("'a'", ColumnKind::String, "a; a; a"),
    ];
    for (expression, kind, expected) in cases {
        let sql = format!("select {expression} from things");
        let answer = stage.ask(&source, sql.as_str().into()).await.unwrap();
        assert_eq!(answer.result.columns()[0].kind, kind, "{expression}");
        assert_eq!(text(&answer), expected, "{expression}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_read_as_a_quoted_literal_and_a_number_as_its_digits() {
    let stage = Stage::set();
    stage.execute(TABLE);
    let source = stage.source(json!({}));
    let text_of = |text: &str| Value::Text(text.to_owned());
    let date = Value::Date(jiff::civil::date(2013, 1, 5));
    let instant = Value::Timestamp("2013-01-05T15:00:00Z".parse().unwrap());
    let cases = [
        ("small = $1", text_of("-7")),
        ("whole = $1", text_of("42")),
        ("big = $1", text_of("9007199254740993")),
        ("exact = $1", text_of("12345678901234567890.123")),
        ("word = $1", text_of("häß")),
        ("id = $1", text_of("5C1F3C3E-2B3F-4D9E-9F0A-0123456789AB")),
        ("day = $1", text_of("2013-01-05")),
        ("instant = $1", text_of("2013-01-05 15:00Z")),
        ("mood = $1", text_of("happy")),
        ("flag = $1 and word > ''", Value::Boolean(true)),
        ("small = $1", Value::Integer(-7)),
        ("big = $1", Value::Integer(9_007_199_254_740_993)),
        ("exact > $1 and exact < 'NaN'", Value::Integer(1 << 40)),
        ("day + $1 = '2013-01-08'", Value::Integer(3)),
        ("left(short, $1) = 'ab'", Value::Integer(2)),
        ("whole > $1 and whole > 1", Value::Float(1.5)),
        ("approximate = $1", Value::Float(0.1)),
        ("day = $1", date.clone()),
        ("instant >= $1 and instant < 'infinity'", date),
        ("instant = $1", instant.clone()),
        ("moment < $1 and moment > '-infinity'", instant),
    ];
    for (condition, value) in cases {
        let sql = format!("select count(*) from things where {condition}");
        let question = Question::from(sql.as_str()).with([value.clone()]);
        let answer = stage.ask(&source, question).await;
        assert_eq!(answer.as_ref().map(text), Ok("1".to_owned()), "{condition} {value}");
    }
    let null = Question::from("select count(*) from things where word = $1").with([Value::Null]);
    assert_eq!(text(&stage.ask(&source, null).await.unwrap()), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_never_sql() {
    let stage = Stage::set();
    stage.execute("create table words (word text); insert into words values ('it''s')");
    let source = stage.source(json!({}));
    for value in ["' or true --", "$1", "\\' or 1=1", "it's"] {
        let question = Question::from("select count(*) from words where word = $1");
        let answer = stage.ask(&source, question.with([Value::Text(value.to_owned())])).await;
        assert_eq!(text(&answer.unwrap()), usize::from(value == "it's").to_string(), "{value}");
    }
    // The database takes no such text, which is an answer to one question.
    let null_byte = Question::from("select $1").with([Value::Text("a\0b".to_owned())]);
    assert!(failed(stage.ask(&source, null_byte).await).starts_with("22021: "));
    assert_eq!(stage.text(&source, "select 1").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_of_rows_and_bytes_hold_while_rows_arrive() {
    let stage = Stage::set();
    let source = stage.source(json!({"connections": 1}));
    let endless = "select repeat('x', 2000), generate_series(1, 2000000000)";
    let rows = "select n from generate_series(1, 1000) n";
    assert_eq!(stage.ask(&source, rows.into()).await.unwrap().result.row_count(), 1000);
    let too_many = stage.ask(&source, "select n from generate_series(1, 1001) n".into()).await;
    assert_eq!(too_many.err(), Some(SourceError::TooLarge(crate::ResultLimit::Rows(1000))));
    for sql in [endless, "select repeat('x', 200000000)"] {
        let too_large = stage.ask(&source, sql.into()).await;
        assert_eq!(
            too_large.err(),
            Some(SourceError::TooLarge(crate::ResultLimit::Bytes(1_000_000)))
        );
    }
    assert_eq!(stage.text(&source, "select 2").await, "2");
    assert_eq!(stage.sessions("state = 'active'"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_an_answer_to_one_question() {
    let stage = Stage::set();
    stage.execute("create table secrets (a int); revoke select on secrets from reader");
    let source = stage.source(json!({"connections": 1}));
    let cases = [
        ("select sel", "42703"),
        ("selec 1", "42601"),
        ("select 1 / 0", "22012"),
        ("select * from secrets", "42501"),
        ("select 1; select 2", "42601"),
        ("select $1", "08P01"),
    ];
    for (sql, code) in cases {
        let outcome = stage.ask(&source, sql.into()).await;
        let Err(SourceError::Failed { detail } | SourceError::Unavailable { detail }) = outcome
        else {
            panic!("{sql}: {outcome:?}")
        };
        assert!(detail.starts_with(code), "{sql}: {detail}");
        assert_eq!(stage.text(&source, "select 1").await, "1");
    }
    let one_session = "true";
    assert_eq!(stage.sessions(one_session), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_only_reads_and_only_in_its_schema() {
    let stage = Stage::set();
    stage.execute(
        "create table notes (a int); grant all on notes to reader;
         create schema sales; grant usage on schema sales to reader;
         create table sales.orders (a int); insert into sales.orders values (7);
         grant select on sales.orders to reader;
         create function sales.lower(text) returns text language sql as $$ select 'hijacked' $$;
         create function public.write() returns int language sql
           as $$ insert into public.notes values (1) returning a $$",
    );
    let source = stage.source(json!({}));
    for sql in ["insert into notes values (1)", "create temp table x (a int)", "select write()"] {
        let outcome = stage.ask(&source, sql.into()).await;
        assert!(matches!(outcome, Err(SourceError::Refused { .. })), "{sql}: {outcome:?}");
    }
    assert!(failed(stage.ask(&source, "select a from orders".into()).await).starts_with("42P01"));
    let sales = stage.numbered(2, json!({"schema": "sales"}));
    assert_eq!(stage.text(&sales, "select a, lower('A') from orders").await, "7 a");
    assert!(failed(stage.ask(&sales, "select a from notes".into()).await).starts_with("42P01"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_views_are_listed_that_the_user_may_read() {
    let stage = Stage::set();
    stage.execute(
        "create table orders (id bigint, total numeric(10, 2));
         create view recent as select id from orders;
         create materialized view totals as select sum(total) from orders;
         create table hidden (a int); revoke select on hidden from reader;
         create table partly (a int, b int);
         revoke select on partly from reader; grant select (b) on partly to reader",
    );
    let all = stage.source(json!({}));
    let tables = stage.sources.probe(all.connection.clone(), Duration::from_secs(20)).await;
    let tables = tables.unwrap();
    let names: Vec<_> = tables.keys().map(String::as_str).collect();
    assert_eq!(names, ["orders", "partly", "recent", "totals"]);
    assert_eq!(tables["partly"].len(), 1);
    let columns = stage.sources.describe(&all, &"Orders".parse().unwrap()).await.unwrap();
    assert_eq!(columns[1].data_type, "numeric(10,2)");
    let none = stage.sources.describe(&all, &"hidden".parse().unwrap()).await;
    assert!(matches!(none, Err(SourceError::Refused { .. })));
    let some = stage.source(json!({"tables": ["recent"]}));
    let tables = stage.sources.probe(some.connection.clone(), Duration::from_secs(20)).await;
    assert_eq!(tables.unwrap().into_keys().collect::<Vec<_>>(), ["recent"]);
}
