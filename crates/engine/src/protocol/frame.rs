//! Frames: a length, a kind and a payload.
//!
//! ```text
//! u32 little endian   length of the payload
//! u8                  1 = JSON message, 2 = rows
//! payload             JSON, or a u64 little endian query id and Arrow IPC bytes
//! ```

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::QueryId;

/// Bytes of a frame before its payload.
pub const HEADER_BYTES: usize = 5;

/// The longest payload that a reader accepts. Senders cut rows into frames far below it.
pub const MAX_PAYLOAD_BYTES: usize = 64 << 20;

const MESSAGE: u8 = 1;
const ROWS: u8 = 2;

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Message,
    Rows,
}

/// The decoded start of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    pub payload_bytes: usize,
}

impl Header {
    /// Errs for an unknown kind and for a payload above [`MAX_PAYLOAD_BYTES`].
    pub fn parse(bytes: [u8; HEADER_BYTES]) -> io::Result<Self> {
        let [a, b, c, d, kind] = bytes;
        let payload_bytes = u32::from_le_bytes([a, b, c, d]) as usize;
        let kind = match kind {
            MESSAGE => Kind::Message,
            ROWS => Kind::Rows,
            other => return Err(malformed(format!("unknown kind of frame {other}"))),
        };
        if payload_bytes > MAX_PAYLOAD_BYTES {
            return Err(malformed(format!("frame of {payload_bytes} bytes")));
        }
        Ok(Self { kind, payload_bytes })
    }
}

/// Appends a JSON message as one frame.
pub fn push_message(out: &mut Vec<u8>, message: &impl Serialize) -> io::Result<()> {
    let start = open_frame(out, MESSAGE);
    serde_json::to_writer(&mut *out, message)?;
    close_frame(out, start)
}

/// Appends rows of a query as one frame.
pub fn push_rows(out: &mut Vec<u8>, id: QueryId, rows: &[u8]) -> io::Result<()> {
    let start = open_frame(out, ROWS);
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(rows);
    close_frame(out, start)
}

/// Reads a JSON message from a payload.
pub fn parse_message<M: DeserializeOwned>(payload: &[u8]) -> io::Result<M> {
    Ok(serde_json::from_slice(payload)?)
}

/// Splits the payload of a frame of rows into the query's id and the Arrow IPC bytes.
pub fn parse_rows(payload: &[u8]) -> io::Result<(QueryId, &[u8])> {
    match payload.split_first_chunk() {
        Some((id, rows)) => Ok((u64::from_le_bytes(*id), rows)),
        None => Err(malformed("frame of rows without an id".to_owned())),
    }
}

/// Reads the next message from a blocking stream; `None` at its end.
pub fn read_message<M: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<M>> {
    let mut header = [0; HEADER_BYTES];
    match input.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let header = Header::parse(header)?;
    if header.kind != Kind::Message {
        return Err(malformed("rows where a message was due".to_owned()));
    }
    let mut payload = vec![0; header.payload_bytes];
    input.read_exact(&mut payload)?;
    parse_message(&payload).map(Some)
}

/// Writes one message to a blocking stream.
pub fn write_message(output: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut frame = Vec::with_capacity(256);
    push_message(&mut frame, message)?;
    output.write_all(&frame)
}

fn open_frame(out: &mut Vec<u8>, kind: u8) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0, 0, 0, 0, kind]);
    start
}

fn close_frame(out: &mut [u8], start: usize) -> io::Result<()> {
    let payload_bytes = out.len() - start - HEADER_BYTES;
    if payload_bytes > MAX_PAYLOAD_BYTES {
        return Err(malformed(format!("frame of {payload_bytes} bytes")));
    }
    let length = u32::try_from(payload_bytes).map_err(io::Error::other)?;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

fn malformed(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{Argument, Execute, Request};

    fn request(id: QueryId, sql: String, arguments: Vec<Argument>) -> Request {
        Request::Execute(Execute { id, sql, arguments, row_limit: 10, byte_limit: 1 << 20 })
    }

    fn argument() -> impl Strategy<Value = Argument> {
        prop_oneof![
            Just(Argument::Null),
            any::<String>().prop_map(Argument::Text),
            any::<i64>().prop_map(Argument::Integer),
            any::<u64>().prop_map(|bits| Argument::Float(f64::from_bits(bits).into())),
            any::<bool>().prop_map(Argument::Boolean),
            any::<i32>().prop_map(Argument::Date),
            any::<i64>().prop_map(Argument::Timestamp),
        ]
    }

    proptest! {
        #[test]
        fn a_message_comes_back_as_it_was_sent(
            id: u64,
            sql: String,
            arguments in prop::collection::vec(argument(), 0..5),
        ) {
            let sent = request(id, sql, arguments);
            let mut bytes = Vec::new();
            push_message(&mut bytes, &sent).unwrap();
            push_message(&mut bytes, &Request::Cancel { id }).unwrap();
            let mut stream = bytes.as_slice();
            prop_assert_eq!(read_message(&mut stream).unwrap(), Some(sent));
            prop_assert_eq!(read_message(&mut stream).unwrap(), Some(Request::Cancel { id }));
            prop_assert_eq!(read_message::<Request>(&mut stream).unwrap(), None);
        }

        #[test]
        fn bytes_from_a_broken_worker_are_an_error_and_not_a_panic(bytes: Vec<u8>) {
            let _ = read_message::<Request>(&mut bytes.as_slice());
            let _ = parse_rows(&bytes);
        }
    }

    #[test]
    fn rows_carry_the_id_of_their_query() {
        let mut bytes = Vec::new();
        push_rows(&mut bytes, 7, b"arrow").unwrap();
        let (header, payload) = bytes.split_first_chunk().unwrap();
        let header = Header::parse(*header).unwrap();
        assert_eq!(header, Header { kind: Kind::Rows, payload_bytes: payload.len() });
        assert_eq!(parse_rows(payload).unwrap(), (7, b"arrow".as_slice()));
    }

    #[test]
    fn a_frame_of_an_unlikely_size_is_refused_before_it_is_allocated() {
        assert!(Header::parse([0xff, 0xff, 0xff, 0xff, MESSAGE]).is_err());
        assert!(Header::parse([0, 0, 0, 0, 9]).is_err());
    }
}
