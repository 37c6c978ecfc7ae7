//! Workspaces: folders of YAML that declare groups, data sources and dashboards.
//!
//! [`Workspace::read`] turns a folder into a [`model::Declaration`] or into all its faults, each with
//! file, line and column. It reads files and nothing else: no store, no data source, no clock.

mod assess;
mod document;
mod fault;
mod first;
mod inline;
mod located;
mod read;
mod shape;

pub use assess::{Assessment, DatasetFinding, assess};
pub use document::{dashboard_schema, workspace_schema};
pub use fault::{Fault, Place};
pub use first::{ColumnType, FirstWorkspace, NoTenantColumn, Table};
pub use inline::{InlineDashboard, InlineWorkspace};

use std::path::Path;

use model::Declaration;

use crate::read::Files;

/// A workspace whose files are sound.
#[derive(Clone, Debug)]
pub struct Workspace {
    declaration: Declaration,
    files: Files,
}

impl Workspace {
    /// Reads `workspace.yaml` and `dashboards/*.yaml`. Errs with every fault, in the order of files
    /// and lines.
    pub fn read(folder: &Path) -> Result<Self, Vec<Fault>> {
        read::read(folder)
    }

    /// What the workspace declares, with absolute paths.
    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }
}
