//! A workspace as one JSON document.

use std::path::Path;

use serde_json::{Value, json};
use workspace::{InlineWorkspace, Workspace};

fn demo() -> Workspace {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    Workspace::read(&folder).expect("files without faults")
}

fn document(json: Value) -> InlineWorkspace {
    serde_json::from_value(json).expect("a document")
}

#[test]
fn a_folder_and_its_document_declare_the_same() {
    let demo = demo();
    let document = InlineWorkspace::of(demo.declaration());
    assert_eq!(document.declaration().as_ref(), Ok(demo.declaration()));
    let json = serde_json::to_value(&document).expect("JSON");
    let again: InlineWorkspace = serde_json::from_value(json.clone()).expect("a document");
    assert_eq!(serde_json::to_value(&again).expect("JSON"), json);
}

#[track_caller]
fn check(json: Value, expected: &[&str]) {
    let faults = document(json).declaration().expect_err("faults");
    let found: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_the_form_cannot_express_is_a_fault_at_its_place() {
    let source = json!({"connection": {"type": "files", "tables": {}}});
    let dashboard = json!({"name": "empty", "datasets": {}, "panels": []});
    let schema = |group: Option<&str>| {
        let mut source = source.clone();
        source["group"] = json!(group);
        json!({"sources": {"rows": source}})
    };
    check(
        json!({"groups": ["A", "A"], "dashboards": [dashboard, dashboard]}),
        &[
            "groups › 1: \"A\" stands twice",
            "dashboards › 1 › name: another dashboard has this name",
        ],
    );
    check(
        json!({"groups": ["A", "B"], "schemas": {"s": schema(None)}}),
        &[
            "schemas › s › sources › rows: needs the key \"group\", because the workspace has several \
           groups",
        ],
    );
    check(
        json!({"groups": ["A"], "schemas": {"s": schema(None), "t": schema(Some("A"))}}),
        &[
            "schemas › t › sources › rows: another schema has a data source of this name; names are \
           unique",
        ],
    );
}

#[test]
fn a_path_into_the_declaration_has_its_place_in_the_document() {
    let document = InlineWorkspace::of(demo().declaration());
    let place = |path: &[&str]| {
        let path: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
        document.place_of(&path).join("/")
    };
    let source = place(&["sources", "hawaiian", "group"]);
    assert_eq!(source, "schemas/flights/sources/hawaiian/group");
    assert_eq!(place(&["dashboards", "on-time", "panels", "0"]), "dashboards/0/panels/0");
    assert_eq!(place(&["tags", "1"]), "tags/1");
}
