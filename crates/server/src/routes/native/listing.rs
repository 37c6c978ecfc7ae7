//! Which part of a list is asked for, and lists that are wholly in memory.

use model::name::GroupName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::After;

use super::replies::{Page, position};
use crate::api_error::ApiError;

/// How many records a page has when nothing is said.
const DEFAULT_LIMIT: u32 = 50;

/// Which part of a list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(crate) struct Listing {
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// Records on the page, 50 unless said.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
}

/// The records of a page: `limit`, or 50.
pub(crate) fn page_size(limit: Option<u32>) -> u32 {
    limit.unwrap_or(DEFAULT_LIMIT)
}

impl Listing {
    /// A page of records that are all in memory, in the order of their names.
    pub(crate) fn page<T>(
        &self,
        records: Vec<T>,
        name: impl Fn(&T) -> &str,
    ) -> Result<Page<T>, ApiError> {
        let limit = page_size(self.limit) as usize;
        let after: Option<String> = position(self.cursor.as_deref())?;
        let is_next = |record: &T| after.as_deref().is_none_or(|after| name(record) > after);
        let mut found: Vec<T> = records.into_iter().filter(is_next).collect();
        found.sort_by(|a, b| name(a).cmp(name(b)));
        Ok(Page::of_records(found, limit, |record| name(record).to_owned()))
    }
}

/// Which part of a list of credentials.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(super) struct CredentialListing {
    /// Only those of this group.
    pub(super) group: Option<GroupName>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// Records on the page, 50 unless said.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
}

impl CredentialListing {
    pub(super) fn limit(&self) -> u32 {
        page_size(self.limit)
    }

    pub(super) fn after(&self) -> Result<Option<After>, ApiError> {
        Ok(position::<MadeAt>(self.cursor.as_deref())?.map(Into::into))
    }
}

/// Where a credential stands in the list of its kind: in the order in which they were made.
#[derive(Serialize, Deserialize)]
pub(crate) struct MadeAt(i64, String);

impl MadeAt {
    pub(crate) fn new(created_at_us: i64, id: &impl ToString) -> Self {
        Self(created_at_us, id.to_string())
    }
}

impl From<MadeAt> for After {
    fn from(MadeAt(created_at_us, id): MadeAt) -> Self {
        Self { created_at_us, id }
    }
}
