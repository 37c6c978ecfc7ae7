//! Generated dashboards: one dataset, and panels of all kinds over it.

use model::Dashboard;
use model::dashboard::Panel;
use serde_json::json;

use crate::datasets::{Dataset, dataset};
use crate::draw::Draw;
use crate::panels::panel;

/// Panels of one dashboard.
const PANELS: usize = 6;

/// Controls that read their choices from the dataset.
pub(crate) const ELEMENTS: [&str; 2] = ["regions", "region"];

/// Zones of a dashboard or of a viewer: with half hours, and with clocks that change.
pub(crate) const ZONES: [&str; 4] = ["UTC", "America/New_York", "Asia/Kolkata", "Europe/London"];

/// A dashboard and what is known of it besides.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) dataset: Dataset,
    pub(crate) dashboard: Dashboard,
}

impl Workspace {
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        let dataset = dataset(draw);
        let panels: Vec<Panel> = (0..PANELS).map(|at| panel(draw, &format!("p{at}"))).collect();
        let of_regions = json!({"dataset": "facts", "value": "region"});
        let with_labels = json!({"dataset": "facts", "value": "id", "label": "region"});
        let document = json!({
            "name": "generated",
            "time_zone": draw.one(&ZONES),
            "datasets": {"facts": dataset.definition},
            "panels": panels,
            "elements": [
                {"id": "period", "type": "date_range", "value": "date"},
                {"id": "span", "type": "date_range"},
                {"id": "regions", "type": "multi_select", "options": of_regions},
                {"id": "region", "type": "dropdown", "options": with_labels},
            ],
            "variables": {
                "least": "integer", "most": "float", "paid": "boolean", "except": "date",
                "since": "timestamp", "without": "list", "word": "string",
            },
        });
        let dashboard: Dashboard = serde_json::from_value(document).expect("a dashboard");
        assert_eq!(dashboard.check(), [], "{dashboard:?}");
        Self { dataset, dashboard }
    }
}
