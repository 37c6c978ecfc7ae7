//! The first stage: what a request means for this dashboard and this viewer.

use std::sync::Arc;

use model::Dashboard;
use model::dashboard::{Dataset, ElementKind, Options};
use model::name::{DatasetName, ElementId, PanelId, TimeZoneName};
use model::source::{ChosenBy, DataSource};
use serde_json::{Map, Value as Json};

use crate::dialect::{self, Dialect};
use crate::error::{DatasetFault, QueryError, RequestFault};
use crate::fragment::Fragment;
use crate::prepared::PreparedDashboard;
use crate::request::{Request, Target};
use crate::shape::Shape;
use crate::template::RenderError;
use crate::value::Value;
use crate::variables::Variables;
use crate::viewer::Viewer;
use crate::zone::Zone;

/// A request with every name resolved and every value typed. Nothing keeps it to the viewer's rows
/// yet: [`crate::restrict::restrict`] does.
pub(crate) struct Plan<'a> {
    pub(crate) rendered: Rendered<'a>,
    pub(crate) time_zone: TimeZoneName,
    pub(crate) shape: Shape,
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

/// What a target reads and does.
struct Aim<'a> {
    dataset: &'a DatasetName,
    shape: Shape,
    /// The element whose choices are read.
    element: Option<&'a ElementId>,
}

pub(crate) fn resolve<'a>(
    request: &'a Request,
    prepared: &'a PreparedDashboard,
    viewer: &'a Viewer<'a>,
) -> Result<Plan<'a>, QueryError> {
    let dashboard = prepared.dashboard();
    let mut faults = Vec::new();
    let aim = aim(request, dashboard, &mut faults)?;
    let zone = zone(request, dashboard, &mut faults)?;
    let asked = Asked { zone: &zone, sent: &request.variables, ignored: aim.element };
    let rendered = rendered(aim.dataset, prepared, viewer, &asked, faults)?;
    Ok(Plan { rendered, time_zone: zone.name, shape: aim.shape })
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

fn aim<'a>(
    request: &Request,
    dashboard: &'a Dashboard,
    faults: &mut Vec<RequestFault>,
) -> Result<Aim<'a>, QueryError> {
    match &request.target {
        Target::Panel(id) => aim_at_panel(id, request, dashboard, faults),
        Target::Export(id) => {
            let aim = aim_at_panel(id, request, dashboard, faults)?;
            Ok(Aim { shape: aim.shape.on_one_page(), ..aim })
        }
        Target::Options(id) => {
            let unknown = || QueryError::UnknownElement(id.clone());
            let element = dashboard.element(id.as_str()).ok_or_else(unknown)?;
            match &element.kind {
                ElementKind::Dropdown { options: Options::Dataset(options) }
                | ElementKind::MultiSelect { options: Options::Dataset(options) } => Ok(Aim {
                    dataset: &options.dataset,
                    shape: Shape::of_options(options),
                    element: Some(&element.id),
                }),
                ElementKind::Dropdown { .. } | ElementKind::MultiSelect { .. } => {
                    Err(QueryError::FixedOptions(id.clone()))
                }
                ElementKind::DateRange { .. } => Err(unknown()),
            }
        }
    }
}

fn aim_at_panel<'a>(
    id: &PanelId,
    request: &Request,
    dashboard: &'a Dashboard,
    faults: &mut Vec<RequestFault>,
) -> Result<Aim<'a>, QueryError> {
    let unknown = || QueryError::UnknownPanel(id.clone());
    let panel = dashboard.panel(id.as_str()).ok_or_else(unknown)?;
    let shape = Shape::of_panel(panel, request, faults)?;
    Ok(Aim { dataset: &panel.dataset, shape, element: None })
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
