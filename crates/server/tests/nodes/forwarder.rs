//! Passes TCP connections on: the balancer before the nodes, and the network before the database,
//! where it can be cut.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What becomes of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    /// All end, and new ones end at once.
    Cut,
    /// Nothing gets through and nobody is told. What was stalled ends with the next change.
    Stalled,
    /// As [`Way::Stalled`], for connections that have sent PostgreSQL's LISTEN.
    ListenersStalled,
}

#[derive(Clone, Debug)]
pub(crate) enum Target {
    Address(SocketAddr),
    Socket(PathBuf),
}

/// Takes connections on a free port and passes each to the next target that accepts it.
pub(crate) struct Forwarder {
    address: SocketAddr,
    way: watch::Sender<Way>,
    accepting: JoinHandle<()>,
}

impl Forwarder {
    pub(crate) async fn start(targets: Vec<Target>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (way, seen) = watch::channel(Way::Open);
        let accepting = tokio::spawn(accept(listener, Arc::new(Targets::new(targets)), seen));
        Self { address, way, accepting }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

struct Targets {
    all: Vec<Target>,
    next: AtomicUsize,
}

type Ends = (Box<dyn AsyncRead + Send + Unpin>, Box<dyn AsyncWrite + Send + Unpin>);

impl Targets {
    fn new(all: Vec<Target>) -> Self {
        Self { all, next: AtomicUsize::new(0) }
    }

    async fn connect(&self) -> Option<Ends> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for offset in 0..self.all.len() {
            if let Ok(ends) = self.all[(first + offset) % self.all.len()].connect().await {
                return Some(ends);
            }
        }
        None
    }
}

impl Target {
    async fn connect(&self) -> std::io::Result<Ends> {
        Ok(match self {
            Self::Address(address) => {
                let (read, write) = TcpStream::connect(address).await?.into_split();
                (Box::new(read), Box::new(write))
            }
            Self::Socket(path) => {
                let (read, write) = UnixStream::connect(path).await?.into_split();
                (Box::new(read), Box::new(write))
            }
        })
    }
}

async fn accept(listener: TcpListener, targets: Arc<Targets>, way: watch::Receiver<Way>) {
    while let Ok((client, _)) = listener.accept().await {
        let (targets, way) = (Arc::clone(&targets), way.clone());
        tokio::spawn(async move {
            if let Some(target) = targets.connect().await {
                Connection::new(way).carry(client, target).await;
            }
        });
    }
}

/// One connection under way.
struct Connection {
    way: watch::Receiver<Way>,
    listens: AtomicBool,
    has_stalled: AtomicBool,
}

impl Connection {
    fn new(way: watch::Receiver<Way>) -> Self {
        Self { way, listens: AtomicBool::new(false), has_stalled: AtomicBool::new(false) }
    }

    /// Returns, which ends the connection, when either side has ended or the way is cut.
    async fn carry(&self, client: TcpStream, (from_target, to_target): Ends) {
        let (from_client, to_client) = client.into_split();
        let moving = async {
            tokio::select! {
                () = self.pump(from_client, to_target) => {}
                () = self.pump(from_target, to_client) => {}
            }
        };
        tokio::pin!(moving);
        let mut way = self.way.clone();
        loop {
            if *way.borrow_and_update() == Way::Cut {
                return;
            }
            tokio::select! {
                () = &mut moving => return,
                changed = way.changed() => {
                    if changed.is_err() || self.has_stalled.load(Ordering::Relaxed) {
                        return;
                    }
                }
            }
        }
    }

    async fn pump(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let chunk = &buffer[..length];
            if chunk.windows(7).any(|word| word == b"LISTEN ") {
                self.listens.store(true, Ordering::Relaxed);
            }
            if self.is_stalled() {
                self.has_stalled.store(true, Ordering::Relaxed);
                std::future::pending::<()>().await;
            }
            if to.write_all(chunk).await.is_err() {
                return;
            }
        }
    }

    fn is_stalled(&self) -> bool {
        match *self.way.borrow() {
            Way::Open | Way::Cut => false,
            Way::Stalled => true,
            Way::ListenersStalled => self.listens.load(Ordering::Relaxed),
        }
    }
}
