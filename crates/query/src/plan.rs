//! The first stage: what a request means for this dashboard and this viewer.

mod aim;

use std::sync::Arc;

use jiff::civil::Date;
use model::Dashboard;
use model::dashboard::{Bucket, Dataset, Panel};
use model::name::{DatasetName, ElementId, TimeZoneName};
use model::source::{ChosenBy, DataSource};
use serde_json::{Map, Value as Json};

use crate::dialect::{self, Dialect};
use crate::error::{DatasetFault, QueryError, RequestFault};
use crate::fragment::Fragment;
use crate::prepared::PreparedDashboard;
use crate::request::Request;
use crate::shape::{Chosen, Condition, Shape, filters_of_author};
use crate::template::{Binding, Place, RenderError, Variable, VariableName};
use crate::trend::{Period, Periods};
use crate::value::Value;
use crate::variables::Variables;
use crate::viewer::Viewer;
use crate::zone::Zone;
use aim::{Aim, Asking, is_date_range};

/// A request with every name resolved and every value typed. Nothing keeps it to the viewer's rows
/// yet: [`crate::restrict::restrict`] does.
pub(crate) struct Plan<'a> {
    pub(crate) rendered: Rendered<'a>,
    pub(crate) time_zone: TimeZoneName,
    pub(crate) shape: Shape,
    /// The row below a table.
    pub(crate) totals: Option<Shape>,
    pub(crate) comparison: Option<ComparedShapes>,
}

/// What a trend is compared with.
pub(crate) struct ComparedShapes {
    pub(crate) current: Shape,
    pub(crate) previous: Shape,
    pub(crate) previous_rows: Shape,
    pub(crate) periods: Periods,
    pub(crate) bucket: Bucket,
}

/// A dataset with its values, on the data source that answers the viewer.
pub(crate) struct Rendered<'a> {
    pub(crate) name: &'a DatasetName,
    pub(crate) dataset: &'a Dataset,
    /// The dataset's SQL with its values.
    pub(crate) sql: Fragment,
    pub(crate) source: &'a Arc<DataSource>,
    pub(crate) chosen_by: ChosenBy,
    pub(crate) dialect: &'static dyn Dialect,
    /// What the database's row security is told of the viewer.
    pub(crate) session: Vec<(String, Value)>,
}

/// What a dataset needs to know of a request.
pub(crate) struct Asked<'a> {
    pub(crate) zone: &'a Zone,
    pub(crate) sent: &'a Map<String, Json>,
    /// The element whose choices are read: it does not narrow its own choices.
    pub(crate) ignored: Option<&'a ElementId>,
}

pub(crate) fn resolve<'a>(
    request: &'a Request,
    prepared: &'a PreparedDashboard,
    viewer: &'a Viewer<'a>,
) -> Result<Plan<'a>, QueryError> {
    let dashboard = prepared.dashboard();
    let mut faults = Vec::new();
    let zone = zone(request, dashboard, &mut faults)?;
    let today = request.now.to_zoned_datetime(zone.rules.clone()).date();
    let aim = Asking { request, dashboard, zone: &zone, today }.aim(&mut faults)?;
    let asked = Asked { zone: &zone, sent: &request.variables, ignored: aim.element };
    let conditions = match aim.panel {
        Some(panel) => conditions(panel, prepared, viewer, &asked, today, &mut faults)?,
        None => Vec::new(),
    };
    let rendered = rendered(aim.dataset, prepared, viewer, &asked, faults)?;
    let shapes = Shapes { aim: &aim, conditions, zone: &zone, today };
    let (shape, comparison) = (shapes.rows(), shapes.comparison());
    let totals = aim.panel.and_then(|panel| shape.totals(panel));
    Ok(Plan { rendered, time_zone: zone.name, shape, totals, comparison })
}

/// What a panel's author has got wrong in its operations, whoever asks.
pub(crate) fn check_panel(request: &Request, dashboard: &Dashboard) -> Result<(), QueryError> {
    // An unknown zone is told of the dataset.
    let Ok(zone) = zone_of(dashboard) else { return Ok(()) };
    let today = request.now.to_zoned_datetime(zone.rules.clone()).date();
    Asking { request, dashboard, zone: &zone, today }.aim(&mut Vec::new()).map(|_| ())
}

/// The author's conditions, with what the viewer has chosen for their variables.
fn conditions(
    panel: &Panel,
    prepared: &PreparedDashboard,
    viewer: &Viewer<'_>,
    asked: &Asked<'_>,
    today: Date,
    faults: &mut Vec<RequestFault>,
) -> Result<Vec<Condition>, QueryError> {
    let dashboard = prepared.dashboard();
    let dataset = dashboard
        .datasets
        .get(&panel.dataset)
        .ok_or_else(|| QueryError::UnknownDataset(panel.dataset.clone()))?;
    let mut variables = Variables {
        viewer,
        dashboard,
        dataset,
        dialect: dialect::EMBEDDED_ENGINE,
        zone: asked.zone,
        sent: asked.sent,
        ignored: None,
        faults: Vec::new(),
    };
    let chosen = |name: &str| chosen(name, &mut variables);
    let conditions = filters_of_author(&panel.filters, today, chosen)
        .map_err(|message| QueryError::Panel { panel: panel.id.clone(), message })?;
    faults.append(&mut variables.faults);
    Ok(conditions)
}

/// What a variable of an author's condition holds.
fn chosen(name: &str, variables: &mut Variables<'_>) -> Result<Chosen, String> {
    let is_range = is_date_range(variables.dashboard.element(name));
    let mut resolve = |name: &str| {
        let no_name = || format!("{name:?} is no variable's name");
        let name = VariableName::parse(name).ok_or_else(no_name)?;
        let variable = Variable { name, raw: false, place: Place::Elsewhere, line: 0 };
        variables.resolve(&variable).map_err(|fault| fault.to_string())
    };
    if !is_range {
        return resolve(name).map(Chosen::from);
    }
    let mut end = |end: &str| match resolve(&format!("{name}.{end}"))? {
        Binding::One { value, .. } => Ok(Some(value)),
        _ => Ok::<_, String>(None),
    };
    Ok(Chosen::Range(end("startDate")?, end("endDate")?))
}

/// The shapes of a target's statements, all over the same rows.
struct Shapes<'a> {
    aim: &'a Aim<'a>,
    conditions: Vec<Condition>,
    zone: &'a Zone,
    today: Date,
}

impl Shapes<'_> {
    fn rows(&self) -> Shape {
        self.within(self.aim.trend.as_ref().map(|trend| trend.periods.current))
    }

    fn comparison(&self) -> Option<ComparedShapes> {
        let trend = self.aim.trend.as_ref()?;
        let Periods { current, previous } = trend.periods;
        Some(ComparedShapes {
            current: self.within(Some(current)).figure(),
            previous: self.within(Some(previous)).figure(),
            previous_rows: self.within(Some(previous)),
            periods: trend.periods,
            bucket: trend.bucket,
        })
    }

    /// With the author's conditions, and of a period's rows.
    fn within(&self, period: Option<Period>) -> Shape {
        let mut conditions = self.conditions.clone();
        if let (Some(trend), Some(period)) = (&self.aim.trend, period) {
            conditions.push(Condition { column: trend.trend.date.clone(), test: period.into() });
        }
        self.aim.shape.clone().with_conditions(conditions, self.zone, self.today)
    }
}

/// What the source's row security is told of the viewer, whatever else keeps rows apart.
fn session(source: &DataSource, viewer: &Viewer<'_>) -> Result<Vec<(String, Value)>, DatasetFault> {
    let Some(row_security) = source.connection.row_security() else { return Ok(Vec::new()) };
    let id = tenant(&row_security.equals, viewer)?;
    Ok(vec![(row_security.setting.clone(), id)])
}

/// The value that a row policy or row security compares with.
pub(crate) fn tenant(variable: &str, viewer: &Viewer<'_>) -> Result<Value, DatasetFault> {
    let id = viewer
        .level_id(variable)
        .ok_or_else(|| DatasetFault::TenantVariable(variable.to_owned()))?;
    id.map(Value::Text).ok_or_else(|| DatasetFault::NoTenant(variable.to_owned()))
}

/// The dataset of this name with its values. `faults` are those of the request that are known already.
pub(crate) fn rendered<'a>(
    name: &DatasetName,
    prepared: &'a PreparedDashboard,
    viewer: &'a Viewer<'a>,
    asked: &Asked<'_>,
    faults: Vec<RequestFault>,
) -> Result<Rendered<'a>, QueryError> {
    let dashboard = prepared.dashboard();
    let (name, dataset) = dashboard
        .datasets
        .get_key_value(name)
        .ok_or_else(|| QueryError::UnknownDataset(name.clone()))?;
    let of_dataset = |fault| QueryError::Dataset { dataset: name.clone(), fault };
    let template = prepared.template(name).map_err(of_dataset)?;
    let no_source = || of_dataset(DatasetFault::NoSource(dataset.schema.clone()));
    let (source, chosen_by) = viewer.source(dataset.schema.as_str()).ok_or_else(no_source)?;
    let dialect = dialect::of(&source.connection);
    let mut variables = Variables {
        viewer,
        dashboard,
        dataset,
        dialect,
        zone: asked.zone,
        sent: asked.sent,
        ignored: asked.ignored,
        faults,
    };
    let rendered = template.render(|variable| {
        let line = variable.line;
        variables.resolve(variable).map_err(|fault| DatasetFault::Variable { line, fault })
    });
    if !variables.faults.is_empty() {
        return Err(QueryError::Request(distinct(variables.faults)));
    }
    let sql = rendered.map_err(|error| of_dataset(render_fault(error, &variables)))?;
    let session = session(source, viewer).map_err(of_dataset)?;
    Ok(Rendered { name, dataset, sql, source, chosen_by, dialect, session })
}

fn render_fault(error: RenderError<DatasetFault>, variables: &Variables<'_>) -> DatasetFault {
    match error {
        RenderError::Resolve(fault) => fault,
        RenderError::NoValue(variable) => DatasetFault::Variable {
            line: variable.line,
            fault: variables.no_value(&variable.name),
        },
    }
}

/// A variable that stands twice is at fault once.
fn distinct(faults: Vec<RequestFault>) -> Vec<RequestFault> {
    let mut distinct: Vec<RequestFault> = Vec::new();
    for fault in faults {
        if !distinct.contains(&fault) {
            distinct.push(fault);
        }
    }
    distinct
}

/// The zone in force: the viewer's, else the dashboard's, else UTC.
fn zone(
    request: &Request,
    dashboard: &Dashboard,
    faults: &mut Vec<RequestFault>,
) -> Result<Zone, QueryError> {
    if let Some(name) = &request.time_zone {
        if let Some(zone) = Zone::find(name) {
            return Ok(zone);
        }
        let message = format!("no time zone {:?}", name.as_str());
        faults.push(RequestFault { pointer: "/time_zone".to_owned(), message });
    }
    zone_of(dashboard)
}

/// The zone of a dashboard, UTC unless it says another.
pub(crate) fn zone_of(dashboard: &Dashboard) -> Result<Zone, QueryError> {
    match &dashboard.time_zone {
        Some(name) => Zone::find(name).ok_or_else(|| QueryError::UnknownTimeZone(name.clone())),
        None => Ok(Zone::utc()),
    }
}
