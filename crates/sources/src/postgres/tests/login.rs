//! How the user proves who it is, and the server.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use testkit::Certificate;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_proved_as_the_server_asks() {
    let stage = Stage::set();
    for (method, encryption) in
        [("scram-sha-256", "scram-sha-256"), ("md5", "md5"), ("password", "scram-sha-256")]
    {
        let rules = stage.cluster.folder().join("data/pg_hba.conf");
        stage.execute(&format!(
            "set password_encryption = '{encryption}';
             alter role reader password 'hunter2';
             copy (values ('local all reader {method}'), ('local all all trust')) to '{}';
             select pg_reload_conf()",
            rules.display()
        ));
        let right = stage.source(json!({"password": "hunter2"}));
        let wrong = stage.numbered(2, json!({"password": "hunter3"}));
        let none = stage.numbered(3, json!({}));
        // The server takes the new rules a moment later.
        while stage.ask(&none, "select 1".into()).await.is_ok() {
            stage.sources.forget(none.id);
        }
        assert_eq!(stage.text(&right, "select 1").await, "1", "{method}");
        let detail = unavailable(stage.ask(&wrong, "select 1".into()).await);
        assert!(detail.starts_with("28P01: ") && !detail.contains("hunter"), "{method}: {detail}");
        let detail = unavailable(stage.ask(&none, "select 1".into()).await);
        assert!(detail.contains("asks for a password"), "{method}: {detail}");
        stage.sources.forget(right.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_or_knows_no_such_database_is_unavailable() {
    let stage = Stage::set();
    let cases = [
        (json!({"database": "none"}), "3D000: "),
        (json!({"user": "none"}), "28000: "),
        (json!({"host": "127.0.0.1", "port": 1}), "127.0.0.1:1: "),
        (json!({"host": "/nonexistent"}), "\"/nonexistent/.s.PGSQL.5432\": "),
        (
            json!({"host": "169.254.169.254", "tls": {"mode": "off"}}),
            "169.254.169.254: data sources",
        ),
    ];
    for (number, (change, start)) in cases.into_iter().enumerate() {
        let source = stage.numbered(i64::try_from(number).unwrap(), change);
        let detail = unavailable(stage.ask(&source, "select 1".into()).await);
        assert!(detail.starts_with(start), "{detail}");
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for the host `localhost`, and for no address.
fn of_localhost(authority: &Authority) -> Certificate {
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    Certificate { chain: certificate.pem(), key: key.serialize_pem() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_server_must_prove_who_it_is() {
    let (own, foreign) = (authority(), authority());
    let (cluster, port) = Cluster::start_with_tls(&of_localhost(&own)).unwrap();
    let stage = Stage::over(cluster, Limits::default());
    let mut number = 0;
    let mut at = |host: &str, tls: Json| {
        number += 1;
        stage.numbered(number, json!({"host": host, "port": port, "tls": tls}))
    };
    let encrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    let full =
        |authority: &Authority| json!({"mode": "verify_full", "authorities": authority.pem()});
    let cases = [
        ("localhost", full(&own), "true"),
        ("127.0.0.1", json!({"mode": "require"}), "true"),
        ("127.0.0.1", json!({"mode": "off"}), "false"),
    ];
    for (host, tls, expected) in cases {
        assert_eq!(stage.text(&at(host, tls), encrypted).await, expected, "{host}");
    }
    let refused = [
        ("127.0.0.1", full(&own), "not valid for name"),
        ("localhost", full(&foreign), "invalid peer certificate"),
        ("localhost", json!({"mode": "verify_full"}), "invalid peer certificate"),
    ];
    for (host, tls, expected) in refused {
        let detail = unavailable(stage.ask(&at(host, tls), "select 1".into()).await);
        assert!(detail.contains(expected), "{host}: {detail}");
    }
    // The order to cancel goes the same way.
    let source = at("localhost", full(&own));
    tokio::select! {
        outcome = stage.ask(&source, "select pg_sleep(600)".into()) => panic!("{outcome:?}"),
        () = stage.wait_for_sessions("state = 'active'", 1) => {}
    }
    stage.wait_for_sessions("state = 'active'", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_refused_when_tls_is_asked_for() {
    let stage = Stage::set();
    let source = stage.source(json!({"tls": {"mode": "require"}}));
    let detail = unavailable(stage.ask(&source, "select 1".into()).await);
    assert!(detail.contains("does not offer TLS"), "{detail}");
}
