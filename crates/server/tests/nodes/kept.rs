//! Results that nodes keep for an hour, while what they were made of changes elsewhere.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api::{BackEnd, Viewer};
use crate::forwarder::Way;
use crate::installation::{Installation, Node, Operator};

/// What is published must show everywhere after this time.
const FRESH: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(60);

/// Rows of the viewer and of somebody else.
const ROWS: &str =
    "owner,region,amount\nviewer,east,1\nviewer,west,2\nsomebody,east,4\nsomebody,viewer,8\n";
const OTHER_ROWS: &str = "owner,region,amount\nviewer,east,16\nviewer,west,32\nsomebody,east,64\n";

/// The sum of the viewer's amounts as a workspace has it, in the parts that change.
#[derive(Clone, Copy)]
struct Board {
    file: &'static str,
    sql: &'static str,
    tenant_column: &'static str,
    /// Whether rows are also kept to the viewer's region, which is `east`.
    by_region: bool,
}

const FIRST: Board =
    Board { file: "rows.csv", sql: "select * from rows", tenant_column: "owner", by_region: false };

/// Each change with the sum that it leads to.
const CHANGES: [(Board, u64); 5] = [
    (Board { by_region: true, ..FIRST }, 1),
    (Board { tenant_column: "region", ..FIRST }, 8),
    (Board { sql: "select owner, region, amount * 100 as amount from rows", ..FIRST }, 300),
    (Board { file: "other.csv", ..FIRST }, 48),
    (FIRST, 3),
];

struct Stage {
    installation: Installation,
    nodes: Vec<Node>,
    viewer: Viewer,
    workspace: PathBuf,
    operator: Operator,
}

impl Stage {
    /// Two nodes that serve the first board.
    async fn set() -> Self {
        let installation = Installation::new().await;
        let operator = installation.operate();
        operator.printed(&["init"]);
        let workspace = installation.folder().join("workspace");
        std::fs::create_dir_all(workspace.join("dashboards")).expect("a folder");
        for (file, text) in [("rows.csv", ROWS), ("other.csv", OTHER_ROWS)] {
            std::fs::write(workspace.join(file), text).expect("a file");
        }
        apply(&workspace, &operator, FIRST);
        let create = ["token", "create", "--group", "Production", "--access", "read-write"];
        let back_end = BackEnd::new(operator.printed(&create));
        let nodes = ["node-1", "node-2"].map(|name| installation.start_node(name, None));
        let url = nodes[0].url();
        let body =
            json!({"provided_id": "viewer", "name": "Viewer", "properties": {"region": "east"}});
        back_end.post(&url, "/api/create_customer/", &body).await.expect("a customer");
        let dashboards = back_end.get(&url, "/api/dashboard/").await.expect("a list");
        let embed_id = dashboards["dashboards"][0]["embed_id"].as_str().expect("an id");
        let viewer = back_end.viewer(&url, "viewer", embed_id).await;
        Self { installation, nodes: nodes.into(), viewer, workspace, operator }
    }

    fn apply(&self, board: Board) {
        apply(&self.workspace, &self.operator, board);
    }

    /// Every node fetches this sum, once, and keeps it.
    async fn check_fetched(&self, expected: u64, what: &str) {
        for node in &self.nodes {
            for cached in [false, true] {
                let data = self.viewer.data(&node.url()).await.expect("an answer");
                let found = (&data["rows"], &data["cached"]);
                assert_eq!(found, (&json!([[expected]]), &json!(cached)), "{}: {what}", node.name);
            }
        }
    }

    /// The first answer of each node that has one again.
    async fn first_answers(&self) -> Vec<Value> {
        let started = Instant::now();
        let mut answers = Vec::new();
        for node in &self.nodes {
            let answer = loop {
                if let Some(data) = self.viewer.data(&node.url()).await {
                    break data;
                }
                assert!(started.elapsed() < PATIENCE, "{} does not answer", node.name);
                tokio::time::sleep(Duration::from_millis(20)).await;
            };
            answers.push(answer);
        }
        answers
    }
}

fn apply(workspace: &std::path::Path, operator: &Operator, board: Board) {
    let tables = json!({"rows": {"path": board.file}});
    let source = json!({"group": "Production", "connection": {"type": "files", "tables": tables}});
    let declared = json!({
        "groups": ["Production"],
        "schemas": {"rows": {"default_source": "rows", "sources": {"rows": source}}},
    });
    let policies = if board.by_region {
        json!([{"column": "region", "equals": "customer.region"}])
    } else {
        json!([])
    };
    let dashboard = json!({
        "name": "board", "title": "Board", "cache": "1h",
        "datasets": {"rows": {
            "schema": "rows", "sql": board.sql, "row_policies": policies,
            "tenant_column": {"column": board.tenant_column, "equals": "customer_id"},
        }},
        "panels": [{
            "id": "rows", "type": "kpi", "title": "Sum", "dataset": "rows",
            "measures": [{"name": "sum", "aggregate": "sum", "column": "amount"}],
        }],
    });
    // JSON is YAML.
    std::fs::write(workspace.join("workspace.yaml"), declared.to_string()).expect("a file");
    std::fs::write(workspace.join("dashboards/board.yaml"), dashboard.to_string()).expect("a file");
    operator.printed(&["apply", workspace.to_str().expect("UTF-8")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_node_keeps_is_not_shown_after_a_change() {
    let stage = Stage::set().await;
    stage.check_fetched(3, "at first").await;
    for way in [Way::Open, Way::ListenersStalled] {
        stage.installation.network.set(way);
        for (change, (board, sum)) in CHANGES.into_iter().enumerate() {
            stage.apply(board);
            tokio::time::sleep(FRESH).await;
            let what = format!("change {change}, listeners' connections: {way:?}");
            stage.check_fetched(sum, &what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_cut_off_shows_nothing_that_it_kept_before() {
    let stage = Stage::set().await;
    stage.check_fetched(3, "at first").await;
    for (change, (board, sum)) in CHANGES.into_iter().enumerate() {
        stage.installation.network.set(Way::Cut);
        stage.apply(board);
        tokio::time::sleep(FRESH).await;
        for node in &stage.nodes {
            let told = stage.viewer.data(&node.url()).await;
            assert_eq!(told, None, "{}: nothing is shown without the store", node.name);
        }
        stage.installation.network.set(Way::Open);
        for answer in stage.first_answers().await {
            assert_eq!(answer["rows"], json!([[sum]]), "change {change}");
        }
    }
}
