//! The one gate: from a request to statements.

use model::dashboard::{Bucket, Format};
use model::name::ColumnName;

use crate::error::QueryError;
use crate::plan::resolve;
use crate::prepared::PreparedDashboard;
use crate::render::render;
use crate::request::Request;
use crate::restrict::restrict;
use crate::statement::Statement;
use crate::trend::Period;
use crate::viewer::Viewer;

/// What answers a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    pub rows: Statement,
    /// For tables: one row with the number of rows on all pages.
    pub total: Option<Statement>,
    /// For tables with totals: one row with the measures over all rows, by the names of their columns.
    pub totals: Option<Statement>,
    /// For trends.
    pub comparison: Option<Comparison>,
    /// The columns of `rows`, in order.
    pub columns: Vec<ResultColumn>,
}

/// What a trend is compared with. Of `current` and `previous` the only row's only column is the figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub current: Statement,
    pub previous: Statement,
    /// The points of the period before, with the columns of `rows`.
    pub previous_rows: Statement,
    pub current_period: Period,
    pub previous_period: Period,
    /// The unit of the points.
    pub bucket: Bucket,
}

impl Compiled {
    /// All statements, the rows first, each with what it is for: `rows`, `total`, `totals`, `current`,
    /// `previous` or `previous_rows`.
    pub fn statements(&self) -> impl Iterator<Item = (&'static str, &Statement)> {
        let comparison = self.comparison.as_ref();
        let all = [
            ("rows", Some(&self.rows)),
            ("total", self.total.as_ref()),
            ("totals", self.totals.as_ref()),
            ("current", comparison.map(|it| &it.current)),
            ("previous", comparison.map(|it| &it.previous)),
            ("previous_rows", comparison.map(|it| &it.previous_rows)),
        ];
        all.into_iter().filter_map(|(purpose, statement)| Some((purpose, statement?)))
    }
}

/// One column of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultColumn {
    pub name: ColumnName,
    pub role: ColumnRole,
    pub bucket: Option<Bucket>,
    pub format: Option<Format>,
}

/// What a result column is to its panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnRole {
    Dimension,
    Measure,
    /// A table's column, or an option's value or label.
    Column,
}

/// The statements that answer `request` for `viewer`.
///
/// # Errors
/// What the viewer may correct, and what only the dashboard's author can: see
/// [`QueryError::audience`].
pub fn compile(
    request: &Request,
    dashboard: &PreparedDashboard,
    viewer: &Viewer<'_>,
) -> Result<Compiled, QueryError> {
    let plan = resolve(request, dashboard, viewer)?;
    let plan = restrict(plan, dashboard, viewer)?;
    Ok(render(plan))
}
