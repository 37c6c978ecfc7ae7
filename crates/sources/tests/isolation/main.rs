//! Whether a viewer ever sees what is not its own.
//!
//! Each case is a viewer and a request, full of what a hostile page would send, to a generated dashboard.
//! It is compiled, asked of real databases with the cache, again, and without, and every answer is compared
//! with a reference that works it out in memory and knows nothing of SQL.
//!
//! `cargo xtask fuzz isolation` runs as many cases as wanted; a case that failed is told by its number and
//! can be run again with `--seed`.

mod answer;
mod cases;
mod choices;
mod customers;
mod dashboards;
mod databases;
mod datasets;
mod draw;
mod formulas;
mod panels;
mod reference;
mod report;
mod requests;
mod rows;
mod storm;
mod value;

use std::sync::Arc;

use report::Report;
use storm::Storm;

/// Cases of one run, unless the environment says otherwise.
const CASES: u64 = 1_000;

#[test]
#[ignore = "the process that the other test starts"]
fn the_worker_process() {
    engine::worker::main();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_what_the_rows_in_memory_give() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let cases = number("FANLIGHT_FUZZ_CASES").unwrap_or(CASES);
    let seed = number("FANLIGHT_FUZZ_SEED").unwrap_or(0);
    let databases = std::env::var("FANLIGHT_FUZZ_DATABASES").unwrap_or_default();
    let databases: Vec<String> =
        databases.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let storm = Arc::new(Storm::start(&databases));
    let report = storm.run(seed..seed + cases).await;
    println!("{report}");
    assert_eq!(report.found, 0, "the first findings are told above");
    if cases >= CASES {
        assert_is_worth_its_name(&report);
    }
    Arc::into_inner(storm).expect("nobody asks any more").stop().await;
}

/// A suite in which hardly anything is answered proves nothing.
fn assert_is_worth_its_name(report: &Report) {
    for (database, tally) in &report.databases {
        let asked = tally.answered + tally.refused + tally.too_loose;
        assert!(
            tally.answered * 3 > asked,
            "{database}: only {} of {asked} answered",
            tally.answered
        );
        assert!(tally.with_rows * 4 > asked, "{database}: only {} had rows", tally.with_rows);
        assert!(tally.refused > 0, "{database}: no unsafe dataset was refused");
        assert!(tally.from_cache > 0, "{database}: nothing came from the cache");
    }
}
