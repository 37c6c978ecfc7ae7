//! Whether a connection works, and what tables are behind it.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use model::name::SourceName;
use model::source::Connection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sources::{SourceError, TableColumn};

use super::{find, require_reach, require_sound};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Body, InPath};
use crate::routes::native::caller::Operator;

/// How long a connection may take to list its tables.
const LIMIT: Duration = Duration::from_secs(15);

/// A connection to be tried.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConnectionToTest")]
pub(super) struct Tried {
    connection: Connection,
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConnectionTest")]
pub(super) struct Tested {
    /// Whether the connection works.
    ok: bool,
    /// Why it does not, for the operator.
    error: Option<String>,
    tables: Vec<ShownTable>,
}

/// A table behind the connection.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Table")]
struct ShownTable {
    name: String,
    columns: Vec<ShownColumn>,
}

/// A column, with its type in the words of the database.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TableColumnType")]
struct ShownColumn {
    name: String,
    data_type: String,
}

/// `POST /v1/data-sources:test`
pub(super) async fn connection(
    State(app): State<App>,
    _: Operator,
    Body(Tried { connection }): Body<Tried>,
) -> Result<Json<Tested>, ApiError> {
    require_sound(&connection)?;
    require_reach(&app, &connection)?;
    Ok(Json(test(&app, connection).await))
}

/// `POST /v1/data-sources/{name}/connection:test`: as it is declared, whoever declared it.
pub(super) async fn data_source(
    State(app): State<App>,
    _: Operator,
    InPath(name): InPath<SourceName>,
) -> Result<Json<Tested>, ApiError> {
    let definitions = app.store.definitions().await?;
    let connection = find(&definitions, &name)?.connection.clone();
    Ok(Json(test(&app, connection).await))
}

async fn test(app: &App, connection: Connection) -> Tested {
    match app.sources.probe(connection, LIMIT).await {
        Ok(tables) => {
            let tables = tables.into_iter().map(|(name, columns)| ShownTable {
                name,
                columns: columns.into_iter().map(ShownColumn::from).collect(),
            });
            Tested { ok: true, error: None, tables: tables.collect() }
        }
        Err(error) => Tested { ok: false, error: Some(told(&error)), tables: Vec::new() },
    }
}

fn told(error: &SourceError) -> String {
    match error {
        SourceError::TimedOut { limit } => {
            format!("the connection did not list its tables within {} s", limit.as_secs())
        }
        error => error.to_string(),
    }
}

impl From<TableColumn> for ShownColumn {
    fn from(TableColumn { name, data_type }: TableColumn) -> Self {
        Self { name, data_type }
    }
}
