//! Levels: the named ranks of the customer tree, from the root down.

use std::fmt;

use crate::name::InvalidName;

/// Most levels a server may have. Explo stops at three.
pub const MAX_LEVELS: usize = 8;

/// The name of one level, for example `Customer`: 1 to 63 characters, matched exactly.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LevelName(String);

impl LevelName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The start of this level's variables: lower case, other characters than letters and digits
    /// become `_`. `Sales Team` gives `sales_team_id` and `sales_team_name`.
    pub fn variable_prefix(&self) -> String {
        let underscored = |c: char| if c.is_alphanumeric() { c } else { '_' };
        self.0.to_lowercase().chars().map(underscored).collect()
    }
}

impl TryFrom<String> for LevelName {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let letter_first = text.starts_with(|c: char| c.is_alphabetic());
        let clean = text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-'));
        if letter_first && clean && text.len() <= 63 {
            Ok(Self(text))
        } else {
            let expected =
                "1 to 63 letters, digits, spaces, hyphens or underscores, a letter first";
            Err(InvalidName::Pattern { expected, found: text })
        }
    }
}

impl fmt::Display for LevelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The distance of a level from the root: 0 is the root level. A smaller rank is higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(pub u8);

/// The levels of the server in order, the root level first: one to eight, with distinct variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels(Vec<LevelName>);

/// Why a list of names is no list of levels.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLevels {
    #[error("must have 1 to {MAX_LEVELS} levels, not {0}")]
    Count(usize),
    #[error("levels {0:?} and {1:?} would give the same variables")]
    SameVariables(String, String),
    #[error("level {0:?} would hide the variables of {1}")]
    Reserved(String, &'static str),
}

impl Default for Levels {
    /// `Customer` above `User`, as Explo has it.
    fn default() -> Self {
        Self(vec![LevelName("Customer".to_owned()), LevelName("User".to_owned())])
    }
}

impl Levels {
    /// The root level, where a customer stands when nothing else is said.
    pub const ROOT: Rank = Rank(0);

    pub fn new(names: Vec<LevelName>) -> Result<Self, InvalidLevels> {
        if !(1..=MAX_LEVELS).contains(&names.len()) {
            return Err(InvalidLevels::Count(names.len()));
        }
        let prefixes: Vec<String> = names.iter().map(LevelName::variable_prefix).collect();
        for (at, prefix) in prefixes.iter().enumerate() {
            if prefix == "user_group" {
                return Err(InvalidLevels::Reserved(names[at].0.clone(), "user_group_id"));
            }
            if let Some(twin) = prefixes[..at].iter().position(|other| other == prefix) {
                let (first, second) = (names[twin].0.clone(), names[at].0.clone());
                return Err(InvalidLevels::SameVariables(first, second));
            }
        }
        Ok(Self(names))
    }

    /// The rank of the level with exactly this name.
    pub fn rank(&self, name: &str) -> Option<Rank> {
        let at = self.0.iter().position(|level| level.0 == name)?;
        u8::try_from(at).ok().map(Rank)
    }

    /// The name of a rank, `None` past the last level.
    pub fn name(&self, rank: Rank) -> Option<&LevelName> {
        self.0.get(usize::from(rank.0))
    }

    /// All levels, the root level first.
    pub fn names(&self) -> &[LevelName] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], fault: Option<&str>) {
        let names = names.iter().map(|name| LevelName::try_from((*name).to_owned()));
        let names: Vec<LevelName> = names.collect::<Result<_, _>>().expect("level names");
        let found = Levels::new(names).err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), fault);
    }

    #[test]
    fn levels_are_one_to_eight_with_distinct_variables() {
        check(&["Customer", "User"], None);
        check(&["A", "B", "C", "D", "E", "F", "G", "H"], None);
        check(&[], Some("must have 1 to 8 levels, not 0"));
        check(
            &["A", "B", "C", "D", "E", "F", "G", "H", "I"],
            Some("must have 1 to 8 levels, not 9"),
        );
        let twins = "levels \"Sales Team\" and \"sales-team\" would give the same variables";
        check(&["Sales Team", "sales-team"], Some(twins));
        let reserved = "level \"User Group\" would hide the variables of user_group_id";
        check(&["User Group"], Some(reserved));
    }

    #[test]
    fn variables_are_named_after_the_level() {
        let name = LevelName::try_from("Sales Team".to_owned()).expect("a level name");
        assert_eq!(name.variable_prefix(), "sales_team");
    }
}
