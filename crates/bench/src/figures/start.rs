//! From the start of the process to its first answer.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::client;
use crate::figure::Figure;
use crate::server::Demo;

/// How often the second start is repeated; the median counts.
const REPETITIONS: usize = 5;

pub(crate) async fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let mut demo = Demo::start(binary)?;
    client::embed_token(&demo, "UA").await?;
    let first = demo.start;
    let mut later = Vec::new();
    for _ in 0..REPETITIONS {
        demo = demo.restart(binary)?;
        later.push(demo.start);
    }
    later.sort_unstable();
    Ok(vec![
        figure("start to first answer, empty directory", "≤ 1,000 ms", first),
        figure("start to first answer, later (median)", "≤ 300 ms", later[REPETITIONS / 2]),
    ])
}

fn figure(what: &str, wanted: &str, time: Duration) -> Figure {
    Figure {
        what: what.to_owned(),
        wanted: wanted.to_owned(),
        measured: format!("{} ms", time.as_millis()),
        floor: String::new(),
        share: None,
    }
}
