//! On what ground the datasets of a workspace answer, and where it says so.

use std::path::Path;

use model::Levels;
use model::level::LevelName;
use query::{Ground, Severity};
use workspace::{Assessment, Workspace};

fn workspace() -> Workspace {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assessed");
    Workspace::read(&folder).expect("files without faults")
}

fn of_dataset(levels: &Levels, dataset: &str) -> Vec<Assessment> {
    let all = workspace().assess(levels).into_iter();
    all.filter(|found| found.dataset.as_str() == dataset).collect()
}

#[track_caller]
fn check_answers(dataset: &str, ground: Ground) {
    let found = of_dataset(&Levels::default(), dataset);
    assert!(found.iter().all(|found| found.severity < Severity::Error), "{found:?}");
    let grounds: Vec<Ground> = found.iter().filter_map(|found| found.ground).collect();
    assert_eq!(grounds, [ground]);
}

#[test]
fn a_dataset_answers_on_one_of_the_four_grounds() {
    check_answers("filtered", Ground::Filtered);
    check_answers("wrapped", Ground::TenantColumn);
    check_answers("isolated", Ground::Isolated);
    check_answers("shared", Ground::Shared);
}

#[track_caller]
fn check_refused(dataset: &str, line: u64, part_of_the_reason: &str) {
    let found = of_dataset(&Levels::default(), dataset);
    let error = found.iter().find(|found| found.severity == Severity::Error).expect("an error");
    assert_eq!(error.ground, None);
    assert_eq!(error.fault.place.map(|place| place.line), Some(line));
    let told = error.fault.to_string();
    assert!(told.starts_with("dashboards/orders.yaml:"), "{told}");
    assert!(told.contains(part_of_the_reason), "{told}");
}

#[test]
fn what_nothing_isolates_is_refused_at_its_place() {
    check_refused("open", 20, "");
    check_refused("optional", 23, "");
    check_refused("by_property", 26, "");
    check_refused("unknown_variable", 29, "custmer_id");
    check_refused("not_sql", 32, "");
    check_refused("another_level", 35, "league_id");
    check_refused("policy_of_nobody", 38, "league_id");
}

#[test]
fn levels_of_the_server_count_when_the_workspace_declares_none() {
    let names = ["League", "Customer"].map(|name| LevelName::try_from(name.to_owned()));
    let names = names.into_iter().collect::<Result<_, _>>().expect("names");
    let levels = Levels::new(names).expect("levels");
    for dataset in ["another_level", "policy_of_nobody", "filtered"] {
        let found = of_dataset(&levels, dataset);
        assert!(found.iter().all(|found| found.severity < Severity::Error), "{found:?}");
    }
}
