//! Connections: accepts them, speaks HTTP on them, and closes them when the server ends.

mod connection;
mod patient;
mod signal;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::config::ConnectionLimits;
use crate::frame::Frame;
pub use signal::StopSignals;

/// What all connections of one listener share.
struct Serving {
    frame: Frame,
    limits: ConnectionLimits,
    /// One place per connection that may be open.
    places: Arc<Semaphore>,
    graceful: GracefulShutdown,
    /// Dropped when the grace has ended: whatever is still open is closed then.
    cut: watch::Sender<()>,
}

/// Serves `frame` on `listener` until `stop` is ready. Then it goes on for the shutdown delay, with
/// `/readyz` saying that the server stops, takes no new connections any more, and waits for running
/// requests as long as the grace lasts.
pub async fn serve(listener: TcpListener, frame: Frame, stop: impl Future<Output = ()>) {
    let limits = frame.app().config.connections.clone();
    let places = Arc::new(Semaphore::new(limits.most.min(Semaphore::MAX_PERMITS)));
    let (cut, _) = watch::channel(());
    let serving = Serving { frame, limits, places, graceful: GracefulShutdown::new(), cut };
    let told = async {
        stop.await;
        serving.frame.app().stop();
        sleep(serving.limits.shutdown_delay).await;
    };
    tokio::select! {
        () = serving.accept(&listener) => {}
        () = told => {}
    }
    drop(listener);
    serving.finish().await;
}

impl Serving {
    /// Never ends.
    async fn accept(&self, listener: &TcpListener) {
        loop {
            // Without a free place, those who want in wait in the kernel's queue.
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, peer)) => self.connect(stream, peer, place),
                Err(error) => rest_after(&error).await,
            }
        }
    }

    fn connect(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) {
        let mut cut = self.cut.subscribe();
        let (frame, limits) = (self.frame.clone(), self.limits.clone());
        let connection = connection::Connection::new(stream, peer, frame, &limits);
        let served = connection.serve(&self.graceful);
        tokio::spawn(async move {
            tokio::select! {
                () = served => {}
                // Errs, because nothing is ever sent: the grace has ended.
                _ = cut.changed() => {}
            }
            drop(place);
        });
    }

    async fn finish(self) {
        let grace = self.limits.shutdown_grace;
        if timeout(grace, self.graceful.shutdown()).await.is_err() {
            tracing::warn!("closes connections that did not end in time");
        }
    }
}

/// Out of file descriptors, usually: others must end before the next connection can begin.
async fn rest_after(error: &std::io::Error) {
    tracing::warn!(%error, "failed to accept a connection");
    sleep(Duration::from_millis(50)).await;
}
