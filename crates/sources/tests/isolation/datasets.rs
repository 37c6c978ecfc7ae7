//! Generated datasets: those that keep rows apart in each of the ways there are, those that only look as
//! if they did, and the optional clauses by which a viewer narrows what it sees.

use model::dashboard::Dataset as Definition;
use serde_json::{Value as Json, json};

use crate::choices::{Choices, Refused};
use crate::draw::Draw;
use crate::rows::Row;

/// What a dataset answers to whom, in words that need no SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// The tenant's rows.
    Tenant,
    /// Those of the tenant's user who looks; nobody else is answered.
    Member,
    /// Those that bear the id of whoever looks as their user's.
    Viewer,
    /// Whatever the source holds, to everybody.
    Source,
    /// Whatever the source holds, to those who are mapped to one of their own.
    OwnSource,
    /// Nothing keeps them apart: it must be refused.
    Nothing,
}

/// A dataset and what it keeps to.
#[derive(Debug)]
pub(crate) struct Dataset {
    pub(crate) keeps: Keeps,
    pub(crate) definition: Definition,
    pub(crate) clauses: Vec<&'static Clause>,
    /// Whether it reads the table that the customer's property `table` names.
    pub(crate) names_table: bool,
}

/// An optional clause, and what it lets through.
#[derive(Debug)]
pub(crate) struct Clause {
    sql: &'static str,
    pub(crate) test: fn(&Choices<'_>) -> Result<Option<Test>, Refused>,
}

/// Whether a row passes.
pub(crate) type Test = Box<dyn Fn(&Row) -> bool + Send>;

fn test(test: impl Fn(&Row) -> bool + Send + 'static) -> Option<Test> {
    Some(Box::new(test))
}

/// Variables of all types that there are: elements', declared and undeclared ones, properties.
static CLAUSES: [Clause; 13] = [
    Clause {
        sql: "[[and r.region in {{regions}}]]",
        test: |choices| {
            let regions = choices.texts("regions")?;
            Ok(regions.and_then(|regions| test(move |row| is_one_of(row, &regions))))
        },
    },
    Clause {
        sql: "[[and r.region = {{region}}]]",
        test: |choices| {
            let region = choices.text("region")?;
            Ok(region.and_then(|region| test(move |row| row.region == Some(&region))))
        },
    },
    Clause {
        sql: "[[and r.n >= {{least}}]]",
        test: |choices| {
            let least = choices.integer("least")?;
            Ok(least.and_then(|least| test(move |row| row.n.is_some_and(|n| n >= least))))
        },
    },
    Clause {
        sql: "[[and r.amount <= {{most}}]]",
        test: |choices| {
            let most = choices.number("most")?;
            Ok(most
                .and_then(|most| test(move |row| row.amount.is_some_and(|amount| amount <= most))))
        },
    },
    Clause {
        sql: "[[and r.paid = {{paid}}]]",
        test: |choices| {
            let paid = choices.truth("paid")?;
            Ok(paid.and_then(|paid| test(move |row| row.paid == Some(paid))))
        },
    },
    Clause {
        sql: "[[and r.day <> {{except}}]]",
        test: |choices| {
            let except = choices.day("except")?;
            Ok(except.and_then(|except| test(move |row| row.day != except)))
        },
    },
    Clause {
        sql: "[[and r.moment >= {{since}}]]",
        test: |choices| {
            let since = choices.instant("since")?;
            Ok(since.and_then(|since| test(move |row| row.instant() >= since)))
        },
    },
    Clause {
        // What is missing is in no list to some databases.
        sql: "[[and r.region is not null and r.region not in ({{without}})]]",
        test: |choices| {
            let without = choices.texts("without")?;
            Ok(without.and_then(|without| {
                test(move |row| row.region.is_some() && !is_one_of(row, &without))
            }))
        },
    },
    Clause {
        sql: "[[and (r.region = {{word}} or r.n > 3) [[and r.n >= {{least}}]]]]",
        test: |choices| {
            let (word, least) = (choices.text("word")?, choices.integer("least")?);
            Ok(word.and_then(|word| {
                test(move |row| {
                    (row.region == Some(&word) || row.n.is_some_and(|n| n > 3))
                        && least.is_none_or(|least| row.n.is_some_and(|n| n >= least))
                })
            }))
        },
    },
    Clause {
        sql: "[[and r.day between {{period.startDate}} and {{period.endDate}}]]",
        test: |choices| match choices.days("period")? {
            [Some(from), Some(to)] => Ok(test(move |row| from <= row.day && row.day <= to)),
            _ => Ok(None),
        },
    },
    Clause {
        sql: "[[and r.moment >= {{span.startDate}}]] [[and r.moment <= {{span.endDate}}]]",
        test: |choices| {
            let [from, to] = choices.instants("span")?;
            Ok(test(move |row| {
                let at = row.instant();
                from.is_none_or(|from| at >= from) && to.is_none_or(|to| at <= to)
            }))
        },
    },
    Clause {
        sql: "[[and r.region is {{presence.raw()}}]]",
        test: |choices| match choices.text("presence")?.as_deref() {
            None => Ok(None),
            Some("null") => Ok(test(|row| row.region.is_none())),
            Some("not null") => Ok(test(|row| row.region.is_some())),
            Some(_) => Err(Refused),
        },
    },
    Clause {
        sql: "[[and r.region in ({{customer.regions}})]]",
        test: |choices| {
            let Some(regions) = choices.looker.property("regions") else { return Ok(None) };
            let regions = scalars(regions)?;
            Ok(test(move |row| row.region.is_some_and(|region| regions.contains(&region.into()))))
        },
    },
];

fn is_one_of(row: &Row, regions: &[String]) -> bool {
    row.region.is_some_and(|region| regions.iter().any(|one| one == region))
}

/// The values that a property stands for: none where it is null, and null is none of a list's.
pub(crate) fn scalars(property: &Json) -> Result<Vec<Json>, Refused> {
    let is_plain = |json: &Json| !json.is_array() && !json.is_object();
    let members = match property {
        Json::Array(members) => members.clone(),
        Json::Object(_) => return Err(Refused),
        scalar => vec![scalar.clone()],
    };
    let members: Vec<Json> = members.into_iter().filter(|member| !member.is_null()).collect();
    if members.iter().all(is_plain) { Ok(members) } else { Err(Refused) }
}

/// Heads that each leave a WHERE open for more.
const TENANT: [&str; 6] = [
    "select * from facts r where r.tenant = {{customer_id}}",
    "select * from facts as r where 1 = 1 and ({{customer_id}} = r.tenant)",
    "select r.* from facts r join facts o on o.tenant = r.tenant and o.id = r.id \
     where r.tenant = {{customer_id}}",
    "select * from facts r where r.tenant in ({{customer_id}})",
    "select * from (select * from facts where tenant = {{customer_id}}) r where 1 = 1",
    "select * from {{customer.table.raw()}} r where r.tenant = {{customer_id}}",
];

/// Datasets that look safe and are not.
const UNSAFE: [&str; 9] = [
    "select * from facts r where 1 = 1",
    "select * from facts r where r.tenant = {{customer_id}} or 1 = 1",
    "select * from facts r where not (r.tenant = {{customer_id}})",
    "select * from facts r where 1 = 1 [[and r.tenant = {{customer_id}}]]",
    "select * from facts r where r.tenant = {{customer_name}}",
    "select r.* from facts r join facts o on 1 = 1 where o.tenant = {{customer_id}}",
    "select * from facts r where r.region in ({{customer.regions}})",
    "select * from {{customer.table.raw()}} r where 1 = 1",
    "select r.id, r.tenant, r.member, r.area, r.region, r.n, r.weight, r.amount, r.paid, r.day, \
     r.moment from facts r where r.tenant = {{customer_id}} union all \
     select id, tenant, member, area, region, n, weight, amount, paid, day, moment from facts",
];

const EVERYTHING: &str = "select * from facts r where 1 = 1";

pub(crate) fn dataset(draw: &mut Draw) -> Dataset {
    let clauses = clauses(draw);
    let choices: String = clauses.iter().map(|clause| format!(" {}", clause.sql)).collect();
    let head = |head: &str| format!("{head}{choices}");
    let (keeps, sql, further) = match draw.below(20) {
        0..=5 => (Keeps::Tenant, head(draw.one(&TENANT)), json!({})),
        6 => (Keeps::Tenant, union(&choices), json!({})),
        7..=10 => (Keeps::Tenant, head(EVERYTHING), tenant_column("tenant", "customer_id")),
        11 => (Keeps::Member, head(EVERYTHING), tenant_column("member", "user_id")),
        12 => {
            let of_member = "select * from facts r where r.tenant = {{customer_id}} \
                             and r.member = {{user_id}}";
            (Keeps::Member, head(of_member), json!({}))
        }
        13 => {
            let of_viewer = "select * from facts r where r.member = {{user_group_id}}";
            (Keeps::Viewer, head(of_viewer), json!({}))
        }
        14..=16 => (Keeps::Source, head(EVERYTHING), json!({"shared": true})),
        17 => (Keeps::OwnSource, head(EVERYTHING), json!({})),
        _ => (Keeps::Nothing, head(draw.one(&UNSAFE)), json!({})),
    };
    let names_table = sql.contains("customer.table");
    let definition = definition(sql, further, policies(draw));
    Dataset { keeps, definition, clauses, names_table }
}

fn tenant_column(column: &str, equals: &str) -> Json {
    json!({"tenant_column": {"column": column, "equals": equals}})
}

/// Policies narrow, and are no ground.
fn policies(draw: &mut Draw) -> Vec<Json> {
    let policies = [
        json!({"column": "area", "in": "customer.regions"}),
        json!({"column": "area", "equals": "customer.home"}),
        json!({"column": "n", "in": "customer.floors"}),
    ];
    match draw.below(4) {
        0 => vec![draw.one(&policies)],
        1 if draw.once_in(3) => draw.some(&policies, 2),
        _ => Vec::new(),
    }
}

fn definition(sql: String, further: Json, policies: Vec<Json>) -> Definition {
    let mut definition = json!({
        "schema": "sales", "sql": sql, "row_policies": policies,
        "identifiers": ["customer.table"], "choices": {"presence": ["null", "not null"]},
    });
    let fields = further.as_object().expect("fields").clone();
    definition.as_object_mut().expect("an object").extend(fields);
    serde_json::from_value(definition).expect("a dataset")
}

/// Each at most once, in any order.
fn clauses(draw: &mut Draw) -> Vec<&'static Clause> {
    let mut left: Vec<&'static Clause> = CLAUSES.iter().collect();
    let count = if draw.once_in(4) { 0 } else { draw.below(5) };
    (0..count).map(|_| left.swap_remove(draw.below(left.len()))).collect()
}

/// Both branches are kept to the tenant, and share out the rows between them.
fn union(choices: &str) -> String {
    let half = |part: &str| {
        format!(
            "select r.id, r.tenant, r.member, r.area, r.region, r.n, r.weight, r.amount, r.paid, \
             r.day, r.moment from facts r where r.tenant = {{{{customer_id}}}} and {part}{choices}"
        )
    };
    format!("{} union all {}", half("r.id >= 100"), half("r.id < 100"))
}
