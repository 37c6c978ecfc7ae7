//! Servers that say something, whatever they are asked, and then the same thing for ever.

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What a server says.
#[derive(Clone)]
struct Speech {
    name: &'static str,
    first: Vec<u8>,
    /// Again and again; when empty, it says nothing more.
    then: Vec<u8>,
    closes: bool,
}

fn ends(name: &'static str, first: impl Into<Vec<u8>>) -> Speech {
    Speech { name, first: first.into(), then: Vec::new(), closes: true }
}

fn waits(name: &'static str, first: impl Into<Vec<u8>>) -> Speech {
    Speech { closes: false, ..ends(name, first) }
}

fn endless(name: &'static str, first: impl Into<Vec<u8>>, then: impl AsRef<[u8]>) -> Speech {
    Speech { then: then.as_ref().repeat(4096), ..ends(name, first) }
}

/// A server on a port of its own, until the test ends.
async fn start(speech: Speech) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(speak(stream, speech.clone()));
        }
    });
    port
}

async fn speak(stream: TcpStream, speech: Speech) -> std::io::Result<()> {
    let (mut reader, mut writer) = stream.into_split();
    // What the client says is taken in, so that it goes on.
    let heard = tokio::spawn(async move {
        let mut heard = vec![0; 64 << 10];
        while reader.read(&mut heard).await? > 0 {}
        std::io::Result::Ok(())
    });
    writer.write_all(&speech.first).await?;
    while !speech.then.is_empty() {
        writer.write_all(&speech.then).await?;
    }
    if !speech.closes {
        let _ = heard.await;
    }
    Ok(())
}

/// Each speech of a server is an error of its source, in time, in little memory.
async fn check(kind: &str, speeches: Vec<Speech>) {
    let before = most_memory();
    let cases = speeches.into_iter().map(|speech| async move {
        let name = speech.name;
        let asker = Asker::new(kind, start(speech).await, &json!({}));
        let outcome = asker.ask("select 1").await;
        assert!(outcome.is_err(), "{kind}, {name}: {outcome:?}");
        assert!(!has_died(&outcome), "{kind}, {name}: {outcome:?}");
        asker.rest().await;
    });
    join_all(cases).await;
    let taken = most_memory() - before;
    assert!(taken < MEMORY, "{kind}: {} MiB", taken >> 20);
}

/// What is wrong for every protocol.
fn noise() -> Vec<Speech> {
    vec![
        ends("closes at once", ""),
        waits("says nothing", ""),
        ends("another protocol", "SSH-2.0-OpenSSH_9.2\r\n"),
        endless("zeros", "", [0]),
        endless("ones", "", [0xff]),
        endless("letters", "", "A"),
        endless("lines", "", "\r\n"),
        waits("a length beyond measure", [b'R', 0x7f, 0xff, 0xff, 0xff]),
        waits("a negative length", [b'R', 0xff, 0xff, 0xff, 0xff]),
        waits("a packet of 16 MB", [0xff, 0xff, 0xff, 0]),
        endless("packets of 16 MB", [0xff, 0xff, 0xff, 0], "x"),
    ]
}

/// A message of PostgreSQL.
fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[tag], length.to_be_bytes().as_slice(), body].concat()
}

/// A server that has let us in.
fn welcome() -> Vec<u8> {
    [message(b'R', &[0; 4]), message(b'Z', b"I")].concat()
}

/// A description of so many columns of texts.
fn described(columns: u16) -> Vec<u8> {
    let column = [b"n\0".as_slice(), &[0; 6], &25_u32.to_be_bytes(), &[0; 8]].concat();
    message(b'T', &[columns.to_be_bytes().to_vec(), column.repeat(columns.into())].concat())
}

fn after_welcome(what: &[Vec<u8>]) -> Vec<u8> {
    [welcome(), what.concat()].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql() {
    let sasl = message(b'R', b"\0\0\0\x0aSCRAM-SHA-256\0\0");
    let forever = message(b'R', b"\0\0\0\x0br=x,s=AAAA,i=4294967295");
    let notice = message(b'N', b"SNOTICE\0C00000\0Mhello\0\0");
    let short_row = message(b'D', &[0, 0]);
    let lying_row = message(b'D', &[0, 1, 0x7f, 0xff, 0xff, 0xff]);
    let row = message(b'D', &[0, 1, 0, 0, 0, 1, b'x']);
    let garbled = message(b'D', &[0, 1, 0, 0, 0, 1, 0xff]);
    let huge = [b'D', 0x7f, 0xff, 0xff, 0xff];
    let speeches = vec![
        endless("notices before the login", "", &notice),
        endless("logins that go on", message(b'R', &[0; 4]), &notice),
        waits("an unknown way to log in", message(b'R', &[0, 0, 0, 99])),
        ends("a login cut short", message(b'R', &[0])),
        waits("a login that takes forever", [sasl, forever].concat()),
        ends("closes after the login", welcome()),
        waits("says nothing after the login", welcome()),
        endless("notices instead of an answer", welcome(), &notice),
        endless("ready again and again", welcome(), message(b'Z', b"I")),
        endless("errors", welcome(), message(b'E', b"C42601\0Mno\0\0")),
        waits("an error without an end", after_welcome(&[message(b'E', b"C42601")])),
        waits("as many columns as it can count", after_welcome(&[described(u16::MAX)])),
        waits("fewer columns than it says", after_welcome(&[message(b'T', &[0, 9])])),
        endless("rows without an end", after_welcome(&[described(1)]), &row),
        endless("rows that are too short", after_welcome(&[described(2)]), &short_row),
        endless("rows that lie", after_welcome(&[described(1)]), &lying_row),
        endless("texts that are none", after_welcome(&[described(1)]), &garbled),
        endless("a row beyond measure", after_welcome(&[described(1), huge.to_vec()]), "x"),
        ends("half a row", after_welcome(&[described(1), huge.to_vec()])),
        ends("rows and no end", after_welcome(&[described(1), row.clone()])),
    ];
    check("postgres", [noise(), speeches].concat()).await;
}

/// A packet of MySQL.
fn packet(number: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    [&length[..3], &[number], body].concat()
}

fn greeting() -> Vec<u8> {
    let body = [
        b"\x0a8.0.36\0\x07\0\0\0abcdefgh\0\xff\xf7\x2d\x02\0\xff\xdf\x15".as_slice(),
        &[0; 10],
        b"ijklmnopqrst\0mysql_native_password\0",
    ];
    packet(0, &body.concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql() {
    let welcome = || [greeting(), packet(2, &[0, 0, 0, 2, 0, 0, 0])].concat();
    let switch = packet(2, b"\xfecaching_sha2_password\0abcdefghijklmnopqrst\0");
    let old = packet(2, &[0xfe]);
    let file = packet(1, b"\xfb/etc/passwd");
    let speeches = vec![
        ends("closes after its greeting", greeting()),
        waits("says nothing after its greeting", greeting()),
        ends("a greeting cut short", greeting()[..20].to_vec()),
        endless("greetings", "", greeting()),
        waits("another way to log in", [greeting(), switch].concat()),
        waits("the way of old", [greeting(), old].concat()),
        waits("a refusal", [greeting(), packet(2, b"\xff\x15\x04#28000no")].concat()),
        waits("wants a file", [welcome(), file].concat()),
        ends("closes after the login", welcome()),
        waits("says nothing after the login", welcome()),
        endless("well done", welcome(), packet(1, &[0, 0, 0, 2, 0, 0, 0])),
        endless("errors", welcome(), packet(1, b"\xff\x15\x04#28000no")),
        endless("one column after the other", [welcome(), packet(1, &[200])].concat(), [0; 4]),
        waits("an empty packet", [welcome(), packet(1, &[])].concat()),
    ];
    check("mysql", [noise(), speeches].concat()).await;
}

fn http(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn clickhouse() {
    // What every session asks first, as an answer.
    let plain = "Content-Type: text/tab-separated-values";
    let long = "Content-Length: 9999999999999";
    let speeches = vec![
        endless("heads without an end", "HTTP/1.1 200 OK\r\n", "x: y\r\n"),
        endless("one head without an end", "HTTP/1.1 200 OK\r\nx: ", "y"),
        endless("interim answers", "", "HTTP/1.1 100 Continue\r\n\r\n"),
        waits("a length and no body", http(long, "")),
        ends("half a body", http(long, "name\tvalue\n")),
        waits("two lengths", http("Content-Length: 1\r\nContent-Length: 2", "ab")),
        waits("a chunk beyond measure", http("Transfer-Encoding: chunked", "ffffffffffffffff\r\n")),
        waits("a chunk that is none", http("Transfer-Encoding: chunked", "xyz\r\n")),
        endless("an error without an end", "HTTP/1.1 500 No\r\n\r\n", "Code: 62"),
        waits("a way elsewhere", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"),
        waits("an unknown coding", http("Content-Encoding: br", "xyz")),
        ends("nothing", http(plain, "")),
        endless("names without an end", http(plain, ""), "n\t"),
        endless("types without an end", http(plain, "n\n"), "UInt8\t"),
        endless("rows without an end", http(plain, "n\nUInt8\n"), "1\n"),
        endless("a value without an end", http(plain, "n\nString\n"), "x"),
        endless("a value that is none", http(plain, "n\nDateTime\n"), "x\n"),
        ends("a zone that is none", http(plain, "name\tvalue\nString\tString\ntimezone\tMars\n")),
    ];
    check("clickhouse", [noise(), speeches].concat()).await;
}
