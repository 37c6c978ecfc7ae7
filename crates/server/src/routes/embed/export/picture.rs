//! A panel's picture, drawn by the chart code that browsers run.

use bytes::Bytes;
use jiff::tz::TimeZone;
use model::dashboard::{Panel, PanelKind};
use render::{ChartRequest, Charts, RenderError, Scale};

use super::super::answer::Answered;
use super::super::definition::PanelView;
use super::super::viewer::Viewer;
use super::wanted::{PictureFormat, Wanted};
use crate::api_error::{ApiError, Kind};
use crate::app::App;

/// Rows of a table that a picture is drawn from: more than find room on the tallest.
pub(super) const TABLE_ROWS: u32 = 150;

/// What the renderer needs to know of a panel and its rows.
pub(super) fn drawing(
    wanted: &Wanted,
    panel: &Panel,
    answer: &Answered,
    viewer: &Viewer,
    time_zone: TimeZone,
) -> Result<ChartRequest, ApiError> {
    let definition = serde_json::to_string(&PanelView::from(panel)).map_err(ApiError::internal)?;
    let result = String::from_utf8(answer.to_json().concat()).map_err(ApiError::internal)?;
    let size = match panel.kind {
        PanelKind::Kpi => wanted.size_or(400, 200)?,
        PanelKind::KpiTrend => wanted.size_or(480, 320)?,
        PanelKind::Bar | PanelKind::Line => wanted.size_or(800, 450)?,
        PanelKind::Table => wanted.size_or(1200, 800)?,
    };
    Ok(ChartRequest {
        definition_json: definition,
        result_json: result,
        size,
        dark: wanted.dark,
        watermark: viewer.scope.shows_watermark(),
        time_zone,
    })
}

/// Draws on a thread of its own: drawing is the work of a processor.
pub(super) async fn draw(
    app: &App,
    format: PictureFormat,
    drawing: ChartRequest,
) -> Result<Bytes, ApiError> {
    let charts = app.charts.clone();
    let drawn = tokio::task::spawn_blocking(move || picture(&charts, format, drawing));
    drawn.await.map_err(ApiError::internal)?.map_err(failure)
}

fn picture(
    charts: &Charts,
    format: PictureFormat,
    drawing: ChartRequest,
) -> Result<Bytes, RenderError> {
    let svg = charts.svg(drawing)?;
    Ok(match format {
        PictureFormat::Svg => svg.into(),
        PictureFormat::Png => charts.png(&svg, Scale::TWO)?.into(),
        PictureFormat::Pdf => charts.pdf(&svg)?.into(),
    })
}

fn failure(error: RenderError) -> ApiError {
    let answer = match &error {
        RenderError::Size(error) => return ApiError::invalid("width", error.to_string()),
        RenderError::Busy => {
            ApiError::new(Kind::Unavailable, "too many pictures are being drawn; try again shortly")
                .with_code("busy")
                .retry_after(2)
        }
        RenderError::TimedOut => {
            ApiError::new(Kind::TimedOut, "the picture took too long; narrow the filters")
        }
        RenderError::TooManyRows { .. } => {
            let detail = "there are too many rows for a picture; narrow the filters";
            ApiError::new(Kind::Unprocessable, detail).with_code("result_too_large")
        }
        _ => return ApiError::internal(error),
    };
    answer.because(error)
}
