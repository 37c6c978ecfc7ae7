//! The source: a server that speaks the API for customers, asked for its list.

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::Value;

use super::address::{Address, is_same_server};
use super::listed::Page;
use super::pace::{Pace, asked_to_wait};
use super::progress::Progress;
use crate::outgoing;

/// Most customers of one page.
const PAGE_SIZE: &str = "1000";
/// How often one request is sent to a server that fails before it is given up.
const MOST_FAILURES: u32 = 6;
/// How often one request is sent to a server that asks to wait: about an hour.
const MOST_WAITS: u32 = 60;
const ENOUGH: &str = "the source has had enough requests for now";
const CREDENTIAL: HeaderName = HeaderName::from_static("explo-authorization");

/// The server that customers come from.
pub struct Source {
    address: Address,
    client: Client,
    customers: Url,
    credential: HeaderValue,
    pace: Pace,
    /// Whether it has ever answered with customers: from then on, a failure may be passing.
    has_answered: AtomicBool,
    requests: AtomicU64,
}

/// Why the source gives no customers. A sentence each.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("the token holds characters that no API token has")]
    Token,
    #[error("TLS cannot be used: {0}")]
    Tls(String),
    #[error("{url} cannot be reached: {cause}")]
    Unreachable { url: Url, cause: String },
    #[error("{url} does not take the token ({status}): {said}")]
    Refused { url: Url, status: StatusCode, said: String },
    #[error(
        "{0} is not there (404): --from takes the address of the API, for example \
         https://api.explo.co"
    )]
    NotThere(Url),
    #[error("{from} redirects to {to}; if that is right, give it with --from")]
    Redirected { from: Url, to: String },
    #[error(
        "{0} answers with a web page instead of customers: --from takes the address of the API, for \
         example https://api.explo.co"
    )]
    WebPage(Url),
    #[error("{url} answers with something else than a list of customers: {cause}")]
    OtherReply { url: Url, cause: String },
    #[error("{0} goes on asking to wait; run the import again later")]
    Busy(Url),
    #[error("{url} fails ({status}): {said}")]
    Failed { url: Url, status: StatusCode, said: String },
    #[error("{0} lists customers below themselves, so its tree cannot be read")]
    IgnoresParent(Url),
}

impl Source {
    /// `per_minute`: most requests a minute; 0: as many as it takes.
    pub fn new(address: Address, token: &str, per_minute: u32) -> Result<Self, SourceError> {
        let credential = HeaderValue::try_from(format!("Token {}", token.trim()));
        let mut credential = credential.map_err(|_| SourceError::Token)?;
        credential.set_sensitive(true);
        let client = outgoing::client_builder()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(120))
            .redirect(Policy::custom(follow))
            .build()
            .map_err(|error| SourceError::Tls(root_cause(&error)))?;
        Ok(Self {
            client,
            customers: address.customers(),
            address,
            credential,
            pace: Pace::new(per_minute),
            has_answered: AtomicBool::new(false),
            requests: AtomicU64::new(0),
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// How many requests have been sent.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn ignores_parent(&self) -> SourceError {
        SourceError::IgnoresParent(self.customers.clone())
    }

    /// A page of all customers, or of one customer's children; pages count from 1.
    pub(super) async fn page(
        &self,
        parent: Option<&str>,
        number: u64,
        progress: &Progress,
    ) -> Result<Page, SourceError> {
        let number = number.to_string();
        // Explo's reference has spelled its parameters in two ways.
        let mut query = vec![("page", number.as_str())];
        query.extend([("page_size", PAGE_SIZE), ("pageSize", PAGE_SIZE)]);
        let parents = parent.into_iter();
        query.extend(parents.flat_map(|id| [("parent_provided_id", id), ("parentProvidedId", id)]));
        let (mut failures, mut waits) = (0, 0);
        loop {
            let (pause, reason) = match self.ask(&query, progress).await? {
                Answer::Page(page) => return Ok(page),
                Answer::Wait(pause) if waits < MOST_WAITS => {
                    waits += 1;
                    (pause, ENOUGH.to_owned())
                }
                Answer::Wait(_) => return Err(SourceError::Busy(self.customers.clone())),
                Answer::Failed { reason, .. } if failures < MOST_FAILURES => {
                    failures += 1;
                    (Duration::from_secs(1 << failures), reason)
                }
                Answer::Failed { error, .. } => return Err(error),
            };
            self.pause(pause, &reason, progress);
        }
    }

    /// Lets no request start for this long, and tells why, once.
    fn pause(&self, pause: Duration, reason: &str, progress: &Progress) {
        if self.pace.pause(pause) {
            progress.tell(&format!("{reason}; going on in {} s", pause.as_secs()));
        }
    }

    async fn ask(
        &self,
        query: &[(&str, &str)],
        progress: &Progress,
    ) -> Result<Answer, SourceError> {
        self.pace.turn().await;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let request = self.client.get(self.customers.clone()).query(query);
        let request = request.header(CREDENTIAL, self.credential.clone());
        let reply = match request.header(ACCEPT, "application/json").send().await {
            Ok(reply) => reply,
            Err(error) => return self.unreachable(&error),
        };
        let (status, headers) = (reply.status(), reply.headers().clone());
        match (status, asked_to_wait(status, &headers)) {
            (StatusCode::OK, pause) => {
                if let Some(pause) = pause {
                    self.pause(pause, ENOUGH, progress);
                }
                self.read(reply).await
            }
            (StatusCode::TOO_MANY_REQUESTS, pause) => Ok(Answer::Wait(pause.unwrap_or_default())),
            _ => self.failed(status, &headers, reply).await,
        }
    }

    async fn read(&self, reply: Response) -> Result<Answer, SourceError> {
        let is_web_page = says_html(reply.headers());
        let body = match reply.bytes().await {
            Ok(body) => body,
            Err(error) => return self.unreachable(&error),
        };
        let url = || self.customers.clone();
        if is_web_page || body.trim_ascii_start().starts_with(b"<") {
            return Err(SourceError::WebPage(url()));
        }
        let page = serde_json::from_slice(&body)
            .map_err(|error| SourceError::OtherReply { url: url(), cause: error.to_string() })?;
        self.has_answered.store(true, Ordering::Relaxed);
        Ok(Answer::Page(page))
    }

    /// A connection that fails is tried again once the source has proved to be one.
    fn unreachable(&self, error: &reqwest::Error) -> Result<Answer, SourceError> {
        let cause = root_cause(error);
        let reason = format!("the source cannot be reached ({cause})");
        let error = SourceError::Unreachable { url: self.customers.clone(), cause };
        self.perhaps_passing(reason, error)
    }

    async fn failed(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        reply: Response,
    ) -> Result<Answer, SourceError> {
        let url = self.customers.clone();
        if let (true, Some(to)) = (status.is_redirection(), headers.get(LOCATION)) {
            let to = String::from_utf8_lossy(to.as_bytes()).into_owned();
            return Err(SourceError::Redirected { from: url, to });
        }
        match status {
            StatusCode::NOT_FOUND => return Err(SourceError::NotThere(url)),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(SourceError::Refused { url, status, said: said(reply).await });
            }
            _ => {}
        }
        let said = said(reply).await;
        let reason = format!("the source fails ({status})");
        let error = SourceError::Failed { url, status, said };
        match status.is_server_error() {
            true => self.perhaps_passing(reason, error),
            false => Err(error),
        }
    }

    fn perhaps_passing(&self, reason: String, error: SourceError) -> Result<Answer, SourceError> {
        match self.has_answered.load(Ordering::Relaxed) {
            true => Ok(Answer::Failed { reason, error }),
            false => Err(error),
        }
    }
}

enum Answer {
    Page(Page),
    /// The source wants to be left alone for so long.
    Wait(Duration),
    /// Perhaps another attempt succeeds.
    Failed {
        reason: String,
        error: SourceError,
    },
}

/// The token stays with the server that it was given for.
fn follow(attempt: Attempt<'_>) -> Action {
    let previous = attempt.previous();
    let stays = previous.last().is_some_and(|from| is_same_server(from, attempt.url()));
    match stays && previous.len() <= 5 {
        true => attempt.follow(),
        false => attempt.stop(),
    }
}

fn says_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html"))
}

/// What a server says about a failure: the façade's `error`, else the start of the text.
async fn said(reply: Response) -> String {
    if says_html(reply.headers()) {
        return "a web page".to_owned();
    }
    let text = reply.text().await.unwrap_or_default();
    let of_facade = serde_json::from_str(&text).ok().and_then(|body: Value| {
        let said = ["error", "detail", "title"].into_iter().find_map(|key| body[key].as_str());
        said.map(str::to_owned)
    });
    let start =
        || text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    match of_facade.unwrap_or_else(start) {
        said if said.is_empty() => "it does not say why".to_owned(),
        said => said,
    }
}

/// The innermost reason, which says more than "error sending request".
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
