//! `fanlight serve`: the server itself.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use sources::{Limits, ObjectLimits, Sources, WorkerCommand};
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Place, complain, installation};
use crate::app::{App, Parts};
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::Demo;
use crate::frame::Frame;
use crate::prepared::PreparedDashboards;
use crate::routes::web;
use crate::serve::{self, StopSignals};
use crate::{log, retention};

/// The exit code of a server that was told to stop twice.
const ENDED_AT_ONCE: i32 = 130;

#[derive(Args)]
pub(super) struct Options {
    /// Address and port; port 0 picks a free one [env: FANLIGHT_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

pub(super) async fn run(place: &Place, options: Options) -> anyhow::Result<ExitCode> {
    let config = place.config(options.listen)?;
    let _batching = log::start(&config)?;
    let store = installation::open(&config).await?;
    let listener = bind(config.listen).await?;
    serve_on(listener, config, store, None).await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("failed to listen on {address}"))
}

/// Serves until the process is told to stop. Connections are accepted from the moment the listener
/// is bound, so a caller may announce the address before.
pub(super) async fn serve_on(
    listener: TcpListener,
    config: Config,
    store: Store,
    demo: Option<Demo>,
) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    let objects = ObjectLimits {
        folder: Some(config.data_dir.join("objects")),
        ..config.queries.objects.clone()
    };
    // Not into the system's folder, which often is memory, and what is here does not fit there.
    let temporary_folder = Some(config.data_dir.join("temporary"));
    let limits = Limits { objects, temporary_folder, ..config.queries.clone() };
    let sources = Sources::new(limits, worker_command()?);
    let (clock, prepared) = (Clock::system(), PreparedDashboards::default());
    let (charts, sources_of_app) = (web::charts(), sources.clone());
    let parts = Parts { config, clock, store, sources: sources_of_app, prepared, charts, demo };
    let app = App::new(parts);
    let _metrics = match app.config.metrics_listen {
        Some(address) => Some(serve_metrics(bind(address).await?, app.clone())?),
        None => None,
    };
    let signals = StopSignals::listen().context("failed to listen for signals")?;
    tracing::info!(%address, "listening");
    let forgetting = tokio::spawn(retention::forget_now_and_then(app.clone()));
    serve::serve(listener, Frame::new(app), told_to_stop(signals)).await;
    forgetting.abort();
    sources.shutdown().await;
    tracing::info!("stopped");
    Ok(())
}

/// Ready when the process is told to stop. Told again, it ends at once.
async fn told_to_stop(mut signals: StopSignals) {
    signals.next().await;
    tracing::info!("told to stop; told again, ends at once");
    tokio::spawn(async move {
        signals.next().await;
        complain("told to stop again; ends at once");
        std::process::exit(ENDED_AT_ONCE);
    });
}

/// Serves `/metrics` alone until the answer is dropped.
fn serve_metrics(listener: TcpListener, app: App) -> anyhow::Result<AbortOnDrop> {
    tracing::info!(address = %listener.local_addr()?, "metrics listening");
    let served = serve::serve(listener, Frame::of_metrics(app), std::future::pending());
    Ok(AbortOnDrop(tokio::spawn(served)))
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The engine worker is this very program.
pub(super) fn worker_command() -> anyhow::Result<WorkerCommand> {
    let program = std::env::current_exe().context("failed to find the program's own file")?;
    Ok(WorkerCommand::new(program, ["worker"]))
}
