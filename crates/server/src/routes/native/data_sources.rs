//! Data sources, without the secrets of their connections.

mod probe;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use model::declaration::{Change, DeclaredSource};
use model::name::{GroupId, GroupName, SchemaName, SourceName};
use model::source::{Connection, ConnectionFault, DataSource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Definitions, Fault, StoreError};

use super::caller::{Anyone, Operator};
use super::listing::Listing;
use super::replies::{NoContent, Page, Put, PutOutcome};
use crate::api_error::{ApiError, FieldFault};
use crate::app::App;
use crate::extract::{Body, InPath, InQuery};
use crate::field_path::FieldPath;
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/data-sources", "list_data_sources", "List the data sources", list),
        operation(
            "POST /v1/data-sources:test",
            "test_connection",
            "Try a connection before it is put anywhere",
            probe::connection,
        ),
        operation("GET /v1/data-sources/{name}", "read_data_source", "Read a data source", read),
        operation(
            "PUT /v1/data-sources/{name}",
            "put_data_source",
            "Make or change a data source",
            put,
        ),
        operation(
            "DELETE /v1/data-sources/{name}",
            "delete_data_source",
            "Delete a data source that nothing needs",
            delete,
        ),
        operation(
            "POST /v1/data-sources/{name}/connection:test",
            "test_data_source",
            "Try the connection of a data source",
            probe::data_source,
        ),
    ]
}

/// A data source.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DataSource")]
struct ShownSource {
    /// The number by which mappings name it.
    id: String,
    name: SourceName,
    schema: SchemaName,
    group: GroupName,
    /// Whether it holds one customer's data only.
    isolated: bool,
    /// Grows with every change.
    revision: i64,
    /// Without its secrets. `null` for an API token, which does not see it.
    connection: Option<Connection>,
}

impl ShownSource {
    /// As `group` sees it, or as everybody together.
    fn of(
        source: &DataSource,
        definitions: &Definitions,
        group: Option<GroupId>,
    ) -> Result<Self, ApiError> {
        let unknown = || ApiError::internal(format!("{} has no group or schema", source.name));
        let schema = definitions.schema(source.schema).ok_or_else(unknown)?;
        Ok(Self {
            id: source.id.to_string(),
            name: source.name.clone(),
            schema: schema.name.clone(),
            group: definitions.group(source.group).ok_or_else(unknown)?.name.clone(),
            isolated: source.isolated,
            revision: source.revision,
            connection: group.is_none().then(|| source.connection.without_secrets()),
        })
    }
}

/// `GET /v1/data-sources`
async fn list(
    State(app): State<App>,
    anyone: Anyone,
    InQuery(listing): InQuery<Listing>,
) -> Result<Json<Page<ShownSource>>, ApiError> {
    let definitions = app.store.definitions().await?;
    let group = anyone.group();
    let seen = definitions.sources.iter().filter(|it| group.is_none_or(|id| id == it.group));
    let shown: Result<Vec<ShownSource>, ApiError> =
        seen.map(|source| ShownSource::of(source, &definitions, group)).collect();
    listing.page(shown?, |source| source.name.as_str()).map(Json)
}

/// `GET /v1/data-sources/{name}`
async fn read(
    State(app): State<App>,
    anyone: Anyone,
    InPath(name): InPath<SourceName>,
) -> Result<Json<ShownSource>, ApiError> {
    let definitions = app.store.definitions().await?;
    let group = anyone.group();
    let found = find(&definitions, &name)?;
    if group.is_some_and(|group| group != found.group) {
        return Err(NO_SOURCE.into());
    }
    ShownSource::of(found, &definitions, group).map(Json)
}

const NO_SOURCE: StoreError = StoreError::NotFound("data source");

fn find<'a>(
    definitions: &'a Definitions,
    name: &SourceName,
) -> Result<&'a Arc<DataSource>, ApiError> {
    let found = definitions.sources.iter().find(|source| source.name == *name);
    found.ok_or_else(|| NO_SOURCE.into())
}

/// A data source as it shall be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WantedDataSource")]
struct WantedSource {
    schema: SchemaName,
    group: GroupName,
    /// Holds one customer's rows only, so that a dataset without a filter may answer the customers
    /// that are mapped to it. Never a default.
    #[serde(default)]
    isolated: bool,
    /// Where the rows are. When left out, the connection stays as it is; a password that is left out
    /// stays as long as host, port and user do.
    #[serde(default)]
    connection: Option<Connection>,
}

/// `PUT /v1/data-sources/{name}`
async fn put(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<SourceName>,
    Body(wanted): Body<WantedSource>,
) -> Result<Put<ShownSource>, ApiError> {
    let definitions = app.store.definitions().await?;
    let present = find(&definitions, &name).ok().map(|source| &source.connection);
    if let Some(connection) = wanted.connection.as_ref().filter(|it| Some(*it) != present) {
        require_reach(&app, connection)?;
    }
    let amended = app.store.amend(&operator, {
        let name = name.clone();
        move |declaration| declare(&mut declaration.sources, &name, &wanted)
    });
    let amended = amended.await.map_err(ApiError::from);
    let amended = amended.map_err(|error| error.within(["sources", name.as_str()]))?;
    let is_creation = |change: &Change| matches!(change, Change::CreateSource { .. });
    let outcome = PutOutcome::of(&amended.changes, is_creation);
    let found = find(&amended.definitions, &name)?;
    Ok(Put(outcome, ShownSource::of(found, &amended.definitions, None)?))
}

fn declare(
    sources: &mut std::collections::BTreeMap<SourceName, DeclaredSource>,
    name: &SourceName,
    wanted: &WantedSource,
) -> Result<(), StoreError> {
    let present = sources.get(name).map(|source| source.connection.clone());
    let required = || {
        let message = "is required for a new data source".to_owned();
        StoreError::Rejected(vec![Fault { field: "connection", message }])
    };
    let source = DeclaredSource {
        schema: wanted.schema.clone(),
        group: wanted.group.clone(),
        isolated: wanted.isolated,
        connection: match (wanted.connection.clone(), present) {
            (Some(wanted), Some(present)) => wanted.with_secrets_of(&present),
            (wanted, present) => wanted.or(present).ok_or_else(required)?,
        },
    };
    sources.insert(name.clone(), source);
    Ok(())
}

/// Errs with every field of the connection in the body that cannot be right, whatever is behind it.
fn require_sound(connection: &Connection) -> Result<(), ApiError> {
    let faults =
        connection.check().into_iter().map(|ConnectionFault { path, message }| FieldFault {
            field: FieldPath::from("connection").join(&FieldPath::of_steps(&path)),
            detail: message,
        });
    let faults: Vec<FieldFault> = faults.collect();
    if faults.is_empty() { Ok(()) } else { Err(ApiError::invalid_fields(faults)) }
}

/// Errs when the connection in the body leads where it may not.
fn require_reach(app: &App, connection: &Connection) -> Result<(), ApiError> {
    let faults = app.config.reach.faults(connection).into_iter().map(|fault| FieldFault {
        field: FieldPath::from("connection").join(&fault.field),
        ..fault
    });
    let faults: Vec<FieldFault> = faults.collect();
    if faults.is_empty() { Ok(()) } else { Err(ApiError::invalid_fields(faults)) }
}

/// `DELETE /v1/data-sources/{name}`
async fn delete(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<SourceName>,
) -> Result<NoContent, ApiError> {
    let id = app.store.delete_data_source(&operator, &name).await?;
    app.sources.forget(id);
    Ok(NoContent)
}
