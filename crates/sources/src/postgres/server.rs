//! Where the database is: connections to it, encrypted when they must be.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use model::source::Postgres;
use postgres_protocol::message::frontend;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::activity::Activity;
use crate::connector::Failure;
use crate::network::{Network, connect, encryption, resolve};

/// How long a handshake may take, and an order to cancel.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection, whatever it goes through.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The server of a data source.
pub(super) struct Server {
    connection: Arc<Postgres>,
    network: Network,
    /// Made when first needed; reading the system's authorities takes a moment.
    encryption: OnceCell<Option<TlsConnector>>,
}

/// The one of the server's addresses that a session speaks to.
#[derive(Clone, Debug)]
pub(super) enum Peer {
    Address(SocketAddr),
    Socket(PathBuf),
}

/// By what the server knows a session when another connection speaks of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CancelKey {
    pub(super) process: i32,
    pub(super) secret: i32,
}

impl Server {
    pub(super) fn new(connection: Arc<Postgres>, network: Network) -> Self {
        Self { connection, network, encryption: OnceCell::new() }
    }

    pub(super) fn activity(&self) -> &Activity {
        self.network.activity()
    }

    /// A connection to the first address that answers.
    pub(super) async fn connect(&self) -> Result<(Box<dyn Stream>, Peer), Failure> {
        let Postgres { host, port, .. } = self.connection.as_ref();
        if host.starts_with('/') {
            let peer = Peer::Socket(PathBuf::from(host).join(format!(".s.PGSQL.{port}")));
            return Ok((self.connect_to(&peer).await?, peer));
        }
        let (stream, address) = connect(&resolve(host, *port, &self.network).await?).await?;
        Ok((self.encrypted(stream).await?, Peer::Address(address)))
    }

    /// Ends the query that runs in a session, if one does. Returns when the server has passed the
    /// order on.
    pub(super) async fn cancel(&self, peer: &Peer, key: CancelKey) -> Result<(), Failure> {
        let ordered = async {
            let mut stream = self.connect_to(peer).await?;
            let mut message = BytesMut::new();
            frontend::cancel_request(key.process, key.secret, &mut message);
            stream.write_all(&message).await.map_err(unavailable)?;
            stream.flush().await.map_err(unavailable)?;
            // The server says nothing and closes the connection when it has done so.
            let _ = stream.read(&mut [0]).await;
            Ok(())
        };
        timeout(PATIENCE, ordered).await.map_err(|_| Failure::late())?
    }

    async fn connect_to(&self, peer: &Peer) -> Result<Box<dyn Stream>, Failure> {
        match peer {
            Peer::Address(address) => self.encrypted(connect(&[*address]).await?.0).await,
            Peer::Socket(path) => {
                let stream = UnixStream::connect(path).await;
                let unreachable = |error| Failure::Unavailable(format!("{path:?}: {error}"));
                self.encrypted(stream.map_err(unreachable)?).await
            }
        }
    }

    async fn encrypted(&self, stream: impl Stream + 'static) -> Result<Box<dyn Stream>, Failure> {
        let configured = async || {
            let config = encryption(&self.connection.tls, &self.connection.host)?;
            Ok::<_, Failure>(config.map(|config| TlsConnector::from(Arc::new(config))))
        };
        match self.encryption.get_or_try_init(configured).await? {
            None => Ok(Box::new(stream)),
            Some(connector) => timeout(PATIENCE, self.handshake(stream, connector))
                .await
                .map_err(|_| Failure::late())?,
        }
    }

    /// A server that has no TLS is refused: nothing is ever said in plain text that should not be.
    async fn handshake(
        &self,
        mut stream: impl Stream + 'static,
        connector: &TlsConnector,
    ) -> Result<Box<dyn Stream>, Failure> {
        let mut message = BytesMut::new();
        frontend::ssl_request(&mut message);
        stream.write_all(&message).await.map_err(unavailable)?;
        // One byte and no more: what follows is not yet the server's word.
        if stream.read_u8().await.map_err(unavailable)? != b'S' {
            return Err(Failure::Unavailable("the server does not offer TLS".to_owned()));
        }
        let name = ServerName::try_from(self.connection.host.clone())
            .map_err(|error| Failure::Unavailable(format!("tls: {error}")))?;
        let encrypted = connector.connect(name, stream).await;
        Ok(Box::new(encrypted.map_err(|error| Failure::Unavailable(format!("tls: {error}")))?))
    }
}

pub(super) fn unavailable(error: io::Error) -> Failure {
    Failure::Unavailable(error.to_string())
}
