//! What a variable of a dataset stands for.
//!
//! A name that speaks of the customer is answered from the verified viewer alone; whatever a request
//! holds under such a name is never looked at. Every other name is answered from the request.

mod date_range;
mod reserved;
mod sent;
mod typing;

pub(crate) use date_range::{date, instant_or_day, instant_without_end};
pub(crate) use reserved::{Subject, subject};
pub(crate) use sent::Sent;
pub(crate) use typing::{list, scalar};

use model::dashboard::Dataset;
use model::name::ElementId;
use model::{Dashboard, dashboard::Element};
use serde_json::{Map, Value as Json};

use crate::dialect::Dialect;
use crate::error::RequestFault;
use crate::nearest::hint;
use crate::template::{Binding, Template, Variable, VariableName};
use crate::value::Value;
use crate::viewer::Viewer;
use crate::zone::Zone;
use sent::Problem;

/// Why a variable stands for nothing that SQL can hold. The author's or the operator's to put right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VariableFault {
    #[error("variable {name:?} has no value for this viewer and stands outside [[ ]]{hint}")]
    NoValue { name: String, hint: String },
    #[error("variable {name:?} looks like {meant:?}, which speaks of the customer; write that")]
    LookAlike { name: String, meant: String },
    #[error("variable {0:?} holds a character that names of variables do not have")]
    Characters(String),
    #[error(
        "variable {0:?} says no more than that there is a customer; name a property: {{{{{0}.key}}}}"
    )]
    NoKey(String),
    #[error("variable {0:?} is an object; name a key in it")]
    Object(String),
    #[error("variable {0:?} is a list that holds more than strings, numbers and booleans")]
    Nested(String),
    #[error("date range {0:?} has the variables \"{0}.startDate\" and \"{0}.endDate\"")]
    DateRange(String),
    #[error(
        "{{{{{0}.raw()}}}} needs an allow list: `identifiers:` for a customer's property, `choices:` \
         for a viewer's choice"
    )]
    RawNotAllowed(String),
    #[error("{{{{{name}.raw()}}}} is {found:?}, which is no identifier")]
    NotAnIdentifier { name: String, found: String },
    #[error("the choice {choice:?} of variable {name:?} is not plain SQL")]
    Choice { name: String, choice: String },
}

/// Answers the variables of one dataset for one request.
pub(crate) struct Variables<'a> {
    pub(crate) viewer: &'a Viewer<'a>,
    pub(crate) dashboard: &'a Dashboard,
    pub(crate) dataset: &'a Dataset,
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) zone: &'a Zone,
    pub(crate) sent: &'a Map<String, Json>,
    /// The element whose choices are read: it does not narrow its own choices.
    pub(crate) ignored: Option<&'a ElementId>,
    /// What is wrong with the values of the request.
    pub(crate) faults: Vec<RequestFault>,
}

impl Variables<'_> {
    /// A fault of the request is kept in `faults`, and the variable then has no value.
    pub(crate) fn resolve(&mut self, variable: &Variable) -> Result<Binding, VariableFault> {
        let name = &variable.name;
        match subject(name, self.viewer.levels())? {
            Subject::Property(path) if variable.raw => self.identifier(name, &path),
            _ if variable.raw => self.choice(name),
            Subject::Property(path) => self.property(name, &path),
            Subject::ViewerId => {
                Ok(level_id(self.viewer.customer().provided_id.as_str().to_owned()))
            }
            Subject::LevelId => Ok(self.level_variable(name).map_or(Binding::NoValue, level_id)),
            Subject::LevelName => Ok(self.level_variable(name).map_or(Binding::NoValue, |text| {
                Binding::One { value: Value::Text(text), is_level_id: false }
            })),
            Subject::Sent => self.sent(name),
        }
    }

    /// The error for a variable that had to have a value.
    pub(crate) fn no_value(&self, name: &VariableName) -> VariableFault {
        let of_levels = self.viewer.level_variables().keys().map(String::as_str);
        let of_elements = self.dashboard.elements.iter().map(|element| element.id.as_str());
        let declared = self.dashboard.variables.keys().map(String::as_str);
        let hint = hint(name.as_str(), of_levels.chain(of_elements).chain(declared));
        VariableFault::NoValue { name: name.to_string(), hint }
    }

    fn level_variable(&self, name: &VariableName) -> Option<String> {
        self.viewer.level_variables().get(name.as_str()).cloned()
    }

    fn property(&self, name: &VariableName, path: &[&str]) -> Result<Binding, VariableFault> {
        let Some(json) = self.viewer.property(path) else { return Ok(Binding::NoValue) };
        match json {
            Json::Null => Ok(Binding::Many(Vec::new())),
            Json::Object(_) => Err(VariableFault::Object(name.to_string())),
            Json::Array(members) => {
                let members = members.iter().filter(|member| !member.is_null());
                let values: Option<Vec<Value>> = members.map(Value::of_scalar).collect();
                let nested = || VariableFault::Nested(name.to_string());
                values.map(Binding::Many).ok_or_else(nested)
            }
            scalar => Ok(Value::of_scalar(scalar)
                .map_or(Binding::NoValue, |value| Binding::One { value, is_level_id: false })),
        }
    }

    /// A customer's property as an identifier, when the dataset allows it.
    fn identifier(&self, name: &VariableName, path: &[&str]) -> Result<Binding, VariableFault> {
        let key = path.join(".");
        let allows = |listed: &String| {
            listed.split_once('.').is_some_and(|(prefix, listed)| {
                matches!(prefix, "customer" | "properties") && listed == key
            })
        };
        if !self.dataset.identifiers.iter().any(allows) {
            return Err(VariableFault::RawNotAllowed(name.to_string()));
        }
        let Some(json) = self.viewer.property(path).filter(|json| !json.is_null()) else {
            return Ok(Binding::NoValue);
        };
        let fault = || VariableFault::NotAnIdentifier {
            name: name.to_string(),
            found: json.to_string().chars().take(60).collect(),
        };
        let text = json.as_str().ok_or_else(fault)?;
        if !text.split('.').all(is_identifier) {
            return Err(fault());
        }
        let quoted: Vec<String> = text.split('.').map(|part| self.dialect.quote(part)).collect();
        Ok(Binding::Sql(quoted.join(".")))
    }

    /// One of the author's own texts, chosen by the viewer.
    fn choice(&mut self, name: &VariableName) -> Result<Binding, VariableFault> {
        let Some(choices) = self.dataset.choices.get(name.as_str()) else {
            return Err(VariableFault::RawNotAllowed(name.to_string()));
        };
        if subject(name, self.viewer.levels())? != Subject::Sent {
            return Err(VariableFault::RawNotAllowed(name.to_string()));
        }
        let Some(sent) = Sent::find(self.sent, name) else { return Ok(Binding::NoValue) };
        let text = match sent.json {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        let Some(choice) = choices.iter().find(|choice| **choice == text) else {
            self.faults.push(sent.fault("is not one of the choices"));
            return Ok(Binding::NoValue);
        };
        choice_sql(name, choice).map(Binding::Sql)
    }

    fn sent(&mut self, name: &VariableName) -> Result<Binding, VariableFault> {
        let element = self.dashboard.element(name.first());
        if element.is_some_and(|element| Some(&element.id) == self.ignored) {
            return Ok(Binding::NoValue);
        }
        match self.read(name, element) {
            Ok(binding) => Ok(binding),
            Err(Problem::OfRequest(fault)) => {
                self.faults.push(fault);
                Ok(Binding::NoValue)
            }
            Err(Problem::OfAuthor(fault)) => Err(fault),
        }
    }

    fn read(&self, name: &VariableName, element: Option<&Element>) -> Result<Binding, Problem> {
        if let Some(element) = element {
            return sent::of_element(self.sent, name, element, self.zone);
        }
        let Some(found) = Sent::find(self.sent, name) else { return Ok(Binding::NoValue) };
        match self.dashboard.variables.get(name.as_str()) {
            Some(wanted) => sent::of_type(&found, *wanted, self.zone),
            None => sent::undeclared(&found),
        }
    }
}

/// The SQL of a choice: a text without variables, comments or a semicolon.
pub(crate) fn choice_sql(name: &VariableName, choice: &str) -> Result<String, VariableFault> {
    let fault = || VariableFault::Choice { name: name.to_string(), choice: choice.to_owned() };
    let template = Template::parse(choice).map_err(|_| fault())?;
    template.plain_sql().map(str::to_owned).ok_or_else(fault)
}

fn level_id(text: String) -> Binding {
    Binding::One { value: Value::Text(text), is_level_id: true }
}

/// `[A-Za-z_][A-Za-z0-9_$]*`
fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'))
}
