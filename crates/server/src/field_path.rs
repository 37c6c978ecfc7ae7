//! Where in a request's JSON something is.

use std::fmt;

/// The way from the root of a JSON document to a value in it.
///
/// Shown to a person as `properties.plan.seats` or `emails[2]`, to a program as the JSON pointer
/// `/emails/2` (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldPath(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Key(String),
    Index(usize),
}

/// Longer keys are cut when shown, so that an error stays readable.
const SHOWN_KEY_CHARACTERS: usize = 60;

/// Deeper paths are cut when shown.
const SHOWN_SEGMENTS: usize = 8;

impl FieldPath {
    /// The document itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The value under `key` of what this path leads to.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.0.push(Segment::Key(key.into()));
        self
    }

    /// The value at `index`, counted from 0, of what this path leads to.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push(Segment::Index(index));
        self
    }

    /// Goes on to the value under `key`.
    pub(crate) fn push_key(&mut self, key: &str) {
        self.0.push(Segment::Key(key.to_owned()));
    }

    /// Goes on to the value at `index`.
    pub(crate) fn push_index(&mut self, index: usize) {
        self.0.push(Segment::Index(index));
    }

    /// Goes back one step.
    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path that a JSON pointer describes; a segment of digits is an index.
    pub fn from_pointer(pointer: &str) -> Self {
        let segment = |text: &str| match text.parse() {
            Ok(index) => Segment::Index(index),
            Err(_) => Segment::Key(text.replace("~1", "/").replace("~0", "~")),
        };
        Self(pointer.split('/').skip(1).map(segment).collect())
    }

    /// The path that goes on as `rest` does.
    pub(crate) fn join(mut self, rest: &Self) -> Self {
        self.0.extend(rest.0.iter().cloned());
        self
    }

    /// The path along these keys; one of digits is an index.
    pub(crate) fn of_steps(steps: &[String]) -> Self {
        let segment = |step: &String| match step.parse() {
            Ok(index) => Segment::Index(index),
            Err(_) => Segment::Key(step.clone()),
        };
        Self(steps.iter().map(segment).collect())
    }

    /// The keys of the path, indexes as digits.
    pub(crate) fn steps(&self) -> Vec<String> {
        let step = |segment: &Segment| match segment {
            Segment::Key(key) => key.clone(),
            Segment::Index(index) => index.to_string(),
        };
        self.0.iter().map(step).collect()
    }

    /// The rest of the path behind these keys; `None` when it does not lead through them.
    pub(crate) fn within(&self, keys: &[&str]) -> Option<Self> {
        let leads =
            self.0.len() >= keys.len() && self.steps().iter().zip(keys).all(|(a, b)| a == b);
        leads.then(|| Self(self.0[keys.len()..].to_vec()))
    }

    /// The JSON pointer, `""` for the document itself.
    pub fn pointer(&self) -> String {
        let escaped = |segment: &Segment| match segment {
            Segment::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Index(index) => format!("/{index}"),
        };
        self.0.iter().map(escaped).collect()
    }
}

impl From<String> for FieldPath {
    /// The path of a field of the document.
    fn from(field: String) -> Self {
        Self::root().key(field)
    }
}

impl From<&str> for FieldPath {
    /// The path of a field of the document.
    fn from(field: &str) -> Self {
        Self::root().key(field)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str("the body");
        }
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                _ if at == SHOWN_SEGMENTS => return f.write_str("…"),
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if !reads_as_a_word(key) => {
                    let cut: String = key.chars().take(SHOWN_KEY_CHARACTERS).collect();
                    write!(f, "[{cut:?}]")?;
                }
                Segment::Key(key) if at == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

fn reads_as_a_word(key: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !key.is_empty() && key.chars().all(fits) && key.chars().count() <= SHOWN_KEY_CHARACTERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &FieldPath, shown: &str, pointer: &str) {
        assert_eq!((path.to_string().as_str(), path.pointer().as_str()), (shown, pointer));
        assert_eq!(&FieldPath::from_pointer(pointer), path);
    }

    #[test]
    fn a_path_reads_like_the_field_and_points_like_rfc_6901() {
        check(&FieldPath::root(), "the body", "");
        check(&FieldPath::from("name"), "name", "/name");
        check(&FieldPath::from("emails").index(2), "emails[2]", "/emails/2");
        check(
            &FieldPath::from("properties").key("a").key("b"),
            "properties.a.b",
            "/properties/a/b",
        );
        check(&FieldPath::from("a b/c~"), "[\"a b/c~\"]", "/a b~1c~0");
    }

    #[test]
    fn a_path_is_told_from_within_a_record() {
        let path = FieldPath::from("sources").key("2024").key("group");
        assert_eq!(path.within(&["sources", "2024"]), Some(FieldPath::from("group")));
        assert_eq!(path.within(&["sources", "other"]), None);
        let again = FieldPath::of_steps(&path.steps());
        assert_eq!(again.within(&["sources", "2024"]), Some(FieldPath::from("group")));
    }

    #[test]
    fn a_long_or_strange_key_is_cut_and_quoted() {
        let long = "x".repeat(1000);
        assert!(FieldPath::from(long.as_str()).to_string().len() < 70);
        assert_eq!(FieldPath::from("a\nb").to_string(), "[\"a\\nb\"]");
    }
}
