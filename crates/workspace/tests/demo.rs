//! The demo workspace is sound.

use std::path::Path;

use workspace::Workspace;

#[test]
fn the_demo_declares_what_it_promises() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    let workspace = Workspace::read(&folder).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>())
    });
    let plan = model::declaration::plan(&Default::default(), workspace.declaration());
    insta::assert_snapshot!(plan.expect("a plan"));
}
