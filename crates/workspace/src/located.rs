//! YAML as a tree in which every node knows its line and column.
//!
//! Going through this tree, instead of straight into the documents' types, is what lets a file show
//! all its faults at once, and lets rules that run later point into the file.

use std::borrow::Cow;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::options::{AliasLimits, DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{DefaultMessageFormatter, Error, Localizer, Location, Options, Spanned};

use crate::fault::Place;

/// Longest file, in bytes. A dashboard of a hundred panels has about 50,000.
pub(crate) const MAX_FILE_BYTES: usize = 1 << 20;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Place,
    pub(crate) kind: Kind,
}

/// A value as YAML's core schema reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map and its value, in the file's order; a key may stand twice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Place,
    pub(crate) value: Node,
}

/// Why a text is no YAML that a workspace may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) at: Option<Place>,
    pub(crate) message: String,
}

impl Node {
    /// Reads one YAML document. Aliases are followed within tight limits, so that a few lines cannot
    /// stand for millions of nodes.
    pub(crate) fn parse(text: &str) -> Result<Self, Unreadable> {
        if text.len() > MAX_FILE_BYTES {
            let message = format!("has {} bytes; at most {MAX_FILE_BYTES} are read", text.len());
            return Err(Unreadable { at: None, message });
        }
        serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options())
            .map(Self::from)
            .map_err(|error| unreadable(&error))
    }

    /// The node at a path of keys and list positions, or the deepest one on the way to it.
    pub(crate) fn nearest_to<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> &Self {
        let mut node = self;
        for step in path {
            match node.child(step) {
                Some(child) => node = child,
                None => break,
            }
        }
        node
    }

    fn child(&self, step: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(_) => self.get(step),
            Kind::List(items) => match step.parse::<usize>() {
                Ok(at) => items.get(at),
                // A set of names is addressed by the name.
                Err(_) => items.iter().find(|item| item.text() == Some(step)),
            },
            _ => None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Kind::Map(entries) = &self.kind else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The keys of a map; none of anything else.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let entries = match &self.kind {
            Kind::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|entry| entry.key.as_str())
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same value without places.
    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Boolean(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Map(entries) => {
                let pairs = entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 2,
            max_depth: 32,
            flow_nesting_limit: 32,
            max_nodes: 100_000,
        },
        alias_limits: alias_limits(),
        // Repeated keys are told by the check of the shape, all at once.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        // `no` and `off` are texts: a country's code, a cache policy.
        strict_booleans: true,
        with_snippet: false,
    }
}

fn alias_limits() -> AliasLimits {
    let mut limits = AliasLimits::default();
    limits.max_total_replayed_events = 20_000;
    limits.max_replay_stack_depth = 3;
    limits
}

fn unreadable(error: &Error) -> Unreadable {
    let at = error.location().and_then(place);
    let message = match cause(error) {
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            "nests too deep, or its aliases (`*name`) stand for too much".to_owned()
        }
        Error::MultipleDocuments { .. } => "must hold one YAML document only".to_owned(),
        Error::MergeKeyNotAllowed { .. } => "merge keys (`<<`) are not read".to_owned(),
        cause => {
            cause.render_with_formatter(&DefaultMessageFormatter.with_localizer(&WithoutPlaces))
        }
    };
    Unreadable { at, message }
}

/// The error itself, without what the parser wraps around it.
fn cause(error: &Error) -> &Error {
    match error {
        Error::AliasError { error, .. } | Error::WithSnippet { error, .. } => cause(error),
        error => error,
    }
}

/// Faults carry their place by themselves, so the parser's messages leave it out.
struct WithoutPlaces;

impl Localizer for WithoutPlaces {
    fn attach_location<'a>(&self, base: Cow<'a, str>, _: Location) -> Cow<'a, str> {
        base
    }
}

fn place(location: Location) -> Option<Place> {
    let known = location.line() > 0;
    known.then(|| Place { line: location.line(), column: location.column() })
}

impl From<Spanned<Raw>> for Node {
    fn from(raw: Spanned<Raw>) -> Self {
        let at = place(raw.referenced).unwrap_or(Place { line: 1, column: 1 });
        Self { at, kind: raw.value.0 }
    }
}

/// What the parser builds before the place is put beside it.
struct Raw(Kind);

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor).map(Self)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Kind, E> {
        let number = Number::from_f64(value);
        number.map(Kind::Number).ok_or_else(|| E::custom("must be a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Kind, E> {
        Ok(Kind::Text(value))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Raw>>()? {
            list.push(Node::from(item));
        }
        Ok(Kind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Kind, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Spanned<Raw>>()? {
            let value = Node::from(value);
            let at = place(key.referenced).unwrap_or(value.at);
            map.push(Entry { key: key.value, at, value });
        }
        Ok(Kind::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Value) {
        assert_eq!(Node::parse(text).map(|node| node.to_json()), Ok(expected.clone()), "{text}");
    }

    #[test]
    fn values_are_those_of_yamls_core_schema() {
        check(
            "a: 1\nb: [x, 2.5, true, null, ~]",
            &json!({"a": 1, "b": ["x", 2.5, true, null, null]}),
        );
        check(
            "cache: off\ncountry: no\nflag: yes",
            &json!({"cache": "off", "country": "no", "flag": "yes"}),
        );
        check("date: 2013-01-31\nversion: '1'", &json!({"date": "2013-01-31", "version": "1"}));
        check("sql: |\n  select 1\n  from x\n", &json!({"sql": "select 1\nfrom x\n"}));
        check("a: &one {x: 1}\nb: *one", &json!({"a": {"x": 1}, "b": {"x": 1}}));
        check("", &Value::Null);
    }

    #[test]
    fn nodes_know_where_they_stand() {
        let node = Node::parse("first:\n  - a\n  - key: 1\n").expect("YAML");
        let at = |path: &[&str]| {
            let Place { line, column } = node.nearest_to(path.iter().copied()).at;
            (line, column)
        };
        assert_eq!(at(&["first", "0"]), (2, 5));
        assert_eq!(at(&["first", "a"]), (2, 5));
        assert_eq!(at(&["first", "1", "key"]), (3, 10));
        assert_eq!(at(&["first", "1", "none", "deeper"]), (3, 5));
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let found = Node::parse(text).map(|node| node.to_json()).map_err(|error| error.message);
        let message = found.expect_err("a refusal");
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn a_bomb_of_anchors_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        let too_much = "nests too deep, or its aliases (`*name`) stand for too much";
        check_refused(&text, too_much);
        let mut tower = "a0: &a0 x\n".to_owned();
        for level in 1..20 {
            let (open, close) = ("[".repeat(25), "]".repeat(25));
            tower.push_str(&format!("a{level}: &a{level} {open}*a{}{close}\n", level - 1));
        }
        check_refused(&tower, too_much);
        check_refused(&format!("{}x", "- ".repeat(300)), too_much);
        check_refused(&"[".repeat(5_000), "recursion limit exceeded");
    }

    #[test]
    fn what_no_workspace_needs_is_refused() {
        check_refused(
            &"x".repeat(MAX_FILE_BYTES + 1),
            "has 1048577 bytes; at most 1048576 are read",
        );
        check_refused("a: 1\n---\nb: 2\n", "must hold one YAML document only");
        check_refused("a: &x {b: 1}\nc:\n  <<: *x\n", "merge keys (`<<`) are not read");
        check_refused("a: .inf\n", "non-finite float");
        check_refused("a: 'x\n", "unclosed quote");
        check_refused("a:\n\t- x\n", "tabs disallowed");
        check_refused("? [1, 2]\n: x\n", "expected string scalar");
    }
}
