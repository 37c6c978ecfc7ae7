//! A whole workspace: exported, and applied as `fanlight apply` does.

mod shown;

use axum::Json;
use axum::extract::State;
use model::declaration::{Declaration, Present, plan};
use schemars::JsonSchema;
use serde::Deserialize;
use workspace::InlineWorkspace;

use super::caller::Operator;
use super::once::{Once, OnceReply};
use super::soundness::{faulty, require_sound};
use crate::api_error::{ApiError, FieldFault};
use crate::app::App;
use crate::extract::InQuery;
use crate::field_path::FieldPath;
use crate::openapi::{Operation, operation};

use shown::ShownPlan;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("GET /v1/workspace", "export_workspace", "Export all that is declared", export),
        operation(
            "POST /v1/workspace:apply",
            "apply_workspace",
            "Bring the server to the state that a workspace declares; nothing is deleted",
            apply,
        ),
    ]
}

/// Largest workspace, in bytes.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// `GET /v1/workspace`
async fn export(
    State(app): State<App>,
    operator: Operator,
) -> Result<Json<InlineWorkspace>, ApiError> {
    let present = app.store.present(&operator).await?;
    Ok(Json(InlineWorkspace::of(&present.declaration())))
}

/// How a workspace is applied.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Options {
    /// Tell what would change, and change nothing. `false` unless said.
    dry_run: Option<bool>,
}

/// `POST /v1/workspace:apply`
async fn apply(
    State(app): State<App>,
    operator: Operator,
    InQuery(options): InQuery<Options>,
    Once { body, call }: Once<InlineWorkspace, MAX_BYTES>,
) -> Result<OnceReply<ShownPlan, 200>, ApiError> {
    let declaration = body.declaration().map_err(faulty)?;
    let present = app.store.present(&operator).await?;
    let place = |field: &FieldPath| FieldPath::of_steps(&body.place_of(&field.steps()));
    let checked = check(&app, &present, &declaration);
    let mut warnings = checked.map_err(|error| error.at_places(place))?;
    warnings.iter_mut().for_each(|warning| warning.field = place(&warning.field));
    if options.dry_run == Some(true) {
        let planned = plan(&present, &declaration);
        return OnceReply::of(&ShownPlan::of_dry_run(&planned, &warnings));
    }
    let change = app.store.apply(&operator, &declaration);
    call.make(operator.caller(), change, move |plan| ShownPlan::of(plan, &warnings)).await
}

/// Errs with every fault of a declaration, at its place in it; else its warnings.
fn check(
    app: &App,
    present: &Present,
    declaration: &Declaration,
) -> Result<Vec<FieldFault>, ApiError> {
    let outside = out_of_reach(app, present, declaration);
    if !outside.is_empty() {
        return Err(ApiError::invalid_fields(outside));
    }
    require_sound(declaration, &present.levels)
}

/// Connections that are new here, or changed, and lead where none may that is set over HTTP.
fn out_of_reach(app: &App, present: &Present, declaration: &Declaration) -> Vec<FieldFault> {
    let changed = declaration.sources.iter().filter(|(name, source)| {
        let found = present.sources.get(*name);
        found.is_none_or(|found| found.connection != source.connection)
    });
    changed
        .flat_map(|(name, source)| {
            let at = FieldPath::from("sources").key(name.as_str()).key("connection");
            let faults = app.config.reach.faults(&source.connection).into_iter();
            faults.map(move |fault| FieldFault { field: at.clone().join(&fault.field), ..fault })
        })
        .collect()
}
