//! Whether a viewer ever sees what is not its own.
//!
//! Each case is a generated dashboard, a viewer and a request full of what a hostile page would send.
//! It is compiled, asked of real databases twice, with the cache and without, and every answer is
//! compared with a reference that filters in memory and knows nothing of SQL.
//!
//! `cargo xtask fuzz isolation` runs as many cases as wanted; a seed that failed is told and can be run
//! again with `--seed`.

mod answer;
mod customers;
mod dashboards;
mod databases;
mod draw;
mod reference;
mod requests;
mod rows;
mod storm;

use storm::{Report, Storm};

/// Cases of one run, unless the environment says otherwise.
const CASES: u64 = 1_000;

#[test]
#[ignore = "the process that the other test starts"]
fn the_worker_process() {
    engine::worker::main();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_what_a_filter_in_memory_gives() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let cases = number("FANLIGHT_FUZZ_CASES").unwrap_or(CASES);
    let seed = number("FANLIGHT_FUZZ_SEED").unwrap_or(0);
    let storm = Storm::start();
    let report = storm.run(seed, cases).await;
    println!("{report}");
    assert_eq!(report.leaks, Vec::<String>::new(), "answers that are not the viewer's");
    assert_eq!(report.escapes, Vec::<String>::new(), "texts that became SQL");
    assert_is_worth_its_name(&report);
    storm.stop().await;
}

/// A suite in which hardly anything is answered proves nothing.
fn assert_is_worth_its_name(report: &Report) {
    let asked = report.cases();
    assert!(report.answered * 2 > asked, "only {} of {asked} were answered", report.answered);
    assert!(report.with_rows * 3 > asked, "only {} of {asked} had rows", report.with_rows);
    assert!(report.refused > 0, "no unsafe dataset was refused");
}
