//! What an author is told beside whether a dataset answers: what looks like a slip.

use std::collections::{BTreeMap, BTreeSet};

use model::dashboard::{Dataset, ElementKind, Options};
use model::name::{DashboardName, DatasetName, SchemaName};
use model::{Dashboard, Levels};

use super::facts::Reader;
use super::renderings::{STAND_IN, renderings};
use super::{Finding, Remark, SchemaFacts};
use crate::gate::{self, Reading};
use crate::isolation::filtered_tables;
use crate::template::{Template, VariableName};
use crate::variables::{Subject, subject};

/// Sources of the schema that tell their database an id which no viewer has.
pub(super) fn row_security(schema: &SchemaFacts, levels: &Levels) -> Vec<Remark> {
    let sources = schema.sources.iter();
    let remark = |source: &super::SourceFacts| {
        let equals = &source.connection.row_security()?.equals;
        let name = VariableName::parse(equals);
        let subject = name.as_ref().and_then(|name| subject(name, levels).ok());
        if matches!(subject, Some(Subject::LevelId | Subject::ViewerId)) {
            return None;
        }
        Some(Remark::error(format!(
            "row_security of the data source {:?} equals {equals:?}, which is no level's id, so the \
             database cannot be told who looks and every query is refused; write one such as \
             \"customer_id\"",
            source.name.as_str()
        )))
    };
    sources.filter_map(remark).collect()
}

/// Entries of the allow lists of `.raw()` that allow nothing.
pub(super) fn allow_lists(template: &Template, dataset: &Dataset) -> Vec<Remark> {
    let raw: BTreeSet<&str> = template
        .variables()
        .into_iter()
        .filter(|(variable, _)| variable.raw)
        .map(|(variable, _)| variable.name.as_str())
        .collect();
    let keys: BTreeSet<&str> =
        raw.iter().filter_map(|name| Some(name.split_once('.')?.1)).collect();
    let of_identifier = |listed: &String| match listed.split_once('.') {
        Some(("customer" | "properties", key)) if keys.contains(key) => None,
        Some(("customer" | "properties", _)) => Some(unused("identifiers", listed)),
        _ => Some(Remark::error(format!(
            "identifiers: {listed:?} is no property of a customer, and nothing else may become an \
             identifier; write customer.KEY"
        ))),
    };
    let of_choice = |name: &String| (!raw.contains(name.as_str())).then(|| unused("choices", name));
    let identifiers = dataset.identifiers.iter().filter_map(of_identifier);
    identifiers.chain(dataset.choices.keys().filter_map(of_choice)).collect()
}

fn unused(list: &str, name: &str) -> Remark {
    Remark::warning(format!(
        "{list}: the SQL has no {{{{{name}.raw()}}}}, so {name:?} allows nothing; use it or remove it"
    ))
}

/// A dataset that no panel and no control reads.
pub(super) fn unread(dashboard: &Dashboard, name: &DatasetName) -> Option<Remark> {
    let by_panel = dashboard.panels.iter().any(|panel| panel.dataset == *name);
    let by_element = dashboard.elements.iter().any(|element| match &element.kind {
        ElementKind::Dropdown { options: Options::Dataset(options) }
        | ElementKind::MultiSelect { options: Options::Dataset(options) } => {
            options.dataset == *name
        }
        _ => false,
    });
    (!by_panel && !by_element).then(|| {
        Remark::warning("no panel and no control reads it; remove it, or put it to use".to_owned())
    })
}

/// Datasets that are shared although they read a table that another dataset, of whichever dashboard,
/// keeps to the viewer's rows.
pub fn check_sharing<'a>(
    dashboards: impl IntoIterator<Item = (&'a DashboardName, &'a Dashboard)>,
    levels: &Levels,
    schemas: &[SchemaFacts],
) -> Vec<(DashboardName, Finding)> {
    let mut shared = Vec::new();
    let mut kept: BTreeMap<(&SchemaName, String), String> = BTreeMap::new();
    for (dashboard, definition) in dashboards {
        for (name, dataset) in &definition.datasets {
            let Some((reading, filtered)) = read(dataset, levels, schemas) else { continue };
            if dataset.shared && dataset.tenant_column.is_none() {
                shared.push((dashboard, name, dataset, reading));
                continue;
            }
            let wrapped = dataset.tenant_column.is_some();
            let tables = if wrapped { reading.tables() } else { filtered };
            for table in tables {
                let place = format!("dataset {:?} of {:?}", name.as_str(), dashboard.as_str());
                kept.entry((&dataset.schema, table)).or_insert(place);
            }
        }
    }
    let findings = shared.into_iter().filter_map(|(dashboard, name, dataset, reading)| {
        let tables = reading.tables().into_iter();
        let (table, place) = tables
            .filter_map(|table| Some((table.clone(), kept.get(&(&dataset.schema, table))?)))
            .next()?;
        let remark = Remark::warning(format!(
            "shared: every viewer sees every row of {table}, which {place} keeps to the viewer's \
             rows. If its rows belong to customers, remove shared and compare their column with \
             {{{{customer_id}}}}; if all may see them, read a view that says so by its name"
        ));
        Some((dashboard.clone(), remark.about(name)))
    });
    findings.collect()
}

/// What a dataset reads, and which tables of it are compared with a level's id; `None` when it cannot
/// be read, which is told elsewhere.
fn read(
    dataset: &Dataset,
    levels: &Levels,
    schemas: &[SchemaFacts],
) -> Option<(Reading, BTreeSet<String>)> {
    let schema = schemas.iter().find(|schema| schema.name == dataset.schema)?;
    let template = Template::parse(&dataset.sql).ok()?;
    let Reader { dialect, tables } = schema.readers().into_iter().next()?;
    let tables = tables.map(|mut tables| {
        tables.push(STAND_IN);
        tables
    });
    let sql = renderings(&template, dataset, levels, dialect).into_iter().next()?;
    let standings = sql.standings();
    let reading =
        gate::admit(&sql.text(dialect), standings.len(), dialect, tables.as_deref()).ok()?;
    let filtered = filtered_tables(&reading, &standings);
    Some((reading, filtered))
}
