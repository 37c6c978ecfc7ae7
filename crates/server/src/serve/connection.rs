//! One connection: what is spoken on it, and how long its client may take.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Version};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::patient::Patient;
use crate::config::ConnectionLimits;
use crate::frame::Frame;

/// The largest head of an HTTP/1 request, in bytes; the largest list of headers in HTTP/2.
const MAX_HEAD_BYTES: usize = 64 * 1024;
const MAX_HEADER_LIST_BYTES: u32 = 32 * 1024;

/// Requests that one HTTP/2 connection may have running.
const MAX_STREAMS: u32 = 128;

/// Streams that an HTTP/2 client may open and reset before we have looked at them, and those that we
/// reset for its faults; with more it is closed. Both stop floods of resets.
const MAX_PENDING_RESETS: usize = 20;
const MAX_OWN_RESETS: usize = 128;

/// What one HTTP/2 stream may hold ready for a client that does not read, in bytes.
const MAX_UNSENT_BYTES: usize = 256 * 1024;

pub(super) struct Connection {
    stream: TcpStream,
    session: Session,
    idle_timeout: Duration,
    write_timeout: Duration,
}

/// What every request of a connection needs.
#[derive(Clone)]
struct Session {
    frame: Frame,
    peer: SocketAddr,
    /// Whether there has been a request yet.
    has_begun: Arc<AtomicBool>,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        peer: SocketAddr,
        frame: Frame,
        limits: &ConnectionLimits,
    ) -> Self {
        // Replies are written whole; waiting for more to send would only delay them. A socket that
        // refuses the option works all the same.
        let _ = stream.set_nodelay(true);
        let session = Session { frame, peer, has_begun: Arc::default() };
        let ConnectionLimits { idle_timeout, write_timeout, .. } = *limits;
        Self { stream, session, idle_timeout, write_timeout }
    }

    /// Answers requests until one side has had enough, or `graceful` ends all connections.
    pub(super) fn serve(
        self,
        graceful: &GracefulShutdown,
    ) -> impl Future<Output = ()> + Send + 'static {
        let Self { stream, session, idle_timeout, write_timeout } = self;
        let of_request = session.clone();
        let service = service_fn(move |request| of_request.clone().answer(request));
        let io = TokioIo::new(Patient::new(stream, write_timeout));
        let protocol = protocol(idle_timeout);
        let served = graceful.watch(protocol.serve_connection(io, service).into_owned());
        async move {
            let metrics = session.frame.app().metrics();
            let _open = metrics.connections.enter();
            let mut served = pin!(served);
            let ended = tokio::select! {
                ended = &mut served => ended,
                () = sleep(idle_timeout) => {
                    if !session.has_begun.load(Ordering::Relaxed) {
                        // Not even a whole head. The protocol's own clock starts only when it is
                        // known which protocol it is.
                        metrics.connections_cut.count();
                        return;
                    }
                    served.await
                }
            };
            if let Err(error) = ended {
                if Patient::has_lost_patience(&*error) {
                    metrics.connections_cut.count();
                }
                tracing::debug!(%error, "a connection broke");
            }
        }
    }
}

impl Session {
    async fn answer(self, request: Request<Incoming>) -> Result<Response, Infallible> {
        self.has_begun.store(true, Ordering::Relaxed);
        let may_be_kept = request.version() <= Version::HTTP_11;
        let mut response = self.frame.answer(self.peer.ip(), request.map(Body::new)).await;
        if may_be_kept && self.frame.app().is_stopping() {
            // The client's next request goes elsewhere, and is not cut off here.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}

fn protocol(idle_timeout: Duration) -> auto::Builder<TokioExecutor> {
    let mut protocol = auto::Builder::new(TokioExecutor::new());
    let timer = TokioTimer::new;
    protocol.http1().timer(timer()).header_read_timeout(idle_timeout).max_buf_size(MAX_HEAD_BYTES);
    protocol
        .http2()
        .timer(timer())
        .keep_alive_interval(idle_timeout)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_LIST_BYTES)
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .max_local_error_reset_streams(MAX_OWN_RESETS)
        .max_send_buf_size(MAX_UNSENT_BYTES);
    protocol
}
