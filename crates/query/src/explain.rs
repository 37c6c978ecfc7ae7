//! What a viewer would get and why, without asking anything: by the same steps that answer a request.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::dashboard::{RowPolicy, TenantColumn};
use model::inheritance;
use model::name::{DatasetName, ProvidedId, SchemaName};
use model::source::{ChosenBy, DataSource};
use serde_json::{Map, Value as Json};

use crate::check::Ground;
use crate::error::QueryError;
use crate::gate;
use crate::isolation::compared_columns;
use crate::plan::{Asked, Rendered, rendered, zone_of};
use crate::prepared::PreparedDashboard;
use crate::restrict::ground;
use crate::row_policy;
use crate::value::Value;
use crate::viewer::Viewer;

/// A variable that speaks of the customer, with its value for one viewer.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewerVariable<'a> {
    /// As datasets write it: `customer_id`, `customer.plan`.
    pub name: String,
    pub value: Json,
    pub kind: VariableKind,
    /// The customer on the viewer's path that gives the value.
    pub from: &'a ProvidedId,
}

/// What makes a variable speak of the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// The id or name of a customer on one of the levels.
    Level,
    /// A property.
    Property,
    /// A reserved name for the viewer itself.
    Reserved,
}

/// How one dataset answers a viewer who has chosen nothing, or why it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetExplanation<'a> {
    pub dataset: &'a DatasetName,
    pub schema: &'a SchemaName,
    pub source: Option<ChosenSource<'a>>,
    pub policy: Option<BoundPolicy<'a>>,
    pub row_policies: Vec<BoundRowPolicy<'a>>,
    /// The columns that tell whose rows its rows are, if they are in its result.
    pub tenants: Vec<TenantIds>,
    /// The ground on which it answers.
    pub answer: Result<Ground, QueryError>,
}

/// The data source that stands in for a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenSource<'a> {
    pub source: &'a Arc<DataSource>,
    pub by: ChosenBy,
    /// The customer on the viewer's path whose mapping chose it.
    pub from: Option<&'a ProvidedId>,
}

/// The tenant column with the value that it binds; `None` when the viewer has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundPolicy<'a> {
    pub policy: &'a TenantColumn,
    pub value: Option<String>,
}

/// A column that every row's owner stands in, with the ids of the viewer and of its ancestors that a
/// viewer's rows have there: the tenant column, or a column that the SQL compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantIds {
    /// In lower case, where the SQL compares it.
    pub column: String,
    pub ids: BTreeSet<String>,
}

/// A condition by a property, with the property's value; `None` when the viewer has none.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundRowPolicy<'a> {
    pub policy: &'a RowPolicy,
    pub value: Option<&'a Json>,
}

impl Viewer<'_> {
    /// Every variable that speaks of the customer, by name.
    pub fn variables(&self) -> Vec<ViewerVariable<'_>> {
        let levels = inheritance::level_variable_provenance(self.levels(), self.path());
        let of_levels = levels.into_iter().map(|(name, inherited)| ViewerVariable {
            name,
            value: inherited.value.into(),
            kind: VariableKind::Level,
            from: inherited.from,
        });
        let properties = inheritance::property_provenance(self.path());
        let of_properties = properties.into_iter().map(|(key, inherited)| ViewerVariable {
            name: format!("customer.{key}"),
            value: inherited.value.clone(),
            kind: VariableKind::Property,
            from: inherited.from,
        });
        let id = &self.customer().provided_id;
        let reserved = ViewerVariable {
            name: "user_group_id".to_owned(),
            value: id.as_str().into(),
            kind: VariableKind::Reserved,
            from: id,
        };
        of_levels.chain(of_properties).chain([reserved]).collect()
    }
}

/// How each dataset of a dashboard answers a viewer.
pub fn explain<'a>(
    prepared: &'a PreparedDashboard,
    viewer: &'a Viewer<'a>,
) -> Vec<DatasetExplanation<'a>> {
    let datasets = prepared.dashboard().datasets.keys();
    let nothing = Map::new();
    datasets.filter_map(|name| explain_dataset(name, &nothing, prepared, viewer)).collect()
}

/// How one dataset answers a viewer who sends these variables. `None`: there is no such dataset.
pub fn explain_dataset<'a>(
    dataset: &DatasetName,
    sent: &Map<String, Json>,
    prepared: &'a PreparedDashboard,
    viewer: &'a Viewer<'a>,
) -> Option<DatasetExplanation<'a>> {
    let found = prepared.dashboard().datasets.get_key_value(dataset);
    found.map(|(dataset, definition)| {
        let (answer, tenants) = match answer(dataset, sent, prepared, viewer) {
            Ok((ground, tenants)) => (Ok(ground), tenants),
            Err(error) => (Err(error), Vec::new()),
        };
        DatasetExplanation {
            dataset,
            schema: &definition.schema,
            source: chosen(viewer, &definition.schema),
            policy: definition.tenant_column.as_ref().map(|policy| BoundPolicy {
                policy,
                value: viewer.level_id(&policy.equals).flatten(),
            }),
            row_policies: bound(&definition.row_policies, viewer),
            tenants,
            answer,
        }
    })
}

fn bound<'a>(policies: &'a [RowPolicy], viewer: &'a Viewer<'a>) -> Vec<BoundRowPolicy<'a>> {
    let policies = policies.iter();
    policies
        .map(|policy| BoundRowPolicy { policy, value: row_policy::property(policy, viewer) })
        .collect()
}

fn chosen<'a>(viewer: &'a Viewer<'a>, schema: &SchemaName) -> Option<ChosenSource<'a>> {
    let (source, by) = viewer.source(schema.as_str())?;
    let mapping = inheritance::mapping_provenance(viewer.path());
    let from = mapping.get(&source.schema).map(|inherited| inherited.from);
    Some(ChosenSource { source, by, from: from.filter(|_| by == ChosenBy::Mapping) })
}

/// By the way of every request: rendered, and held to a ground.
fn answer<'a>(
    dataset: &'a DatasetName,
    sent: &Map<String, Json>,
    prepared: &'a PreparedDashboard,
    viewer: &'a Viewer<'a>,
) -> Result<(Ground, Vec<TenantIds>), QueryError> {
    let zone = zone_of(prepared.dashboard())?;
    let asked = Asked { zone: &zone, sent, ignored: None };
    let mut rendered = rendered(dataset, prepared, viewer, &asked, Vec::new())?;
    let tenants = tenants(&rendered, viewer);
    let ground = ground(&mut rendered, prepared, viewer)
        .map_err(|fault| QueryError::Dataset { dataset: dataset.clone(), fault })?;
    Ok((ground, tenants))
}

/// What the tenant column says; without one, what the SQL compares. Nothing of a shared dataset.
fn tenants(rendered: &Rendered<'_>, viewer: &Viewer<'_>) -> Vec<TenantIds> {
    if let Some(policy) = &rendered.dataset.tenant_column {
        let ids = viewer.level_id(&policy.equals).flatten().into_iter().collect();
        return vec![TenantIds { column: policy.column.to_string(), ids }];
    }
    if rendered.dataset.shared {
        return Vec::new();
    }
    let standings = rendered.sql.standings();
    let tables = rendered.source.connection.tables();
    let tables: Option<Vec<&str>> =
        tables.map(|tables| tables.into_iter().map(|table| table.as_str()).collect());
    let text = rendered.sql.text(rendered.dialect);
    let reading = gate::admit(&text, standings.len(), rendered.dialect, tables.as_deref());
    let Ok(reading) = reading else { return Vec::new() };
    let values: Vec<&Value> = rendered.sql.values().collect();
    let ids = |slots: BTreeSet<usize>| {
        let values = slots.into_iter().filter_map(|slot| values.get(slot.checked_sub(1)?));
        values.filter_map(|value| match value {
            Value::Text(id) => Some(id.clone()),
            _ => None,
        })
    };
    let compared = compared_columns(&reading, &standings).into_iter();
    compared.map(|(column, slots)| TenantIds { column, ids: ids(slots).collect() }).collect()
}
