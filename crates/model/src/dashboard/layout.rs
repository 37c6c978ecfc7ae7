//! Where panels and elements stand when the author did not say.

use super::{Dashboard, LayoutItem, PanelKind};

const COLUMNS: u8 = 12;

impl Dashboard {
    /// The author's layout, or a plain one: elements on top, then panels in their order, figures
    /// four to a row, trends three, charts two, tables alone. What the author's layout leaves out is
    /// not shown.
    pub fn effective_layout(&self) -> Vec<LayoutItem> {
        if !self.layout.is_empty() {
            return self.layout.clone();
        }
        let mut flow = Flow::default();
        for element in &self.elements {
            flow.place(3, 2, |item| item.element = Some(element.id.clone()));
        }
        flow.new_row();
        for panel in &self.panels {
            let (w, h) = match panel.kind {
                PanelKind::Kpi => (3, 3),
                PanelKind::KpiTrend => (4, 5),
                PanelKind::Bar | PanelKind::Line => (6, 8),
                PanelKind::Table => (12, 12),
            };
            flow.place(w, h, |item| item.panel = Some(panel.id.clone()));
        }
        flow.items
    }
}

/// Places items from left to right; an item of another height than its row's starts a new row.
#[derive(Default)]
struct Flow {
    items: Vec<LayoutItem>,
    x: u8,
    y: u16,
    row_height: u16,
}

impl Flow {
    fn place(&mut self, w: u8, h: u16, name: impl FnOnce(&mut LayoutItem)) {
        if self.x + w > COLUMNS || (self.x > 0 && h != self.row_height) {
            self.new_row();
        }
        let mut item = LayoutItem { panel: None, element: None, x: self.x, y: self.y, w, h };
        name(&mut item);
        self.items.push(item);
        self.x += w;
        self.row_height = h;
    }

    fn new_row(&mut self) {
        self.y += self.row_height;
        self.x = 0;
        self.row_height = 0;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_stand_four_to_a_row_and_tables_alone() {
        let kpi = |id: &str| {
            json!({"id": id, "type": "kpi", "title": id, "dataset": "d",
                   "measures": [{"name": "n", "aggregate": "count"}]})
        };
        let chart = |id: &str| {
            json!({"id": id, "type": "bar", "title": id, "dataset": "d",
                   "dimensions": [{"column": "c"}],
                   "measures": [{"name": "n", "aggregate": "count"}]})
        };
        let table = json!({"id": "t", "type": "table", "title": "t", "dataset": "d",
                           "columns": [{"column": "c"}]});
        let dashboard: Dashboard = serde_json::from_value(json!({
            "name": "plain",
            "datasets": {"d": {"schema": "s", "sql": "select 1"}},
            "elements": [{"id": "e", "type": "date_range"}],
            "panels": [kpi("a"), kpi("b"), kpi("c"), kpi("d"), kpi("e5"), chart("f"), chart("g"), table],
        }))
        .expect("a dashboard");
        let found: Vec<(u8, u16, u8, u16)> =
            dashboard.effective_layout().iter().map(|i| (i.x, i.y, i.w, i.h)).collect();
        let expected = [
            (0, 0, 3, 2),
            (0, 2, 3, 3),
            (3, 2, 3, 3),
            (6, 2, 3, 3),
            (9, 2, 3, 3),
            (0, 5, 3, 3),
            (0, 8, 6, 8),
            (6, 8, 6, 8),
            (0, 16, 12, 12),
        ];
        assert_eq!(found, expected);
    }
}
