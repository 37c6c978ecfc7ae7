//! What a workspace declares, in names only, and what stands on a server before it is applied.
//!
//! [`plan`] compares the two and says what `apply` would do; the store carries the plan out in one
//! transaction. Nothing is ever deleted here: what a workspace does not name is left alone, because
//! another workspace may have declared it and customers may depend on it.

mod check;
mod plan;

pub use check::DeclarationFault;
pub use plan::{Change, LeftAlone, Plan, Refusal, SourceField, plan};

use std::collections::{BTreeMap, BTreeSet};

use crate::dashboard::Dashboard;
use crate::level::{LevelName, Levels};
use crate::name::{DashboardName, EnvironmentName, GroupName, SchemaName, SourceName, TagName};
use crate::source::Connection;

/// Everything that one workspace wants to be so. References are by name, and every name that is
/// referred to is declared in the same declaration ([`Declaration::check`]).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declaration {
    /// The server's levels; `None` leaves them as they are.
    pub levels: Option<Levels>,
    pub groups: BTreeSet<GroupName>,
    /// In the order in which they are created, without repetition.
    pub tags: Vec<TagName>,
    pub environments: BTreeSet<EnvironmentName>,
    pub schemas: BTreeMap<SchemaName, DeclaredSchema>,
    pub sources: BTreeMap<SourceName, DeclaredSource>,
    pub dashboards: BTreeMap<DashboardName, DeclaredDashboard>,
}

/// A schema and which of its sources answers whom by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredSchema {
    /// The source for viewers whose mapping and group say nothing. `None`: such viewers see an
    /// error, and nobody else's data.
    pub default_source: Option<SourceName>,
    /// Per group, the source for that group's viewers whose mapping says nothing.
    pub group_defaults: BTreeMap<GroupName, SourceName>,
}

/// A data source: one connection, in one schema and one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredSource {
    pub schema: SchemaName,
    pub group: GroupName,
    /// Holds one customer's data only.
    pub isolated: bool,
    /// With absolute paths.
    pub connection: Connection,
}

/// A dashboard and the environments to which its newest version is published.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredDashboard {
    /// Carries the dashboard's name too, equal to its key in [`Declaration::dashboards`].
    pub definition: Dashboard,
    pub environments: BTreeSet<EnvironmentName>,
}

/// What stands on a server, as far as a plan needs to know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    pub levels: Levels,
    pub groups: BTreeSet<GroupName>,
    pub tags: BTreeSet<TagName>,
    pub environments: BTreeSet<EnvironmentName>,
    pub schemas: BTreeMap<SchemaName, DeclaredSchema>,
    pub sources: BTreeMap<SourceName, DeclaredSource>,
    pub dashboards: BTreeMap<DashboardName, PresentDashboard>,
    /// How many customers stand on each level, of all groups together. Empty levels may be absent.
    pub customers_by_level: BTreeMap<LevelName, u64>,
    /// The pairs (parent's level, child's level) that some customer and its parent make.
    pub level_pairs: BTreeSet<(LevelName, LevelName)>,
    /// How many customers name each source in their own mapping. Others may be absent.
    pub customers_by_source: BTreeMap<SourceName, u64>,
}

/// A dashboard's newest version, and which version each environment shows.
#[derive(Clone, Debug, PartialEq)]
pub struct PresentDashboard {
    /// The definition of the newest version.
    pub definition: Dashboard,
    /// The number of the newest version, from 1.
    pub version: i64,
    pub published: BTreeMap<EnvironmentName, i64>,
}

impl Present {
    /// All that stands, as a workspace would declare it. An environment that shows another than a
    /// dashboard's newest version has no place in a declaration.
    pub fn declaration(&self) -> Declaration {
        let dashboards = self.dashboards.iter();
        let dashboards = dashboards.map(|(name, found)| (name.clone(), found.declared())).collect();
        Declaration { dashboards, levels: Some(self.levels.clone()), ..self.without_dashboards() }
    }

    /// As [`Present::declaration`], without dashboards and levels: what one change is added to, so
    /// that all it may refer to is declared.
    pub fn without_dashboards(&self) -> Declaration {
        Declaration {
            levels: None,
            groups: self.groups.clone(),
            tags: self.tags.iter().cloned().collect(),
            environments: self.environments.clone(),
            schemas: self.schemas.clone(),
            sources: self.sources.clone(),
            dashboards: BTreeMap::new(),
        }
    }
}

impl PresentDashboard {
    fn declared(&self) -> DeclaredDashboard {
        let shows_newest = |(_, version): &(_, &i64)| **version == self.version;
        let environments = self.published.iter().filter(shows_newest);
        DeclaredDashboard {
            definition: self.definition.clone(),
            environments: environments.map(|(name, _)| name.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;
    use crate::source::Files;

    fn name<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("a name")
    }

    fn levels(names: &[&str]) -> Levels {
        Levels::new(names.iter().map(|text| level(text)).collect()).expect("levels")
    }

    fn level(text: &str) -> LevelName {
        LevelName::try_from(text.to_owned()).expect("a level name")
    }

    pub(super) fn source(schema: &str, group: &str) -> DeclaredSource {
        let connection = Connection::Files(Files::default());
        DeclaredSource { schema: name(schema), group: name(group), isolated: false, connection }
    }

    pub(super) fn dashboard(title: &str, sql: &str) -> DeclaredDashboard {
        let definition = serde_json::json!({
            "name": title,
            "datasets": {"rows": {"schema": "flights", "sql": sql}},
            "panels": [{
                "id": "count", "type": "kpi", "title": "Rows", "dataset": "rows",
                "measures": [{"name": "count", "aggregate": "count"}],
            }],
        });
        DeclaredDashboard {
            definition: serde_json::from_value(definition).expect("a definition"),
            environments: BTreeSet::from([name("production")]),
        }
    }

    /// Two groups, one schema with a shared and an isolated source, one dashboard.
    pub(super) fn declaration() -> Declaration {
        let isolated = DeclaredSource { isolated: true, ..source("flights", "Production") };
        let schema = DeclaredSchema {
            default_source: Some(name("all")),
            group_defaults: BTreeMap::from([(name("Production"), name("all"))]),
        };
        Declaration {
            levels: None,
            groups: BTreeSet::from([name("Production"), name("Testing")]),
            tags: vec![name("vip")],
            environments: BTreeSet::from([name("production")]),
            schemas: BTreeMap::from([(name("flights"), schema)]),
            sources: BTreeMap::from([
                (name("all"), source("flights", "Production")),
                (name("own"), isolated),
            ]),
            dashboards: BTreeMap::from([(name("on-time"), dashboard("on-time", "select 1"))]),
        }
    }

    /// What stands after `declaration` was applied to an empty server.
    fn applied(declaration: Declaration) -> Present {
        let version_1 = |dashboard: DeclaredDashboard| PresentDashboard {
            published: dashboard.environments.into_iter().map(|name| (name, 1)).collect(),
            definition: dashboard.definition,
            version: 1,
        };
        let dashboards = declaration.dashboards.into_iter();
        Present {
            levels: declaration.levels.unwrap_or_default(),
            groups: declaration.groups,
            tags: declaration.tags.into_iter().collect(),
            environments: declaration.environments,
            schemas: declaration.schemas,
            sources: declaration.sources,
            dashboards: dashboards.map(|(name, found)| (name, version_1(found))).collect(),
            ..Present::default()
        }
    }

    #[track_caller]
    fn check(present: &Present, change: impl FnOnce(&mut Declaration), expected: &str) {
        let mut wanted = declaration();
        change(&mut wanted);
        let found = match plan(present, &wanted) {
            Ok(plan) => plan.to_string(),
            Err(refusals) => {
                refusals.iter().map(|refusal| format!("refused: {refusal}\n")).collect()
            }
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn an_empty_server_gets_everything_in_order_of_reference() {
        check(
            &Present::default(),
            |_| (),
            "create group Production\n\
             create group Testing\n\
             create tag vip\n\
             create environment production\n\
             create schema flights\n\
             create data source all in schema flights, group Production\n\
             create data source own in schema flights, group Production\n\
             make all the default of schema flights\n\
             make all the default of schema flights for group Production\n\
             create dashboard on-time\n\
             publish version 1 of dashboard on-time to production\n",
        );
    }

    #[test]
    fn applying_twice_changes_nothing() {
        check(&applied(declaration()), |_| (), "nothing to change\n");
    }

    #[test]
    fn what_stands_is_declared_as_it_was() {
        let present = applied(declaration());
        let expected = Declaration { levels: Some(Levels::default()), ..declaration() };
        assert_eq!(present.declaration(), expected);
        let plan = plan(&present, &present.declaration()).expect("a plan");
        assert_eq!(plan, Plan::default());
    }

    #[test]
    fn a_changed_definition_becomes_the_next_version_and_moves_its_environments() {
        let change = |wanted: &mut Declaration| {
            wanted.dashboards.insert(name("on-time"), dashboard("on-time", "select 2"));
        };
        let expected = "create version 2 of dashboard on-time\n\
                        publish version 2 of dashboard on-time to production\n";
        check(&applied(declaration()), change, expected);
    }

    #[test]
    fn what_disappeared_is_left_alone() {
        let change = |wanted: &mut Declaration| {
            wanted.tags.clear();
            wanted.groups.remove("Testing");
            wanted.sources.remove("own");
            wanted.dashboards.clear();
        };
        let expected = "nothing to change\n\
                        left alone: group Testing\n\
                        left alone: tag vip\n\
                        left alone: data source own\n\
                        left alone: dashboard on-time\n";
        check(&applied(declaration()), change, expected);
        let unpublish = |wanted: &mut Declaration| {
            let dashboard = wanted.dashboards.values_mut().next().expect("the dashboard");
            dashboard.environments.clear();
        };
        let expected = "nothing to change\n\
                        left alone: version 1 of dashboard on-time in production\n";
        check(&applied(declaration()), unpublish, expected);
    }

    #[test]
    fn defaults_follow_the_file() {
        let change = |wanted: &mut Declaration| {
            let schema = wanted.schemas.values_mut().next().expect("the schema");
            *schema = DeclaredSchema::default();
        };
        let expected = "remove the default of schema flights\n\
                        remove the default of schema flights for group Production\n";
        check(&applied(declaration()), change, expected);
    }

    #[test]
    fn a_source_that_customers_are_mapped_to_keeps_its_group() {
        let change = |wanted: &mut Declaration| {
            let source = wanted.sources.get_mut("own").expect("the source");
            source.group = name("Testing");
            source.isolated = false;
        };
        let mut present = applied(declaration());
        check(&present, change, "change group, isolated of data source own\n");
        present.customers_by_source.insert(name("own"), 3);
        let expected = "refused: data source \"own\" cannot move to another group: 3 customers are \
                        mapped to it; declare a new data source and map them to that\n";
        check(&present, change, expected);
    }

    #[test]
    fn levels_may_grow_around_those_in_use() {
        let change = |wanted: &mut Declaration| {
            wanted.levels = Some(levels(&["League", "Customer", "User"]));
        };
        let mut present = applied(declaration());
        present.customers_by_level = BTreeMap::from([(level("Customer"), 2), (level("User"), 5)]);
        present.level_pairs = BTreeSet::from([(level("Customer"), level("User"))]);
        let expected = "change levels from Customer > User to League > Customer > User\n";
        check(&present, change, expected);
    }

    #[test]
    fn a_change_of_levels_that_breaks_a_pair_is_refused() {
        let mut present = applied(declaration());
        present.customers_by_level = BTreeMap::from([(level("Customer"), 2), (level("User"), 5)]);
        present.level_pairs = BTreeSet::from([(level("Customer"), level("User"))]);
        check(
            &present,
            |wanted| wanted.levels = Some(levels(&["User", "Customer"])),
            "refused: level \"Customer\" must stay above level \"User\": some customers on \"User\" \
             have a parent on \"Customer\"\n",
        );
        check(
            &present,
            |wanted| wanted.levels = Some(levels(&["Customer", "Station"])),
            "refused: level \"User\" cannot go: 5 customers stand on it; move them to another level \
             first\n",
        );
    }
}
