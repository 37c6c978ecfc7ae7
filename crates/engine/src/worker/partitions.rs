//! Folders named `column=value` as columns of a table.
//!
//! Their values are texts unless the declaration says otherwise. The engine would guess numbers, and
//! then the folders of the tenants `7` and `007` would be one.

use std::collections::BTreeMap;
use std::path::Path;

use super::listing::Listed;
use super::tables::{identifier, type_option};
use crate::protocol::ColumnType;
use crate::protocol::selection;

/// The columns of one table that stand for folders.
pub(super) struct Partitions<'a> {
    columns: Vec<String>,
    /// Columns that the engine would make of folders above the table's own.
    foreign: Vec<String>,
    types: &'a BTreeMap<String, ColumnType>,
}

impl<'a> Partitions<'a> {
    /// Errs when the files of a table do not all lie in folders of the same columns.
    pub(super) fn of(listed: &'a Listed<'a>) -> Result<Self, String> {
        let columns = if listed.table.partitions { common(listed)? } else { Vec::new() };
        let above = listed.folder.as_deref().filter(|_| !columns.is_empty());
        let foreign: Vec<String> = above.map(columns_above).unwrap_or_default();
        if let Some(twice) = foreign.iter().chain(&columns).find(|name| {
            let same = |other: &&String| other.eq_ignore_ascii_case(name);
            foreign.iter().chain(&columns).filter(same).count() > 1
        }) {
            return Err(format!("two folders of one path are named {twice}="));
        }
        Ok(Self { columns, foreign, types: &listed.table.types })
    }

    pub(super) fn is_one(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name.eq_ignore_ascii_case(column))
    }

    /// The options of a reader that make these columns, or none.
    pub(super) fn options(&self) -> String {
        if self.columns.is_empty() {
            return "hive_partitioning = false".to_owned();
        }
        let types = self.types.iter().map(|(name, kind)| (name.as_str(), *kind));
        let types = type_option("hive_types", types.filter(|(name, _)| self.is_one(name)));
        format!("hive_partitioning = true, hive_types_autocast = false{types}")
    }

    /// What a table selects from its reader.
    pub(super) fn selected(&self) -> String {
        if self.foreign.is_empty() {
            return "*".to_owned();
        }
        let foreign: Vec<String> = self.foreign.iter().map(|name| identifier(name)).collect();
        format!("* EXCLUDE ({})", foreign.join(", "))
    }

    /// The declared types of columns that are in the files themselves.
    pub(super) fn other_types(&self) -> impl Iterator<Item = (&str, ColumnType)> {
        let types = self.types.iter().map(|(name, kind)| (name.as_str(), *kind));
        types.filter(|(name, _)| !self.is_one(name))
    }

    /// Errs for such types where the files tell their own.
    pub(super) fn refuse_other_types(&self) -> Result<(), String> {
        match self.other_types().next() {
            None => Ok(()),
            Some((name, _)) => Err(format!(
                "`types` names {name}, but no folder is named {name}=, and only CSV files take types"
            )),
        }
    }
}

fn common(listed: &Listed<'_>) -> Result<Vec<String>, String> {
    let mut names = listed.names();
    let Some(first) = names.next() else { return Ok(Vec::new()) };
    let columns = selection::partitions(first);
    match names.find(|name| selection::partitions(name) != columns) {
        None => Ok(columns.into_iter().map(str::to_owned).collect()),
        Some(other) => Err(format!(
            "{first} and {other} do not lie in folders of the same columns; \
             set `partitions: false` or a pattern"
        )),
    }
}

fn columns_above(folder: &Path) -> Vec<String> {
    let with_file = folder.join("file");
    let columns = with_file.to_str().map(selection::partitions).unwrap_or_default();
    columns.into_iter().map(str::to_owned).collect()
}
