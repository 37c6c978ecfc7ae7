//! Behind a pooler that hands each transaction to another session, one after the other.

use futures_util::future::join_all;
use testkit::Pooler;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn queries_need_nothing_that_outlives_a_transaction() {
    let stage = Stage::with(Limits { queries_per_customer: 8, ..Limits::default() });
    stage.execute(
        "create table orders (customer text, total int);
         insert into orders values ('UA', 1), ('UA', 2), ('AA', 10);
         alter table orders enable row level security;
         create policy own on orders using (customer = current_setting('app.customer_id', true))",
    );
    let _pooler = Pooler::start(&stage.cluster, "reader").unwrap();
    let relying = stage.source(json!({
        "port": Pooler::PORT,
        "row_security": {"setting": "app.customer_id", "equals": "customer_id"},
    }));
    let storm = (0..64).map(|n| {
        let (id, expected) = if n % 2 == 0 { ("UA", "2 3") } else { ("AA", "1 10") };
        let sql = format!("select count(*), sum(total) from orders where {n} >= 0");
        let (stage, relying) = (&stage, &relying);
        async move {
            let question = Question::from(sql.as_str()).of_customer(id);
            text(&stage.ask(relying, question).await.unwrap()) == expected
        }
    });
    assert!(join_all(storm).await.into_iter().all(|is_right| is_right));
    assert_eq!(stage.sessions("true"), 1);
    let silent = stage.numbered(2, json!({"port": Pooler::PORT}));
    let left = "select count(*), current_setting('TimeZone') from orders";
    assert_eq!(stage.text(&silent, left).await, "0 UTC");
    assert!(failed(stage.ask(&silent, "select 1 / 0".into()).await).starts_with("22012"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_cancelled_through_the_pooler() {
    let stage = Stage::set();
    let _pooler = Pooler::start(&stage.cluster, "reader").unwrap();
    let source = stage.source(json!({"port": Pooler::PORT}));
    tokio::select! {
        outcome = stage.ask(&source, "select pg_sleep(600)".into()) => panic!("{outcome:?}"),
        () = stage.wait_for_sessions("state = 'active'", 1) => {}
    }
    stage.wait_for_sessions("state = 'active'", 0).await;
    assert_eq!(stage.text(&source, "select 2").await, "2");
}
