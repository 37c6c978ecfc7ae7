//! Whether the variables of a dataset can have values.

use model::dashboard::{Dataset, Element, ElementKind};
use model::{Dashboard, Levels};

use super::Remark;
use crate::nearest::hint;
use crate::template::{Template, Variable};
use crate::variables::{Subject, VariableFault, choice_sql, subject};
use model::nearest::nearest;

pub(super) fn check(
    template: &Template,
    dashboard: &Dashboard,
    dataset: &Dataset,
    levels: &Levels,
) -> Vec<Remark> {
    let checker = Checker { dashboard, dataset, levels };
    let mut remarks: Vec<Remark> = Vec::new();
    for (variable, optional) in template.variables() {
        if let Some(mut remark) = checker.variable(variable, optional) {
            remark.message = format!("line {}: {}", variable.line, remark.message);
            remarks.push(remark);
        }
    }
    remarks.extend(dashboard.elements.iter().filter_map(|element| checker.element(element)));
    remarks
}

struct Checker<'a> {
    dashboard: &'a Dashboard,
    dataset: &'a Dataset,
    levels: &'a Levels,
}

impl Checker<'_> {
    fn variable(&self, variable: &Variable, optional: bool) -> Option<Remark> {
        let name = &variable.name;
        let subject = match subject(name, self.levels) {
            Ok(subject) => subject,
            Err(fault) => return Some(Remark::error(fault)),
        };
        if variable.raw {
            return self.raw(variable, &subject);
        }
        match subject {
            Subject::Sent => self.sent(variable, optional),
            Subject::Property(_) if !optional => Some(Remark::warning(format!(
                "customers without {:?} get an error; put it in [[ ]] if some have none",
                name.as_str()
            ))),
            Subject::LevelId | Subject::LevelName if !self.is_level_variable(name.as_str()) => {
                Some(Remark::error(format!(
                    "variable {:?} belongs to no level of this server{}",
                    name.as_str(),
                    self.hint(name.as_str())
                )))
            }
            _ => None,
        }
    }

    fn raw(&self, variable: &Variable, subject: &Subject<'_>) -> Option<Remark> {
        let name = &variable.name;
        let not_allowed = || Remark::error(VariableFault::RawNotAllowed(name.to_string()));
        match subject {
            Subject::Property(path) => {
                let key = path.join(".");
                let listed =
                    self.dataset.identifiers.iter().any(|listed| {
                        listed.split_once('.').is_some_and(|(_, listed)| listed == key)
                    });
                (!listed).then(not_allowed)
            }
            Subject::Sent => match self.dataset.choices.get(name.as_str()) {
                None => Some(not_allowed()),
                Some(choices) => choices
                    .iter()
                    .find_map(|choice| choice_sql(name, choice).err())
                    .map(Remark::error),
            },
            _ => Some(not_allowed()),
        }
    }

    fn sent(&self, variable: &Variable, optional: bool) -> Option<Remark> {
        let name = variable.name.as_str();
        if let Some(element) = self.dashboard.element(variable.name.first()) {
            return self.of_element(variable, element, optional);
        }
        let declared = self.dashboard.variables.contains_key(name);
        match (declared, optional) {
            (true, true) => None,
            (true, false) => Some(Remark::warning(format!(
                "viewers for whom the page sends no {name:?} get an error; put it in [[ ]]"
            ))),
            (false, false) => Some(Remark::error(format!(
                "unknown variable {name:?}{}; put it in [[ ]] or declare it under variables",
                self.hint(name)
            ))),
            (false, true) => nearest(name, self.known().iter().map(String::as_str)).map(|near| {
                Remark::warning(format!("unknown variable {name:?}; did you mean {near:?}?"))
            }),
        }
    }

    fn of_element(&self, variable: &Variable, element: &Element, optional: bool) -> Option<Remark> {
        let words: Vec<&str> = variable.name.rest().collect();
        let fits = match element.kind {
            ElementKind::DateRange { .. } => matches!(words.as_slice(), ["startDate" | "endDate"]),
            _ => words.is_empty(),
        };
        if !fits {
            let name = variable.name.as_str();
            let hint = self.hint(name);
            return Some(Remark::error(format!(
                "element {:?} has no variable {name:?}{hint}",
                element.id.as_str()
            )));
        }
        (!optional).then(|| {
            Remark::warning(format!(
                "{:?} has no value until the viewer chooses one; put it in [[ ]]",
                variable.name.as_str()
            ))
        })
    }

    /// An element whose name speaks of the customer never sets that variable.
    fn element(&self, element: &Element) -> Option<Remark> {
        let name = crate::template::VariableName::parse(element.id.as_str())?;
        (subject(&name, self.levels) != Ok(Subject::Sent)).then(|| {
            let id = element.id.as_str();
            Remark::error(format!("element {id:?} has a name that is kept for the customer"))
        })
    }

    fn is_level_variable(&self, name: &str) -> bool {
        self.level_variables().iter().any(|known| known == name)
    }

    fn level_variables(&self) -> Vec<String> {
        let prefixes = self.levels.names().iter().map(|level| level.variable_prefix());
        prefixes.flat_map(|prefix| [format!("{prefix}_id"), format!("{prefix}_name")]).collect()
    }

    fn known(&self) -> Vec<String> {
        let mut known = self.level_variables();
        for element in &self.dashboard.elements {
            let id = element.id.as_str();
            match element.kind {
                ElementKind::DateRange { .. } => {
                    known.extend([format!("{id}.startDate"), format!("{id}.endDate")]);
                }
                _ => known.push(id.to_owned()),
            }
        }
        known.extend(self.dashboard.variables.keys().cloned());
        known
    }

    fn hint(&self, name: &str) -> String {
        hint(name, self.known().iter().map(String::as_str))
    }
}
