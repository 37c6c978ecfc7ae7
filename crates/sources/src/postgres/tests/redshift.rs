//! A server that speaks the protocol and knows less, as Redshift does.

use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// Tells nothing of itself, and answers every question with the text `here`.
async fn start(heard: Arc<Mutex<Vec<u8>>>) -> u16 {
    let welcome = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I".as_slice();
    let row = b"T\0\0\0\x1a\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\0\0\0\0\0\0D\0\0\0\x0e\0\x01\0\0\0\x04here";
    let ready = b"Z\0\0\0\x05TZ\0\0\0\x05I".as_slice();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let heard = Arc::clone(&heard);
            tokio::spawn(async move {
                let mut part = vec![0; 64 << 10];
                let answers = [welcome.to_vec(), [row.as_slice(), ready].concat()];
                for answer in answers.iter().chain(std::iter::repeat(&answers[1])) {
                    let size = stream.read(&mut part).await?;
                    if size == 0 {
                        break;
                    }
                    heard.lock().unwrap().extend_from_slice(&part[..size]);
                    stream.write_all(answer).await?;
                }
                std::io::Result::Ok(())
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_told_what_it_does_not_know_and_gets_no_backslash() {
    let stage = Stage::set();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let port = start(Arc::clone(&heard)).await;
    let source = stage.source(json!({"host": "127.0.0.1", "port": port, "connections": 1}));
    assert_eq!(stage.text(&source, "select 'here'").await, "here");
    let refused = stage.ask(&source, "select '\\' || a || '\\'".into()).await;
    assert!(matches!(refused, Err(SourceError::Refused { .. })), "{refused:?}");
    let heard = String::from_utf8_lossy(&heard.lock().unwrap()).into_owned();
    assert!(heard.contains("DateStyle") && heard.contains("begin read only"), "{heard}");
    assert!(!heard.contains("standard_conforming_strings"), "{heard}");
    // PostgreSQL itself tells that it knows.
    let own = stage.numbered(2, json!({}));
    assert_eq!(stage.text(&own, "select 'a\\' || 'b'").await, "a\\b");
}
