//! `fanlight.service`, held against the settings, and read by systemd's own checker where there is
//! one.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::text;

/// 0 would be a service that can do nothing, 10 one that may do everything; in tenths, as the checker
/// counts them.
const MOST_EXPOSED: &str = "20";

/// The values of a key, in order.
fn values(key: &str) -> Vec<String> {
    let unit = text("fanlight.service");
    let lines = unit.lines().filter(|line| !line.starts_with('#'));
    let values = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    values.map(str::to_owned).collect()
}

#[test]
fn the_service_runs_as_a_user_of_its_own_and_may_change_its_data_only() {
    assert_eq!(values("User"), ["fanlight"]);
    assert_eq!(values("ProtectSystem"), ["strict"]);
    assert_eq!(values("CapabilityBoundingSet"), [""]);
    assert_eq!(values("NoNewPrivileges"), ["yes"]);
    let data = format!("FANLIGHT_DATA_DIR=/var/lib/{}", values("StateDirectory")[0]);
    assert!(values("Environment").contains(&data), "{data}");
    assert_eq!(values("StateDirectoryMode"), ["0700"], "the master key's folder");
    assert_eq!(values("ExecStart"), ["/opt/fanlight/fanlight serve"]);
}

#[test]
fn no_key_of_the_sandbox_stands_twice_but_those_that_add_up() {
    let unit = text("fanlight.service");
    let keys = unit.lines().filter(|line| !line.starts_with('#'));
    let keys = keys.filter_map(|line| Some(line.split_once('=')?.0));
    let mut seen = HashSet::new();
    let twice: Vec<_> = keys.filter(|key| !seen.insert(*key)).collect();
    assert!(twice.iter().all(|key| *key == "SystemCallFilter"), "{twice:?}");
}

#[test]
fn systemd_takes_the_unit_and_finds_it_well_confined() {
    let folder = tempfile::tempdir().expect("a folder");
    let unit = folder.path().join("fanlight.service");
    // The checker looks for the program, which is there where it is installed.
    let text = text("fanlight.service").replace("/opt/fanlight/fanlight", "/bin/true");
    std::fs::write(&unit, &text).expect("a file");
    assert!(text.contains("ExecStart=/bin/true serve"), "the program's place has changed");
    let Some(verified) = analyze(&["verify", "--man=no"], &unit) else { return };
    let told = String::from_utf8_lossy(&verified.stderr);
    let of_ours: Vec<_> = told.lines().filter(|line| line.contains("fanlight.service")).collect();
    assert!(verified.status.success() && of_ours.is_empty(), "{told}");
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let security = ["security", "--offline=true", "--no-pager", &threshold];
    let security = analyze(&security, &unit).expect("the same checker");
    assert!(security.status.success(), "{}", String::from_utf8_lossy(&security.stdout));
}

/// `None` on machines without systemd.
fn analyze(arguments: &[&str], unit: &PathBuf) -> Option<Output> {
    Command::new("systemd-analyze").args(arguments).arg(unit).output().ok()
}
