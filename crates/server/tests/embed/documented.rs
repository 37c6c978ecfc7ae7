//! The examples of the reference, run: each panel must answer what stands below it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::Server;

/// A block of the page.
enum Block {
    Panel(Value),
    Request(Value),
    Answer(Value),
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn blocks() -> Vec<Block> {
    let page = fs::read_to_string(root().join("docs/reference/panel-operations.md"));
    let page = page.expect("the page");
    let mut blocks = Vec::new();
    let mut parts = page.split("```").skip(1);
    while let Some(part) = parts.next() {
        let (language, text) = part.split_once('\n').expect("a block of several lines");
        let json = || serde_json::from_str(text).expect("JSON");
        blocks.push(match language {
            "yaml" => Block::Panel(serde_saphyr::from_str(text).expect("YAML")),
            "json request" => Block::Request(json()),
            "json" => Block::Answer(json()),
            other => panic!("no language {other:?}"),
        });
        parts.next();
    }
    blocks
}

/// The demo's dashboard with the panels of the page.
fn dashboard(blocks: &[Block]) -> Value {
    let demo = fs::read_to_string(root().join("demo/dashboards/on-time.yaml")).expect("the demo");
    let mut dashboard: Value = serde_saphyr::from_str(&demo).expect("YAML");
    let panel = |block: &Block| match block {
        Block::Panel(panel) => Some(panel.clone()),
        _ => None,
    };
    let keys = dashboard.as_object_mut().expect("an object");
    keys.retain(|key, _| ["time_zone", "datasets", "elements"].contains(&key.as_str()));
    keys.insert("name".to_owned(), json!("documented"));
    keys.insert("panels".to_owned(), blocks.iter().filter_map(panel).collect());
    dashboard
}

#[tokio::test]
async fn every_example_of_the_reference_answers_what_stands_below_it() {
    let blocks = blocks();
    let dashboard = dashboard(&blocks);
    let definition: model::Dashboard = serde_json::from_value(dashboard.clone()).expect("one");
    assert_eq!(definition.check(), []);
    let server = Server::with_dashboard(&dashboard.to_string()).await;
    server.create(json!({"provided_id": "B6"})).await;
    let jwt = server.jwt("B6").await;
    let (mut panel, mut request) = (Value::Null, json!({}));
    let mut wrong = Vec::new();
    let mut answers = 0;
    for block in blocks {
        match block {
            Block::Panel(of) => (panel, request) = (of["id"].clone(), json!({})),
            Block::Request(of) => request = of,
            Block::Answer(shown) => {
                let id = panel.as_str().expect("a panel's id");
                let reply = server.panel(&jwt, id, request.clone()).await;
                let shown = shown.as_object().expect("an object");
                let is_same = |(key, value): (&String, &Value)| reply.body[key] == *value;
                if shown.is_empty() || !shown.iter().all(is_same) {
                    wrong.push(format!("{id} {request}: {}", reply.body));
                }
                answers += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(answers > 10, "{answers} answers");
}
