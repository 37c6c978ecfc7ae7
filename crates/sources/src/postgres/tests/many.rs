//! Thousands of data sources, of which some are in use.

use futures_util::future::join_all;

use super::*;

const DEFINED: i64 = 10_000;
const USED: i64 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn only_sources_in_use_are_open_and_none_when_nobody_asks() {
    let stage = Stage::with(Limits { idle: Duration::from_secs(2), ..Limits::default() });
    let defined: Vec<_> = (1..=DEFINED).map(|number| stage.numbered(number, json!({}))).collect();
    assert_eq!(stage.sources.load().open, 0);
    let every = DEFINED / USED;
    let used = || defined.iter().step_by(usize::try_from(every).unwrap());
    let asked = used().map(|source| {
        let sql = format!("select {}", source.id.0);
        let stage = &stage;
        async move { stage.text(source, &sql).await == source.id.0.to_string() }
    });
    assert!(join_all(asked).await.into_iter().all(|is_right| is_right));
    assert_eq!(stage.sources.load().open, usize::try_from(USED).unwrap());
    assert_eq!(stage.sessions("true"), usize::try_from(USED).unwrap());
    // Each source that is defined is known to nobody but who defined it.
    assert!(defined.iter().all(|source| Arc::strong_count(source) == 1));
    wait_until(|| stage.sources.load().open == 0).await;
    stage.wait_for_sessions("true", 0).await;
    assert_eq!(stage.text(&defined[0], "select 'again'").await, "again");
    assert_eq!(stage.sessions("true"), 1);
}
