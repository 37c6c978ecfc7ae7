//! Connections to a real PostgreSQL by TLS: who is believed, and who is not.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use store::{Ambient, Location, Store, StoreError};
use tempfile::TempDir;
use testkit::{Certificate, Cluster, TestStore};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, key()).expect("a certificate")
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

/// A certificate for the host `localhost`, and for no address.
fn of_localhost(authority: &Authority) -> Certificate {
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let key = key();
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    Certificate { chain: certificate.pem(), key: key.serialize_pem() }
}

/// A server with a certificate, and the files of two authorities: its own and a foreign one.
struct Stage {
    _cluster: Cluster,
    user: &'static str,
    port: u16,
    folder: TempDir,
}

impl Stage {
    fn set() -> Self {
        let (own, foreign) = (authority(), authority());
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("own.pem"), own.pem()).expect("a file");
        std::fs::write(folder.path().join("foreign.pem"), foreign.pem()).expect("a file");
        let (cluster, port) = Cluster::start_with_tls(&of_localhost(&own)).expect("a cluster");
        Self { user: cluster.user(), _cluster: cluster, port, folder }
    }

    fn url(&self, host: &str, parameters: &str) -> String {
        let folder: &Path = self.folder.path();
        let parameters = parameters.replace("{folder}", &folder.display().to_string());
        format!("postgres://{}@{host}:{}/postgres?{parameters}", self.user, self.port)
    }

    async fn open(&self, host: &str, parameters: &str) -> Result<Store, StoreError> {
        open(self.url(host, parameters)).await
    }

    /// Opens the store and reads from it.
    async fn accepts(&self, host: &str, parameters: &str) {
        let store = self.open(host, parameters).await;
        let store = store.unwrap_or_else(|fault| panic!("{host} {parameters}: {fault:?}"));
        store.definitions().await.expect("definitions");
    }

    async fn refuses(&self, host: &str, parameters: &str, reason: &str) {
        let Err(fault) = self.open(host, parameters).await else {
            panic!("{host} {parameters} is refused")
        };
        let told = told(fault);
        assert!(told.contains(reason), "{host} {parameters}: {told}");
    }
}

async fn open(url: String) -> Result<Store, StoreError> {
    let location = Location::Postgres { url, password: None, connections: 2 };
    Store::open(location, &TestStore::master_key(), Ambient::default()).await
}

/// What an operator reads of a fault.
fn told(fault: StoreError) -> String {
    format!("{:#}", anyhow::Error::from(fault))
}

#[tokio::test]
async fn as_much_is_proved_as_the_url_asks_for() {
    let stage = Stage::set();
    let (own, foreign) = ("sslrootcert={folder}/own.pem", "sslrootcert={folder}/foreign.pem");
    for mode in ["disable", "prefer", "require"] {
        stage.accepts("127.0.0.1", &format!("sslmode={mode}")).await;
    }
    stage.accepts("localhost", &format!("sslmode=verify-full&{own}")).await;
    stage.accepts("127.0.0.1", &format!("sslmode=verify-ca&{own}")).await;
    stage.accepts("127.0.0.1", &format!("sslmode=require&{own}")).await;

    let nameless = "not valid for name";
    stage.refuses("127.0.0.1", &format!("sslmode=verify-full&{own}"), nameless).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let parameters = format!("sslmode={mode}&{foreign}");
        stage.refuses("localhost", &parameters, "invalid peer certificate").await;
    }
    stage.refuses("localhost", "sslmode=verify-full", "UnknownIssuer").await;
}

#[tokio::test]
async fn a_server_without_tls_is_refused_when_tls_is_asked_for() {
    let cluster = Cluster::start().expect("a cluster");
    let url = format!("{} sslmode=require", cluster.url());
    let told = open(url).await.map(drop).map_err(told).expect_err("no TLS");
    assert!(told.contains("server does not support TLS"), "{told}");
}
