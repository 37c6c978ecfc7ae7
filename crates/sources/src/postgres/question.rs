//! One question: a transaction of its own that reads, answered in one round trip.
//!
//! All messages are sent at once: begin, what the transaction is told, the statement, and the end of
//! the transaction. An error skips what follows up to the end, so nothing runs in a transaction that
//! was not told everything. Nothing that is told outlives the transaction, and no statement has a
//! name, so a pooler between us and the database may hand each transaction to another session.

use std::io;

use bytes::BytesMut;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend::{self, BindError};

use super::fault::failure;
use super::parameter::Parameter;
use super::rows::Rows;
use super::session::{Broken, Session};
use super::told::PLAIN_TEXTS;
use crate::connector::Failure;
use crate::error::ResultLimit;
use crate::progress::Progress;
use crate::result::ResultSet;

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// Settings of the transaction, with their values.
    pub(super) told: Vec<(String, String)>,
    pub(super) sql: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) row_limit: u64,
    pub(super) byte_limit: u64,
    pub(super) progress: Progress,
}

/// Why there are no rows, and what it means for the session.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The server has said why. The session may be asked again.
    Refused(Failure),
    /// The session has ended.
    Lost(Failure),
    /// What comes is not wanted: there is too much of it, or it cannot be read. The server still sends.
    Unwanted(Failure),
    /// The order to stop was heard. The query still runs.
    Stopped,
}

/// The messages of a question are answered in two groups: the transaction, and its end.
const GROUPS: usize = 2;

impl Question {
    /// Of the catalog, with texts for its placeholders.
    pub(super) fn of_catalog(
        sql: String,
        parameters: Vec<String>,
        told: Vec<(String, String)>,
    ) -> Self {
        let parameters = parameters.into_iter().map(Parameter::text).collect();
        let progress = Progress::default();
        Self { told, sql, parameters, row_limit: 1_000_000, byte_limit: 64 << 20, progress }
    }

    pub(super) async fn ask(&self, session: &mut Session) -> Result<ResultSet, Unanswered> {
        let refused = |why: String| Unanswered::Refused(Failure::Refused(why));
        if !session.knows_plain_texts && self.sql.contains('\\') {
            let why = "this server may take a backslash for an escape; write it without one";
            return Err(refused(why.to_owned()));
        }
        let messages = self.messages(session.knows_plain_texts);
        let messages = messages.map_err(|error| refused(format!("it cannot be sent: {error}")))?;
        let mut refused = None;
        let answered = match session.ask(&messages, GROUPS).await {
            Ok(()) => self.answer(session, &mut refused).await,
            Err(broken) => Err(self.unanswered(broken)),
        };
        match (answered, refused) {
            // A server that ends says why before it closes the connection.
            (Err(Unanswered::Lost(_)), Some(refused)) => Err(Unanswered::Lost(refused)),
            (Ok(_) | Err(Unanswered::Refused(_)), Some(refused)) => {
                Err(Unanswered::Refused(refused))
            }
            (answered, _) => answered,
        }
    }

    async fn answer(
        &self,
        session: &mut Session,
        refused: &mut Option<Failure>,
    ) -> Result<ResultSet, Unanswered> {
        let mut rows: Option<Rows> = None;
        session.longest = session.longest.max(self.byte_limit);
        while !session.is_answered() {
            match session.next().await.map_err(|broken| self.unanswered(broken))? {
                Message::RowDescription(body) => {
                    rows = Some(Rows::described(&body, self)?);
                }
                // Those before the description are of the settings.
                Message::DataRow(body) => {
                    if let Some(rows) = &mut rows {
                        self.progress.row();
                        rows.push(&body)?;
                    }
                }
                Message::ErrorResponse(body) => {
                    refused.get_or_insert_with(|| failure(&body));
                }
                _ => {}
            }
        }
        let none = || Unanswered::Refused(Failure::Refused("it yields no rows".to_owned()));
        rows.ok_or_else(none)?.finish()
    }

    fn unanswered(&self, broken: Broken) -> Unanswered {
        match broken {
            Broken::Connection(error) => Unanswered::Lost(Failure::Unavailable(error.to_string())),
            Broken::TooLong => {
                Unanswered::Unwanted(Failure::TooLarge(ResultLimit::Bytes(self.byte_limit)))
            }
        }
    }

    fn messages(&self, knows_plain_texts: bool) -> io::Result<BytesMut> {
        let is_known = |(name, _): &&(String, String)| knows_plain_texts || name != PLAIN_TEXTS;
        let told: Vec<&(String, String)> = self.told.iter().filter(is_known).collect();
        let mut messages = BytesMut::with_capacity(1024 + self.sql.len());
        statement("begin read only", &[], &mut messages)?;
        frontend::execute("", 0, &mut messages)?;
        if !told.is_empty() {
            let (sql, parameters) = settings(&told);
            statement(&sql, &parameters, &mut messages)?;
            frontend::execute("", 0, &mut messages)?;
        }
        statement(&self.sql, &self.parameters, &mut messages)?;
        frontend::describe(b'P', "", &mut messages)?;
        // All rows: PostgreSQL runs nothing in parallel for one who asks for a number of them.
        frontend::execute("", 0, &mut messages)?;
        frontend::sync(&mut messages);
        frontend::query("rollback", &mut messages)?;
        Ok(messages)
    }
}

/// One SELECT that sets all of them for the transaction; names and values are bound.
fn settings(told: &[&(String, String)]) -> (String, Vec<Parameter>) {
    let calls: Vec<String> = (0..told.len())
        .map(|at| format!("pg_catalog.set_config(${}, ${}, true)", 2 * at + 1, 2 * at + 2))
        .collect();
    let values = told.iter().flat_map(|(name, value)| [name, value]).map(Parameter::text);
    (format!("select {}", calls.join(", ")), values.collect())
}

/// Parse and Bind, both without a name; values and results as text.
fn statement(sql: &str, parameters: &[Parameter], messages: &mut BytesMut) -> io::Result<()> {
    let types = parameters.iter().map(|parameter| parameter.type_number);
    frontend::parse("", sql, types, messages)?;
    let value = |parameter: &Parameter, message: &mut BytesMut| {
        Ok(match &parameter.text {
            Some(text) => {
                message.extend_from_slice(text.as_bytes());
                IsNull::No
            }
            None => IsNull::Yes,
        })
    };
    let bound = frontend::bind("", "", [], parameters, value, [], messages);
    bound.map_err(|error| match error {
        BindError::Conversion(error) => io::Error::other(error),
        BindError::Serialization(error) => error,
    })
}
