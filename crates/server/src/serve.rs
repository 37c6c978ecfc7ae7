//! Connections: accepts them, speaks HTTP on them, and closes them when the server ends.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};

use crate::frame::Frame;

/// How long a client may take for a request's head, and a connection may rest between requests.
/// Longer than the idle time of the usual load balancers, so that they close first.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long running requests may take to end after the server was told to stop.
const GRACE: Duration = Duration::from_secs(25);

/// Serves `frame` on `listener` until `stop` is ready; then takes no new connections and waits for
/// the running requests, at most 25 seconds.
pub async fn serve(listener: TcpListener, frame: Frame, stop: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => connect(stream, peer, &frame, &connections),
                Err(error) => rest_after(&error).await,
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    tokio::select! {
        () = connections.shutdown() => {}
        () = tokio::time::sleep(GRACE) => tracing::warn!("closed connections that did not end"),
    }
}

/// Ready when the process is told to end: SIGTERM or Ctrl-C.
pub async fn told_to_stop() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

/// Out of file descriptors, usually: others must end before the next connection can begin.
async fn rest_after(error: &std::io::Error) {
    tracing::warn!(%error, "failed to accept a connection");
    tokio::time::sleep(Duration::from_millis(50)).await;
}

fn connect(stream: TcpStream, peer: SocketAddr, frame: &Frame, connections: &GracefulShutdown) {
    // Replies are written whole; waiting for more to send would only delay them. A socket that
    // refuses the option works all the same.
    let _ = stream.set_nodelay(true);
    let frame = frame.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let frame = frame.clone();
        async move {
            let response = frame.answer(peer.ip(), request.map(Body::new)).await;
            Ok::<_, Infallible>(response)
        }
    });
    let mut protocol = auto::Builder::new(TokioExecutor::new());
    protocol.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    protocol.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_TIMEOUT);
    let connection = protocol.serve_connection(TokioIo::new(stream), service).into_owned();
    let watched = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection broke");
        }
    });
}
