//! Requests of viewers, among them such as no honest page would send.

use model::dashboard::{Filter, Panel, PanelKind, Sort};
use query::{Request, Target};
use serde_json::{Map, Value as Json, json};

use crate::dashboards::{ELEMENTS, ZONES};
use crate::draw::Draw;
use crate::panels::{Nature, is_table, natures};
use crate::rows::{REGIONS, TENANTS};

/// Stands in every hostile text: it must never be seen in SQL.
pub(crate) const MARK: &str = "zq7mark";

/// Moments at which it is another day in another zone.
const NOW: [&str; 4] = [
    "2024-01-20T12:00:00Z",
    "2024-01-01T02:30:00Z",
    "2023-12-31T20:00:00Z",
    "2023-11-30T23:59:59Z",
];

/// A request to one of the panels, or for the choices of a control.
pub(crate) fn request(draw: &mut Draw, panels: &[Panel]) -> Request {
    let now = draw.one(&NOW).parse().expect("a moment");
    let request = match draw.below(12) {
        0 => {
            let element = draw.one(&ELEMENTS).parse().expect("an element's id");
            Request::of(Target::Options(element), now)
        }
        _ => {
            let panel = draw.one(panels);
            of_panel(draw, &panel, now)
        }
    };
    let zone = draw.once_in(2).then(|| draw.one(&ZONES).parse().expect("a zone's name"));
    Request { variables: variables(draw), time_zone: request.time_zone.or(zone), ..request }
}

fn of_panel(draw: &mut Draw, panel: &Panel, now: jiff::Timestamp) -> Request {
    let id = panel.id.clone();
    let is_export = draw.once_in(5);
    let target = if is_export { Target::Export(id) } else { Target::Panel(id) };
    let is_paged = is_table(panel) && !is_export;
    let page = (is_paged && draw.once_in(2)).then(|| draw.between(1, 3) as u32);
    let page_size = (is_paged && draw.once_in(3)).then(|| draw.between(1, 9) as u32);
    let columns = natures(panel);
    let is_trend = panel.kind == PanelKind::KpiTrend && !draw.once_in(20);
    let mut request = Request {
        page,
        page_size,
        sort: if is_trend || draw.once_in(2) { Vec::new() } else { sort(draw, &columns) },
        filters: if is_trend || draw.once_in(2) { Vec::new() } else { filters(draw, &columns) },
        ..Request::of(target, now)
    };
    if draw.once_in(30) {
        spoil(draw, &mut request);
    }
    request
}

/// Asks for what there is not.
fn spoil(draw: &mut Draw, request: &mut Request) {
    match draw.below(6) {
        0 => return request.page = Some(0),
        1 => return request.page_size = Some(draw.one(&[0, 1_001])),
        2 => return request.time_zone = Some("Nowhere/City".parse().expect("a zone's name")),
        _ => {}
    }
    let column = draw.one(&["secret", "tenant\" desc; --", "1", "(select 1)", "M0"]);
    let column = column.parse().expect("a column's name");
    if draw.once_in(2) {
        request.sort.push(Sort { column, direction: Default::default() });
    } else {
        let equals = serde_json::from_value(json!("equals")).expect("an operator");
        request.filters.push(Filter { column, operator: equals, value: json!(1) });
    }
}

/// A text that tries to be SQL.
fn hostile(draw: &mut Draw) -> String {
    let texts = [
        "' or 1=1 --",
        "\\' or 1=1 #",
        "\"; drop table facts; --",
        "{{customer_id}}",
        "]]",
        "%",
        "$1",
        "?1",
        "/* */",
        "') or tenant is not null or ('' = '",
    ];
    format!("{MARK}{}", draw.one(&texts))
}

fn variables(draw: &mut Draw) -> Map<String, Json> {
    let mut variables = Map::new();
    for name in ["regions", "region", "without", "word", "presence"] {
        if draw.once_in(3) {
            variables.insert(name.to_owned(), texts(draw, name));
        }
    }
    for name in ["least", "most", "paid", "except", "since"] {
        if draw.once_in(4) {
            variables.insert(name.to_owned(), declared(draw, name));
        }
    }
    for name in ["period", "span"] {
        if draw.once_in(3) {
            range(draw, name, &mut variables);
        }
    }
    for name in usurped(draw) {
        let value = if draw.once_in(2) { draw.one(&TENANTS).into() } else { hostile(draw) };
        variables.insert(name.to_owned(), value.into());
    }
    variables
}

/// Texts, lists of them, and nothing in each of its forms.
fn texts(draw: &mut Draw, name: &str) -> Json {
    let nothing = [Json::Null, json!(""), json!([])];
    let text = |draw: &mut Draw| match (name, draw.once_in(5)) {
        (_, true) => hostile(draw),
        ("presence", _) => draw.one(&["null", "not null"]).to_owned(),
        _ => draw.one(&REGIONS).to_owned(),
    };
    let takes_lists = matches!(name, "regions" | "without");
    match draw.below(12) {
        0 if takes_lists => draw.one(&nothing),
        0 => draw.one(&nothing[..2]),
        1 if draw.once_in(3) => draw.one(&[json!([["east"]]), json!({"a": "east"}), json!([null])]),
        _ if takes_lists && !draw.once_in(5) => (0..draw.below(4)).map(|_| text(draw)).collect(),
        _ => text(draw).into(),
    }
}

/// A value of a declared variable, sometimes written as a text as URLs do, sometimes of another type.
fn declared(draw: &mut Draw, name: &str) -> Json {
    if draw.once_in(20) {
        return hostile(draw).into();
    }
    let value = match name {
        "least" => json!(draw.between(-3, 9)),
        "most" => json!(draw.between(0, 800) as f64 / 8.0),
        "paid" => json!(draw.once_in(2)),
        "except" => json!(day(draw)),
        _ => json!(moment(draw)),
    };
    if draw.once_in(4) && !value.is_string() { json!(value.to_string()) } else { value }
}

fn day(draw: &mut Draw) -> String {
    draw.one(&["2023-10-29", "2023-11-05", "2023-11-30", "2023-12-15", "2024-01-01", "2024-01-19"])
        .to_owned()
}

fn moment(draw: &mut Draw) -> String {
    let time = draw.one(&["T00:00:00Z", "T23:30:00Z", "T04:30:00-05:00", "T12:34:56Z"]);
    format!("{}{time}", day(draw))
}

/// Both ends or one, in an object or in names of their own.
fn range(draw: &mut Draw, name: &str, variables: &mut Map<String, Json>) {
    let mut ends = [day(draw), day(draw)];
    if !draw.once_in(10) {
        ends.sort();
    }
    if name == "span" && draw.once_in(3) {
        ends[1] = moment(draw);
    }
    let [start, end] = ends;
    let end = if draw.once_in(25) { hostile(draw) } else { end };
    match draw.below(8) {
        0 => drop(variables.insert(name.to_owned(), json!({"startDate": start}))),
        1 => drop(variables.insert(name.to_owned(), json!({"endDate": end, "startDate": null}))),
        2 => {
            variables.insert(format!("{name}.startDate"), json!(start));
            variables.insert(format!("{name}.endDate"), json!(end));
        }
        3 if draw.once_in(6) => drop(variables.insert(name.to_owned(), hostile(draw).into())),
        _ => drop(variables.insert(name.to_owned(), json!({"startDate": start, "endDate": end}))),
    }
}

/// Names that speak of the customer, and that a viewer has no say in.
fn usurped(draw: &mut Draw) -> Vec<&'static str> {
    let names = [
        "customer_id",
        "customer_name",
        "user_id",
        "user_name",
        "user_group_id",
        "customer",
        "customer.regions",
        "customer.table",
        "properties.regions",
        "customer_id.raw()",
        "tenant",
        "facts",
    ];
    draw.some(&names, 4)
}

fn sort(draw: &mut Draw, columns: &[(String, Nature)]) -> Vec<Sort> {
    let is_ordered = |nature: Nature| !matches!(nature, Nature::Loose | Nature::Figure);
    let columns = columns.iter().filter(|(_, nature)| is_ordered(*nature));
    let names: Vec<String> = columns.map(|(name, _)| name.clone()).collect();
    let chosen = draw.distinct(&names, 2);
    let key = |name: String| {
        let direction = if draw.once_in(2) { "desc" } else { "asc" };
        let key = json!({"column": name, "direction": direction});
        serde_json::from_value(key).expect("a key of an order")
    };
    chosen.into_iter().map(key).collect()
}

fn filters(draw: &mut Draw, columns: &[(String, Nature)]) -> Vec<Filter> {
    let may_be_compared = |nature: Nature| !matches!(nature, Nature::Loose | Nature::Figure);
    let columns: Vec<&(String, Nature)> =
        columns.iter().filter(|(_, nature)| may_be_compared(*nature)).collect();
    let chosen = draw.distinct(&columns, 2);
    let filter = |(name, nature): &(String, Nature)| {
        let (operator, value) = condition(draw, *nature, true);
        let filter = json!({"column": name, "operator": operator, "value": value});
        serde_json::from_value(filter).expect("a condition")
    };
    chosen.into_iter().map(filter).collect()
}

/// An operator that a column of this nature takes, and what it compares with. A viewer's texts are
/// hostile at times; an author's are not.
pub(crate) fn condition(draw: &mut Draw, nature: Nature, by_viewer: bool) -> (&'static str, Json) {
    if draw.once_in(8) {
        return (draw.one(&["is_empty", "is_not_empty"]), Json::Null);
    }
    let text = |draw: &mut Draw| match by_viewer && draw.once_in(3) {
        true => hostile(draw),
        false => draw.one(&REGIONS).to_owned(),
    };
    match nature {
        Nature::Number => {
            let compare =
                ["equals", "not_equals", "greater_than", "at_least", "less_than", "at_most"];
            let range = json!([draw.between(-3, 3), draw.between(2, 12)]);
            match draw.below(4) {
                0 => (draw.one(&["between", "not_between"]), range),
                1 => (draw.one(&["in", "not_in"]), json!([draw.between(-3, 12), 4, 7])),
                _ => (draw.one(&compare), json!(draw.between(-3, 12))),
            }
        }
        Nature::Truth => (draw.one(&["is_true", "is_false"]), Json::Null),
        Nature::Day | Nature::Moment => {
            let lengths = ["7 days", "1 day", "3 weeks", "2 months", "1 quarter", "1 year"];
            let units = ["day", "week", "month", "quarter", "year"];
            match draw.below(4) {
                0 if nature == Nature::Day => {
                    (draw.one(&["at_least", "at_most", "equals", "less_than"]), json!(day(draw)))
                }
                1 => (draw.one(&["in_this", "in_previous"]), json!(draw.one(&units))),
                _ => ("in_last", json!(draw.one(&lengths))),
            }
        }
        _ => {
            let parts = ["contains", "not_contains", "starts_with", "ends_with"];
            match draw.below(4) {
                0 => (draw.one(&["equals", "not_equals"]), json!(text(draw))),
                1 => (draw.one(&["in", "not_in"]), json!([text(draw), text(draw)])),
                2 => (draw.one(&parts), json!(draw.one(&["E", "st", "o", "TH", "%", "_"]))),
                _ => (draw.one(&parts), json!(text(draw))),
            }
        }
    }
}
