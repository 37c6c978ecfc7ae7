//! What keeps an import from working is told in one sentence each, before anything is written.

use std::io::{Read, Write};
use std::net::TcpListener;

use testkit::customer;

use super::installation::Installation;
use crate::process::{Server, run, run_with};

const TOKEN: &str = "5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c";

/// The address of somebody who answers every request alike, whatever it is.
fn answering(reply: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(reply.as_bytes());
        }
    });
    format!("http://{address}")
}

#[track_caller]
fn check(target: &Installation, from: &str, expected: &str) {
    let told = run(&target.data_dir, &["import", "explo", "--from", from, "--token", TOKEN]);
    let told = told.complained();
    assert_eq!(told.lines().count(), 1, "{told}");
    let expected = format!("error: {expected}");
    assert!(told.starts_with(&expected), "{told}");
}

#[test]
fn who_does_not_list_customers_is_told_apart() {
    let target = Installation::new("[Customer, User]", 0);
    let source = Installation::new("[Customer, User]", 0);
    let server = Server::start(&source.data_dir);
    let list = "/v2/api/customers/";
    let url = server.url("");
    check(&target, &url, &format!("{url}{list} does not take the token (401 Unauthorized): "));
    let elsewhere = format!("{url}/elsewhere");
    check(&target, &elsewhere, &format!("{elsewhere}{list} is not there (404): --from takes"));

    let page =
        answering("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>");
    check(&target, &page, &format!("{page}{list} answers with a web page instead of customers"));
    let json = answering("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"success\": 1}");
    check(&target, &json, &format!("{json}{list} answers with something else than a list"));
    let moved = answering(
        "HTTP/1.1 301 Moved\r\nLocation: https://thief.example/v2/api/customers/\r\n\
         Content-Length: 0\r\n\r\n",
    );
    let told = format!("{moved}{list} redirects to https://thief.example/v2/api/customers/; if");
    check(&target, &moved, &told);
    let failing = answering(
        "HTTP/1.1 500 Oops\r\nContent-Length: 35\r\n\r\n{\"success\": 0, \"error\": \"it broke\"}",
    );
    check(
        &target,
        &failing,
        &format!("{failing}{list} fails (500 Internal Server Error): it broke"),
    );

    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    check(&target, &nobody, &format!("{nobody}{list} cannot be reached: "));
    let plain = url.replace("http://", "https://");
    check(&target, &plain, &format!("{plain}{list} cannot be reached: "));
}

#[test]
fn the_token_may_come_from_a_file_or_the_environment() {
    let (target, source) = (Installation::new("[Customer]", 0), Installation::new("[Customer]", 0));
    let server = Server::start(&source.data_dir);
    let url = server.url("/api/");
    let import = ["import", "explo", "--from", &url, "--group", "Production"];
    let environment = [("FANLIGHT_IMPORT_TOKEN", source.token.as_str())];
    let printed = run_with(&target.data_dir, &import, &environment).printed();
    assert!(printed.starts_with("0 customers read from"), "{printed}");
    let file = target.file("token", &format!("{}\n", source.token));
    run(&target.data_dir, &[&import[..], &["--token-file", &file]].concat()).printed();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_to_be_declared_first_is_told_and_nothing_is_written() {
    let source = Installation::new("[Customer, Region, User]", 0).serve(&[]).await;
    let (schema, data_source) = source.ids("flights", "all-airlines");
    let mut united = customer("UA");
    united.mapping = [(model::name::SchemaId(schema), model::name::SourceId(data_source))].into();
    let mut region = testkit::customer_below("UA-EAST", "UA");
    region.level = Some("Region".to_owned());
    source.installation.fill(&[united, region]).await;
    let target = Installation::new("[Customer, User]", 2);
    let token = source.installation.token.as_str();
    let import = ["import", "explo", "--from", &source.url, "--token", token];
    let check = |options: &[&str], expected: &str| {
        let told = run(&target.data_dir, &[&import, options].concat()).complained();
        assert!(told.contains(expected), "{told}");
    };

    check(&["--group", "production"], "error: there is no group \"production\"; did you mean");
    check(
        &["--without-mapping"],
        "error: customers stand on level \"Region\" (1 of them), which is not",
    );
    target.declare("[User, Region, Customer]", 2);
    check(&["--without-mapping"], "which is not above it here (levels are User, Region, Customer");
    target.declare("[Customer, Region, User]", 2);
    let table =
        format!("\n[schemas]\n{schema} = \"\"   # customers: 1\n\n[sources]\n{data_source} = \"\"");
    check(&[], &table);
    let wrong = target.file("wrong.toml", "[schemas]\n1 = \"flihgts\"\n");
    check(
        &["--mapping", &wrong],
        "error: --mapping: schemas.1: there is no schema \"flihgts\"; did",
    );

    let (store, scope) = target.store().await;
    let found = store.customer(&scope, &"UA".parse().expect("an id")).await;
    assert_eq!(found.expect("an answer"), None);
    run(&target.data_dir, &[&import[..], &["--without-mapping"]].concat()).printed();
    let found = store.customer(&scope, &"UA-EAST".parse().expect("an id")).await;
    assert_eq!(found.expect("an answer").map(|record| record.path.len()), Some(2));
}
