//! Values that a request sends, typed by their element or their declaration.

use model::dashboard::{Element, ElementKind, VariableType};
use serde_json::{Map, Value as Json};

use super::VariableFault;
use super::date_range;
use super::typing::{Typing, list, scalar, typed};
use crate::error::RequestFault;
use crate::template::{Binding, VariableName};
use crate::value::Value;
use crate::zone::Zone;

/// A value of a request and where it stands there.
pub(crate) struct Sent<'a> {
    pub(crate) json: &'a Json,
    pub(crate) pointer: String,
}

/// What is wrong with a variable that a request answers, and who is to put it right.
pub(super) enum Problem {
    OfRequest(RequestFault),
    OfAuthor(VariableFault),
}

impl From<RequestFault> for Problem {
    fn from(fault: RequestFault) -> Self {
        Self::OfRequest(fault)
    }
}

impl<'a> Sent<'a> {
    /// The value under `name`, or under its words one inside the other. Null and the empty string
    /// are no value.
    pub(crate) fn find(variables: &'a Map<String, Json>, name: &VariableName) -> Option<Self> {
        let pointer = |key: &str| format!("/variables/{}", escape(key));
        let found = match variables.get(name.as_str()) {
            Some(json) => Self { json, pointer: pointer(name.as_str()) },
            None => {
                let outermost = variables.get(name.first())?;
                let json = name.rest().try_fold(outermost, |json, key| json.get(key))?;
                let keys: Vec<String> = name.as_str().split('.').map(escape).collect();
                Self { json, pointer: format!("/variables/{}", keys.join("/")) }
            }
        };
        (!is_nothing(found.json)).then_some(found)
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> RequestFault {
        RequestFault { pointer: self.pointer.clone(), message: message.into() }
    }

    fn typed<T>(&self, value: Result<T, Typing>) -> Result<T, Problem> {
        value.map_err(|fault| self.fault(fault.to_string()).into())
    }
}

fn is_nothing(json: &Json) -> bool {
    json.is_null() || json.as_str() == Some("")
}

/// A word of a JSON pointer (RFC 6901).
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The value of an element's variable.
pub(super) fn of_element(
    variables: &Map<String, Json>,
    name: &VariableName,
    element: &Element,
    zone: &Zone,
) -> Result<Binding, Problem> {
    if let ElementKind::DateRange { value } = &element.kind {
        let date_fault = || Problem::OfAuthor(VariableFault::DateRange(element.id.to_string()));
        let end = date_range::End::named(name).ok_or_else(date_fault)?;
        check_range_shape(variables, element)?;
        let Some(sent) = Sent::find(variables, name) else { return Ok(Binding::NoValue) };
        return sent.typed(date_range::read(sent.json, end, *value, zone)).map(one);
    }
    if name.rest().next().is_some() {
        let fault = VariableFault::NoValue { name: name.to_string(), hint: String::new() };
        return Err(Problem::OfAuthor(fault));
    }
    let Some(sent) = Sent::find(variables, name) else { return Ok(Binding::NoValue) };
    match element.kind {
        ElementKind::MultiSelect { .. } => sent.typed(list(sent.json)).map(many),
        _ => sent.typed(scalar(sent.json)).map(one),
    }
}

/// A range that was sent whole must be an object.
fn check_range_shape(variables: &Map<String, Json>, element: &Element) -> Result<(), RequestFault> {
    match variables.get(element.id.as_str()) {
        Some(json) if !json.is_object() && !is_nothing(json) => Err(RequestFault {
            pointer: format!("/variables/{}", escape(element.id.as_str())),
            message: "must be an object with startDate and endDate".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The value of a variable that the dashboard declares.
pub(super) fn of_type(
    sent: &Sent<'_>,
    wanted: VariableType,
    zone: &Zone,
) -> Result<Binding, Problem> {
    match wanted {
        VariableType::List => sent.typed(list(sent.json)).map(many),
        _ => sent.typed(typed(sent.json, wanted, zone)).map(one),
    }
}

/// The value of a variable that nobody declares: a JSON scalar or a list of scalars.
pub(super) fn undeclared(sent: &Sent<'_>) -> Result<Binding, Problem> {
    if sent.json.is_array() {
        sent.typed(list(sent.json)).map(many)
    } else {
        sent.typed(scalar(sent.json)).map(one)
    }
}

fn one(value: Value) -> Binding {
    Binding::One { value, is_level_id: false }
}

/// A viewer who chose nothing has no value.
fn many(values: Vec<Value>) -> Binding {
    if values.is_empty() { Binding::NoValue } else { Binding::Many(values) }
}
