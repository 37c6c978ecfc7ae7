//! As much of HTTP/1.1 as a load needs: one request after the other on one connection, bodies with
//! a stated length. A full client would cost more of the two cores than the server.

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request that can be sent any number of times.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        text += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    }
    text += "\r\n";
    text += body;
    text.into_bytes()
}

/// One connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Response<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(head) = Head::read(&self.buffer)? {
                self.read_up_to(head.end + head.length).await?;
                let body = &self.buffer[head.end..];
                return Ok(Response { status: head.status, body });
            }
        }
    }

    /// The whole of what comes after a request that asks to close the connection.
    pub(crate) async fn read_to_end(mut self, request: &[u8]) -> Result<Vec<u8>> {
        self.stream.write_all(request).await?;
        self.stream.read_to_end(&mut self.buffer).await?;
        Ok(self.buffer)
    }

    async fn read_up_to(&mut self, length: usize) -> Result<()> {
        while self.buffer.len() < length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection within a body");
            }
        }
        Ok(())
    }
}

/// What the start of a response says of the rest.
#[derive(Debug, PartialEq)]
struct Head {
    status: u16,
    /// Where the body begins.
    end: usize,
    /// The body's length in bytes.
    length: usize,
}

impl Head {
    /// `None` as long as the head is not complete.
    fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes[..end]).context("a head is ASCII")?;
        let status = text.split(' ').nth(1).context("a status line has a status")?.parse()?;
        let length = text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .context("the response states no length")?;
        Ok(Some(Self { status, end: end + 4, length: length.1.trim().parse()? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_complete() {
        let check = |text: &str, expected: Option<Head>| {
            assert_eq!(Head::read(text.as_bytes()).unwrap(), expected, "{text:?}");
        };
        check("", None);
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", None);
        let complete = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}";
        check(complete, Some(Head { status: 404, end: complete.len() - 2, length: 2 }));
    }

    #[test]
    fn a_body_of_unstated_length_is_refused() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn a_request_states_the_length_of_its_body() {
        let text = String::from_utf8(request("POST", "/a", &[("X-Key", "1")], "{}")).unwrap();
        assert!(text.starts_with("POST /a HTTP/1.1\r\n") && text.contains("X-Key: 1\r\n"));
        assert!(text.ends_with("Content-Length: 2\r\n\r\n{}"));
    }
}
