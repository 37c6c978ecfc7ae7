//! Calls that may be sent again: the reply to a call with an idempotency key is kept, commits with
//! the call's effect, and answers the same call for a day.
//!
//! A reply may hold a secret, so it is sealed. Calls that failed are not kept: they had no effect, and
//! the next one may go better.

use std::collections::HashSet;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use crate::error::StoreError;
use crate::seal::Place;
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

/// How long a reply is kept: 24 hours, in microseconds.
const KEPT_US: i64 = 24 * 60 * 60 * 1_000_000;

/// A change that is asked for. Awaiting it makes it; [`Pending::recorded`] makes it once.
#[must_use = "nothing is changed until this is awaited"]
pub struct Pending<'a, W> {
    store: &'a Store,
    work: Result<W, StoreError>,
}

/// What names a call: the same ticket stands for the same call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// Who calls; keys of different callers never meet.
    pub credential: String,
    /// Method and path.
    pub route: String,
    /// The client's own key.
    pub key: String,
    /// A hash of everything else that was sent.
    pub payload_hash: [u8; 32],
}

/// A reply as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub status: u16,
    pub body: Vec<u8>,
}

/// How a call came to its reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The change was made now.
    Done(Kept),
    /// It had been made before; this is the reply of then.
    Replayed(Kept),
}

impl<'a, W: Work> Pending<'a, W> {
    pub(crate) fn new(store: &'a Store, work: W) -> Self {
        Self { store, work: Ok(work) }
    }

    /// As [`Pending::new`], unless the caller may not.
    pub(crate) fn allowed<E: Into<StoreError>>(
        store: &'a Store,
        allowed: Result<(), E>,
        work: W,
    ) -> Self {
        Self { store, work: allowed.map(|()| work).map_err(Into::into) }
    }

    /// Makes the change once for a ticket and keeps what `render` makes of its outcome; later calls
    /// with the ticket get that. Errs with `KeyInUse` while another call with the ticket runs, and
    /// with `OtherPayload` when the key has been used for something else.
    pub async fn recorded<F>(self, ticket: Ticket, render: F) -> Result<Recorded, StoreError>
    where
        F: Fn(&W::Output) -> Kept + Send + Sync + 'static,
    {
        let work = self.work?;
        let _running = self.store.running().enter(&ticket).ok_or(StoreError::KeyInUse)?;
        self.store.write(Once { ticket, work, render }).await
    }
}

impl<'a, W: Work> IntoFuture for Pending<'a, W> {
    type Output = Result<W::Output, StoreError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.store.write(self.work?).await })
    }
}

/// The tickets of the calls that run in this process.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashSet<String>>);

impl Running {
    fn enter(&self, ticket: &Ticket) -> Option<Entered<'_>> {
        let name = ticket.name();
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        is_new.then_some(Entered { running: self, name })
    }
}

struct Entered<'a> {
    running: &'a Running,
    name: String,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// One text for who, what and which; the parts cannot run into each other, since only the last may
/// hold a line break.
pub(crate) fn name(credential: &str, route: &str, key: &str) -> String {
    format!("{credential}\n{route}\n{key}")
}

impl Ticket {
    fn name(&self) -> String {
        name(&self.credential, &self.route, &self.key)
    }

    fn params(&self) -> [Param<'_>; 3] {
        [Param::Text(&self.credential), Param::Text(&self.route), Param::Text(&self.key)]
    }
}

struct Once<W, F> {
    ticket: Ticket,
    work: W,
    render: F,
}

impl<W, F> Work for Once<W, F>
where
    W: Work,
    F: Fn(&W::Output) -> Kept + Send + Sync + 'static,
{
    type Output = Recorded;
    const EXCLUSIVE: bool = W::EXCLUSIVE;

    async fn run(&self, session: &Session<'_>) -> Result<Recorded, StoreError> {
        let name = self.ticket.name();
        // Another node may be at it.
        let lock = session.row(sql::TRY_LOCK, &[Param::Text(&name)], |row| row.boolean(0)).await?;
        if lock != Some(true) {
            return Err(StoreError::KeyInUse);
        }
        let outdated = [Param::Integer(session.now_us() - KEPT_US)];
        session.execute(sql::DELETE_IDEMPOTENCY_RECORDS, &outdated).await?;
        if let Some(kept) = self.find(session, &name).await? {
            return Ok(Recorded::Replayed(kept));
        }
        let kept = (self.render)(&self.work.run(session).await?);
        self.keep(session, &name, &kept).await?;
        Ok(Recorded::Done(kept))
    }
}

impl<W, F> Once<W, F> {
    async fn find(&self, session: &Session<'_>, name: &str) -> Result<Option<Kept>, StoreError> {
        let read = |row: &Cells<'_>| {
            Ok((row.bytes(0)?.to_owned(), row.integer(1)?, row.bytes(2)?.to_owned()))
        };
        let found = session.row(sql::IDEMPOTENCY_RECORD, &self.ticket.params(), read).await?;
        let Some((payload_hash, status, sealed)) = found else { return Ok(None) };
        if payload_hash != self.ticket.payload_hash {
            return Err(StoreError::OtherPayload);
        }
        let status = u16::try_from(status).map_err(StoreError::corrupt)?;
        let body = session.tools.sealer.open(Place::IdempotencyRecord(name), &sealed)?;
        Ok(Some(Kept { status, body }))
    }

    async fn keep(&self, session: &Session<'_>, name: &str, kept: &Kept) -> Result<(), StoreError> {
        let tools = session.tools;
        let sealed = tools.sealer.seal(&tools.ambient, Place::IdempotencyRecord(name), &kept.body);
        let [credential, route, key] = self.ticket.params();
        let params = [
            credential,
            route,
            key,
            Param::Bytes(&self.ticket.payload_hash),
            Param::Integer(session.now_us()),
            Param::Integer(kept.status.into()),
            Param::Bytes(&sealed),
        ];
        session.execute(sql::INSERT_IDEMPOTENCY_RECORD, &params).await.map(drop)
    }
}
