//! Requests of viewers, among them such as no honest page would send.

use model::dashboard::{Direction, Filter, FilterOperator, Sort};
use query::{Request, Target};
use serde_json::{Map, Value, json};

use crate::draw::Draw;
use crate::rows::{REGIONS, TENANTS};

/// Stands in every hostile text: it must never be seen in SQL.
pub(crate) const MARK: &str = "zq7mark";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    Export,
    Kpi,
    Regions,
    Months,
    Options,
}

const KINDS: [Kind; 6] =
    [Kind::Table, Kind::Export, Kind::Kpi, Kind::Regions, Kind::Months, Kind::Options];

impl Kind {
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        draw.one(&KINDS)
    }

    fn target(self) -> Target {
        let panel = |id: &str| id.parse().expect("a panel's id");
        match self {
            Self::Table => Target::Panel(panel("table")),
            Self::Export => Target::Export(panel("table")),
            Self::Kpi => Target::Panel(panel("kpi")),
            Self::Regions => Target::Panel(panel("regions")),
            Self::Months => Target::Panel(panel("months")),
            Self::Options => Target::Options("regions".parse().expect("an element's id")),
        }
    }
}

pub(crate) fn request(draw: &mut Draw, kind: Kind) -> Request {
    let is_table = matches!(kind, Kind::Table | Kind::Export);
    Request {
        variables: variables(draw),
        page: (kind == Kind::Table && draw.once_in(2)).then(|| draw.between(1, 4) as u32),
        page_size: (kind == Kind::Table && draw.once_in(2)).then(|| draw.between(1, 9) as u32),
        sort: if is_table { sort(draw) } else { Vec::new() },
        filters: if is_table { filters(draw) } else { Vec::new() },
        ..Request::of(kind.target(), "2024-02-01T00:00:00Z".parse().expect("a moment"))
    }
}

/// A text that tries to be SQL.
fn hostile(draw: &mut Draw) -> String {
    let texts =
        ["' or 1=1 --", "\\' or 1=1 #", "\"; drop table facts; --", "{{customer_id}}", "]]", "%"];
    format!("{MARK}{}", draw.one(&texts))
}

fn variables(draw: &mut Draw) -> Map<String, Value> {
    let mut variables = Map::new();
    if draw.once_in(2) {
        let mut regions: Vec<Value> = draw.some(&REGIONS, 3).into_iter().map(Value::from).collect();
        if draw.once_in(4) {
            regions.push(hostile(draw).into());
        }
        variables.insert("regions".to_owned(), regions.into());
    }
    if draw.once_in(3) {
        let least = if draw.once_in(6) { hostile(draw).into() } else { json!(draw.between(-3, 9)) };
        variables.insert("least".to_owned(), least);
    }
    if draw.once_in(3) {
        let day = |day: i64| format!("2023-12-{:02}", 1 + day);
        let (from, to) = (draw.between(0, 14), draw.between(10, 30));
        variables.insert("period".to_owned(), json!({"startDate": day(from), "endDate": day(to)}));
    }
    for name in usurped(draw) {
        let value = if draw.once_in(2) { draw.one(&TENANTS).into() } else { hostile(draw) };
        variables.insert(name.to_owned(), value.into());
    }
    variables
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
        "properties.regions",
        "customer_id.raw()",
        "tenant",
        "facts",
    ];
    draw.some(&names, 4)
}

fn sort(draw: &mut Draw) -> Vec<Sort> {
    let keys = draw.some(&crate::dashboards::TABLE, 2);
    let key = |column: &str| Sort {
        column: column.parse().expect("a column"),
        direction: if draw.once_in(2) { Direction::Desc } else { Direction::Asc },
    };
    keys.into_iter().map(key).collect()
}

fn filters(draw: &mut Draw) -> Vec<Filter> {
    (0..draw.below(3)).map(|_| filter(draw)).collect()
}

fn filter(draw: &mut Draw) -> Filter {
    use FilterOperator as Op;
    let of_numbers =
        [Op::Equals, Op::NotEquals, Op::GreaterThan, Op::AtLeast, Op::LessThan, Op::AtMost];
    let of_texts = [Op::Equals, Op::NotEquals, Op::Contains, Op::StartsWith];
    let (column, operator, value) = match draw.below(6) {
        0 | 1 => ("n", draw.one(&of_numbers), json!(draw.between(-3, 12))),
        2 => ("n", Op::Between, json!([draw.between(-3, 3), draw.between(2, 12)])),
        3 => {
            let text = if draw.once_in(3) { hostile(draw) } else { draw.one(&REGIONS).to_owned() };
            ("region", draw.one(&of_texts), text.into())
        }
        4 => ("region", draw.one(&[Op::In, Op::NotIn]), json!([draw.one(&REGIONS), hostile(draw)])),
        _ => (draw.one(&["region", "n"]), draw.one(&[Op::IsEmpty, Op::IsNotEmpty]), Value::Null),
    };
    Filter { column: column.parse().expect("a column"), operator, value }
}
