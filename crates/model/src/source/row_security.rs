//! A database that keeps its rows apart itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The database's own row security decides which rows a query sees, by a session variable that is
/// set to the viewer's id for each query.
///
/// The user of the connection must be bound by it: a superuser, the owner of the tables and a role
/// with `BYPASSRLS` are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowSecurity {
    /// The session variable that policies of the database read, for example `app.customer_id`.
    pub setting: String,
    /// The level's id that it is set to, for example `customer_id`.
    pub equals: String,
}

impl RowSecurity {
    /// PostgreSQL's own settings have no dot: none of them can be named.
    pub(super) fn fault(&self) -> Option<String> {
        let is_word = |word: &str| {
            word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let fits =
            self.setting.split_once('.').is_some_and(|(one, two)| is_word(one) && is_word(two));
        (!fits || self.setting.len() > 63).then(|| {
            format!(
                "must be two words with a dot between such as app.customer_id, not {:?}",
                self.setting
            )
        })
    }
}
