//! Values that are written in more than one way.

use std::fs;

use tempfile::TempDir;
use workspace::Workspace;

const WORKSPACE: &str = "groups: [Production]\nschemas: {sales: {}}\n";

fn dashboard(period: &str, cache: &str) -> String {
    format!(
        r#"
name: sales
cache: {cache}
datasets:
  sales: {{schema: sales, sql: "select 1 as n"}}
panels:
  - id: trend
    type: kpi_trend
    title: Sales
    dataset: sales
    measures: [{{name: sales, aggregate: count}}]
    trend: {{date: sold, period: {period}}}
elements:
  - {{id: chosen, type: date_range}}
"#
    )
}

/// The faults of a workspace with this dashboard, without their places.
fn faults(dashboard: &str) -> Vec<String> {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("dashboards")).expect("a folder");
    fs::write(folder.path().join("workspace.yaml"), WORKSPACE).expect("a file");
    fs::write(folder.path().join("dashboards/sales.yaml"), dashboard).expect("a file");
    match Workspace::read(folder.path()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

#[track_caller]
fn check(period: &str, cache: &str, expected: Option<&str>) {
    let found = faults(&dashboard(period, cache));
    match expected {
        None => assert_eq!(found, Vec::<String>::new()),
        Some(expected) => {
            assert!(matches!(found.as_slice(), [one] if one.contains(expected)), "{found:?}");
        }
    }
}

#[test]
fn each_way_to_write_a_period_is_understood() {
    for period in [
        "last_7_days",
        "{start: 2023-08-09, end: 2023-08-15}",
        "{variable: chosen}",
        "{variable: chosen, default: month_to_date}",
    ] {
        check(period, "1m", None);
    }
    check("last_7_day", "1m", Some("did you mean \"last_7_days\"?"));
    check("{start: 2023-08-09}", "1m", Some("needs the key \"end\""));
    check("{variable: chosen, standard: x}", "1m", Some("unknown key \"standard\""));
    let wrong = "{variable: chosen, default: {start: 2023-08-09, end: 2023-08-15}}";
    check(wrong, "1m", Some("\"default\" must be one of today, last_7_days"));
}

#[test]
fn each_way_to_write_how_long_results_are_kept_is_understood() {
    for cache in ["off", "90s", "{for: 60s, stale: 10m}"] {
        check("today", cache, None);
    }
    check("today", "{for: 60s, stail: 10m}", Some("did you mean \"stale\"?"));
}
