//! Whether the names of a declaration refer to something.

use std::collections::BTreeSet;

use super::{Declaration, DeclaredDashboard, DeclaredSchema, DeclaredSource};
use crate::name::{DashboardName, SchemaName, SourceName, TagName};
use crate::nearest::unknown;

/// One fault of a declaration. The message completes "`place`: …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", self.place())]
pub struct DeclarationFault {
    /// Where it is, from the outside in, in the words of [`Declaration`]'s fields: for example
    /// `["sources", "hawaiian", "group"]`, or `["dashboards", "on-time", "panels", "0"]`.
    pub path: Vec<String>,
    pub message: String,
}

impl DeclarationFault {
    /// The path in one line.
    pub fn place(&self) -> String {
        self.path.join(" › ")
    }
}

impl Declaration {
    /// Every fault at once; empty when all references resolve and every dashboard is sound. What
    /// datasets' SQL says is checked by the query compiler.
    pub fn check(&self) -> Vec<DeclarationFault> {
        let mut faults = Faults(Vec::new());
        self.check_tags(&mut faults);
        for (name, schema) in &self.schemas {
            self.check_schema(&mut faults, name, schema);
        }
        for (name, source) in &self.sources {
            self.check_source(&mut faults, name, source);
        }
        for (name, dashboard) in &self.dashboards {
            self.check_dashboard(&mut faults, name, dashboard);
        }
        faults.0
    }

    fn check_tags(&self, faults: &mut Faults) {
        let mut seen: BTreeSet<&TagName> = BTreeSet::new();
        for (at, tag) in self.tags.iter().enumerate() {
            if !seen.insert(tag) {
                let path = ["tags".to_owned(), at.to_string()];
                faults.add(path, format!("the tag {:?} stands twice", tag.as_str()));
            }
        }
    }

    fn check_schema(&self, faults: &mut Faults, name: &SchemaName, schema: &DeclaredSchema) {
        let at = |rest: &[&str]| path("schemas", name.as_str(), rest);
        let default = schema.default_source.as_ref();
        if let Some(message) = default.and_then(|source| self.fault_of_default(name, source)) {
            faults.add(at(&["default_source"]), message);
        }
        for (group, source) in &schema.group_defaults {
            let at = at(&["group_defaults", group.as_str()]);
            if !self.groups.contains(group) {
                faults.add(at, unknown("group", group.as_str(), &self.groups));
            } else if let Some(message) = self.fault_of_default(name, source) {
                faults.add(at, message);
            } else if self.sources.get(source).is_some_and(|source| source.group != *group) {
                let (source, group) = (source.as_str(), group.as_str());
                faults.add(at, format!("the data source {source:?} is not of the group {group:?}"));
            }
        }
    }

    /// Why a source cannot be a default of a schema.
    fn fault_of_default(&self, schema: &SchemaName, source: &SourceName) -> Option<String> {
        let siblings = self.sources.iter().filter(|(_, found)| found.schema == *schema);
        let siblings = siblings.map(|(name, _)| name);
        let found = self.sources.get(source);
        match found {
            Some(found) if found.schema != *schema => Some(format!(
                "the data source {:?} is of the schema {:?}, not of {:?}",
                source.as_str(),
                found.schema.as_str(),
                schema.as_str()
            )),
            Some(found) if found.isolated => Some(format!(
                "the data source {:?} is isolated, so only a customer's mapping may choose it",
                source.as_str()
            )),
            Some(_) => None,
            None => Some(unknown("data source", source.as_str(), siblings)),
        }
    }

    fn check_source(&self, faults: &mut Faults, name: &SourceName, source: &DeclaredSource) {
        let at = |field: &str| path("sources", name.as_str(), &[field]);
        if !self.schemas.contains_key(&source.schema) {
            let message = unknown("schema", source.schema.as_str(), self.schemas.keys());
            faults.add(at("schema"), message);
        }
        if !self.groups.contains(&source.group) {
            faults.add(at("group"), unknown("group", source.group.as_str(), &self.groups));
        }
        for fault in source.connection.check() {
            let field = fault.path.iter().map(String::as_str);
            let rest: Vec<&str> = std::iter::once("connection").chain(field).collect();
            faults.add(path("sources", name.as_str(), &rest), fault.message);
        }
    }

    fn check_dashboard(
        &self,
        faults: &mut Faults,
        name: &DashboardName,
        dashboard: &DeclaredDashboard,
    ) {
        let at = |rest: &[&str]| path("dashboards", name.as_str(), rest);
        for environment in &dashboard.environments {
            if !self.environments.contains(environment) {
                let name = environment.as_str();
                let message = unknown("environment", name, &self.environments);
                faults.add(at(&["environments", name]), message);
            }
        }
        for (dataset, definition) in &dashboard.definition.datasets {
            if !self.schemas.contains_key(&definition.schema) {
                let message = unknown("schema", definition.schema.as_str(), self.schemas.keys());
                faults.add(at(&["datasets", dataset.as_str(), "schema"]), message);
            }
        }
        for fault in dashboard.definition.check() {
            let rest: Vec<&str> = fault.pointer.split('/').skip(1).collect();
            faults.add(at(&rest), fault.message);
        }
    }
}

fn path(list: &str, name: &str, rest: &[&str]) -> Vec<String> {
    [list, name].iter().chain(rest).map(|part| (*part).to_owned()).collect()
}

struct Faults(Vec<DeclarationFault>);

impl Faults {
    fn add(&mut self, path: impl Into<Vec<String>>, message: String) {
        self.0.push(DeclarationFault { path: path.into(), message });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{dashboard, declaration, source};
    use super::*;

    #[track_caller]
    fn check(change: impl FnOnce(&mut Declaration), expected: &[&str]) {
        let mut wanted = declaration();
        change(&mut wanted);
        let found: Vec<String> = wanted.check().iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_declaration_whose_names_resolve_has_no_fault() {
        check(|_| (), &[]);
    }

    #[test]
    fn a_name_that_nothing_declares_is_a_fault_that_says_what_there_is() {
        check(
            |wanted| {
                wanted.sources.insert(name("other"), source("fligths", "Prod"));
            },
            &[
                "sources › other › schema: there is no schema \"fligths\"; did you mean \"flights\"?",
                "sources › other › group: there is no group \"Prod\"; did you mean \"Production\"?",
            ],
        );
        check(
            |wanted| schema(wanted).default_source = Some(name("nowhere")),
            &[
                "schemas › flights › default_source: there is no data source \"nowhere\"; there are \
               all, own",
            ],
        );
        check(
            |wanted| {
                let mut other = dashboard("other", "select 1");
                other.environments = [name("live")].into();
                other.definition.panels[0].dataset = name("rows2");
                wanted.dashboards.insert(name("other"), other);
            },
            &[
                "dashboards › other › environments › live: there is no environment \"live\"; there \
                 is only \"production\"",
                "dashboards › other › panels › 0 › dataset: there is no dataset \"rows2\"; \
                 did you mean \"rows\"?",
            ],
        );
    }

    #[test]
    fn an_isolated_source_is_nobodys_default() {
        check(
            |wanted| schema(wanted).default_source = Some(name("own")),
            &[
                "schemas › flights › default_source: the data source \"own\" is isolated, so only a \
               customer's mapping may choose it",
            ],
        );
    }

    #[test]
    fn a_groups_default_is_a_source_of_the_group() {
        check(
            |wanted| {
                schema(wanted).group_defaults.insert(name("Testing"), name("all"));
            },
            &[
                "schemas › flights › group_defaults › Testing: the data source \"all\" is not of the \
               group \"Testing\"",
            ],
        );
    }

    #[test]
    fn a_tag_stands_once() {
        check(|wanted| wanted.tags.push(name("vip")), &["tags › 1: the tag \"vip\" stands twice"]);
    }

    fn schema(wanted: &mut Declaration) -> &mut DeclaredSchema {
        wanted.schemas.get_mut("flights").expect("the sample's schema")
    }

    fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("a name")
    }
}
