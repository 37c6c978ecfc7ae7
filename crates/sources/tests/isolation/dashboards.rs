//! Generated dashboards: datasets that keep rows apart in each of the ways there are, datasets that
//! only look as if they did, and panels of each kind.

use model::Dashboard;
use serde_json::{Value, json};

use crate::draw::Draw;

/// What a dataset answers to whom, in words that need no SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// The tenant's rows.
    Tenant,
    /// Those of the tenant's user who looks; nobody else is answered.
    Member,
    /// The tenant's rows of the regions that its customer carries; without that property, none.
    Regions,
    /// Whatever the source holds, to those who are mapped to one of their own.
    Source,
    /// Nothing keeps them apart: it must be refused.
    Nothing,
}

/// A dataset and what it keeps to.
#[derive(Clone, Debug)]
pub(crate) struct Dataset {
    pub(crate) keeps: Keeps,
    pub(crate) definition: Value,
    /// Whether the clauses of the viewer's choices stand in it.
    pub(crate) narrows: bool,
}

const CHOICES: &str = " [[and r.region in {{regions}}]] [[and r.n >= {{least}}]] \
                       [[and r.day >= {{period.startDate}}]] [[and r.day <= {{period.endDate}}]]";

/// Heads that each leave a WHERE open for more.
const TENANT: [&str; 4] = [
    "select * from facts r where r.tenant = {{customer_id}}",
    "select * from facts as r where 1 = 1 and ({{customer_id}} = r.tenant)",
    "select r.* from facts r join facts o on o.tenant = r.tenant and o.id = r.id \
     where r.tenant = {{customer_id}}",
    "select * from facts r where r.tenant in ({{customer_id}})",
];

/// Datasets that look safe and are not.
const UNSAFE: [&str; 7] = [
    "select * from facts r where 1 = 1",
    "select * from facts r where r.tenant = {{customer_id}} or 1 = 1",
    "select * from facts r where not (r.tenant = {{customer_id}})",
    "select * from facts r where 1 = 1 [[and r.tenant = {{customer_id}}]]",
    "select * from facts r where r.tenant = {{customer_name}}",
    "select r.* from facts r join facts o on 1 = 1 where o.tenant = {{customer_id}}",
    "select r.id, r.tenant, r.member, r.region, r.n, r.day from facts r \
     where r.tenant = {{customer_id}} union all select id, tenant, member, region, n, day from facts",
];

pub(crate) fn dataset(draw: &mut Draw) -> Dataset {
    let narrows = !draw.once_in(3);
    let choices = if narrows { CHOICES } else { "" };
    let of = |keeps, sql: String, more: Value| {
        let mut definition = json!({"schema": "sales", "sql": sql});
        let fields = more.as_object().expect("fields").clone();
        definition.as_object_mut().expect("an object").extend(fields);
        Dataset { keeps, definition, narrows }
    };
    let everything = format!("select * from facts r where 1 = 1{choices}");
    let policy = json!({"tenant_column": {"column": "tenant", "equals": "customer_id"}});
    match draw.below(10) {
        0..=2 => of(Keeps::Tenant, format!("{}{choices}", draw.one(&TENANT)), json!({})),
        3 => of(Keeps::Tenant, union(choices), json!({})),
        4 | 5 => of(Keeps::Tenant, everything, policy),
        6 => {
            let sql = "select * from facts r where r.tenant = {{customer_id}} \
                       and r.member = {{user_id}}";
            of(Keeps::Member, format!("{sql}{choices}"), json!({}))
        }
        7 => {
            let mut fields = policy;
            fields["row_policies"] = json!([{"column": "region", "in": "customer.regions"}]);
            of(Keeps::Regions, everything, fields)
        }
        8 => of(Keeps::Source, everything, json!({})),
        _ => of(Keeps::Nothing, format!("{}{choices}", draw.one(&UNSAFE)), json!({})),
    }
}

/// Both branches are kept to the tenant, and share out the rows between them.
fn union(choices: &str) -> String {
    let half = |parity: &str| {
        format!(
            "select r.id, r.tenant, r.member, r.region, r.n, r.day from facts r \
             where r.tenant = {{{{customer_id}}}} and {parity}{choices}"
        )
    };
    format!("{} union all {}", half("r.id >= 100"), half("r.id < 100"))
}

/// The columns of the table, in their order.
pub(crate) const TABLE: [&str; 4] = ["id", "region", "n", "day"];

/// One dashboard with a panel of each kind over the dataset.
pub(crate) fn dashboard(dataset: &Dataset) -> Dashboard {
    let columns: Vec<Value> = TABLE.iter().map(|column| json!({"column": column})).collect();
    let measures = json!([
        {"name": "rows", "aggregate": "count"},
        {"name": "total", "aggregate": "sum", "column": "n"},
    ]);
    let document = json!({
        "name": "generated",
        "datasets": {"facts": dataset.definition},
        "panels": [
            {"id": "table", "type": "table", "title": "Rows", "dataset": "facts", "columns": columns},
            {"id": "kpi", "type": "kpi", "title": "Rows", "dataset": "facts",
             "measures": [{"name": "rows", "aggregate": "count"}]},
            {"id": "regions", "type": "bar", "title": "By region", "dataset": "facts",
             "dimensions": [{"column": "region"}], "measures": measures},
            {"id": "months", "type": "bar", "title": "By month", "dataset": "facts",
             "dimensions": [{"column": "day", "name": "month", "bucket": "month"}],
             "measures": measures},
        ],
        "elements": [
            {"id": "period", "type": "date_range", "value": "date"},
            {"id": "regions", "type": "multi_select", "options": {"dataset": "facts", "value": "region"}},
        ],
        "variables": {"least": "integer"},
    });
    serde_json::from_value(document).expect("a dashboard")
}
