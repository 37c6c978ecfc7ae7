//! A new master key: every secret at rest is opened with the old one and sealed with the new one, in
//! one transaction.

use model::OperatorScope;
use model::access::Caller;
use serde_json::json;

use crate::ambient::Ambient;
use crate::audit::{self, Action, Change, Kind};
use crate::error::StoreError;
use crate::master_key::MasterKey;
use crate::migrate::{KEY_CHECK_SETTING, key_check};
use crate::recorded;
use crate::seal::{Place, Sealer};
use crate::session::{Cells, Param, Session};
use crate::sql::{self, Statement};
use crate::store::{Location, Occupancy, Store, Work};

/// Any fixed number: the name of the lock that every node shares while it has the store open.
pub(crate) const OCCUPANCY_LOCK: i64 = 0x0046_414e_4c49_474a;

/// A store that no other process has open, so that none seals with a key that is going out of use.
pub struct SoleStore {
    store: Store,
}

/// How far sealing anew has come, in secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

impl SoleStore {
    /// As [`Store::open`]. Errs with `InUse` when another process has the store open.
    pub async fn open(
        location: Location,
        key: &MasterKey,
        ambient: Ambient,
    ) -> Result<Self, StoreError> {
        let store = Store::open_as(Occupancy::Sole, location, key, ambient).await?;
        store.write(LookAround).await?;
        Ok(Self { store })
    }

    /// Seals every secret with `key`, the master key from now on; the one before opens nothing any
    /// more. Returns how many secrets there were.
    ///
    /// When it errs, nothing has changed; only after `Unavailable` the change may stand, because the
    /// database was lost while it committed. Opening the store with either key tells.
    pub async fn reseal(
        self,
        scope: &OperatorScope,
        key: &MasterKey,
        tell: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<u64, StoreError> {
        let work = Reseal {
            caller: scope.caller().clone(),
            key_id: hex::encode(key.id()),
            sealer: Sealer::new(key),
            tell: Box::new(tell),
        };
        let sealed = self.store.write(work).await?;
        // The key is rotated, also when there is no room to write the file anew: what the key before
        // opens then stays in unused parts of the file until they are used again.
        let _ = self.store.forget_deleted();
        Ok(sealed)
    }
}

/// Errs with `InUse` unless this transaction has the store for itself.
async fn occupy_alone(session: &Session<'_>) -> Result<(), StoreError> {
    let params = [Param::Integer(OCCUPANCY_LOCK)];
    let alone = session.row(sql::OCCUPY_ALONE, &params, |_| Ok(())).await?;
    alone.ok_or_else(|| Occupancy::Sole.refusal())
}

struct LookAround;

impl Work for LookAround {
    type Output = ();

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        occupy_alone(session).await
    }
}

struct Reseal {
    caller: Caller,
    key_id: String,
    sealer: Sealer,
    tell: Box<dyn Fn(Progress) + Send + Sync>,
}

impl Work for Reseal {
    type Output = u64;
    const EXCLUSIVE: bool = true;

    /// Every column that holds a sealed secret is named here.
    async fn run(&self, session: &Session<'_>) -> Result<u64, StoreError> {
        occupy_alone(session).await?;
        let total = session.row(sql::COUNT_SEALED, &[], |row| row.integer(0)).await?;
        let total = total.unwrap_or_default().unsigned_abs();
        let mut anew = Anew { session, work: self, progress: Progress { done: 0, total } };
        anew.key_check().await?;
        anew.embed_secrets().await?;
        anew.numbered(sql::SEALED_CONNECTIONS, sql::RESEAL_CONNECTION, Place::Connection).await?;
        anew.numbered(sql::SEALED_TOKENS, sql::RESEAL_TOKEN, Place::CustomerToken).await?;
        anew.replies().await?;
        let (action, kind, subject) = (Action::Rotate, Kind::MasterKey, "master.key");
        let after = Some(json!({"id": self.key_id}).into());
        let change = Change { action, kind, group: None, subject, before: None, after };
        audit::note(session, &self.caller, change).await?;
        Ok(anew.progress.done)
    }
}

/// One run of [`Reseal`].
struct Anew<'a> {
    session: &'a Session<'a>,
    work: &'a Reseal,
    progress: Progress,
}

impl Anew<'_> {
    async fn key_check(&self) -> Result<(), StoreError> {
        let text = key_check(&self.work.sealer, &self.session.tools.ambient);
        let params = [Param::Text(KEY_CHECK_SETTING), Param::Text(&text)];
        self.session.execute(sql::UPDATE_SETTING, &params).await.map(drop)
    }

    async fn embed_secrets(&mut self) -> Result<(), StoreError> {
        let read = |row: &Cells<'_>| Ok((row.text(0)?.to_owned(), row.bytes(1)?.to_owned()));
        for (id, sealed) in self.session.rows(sql::SEALED_SECRETS, &[], read).await? {
            let sealed = self.seal(Place::EmbedSecret(&id), &sealed)?;
            let params = [Param::Text(&id), Param::Bytes(&sealed)];
            self.session.execute(sql::RESEAL_SECRET, &params).await?;
            self.advance(1);
        }
        Ok(())
    }

    async fn replies(&mut self) -> Result<(), StoreError> {
        let read = |row: &Cells<'_>| {
            let text = |at| row.text(at).map(str::to_owned);
            Ok(([text(0)?, text(1)?, text(2)?], row.bytes(3)?.to_owned()))
        };
        let mut last = [const { String::new() }; 3];
        loop {
            let page = last.each_ref().map(|part| Param::Text(part));
            let rows = self.session.rows(sql::SEALED_REPLIES, &page, read).await?;
            let Some((key, _)) = rows.last() else { return Ok(()) };
            last = key.clone();
            for ([credential, route, key], sealed) in &rows {
                let name = recorded::name(credential, route, key);
                let sealed = self.seal(Place::IdempotencyRecord(&name), sealed)?;
                let [credential, route, key] =
                    [credential, route, key].map(|part| Param::Text(part));
                let params = [credential, route, key, Param::Bytes(&sealed)];
                self.session.execute(sql::RESEAL_REPLY, &params).await?;
            }
            self.advance(rows.len() as u64);
        }
    }

    /// A table whose key is a number, page after page.
    async fn numbered(
        &mut self,
        page: Statement,
        reseal: Statement,
        place: fn(i64) -> Place<'static>,
    ) -> Result<(), StoreError> {
        let read = |row: &Cells<'_>| Ok((row.integer(0)?, row.bytes(1)?.to_owned()));
        let mut last = 0;
        loop {
            let rows = self.session.rows(page, &[Param::Integer(last)], read).await?;
            let Some((key, _)) = rows.last() else { return Ok(()) };
            last = *key;
            let seal = |(key, sealed): &(i64, Vec<u8>)| Ok((*key, self.seal(place(*key), sealed)?));
            let anew = rows.iter().map(seal).collect::<Result<Vec<_>, StoreError>>()?;
            let sets =
                anew.iter().map(|(key, sealed)| [Param::Integer(*key), Param::Bytes(sealed)]);
            let sets: Vec<_> = sets.collect();
            self.session.execute_all(reseal, &sets).await?;
            self.advance(rows.len() as u64);
        }
    }

    fn seal(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let tools = self.session.tools;
        let secret = tools.sealer.open(place, sealed)?;
        Ok(self.work.sealer.seal(&tools.ambient, place, &secret))
    }

    fn advance(&mut self, by: u64) {
        self.progress.done += by;
        (self.work.tell)(self.progress);
    }
}
