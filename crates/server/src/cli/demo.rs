//! `fanlight demo`: a server with real data, customers and credentials, made at its first start.

mod credentials;
mod customers;
mod files;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde::{Deserialize, Serialize};
use store::{Definitions, MasterKey, Store, SystemEntropy};
use workspace::Workspace;

use self::credentials::Credentials;
use super::apply::Mode;
use super::{Place, apply, complain, init, installation, print, serve};
use crate::config::Config;
use crate::demo::Demo;
use crate::log;

#[derive(Args)]
pub(super) struct Options {
    /// Address and port; port 0 picks a free one [env: FANLIGHT_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Print one line of JSON with addresses, ids and credentials instead of words
    #[arg(long)]
    json: bool,
    /// Allow to listen beyond this machine: everybody who comes gets the demo's credentials
    #[arg(long)]
    public: bool,
}

/// What `--json` prints, in this order. Scripts rely on the keys.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    url: String,
    #[serde(flatten)]
    credentials: Credentials,
    /// Embed ids by name.
    dashboards: BTreeMap<String, String>,
    /// Ids by name.
    schemas: BTreeMap<String, String>,
    data_sources: BTreeMap<String, String>,
}

pub(super) async fn run(place: &Place, options: Options) -> anyhow::Result<ExitCode> {
    let config = config(place, options.listen)?;
    ensure!(
        options.public || config.listen.ip().is_loopback(),
        "{} is not on this machine alone, and everybody who comes gets the demo's credentials; add \
         --public when that is meant",
        config.listen
    );
    let _batching = log::start(&config)?;
    let listener = serve::bind(config.listen).await?;
    let url = url(&config, listener.local_addr()?);
    let (store, credentials) = prepare(&config).await?;
    let demo = demo(&credentials, &url, options.public)?;
    let line = line(url, credentials, &*store.definitions().await?);
    credentials::write(&config.data_dir, &line)?;
    // The listener takes connections already; they are answered as soon as the server runs.
    let server = tokio::spawn(serve::serve_on(listener, config.clone(), store, Some(demo)));
    announce(&line, options.json, &config.data_dir)?;
    server.await.context("the server broke")??;
    Ok(ExitCode::SUCCESS)
}

/// The demo has a folder and a store of its own, whatever a server on this machine is told.
fn config(place: &Place, listen: Option<String>) -> anyhow::Result<Config> {
    let mut place = place.clone();
    if place.data_dir.is_none() && std::env::var_os("FANLIGHT_DATA_DIR").is_none() {
        place.data_dir = Some(default_folder()?);
    }
    let mut config = place.config(listen)?;
    config.database_url = None;
    // No load balancer stands before it, and whoever presses Ctrl-C shall not wait.
    config.connections.shutdown_delay = Duration::ZERO;
    Ok(config)
}

/// `fanlight/demo` among the user's data (the XDG base directories).
fn default_folder() -> anyhow::Result<PathBuf> {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .context("there is no home folder; say where the demo lives with --data-dir")?;
    Ok(data.join("fanlight/demo"))
}

/// How a browser on this machine, or the world, reaches the server.
fn url(config: &Config, address: SocketAddr) -> String {
    if let Some(url) = &config.public_url {
        return url.clone();
    }
    let any = address.ip().is_unspecified();
    let host = if any { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

/// The store with everything in it. What an earlier start made is kept.
async fn prepare(config: &Config) -> anyhow::Result<(Store, Credentials)> {
    let folder = &config.data_dir;
    init::make_private_folder(folder)?;
    let store = open(config).await?;
    let kept = credentials::read(folder)?;
    if let (Some(credentials), true) = (&kept, files::are_current(folder)) {
        return Ok((store, credentials.clone()));
    }
    let workspace_folder = files::extract(folder)?;
    declare(&store, &workspace_folder).await?;
    let credentials = match kept {
        Some(credentials) => credentials,
        None => credentials::make(&store).await?,
    };
    customers::create(&store, &credentials.api_token).await?;
    files::mark_current(folder)?;
    Ok((store, credentials))
}

async fn open(config: &Config) -> anyhow::Result<Store> {
    let is_given = installation::given_key(config).is_some();
    if !is_given && !config.data_dir.join("master.key").exists() {
        MasterKey::create(&config.data_dir, &SystemEntropy)?;
    }
    installation::open(config).await
}

async fn declare(store: &Store, folder: &Path) -> anyhow::Result<()> {
    let workspace = match Workspace::read(folder) {
        Ok(workspace) => workspace,
        Err(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("the demo's workspace has faults:\n{}", faults.join("\n"));
        }
    };
    match apply::apply(store, &workspace, Mode::Real).await? {
        Some(_) => Ok(()),
        None => bail!("the demo's workspace could not be applied"),
    }
}

fn demo(credentials: &Credentials, url: &str, is_public: bool) -> anyhow::Result<Demo> {
    Ok(Demo {
        api_token: credentials.api_token.parse().context("demo.json: api_token")?,
        embed_secret: credentials.embed_secret.parse().context("demo.json: embed_secret")?,
        url: url.to_owned(),
        is_public,
    })
}

fn line(url: String, credentials: Credentials, definitions: &Definitions) -> Line {
    let dashboards = definitions.dashboards.iter();
    let schemas = definitions.schemas.iter();
    let sources = definitions.sources.iter();
    Line {
        url,
        credentials,
        dashboards: dashboards.map(|d| (d.name.to_string(), d.embed_id.to_string())).collect(),
        schemas: schemas.map(|s| (s.name.to_string(), s.id.to_string())).collect(),
        data_sources: sources.map(|s| (s.name.to_string(), s.id.to_string())).collect(),
    }
}

fn announce(line: &Line, as_json: bool, folder: &Path) -> anyhow::Result<()> {
    if as_json {
        print(&serde_json::to_string(line)?)?;
        return Ok(());
    }
    print(&format!("The demo is at {}", line.url))?;
    complain(&format!(
        "Its data and its credentials (demo.json) are in {}. Ctrl-C ends it; the next start finds \
         everything as it was.",
        folder.display()
    ));
    Ok(())
}
