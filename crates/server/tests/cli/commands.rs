//! Commands that run to their end.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Server, run, run_with};

fn demo_workspace() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    folder.to_str().expect("UTF-8").to_owned()
}

/// An installation whose data folder is inside the temporary one.
fn installed() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    run(&data_dir, &["init"]).printed();
    (folder, data_dir)
}

#[track_caller]
fn assert_is_token(text: &str) {
    let digits = text.strip_suffix('\n').expect("one line");
    let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    assert!(digits.len() == 64 && digits.chars().all(is_digit), "{text:?}");
}

#[test]
fn init_makes_the_keys_once_and_prints_the_admin_key_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let ended = run(&data_dir, &["init"]);
    assert!(ended.stderr.contains("keep a copy apart from the database"), "{}", ended.stderr);
    let admin_key = ended.printed();
    assert_is_token(&admin_key);
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&data_dir.join("master.key")), 0o600);
    assert_eq!(mode(&data_dir), 0o700);
    let again = run(&data_dir, &["init"]).complained();
    assert!(again.contains("exists already"), "{again}");
    let reset = run(&data_dir, &["admin-key", "reset"]).printed();
    assert_is_token(&reset);
    assert_ne!(reset, admin_key);
}

#[test]
fn init_takes_a_master_key_from_the_environment_and_keeps_the_admin_key_in_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = "ab".repeat(32);
    let environment = [("FANLIGHT_MASTER_KEY", key.as_str())];
    assert_is_token(&run_with(folder.path(), &["init"], &environment).printed());
    assert!(!folder.path().join("master.key").exists());
    let again = run_with(folder.path(), &["init"], &environment).complained();
    assert!(again.contains("has an admin key already"), "{again}");
}

#[test]
fn a_folder_without_a_master_key_is_told_how_to_get_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = run(folder.path(), &["apply", &demo_workspace()]).complained();
    assert!(told.contains("`fanlight init` makes one"), "{told}");
}

#[test]
fn apply_prints_its_plan_and_does_it_once() {
    let (_folder, data_dir) = installed();
    let demo = demo_workspace();
    let dry_run = run(&data_dir, &["apply", &demo, "--dry-run"]).printed();
    insta::assert_snapshot!("plan_of_the_demo", dry_run);
    let again = run(&data_dir, &["apply", &demo, "--dry-run"]).printed();
    assert_eq!(again, dry_run, "a dry run changes nothing");
    assert_eq!(run(&data_dir, &["apply", &demo]).printed(), dry_run);
    assert_eq!(run(&data_dir, &["apply", &demo]).printed(), "nothing to change\n");
    assert_eq!(run(&data_dir, &["apply", &demo, "--dry-run"]).printed(), "nothing to change\n");
}

#[test]
fn apply_tells_faults_with_their_places_and_changes_nothing() {
    let (folder, data_dir) = installed();
    let workspace = folder.path().join("workspace");
    fs::create_dir(&workspace).expect("a folder");
    fs::write(workspace.join("workspace.yaml"), "grups: [Production]\n").expect("a file");
    let workspace = workspace.to_str().expect("UTF-8");
    let told = run(&data_dir, &["apply", workspace]).complained();
    assert_eq!(
        told,
        "error: workspace.yaml:1:1: unknown key \"grups\"; did you mean \"groups\"?\n"
    );
    assert_eq!(run(&data_dir, &["check", workspace]).complained(), told);
}

#[test]
fn a_dataset_that_nothing_isolates_is_refused_with_the_reason() {
    let (folder, data_dir) = installed();
    let workspace = folder.path().join("workspace");
    run(&data_dir, &["new", workspace.to_str().expect("UTF-8")]).printed();
    let file = workspace.join("dashboards/overview.yaml");
    let text = fs::read_to_string(&file).expect("the dashboard");
    let open = text.replace("    tenant_column: {column: customer_id, equals: customer_id}\n", "");
    assert_ne!(text, open);
    fs::write(&file, open).expect("the dashboard");
    let workspace = workspace.to_str().expect("UTF-8");
    let told = run(&data_dir, &["apply", workspace]).complained();
    assert!(told.starts_with("error: dashboards/overview.yaml:"), "{told}");
    let checked = run(&data_dir, &["check", workspace]);
    assert_eq!(checked.code, Some(1));
    assert_eq!(checked.stderr, told);
}

#[test]
fn a_token_is_printed_and_nothing_else() {
    let (_folder, data_dir) = installed();
    run(&data_dir, &["apply", &demo_workspace()]).printed();
    for access in ["read-write", "read-only"] {
        let create = ["token", "create", "--group", "Production", "--access", access];
        let ended = run(&data_dir, &create);
        assert_eq!(ended.stderr, "");
        assert_is_token(&ended.printed());
    }
    let elsewhere = ["token", "create", "--group", "Staging", "--access", "read-only"];
    let told = run(&data_dir, &elsewhere).complained();
    assert!(told.contains("there is no group \"Staging\""), "{told}");
}

#[test]
fn a_secret_is_printed_as_json() {
    let (_folder, data_dir) = installed();
    run(&data_dir, &["apply", &demo_workspace()]).printed();
    let printed = run(&data_dir, &["secret", "create", "--group", "Production"]).printed();
    let secret: Value = serde_json::from_str(&printed).expect("JSON");
    let (id, value) = (secret["id"].as_str(), secret["value"].as_str());
    assert_eq!(id.map(str::len), Some(36));
    assert_eq!(value.map(str::len), Some(32));
    let (id, value) = (id.expect("an id"), value.expect("a value"));
    assert_eq!(printed, format!("{{\"id\":\"{id}\",\"value\":\"{value}\"}}\n"));
}

#[test]
fn the_first_workspace_passes_check_and_apply() {
    let (folder, data_dir) = installed();
    let workspace = folder.path().join("first");
    let workspace = workspace.to_str().expect("UTF-8");
    run(&data_dir, &["new", workspace]).printed();
    let checked = run(&data_dir, &["check", workspace]).printed();
    assert!(checked.starts_with("overview: dataset main: "), "{checked}");
    let applied = run(&data_dir, &["apply", workspace]).printed();
    assert!(applied.contains("create dashboard overview\n"), "{applied}");
    let again = run(&data_dir, &["new", workspace]).complained();
    assert!(again.contains("is not empty"), "{again}");
}

#[test]
fn help_lists_what_there_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let help = run(folder.path(), &["--help"]).printed();
    insta::assert_snapshot!("help", help);
}

#[test]
fn health_tells_whether_the_server_answers() {
    let (_folder, data_dir) = installed();
    let server = Server::start(&data_dir);
    let address = server.url("").replace("http://", "");
    let listen = [("FANLIGHT_LISTEN", address.as_str())];
    assert_eq!(run_with(&data_dir, &["health"], &listen).printed(), "healthy\n");
    drop(server);
    let told = run_with(&data_dir, &["health"], &listen).complained();
    assert!(told.contains(&format!("{address} does not answer")), "{told}");
}
