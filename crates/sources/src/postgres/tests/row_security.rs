//! The database's own row security: told anew for each query, and relied on only where it holds.

use super::*;

const ORDERS: &str = "create table orders (customer text, total int);
    insert into orders values ('UA', 1), ('UA', 2), ('AA', 10);
    alter table orders enable row level security;
    create policy own on orders using (customer = current_setting('app.customer_id', true))";
const TOTAL: &str = "select count(*), sum(total) from orders";

fn relying(stage: &Stage, change: Json) -> Arc<DataSource> {
    let mut whole = json!({
        "connections": 1,
        "row_security": {"setting": "app.customer_id", "equals": "customer_id"},
    });
    whole.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    stage.source(whole)
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_who_share_a_session_see_their_own_rows_only() {
    let stage = Stage::set();
    stage.execute(ORDERS);
    let source = relying(&stage, json!({}));
    for (id, expected) in [("UA", "2 3"), ("AA", "1 10"), ("UA", "2 3"), ("' or true--", "0 ")] {
        let answer = stage.ask(&source, Question::from(TOTAL).of_customer(id)).await;
        assert_eq!(text(&answer.unwrap()), expected, "{id}");
    }
    assert_eq!(stage.sessions("true"), 1);
    let storm = (0..100).map(|n| {
        let (id, expected) = if n % 2 == 0 { ("UA", "2 3") } else { ("AA", "1 10") };
        let sql = format!("{TOTAL} where {n} >= 0");
        let (stage, source) = (&stage, &source);
        async move {
            let question = Question::from(sql.as_str()).of_customer(id);
            text(&stage.ask(source, question).await.unwrap()) == expected
        }
    });
    assert!(futures_util::future::join_all(storm).await.into_iter().all(|is_right| is_right));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_customer_nothing_is_asked_and_the_table_shows_nothing() {
    let stage = Stage::set();
    stage.execute(ORDERS);
    let source = relying(&stage, json!({}));
    let outcome = stage.ask(&source, TOTAL.into()).await;
    assert!(matches!(outcome, Err(SourceError::Refused { .. })), "{outcome:?}");
    // One who asks for UA leaves nothing behind for a source that tells nothing.
    stage.ask(&source, Question::from(TOTAL).of_customer("UA")).await.unwrap();
    let silent = stage.numbered(2, json!({}));
    assert_eq!(stage.text(&silent, TOTAL).await, "0 ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_user_is_no_longer_bound_is_not_served_any_more() {
    let stage = Stage::with(Limits { untried: Duration::ZERO, ..Limits::default() });
    stage.execute(ORDERS);
    let source = relying(&stage, json!({}));
    let question = || Question::from(TOTAL).of_customer("UA");
    assert_eq!(text(&stage.ask(&source, question()).await.unwrap()), "2 3");
    stage.execute("alter role reader bypassrls");
    assert!(unavailable(stage.ask(&source, question()).await).contains("bypasses"));
    stage.execute("alter role reader nobypassrls");
    assert_eq!(text(&stage.ask(&source, question()).await.unwrap()), "2 3");
}

/// Whether a source that relies on row security is served after `change` to the database.
async fn check(change: &str, connection: Json, gap: Option<&str>) {
    let stage = Stage::set();
    stage.execute(ORDERS);
    stage.execute(change);
    let source = relying(&stage, connection);
    let outcome = stage.ask(&source, Question::from(TOTAL).of_customer("UA")).await;
    match gap {
        None => assert_eq!(text(&outcome.unwrap()), "2 3", "{change}"),
        Some(gap) => {
            let detail = unavailable(outcome);
            assert!(detail.contains(gap), "{change}: {detail}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_whom_it_does_not_bind_are_not_served() {
    let gap = Some("superuser or bypasses");
    check("alter role reader bypassrls", json!({}), gap).await;
    check("alter role reader superuser", json!({}), gap).await;
    check("grant fanlight to reader", json!({}), Some("user in orders")).await;
    check("alter table orders owner to reader", json!({}), Some("user in orders")).await;
    let forced = "alter table orders owner to reader; alter table orders force row level security";
    check(forced, json!({}), None).await;
    let role = "alter role reader superuser; create role plain; grant select on orders to plain";
    check(role, json!({"role": "plain"}), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_views_that_it_does_not_guard_are_not_served() {
    check("create table airports (a int)", json!({}), Some("user in airports")).await;
    check("create table airports (a int)", json!({"tables": ["orders"]}), None).await;
    let open = "create table airports (a int); alter table airports enable row level security;
        create policy everyone on airports using (true)";
    check(open, json!({}), None).await;
    check("create view v as select * from orders", json!({}), Some("user in v")).await;
    let invoker = "create view v with (security_invoker) as select * from orders";
    check(invoker, json!({}), None).await;
    let elsewhere = "create schema other; create table other.plain (a int);
        create view v with (security_invoker = on) as select * from other.plain";
    check(elsewhere, json!({}), Some("user in plain")).await;
    let copy = "create materialized view m as select * from orders";
    check(copy, json!({}), Some("user in m")).await;
    check("alter table orders disable row level security", json!({}), Some("in orders")).await;
}
