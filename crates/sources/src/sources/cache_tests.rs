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
