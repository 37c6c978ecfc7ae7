//! The JSON schemas that editors use are those of the types.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Compares with the committed file. `INSTA_UPDATE=always` writes it, as for other snapshots.
#[track_caller]
fn check(file: &str, schema: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(file);
    let wanted = serde_json::to_string_pretty(schema).expect("JSON") + "\n";
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&path, &wanted).expect("writing the schema");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == wanted, "{file} is not up to date; INSTA_UPDATE=always writes it");
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    check("workspace.schema.json", workspace::workspace_schema());
    check("dashboard.schema.json", workspace::dashboard_schema());
}
