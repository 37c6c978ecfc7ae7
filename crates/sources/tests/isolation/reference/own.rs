//! The rows that are a viewer's at all, and those that its choices leave.

use model::dashboard::{RowPolicy, RowTest};
use serde_json::Value as Json;

use crate::choices::{Choices, Refused};
use crate::customers::Looker;
use crate::datasets::{Dataset, Keeps, Test, scalars};
use crate::rows::{ISOLATED, Row};
use crate::value::Value;

pub(super) fn rows<'a>(
    all: &'a [Row],
    looker: &Looker,
    dataset: &Dataset,
    has_row_security: bool,
) -> Result<Vec<&'a Row>, Refused> {
    let is_own = |row: &&Row| row.tenant == looker.tenant;
    let is_in_source = |row: &&Row| !looker.is_mapped || row.tenant == ISOLATED;
    let is_shown = |row: &&Row| !has_row_security || is_own(row);
    let held = all.iter().filter(is_in_source).filter(is_shown);
    let kept: Vec<&Row> = match dataset.keeps {
        Keeps::Tenant => held.filter(is_own).collect(),
        Keeps::Member => {
            let member = looker.member.as_deref().ok_or(Refused)?;
            held.filter(is_own).filter(|row| row.member.as_deref() == Some(member)).collect()
        }
        Keeps::Viewer => held.filter(|row| row.member.as_deref() == Some(looker.id())).collect(),
        Keeps::Source => held.collect(),
        Keeps::OwnSource if looker.is_mapped || has_row_security => held.collect(),
        Keeps::OwnSource | Keeps::Nothing => return Err(Refused),
    };
    if dataset.names_table && looker.property("table").is_some_and(|table| table != "facts") {
        return Err(Refused);
    }
    dataset.definition.row_policies.iter().try_fold(kept, |kept, policy| {
        let allowed = allowed(policy, looker)?;
        let fits = |row: &&Row| allowed.contains(&json(row.get(policy.column.as_str())));
        Ok(kept.into_iter().filter(fits).collect())
    })
}

/// The values that a policy lets a column have.
fn allowed(policy: &RowPolicy, looker: &Looker) -> Result<Vec<Json>, Refused> {
    let key = policy.property.strip_prefix("customer.").expect("a property of the customer");
    let property = looker.property(key).ok_or(Refused)?;
    match policy.test {
        RowTest::Equals if property.is_array() => Err(Refused),
        RowTest::Equals | RowTest::In => scalars(property),
    }
}

/// As a property would hold it; null, which no policy allows, for what is missing.
fn json(value: Value) -> Json {
    match value {
        Value::Text(text) => text.into(),
        Value::Number(number) => (number as i64).into(),
        _ => Json::Null,
    }
}

/// What the clauses of the viewer's choices leave.
pub(super) fn narrowed<'a>(
    rows: Vec<&'a Row>,
    dataset: &Dataset,
    choices: &Choices<'_>,
) -> Result<Vec<&'a Row>, Refused> {
    let tests: Vec<Option<Test>> =
        dataset.clauses.iter().map(|clause| (clause.test)(choices)).collect::<Result<_, _>>()?;
    let passes = |row: &&Row| tests.iter().flatten().all(|test| test(row));
    Ok(rows.into_iter().filter(passes).collect())
}
