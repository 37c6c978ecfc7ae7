//! Levels: the named ranks of the customer tree.

use axum::Json;
use axum::extract::State;
use model::Levels;
use model::level::LevelName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{Anyone, Operator};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Body;
use crate::field_path::FieldPath;
use crate::json::Faults;
use crate::openapi::{Operation, operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/levels", "read_levels", "Read the levels", read),
        operation(
            "PUT /v1/levels",
            "replace_levels",
            "Replace the levels; customers stay on the level of the same name",
            replace,
        ),
    ]
}

/// The levels of the customer tree.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Levels")]
struct WireLevels {
    /// One to eight names, the root level first.
    #[schemars(length(min = 1, max = 8))]
    levels: Vec<String>,
}

impl From<&Levels> for WireLevels {
    fn from(levels: &Levels) -> Self {
        Self { levels: levels.names().iter().map(ToString::to_string).collect() }
    }
}

/// `GET /v1/levels`
async fn read(State(app): State<App>, _: Anyone) -> Result<Json<WireLevels>, ApiError> {
    let definitions = app.store.definitions().await?;
    Ok(Json((&definitions.levels).into()))
}

/// `PUT /v1/levels`
async fn replace(
    State(app): State<App>,
    operator: Operator,
    Body(new): Body<WireLevels>,
) -> Result<Json<WireLevels>, ApiError> {
    let levels = parse(new.levels)?;
    let shown = (&levels).into();
    let amended = app.store.amend(&operator, move |wanted| {
        wanted.levels = Some(levels.clone());
        Ok(())
    });
    amended.await?;
    Ok(Json(shown))
}

fn parse(names: Vec<String>) -> Result<Levels, ApiError> {
    let mut faults = Faults::default();
    let parsed = names.into_iter().enumerate().map(|(at, name)| {
        faults.note(FieldPath::from("levels").index(at), LevelName::try_from(name))
    });
    let parsed: Option<Vec<LevelName>> = parsed.collect::<Vec<_>>().into_iter().collect();
    let levels = parsed.and_then(|names| faults.note("levels", Levels::new(names)));
    faults.finish(levels)
}
