//! `cargo xtask demo`: from a fresh clone to a dashboard on the screen.

use std::ffi::OsString;

use anyhow::Result;
use clap::Args;

use crate::process::Run;
use crate::project::{Profile, Project};
use crate::{build, setup, web};

#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `fanlight demo`, for example `--listen 127.0.0.1:9000`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

pub(crate) fn run(project: &Project, options: Options) -> Result<()> {
    setup::for_build(project)?;
    web::build(project)?;
    build::server(project, Profile::Release)?;
    let server = std::process::Command::new(project.server_binary(Profile::Release));
    Run::new(server).arg("demo").args(options.args).replace_us()
}
