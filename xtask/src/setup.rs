//! What the build and the tests need and cargo does not bring: DuckDB's library, npm packages,
//! schemathesis, a browser, PostgreSQL and nginx. Each part returns at once when it is already in place.

mod debian;
mod engine_library;
mod npm;
mod python;

use anyhow::Result;

pub(crate) use self::python::schemathesis;
use crate::process::step;
use crate::project::Project;

/// Everything, for tests and checks.
pub(crate) fn everything(project: &Project) -> Result<()> {
    for_build(project)?;
    npm::install(project, "e2e")?;
    npm::install(project, "crates/server/tests/jose")?;
    step("setup: programs for the tests", debian::install_missing)?;
    schemathesis(project).map(drop)
}

/// What a release and its checks need.
pub(crate) fn for_package(project: &Project) -> Result<()> {
    for_build(project)?;
    npm::install(project, "e2e")
}

/// What a build needs.
pub(crate) fn for_build(project: &Project) -> Result<()> {
    engine_library::place(project)?;
    npm::install(project, "web")
}
