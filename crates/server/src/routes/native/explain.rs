//! What a viewer who speaks for a customer would get of a dashboard, and why.

mod panel;

use axum::Json;
use axum::extract::State;
use model::Customer;
use model::name::{
    ColumnName, CustomerName, DashboardName, DatasetName, EmbedId, EnvironmentName, ProvidedId,
    SchemaName, SourceName,
};
use model::source::ChosenBy;
use query::{
    BoundPolicy, BoundRowPolicy, ChosenSource, DatasetExplanation, Ground, VariableKind,
    ViewerVariable,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Definitions, PublishedDashboard, StoreError, Viewing};

use super::caller::InGroup;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{InPath, InQuery};
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            "GET /v1/customers/{provided_id}/explain",
            "explain_customer",
            "Tell what a viewer who speaks for this customer gets of a dashboard, and why",
            explain,
        ),
        operation(
            "POST /v1/dashboards/{name}/panels/{id}/query:explain",
            "explain_panel",
            "Show what a panel asks of its data source for a customer, and where the time goes",
            panel::panel,
        ),
    ]
}

/// Which dashboard is explained.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The dashboard's name or embed id.
    dashboard: String,
    /// The version published there; the newest when absent.
    environment: Option<EnvironmentName>,
}

/// `GET /v1/customers/{provided_id}/explain`
async fn explain(
    State(app): State<App>,
    caller: InGroup,
    InPath(id): InPath<ProvidedId>,
    InQuery(question): InQuery<Question>,
) -> Result<Json<Explanation>, ApiError> {
    let embed_id = embed_id(&*app.store.definitions().await?, &question.dashboard)?;
    let (scope, definitions) = match app.store.viewer_in_group(&caller, &id, &embed_id).await? {
        Viewing::Granted { scope, definitions } => (scope, definitions),
        Viewing::Unknown => return Err(StoreError::NotFound("customer").into()),
        Viewing::NoDashboard => return Err(StoreError::NotFound("dashboard").into()),
    };
    let published = definitions.shown_to(&scope, question.environment.as_ref());
    let published = published.ok_or(StoreError::NotFound("dashboard in this environment"))?;
    let viewer = query::Viewer::new(&scope, &definitions.schemas, &definitions.sources);
    let prepared = app.prepared.get(&published);
    let level =
        |customer: &Customer| definitions.levels.name(customer.rank).map(ToString::to_string);
    Ok(Json(Explanation {
        dashboard: ExplainedDashboard::from(&published),
        path: scope
            .path()
            .iter()
            .map(|customer| PathCustomer::of(customer, level(customer).unwrap_or_default()))
            .collect(),
        watermark: scope.shows_watermark(),
        variables: viewer.variables().into_iter().map(ExplainedVariable::from).collect(),
        datasets: query::explain(&prepared, &viewer)
            .into_iter()
            .map(ExplainedDataset::from)
            .collect(),
    }))
}

fn embed_id(definitions: &Definitions, text: &str) -> Result<EmbedId, ApiError> {
    let mut dashboards = definitions.dashboards.iter();
    let found = dashboards.find(|it| it.name.as_str() == text || it.embed_id.as_str() == text);
    found.map(|it| it.embed_id.clone()).ok_or_else(|| StoreError::NotFound("dashboard").into())
}

/// What a viewer gets who has chosen nothing yet.
#[derive(Serialize, JsonSchema)]
struct Explanation {
    dashboard: ExplainedDashboard,
    /// From the root down to the customer itself.
    path: Vec<PathCustomer>,
    /// Whether panels carry the demo watermark: a customer of the path is a demo customer.
    watermark: bool,
    /// Variables that speak of the customer.
    variables: Vec<ExplainedVariable>,
    datasets: Vec<ExplainedDataset>,
}

#[derive(Serialize, JsonSchema)]
struct ExplainedDashboard {
    name: DashboardName,
    embed_id: EmbedId,
    version: i64,
}

/// A customer on the path.
#[derive(Serialize, JsonSchema)]
struct PathCustomer {
    provided_id: ProvidedId,
    name: CustomerName,
    hierarchy_level_name: String,
    is_demo_group: bool,
}

/// A variable with its value and where it comes from.
#[derive(Serialize, JsonSchema)]
struct ExplainedVariable {
    name: String,
    value: Value,
    kind: ExplainedKind,
    /// The customer that gives the value.
    from: ProvidedId,
}

/// What makes a variable speak of the customer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ExplainedKind {
    /// The id or name of a customer on a level.
    Level,
    Property,
    /// Kept for the viewer itself.
    Reserved,
}

/// How a dataset answers, or why it does not.
#[derive(Serialize, JsonSchema)]
struct ExplainedDataset {
    name: DatasetName,
    schema: SchemaName,
    /// `null`: no data source stands in for the schema.
    data_source: Option<ExplainedSource>,
    /// The tenant column.
    row_policy: Option<ExplainedPolicy>,
    /// What narrows it further, all of which hold for every row.
    row_policies: Vec<ExplainedRowPolicy>,
    /// Why it may answer; `null` when it does not.
    ground: Option<ExplainedGround>,
    /// Why it does not answer; `null` when it does.
    refusal: Option<String>,
}

/// The data source that answers.
#[derive(Serialize, JsonSchema)]
struct ExplainedSource {
    name: SourceName,
    isolated: bool,
    chosen_by: ExplainedChoice,
    /// The customer whose mapping chose it.
    from: Option<ProvidedId>,
}

/// How a data source was chosen.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ExplainedChoice {
    /// By the mapping of the customer or of an ancestor.
    Mapping,
    GroupDefault,
    SchemaDefault,
}

/// Only rows whose column has this value.
#[derive(Serialize, JsonSchema)]
struct ExplainedPolicy {
    column: ColumnName,
    /// The variable.
    equals: String,
    /// Its value; `null` when the viewer has none.
    value: Option<String>,
}

/// Only rows whose column is this property's value, or one of its values.
#[derive(Serialize, JsonSchema)]
struct ExplainedRowPolicy {
    column: ColumnName,
    /// As the author wrote it: `region in customer.regions`.
    condition: String,
    /// The property's value; `null` when it is null, or when neither the customer nor an ancestor has
    /// it, which refuses the dataset.
    value: Value,
}

/// Why a dataset may answer a viewer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ExplainedGround {
    /// Every SELECT that reads a table compares a column with a level's id.
    Filtered,
    /// It reads no table.
    ReadsNothing,
    /// Its row policy.
    TenantColumn,
    /// The database's own row security.
    RowSecurity,
    /// The mapping chose an isolated data source.
    Isolated,
    /// The author shares it with every viewer.
    Shared,
}

impl From<&PublishedDashboard> for ExplainedDashboard {
    fn from(published: &PublishedDashboard) -> Self {
        Self {
            name: published.definition.name.clone(),
            embed_id: published.embed_id.clone(),
            version: published.version,
        }
    }
}

impl PathCustomer {
    fn of(customer: &Customer, hierarchy_level_name: String) -> Self {
        Self {
            provided_id: customer.provided_id.clone(),
            name: customer.name.clone(),
            hierarchy_level_name,
            is_demo_group: customer.is_demo,
        }
    }
}

impl From<ViewerVariable<'_>> for ExplainedVariable {
    fn from(ViewerVariable { name, value, kind, from }: ViewerVariable<'_>) -> Self {
        let kind = match kind {
            VariableKind::Level => ExplainedKind::Level,
            VariableKind::Property => ExplainedKind::Property,
            VariableKind::Reserved => ExplainedKind::Reserved,
        };
        Self { name, value, kind, from: from.clone() }
    }
}

impl From<DatasetExplanation<'_>> for ExplainedDataset {
    fn from(explained: DatasetExplanation<'_>) -> Self {
        let refusal = explained.answer.as_ref().err().map(ToString::to_string);
        Self {
            name: explained.dataset.clone(),
            schema: explained.schema.clone(),
            data_source: explained.source.map(ExplainedSource::from),
            row_policy: explained.policy.map(ExplainedPolicy::from),
            row_policies: explained
                .row_policies
                .into_iter()
                .map(ExplainedRowPolicy::from)
                .collect(),
            ground: explained.answer.ok().map(ExplainedGround::from),
            refusal,
        }
    }
}

impl From<ChosenSource<'_>> for ExplainedSource {
    fn from(chosen: ChosenSource<'_>) -> Self {
        let chosen_by = match chosen.by {
            ChosenBy::Mapping => ExplainedChoice::Mapping,
            ChosenBy::GroupDefault => ExplainedChoice::GroupDefault,
            ChosenBy::SchemaDefault => ExplainedChoice::SchemaDefault,
        };
        let (name, isolated) = (chosen.source.name.clone(), chosen.source.isolated);
        Self { name, isolated, chosen_by, from: chosen.from.cloned() }
    }
}

impl From<BoundPolicy<'_>> for ExplainedPolicy {
    fn from(BoundPolicy { policy, value }: BoundPolicy<'_>) -> Self {
        Self { column: policy.column.clone(), equals: policy.equals.clone(), value }
    }
}

impl From<BoundRowPolicy<'_>> for ExplainedRowPolicy {
    fn from(BoundRowPolicy { policy, value }: BoundRowPolicy<'_>) -> Self {
        Self {
            column: policy.column.clone(),
            condition: policy.describe(),
            value: value.cloned().unwrap_or_default(),
        }
    }
}

impl From<Ground> for ExplainedGround {
    fn from(ground: Ground) -> Self {
        match ground {
            Ground::Filtered => Self::Filtered,
            Ground::ReadsNothing => Self::ReadsNothing,
            Ground::TenantColumn => Self::TenantColumn,
            Ground::RowSecurity => Self::RowSecurity,
            Ground::Isolated => Self::Isolated,
            Ground::Shared => Self::Shared,
        }
    }
}
