//! An analyst who publishes one version after the other, and looks at every node whether it shows.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::api::Viewer;
use crate::installation::Operator;

/// What is published must show everywhere after this time.
const FRESH: Duration = Duration::from_secs(1);

/// A workspace whose version is in its dashboard's title and in the number of rows of its data
/// source, which gets another file each time.
pub(crate) struct Workspace {
    folder: PathBuf,
    operator: Operator,
}

impl Workspace {
    pub(crate) fn new(folder: &Path, operator: Operator) -> Self {
        std::fs::create_dir_all(folder.join("dashboards")).expect("a folder");
        Self { folder: folder.to_owned(), operator }
    }

    /// Whether it was acknowledged.
    pub(crate) fn publish(&self, version: u64) -> bool {
        let rows: String = (0..version).map(|row| format!("{row}\n")).collect();
        self.write(&format!("rows-{version}.csv"), &format!("row\n{rows}"));
        self.write(
            "workspace.yaml",
            &format!(
                "groups: [Production]\nenvironments: [production]\n\
                 schemas:\n  rows:\n    default_source: rows\n    sources:\n      rows:\n        \
                 group: Production\n        connection: {{type: files, tables: {{rows: \
                 {{path: rows-{version}.csv}}}}}}\n"
            ),
        );
        self.write(
            "dashboards/board.yaml",
            &format!(
                "name: board\ntitle: Board\nenvironments: [production]\n\
                 datasets:\n  rows: {{schema: rows, shared: true, sql: select row from rows}}\n\
                 panels:\n  - id: rows\n    type: kpi\n    title: Version {version}\n    \
                 dataset: rows\n    measures: [{{name: rows, aggregate: count}}]\n"
            ),
        );
        let output = self.operator.run(&["apply", self.folder.to_str().expect("UTF-8")]);
        if !output.status.success() {
            eprintln!("version {version}: {}", String::from_utf8_lossy(&output.stderr));
        }
        output.status.success()
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.folder.join(file), text).expect("a file");
    }
}

/// The analyst at work.
pub(crate) struct Publisher {
    shared: Arc<Shared>,
    work: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    /// The newest version that was acknowledged and then looked for on every node.
    looked_for: AtomicU64,
    /// How often a node showed what it should.
    shown: AtomicU64,
    stop: AtomicBool,
}

impl Publisher {
    /// Goes on from version 1, which is published.
    pub(crate) fn start(workspace: Workspace, viewer: Viewer, nodes: Vec<String>) -> Self {
        let shared = Arc::new(Shared::default());
        let work = tokio::spawn(work(Arc::new(workspace), viewer, nodes, Arc::clone(&shared)));
        Self { shared, work }
    }

    pub(crate) fn looked_for(&self) -> u64 {
        self.shared.looked_for.load(Ordering::Relaxed)
    }

    pub(crate) fn shown(&self) -> u64 {
        self.shared.shown.load(Ordering::Relaxed)
    }

    pub(crate) fn is_at_work(&self) -> bool {
        !self.work.is_finished()
    }

    pub(crate) async fn stop(self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.work.await.expect("the analyst saw nothing stale");
    }
}

async fn work(workspace: Arc<Workspace>, viewer: Viewer, nodes: Vec<String>, shared: Arc<Shared>) {
    let mut acknowledged = 1;
    for version in 2.. {
        if shared.stop.load(Ordering::Relaxed) {
            return;
        }
        let publishing = Arc::clone(&workspace);
        let publish = tokio::task::spawn_blocking(move || publishing.publish(version));
        let done = publish.await.expect("published or not");
        let since = Instant::now();
        if done {
            acknowledged = version;
        }
        tokio::time::sleep(FRESH.saturating_sub(since.elapsed())).await;
        for node in &nodes {
            if look(node, &viewer, acknowledged..=version).await {
                shared.shown.fetch_add(1, Ordering::Relaxed);
            }
        }
        if done {
            shared.looked_for.store(version, Ordering::Relaxed);
        }
    }
}

/// Whether the node answered; if so, with a version that may show, and with that version's data.
async fn look(node: &str, viewer: &Viewer, may_show: std::ops::RangeInclusive<u64>) -> bool {
    let (before, figure, after) =
        (viewer.title(node).await, viewer.figure(node).await, viewer.title(node).await);
    for title in [&before, &after].into_iter().flatten() {
        let version = title.strip_prefix("Version ").expect("a version").parse().expect("a number");
        assert!(may_show.contains(&version), "{node}: {title} is none of {may_show:?}");
    }
    let (Some(before), Some(figure), Some(after)) = (before, figure, after) else { return false };
    if before == after {
        assert_eq!(before, format!("Version {figure}"), "{node}: the dashboard and its data");
    }
    true
}
