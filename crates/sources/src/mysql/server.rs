//! Where the database is: connections to it, and orders to stop what runs on one.

use std::net::IpAddr;
use std::time::Duration;

use model::source::{MySql, TlsMode};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, OptsBuilder, SslOpts};
use tokio::time::timeout;

use super::failure::failure;
use super::pool::Lease;
use crate::connector::Failure;
use crate::network::{Network, resolve};

/// How long one address may take to let us in.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prepared statements that a connection remembers. Each text names its request and comes once; the next
/// one closes it in the server.
const STATEMENTS: usize = 1;

/// Room in a packet for what is no value of a row.
const PACKET_OVERHEAD: u64 = 1 << 20;

/// The server of a data source.
pub(super) struct Server {
    pub(super) connection: MySql,
    network: Network,
    /// No row may be larger than a result, in bytes.
    result_bytes: u64,
}

/// The one of the server's addresses that a connection leads to; `None` is its socket.
///
/// A name may stand for several servers, and the number of a connection means another one elsewhere.
pub(super) type Peer = Option<IpAddr>;

impl Server {
    pub(super) fn new(connection: MySql, network: Network, result_bytes: u64) -> Self {
        Self { connection, network, result_bytes }
    }

    /// A connection to the first address that answers. One that does not let us in speaks for all.
    pub(super) async fn connect(&self) -> Result<Lease, Failure> {
        let mut last = Failure::Unavailable("there is no address".to_owned());
        for peer in self.peers().await? {
            match timeout(PATIENCE, Conn::new(self.options(peer)?)).await {
                Ok(Ok(connection)) => {
                    let _counted = self.network.activity().connections.mysql.enter();
                    return Ok(Lease { connection, peer, _counted });
                }
                Ok(Err(error @ (Error::Io(_) | Error::Driver(_)))) => last = failure(&error),
                Ok(Err(error)) => return Err(failure(&error)),
                Err(_) => last = Failure::late(),
            }
        }
        Err(last)
    }

    /// Stops what runs on the connection with this number.
    pub(super) async fn kill(&self, peer: Peer, id: u32) -> Result<(), Failure> {
        let options = self.options(peer)?;
        let killed = timeout(PATIENCE, async {
            let mut second = Conn::new(options).await?;
            second.query_drop(format!("KILL QUERY {id}")).await
        });
        killed.await.map_err(|_| Failure::late())?.map_err(|error| failure(&error))
    }

    async fn peers(&self) -> Result<Vec<Peer>, Failure> {
        let MySql { host, port, .. } = &self.connection;
        if host.starts_with('/') {
            return Ok(vec![None]);
        }
        let addresses = resolve(host, *port, &self.network).await?;
        Ok(addresses.into_iter().map(|address| Some(address.ip())).collect())
    }

    fn options(&self, peer: Peer) -> Result<OptsBuilder, Failure> {
        let connection = &self.connection;
        let largest = usize::try_from(self.result_bytes.saturating_add(PACKET_OVERHEAD));
        let password = connection.password.as_ref().map(|secret| secret.expose().to_owned());
        let options = OptsBuilder::default()
            .user(Some(&connection.user))
            .pass(password)
            .db_name(Some(&connection.database))
            // Said by us so that the driver does not ask; the server's own limits hold all the same.
            .max_allowed_packet(Some(largest.unwrap_or(usize::MAX)))
            .wait_timeout(Some(600))
            .stmt_cache_size(STATEMENTS)
            .prefer_socket(false)
            .connect_attribute("program_name", "fanlight");
        match (peer, encryption(connection)?) {
            (None, None) => Ok(options.socket(Some(&connection.host))),
            (None, Some(_)) => {
                let detail = "tls: a socket is not encrypted; leave tls out";
                Err(Failure::Unavailable(detail.to_owned()))
            }
            (Some(address), encryption) => Ok(options
                .ip_or_hostname(&connection.host)
                .tcp_port(connection.port)
                .resolved_ips(Some(vec![address]))
                .ssl_opts(encryption)),
        }
    }
}

/// `None`: the connection is not encrypted. A server that cannot encrypt is otherwise an error.
fn encryption(connection: &MySql) -> Result<Option<SslOpts>, Failure> {
    let authorities = match connection.tls.mode_for(&connection.host) {
        TlsMode::Off => return Ok(None),
        TlsMode::Require => {
            let anybody = SslOpts::default()
                .with_danger_accept_invalid_certs(true)
                .with_danger_skip_domain_validation(true);
            return Ok(Some(anybody));
        }
        TlsMode::VerifyFull => match &connection.tls.authorities {
            Some(pem) => vec![pem.clone().into_bytes()],
            None => tls::certificates_of_system(),
        },
    };
    let missing = || Failure::Unavailable("tls: no certificate of an authority was found".into());
    if authorities.is_empty() {
        return Err(missing());
    }
    let authorities = authorities.into_iter().map(Into::into).collect();
    Ok(Some(SslOpts::default().with_disable_built_in_roots(true).with_root_certs(authorities)))
}
