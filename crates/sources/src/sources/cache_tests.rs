//! Which kept results answer, with real workers.

use super::tests::{bench, options};
use super::*;

const ANEW: &str = "select random() from range(3)";

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_result_answers_while_one_query_fetches_a_new_one() {
    let bench = bench(Limits::default());
    let stale = CachePolicy::Stale { fresh: Duration::from_millis(1), stale: HOUR };
    let ask = async || bench.ask_with(ANEW, options(stale, "UA")).await.unwrap();
    let first = ask().await;
    assert!(!first.cached);
    tokio::time::sleep(Duration::from_millis(2)).await;
    let second = ask().await;
    assert!(second.cached && second.as_of == first.as_of);
    let newer = loop {
        let answer = ask().await;
        assert!(answer.cached);
        if answer.as_of > first.as_of {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert!(!Arc::ptr_eq(&newer.result, &first.result));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_find_the_same_stale_result_begin_one_query() {
    let bench = bench(Limits { queries_per_source: 1, ..Limits::default() });
    let slow = "select count(*) from range(30_000_000) r(i) where sqrt(i) % 7 < 1";
    let stale = CachePolicy::Stale { fresh: Duration::ZERO, stale: HOUR };
    bench.ask_with(slow, options(stale, "UA")).await.unwrap();
    let begun = bench.sources.activity().cache_misses.value();
    let answers = (0..50).map(|_| bench.ask_with(slow, options(stale, "UA")));
    let answers = futures_util::future::join_all(answers).await;
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().cached));
    assert_eq!(bench.sources.activity().cache_misses.value(), begun + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_asks_anew_but_not_again_at_once() {
    let bench = bench(Limits::default());
    let hour = CachePolicy::Within(HOUR);
    let first = bench.ask_with(ANEW, options(hour, "UA")).await.unwrap();
    let refresh = CachePolicy::Refresh { keep_for: HOUR };
    // What came just now is new enough.
    let soon = bench.ask_with(ANEW, options(refresh, "UA")).await.unwrap();
    assert!(soon.cached && soon.as_of == first.as_of);
    tokio::time::sleep(crate::REFRESH_PAUSE).await;
    let later = bench.ask_with(ANEW, options(refresh, "UA")).await.unwrap();
    assert!(!later.cached && later.as_of > first.as_of);
    let kept = bench.ask_with(ANEW, options(hour, "UA")).await.unwrap();
    assert!(kept.cached && kept.as_of == later.as_of);
}

#[tokio::test(flavor = "multi_thread")]
async fn results_take_as_many_bytes_as_they_may_and_the_others_go() {
    let bench = bench(Limits { cache_bytes: 64 << 10, ..Limits::default() });
    let hour = options(CachePolicy::Within(HOUR), "UA");
    let sql = |number: usize| format!("select repeat('x', 8000) as text, {number} as number");
    for number in 0..40 {
        bench.ask_with(&sql(number), hour.clone()).await.unwrap();
    }
    // What is too much goes a moment later, when the cache is used.
    let mut number = 40;
    while bench.sources.activity().cache_evicted.value() < 20 {
        bench.ask_with(&sql(number), hour.clone()).await.unwrap();
        number += 1;
    }
    assert!(bench.sources.load().cache_bytes <= 64 << 10, "{:?}", bench.sources.load());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_renewed_goes_on_answering_until_its_time_is_over() {
    let bench = bench(Limits::default());
    let failing = "select nothing from flights";
    let key = blake3::hash(b"one question");
    let ask = async |sql: &str, fresh: Duration, stale: Duration| {
        let query = || Query {
            sql: sql.to_owned(),
            arguments: Vec::new(),
            session: Vec::new(),
            row_limit: 100,
            byte_limit: 1_000_000,
            request_id: Uuid::nil(),
            progress: Progress::default(),
        };
        let options = options(CachePolicy::Stale { fresh, stale }, "UA");
        bench.sources.answer(&bench.source, key, query, options).await
    };
    let first = ask(ANEW, HOUR, HOUR).await.unwrap();
    let failures =
        || bench.sources.activity().outcomes.by_name().find(|(name, _)| *name == "failed");
    let failed = || failures().map_or(0, |(_, count)| count);
    for times in 1..=3 {
        let kept = ask(failing, Duration::ZERO, HOUR).await.unwrap();
        assert!(kept.cached && kept.as_of == first.as_of);
        while failed() < times {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    let over = ask(failing, Duration::ZERO, Duration::ZERO).await;
    assert!(matches!(over, Err(SourceError::Failed { .. })), "{over:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_nobody_elses_answer() {
    let bench = bench(Limits::default());
    let hour = options(CachePolicy::Within(HOUR), "UA");
    for times in 1..=2 {
        assert!(bench.ask_with("select nothing from flights", hour.clone()).await.is_err());
        assert_eq!(bench.sources.activity().cache_misses.value(), times);
    }
    assert_eq!(bench.sources.load().cache_entries, 0);
}
