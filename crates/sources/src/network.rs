//! The way to servers of customers' data: which addresses may be reached, how a connection to one is
//! made, and how it is encrypted.
//!
//! A name is looked up once. The address that was checked is the address that is connected to, so a
//! name that changes its mind between two look-ups leads nowhere new.

mod encryption;
mod http;
mod policy;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::activity::Activity;
use crate::connector::Failure;

pub(crate) use encryption::encryption;
pub(crate) use http::{check_address, client_builder};
pub use policy::NetworkPolicy;

/// How long the look-up of a name may take.
const LOOK_UP: Duration = Duration::from_secs(5);
/// How long one address may take to answer.
const CONNECT: Duration = Duration::from_secs(5);
/// A connection whose other end has vanished without a word ends about a minute later.
const KEEP_ALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEP_ALIVE_PAUSE: Duration = Duration::from_secs(10);
const KEEP_ALIVE_PROBES: u32 = 3;

/// What connections may reach, and where they are counted.
#[derive(Clone)]
pub(crate) struct Network {
    policy: NetworkPolicy,
    activity: Arc<Activity>,
}

impl Network {
    pub(crate) fn new(policy: NetworkPolicy, activity: Arc<Activity>) -> Self {
        Self { policy, activity }
    }

    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Whether a connection may lead to an address. It is counted when not.
    fn admits(&self, address: IpAddr) -> bool {
        let is_allowed = self.policy.allows(address);
        if !is_allowed {
            self.activity.addresses_refused.count();
        }
        is_allowed
    }
}

/// The addresses of a host that may be reached; at least one.
///
/// Connect to these and not to the name, else what was checked is not what is reached.
pub(crate) async fn resolve(
    host: &str,
    port: u16,
    network: &Network,
) -> Result<Vec<SocketAddr>, Failure> {
    let unavailable = |detail: String| Failure::Unavailable(format!("{host}: {detail}"));
    let found = timeout(LOOK_UP, lookup_host((host, port))).await;
    let found = found
        .map_err(|_| unavailable("its name was not looked up in time".to_owned()))?
        .map_err(|error| unavailable(error.to_string()))?;
    let (reached, refused): (Vec<_>, Vec<_>) =
        found.partition(|address: &SocketAddr| network.admits(address.ip()));
    match (reached.is_empty(), refused.first()) {
        (false, _) => Ok(reached),
        (true, None) => Err(unavailable("it has no address".to_owned())),
        (true, Some(address)) => Err(unavailable(format!(
            "data sources do not reach {}, unless data_source_special_addresses lists it",
            address.ip()
        ))),
    }
}

/// A connection to the first of the addresses that answers, and which one that is.
pub(crate) async fn connect(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), Failure> {
    let mut last = "there is no address".to_owned();
    for &address in addresses {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                prepare(&stream).map_err(|error| Failure::Unavailable(error.to_string()))?;
                return Ok((stream, address));
            }
            Ok(Err(error)) => last = format!("{address}: {error}"),
            Err(_) => last = format!("{address}: it did not answer in time"),
        }
    }
    Err(Failure::Unavailable(last))
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, KEEP_ALIVE_IDLE)?;
    sockopt::set_tcp_keepintvl(stream, KEEP_ALIVE_PAUSE)?;
    Ok(sockopt::set_tcp_keepcnt(stream, KEEP_ALIVE_PROBES)?)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    impl Default for Network {
        fn default() -> Self {
            Self::new(NetworkPolicy::default(), Arc::default())
        }
    }

    #[tokio::test]
    async fn a_name_leads_to_addresses_that_may_be_reached() {
        let network = Network::default();
        let found = resolve("localhost", 5432, &network).await.unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 5432));
        let metadata = resolve("169.254.169.254", 80, &network).await;
        let Err(Failure::Unavailable(detail)) = metadata else { panic!("{metadata:?}") };
        assert!(detail.contains("do not reach 169.254.169.254"), "{detail}");
        assert_eq!(network.activity.addresses_refused.value(), 1);
        let policy = NetworkPolicy { allowed: vec!["169.254.169.254".parse().unwrap()] };
        let allowed = Network::new(policy, Arc::default());
        assert!(resolve("169.254.169.254", 80, &allowed).await.is_ok());
    }

    #[tokio::test]
    async fn the_first_address_that_answers_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (open, refusing) = (listener.local_addr().unwrap(), closed.local_addr().unwrap());
        drop(closed);
        let (stream, address) = connect(&[refusing, open]).await.unwrap();
        assert_eq!(address, open);
        assert!(stream.nodelay().unwrap());
        assert!(matches!(connect(&[refusing]).await, Err(Failure::Unavailable(_))));
    }
}
