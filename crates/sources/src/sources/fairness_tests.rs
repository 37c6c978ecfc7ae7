//! A customer who asks for very much, beside others.

use super::tests::{ENDLESS, bench, options};
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_open_requests_of_one_customer_hold_up_nobody_else() {
    let bench = Arc::new(bench(Limits::default()));
    bench.ask_with("select 1", options(CachePolicy::Off, "other")).await.unwrap();
    let greedy: Vec<_> = (0..200)
        .map(|number| {
            let (bench, sql) = (Arc::clone(&bench), format!("{ENDLESS} where i > {number}"));
            tokio::spawn(async move {
                bench.ask_with(&sql, options(CachePolicy::Off, "greedy")).await.map(drop)
            })
        })
        .collect();
    // Its quota runs, and all the rest waits.
    while (bench.sources.load().running, bench.sources.load().waiting) != (4, 196) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for number in 0..20 {
        let sql = format!("select {number}");
        let answer = bench.ask_with(&sql, options(CachePolicy::Off, "other")).await;
        assert_eq!(answer.unwrap().result.row_count(), 1);
    }
    assert_eq!(bench.sources.load().waiting, 196, "nobody had to wait for the greedy one's turns");
    for request in greedy {
        request.abort();
    }
    bench.sources.shutdown().await;
}
