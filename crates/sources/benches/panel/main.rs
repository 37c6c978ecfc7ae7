//! What the way through `sources` costs: the panels of the demo's dashboard, not in the cache, beside
//! the same SQL sent straight to the engine in this process, and to PostgreSQL.
//!
//! `cargo bench -p sources` prints a table. Options: `--seconds N` per measurement (5), `--threads N`
//! of the engine (as the server has it), `--materialize`. Nothing else should run meanwhile.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends with the reason")]
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

mod demo;
mod direct;
mod figures;
mod postgres;
mod through;

use std::time::Duration;

use demo::Demo;
use figures::Figures;
use postgres::Postgres;
use query::Statement;

/// Choices of the command line.
#[derive(Clone, Copy)]
struct Options {
    time: Duration,
    engine: engine::protocol::Limits,
    materialize: bool,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "worker") {
        engine::worker::main();
        return;
    }
    compare(parse(&arguments));
}

fn parse(arguments: &[String]) -> Options {
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u32>().ok()
    };
    let mut engine = engine::protocol::Limits::default();
    engine.threads = after("--threads").unwrap_or(engine.threads);
    let time = Duration::from_secs(after("--seconds").unwrap_or(5).into());
    let materialize = arguments.iter().any(|argument| argument == "--materialize");
    Options { time, engine, materialize }
}

fn compare(options: Options) {
    let demo = Demo::read(options.materialize);
    table("the engine", &demo, options, |questions, connections| {
        direct::measure(&demo, questions, connections, options)
    });
    let postgres = Postgres::start();
    table("PostgreSQL", &postgres.demo, options, |questions, connections| {
        postgres.direct(questions, connections, options)
    });
}

fn table(
    name: &str,
    demo: &Demo,
    options: Options,
    direct: impl Fn(&[Statement], usize) -> Figures,
) {
    println!("| panel, connections | straight to {name} | through sources | p50 adds | share |");
    println!("|---|---|---|---|---|");
    let row = |panels: &[String], name: &str, connections: usize| {
        let questions = demo.questions(panels);
        let direct = direct(&questions, connections);
        let through = through::measure(demo, &questions, connections, options);
        let adds = through.p50_ms() - direct.p50_ms();
        let share = through.per_second() / direct.per_second();
        println!("| {name}, {connections} | {direct} | {through} | {adds:+.2} ms | {share:.2} |");
    };
    for panel in demo.panels() {
        row(std::slice::from_ref(panel), panel, 1);
    }
    for connections in [1, 8, 32] {
        row(demo.panels(), "all", connections);
    }
    println!();
}

/// Worker memory is read while the worker still runs.
fn resident_megabytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes.and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0) / 1000
}

/// Everything asked once before it is measured.
fn warm<T>(questions: &[T], mut ask: impl FnMut(&T)) {
    questions.iter().for_each(&mut ask);
}

type Latencies = Vec<Duration>;

fn figures(latencies: Vec<Latencies>, time: Duration) -> Figures {
    Figures::new(latencies.into_iter().flatten().collect(), time)
}
