//! The HTTP client that brings spans to the collector.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long the collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A collector has little to say.
const MAX_REPLY_BYTES: usize = 64 * 1024;

/// Sends on the server's runtime, because the exporter's thread has none. Says in the log when the
/// collector cannot be reached, once until it can again.
#[derive(Clone, Debug)]
pub(super) struct Collector {
    client: Client<HttpConnector, Full<Bytes>>,
    runtime: Handle,
    is_lost: Arc<AtomicBool>,
}

impl Collector {
    /// To be called on the runtime.
    pub(super) fn here() -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            runtime: Handle::current(),
            is_lost: Arc::default(),
        }
    }

    async fn send(self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = timeout(PATIENCE, self.exchange(request)).await;
        let outcome = sent.unwrap_or_else(|elapsed| Err(elapsed.into()));
        match &outcome {
            Err(error) if !self.is_lost.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, "the collector of traces cannot be reached");
            }
            Ok(_) if self.is_lost.swap(false, Ordering::Relaxed) => {
                tracing::info!("the collector of traces is reached again");
            }
            _ => {}
        }
        outcome
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let reply = self.client.request(request.map(Full::new)).await?;
        let (parts, body) = reply.into_parts();
        let body = Limited::new(body, MAX_REPLY_BYTES).collect().await?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Collector {
    fn send_bytes<'life, 'sending>(&'life self, request: Request<Bytes>) -> Sending<'sending>
    where
        'life: 'sending,
        Self: 'sending,
    {
        let sent = self.runtime.spawn(self.clone().send(request));
        Box::pin(async { sent.await? })
    }
}
