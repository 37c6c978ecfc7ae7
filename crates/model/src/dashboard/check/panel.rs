//! The rules of one panel.

use std::collections::BTreeSet;

use super::Faults;
use crate::dashboard::{Calculation, Measure, Others, Panel, PanelKind};
use crate::name::ColumnName;
use crate::nearest::unknown;

/// Everything but the panel's dataset.
pub(super) fn check(faults: &mut Faults, at: &str, panel: &Panel) {
    check_shape(faults, at, panel);
    check_names(faults, at, panel);
    for (index, measure) in panel.measures.iter().enumerate() {
        check_measure(faults, &format!("{at}/measures/{index}"), measure, panel);
    }
    check_sort(faults, at, panel);
    check_bounds(faults, at, panel);
    check_others(faults, at, panel);
    check_operations(faults, at, panel);
    check_totals(faults, at, panel);
}

/// A KPI has one measure and no dimension; a chart has both; a table has columns or measures.
fn check_shape(faults: &mut Faults, at: &str, panel: &Panel) {
    let (dimensions, measures) = (panel.dimensions.len(), panel.measures.len());
    let rows_as_they_are = !panel.columns.is_empty();
    let fault = match panel.kind {
        PanelKind::Kpi | PanelKind::KpiTrend
            if measures != 1 || dimensions != 0 || rows_as_they_are =>
        {
            "a kpi has exactly one measure, no dimensions and no columns"
        }
        PanelKind::KpiTrend if panel.trend.is_none() => {
            "a kpi_trend says by `trend` which periods it compares"
        }
        PanelKind::Bar | PanelKind::Line
            if measures == 0 || !(1..=2).contains(&dimensions) || rows_as_they_are =>
        {
            "a chart has one or two dimensions, at least one measure and no columns"
        }
        PanelKind::Table if rows_as_they_are == (measures + dimensions > 0) => {
            "a table has either columns, or dimensions and measures"
        }
        _ => return,
    };
    faults.add(at, fault.to_owned());
}

fn check_names(faults: &mut Faults, at: &str, panel: &Panel) {
    let mut names = BTreeSet::new();
    for name in panel.result_columns() {
        if !names.insert(name.as_str()) {
            faults.add(at, format!("the result column {:?} stands twice", name.as_str()));
        }
    }
}

fn check_measure(faults: &mut Faults, at: &str, measure: &Measure, panel: &Panel) {
    match measure.calculation() {
        Err(fault) => faults.add(&format!("{at}/{}", fault.key), fault.message.to_owned()),
        Ok(Calculation::RatioOfMeasures(measured, over)) => {
            for (key, name) in [("measure", measured), ("over", over)] {
                let pointer = format!("{at}/{key}");
                let known = panel.measures.iter().find(|other| other.name == *name);
                match known.map(Measure::calculation) {
                    Some(Ok(Calculation::RatioOfMeasures(..))) => {
                        faults.add(&pointer, "must not be a ratio of measures itself".to_owned())
                    }
                    Some(_) => {}
                    None => {
                        let names = panel.measures.iter().map(|measure| &measure.name);
                        faults.add(&pointer, unknown("measure", name.as_str(), names));
                    }
                }
            }
        }
        Ok(_) => {}
    }
    if measure.looks_around() && matches!(panel.kind, PanelKind::Kpi | PanelKind::KpiTrend) {
        faults.add(at, "a single figure has no rows to run over or to be a share of".to_owned());
    }
}

fn check_sort(faults: &mut Faults, at: &str, panel: &Panel) {
    for (index, sort) in panel.sort.iter().enumerate() {
        let pointer = format!("{at}/sort/{index}/column");
        let name = sort.column.as_str();
        let known = panel.result_columns().any(|column| column.as_str() == name);
        if !known && panel.columns.is_empty() {
            faults.add(&pointer, format!("{name:?} is no column of this panel's result"));
        }
        let measure = panel.measures.iter().find(|measure| measure.name == sort.column);
        if panel.limit.is_some() && measure.is_some_and(Measure::looks_around) {
            let message = "is computed from the rows that the limit keeps and cannot choose them";
            faults.add(&pointer, format!("{name:?} {message}"));
        }
    }
}

fn check_bounds(faults: &mut Faults, at: &str, panel: &Panel) {
    if panel.limit.is_some_and(|limit| !(1..=10_000).contains(&limit)) {
        faults.add(&format!("{at}/limit"), "must be 1 to 10000".to_owned());
    }
    if panel.page_size.is_some_and(|size| !(1..=1_000).contains(&size)) {
        faults.add(&format!("{at}/page_size"), "must be 1 to 1000".to_owned());
    }
}

fn check_others(faults: &mut Faults, at: &str, panel: &Panel) {
    if panel.others_label().is_none() {
        return;
    }
    let pointer = format!("{at}/others");
    if panel.limit.is_none() {
        faults.add(&pointer, "others are what is beyond a limit; give one".to_owned());
    }
    let without_bucket = panel.dimensions.iter().filter(|one| one.bucket.is_none()).count();
    if without_bucket != 1 || panel.measures.is_empty() {
        let message = "needs exactly one dimension without a bucket, and a measure";
        faults.add(&pointer, message.to_owned());
    }
    let is_measure = |name: &ColumnName| panel.measures.iter().any(|one| one.name == *name);
    if !panel.sort.iter().any(|sort| is_measure(&sort.column)) {
        let message = "a sort by a measure says which groups come first; give one";
        faults.add(&pointer, message.to_owned());
    }
    if let Some(Others::Named(label)) = &panel.others
        && !(1..=255).contains(&label.chars().count())
    {
        faults.add(&pointer, "must be true or a text of 1 to 255 characters".to_owned());
    }
}

/// What is done with the rows once they are there.
fn check_operations(faults: &mut Faults, at: &str, panel: &Panel) {
    let buckets = panel.dimensions.iter().filter(|one| one.bucket.is_some()).count();
    let has_axis = buckets == 1 || panel.trend.is_some();
    if panel.fill.is_some() && !has_axis {
        let message = "needs exactly one dimension with a bucket";
        faults.add(&format!("{at}/fill"), message.to_owned());
    }
    if panel.trend.is_some() && panel.kind != PanelKind::KpiTrend {
        faults.add(&format!("{at}/trend"), "only a kpi_trend has periods".to_owned());
    }
    let Some(pivot) = &panel.pivot else { return };
    let pointer = format!("{at}/pivot");
    if panel.kind != PanelKind::Table || panel.measures.is_empty() {
        faults.add(&pointer, "only a table with measures can be turned".to_owned());
    }
    if !panel.dimensions.iter().any(|dimension| dimension.result_name() == pivot) {
        let names = panel.dimensions.iter().map(|dimension| dimension.result_name());
        faults.add(&pointer, unknown("dimension", pivot.as_str(), names));
    }
}

fn check_totals(faults: &mut Faults, at: &str, panel: &Panel) {
    let of_columns = panel.columns.iter().any(|column| column.total.is_some());
    if of_columns && !panel.totals {
        faults.add(&format!("{at}/totals"), "must be true for columns with a total".to_owned());
    }
    let nothing_to_show = panel.measures.is_empty() && !of_columns;
    if panel.totals && (panel.kind != PanelKind::Table || nothing_to_show) {
        let message = "only a table with measures, or with a total for a column, has totals";
        faults.add(&format!("{at}/totals"), message.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::dashboard::Dashboard;

    /// The pointers of the faults of a panel that has these keys besides a title and a dataset.
    #[track_caller]
    fn check(kind: &str, further: Value, expected: &[&str]) {
        let mut panel = json!({"id": "p", "type": kind, "title": "P", "dataset": "d"});
        let keys = panel.as_object_mut().expect("an object");
        keys.extend(further.as_object().expect("an object").clone());
        let dataset = json!({"schema": "s", "sql": "select 1"});
        let document = json!({"name": "n", "datasets": {"d": dataset}, "panels": [panel]});
        let dashboard: Dashboard = serde_json::from_value(document).expect("a dashboard");
        let faults = dashboard.check();
        let pointers = faults
            .iter()
            .map(|fault| fault.pointer.strip_prefix("/panels/0").expect("a fault of the panel"));
        assert_eq!(pointers.collect::<Vec<_>>(), expected, "{faults:?}");
    }

    #[test]
    fn operations_fit_their_panel_or_their_keys_are_named() {
        let count = || json!([{"name": "n", "aggregate": "count"}]);
        let by = || json!([{"column": "a"}]);
        let by_month = || json!([{"column": "at", "bucket": "month"}]);
        let sort = || json!([{"column": "n", "direction": "desc"}]);
        let bar = |more: Value| {
            let mut panel = json!({"dimensions": by(), "measures": count()});
            panel.as_object_mut().expect("one").extend(more.as_object().expect("one").clone());
            panel
        };
        check("bar", bar(json!({"limit": 3, "others": true, "sort": sort()})), &[]);
        check("bar", bar(json!({"limit": 3, "others": false})), &[]);
        check("bar", bar(json!({"others": true, "sort": sort()})), &["/others"]);
        check("bar", bar(json!({"limit": 3, "others": true})), &["/others"]);
        check("bar", bar(json!({"limit": 3, "others": "", "sort": sort()})), &["/others"]);
        check("bar", bar(json!({"fill": "zero"})), &["/fill"]);
        check("bar", json!({"dimensions": by_month(), "measures": count(), "fill": "zero"}), &[]);
        check("bar", bar(json!({"pivot": "a"})), &["/pivot"]);
        check("table", bar(json!({"pivot": "a", "totals": true})), &[]);
        check("table", bar(json!({"pivot": "b"})), &["/pivot"]);
        check("bar", bar(json!({"totals": true})), &["/totals"]);
        check("table", json!({"columns": [{"column": "a", "total": "sum"}]}), &["/totals"]);
        check("table", json!({"columns": [{"column": "a"}], "totals": true}), &["/totals"]);
        let trend = json!({"date": "at", "period": "last_7_days"});
        check("kpi_trend", json!({"measures": count(), "trend": trend}), &[]);
        check("kpi_trend", json!({"measures": count()}), &[""]);
        check("kpi", json!({"measures": count(), "trend": trend}), &["/trend"]);
    }

    #[test]
    fn measures_refer_to_what_is_there_and_to_rows_that_are() {
        let ratio = |of: &str| {
            json!({"measures": [{"name": "n", "aggregate": "count"},
                {"name": "r", "aggregate": "ratio", "measure": of, "over": "n"}],
                "dimensions": [{"column": "a"}]})
        };
        check("table", ratio("n"), &[]);
        check("table", ratio("m"), &["/measures/1/measure"]);
        check("table", ratio("r"), &["/measures/1/measure"]);
        let running = json!([{"name": "n", "aggregate": "count", "running": "total"}]);
        check("kpi", json!({"measures": running}), &["/measures/0"]);
        let sorted = json!({"measures": running, "dimensions": [{"column": "a"}],
            "sort": [{"column": "n"}]});
        check("bar", sorted.clone(), &[]);
        let mut limited = sorted;
        limited["limit"] = json!(3);
        check("bar", limited, &["/sort/0/column"]);
    }
}
