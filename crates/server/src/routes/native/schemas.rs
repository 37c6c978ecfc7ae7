//! Schemas: folders of interchangeable data sources, with their defaults.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use model::declaration::{Change, DeclaredSchema};
use model::name::{GroupId, GroupName, SchemaName, SourceId, SourceName};
use model::source::Schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Definitions, StoreError};

use super::caller::{Anyone, Operator};
use super::listing::Listing;
use super::replies::{NoContent, Page, Put, PutOutcome};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Body, InPath, InQuery};
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/schemas", "list_schemas", "List the schemas", list),
        operation("GET /v1/schemas/{name}", "read_schema", "Read a schema", read),
        operation(
            "PUT /v1/schemas/{name}",
            "put_schema",
            "Make a schema, or set its defaults",
            put,
        ),
        operation("DELETE /v1/schemas/{name}", "delete_schema", "Delete an unused schema", delete),
    ]
}

/// A schema. An API token sees only those defaults that are data sources of its group.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Schema")]
struct ShownSchema {
    /// The number by which mappings name it.
    id: String,
    name: SchemaName,
    /// The data source for viewers whose mapping and group say nothing.
    default_source: Option<SourceName>,
    /// Per group, the data source that comes before `default_source`.
    group_defaults: BTreeMap<GroupName, SourceName>,
}

impl ShownSchema {
    /// As `group` sees it, or as everybody together.
    fn of(schema: &Schema, definitions: &Definitions, group: Option<GroupId>) -> Self {
        let is_seen = |id: GroupId| group.is_none_or(|group| group == id);
        let source = |id: SourceId| {
            let found = definitions.source(id).filter(|source| is_seen(source.group));
            found.map(|source| source.name.clone())
        };
        let group_defaults = schema.group_defaults.iter().filter_map(|(group, id)| {
            Some((definitions.group(*group)?.name.clone(), source(*id)?))
        });
        Self {
            id: schema.id.to_string(),
            name: schema.name.clone(),
            default_source: schema.default_source.and_then(source),
            group_defaults: group_defaults.collect(),
        }
    }
}

/// `GET /v1/schemas`
async fn list(
    State(app): State<App>,
    anyone: Anyone,
    InQuery(listing): InQuery<Listing>,
) -> Result<Json<Page<ShownSchema>>, ApiError> {
    let definitions = app.store.definitions().await?;
    let schemas = definitions.schemas.iter();
    let shown = schemas.map(|schema| ShownSchema::of(schema, &definitions, anyone.group()));
    listing.page(shown.collect(), |schema| schema.name.as_str()).map(Json)
}

/// `GET /v1/schemas/{name}`
async fn read(
    State(app): State<App>,
    anyone: Anyone,
    InPath(name): InPath<SchemaName>,
) -> Result<Json<ShownSchema>, ApiError> {
    let definitions = app.store.definitions().await?;
    shown(&definitions, &name, anyone.group()).map(Json)
}

fn shown(
    definitions: &Definitions,
    name: &SchemaName,
    group: Option<GroupId>,
) -> Result<ShownSchema, ApiError> {
    let found = definitions.schema_named(name).ok_or(StoreError::NotFound("schema"))?;
    Ok(ShownSchema::of(found, definitions, group))
}

/// The defaults of a schema: all of them, so what is left out is removed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SchemaDefaults")]
struct Defaults {
    /// The data source for viewers whose mapping and group say nothing.
    #[serde(default)]
    default_source: Option<SourceName>,
    /// Per group, the data source that comes before `default_source`.
    #[serde(default)]
    group_defaults: BTreeMap<GroupName, SourceName>,
}

/// `PUT /v1/schemas/{name}`
async fn put(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<SchemaName>,
    Body(Defaults { default_source, group_defaults }): Body<Defaults>,
) -> Result<Put<ShownSchema>, ApiError> {
    let (declared, schema) = (DeclaredSchema { default_source, group_defaults }, name.clone());
    let amended = app.store.amend(&operator, move |wanted| {
        wanted.schemas.insert(schema.clone(), declared.clone());
        Ok(())
    });
    let amended = amended.await.map_err(ApiError::from);
    let amended = amended.map_err(|error| error.within(["schemas", name.as_str()]))?;
    let is_creation = |change: &Change| matches!(change, Change::CreateSchema(_));
    let outcome = PutOutcome::of(&amended.changes, is_creation);
    Ok(Put(outcome, shown(&amended.definitions, &name, None)?))
}

/// `DELETE /v1/schemas/{name}`
async fn delete(
    State(app): State<App>,
    operator: Operator,
    InPath(name): InPath<SchemaName>,
) -> Result<NoContent, ApiError> {
    app.store.delete_schema(&operator, &name).await?;
    Ok(NoContent)
}
