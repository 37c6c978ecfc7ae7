//! What each faulty workspace under `faults/` is told: every fault at once, with its place.

use std::fs;
use std::path::Path;

use workspace::Workspace;

#[test]
fn every_faulty_workspace_is_told_all_its_faults() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
    let mut folders: Vec<_> = fs::read_dir(&cases)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() >= 10, "cases are missing");
    for folder in folders {
        check(&folder);
    }
}

#[track_caller]
fn check(folder: &Path) {
    let faults = Workspace::read(folder).expect_err("a faulty workspace");
    let faults: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
    // Data files are named by their absolute path, which differs from machine to machine.
    let faults = faults.replace(&folder.display().to_string(), "[workspace]");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("faults", faults));
}
