//! How sessions are kept, tried, replaced and closed.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn one_after_the_other_share_a_session_and_what_one_was_told_is_forgotten() {
    let stage = Stage::set();
    let source = stage.source(json!({"settings": {"work_mem": "7MB"}}));
    let process = stage.text(&source, "select pg_backend_pid()").await;
    assert_eq!(stage.text(&source, "select pg_backend_pid()").await, process);
    assert_eq!(stage.sessions("application_name = 'fanlight' and state = 'idle'"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_run_at_once_as_the_connection_says() {
    let stage = Stage::with(Limits { queries_per_customer: 100, ..Limits::default() });
    let source = stage.source(json!({"connections": 3}));
    let questions: Vec<String> = (0..12).map(|n| format!("select pg_sleep(0.05), {n}")).collect();
    let all = questions.iter().map(|sql| stage.ask(&source, sql.as_str().into()));
    let answers = futures_util::future::join_all(all).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(stage.sessions("true"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_the_server_has_ended_are_replaced_unnoticed() {
    let mut stage = Stage::set();
    let source = stage.source(json!({}));
    assert_eq!(stage.text(&source, "select 1").await, "1");
    stage.cluster.cut_connections().unwrap();
    assert_eq!(stage.text(&source, "select 2").await, "2");
    stage.cluster.crash();
    assert!(unavailable(stage.ask(&source, "select 3".into()).await).contains(".s.PGSQL.5432"));
    stage.cluster.resume().unwrap();
    assert_eq!(stage.text(&source, "select 4").await, "4");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_whose_new_session_is_cut_off_fails_and_the_next_one_does_not() {
    let stage = Stage::set();
    let source = stage.source(json!({"connections": 1}));
    let cut = async {
        stage.wait_for_sessions("state = 'active'", 1).await;
        stage.cluster.cut_connections().unwrap();
    };
    let (outcome, ()) = tokio::join!(stage.ask(&source, "select pg_sleep(600)".into()), cut);
    assert!(unavailable(outcome).starts_with("57P01: "));
    assert_eq!(stage.text(&source, "select 2").await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_has_rested_is_tried_and_replaced_when_it_says_nothing() {
    let stage = Stage::with(Limits { untried: Duration::ZERO, ..Limits::default() });
    let source = stage.source(json!({}));
    let process = stage.text(&source, "select pg_backend_pid()").await;
    assert_eq!(stage.text(&source, "select pg_backend_pid()").await, process);
    signal(&process, "STOP");
    let other = stage.text(&source, "select pg_backend_pid()").await;
    signal(&process, "CONT");
    assert_ne!(other, process);
    stage.wait_for_sessions("true", 1).await;
}

fn signal(process: &str, signal: &str) {
    let sent = std::process::Command::new("kill").args(["-s", signal, process]).status();
    assert!(sent.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_taken_on_for_each_query() {
    let stage = Stage::set();
    stage.execute(
        "create role analyst; alter role reader noinherit; grant analyst to reader;
         create table plans (a int); revoke select on plans from reader; grant select on plans to analyst",
    );
    let plain = stage.source(json!({}));
    let asked = stage.ask(&plain, "select count(*) from plans".into()).await;
    assert!(failed(asked).starts_with("42501"));
    let analyst = stage.numbered(2, json!({"role": "analyst"}));
    assert_eq!(stage.text(&analyst, "select count(*), current_user from plans").await, "0 analyst");
    let stranger = stage.numbered(3, json!({"role": "nobody"}));
    assert!(failed(stage.ask(&stranger, "select 1".into()).await).contains("nobody"));
}
