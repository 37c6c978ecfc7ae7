//! Generated panels: tables of rows as they are, groups, figures and trends, with the operations that
//! there are.

use model::dashboard::{Aggregate, Bucket, Panel, PanelKind};
use serde_json::{Value as Json, json};

use crate::draw::Draw;
use crate::formulas::FORMULAS;

/// What may be done with a result's column so that every database does the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    Text,
    Number,
    Truth,
    Day,
    Moment,
    /// Another text than its neighbours to one database, and the same to the next: an id.
    Loose,
    /// A figure whose last digits differ, or that is known only when all rows are there.
    Figure,
}

pub(crate) fn nature(column: &str) -> Nature {
    match column {
        "region" => Nature::Text,
        "id" | "n" | "weight" | "amount" => Nature::Number,
        "paid" => Nature::Truth,
        "day" => Nature::Day,
        "moment" => Nature::Moment,
        _ => Nature::Loose,
    }
}

/// The columns of a panel's result with their natures.
pub(crate) fn natures(panel: &Panel) -> Vec<(String, Nature)> {
    let dimensions = panel.dimensions.iter().map(|dimension| match dimension.bucket {
        Some(Bucket::Hour) => Nature::Moment,
        Some(_) => Nature::Day,
        None => nature(dimension.column.as_str()),
    });
    let measures = panel.measures.iter().map(|measure| match measure.aggregate {
        _ if measure.looks_around() => Nature::Figure,
        Some(Aggregate::Count | Aggregate::CountDistinct) => Nature::Number,
        Some(Aggregate::Sum | Aggregate::Min | Aggregate::Max) => {
            measure.column.as_ref().map_or(Nature::Figure, |column| nature(column.as_str()))
        }
        _ => Nature::Figure,
    });
    let plain = panel.columns.iter().map(|column| nature(column.column.as_str()));
    let names = panel.result_columns().map(ToString::to_string);
    names.zip(dimensions.chain(measures).chain(plain)).collect()
}

pub(crate) fn panel(draw: &mut Draw, id: &str) -> Panel {
    let mut panel = match draw.below(10) {
        0..=2 => table_of_rows(draw),
        3..=7 => groups(draw),
        8 => json!({"type": "kpi", "measures": [measure(draw, "figure")]}),
        _ => trend(draw),
    };
    let fields = panel.as_object_mut().expect("fields");
    for (key, value) in [("id", json!(id)), ("title", json!("Facts")), ("dataset", json!("facts"))]
    {
        fields.insert(key.to_owned(), value);
    }
    fields.insert("filters".to_owned(), filters(draw));
    serde_json::from_value(panel).expect("a panel")
}

fn put(panel: &mut Json, key: &str, value: Json) {
    panel[key] = value;
}

fn table_of_rows(draw: &mut Draw) -> Json {
    let totals = draw.once_in(3);
    // With the id first, rows stand in the same order everywhere, whose texts they hold besides.
    let mut names = match draw.once_in(4) {
        true => draw.distinct(&["region", "n", "amount", "paid", "day"], 3),
        false => ["id"].into_iter().chain(draw.distinct(&crate::rows::COLUMNS[1..], 5)).collect(),
    };
    if names.is_empty() {
        names.push("region");
    }
    let column = |name: &&str| match total(draw, name).filter(|_| totals) {
        Some(total) => json!({"column": name, "total": total}),
        None => json!({"column": name}),
    };
    let columns: Vec<Json> = names.iter().map(column).collect();
    let has_total = columns.iter().any(|column| column.get("total").is_some());
    let mut table = json!({"type": "table", "columns": columns, "totals": has_total});
    if draw.once_in(2) {
        let keys = ["id", "region", "n", "amount", "day", "moment", "paid", "weight"];
        let keys = draw.distinct(&keys, 2);
        put(&mut table, "sort", keys.into_iter().map(|key| sort(draw, key)).collect());
    }
    if draw.once_in(4) {
        put(&mut table, "limit", json!(draw.between(1, 25)));
    }
    if draw.once_in(2) {
        put(&mut table, "page_size", json!(draw.between(1, 9)));
    }
    table
}

fn total(draw: &mut Draw, column: &str) -> Option<&'static str> {
    let totals: &[&str] = match nature(column) {
        Nature::Number => &["count", "count_distinct", "sum", "avg", "min", "max"],
        Nature::Text => &["count", "count_distinct"],
        Nature::Day => &["count", "min", "max"],
        _ => &["count"],
    };
    (!draw.once_in(3)).then(|| draw.one(totals))
}

fn sort(draw: &mut Draw, column: &str) -> Json {
    json!({"column": column, "direction": if draw.once_in(2) { "desc" } else { "asc" }})
}

fn groups(draw: &mut Draw) -> Json {
    let is_table = draw.once_in(2);
    let dimensions = dimensions(draw);
    let measures = measures(draw);
    let names: Vec<String> = dimensions.iter().map(name_of).collect();
    let buckets = dimensions.iter().filter(|dimension| dimension.get("bucket").is_some()).count();
    let kind = if is_table { "table" } else { draw.one(&["bar", "line"]) };
    let mut panel = json!({"type": kind, "dimensions": dimensions, "measures": measures});
    let may_fill = buckets == 1 && (names.len() == 1 || !is_hourly(&dimensions));
    if may_fill && draw.once_in(2) {
        put(&mut panel, "fill", json!(draw.one(&["zero", "null"])));
    }
    if draw.once_in(3) {
        put(&mut panel, "limit", json!(draw.between(1, 5)));
    }
    if draw.once_in(2) {
        let keys = draw.distinct(&[names[0].as_str(), "m0"], 2);
        put(&mut panel, "sort", keys.into_iter().map(|key| sort(draw, key)).collect());
    }
    let is_text = |dimension: &Json| dimension["column"] == "region";
    if names.len() - buckets == 1 && dimensions.iter().any(is_text) && draw.once_in(2) {
        put(&mut panel, "sort", json!([sort(draw, "m0")]));
        put(&mut panel, "limit", json!(draw.between(1, 3)));
        put(&mut panel, "others", draw.one(&[json!(true), json!("the rest"), json!("o'thers")]));
    }
    if is_table {
        // At most a hundred values become columns.
        let is_fine = |dimension: &&Json| {
            dimension.get("bucket").is_some_and(|bucket| bucket == "hour" || bucket == "day")
        };
        let turned: Vec<String> =
            dimensions.iter().filter(|one| !is_fine(one)).map(name_of).collect();
        if names.len() > 1 && !turned.is_empty() && draw.once_in(2) {
            put(&mut panel, "pivot", json!(draw.one(&turned)));
        }
        if draw.once_in(2) {
            put(&mut panel, "page_size", json!(draw.between(1, 6)));
        }
        put(&mut panel, "totals", json!(draw.once_in(2)));
    }
    panel
}

fn name_of(dimension: &Json) -> String {
    let name = dimension.get("name").unwrap_or(&dimension["column"]);
    name.as_str().expect("a name").to_owned()
}

fn is_hourly(dimensions: &[Json]) -> bool {
    dimensions.iter().any(|dimension| dimension.get("bucket").is_some_and(|it| it == "hour"))
}

/// One or two. Some bear the name of another column of the dataset.
fn dimensions(draw: &mut Draw) -> Vec<Json> {
    let bucket = draw.one(&["hour", "day", "week", "month", "quarter", "year"]);
    let of_days = draw.one(&["day", "week", "month", "quarter", "year"]);
    let dimensions = [
        json!({"column": "region"}),
        json!({"column": "region", "name": draw.one(&["n", "tenant", "Where?"])}),
        json!({"column": "paid"}),
        json!({"column": "n"}),
        json!({"column": "day"}),
        json!({"column": "day", "name": draw.one(&["when", "moment"]), "bucket": of_days}),
        json!({"column": "day", "bucket": of_days}),
        json!({"column": "moment", "name": draw.one(&["when", "day"]), "bucket": bucket}),
        json!({"column": "moment", "bucket": of_days}),
    ];
    let first = draw.one(&dimensions);
    let second = draw.one(&dimensions);
    let is_other = name_of(&first) != name_of(&second);
    if is_other && draw.once_in(2) { vec![first, second] } else { vec![first] }
}

/// The first, `m0`, is one by which every database orders alike.
fn measures(draw: &mut Draw) -> Vec<Json> {
    let mut measures = vec![draw.one(&[
        json!({"name": "m0", "aggregate": "count"}),
        json!({"name": "m0", "aggregate": "count", "column": "region"}),
        json!({"name": "m0", "aggregate": "sum", "column": "amount"}),
        json!({"name": "m0", "aggregate": "max", "column": "n"}),
    ])];
    for at in 1..=draw.below(4) {
        let mut measure = measure(draw, &format!("m{at}"));
        if draw.once_in(3) {
            put(&mut measure, "running", json!(draw.one(&["total", "average"])));
            if draw.once_in(2) {
                put(&mut measure, "window", json!(draw.between(2, 4)));
            }
        } else if draw.once_in(4) {
            put(&mut measure, "share_of", json!(draw.one(&["total", "axis"])));
        }
        measures.push(measure);
    }
    if draw.once_in(4) {
        let over = draw.one(&measures);
        let is_ratio_of_measures = over.get("measure").is_some();
        if !is_ratio_of_measures {
            let ratio =
                json!({"name": "r", "aggregate": "ratio", "measure": "m0", "over": over["name"]});
            measures.push(ratio);
        }
    }
    measures
}

/// Of numbers, whatever comes of them.
fn measure(draw: &mut Draw, name: &str) -> Json {
    let number = draw.one(&["n", "amount", "weight"]);
    let p = draw.one(&[0.0, 10.0, 25.0, 50.0, 90.0, 99.5, 100.0]);
    let kind = draw.below(11);
    let mut measure = match kind {
        0 => json!({"aggregate": "count"}),
        1 => json!({"aggregate": "count", "column": draw.one(&["region", "n", "paid", "day"])}),
        2 => json!({"aggregate": "count_distinct", "column": draw.one(&["region", "n", "day"])}),
        3 => json!({"aggregate": "sum", "column": number}),
        4 => json!({"aggregate": "avg", "column": number}),
        5 => json!({"aggregate": draw.one(&["min", "max"]), "column": number}),
        6 => json!({"aggregate": "percentile", "column": number, "p": p}),
        7 => json!({"aggregate": "median", "column": number}),
        8 => json!({"aggregate": "avg", "column": draw.one(&["n", "amount"]), "weight": "weight"}),
        9 => json!({"aggregate": "ratio", "column": number, "over": draw.one(&["weight", "n"])}),
        _ => json!({"formula": FORMULAS[draw.below(FORMULAS.len())].text}),
    };
    put(&mut measure, "name", json!(name));
    measure
}

fn trend(draw: &mut Draw) -> Json {
    let date = draw.one(&["day", "moment"]);
    let presets = [
        "today",
        "last_7_days",
        "last_4_weeks",
        "last_3_months",
        "last_12_months",
        "month_to_date",
        "year_to_date",
        "previous_month",
    ];
    let instants = json!({"start": "2023-11-04T12:00:00Z", "end": "2023-12-31T12:30:00Z"});
    let period = match draw.below(6) {
        0 => json!({"start": "2023-11-02", "end": "2023-11-30"}),
        1 if date == "moment" => instants,
        2 => json!({"variable": "period"}),
        3 => json!({"variable": "period", "default": draw.one(&presets)}),
        _ => json!(draw.one(&presets)),
    };
    let mut trend = json!({"date": date, "period": period});
    if draw.once_in(2) {
        put(&mut trend, "bucket", json!(draw.one(&["day", "week", "month", "quarter", "year"])));
    }
    let mut panel = json!({
        "type": "kpi_trend", "measures": [measure(draw, "figure")], "trend": trend,
    });
    if draw.once_in(3) {
        put(&mut panel, "fill", json!(draw.one(&["zero", "null"])));
    }
    panel
}

/// The author's, some of them with what the viewer chose.
fn filters(draw: &mut Draw) -> Json {
    let by_variable = [
        json!({"column": "region", "operator": "in", "value": {"variable": "regions"}}),
        json!({"column": "region", "operator": "not_equals", "value": {"variable": "region"}}),
        json!({"column": "n", "operator": "at_least", "value": {"variable": "least"}}),
        json!({"column": "day", "operator": "between", "value": {"variable": "period"}}),
        json!({"column": "moment", "operator": "between", "value": {"variable": "span"}}),
        json!({"column": "moment", "operator": "not_between", "value": {"variable": "span"}}),
    ];
    let count = if draw.once_in(3) { draw.below(3) } else { 0 };
    let filter = |draw: &mut Draw| match draw.once_in(2) {
        true => draw.one(&by_variable),
        false => {
            let column = draw.one(&["region", "n", "amount", "paid", "day", "moment"]);
            let (operator, value) = crate::requests::condition(draw, nature(column), false);
            json!({"column": column, "operator": operator, "value": value})
        }
    };
    (0..count).map(|_| filter(draw)).collect()
}

/// Whether a panel's result has pages.
pub(crate) fn is_table(panel: &Panel) -> bool {
    panel.kind == PanelKind::Table
}
