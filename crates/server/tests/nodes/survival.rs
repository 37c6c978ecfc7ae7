//! Three nodes in a storm, while a node is killed and the database is cut off, hangs and crashes.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::api::{BackEnd, Viewer, is_ready};
use crate::forwarder::{Forwarder, Target, Way};
use crate::installation::{Installation, Node};
use crate::publisher::{Publisher, Workspace};
use crate::storm::{Servers, Storm};

const NODES: [&str; 3] = ["node-1", "node-2", "node-3"];
const WRITERS: usize = 6;
const PATIENCE: Duration = Duration::from_secs(60);

struct Stage {
    installation: Installation,
    nodes: Vec<Node>,
    _balancer: Forwarder,
    back_end: BackEnd,
    servers: Servers,
}

impl Stage {
    /// Three nodes that serve version 1 of the workspace.
    async fn set() -> Self {
        let installation = Installation::new().await;
        let operator = installation.operate();
        operator.printed(&["init"]);
        let workspace = Workspace::new(&installation.folder().join("workspace"), operator.clone());
        assert!(workspace.publish(1), "nobody pulls plugs yet");
        let create = ["token", "create", "--group", "Production", "--access", "read-write"];
        let back_end = BackEnd::new(operator.printed(&create));
        let nodes: Vec<_> = NODES.map(|name| installation.start_node(name, None)).into();
        let targets = nodes.iter().map(|node| Target::Address(node.address)).collect();
        let balancer = Forwarder::start(targets).await;
        let urls: Vec<_> = nodes.iter().map(Node::url).collect();
        let dashboards = back_end.get(&urls[0], "/api/dashboard/").await.expect("a list");
        let embed_id = dashboards["dashboards"][0]["embed_id"].as_str().expect("an id").to_owned();
        let balancer_url = format!("http://{}", balancer.address());
        let servers = Servers { balancer: balancer_url, nodes: urls, embed_id };
        Self { installation, nodes, _balancer: balancer, back_end, servers }
    }

    async fn publisher(&self) -> Publisher {
        let folder = self.installation.folder().join("workspace");
        let workspace = Workspace::new(&folder, self.installation.operate());
        Publisher::start(workspace, self.viewer().await, self.servers.nodes.clone())
    }

    async fn viewer(&self) -> Viewer {
        let (balancer, embed_id) = (&self.servers.balancer, &self.servers.embed_id);
        let body = json!({"provided_id": "viewer", "name": "Viewer"});
        self.back_end.post(balancer, "/api/create_customer/", &body).await.expect("a customer");
        self.back_end.viewer(balancer, "viewer", embed_id).await
    }

    async fn all_ready(&self) {
        for node in &self.servers.nodes {
            eventually("every node is ready", async || is_ready(node).await).await;
        }
    }
}

/// Waits until something holds.
async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Writers and the analyst, at work at the same time.
struct Work {
    storm: Storm,
    publisher: Publisher,
}

impl Work {
    /// Waits until much more was acknowledged, and two more versions were looked for.
    async fn goes_on(&self, phase: &str) {
        let acknowledged = self.acknowledged();
        eventually(phase, async || self.acknowledged() >= acknowledged + 150).await;
        self.versions_show(phase).await;
    }

    async fn versions_show(&self, phase: &str) {
        let (version, shown) = (self.publisher.looked_for(), self.publisher.shown());
        let have_shown =
            || self.publisher.looked_for() >= version + 2 && self.publisher.shown() > shown;
        eventually(phase, async || have_shown() || !self.publisher.is_at_work()).await;
        assert!(self.publisher.is_at_work(), "{phase}: the analyst has found a fault");
    }

    fn acknowledged(&self) -> usize {
        self.storm.tally.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until calls go unanswered, each by its refusal.
    async fn is_refused(&self, phase: &str) {
        let unanswered = || self.storm.tally.unanswered.load(Ordering::Relaxed);
        let before = unanswered();
        eventually(phase, async || unanswered() >= before + 20).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_nothing_stale_is_shown() {
    let mut stage = Stage::set().await;
    let publisher = stage.publisher().await;
    let storm = Storm::start(WRITERS, &stage.back_end, &stage.servers);
    let work = Work { storm, publisher };
    work.goes_on("undisturbed").await;

    stage.nodes[1].kill();
    work.goes_on("a node was killed").await;

    stage.installation.network.set(Way::Cut);
    work.is_refused("the database is cut off").await;
    stage.installation.network.set(Way::Open);
    work.goes_on("the database is back").await;

    stage.installation.network.set(Way::ListenersStalled);
    work.versions_show("nobody hears notifications").await;
    stage.installation.network.set(Way::Stalled);
    tokio::time::sleep(Duration::from_secs(2)).await;
    stage.installation.network.set(Way::Open);
    work.goes_on("the network moves again").await;

    stage.installation.cluster.crash();
    work.is_refused("the database has crashed").await;
    stage.installation.cluster.resume().expect("it starts again");
    work.goes_on("the database has recovered").await;

    let address = stage.nodes[1].address;
    stage.nodes[1] = stage.installation.start_node(NODES[1], Some(address));
    work.goes_on("the node is back").await;

    work.publisher.stop().await;
    let writers = work.storm.stop().await;
    stage.all_ready().await;
    for writer in &writers {
        for node in &stage.servers.nodes {
            writer.look_for_all(node).await;
        }
    }
    for node in &mut stage.nodes {
        assert!(node.is_running(), "{} never ended by itself", node.name);
    }
}
