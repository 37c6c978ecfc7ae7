//! What can be embedded.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::caller::Caller;
use super::replies;
use super::user_groups::TEAM_ID;
use crate::api_error::ApiError;
use crate::app::App;

/// `GET /api/dashboard/`: all dashboards of the server, whatever the caller's group.
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    #[derive(Serialize)]
    struct Reply<'a> {
        dashboards: Vec<Dashboard<'a>>,
    }
    #[derive(Serialize)]
    struct Dashboard<'a> {
        team_id: u32,
        name: &'a str,
        embed_id: &'a str,
        /// Labels, which dashboards do not have here.
        attributes: [(); 0],
        is_drilldown: bool,
    }
    let found = app.store.dashboards(&caller).await?;
    let dashboards = found.iter().map(|(name, embed_id)| Dashboard {
        team_id: TEAM_ID,
        name: name.as_str(),
        embed_id: embed_id.as_str(),
        attributes: [],
        is_drilldown: false,
    });
    Ok(replies::success(&Reply { dashboards: dashboards.collect() }))
}

/// `GET /api/reports/`: there are no report builders here, so there are none to list.
pub(crate) async fn list_reports(_: Caller) -> Response {
    #[derive(Serialize)]
    struct Reply {
        reports: [(); 0],
    }
    replies::success(&Reply { reports: [] })
}
