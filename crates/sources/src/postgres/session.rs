//! One session of the database: messages that go out and come in.

use std::io;

use bytes::{Buf, BytesMut};
use futures_util::FutureExt;
use postgres_protocol::message::backend::{Header, Message};
use postgres_protocol::message::frontend;
use tally::Present;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::server::{CancelKey, Peer, Stream};
use super::told::PLAIN_TEXTS;

/// The head of a message: its kind and its length.
const HEADER_BYTES: usize = 5;

/// The tag of the message that the server is ready again.
const READY: u8 = b'Z';

/// How much is read at once, at least.
const READ: usize = 16 << 10;

/// Longer than all that a server says besides rows.
const SHORT: u64 = 1 << 20;

/// A connection on which messages are exchanged.
pub(super) struct Session {
    stream: Box<dyn Stream>,
    received: BytesMut,
    /// The longest message that is taken in, in bytes.
    pub(super) longest: u64,
    /// How many groups of messages the server has still to answer.
    owed: usize,
    /// The bytes of a message that are yet to come and to be forgotten.
    forgotten: usize,
    pub(super) peer: Peer,
    pub(super) key: CancelKey,
    /// Whether the server can be told that a backslash in a text is one: it says so itself when a
    /// session begins. To Redshift, which cannot, it begins an escape.
    pub(super) knows_plain_texts: bool,
    _counted: Present,
}

/// Why there is no message.
#[derive(Debug)]
pub(super) enum Broken {
    /// The connection has ended, or what came over it is not understood.
    Connection(io::Error),
    /// The next message is longer than anything that is wanted.
    TooLong,
}

impl Session {
    pub(super) fn new(stream: Box<dyn Stream>, peer: Peer, counted: Present) -> Self {
        Self {
            stream,
            received: BytesMut::new(),
            longest: SHORT,
            owed: 0,
            forgotten: 0,
            peer,
            key: CancelKey::default(),
            knows_plain_texts: false,
            _counted: counted,
        }
    }

    /// Sends messages of which `groups` are answered by the server's being ready again.
    pub(super) async fn ask(&mut self, messages: &[u8], groups: usize) -> Result<(), Broken> {
        self.owed += groups;
        self.send(messages).await
    }

    pub(super) async fn send(&mut self, messages: &[u8]) -> Result<(), Broken> {
        self.stream.write_all(messages).await?;
        Ok(self.stream.flush().await?)
    }

    /// The next message that says something. Nothing is lost when this future is dropped.
    pub(super) async fn next(&mut self) -> Result<Message, Broken> {
        loop {
            self.check_length()?;
            match Message::parse(&mut self.received)? {
                Some(Message::ParameterStatus(status)) => {
                    self.knows_plain_texts |= status.name()? == PLAIN_TEXTS;
                }
                Some(Message::NoticeResponse(_) | Message::NotificationResponse(_)) => {}
                Some(message) => {
                    if let Message::ReadyForQuery(_) = message {
                        self.owed = self.owed.saturating_sub(1);
                    }
                    return Ok(message);
                }
                None => self.receive().await?,
            }
        }
    }

    /// Whether all that was asked has been answered.
    pub(super) fn is_answered(&self) -> bool {
        self.owed == 0
    }

    /// Forgets what comes until all that was asked has been answered. Holds none of it in memory, and
    /// may be dropped and begun again.
    pub(super) async fn drain(&mut self) -> Result<(), Broken> {
        loop {
            let here = self.forgotten.min(self.received.len());
            self.received.advance(here);
            self.forgotten -= here;
            if self.forgotten > 0 || self.received.len() < HEADER_BYTES {
                if self.forgotten == 0 && self.is_answered() {
                    return Ok(());
                }
                self.receive().await?;
            } else if let Some(header) = Header::parse(&self.received)? {
                if header.tag() == READY {
                    self.owed = self.owed.saturating_sub(1);
                }
                // The length counts itself, but not the tag before it.
                self.forgotten = usize::try_from(header.len()).unwrap_or(usize::MAX) + 1;
            }
        }
    }

    /// Whether the server has said nothing since the last answer, which is what a session says that
    /// still stands: one that ends says so or closes the connection.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.received.is_empty()
            && self.stream.read_buf(&mut self.received).now_or_never().is_none()
    }

    /// Says goodbye. A connection that has ended is as good.
    pub(super) async fn end(mut self) {
        let mut message = BytesMut::new();
        frontend::terminate(&mut message);
        let _ = self.send(&message).await;
    }

    async fn receive(&mut self) -> Result<(), Broken> {
        self.received.reserve(READ);
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            _ => Ok(()),
        }
    }

    /// Before the message is here: else it would be in memory already.
    fn check_length(&self) -> Result<(), Broken> {
        let Some(header) = self.received.get(..HEADER_BYTES) else { return Ok(()) };
        let header = Header::parse(header)?;
        let is_short = header.is_none_or(|header| {
            u64::try_from(header.len()).is_ok_and(|length| length <= self.longest)
        });
        if is_short { Ok(()) } else { Err(Broken::TooLong) }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}
