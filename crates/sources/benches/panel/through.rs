//! The same questions as the server asks them: through `Sources` and a worker process.

use std::sync::Arc;
use std::time::Instant;

use query::Statement;
use sources::{CachePolicy, CustomerKey, Limits, RunOptions, Sources, WorkerCommand};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::demo::Demo;
use crate::figures::Figures;
use crate::{Latencies, Options, figures, resident_megabytes};

pub(crate) fn measure(
    demo: &Demo,
    questions: &[Statement],
    connections: usize,
    options: Options,
) -> Figures {
    Runtime::new().unwrap().block_on(run(demo, questions, connections, options))
}

async fn run(
    demo: &Demo,
    questions: &[Statement],
    connections: usize,
    options: Options,
) -> Figures {
    let limits = Limits { engine: options.engine, ..Limits::default() };
    let command = WorkerCommand::new(std::env::current_exe().unwrap(), ["worker"]);
    let sources = Sources::new(limits, command);
    let questions: Arc<[Statement]> = questions.into();
    let mut viewers = JoinSet::new();
    for number in 0..connections {
        let viewer = Viewer {
            sources: sources.clone(),
            source: Arc::clone(&demo.source),
            customer: CustomerKey(number.to_string()),
        };
        viewers.spawn(viewer.view(Arc::clone(&questions), number, options));
    }
    let latencies = viewers.join_all().await;
    let memory = worker_memory();
    sources.shutdown().await;
    figures(latencies, options.time).with_memory(memory)
}

struct Viewer {
    sources: Sources,
    source: Arc<model::source::DataSource>,
    customer: CustomerKey,
}

impl Viewer {
    async fn view(self, questions: Arc<[Statement]>, number: usize, options: Options) -> Latencies {
        for question in questions.iter() {
            self.ask(question).await;
        }
        let begun = Instant::now();
        let mut latencies = Vec::new();
        for question in questions.iter().cycle().skip(number * questions.len() / 8) {
            let asked = Instant::now();
            if asked - begun >= options.time {
                break;
            }
            self.ask(question).await;
            latencies.push(asked.elapsed());
        }
        latencies
    }

    async fn ask(&self, question: &Statement) {
        let options = RunOptions {
            cache: CachePolicy::Off,
            purge: 0,
            request_id: uuid::Uuid::nil(),
            customer: self.customer.clone(),
        };
        let answer = self.sources.run(&self.source, question, options).await.unwrap();
        std::hint::black_box(answer.result.row_count());
    }
}

/// Of the largest process that this one has started.
fn worker_memory() -> Option<u64> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    let children = threads
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok());
    let children: Vec<String> = children.collect();
    let processes = children.iter().flat_map(|list| list.split_whitespace());
    processes.filter_map(|process| process.parse().ok()).map(resident_megabytes).max()
}
