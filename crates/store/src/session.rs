//! One connection with what a statement needs: parameters in, cells out.
//!
//! On SQLite a statement is answered at once, on the calling thread: the futures here are ready when
//! first polled. On PostgreSQL they wait for the server.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use deadpool_postgres::GenericClient;
use futures_util::future::try_join_all;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

use crate::activity::Activity;
use crate::ambient::Ambient;
use crate::dialect::Dialect;
use crate::error::StoreError;
use crate::postgres::PostgresReader;
use crate::seal::Sealer;
use crate::sql::Statement;

/// What changes need beside the database.
pub(crate) struct Tools {
    pub(crate) ambient: Ambient,
    pub(crate) sealer: Sealer,
    pub(crate) activity: Activity,
    most_paid_customers: AtomicU64,
}

/// Stands for no limit.
const UNLIMITED: u64 = u64::MAX;

impl Tools {
    pub(crate) fn new(ambient: Ambient, sealer: Sealer) -> Self {
        let most_paid_customers = AtomicU64::new(UNLIMITED);
        Self { ambient, sealer, activity: Activity::new(), most_paid_customers }
    }

    pub(crate) fn limit_paid_customers(&self, most: u64) {
        self.most_paid_customers.store(most, Ordering::Relaxed);
    }

    /// `None`: any number.
    pub(crate) fn most_paid_customers(&self) -> Option<u64> {
        let most = self.most_paid_customers.load(Ordering::Relaxed);
        (most != UNLIMITED).then_some(most)
    }
}

/// A connection in use.
pub struct Session<'a> {
    pub(crate) connection: Connection<'a>,
    pub(crate) tools: &'a Tools,
}

/// The connection of a session. SQLite's is never contended: the mutex only makes it shareable.
#[derive(Clone, Copy)]
pub(crate) enum Connection<'a> {
    Sqlite(&'a Mutex<rusqlite::Connection>),
    Postgres(&'a deadpool_postgres::Client),
    /// For reads alone.
    PostgresReader(&'a PostgresReader<'a>),
    PostgresTransaction(&'a deadpool_postgres::Transaction<'a>),
}

/// A value bound to a placeholder.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Param<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// Reads one row.
pub(crate) type Read<T> = fn(&Cells<'_>) -> Result<T, StoreError>;

/// The cells of one row, by their position from 0.
pub(crate) enum Cells<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Session<'_> {
    pub(crate) async fn rows<T>(
        &self,
        statement: Statement,
        params: &[Param<'_>],
        read: Read<T>,
    ) -> Result<Vec<T>, StoreError> {
        let outcome = self.answer(statement, params, read).await;
        self.tools.activity.statement_ended(&outcome);
        outcome
    }

    async fn answer<T>(
        &self,
        statement: Statement,
        params: &[Param<'_>],
        read: Read<T>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = match self.connection {
            Connection::Sqlite(connection) => {
                return sqlite_rows(connection, statement, params, read);
            }
            Connection::Postgres(client) => postgres_rows(client, statement, params).await?,
            Connection::PostgresReader(reader) => reader.rows(statement, params).await?,
            Connection::PostgresTransaction(tx) => postgres_rows(tx, statement, params).await?,
        };
        rows.iter().map(|row| read(&Cells::Postgres(row))).collect()
    }

    /// The first row, if any.
    pub(crate) async fn row<T>(
        &self,
        statement: Statement,
        params: &[Param<'_>],
        read: Read<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(statement, params, read).await?.into_iter().next())
    }

    /// Runs a statement without a result; the number of rows it changed.
    pub(crate) async fn execute(
        &self,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        let outcome = self.change(statement, params).await;
        self.tools.activity.statement_ended(&outcome);
        outcome
    }

    async fn change(&self, statement: Statement, params: &[Param<'_>]) -> Result<u64, StoreError> {
        match self.connection {
            Connection::Sqlite(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let mut statement = connection.prepare_cached(statement.text(Dialect::Sqlite))?;
                let changed = statement.execute(rusqlite::params_from_iter(params))?;
                Ok(changed as u64)
            }
            Connection::Postgres(client) => postgres_execute(client, statement, params).await,
            Connection::PostgresReader(_) => Err(reads_only()),
            Connection::PostgresTransaction(tx) => postgres_execute(tx, statement, params).await,
        }
    }

    /// Runs one statement for each set of parameters; the number of rows they changed. PostgreSQL
    /// gets them all without waiting for the answers in between.
    pub(crate) async fn execute_all<const N: usize>(
        &self,
        statement: Statement,
        sets: &[[Param<'_>; N]],
    ) -> Result<u64, StoreError> {
        match self.connection {
            Connection::Sqlite(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let mut prepared = connection.prepare_cached(statement.text(Dialect::Sqlite))?;
                let mut changed = 0;
                for set in sets {
                    changed += prepared.execute(rusqlite::params_from_iter(set))? as u64;
                }
                Ok(changed)
            }
            Connection::Postgres(client) => postgres_execute_all(client, statement, sets).await,
            Connection::PostgresReader(_) => Err(reads_only()),
            Connection::PostgresTransaction(tx) => postgres_execute_all(tx, statement, sets).await,
        }
    }

    /// Whether rows that are read must be locked against other transactions. SQLite has one writer.
    pub(crate) fn locks_rows(&self) -> bool {
        !matches!(self.connection, Connection::Sqlite(_))
    }

    pub(crate) fn now_us(&self) -> i64 {
        self.tools.ambient.now_us()
    }
}

fn reads_only() -> StoreError {
    StoreError::unavailable("a connection for reads was asked to change something")
}

fn sqlite_rows<T>(
    connection: &Mutex<rusqlite::Connection>,
    statement: Statement,
    params: &[Param<'_>],
    read: Read<T>,
) -> Result<Vec<T>, StoreError> {
    let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
    let mut statement = connection.prepare_cached(statement.text(Dialect::Sqlite))?;
    let mut rows = statement.query(rusqlite::params_from_iter(params))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(&Cells::Sqlite(row))?);
    }
    Ok(found)
}

pub(crate) async fn postgres_rows(
    client: &impl GenericClient,
    statement: Statement,
    params: &[Param<'_>],
) -> Result<Vec<tokio_postgres::Row>, StoreError> {
    let prepared = client.prepare_cached(statement.text(Dialect::Postgres)).await?;
    Ok(client.query(&prepared, &bound(params)).await?)
}

async fn postgres_execute(
    client: &impl GenericClient,
    statement: Statement,
    params: &[Param<'_>],
) -> Result<u64, StoreError> {
    let prepared = client.prepare_cached(statement.text(Dialect::Postgres)).await?;
    Ok(client.execute(&prepared, &bound(params)).await?)
}

/// How many statements may be on their way to PostgreSQL at once.
const PIPELINE: usize = 256;

async fn postgres_execute_all<const N: usize>(
    client: &impl GenericClient,
    statement: Statement,
    sets: &[[Param<'_>; N]],
) -> Result<u64, StoreError> {
    let prepared = client.prepare_cached(statement.text(Dialect::Postgres)).await?;
    let mut changed = 0;
    for some in sets.chunks(PIPELINE) {
        let bound: Vec<Vec<&(dyn ToSql + Sync)>> = some.iter().map(|set| bound(set)).collect();
        let sent = bound.iter().map(|params| client.execute(&prepared, params));
        changed += try_join_all(sent).await?.iter().sum::<u64>();
    }
    Ok(changed)
}

fn bound<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

impl<'a> From<Option<&'a str>> for Param<'a> {
    fn from(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
}

impl From<Option<i64>> for Param<'_> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Integer)
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(value) => value.to_sql_checked(ty, out),
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Each value checks the type for itself.
        true
    }

    to_sql_checked!();
}

impl Cells<'_> {
    pub(crate) fn integer(&self, at: usize) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn optional_integer(&self, at: usize) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(row) => Ok(row.get(at)?),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn boolean(&self, at: usize) -> Result<bool, StoreError> {
        Ok(self.integer(at)? != 0)
    }

    pub(crate) fn text(&self, at: usize) -> Result<&str, StoreError> {
        match self {
            Self::Sqlite(row) => row.get_ref(at)?.as_str().map_err(StoreError::unavailable),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn optional_text(&self, at: usize) -> Result<Option<&str>, StoreError> {
        match self {
            Self::Sqlite(row) => row.get_ref(at)?.as_str_or_null().map_err(StoreError::unavailable),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    pub(crate) fn bytes(&self, at: usize) -> Result<&[u8], StoreError> {
        match self {
            Self::Sqlite(row) => row.get_ref(at)?.as_blob().map_err(StoreError::unavailable),
            Self::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// A text cell as the type whose text it is.
    pub(crate) fn parsed<T>(&self, at: usize) -> Result<T, StoreError>
    where
        T: TryFrom<String, Error: std::fmt::Display>,
    {
        T::try_from(self.text(at)?.to_owned()).map_err(StoreError::corrupt)
    }
}
