//! Measures the running server from outside, each figure next to its floor, and prints one
//! Markdown table row per figure. Started by `cargo xtask bench`; never part of what is shipped.
//!
//! Clients and server share the machine, so shares of a floor that was measured in the same run say
//! more than requests per second do.

mod client;
mod figure;
mod figures;
mod floor;
mod http;
mod load;
mod process;
mod server;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::figure::Figure;
use crate::server::Demo;

#[derive(Parser)]
struct Options {
    /// The server's release binary
    #[arg(long)]
    server: PathBuf,
    /// Seconds that each load runs
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Customers to make for the figures about many of them, 1,000,000 for the full ones; 0 leaves
    /// them out
    #[arg(long, default_value_t = 0)]
    customers: u32,
    /// Measures one subject alone
    #[arg(long)]
    only: Option<Subject>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Subject {
    Start,
    Memory,
    Panel,
    Fairness,
    Rows,
    Customer,
    Growth,
}

impl Options {
    fn includes(&self, subject: Subject) -> bool {
        self.only.is_none_or(|only| only == subject)
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(&options))
}

async fn measure(options: &Options) -> Result<()> {
    let time = Duration::from_secs(options.seconds);
    writeln!(std::io::stdout(), "{}", figure::HEADER)?;
    if options.includes(Subject::Start) {
        print(figures::start::measure(&options.server).await?)?;
    }
    let demo = Demo::start(&options.server)?;
    // Memory first: later figures leave caches behind.
    if options.includes(Subject::Memory) {
        print(figures::memory::measure(&demo).await?)?;
    }
    if options.includes(Subject::Panel) {
        print(figures::panel::cached(&demo, time).await?)?;
    }
    if options.includes(Subject::Fairness) {
        print(figures::fairness::beside_a_greedy_customer(&demo, time).await?)?;
    }
    if options.includes(Subject::Rows) {
        print(figures::rows::as_files(&demo, time).await?)?;
    }
    if options.includes(Subject::Customer) {
        print(figures::customer::existing(&demo, time).await?)?;
        print(figures::customer::created(&demo, time).await?)?;
    }
    drop(demo);
    if options.includes(Subject::Growth) && options.customers > 0 {
        let demo = Demo::start(&options.server)?;
        print(figures::growth::measure(&demo, options.customers, time).await?)?;
    }
    Ok(())
}

fn print(figures: Vec<Figure>) -> Result<()> {
    let mut stdout = std::io::stdout();
    figures.iter().try_for_each(|figure| writeln!(stdout, "{figure}"))?;
    Ok(())
}
