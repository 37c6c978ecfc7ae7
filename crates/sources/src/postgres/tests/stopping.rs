//! A query that nobody waits for ends in the database too.

use super::*;

const SLOW: &str = "select pg_sleep(600)";
const RUNNING: &str = "state = 'active'";

#[tokio::test(flavor = "multi_thread")]
async fn a_query_whose_last_waiter_has_left_is_cancelled() {
    let stage = Stage::set();
    let source = stage.source(json!({"connections": 1}));
    let asked = tokio::select! {
        outcome = stage.ask(&source, SLOW.into()) => Some(outcome),
        () = stage.wait_for_sessions(RUNNING, 1) => None,
    };
    assert!(asked.is_none(), "{asked:?}");
    // With one place only, the next query runs because the first one has made room.
    assert_eq!(stage.text(&source, "select 2").await, "2");
    assert_eq!(stage.sessions(RUNNING), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_takes_too_long_is_cancelled() {
    let limit = Duration::from_secs(1);
    let stage = Stage::with(Limits { statement_timeout: limit, ..Limits::default() });
    let source = stage.source(json!({"connections": 1}));
    let outcome = stage.ask(&source, SLOW.into()).await;
    assert_eq!(outcome.err(), Some(SourceError::TimedOut { limit }));
    assert_eq!(stage.text(&source, "select 2").await, "2");
    assert_eq!(stage.sessions(RUNNING), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_has_a_limit_of_its_own_and_knows_the_request() {
    let stage = Stage::set();
    let source = stage.source(json!({"settings": {"work_mem": "7MB"}}));
    let told = "select current_setting('statement_timeout'), current_setting('work_mem'),
        current_setting('TimeZone'), current_setting('transaction_read_only')";
    assert_eq!(stage.text(&source, told).await, "35s 7MB UTC on");
    let request = Uuid::from_u128(7);
    let question = Question { request, ..SLOW.into() };
    let named = format!("application_name = 'fanlight {request}'");
    tokio::select! {
        outcome = stage.ask(&source, question) => panic!("{outcome:?}"),
        () = stage.wait_for_sessions(&named, 1) => {}
    }
    stage.wait_for_sessions(&named, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_may_cancel_a_query_and_the_session_lives_on() {
    let stage = Stage::set();
    let source = stage.source(json!({"connections": 1}));
    let cancelled = async {
        stage.wait_for_sessions(RUNNING, 1).await;
        stage.execute(
            "select pg_cancel_backend(pid) from pg_stat_activity where usename = 'reader'",
        );
    };
    let (outcome, ()) = tokio::join!(stage.ask(&source, SLOW.into()), cancelled);
    assert!(failed(outcome).starts_with("57014: "));
    assert_eq!(stage.text(&source, "select 2").await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_server_ends_what_runs() {
    let stage = Arc::new(Stage::set());
    let source = stage.source(json!({}));
    assert_eq!(stage.text(&source, "select 1").await, "1");
    let slow = tokio::spawn({
        let (stage, source) = (Arc::clone(&stage), Arc::clone(&source));
        async move { stage.ask(&source, SLOW.into()).await }
    });
    stage.wait_for_sessions(RUNNING, 1).await;
    stage.sources.shutdown().await;
    assert!(matches!(slow.await.unwrap(), Err(SourceError::Unavailable { .. })));
    stage.wait_for_sessions("true", 0).await;
    assert!(unavailable(stage.ask(&source, "select 1".into()).await).contains("shuts down"));
}
