//! Panels of the demo's dashboard with rows like its own.

use serde_json::{Value, json};

#[derive(Clone)]
pub(crate) struct Panel {
    pub(crate) definition: Value,
    pub(crate) result: Value,
}

impl Panel {
    fn new(kind: &str, title: &str, columns: &[(Value, &str)], rows: Vec<Value>) -> Self {
        let declared: Vec<&Value> = columns.iter().map(|(column, _)| column).collect();
        let answered: Vec<Value> = columns
            .iter()
            .map(|(column, kind)| json!({"name": column["name"], "type": kind}))
            .collect();
        Self {
            definition: json!({
                "id": "panel", "type": kind, "title": title, "description": null,
                "orientation": "vertical", "stacked": false, "page_size": 50, "columns": declared,
            }),
            result: json!({
                "columns": answered, "rows": rows, "total_rows": null, "cached": false,
                "as_of": "2013-12-31T12:00:00Z",
            }),
        }
    }
}

pub(crate) fn all() -> [Panel; 10] {
    [
        flights(),
        avg_dep_delay(),
        by_month(),
        destinations(),
        late_destinations(),
        delay_share(),
        recent(),
        destinations_with_totals(),
        weekly_flights(),
        names(),
    ]
}

fn column(name: &str, label: &str, role: &str) -> Value {
    let format = json!({"style": "auto", "decimals": null, "unit": null, "currency": null});
    json!({"name": name, "label": label, "role": role, "bucket": null, "format": format})
}

fn month_column() -> Value {
    let mut column = column("month", "Month", "dimension");
    column["bucket"] = json!("month");
    column
}

fn with(mut column: Value, what: &str, value: &str) -> Value {
    column["format"][what] = json!(value);
    column
}

fn month(index: usize) -> String {
    format!("2013-{:02}-01", index + 1)
}

pub(crate) fn flights() -> Panel {
    let count = column("flights", "Flights", "measure");
    Panel::new("kpi", "Flights", &[(count, "integer")], vec![json!([336_776])])
}

pub(crate) fn avg_dep_delay() -> Panel {
    let mean = with(column("mean", "Mean delay", "measure"), "unit", "min");
    let rows = vec![json!([12.639])];
    let mut panel = Panel::new("kpi", "Mean departure delay", &[(mean, "float")], rows);
    panel.definition["description"] = json!("Of the flights that departed");
    panel
}

pub(crate) fn by_month() -> Panel {
    let counts = [
        27_004, 24_951, 28_834, 28_330, 28_796, 28_243, 29_425, 29_327, 27_574, 28_889, 27_268,
        28_135,
    ];
    let rows = counts.iter().enumerate().map(|(at, count)| json!([month(at), count])).collect();
    let count = column("flights", "Flights", "measure");
    let columns = [(month_column(), "date"), (count, "integer")];
    Panel::new("bar", "Flights per month", &columns, rows)
}

const DESTINATIONS: [(&str, u32, f64); 10] = [
    ("ORD", 17_283, 5.877),
    ("ATL", 17_215, 11.3),
    ("LAX", 16_174, 0.547),
    ("BOS", 15_508, 2.914),
    ("MCO", 14_082, 5.455),
    ("CLT", 14_064, 7.36),
    ("SFO", 13_331, 2.673),
    ("FLL", 12_055, 8.082),
    ("MIA", 11_728, 0.299),
    ("SEA", 9_705, -1.099),
];

pub(crate) fn destinations() -> Panel {
    let rows = DESTINATIONS.iter().map(|(to, count, late)| json!([to, count, late])).collect();
    let columns = [
        (column("dest", "Destination", "dimension"), "string"),
        (column("flights", "Flights", "measure"), "integer"),
        (with(column("late", "Mean arrival delay", "measure"), "unit", "min"), "float"),
    ];
    let mut panel = Panel::new("bar", "Top destinations", &columns, rows);
    panel.definition["orientation"] = json!("horizontal");
    panel
}

pub(crate) fn late_destinations() -> Panel {
    let rows = DESTINATIONS.iter().map(|(to, _, late)| json!([to, late])).collect();
    let columns = [
        (column("dest", "Destination", "dimension"), "string"),
        (with(column("late", "Mean arrival delay", "measure"), "unit", "minutes"), "float"),
    ];
    Panel::new("bar", "Mean arrival delay by destination", &columns, rows)
}

/// Names in many scripts, and some that look like markup.
fn names() -> Panel {
    let names = [
        "<b>Air & Sea</b>",
        "Zürich \"Çeşme\"",
        "Ελλάδα Москва",
        "Việt Nam → €",
        "שלום עולם",
        "مرحبا بالعالم",
        "漢字かな",
        "😀 emoji",
    ];
    let rows = names.iter().enumerate().map(|(at, name)| json!([name, 8 - at])).collect();
    let columns = [
        (column("name", "Name", "dimension"), "string"),
        (column("flights", "Flights", "measure"), "integer"),
    ];
    let mut panel = Panel::new("bar", "Names from everywhere: שלום 漢字", &columns, rows);
    panel.definition["orientation"] = json!("horizontal");
    panel
}

/// By airport and month, with one month missing.
pub(crate) fn delay_share() -> Panel {
    let mut rows = Vec::new();
    for (origin, usual) in [("EWR", 0.24), ("JFK", 0.2), ("LGA", 0.17)] {
        for (at, season) in [2, 3, 3, 4, 4, 9, 10, 4, -4, -3, -2, 8].into_iter().enumerate() {
            let share = usual + f64::from(season) / 100.0;
            let is_missing = origin == "JFK" && at == 8;
            let cell = if is_missing { Value::Null } else { json!(share) };
            rows.push(json!([origin, month(at), cell]));
        }
    }
    let columns = [
        (column("origin", "Origin", "dimension"), "string"),
        (month_column(), "date"),
        (with(column("share", "Late departures", "measure"), "style", "percent"), "float"),
    ];
    Panel::new("line", "Late departures", &columns, rows)
}

pub(crate) fn recent() -> Panel {
    let cities = ["BOS", "MCO", "LAX", "SFO", "ORD", "FLL", "DCA"];
    let rows = (0..40)
        .map(|at| {
            let delay = if at == 3 { Value::Null } else { json!(f64::from(at) * 3.5 - 8.0) };
            let departed = format!("2013-10-01T0{}:59:00Z", 3 - at / 20);
            let to = cities[at as usize % cities.len()];
            json!([departed, "B6", 701 + at * 37, "JFK", to, delay])
        })
        .collect();
    let columns = [
        (column("time_hour", "Departed", "column"), "timestamp"),
        (column("carrier", "Airline", "column"), "string"),
        (column("flight", "Flight", "column"), "integer"),
        (column("origin", "From", "column"), "string"),
        (column("dest", "To", "column"), "string"),
        (with(column("dep_delay", "Delay", "column"), "unit", "min"), "float"),
    ];
    let mut panel = Panel::new("table", "Recent flights", &columns, rows);
    panel.result["total_rows"] = json!(336_776);
    panel
}

/// A table of two measures with a last row over all of them.
pub(crate) fn destinations_with_totals() -> Panel {
    let rows = DESTINATIONS.iter().map(|(to, count, late)| json!([to, count, late])).collect();
    let columns = [
        (column("dest", "Destination", "dimension"), "string"),
        (column("flights", "Flights", "measure"), "integer"),
        (with(column("late", "Mean arrival delay", "measure"), "unit", "min"), "float"),
    ];
    let mut panel = Panel::new("table", "Destinations", &columns, rows);
    panel.result["total_rows"] = json!(105);
    panel.result["totals"] = json!([null, 336_776, 6.895]);
    panel
}

/// A figure of four weeks beside that of the four before.
pub(crate) fn weekly_flights() -> Panel {
    let points = |from: i64, counts: [i64; 4]| -> Vec<Value> {
        let week = |at: usize| format!("2013-09-{:02}", from + 7 * at as i64);
        counts.iter().enumerate().map(|(at, count)| json!([week(at), count])).collect()
    };
    let mut week = column("week", "Week", "dimension");
    week["bucket"] = json!("week");
    let columns = [(week, "date"), (column("flights", "Flights", "measure"), "integer")];
    let rows = points(4, [6_218, 6_430, 6_502, 6_559]);
    let mut panel = Panel::new("kpi_trend", "Flights of four weeks", &columns, rows);
    panel.definition["description"] = json!("Scheduled departures");
    panel.result["comparison"] = json!({
        "current": 25_709, "previous": 24_120, "change": 0.0659, "bucket": "week",
        "current_period": {"start": "2013-09-04", "end": "2013-10-01"},
        "previous_period": {"start": "2013-08-07", "end": "2013-09-03"},
        "previous_rows": points(4, [6_101, 6_004, 5_980, 6_035]),
    });
    panel
}
