//! A first workspace over one table, written to be read: it works as it is and says how to go on.

mod choice;
mod text;

use std::fs;
use std::io;
use std::path::Path;

use model::name::{ColumnName, TableName};

use crate::document::{dashboard_schema, workspace_schema};

/// A table that an author starts from.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The name by which datasets know it.
    pub name: TableName,
    /// Its file, absolute or from the workspace's folder.
    pub file: String,
    /// In the file's order.
    pub columns: Vec<(ColumnName, ColumnType)>,
}

/// What a column holds, as far as a first dashboard cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    Text,
    Integer,
    Number,
    Boolean,
    Date,
    Timestamp,
    Other,
}

/// The files of a first workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstWorkspace {
    /// The column by which rows belong to customers.
    pub tenant_column: ColumnName,
    /// Whether the author named the column; else it is a guess that wants to be looked at.
    pub tenant_column_was_named: bool,
    files: Vec<(&'static str, String)>,
}

/// The table has no such column, or none at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoTenantColumn(String);

impl Table {
    /// A name for the table of a file: what stands before its last dot, as an identifier.
    pub fn name_of(file: &Path) -> TableName {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let kept = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let name: String = stem.chars().take(60).map(kept).collect();
        let led =
            if name.starts_with(|c: char| c.is_ascii_digit()) { format!("t{name}") } else { name };
        led.parse().unwrap_or_else(|_| text::sample_table().name)
    }
}

impl FirstWorkspace {
    /// Over an author's table. `tenant_column` is the author's word; without it, it is guessed from
    /// the names.
    pub fn over(table: &Table, tenant_column: Option<&str>) -> Result<Self, NoTenantColumn> {
        let tenant = choice::tenant_column(table, tenant_column)?;
        let named = tenant_column.is_some();
        let plan = choice::Choice::of(table, tenant);
        let files = vec![
            ("workspace.yaml", text::workspace(table)),
            ("dashboards/overview.yaml", text::dashboard(table, &plan, named)),
            (".fanlight/workspace.schema.json", pretty(workspace_schema())),
            (".fanlight/dashboard.schema.json", pretty(dashboard_schema())),
        ];
        Ok(Self { tenant_column: tenant.clone(), tenant_column_was_named: named, files })
    }

    /// With a few rows of its own.
    pub fn sample() -> Self {
        let table = text::sample_table();
        let mut first = Self::over(&table, Some(text::SAMPLE_TENANT_COLUMN))
            .unwrap_or_else(|error| unreachable!("a test makes the sample: {error}"));
        first.files.push((text::SAMPLE_FILE, text::SAMPLE_ROWS.to_owned()));
        first
    }

    /// Writes the files into `folder`, which must be missing or empty.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        if fs::read_dir(folder)?.next().is_some() {
            let message = format!("{} is not empty", folder.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        for (name, text) in &self.files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, text)?;
        }
        Ok(())
    }
}

fn pretty(schema: &serde_json::Value) -> String {
    format!("{schema:#}\n")
}
