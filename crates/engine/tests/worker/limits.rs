//! Limits of one query, several queries at once, and the end of a worker.

use engine::protocol::Fault;

use crate::harness::{Worker, flights};

#[test]
fn one_row_or_byte_too_many_is_a_fault_and_the_connection_goes_on() {
    let mut worker = Worker::start(vec![flights()]);
    let sql = "select i from range(5000) r(i)";
    for _ in 0..5 {
        let id = worker.begin_limited(sql, vec![], 4999, 1 << 20);
        assert_eq!(worker.outcome(id), Some(Err(Fault::TooManyRows { limit: 4999 })));
        let id = worker.begin_limited("select * from flights", vec![], u64::MAX, 1 << 20);
        assert_eq!(worker.outcome(id), Some(Err(Fault::TooManyBytes { limit: 1 << 20 })));
    }
    let id = worker.begin_limited(sql, vec![], 5000, 1 << 20);
    assert_eq!(worker.outcome(id).unwrap().unwrap().len(), 5000);
}

#[test]
fn a_large_result_arrives_whole() {
    let mut worker = Worker::start(vec![flights()]);
    let rows = worker.query("select i, repeat('x', 50) from range(60_000) r(i)", vec![]).unwrap();
    assert_eq!(rows.len(), 60_000);
    assert!(rows.iter().enumerate().all(|(at, row)| row[0] == at.to_string()));
}

#[test]
fn a_slow_query_does_not_hold_up_a_quick_one() {
    let mut worker = Worker::start(vec![flights()]);
    let endless =
        "with recursive n as (select 1 i union all select i + 1 from n) select max(i) from n";
    let slow = worker.begin(endless, vec![]);
    assert_eq!(worker.query("select 1", vec![]).unwrap(), [["1"]]);
    assert!(worker.stops_when_cancelled(slow));
}

#[test]
fn a_query_that_waits_can_be_cancelled_before_it_runs() {
    let mut worker = Worker::start(vec![flights()]);
    let endless =
        "with recursive n as (select 1 i union all select i + 1 from n) select max(i) from n";
    let running = [worker.begin(endless, vec![]), worker.begin(endless, vec![])];
    let waiting = worker.begin("select 1", vec![]);
    worker.send(&engine::protocol::Request::Cancel { id: waiting });
    assert!(worker.stops_when_cancelled(running[0]));
    assert_eq!(worker.outcome(waiting), Some(Err(Fault::Cancelled)));
    assert!(worker.stops_when_cancelled(running[1]));
}

#[test]
fn the_worker_ends_with_the_connection_even_in_the_midst_of_a_query() {
    let mut worker = Worker::start(vec![flights()]);
    worker.begin("select list_sort(range(100_000_000))[1]", vec![]);
    worker
        .begin("with recursive n as (select 1 union all select 1 from n) select 1 from n", vec![]);
    worker.wait_for_end();
}

#[test]
fn an_error_of_one_query_is_told_and_the_next_one_runs() {
    let mut worker = Worker::start(vec![flights()]);
    for sql in ["select nothing from flights", "select 1 / 'x'", "select error('no')", "select $1"]
    {
        let outcome = worker.query(sql, vec![]);
        assert!(matches!(outcome, Err(Fault::Engine(_))), "{sql}: {outcome:?}");
    }
    assert_eq!(worker.query("select 1", vec![]).unwrap(), [["1"]]);
}
