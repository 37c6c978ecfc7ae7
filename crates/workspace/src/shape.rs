//! Whether a file has the keys and types of its document, told from the document's JSON schema.
//!
//! The schema is the one that editors use, generated from the types, so there is one truth about
//! what may stand where. This reads the part of JSON Schema that those types give rise to; what is
//! finer than keys and types (names, bounds) is told by the types themselves.

use std::collections::BTreeSet;

use model::nearest;
use serde_json::{Map, Number, Value};

use crate::fault::Place;
use crate::located::{Entry, Kind, Node};

/// Something that stands where it may not, or is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShapeFault {
    pub(crate) at: Place,
    pub(crate) message: String,
}

/// Every fault of `node` against a JSON schema with its definitions under `$defs`.
pub(crate) fn faults(schema: &Value, node: &Node) -> Vec<ShapeFault> {
    let mut check = Check { root: schema, faults: Vec::new() };
    check.node(schema, node, "the file");
    check.faults
}

struct Check<'s> {
    root: &'s Value,
    faults: Vec<ShapeFault>,
}

impl<'s> Check<'s> {
    fn add(&mut self, at: Place, message: String) {
        self.faults.push(ShapeFault { at, message });
    }

    /// `what` names the node in messages.
    fn node(&mut self, schema: &'s Value, node: &Node, what: &str) {
        let schema = self.resolve(schema);
        if let Some(choices) = self.choices(schema) {
            return self.choice(&choices, node, what);
        }
        if let Some(variants) = variants(schema) {
            return self.variant(schema, variants, node, what);
        }
        if !self.has_type(schema, node, what) {
            return;
        }
        match &node.kind {
            Kind::Number(number) => self.bounds(schema, node.at, number, what),
            Kind::Map(entries) => self.map(&[schema], node, entries, what),
            Kind::List(items) => {
                let Some(schema) = schema.get("items") else { return };
                for item in items {
                    self.node(schema, item, &format!("an item of {what}"));
                }
            }
            _ => {}
        }
    }

    /// Follows `$ref`; what stands beside it only describes.
    fn resolve(&self, schema: &'s Value) -> &'s Value {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return schema };
        let target = self.root.pointer(reference.trim_start_matches('#'));
        target.map_or(schema, |target| self.resolve(target))
    }

    /// The words of an enumeration, however the generator spread them.
    fn choices(&self, schema: &'s Value) -> Option<Vec<&'s str>> {
        if let Some(list) = schema.get("enum").and_then(Value::as_array) {
            return Some(list.iter().filter_map(Value::as_str).collect());
        }
        if let Some(word) = schema.get("const").and_then(Value::as_str) {
            return Some(vec![word]);
        }
        let parts = schema.get("oneOf")?.as_array()?;
        let lists: Option<Vec<_>> = parts.iter().map(|part| self.choices(part)).collect();
        lists.map(|lists| lists.concat())
    }

    fn choice(&mut self, choices: &[&str], node: &Node, what: &str) {
        let Some(found) = node.text() else {
            let expected = choices.join(", ");
            return self.add(node.at, format!("{what} must be one of {expected}"));
        };
        if choices.contains(&found) {
            return;
        }
        let message = match nearest(found, choices.iter().copied()) {
            Some(nearest) => format!("{what} must not be {found:?}; did you mean {nearest:?}?"),
            None => format!("{what} must be one of {}, not {found:?}", choices.join(", ")),
        };
        self.add(node.at, message);
    }

    /// One of several schemas: the one that a tag chooses, or of those of the node's type the one that
    /// knows most of its keys.
    fn variant(&mut self, outer: &'s Value, variants: &'s [Value], node: &Node, what: &str) {
        let variants: Vec<&'s Value> =
            variants.iter().map(|variant| self.resolve(variant)).collect();
        if variants.iter().all(|variant| tag(variant).is_some()) {
            return self.tagged(outer, &variants, node, what);
        }
        let is_word = |variant: &Value| self.choices(variant).is_some();
        let fits = |variant: &&&'s Value| match is_word(variant) {
            true => node.text().is_some(),
            false => type_fits(variant, node),
        };
        // Of equals the first, as they are read.
        let fitting = variants.iter().filter(fits).rev().max_by_key(|it| known_keys(it, node));
        match fitting {
            Some(variant) => self.node(variant, node, what),
            None => {
                let names: Vec<&str> = variants.iter().flat_map(|part| type_names(part)).collect();
                match variants.iter().find_map(|part| self.choices(part)) {
                    Some(words) if names.iter().all(|name| *name == "null") => {
                        self.choice(&words, node, what);
                    }
                    _ => self.add(node.at, wrong_type(what, &names, node)),
                }
            }
        }
    }

    /// A map whose key `type` says which further keys there are.
    fn tagged(&mut self, outer: &'s Value, variants: &[&'s Value], node: &Node, what: &str) {
        let Kind::Map(entries) = &node.kind else {
            return self.add(node.at, wrong_type(what, &["object"], node));
        };
        let Some(chosen) = node.get("type") else {
            let known: Vec<&str> = variants.iter().filter_map(|variant| tag(variant)).collect();
            let known = known.join(", ");
            return self.add(node.at, format!("{what} needs the key \"type\": one of {known}"));
        };
        match variants.iter().find(|variant| tag(variant) == chosen.text()) {
            Some(variant) => self.map(&[outer, variant], node, entries, what),
            None => {
                let known: Vec<&str> = variants.iter().filter_map(|variant| tag(variant)).collect();
                self.choice(&known, chosen, "\"type\"");
            }
        }
    }

    /// A map whose keys are those of all `schemas` together.
    fn map(&mut self, schemas: &[&'s Value], node: &Node, entries: &[Entry], what: &str) {
        let properties = |key: &str| schemas.iter().find_map(|s| s.get("properties")?.get(key));
        let other_keys = schemas.iter().find_map(|schema| schema.get("additionalProperties"));
        let values_of_any_key = other_keys.filter(|schema| schema.is_object());
        let closed = schemas.iter().any(|schema| is_closed(schema));
        let mut seen = BTreeSet::new();
        for entry in entries {
            let key = entry.key.as_str();
            if !seen.insert(key) {
                self.add(entry.at, format!("the key {key:?} stands twice"));
            } else if let Some(schema) = properties(key).or(values_of_any_key) {
                self.node(schema, &entry.value, &format!("{key:?}"));
            } else if closed {
                let offered = self.unknown_key(schemas, entries, entry);
                // What was meant is told, so it need not be told missing as well.
                seen.extend(offered);
            }
        }
        let required = schemas.iter().filter_map(|schema| schema.get("required")?.as_array());
        for key in required.flatten().filter_map(Value::as_str) {
            if !seen.contains(key) {
                self.add(node.at, format!("{what} needs the key {key:?}"));
            }
        }
    }

    fn bounds(&mut self, schema: &Value, at: Place, number: &Number, what: &str) {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let Some(number) = number.as_f64() else { return };
        if let Some(least) = bound("minimum").filter(|least| number < *least) {
            self.add(at, format!("{what} must be at least {least}"));
        }
        if let Some(most) = bound("maximum").filter(|most| number > *most) {
            self.add(at, format!("{what} must be at most {most}"));
        }
    }

    /// Offers the nearest key that is not there yet, and returns it.
    fn unknown_key(
        &mut self,
        schemas: &[&'s Value],
        entries: &[Entry],
        unknown: &Entry,
    ) -> Option<&'s str> {
        let objects = schemas.iter().filter_map(|schema| schema.get("properties")?.as_object());
        let known: Vec<&'s str> = objects.flat_map(Map::keys).map(String::as_str).collect();
        let is_missing = |key: &&str| !entries.iter().any(|entry| entry.key == *key);
        let key = unknown.key.as_str();
        let offered = nearest(key, known.iter().copied().filter(is_missing));
        let message = match offered {
            Some(offered) => format!("unknown key {key:?}; did you mean {offered:?}?"),
            None => format!("unknown key {key:?}; there may be {}", known.join(", ")),
        };
        self.add(unknown.at, message);
        offered
    }

    fn has_type(&mut self, schema: &Value, node: &Node, what: &str) -> bool {
        let fits = type_fits(schema, node);
        if !fits {
            self.add(node.at, wrong_type(what, &type_names(schema), node));
        }
        fits
    }
}

fn is_closed(schema: &Value) -> bool {
    let forbids = |key: &str| schema.get(key) == Some(&Value::Bool(false));
    forbids("additionalProperties") || forbids("unevaluatedProperties")
}

/// How many keys of a map a schema knows.
fn known_keys(schema: &Value, node: &Node) -> usize {
    let Kind::Map(entries) = &node.kind else { return 0 };
    let properties = schema.get("properties");
    let is_known = |entry: &&Entry| properties.is_some_and(|known| known.get(&entry.key).is_some());
    entries.iter().filter(is_known).count()
}

fn variants(schema: &Value) -> Option<&[Value]> {
    let list = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
    list.as_array().map(Vec::as_slice)
}

/// The word that the key `type` must be for this variant.
fn tag(variant: &Value) -> Option<&str> {
    variant.pointer("/properties/type/const")?.as_str()
}

/// The JSON types that a schema allows; none means any.
fn type_names(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn type_fits(schema: &Value, node: &Node) -> bool {
    let names = type_names(schema);
    let found = match &node.kind {
        Kind::Null => "null",
        Kind::Boolean(_) => "boolean",
        Kind::Number(number) if number.is_f64() => "number",
        Kind::Number(_) => "integer",
        Kind::Text(_) => "string",
        Kind::List(_) => "array",
        Kind::Map(_) => "object",
    };
    names.is_empty() || names.contains(&found) || (found == "integer" && names.contains(&"number"))
}

fn wrong_type(what: &str, expected: &[&str], node: &Node) -> String {
    let expected: Vec<&str> =
        expected.iter().filter(|name| **name != "null").map(|name| in_words(name)).collect();
    let expected = expected.join(" or ");
    let found = match &node.kind {
        Kind::Null => "empty".to_owned(),
        Kind::Boolean(value) => format!("the boolean {value}"),
        Kind::Number(number) => format!("the number {number}"),
        Kind::Text(text) => format!("the text {:?}", text.chars().take(40).collect::<String>()),
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "a map".to_owned(),
    };
    let hint = match &node.kind {
        Kind::Boolean(_) | Kind::Number(_) if expected == "a text" => "; put it in quotes",
        _ => "",
    };
    format!("{what} must be {expected}, not {found}{hint}")
}

fn in_words(name: &str) -> &str {
    match name {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a map",
        other => other,
    }
}
