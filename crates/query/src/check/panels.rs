//! What can be said of a panel before anybody asks for it.

use jiff::Timestamp;
use model::dashboard::{Element, ElementKind, Filter, FilterOperator, Panel, Period};
use model::{Dashboard, Levels};

use super::Remark;
use crate::nearest::hint;
use crate::plan::check_panel;
use crate::request::{Request, Target};
use crate::shape::{Chosen, filters_of_author};
use crate::template::VariableName;
use crate::variables::{Subject, subject};

/// The faults of a panel's formulas, periods and conditions.
pub(super) fn check(panel: &Panel, dashboard: &Dashboard, levels: &Levels) -> Vec<Remark> {
    // What is asked on one day is as sound as on any other.
    let request = Request::of(Target::Panel(panel.id.clone()), Timestamp::UNIX_EPOCH);
    let mut remarks: Vec<Remark> =
        check_panel(&request, dashboard).err().map(Remark::error).into_iter().collect();
    let mut filters = |filters: &[Filter]| {
        let today = jiff::civil::Date::constant(2000, 1, 1);
        let of_variable = |_: &str| Ok(Chosen::Nothing);
        if let Err(fault) = filters_of_author(filters, today, of_variable) {
            remarks.push(Remark::error(format!("panel {:?}: {fault}", panel.id.as_str())));
        }
    };
    filters(&panel.filters);
    for (at, filter) in panel.filters.iter().enumerate() {
        let fault = filter.variable().and_then(|name| variable(name, filter, dashboard, levels));
        let place = format!("panel {:?}: /filters/{at}/value", panel.id.as_str());
        remarks.extend(fault.map(|fault| Remark::error(format!("{place}: {fault}"))));
    }
    remarks.extend(period(panel, dashboard));
    remarks
}

/// What is wrong with a variable that a condition compares with.
fn variable(name: &str, filter: &Filter, dashboard: &Dashboard, levels: &Levels) -> Option<String> {
    let Some(parsed) = VariableName::parse(name) else {
        return Some(format!("{name:?} is no variable's name"));
    };
    match subject(&parsed, levels) {
        Err(fault) => return Some(fault.to_string()),
        Ok(Subject::Sent) => {}
        Ok(_) => return None,
    }
    let Some(element) = dashboard.element(parsed.first()) else {
        let declared = dashboard.variables.contains_key(name);
        return (!declared).then(|| unknown(name, dashboard));
    };
    let by_range = matches!(filter.operator, FilterOperator::Between | FilterOperator::NotBetween);
    match (is_range(element), name == element.id.as_str()) {
        (true, true) if !by_range => {
            Some(format!("{name:?} is a date range; compare it by between or not_between"))
        }
        _ => None,
    }
}

/// A trend's variable is a date range.
fn period(panel: &Panel, dashboard: &Dashboard) -> Option<Remark> {
    let Period::Variable(wanted) = &panel.trend.as_ref()?.period else { return None };
    let name = wanted.variable.as_str();
    let fault = match dashboard.element(name) {
        Some(element) if is_range(element) => return None,
        Some(_) => format!("{name:?} is no date range"),
        None => unknown(name, dashboard),
    };
    Some(Remark::error(format!("panel {:?}: /trend/period/variable: {fault}", panel.id.as_str())))
}

fn unknown(name: &str, dashboard: &Dashboard) -> String {
    let elements = dashboard.elements.iter().map(|element| element.id.as_str());
    let declared = dashboard.variables.keys().map(String::as_str);
    format!("unknown variable {name:?}{}", hint(name, elements.chain(declared)))
}

fn is_range(element: &Element) -> bool {
    matches!(element.kind, ElementKind::DateRange { .. })
}
