//! What a target reads and does.

use jiff::civil::Date;
use model::Dashboard;
use model::dashboard::{
    Bucket, Dimension, Element, ElementKind, Options, Panel, Period as Wanted, PeriodVariable,
    Preset, Trend,
};
use model::name::{DatasetName, ElementId, PanelId};
use serde_json::{Map, Value as Json};

use crate::error::{QueryError, RequestFault};
use crate::request::{Request, Target};
use crate::shape::Shape;
use crate::template::VariableName;
use crate::trend::{Periods, period_of_texts};
use crate::variables::Sent;
use crate::zone::Zone;

pub(super) struct Aim<'a> {
    pub(super) dataset: &'a DatasetName,
    pub(super) shape: Shape,
    pub(super) panel: Option<&'a Panel>,
    /// The element whose choices are read.
    pub(super) element: Option<&'a ElementId>,
    pub(super) trend: Option<TrendInForce<'a>>,
}

/// A trend whose periods are known.
pub(super) struct TrendInForce<'a> {
    pub(super) trend: &'a Trend,
    pub(super) periods: Periods,
    pub(super) bucket: Bucket,
}

/// A request on the day on which it is asked.
pub(super) struct Asking<'a> {
    pub(super) request: &'a Request,
    pub(super) dashboard: &'a Dashboard,
    pub(super) zone: &'a Zone,
    pub(super) today: Date,
}

impl<'a> Asking<'a> {
    pub(super) fn aim(&self, faults: &mut Vec<RequestFault>) -> Result<Aim<'a>, QueryError> {
        match &self.request.target {
            Target::Panel(id) => self.aim_at_panel(id, faults),
            Target::Export(id) => {
                let aim = self.aim_at_panel(id, faults)?;
                Ok(Aim { shape: aim.shape.on_one_page(), ..aim })
            }
            Target::Options(id) => self.aim_at_options(id),
            Target::Columns(dataset) => {
                let shape = Shape::of_columns();
                Ok(Aim { dataset, shape, panel: None, element: None, trend: None })
            }
        }
    }

    fn aim_at_options(&self, id: &ElementId) -> Result<Aim<'a>, QueryError> {
        let unknown = || QueryError::UnknownElement(id.clone());
        let element = self.dashboard.element(id.as_str()).ok_or_else(unknown)?;
        match &element.kind {
            ElementKind::Dropdown { options: Options::Dataset(options) }
            | ElementKind::MultiSelect { options: Options::Dataset(options) } => Ok(Aim {
                dataset: &options.dataset,
                shape: Shape::of_options(options),
                panel: None,
                element: Some(&element.id),
                trend: None,
            }),
            ElementKind::Dropdown { .. } | ElementKind::MultiSelect { .. } => {
                Err(QueryError::FixedOptions(id.clone()))
            }
            ElementKind::DateRange { .. } => Err(unknown()),
        }
    }

    fn aim_at_panel(
        &self,
        id: &PanelId,
        faults: &mut Vec<RequestFault>,
    ) -> Result<Aim<'a>, QueryError> {
        let unknown = || QueryError::UnknownPanel(id.clone());
        let panel = self.dashboard.panel(id.as_str()).ok_or_else(unknown)?;
        let trend =
            panel.trend.as_ref().map(|trend| self.trend(trend, panel, faults)).transpose()?;
        let dimensions = dimensions(panel, trend.as_ref());
        let shape = Shape::of_panel(panel, &dimensions, self.request, self.today, faults)?;
        if trend.is_some() && !self.request.filters.is_empty() {
            let message = "a trend takes no further filters".to_owned();
            faults.push(RequestFault { pointer: "/filters".to_owned(), message });
        }
        Ok(Aim { dataset: &panel.dataset, shape, panel: Some(panel), element: None, trend })
    }

    fn trend(
        &self,
        trend: &'a Trend,
        panel: &Panel,
        faults: &mut Vec<RequestFault>,
    ) -> Result<TrendInForce<'a>, QueryError> {
        let of_author = |message: String| QueryError::Panel { panel: panel.id.clone(), message };
        let out_of_time = || of_author("/trend/period: reaches beyond the calendar".to_owned());
        let preset =
            |preset: Preset| Periods::of_preset(preset, self.today).ok_or_else(out_of_time);
        let periods = match &trend.period {
            Wanted::Preset(wanted) => preset(*wanted)?,
            Wanted::Custom(custom) => Periods::of_custom(custom, self.zone)
                .map_err(|message| of_author(format!("/trend/period: {message}")))?,
            Wanted::Variable(variable) => match self.chosen(variable, faults) {
                Some(periods) => periods,
                None => preset(variable.default.unwrap_or(Preset::Last4Weeks))?,
            },
        };
        let bucket = trend.bucket.unwrap_or_else(|| periods.bucket());
        Ok(TrendInForce { trend, periods, bucket })
    }

    /// The periods of the viewer's choice, when both of its ends are there.
    fn chosen(&self, variable: &PeriodVariable, faults: &mut Vec<RequestFault>) -> Option<Periods> {
        let start = sent(&self.request.variables, &variable.variable, "startDate")?;
        let end = sent(&self.request.variables, &variable.variable, "endDate")?;
        let text = |sent: &Sent<'a>| sent.json.as_str().map(str::to_owned);
        let periods = text(&start)
            .zip(text(&end))
            .and_then(|(from, to)| Periods::of_range(period_of_texts(&from, &to, self.zone)?));
        if periods.is_none() {
            let message = "must be two dates or two timestamps, the earlier first".to_owned();
            faults.push(RequestFault { pointer: end.pointer, message });
        }
        periods
    }
}

fn sent<'a>(variables: &'a Map<String, Json>, id: &str, end: &str) -> Option<Sent<'a>> {
    Sent::find(variables, &VariableName::parse(&format!("{id}.{end}"))?)
}

/// A trend's points are those of its date.
fn dimensions(panel: &Panel, trend: Option<&TrendInForce<'_>>) -> Vec<Dimension> {
    let Some(TrendInForce { trend, bucket, .. }) = trend else { return panel.dimensions.clone() };
    vec![Dimension {
        column: trend.date.clone(),
        name: None,
        bucket: Some(*bucket),
        label: None,
        format: None,
    }]
}

/// Whether a name is that of a date range.
pub(super) fn is_date_range(element: Option<&Element>) -> bool {
    element.is_some_and(|element| matches!(element.kind, ElementKind::DateRange { .. }))
}
