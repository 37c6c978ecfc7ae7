//! `fanlight health`: for container engines, whose images hold no other program that could ask.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Place, print};

const PATIENCE: Duration = Duration::from_secs(5);
const QUESTION: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const ANSWER: &str = "HTTP/1.1 200 ";

/// Errs when the server does not answer, or not well.
pub(super) async fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let address = from_here(place.config(None)?.listen);
    let asked = tokio::time::timeout(PATIENCE, ask(address)).await;
    let answer = asked.map_err(anyhow::Error::from).flatten();
    let answer = answer.with_context(|| format!("{address} does not answer"))?;
    ensure!(answer.starts_with(ANSWER), "{address} answers {:?}", answer.lines().next());
    print("healthy")?;
    Ok(ExitCode::SUCCESS)
}

/// How a server that listens everywhere is reached from its own machine.
fn from_here(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn ask(address: SocketAddr) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(QUESTION).await?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_this_machine() {
        let check = |listen: &str, expected: &str| {
            let listen = listen.parse().expect("an address");
            assert_eq!(from_here(listen).to_string(), expected);
        };
        check("0.0.0.0:8080", "127.0.0.1:8080");
        check("[::]:8080", "[::1]:8080");
        check("10.0.0.7:80", "10.0.0.7:80");
    }
}
