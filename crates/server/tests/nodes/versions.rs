//! Nodes that start together, and nodes of two versions over one database.

use std::thread;

use serde_json::json;

use crate::api::{BackEnd, is_ready};
use crate::installation::{Installation, Node};

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_the_same_moment_make_one_database() {
    let installation = Installation::new().await;
    let start = |name| installation.start_node(name, None);
    let nodes: Vec<Node> = thread::scope(|scope| {
        let starts = ["node-1", "node-2", "node-3"].map(|name| scope.spawn(move || start(name)));
        starts.into_iter().map(|start| start.join().expect("it listens")).collect()
    });
    for node in &nodes {
        assert!(is_ready(&node.url()).await, "{}", node.name);
    }
}

/// What a next version's migration may do: it adds, and leaves alone what is there.
const EXPANSION: &str = "ALTER TABLE customer ADD COLUMN added_by_next_version TEXT; \
                         CREATE TABLE of_next_version (id BIGINT PRIMARY KEY); \
                         UPDATE schema_version SET version = version + 1";

#[tokio::test(flavor = "multi_thread")]
async fn a_node_goes_on_when_one_of_the_next_version_has_migrated() {
    let installation = Installation::new().await;
    let operator = installation.operate();
    let folder = installation.folder().join("workspace");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("workspace.yaml"), "groups: [Production]\n").expect("a file");
    operator.printed(&["apply", folder.to_str().expect("UTF-8")]);
    let create = ["token", "create", "--group", "Production", "--access", "read-write"];
    let back_end = BackEnd::new(operator.printed(&create));
    let node = installation.start_node("node-1", None);
    let url = node.url();
    let body = json!({"provided_id": "before", "name": "Before"});
    back_end.post(&url, "/api/create_customer/", &body).await.expect("made");

    installation.cluster.execute(EXPANSION).expect("migrated");
    let body = json!({"provided_id": "after", "name": "After"});
    back_end.post(&url, "/api/create_customer/", &body).await.expect("made");
    let body = json!({"provided_id": "before", "name": "Changed"});
    let changed = back_end.post(&url, "/api/update_customer/", &body).await.expect("changed");
    assert_eq!(changed["customer"]["name"], "Changed");
    assert!(is_ready(&url).await);

    let refused = operator.run(&["serve", "--listen", "127.0.0.1:0"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains("start the newer version of Fanlight"), "{told}");
}
