//! From what the source lists to what this server shall hold: rules only, no I/O.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::Levels;
use model::credential::CustomerToken;
use model::customer::NewCustomer;
use model::level::Rank;
use model::name::ProvidedId;
use serde::Serialize;

use super::listed::{Content, Listed};
use super::mapping::Translation;

/// A customer as it shall be here.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) wanted: NewCustomer,
    pub(super) token: CustomerToken,
}

/// A customer that is not imported, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    pub provided_id: String,
    pub reason: String,
}

/// Something of an imported customer that this server does not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub provided_id: String,
    pub field: &'static str,
    pub values: Vec<String>,
}

/// What the source's customers come to.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Parents before their children, and in the source's order on each level.
    pub(super) rows: Vec<Row>,
    pub(super) failures: Vec<Failure>,
    pub(super) left_out: Vec<LeftOut>,
}

/// The rank of a customer here; `None` on a level that this server does not have.
pub(super) fn rank(levels: &Levels, customer: &Listed) -> Option<Rank> {
    customer.level.as_deref().map_or(Some(Levels::ROOT), |level| levels.rank(level))
}

/// Levels that customers stand on and that are not declared here, each with what to do.
pub(super) fn unknown_levels(customers: &[Listed], levels: &Levels) -> Vec<String> {
    let mut unknown: BTreeMap<&str, u64> = BTreeMap::new();
    for level in customers.iter().filter_map(|customer| customer.level.as_deref()) {
        if levels.rank(level).is_none() {
            *unknown.entry(level).or_default() += 1;
        }
    }
    let refusal = |(level, count): (&str, u64)| {
        format!(
            "customers stand on level {level:?} ({count} of them), which is not declared here (levels \
             are {}); add it to `levels` in workspace.yaml, the root level first, and run `fanlight \
             apply`",
            names(levels)
        )
    };
    unknown.into_iter().map(refusal).collect()
}

/// Pairs of levels whose order here is not the source's, each with what to do.
pub(super) fn turned_levels(
    customers: &[Listed],
    parents: &HashMap<String, String>,
    levels: &Levels,
) -> Vec<String> {
    let by_id: HashMap<&str, &Listed> =
        customers.iter().map(|one| (one.id.as_str(), one)).collect();
    let mut turned: BTreeMap<(Rank, Rank), u64> = BTreeMap::new();
    for (child, parent) in parents {
        let of = |id: &String| by_id.get(id.as_str()).and_then(|one| rank(levels, one));
        if let Some(pair) = of(parent).zip(of(child)).filter(|(parent, child)| parent >= child) {
            *turned.entry(pair).or_default() += 1;
        }
    }
    let name = |rank| levels.name(rank).map_or("", |level| level.as_str());
    let refusal = |((parent, child), count): ((Rank, Rank), u64)| {
        format!(
            "customers of level {:?} ({count} of them) have parents of level {:?}, which is not above \
             it here (levels are {}, the root level first); declare the source's order in workspace.yaml and \
             run `fanlight apply`",
            name(child),
            name(parent),
            names(levels)
        )
    };
    turned.into_iter().map(refusal).collect()
}

fn names(levels: &Levels) -> String {
    levels.names().iter().map(|level| level.as_str()).collect::<Vec<_>>().join(", ")
}

/// What is to be written. Without a translation, mappings are left out.
pub(super) fn plan(
    mut customers: Vec<Listed>,
    parents: &HashMap<String, String>,
    levels: &Levels,
    translation: Option<&Translation>,
) -> Plan {
    customers.sort_by_key(|customer| rank(levels, customer));
    let mut plan = Plan::default();
    let mut failed: HashSet<String> = HashSet::new();
    for customer in customers {
        let id = customer.id.clone();
        let parent = parents.get(&id);
        let lost = parent.filter(|parent| failed.contains(*parent));
        let row = match lost {
            Some(parent) => Err(format!("its parent {parent:?} is not imported")),
            None => row(customer, parent, levels, translation),
        };
        match row {
            Ok((row, left_out)) => {
                plan.rows.push(row);
                plan.left_out.extend(left_out);
            }
            Err(reason) => {
                failed.insert(id.clone());
                plan.failures.push(Failure { provided_id: id, reason });
            }
        }
    }
    plan
}

fn row(
    customer: Listed,
    parent: Option<&String>,
    levels: &Levels,
    translation: Option<&Translation>,
) -> Result<(Row, Option<LeftOut>), String> {
    if rank(levels, &customer).is_none() {
        return Err(format!("its level {:?} is not declared here", customer.level));
    }
    if customer.inherits && parent.is_none() {
        return Err(
            "it inherits properties, but nobody lists it as a child: it may have moved while \
                    the source was read; run the import again"
                .to_owned(),
        );
    }
    let content = customer.content?;
    let parent = parent.map(|id| ProvidedId::try_from(id.clone())).transpose();
    let parent = parent.map_err(|fault| format!("its parent's id {fault}"))?;
    let mapping = match translation {
        None => Some(BTreeMap::new()),
        Some(translation) => translation.translate(&content.mapping),
    };
    let mapping = mapping.ok_or("its mapping refers to what --mapping does not name")?;
    let Content { provided_id, name, token, is_demo, emails, no_emails, tags, properties, .. } =
        content;
    let left_out = (!no_emails.is_empty()).then(|| LeftOut {
        provided_id: provided_id.as_str().to_owned(),
        field: "emails",
        values: no_emails,
    });
    let level = customer.level;
    let wanted = NewCustomer {
        provided_id,
        name,
        level,
        parent,
        properties,
        mapping,
        emails,
        tags,
        is_demo,
    };
    Ok((Row { wanted, token }, left_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c";

    /// A customer that carries nothing, on a level; without one on the root level.
    fn listed(id: &str, level: &str) -> Listed {
        let content = Content {
            provided_id: id.parse().expect("an id"),
            name: id.parse().expect("a name"),
            token: TOKEN.parse().expect("a token"),
            is_demo: false,
            emails: Vec::new(),
            no_emails: Vec::new(),
            tags: Default::default(),
            properties: Default::default(),
            mapping: BTreeMap::new(),
        };
        let level = Some(level.to_owned()).filter(|level| !level.is_empty());
        Listed { id: id.to_owned(), level, group: None, inherits: false, content: Ok(content) }
    }

    fn with(customer: Listed, change: impl FnOnce(&mut Content)) -> Listed {
        let mut content = customer.content.expect("a content");
        change(&mut content);
        Listed { content: Ok(content), ..customer }
    }

    fn parents(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(child, parent)| (child.to_string(), parent.to_string())).collect()
    }

    /// What is written, as `id < parent`, and what fails.
    #[track_caller]
    fn check(
        customers: Vec<Listed>,
        tree: &[(&str, &str)],
        rows: &[&str],
        failures: &[(&str, &str)],
    ) {
        let translation = Translation::default();
        let plan = plan(customers, &parents(tree), &Levels::default(), Some(&translation));
        let shown = plan.rows.iter().map(|row| match &row.wanted.parent {
            None => row.wanted.provided_id.to_string(),
            Some(parent) => format!("{} < {parent}", row.wanted.provided_id),
        });
        assert_eq!(shown.collect::<Vec<_>>(), rows);
        let failed =
            plan.failures.iter().map(|one| (one.provided_id.as_str(), one.reason.as_str()));
        assert_eq!(failed.collect::<Vec<_>>(), failures);
    }

    #[test]
    fn parents_stand_before_their_children_and_else_the_sources_order_holds() {
        let customers = vec![
            listed("x", "User"),
            listed("b", "Customer"),
            listed("y", "User"),
            listed("a", ""),
        ];
        check(customers, &[("x", "a"), ("y", "b")], &["b", "a", "x < a", "y < b"], &[]);
    }

    #[test]
    fn the_children_of_a_customer_that_is_not_imported_are_not_either() {
        let broken = Listed { content: Err("token: is required".to_owned()), ..listed("a", "") };
        let customers = vec![listed("x", "User"), broken, listed("b", "")];
        let failures = [("a", "token: is required"), ("x", "its parent \"a\" is not imported")];
        check(customers, &[("x", "a")], &["b"], &failures);
    }

    #[test]
    fn a_customer_that_inherits_needs_its_parent() {
        let heir = |id| Listed { inherits: true, ..listed(id, "User") };
        let customers = vec![listed("a", ""), heir("x"), heir("y")];
        let told = "it inherits properties, but nobody lists it as a child: it may have moved while \
                    the source was read; run the import again";
        check(customers, &[("x", "a")], &["a", "x < a"], &[("y", told)]);
    }

    #[test]
    fn a_mapping_that_has_no_translation_fails_its_customer_alone() {
        let mapped = with(listed("a", ""), |content| {
            content.mapping.insert("3".to_owned(), "17".to_owned());
        });
        let told = "its mapping refers to what --mapping does not name";
        check(vec![mapped.clone(), listed("b", "")], &[], &["b"], &[("a", told)]);
        let without = plan(vec![mapped], &HashMap::new(), &Levels::default(), None);
        assert!(without.rows[0].wanted.mapping.is_empty());
    }

    #[test]
    fn addresses_that_are_none_are_left_out_and_told() {
        let customer =
            with(listed("a", ""), |content| content.no_emails = vec!["nobody".to_owned()]);
        let plan = plan(vec![customer], &HashMap::new(), &Levels::default(), None);
        let (provided_id, values) = ("a".to_owned(), vec!["nobody".to_owned()]);
        assert_eq!(plan.left_out, [LeftOut { provided_id, field: "emails", values }]);
    }

    #[test]
    fn a_level_that_is_not_declared_is_told_with_what_to_do() {
        let customers = [listed("a", "Region"), listed("b", "Region"), listed("c", "User")];
        let told = unknown_levels(&customers, &Levels::default());
        assert_eq!(told.len(), 1);
        let start = "customers stand on level \"Region\" (2 of them), which is not declared here \
                     (levels are Customer, User); add it to `levels` in workspace.yaml";
        assert!(told[0].starts_with(start), "{}", told[0]);
    }

    #[test]
    fn levels_in_another_order_are_told() {
        let customers = [listed("a", "User"), listed("x", "Customer"), listed("y", "Customer")];
        let tree = parents(&[("x", "a"), ("y", "a")]);
        let told = turned_levels(&customers, &tree, &Levels::default());
        let start = "customers of level \"Customer\" (2 of them) have parents of level \"User\", \
                     which is not above it here (levels are Customer, User";
        assert!(told.len() == 1 && told[0].starts_with(start), "{told:?}");
        let right = parents(&[("a", "x")]);
        assert_eq!(turned_levels(&customers, &right, &Levels::default()), Vec::<String>::new());
    }
}
