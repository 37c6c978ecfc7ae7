//! What `fanlight new` writes is sound, whatever the table looks like.

use std::fs;
use std::path::Path;

use model::Levels;
use proptest::prelude::*;
use query::Severity;
use workspace::{ColumnType, FirstWorkspace, Table, Workspace};

/// Writes the workspace and its data file, and reads it back.
fn read_back(first: &FirstWorkspace, data_file: Option<&str>) -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().expect("a folder");
    first.write(folder.path()).expect("an empty folder");
    if let Some(file) = data_file {
        fs::write(folder.path().join(file), "").expect("the data file");
    }
    let workspace = Workspace::read(folder.path()).unwrap_or_else(|faults| {
        let text = fs::read_to_string(folder.path().join("dashboards/overview.yaml"));
        panic!("{faults:#?}\n{}", text.unwrap_or_default())
    });
    (folder, workspace)
}

fn table(columns: &[(&str, ColumnType)]) -> Table {
    let columns = columns.iter().map(|(name, kind)| (name.parse().expect("a name"), *kind));
    let name = "parts".parse().expect("a name");
    Table { name, file: "parts.csv".to_owned(), columns: columns.collect() }
}

#[track_caller]
fn check_texts(name: &str, first: &FirstWorkspace, data_file: Option<&str>) {
    let (folder, workspace) = read_back(first, data_file);
    let read = |file: &str| fs::read_to_string(folder.path().join(file)).expect("the file");
    let text = format!("{}\n──\n{}", read("workspace.yaml"), read("dashboards/overview.yaml"));
    insta::assert_snapshot!(name, text);
    let errors = workspace.assess(&Levels::default()).into_iter();
    let errors: Vec<_> = errors.filter(|found| found.severity == Severity::Error).collect();
    assert_eq!(errors, []);
}

#[test]
fn the_sample_teaches_and_passes_the_checks() {
    check_texts("sample", &FirstWorkspace::sample(), None);
}

#[test]
fn a_table_without_dates_gets_a_chart_by_category_and_a_guess_that_says_so() {
    let columns = [
        ("id", ColumnType::Integer),
        ("client", ColumnType::Text),
        ("Größe (cm)", ColumnType::Number),
        ("colour", ColumnType::Text),
    ];
    let first = FirstWorkspace::over(&table(&columns), None).expect("a tenant column");
    assert!(!first.tenant_column_was_named);
    check_texts("by_category", &first, Some("parts.csv"));
}

#[test]
fn a_folder_that_holds_something_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.txt"), "mine").expect("a file");
    let error = FirstWorkspace::sample().write(folder.path()).expect_err("a refusal");
    assert!(error.to_string().ends_with("is not empty"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
}

#[test]
fn a_table_is_named_after_its_file() {
    let cases = [
        ("data/Orders 2026.parquet", "orders_2026"),
        ("2026.csv", "t2026"),
        ("größe.csv", "gr__e"),
        ("x.tar.gz", "x_tar"),
        ("..", "orders"),
    ];
    for (file, expected) in cases {
        assert_eq!(Table::name_of(Path::new(file)).as_str(), expected, "{file}");
    }
}

fn any_column() -> impl Strategy<Value = (String, ColumnType)> {
    let name = prop_oneof![
        "[a-z_]{1,12}",
        "(true|null|no|off|~|1|1e3|2013-01-01|- x|# x|: |'|\"|\\{\\{x\\}\\}|\\[\\[x\\]\\]|\\\\|x: y|&a|\\*a|!t|%|@)",
        "\\PC{1,20}",
    ];
    let kinds = [
        ColumnType::Text,
        ColumnType::Integer,
        ColumnType::Number,
        ColumnType::Boolean,
        ColumnType::Date,
        ColumnType::Timestamp,
        ColumnType::Other,
    ];
    (name, proptest::sample::select(kinds.to_vec()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_columns_are_called_the_workspace_is_sound(
        columns in proptest::collection::btree_map(any_column().prop_map(|c| c.0), any_column().prop_map(|c| c.1), 1..16),
    ) {
        let columns: Vec<_> = columns
            .into_iter()
            .filter_map(|(name, kind)| Some((name.parse().ok()?, kind)))
            .collect();
        let name = "parts".parse().expect("a name");
        let table = Table { name, file: "parts.csv".to_owned(), columns };
        if let Ok(first) = FirstWorkspace::over(&table, None) {
            let (_folder, workspace) = read_back(&first, Some("parts.csv"));
            let dashboard = workspace.declaration().dashboards.values().next().expect("a dashboard");
            let dataset = dashboard.definition.datasets.values().next().expect("a dataset");
            let policy = dataset.tenant_column.as_ref().expect("a row policy");
            prop_assert_eq!(&policy.column, &first.tenant_column);
        }
    }
}
