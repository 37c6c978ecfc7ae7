//! A network that breaks a conversation with a real server off, at any of its bytes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use testkit::{Certificate, ClickHouse, Cluster, MariaDb};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What becomes of a conversation after so many bytes of the server's.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    Closed,
    /// The connection stays, and nothing comes.
    Silent,
    /// This comes, without an end.
    Noise(u8),
    /// One byte arrives as another.
    Flipped,
}

/// How many places of a conversation are tried.
const PLACES: usize = 24;
const AT_ONCE: usize = 8;

/// A way to a server that has a fault.
struct Proxy {
    port: u16,
    /// Bytes of the server's that have come.
    come: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(server: SocketAddr, after: usize, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let come = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&come);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(server).await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(forward(from_client, to_server));
                tokio::spawn(disturb(from_server, to_client, after, fault, Arc::clone(&counter)));
            }
        });
        Self { port, come }
    }
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let _ = tokio::io::copy(&mut from, &mut to).await;
}

async fn disturb(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    after: usize,
    fault: Fault,
    come: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let mut part = vec![0; 64 << 10];
    loop {
        let size = from.read(&mut part).await?;
        if size == 0 {
            return Ok(());
        }
        let before = come.fetch_add(size, Ordering::Relaxed);
        let place = after.checked_sub(before).filter(|place| *place < size);
        match (place, fault) {
            (None, _) | (_, Fault::None) => to.write_all(&part[..size]).await?,
            (Some(place), Fault::Flipped) => {
                part[place] ^= 0x55;
                to.write_all(&part[..size]).await?;
            }
            (Some(place), Fault::Closed) => return to.write_all(&part[..place]).await,
            (Some(place), Fault::Silent) => {
                to.write_all(&part[..place]).await?;
                while from.read(&mut part).await? > 0 {}
            }
            (Some(place), Fault::Noise(byte)) => {
                to.write_all(&part[..place]).await?;
                part.fill(byte);
                loop {
                    to.write_all(&part).await?;
                }
            }
        }
    }
}

/// A real server, and how it is asked.
struct Real {
    kind: &'static str,
    address: SocketAddr,
    login: Json,
    sql: &'static str,
}

impl Real {
    /// The outcome of one question over a way with a fault, and how many bytes came in all.
    async fn ask(&self, after: usize, fault: Fault) -> (Outcome, usize) {
        let proxy = Proxy::start(self.address, after, fault).await;
        let asker = Asker::new(self.kind, proxy.port, &self.login);
        let outcome = asker.ask(self.sql).await;
        asker.rest().await;
        (outcome, proxy.come.load(Ordering::Relaxed))
    }

    async fn check_after(&self, after: usize) {
        for fault in [Fault::Closed, Fault::Noise(0), Fault::Noise(b'Z')] {
            let (outcome, _) = self.ask(after, fault).await;
            assert!(outcome.is_err(), "{}, {fault:?} after {after}: {outcome:?}", self.kind);
        }
        // What is flipped may be a value, which nobody can tell.
        let (outcome, _) = self.ask(after, Fault::Flipped).await;
        assert!(!has_died(&outcome), "{}, flipped at {after}: {outcome:?}", self.kind);
    }

    async fn check(&self) {
        let before = most_memory();
        let (whole, bytes) = self.ask(0, Fault::None).await;
        assert!(whole.is_ok(), "{}: {whole:?}", self.kind);
        let places = (0..PLACES).map(|place| self.check_after(place * bytes / PLACES));
        futures_util::stream::iter(places).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
        for after in [0, bytes / 2, bytes - 1] {
            let (outcome, _) = self.ask(after, Fault::Silent).await;
            let is_known = matches!(
                outcome,
                Err(SourceError::TimedOut { .. } | SourceError::Unavailable { .. })
            );
            assert!(is_known, "{}, silent after {after}: {outcome:?}", self.kind);
        }
        let taken = most_memory() - before;
        assert!(taken < MEMORY, "{}: {} MiB", self.kind, taken >> 20);
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = Certificate { chain: cert.pem(), key: signing_key.serialize_pem() };
    let (cluster, port) = Cluster::start_with_tls(&certificate).unwrap();
    let real = Real {
        kind: "postgres",
        address: local(port),
        login: json!({"user": cluster.user(), "database": "postgres", "password": null}),
        sql: "select n, repeat('x', 20), now() from generate_series(1, 20) n",
    };
    real.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql() {
    let server = MariaDb::start().unwrap();
    let sql = "with recursive n as (select 1 as i union all select i + 1 from n where i < 20) \
               select i, repeat('x', 20), now() from n";
    Real { kind: "mysql", address: local(server.port()), login: json!({}), sql }.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clickhouse() {
    let server = ClickHouse::start().unwrap();
    let real = Real {
        kind: "clickhouse",
        address: local(server.http_port()),
        login: json!({"database": "default"}),
        sql: "select number, 'xxxxxxxxxxxxxxxxxxxx', now() from system.numbers limit 20",
    };
    real.check().await;
}
