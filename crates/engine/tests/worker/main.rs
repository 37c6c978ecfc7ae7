//! The worker as a process: what its queries answer, and what none of them can do.
//!
//! This executable is its own worker: a test starts it again with the arguments that run
//! `the_worker_process` alone, and a socket as standard input.

#![expect(clippy::unwrap_used, reason = "a test may fail anywhere, its helpers too")]

mod binding;
mod escapes;
mod files;
mod folders;
mod harness;
mod limits;

#[test]
#[ignore = "the process that the other tests start"]
fn the_worker_process() {
    engine::worker::main();
}
