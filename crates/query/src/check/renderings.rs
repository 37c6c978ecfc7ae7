//! The texts that a dataset may become, with stand-ins for what only a viewer brings.

use std::collections::BTreeSet;
use std::convert::Infallible;

use model::Levels;
use model::dashboard::Dataset;

use crate::dialect::Dialect;
use crate::fragment::Fragment;
use crate::template::{Binding, Template, Variable};
use crate::value::Value;
use crate::variables::{Subject, choice_sql, subject};

/// Stands in for an identifier that a customer's property names.
pub(super) const STAND_IN: &str = "fanlight_stand_in";

/// Most optional clauses that are left out one at a time.
const MAX_CLAUSES: usize = 64;

/// The dataset with all of its optional clauses, with none, with each one missing, and with each of
/// the author's choices. Other combinations are judged when they occur.
pub(super) fn renderings(
    template: &Template,
    dataset: &Dataset,
    levels: &Levels,
    dialect: &dyn Dialect,
) -> Vec<Fragment> {
    let clauses = template.clause_count();
    let mut left_out = vec![BTreeSet::new(), (0..clauses).collect()];
    left_out.extend((0..clauses.min(MAX_CLAUSES)).map(|clause| BTreeSet::from([clause])));
    let most_choices = dataset.choices.values().map(Vec::len).max().unwrap_or(0).max(1);
    let mut renderings = Vec::new();
    for clauses in &left_out {
        let template = template.without(clauses);
        for choice in 0..most_choices {
            let bind =
                |variable: &Variable| Ok(binding(variable, dataset, levels, dialect, choice));
            renderings.extend(template.render::<Infallible>(bind));
        }
    }
    renderings
}

/// A value of the right kind. Of choices, the one with this number, or the last one.
fn binding(
    variable: &Variable,
    dataset: &Dataset,
    levels: &Levels,
    dialect: &dyn Dialect,
    choice: usize,
) -> Binding {
    let subject = subject(&variable.name, levels);
    if !variable.raw {
        let is_level_id = matches!(subject, Ok(Subject::LevelId | Subject::ViewerId));
        return Binding::One { value: Value::Text(String::new()), is_level_id };
    }
    let choices = dataset.choices.get(variable.name.as_str());
    let chosen = choices.and_then(|choices| choices.get(choice).or(choices.last()));
    match (subject, chosen) {
        (Ok(Subject::Sent), Some(text)) => {
            choice_sql(&variable.name, text).map_or(Binding::NoValue, Binding::Sql)
        }
        _ => Binding::Sql(dialect.quote(STAND_IN)),
    }
}
