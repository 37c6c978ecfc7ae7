//! SQLite's write-ahead log, cut or damaged anywhere, as a power loss or a careless copy leaves it.

use std::fs;
use std::path::Path;

use model::{GroupScope, OperatorScope};
use store::{Ambient, Entropy, Location, Store, SystemEntropy};
use testkit::{TestStore, customer};

const CUSTOMERS: usize = 40;
const CUTS: usize = 25;

/// A customer, and where the log ended when its creation was acknowledged.
struct Written {
    id: String,
    token: String,
    log_end: usize,
}

/// How the log goes on after the cut.
#[derive(Clone, Copy, Debug)]
enum Tail {
    Missing,
    /// Room that was made, and never written.
    Zeros,
    /// The rest, with one byte changed at its beginning.
    Damaged,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_log_keeps_all_that_was_acknowledged_before_the_cut() {
    let test = TestStore::sqlite().await.expect("a store");
    let scope = test.group("Production").await.expect("a group");
    let files = test.data_dir().expect("a directory");
    let mut written = Vec::new();
    for at in 0..CUSTOMERS {
        let new = customer(&format!("customer-{at}"));
        let made = test.store().get_or_create_customer(&scope, new).await.expect("made").0;
        let log_end = fs::metadata(files.join("fanlight.db-wal")).expect("the log").len();
        written.push(Written {
            id: made.customer().provided_id.to_string(),
            token: made.token.expose().to_owned(),
            log_end: usize::try_from(log_end).expect("a size"),
        });
    }
    let log = fs::read(files.join("fanlight.db-wal")).expect("the log");
    assert_eq!(written.last().expect("customers").log_end, log.len(), "nothing was moved yet");
    let database = fs::read(files.join("fanlight.db")).expect("the database");
    for _ in 0..CUTS {
        for tail in [Tail::Missing, Tail::Zeros, Tail::Damaged] {
            let cut = random_below(log.len());
            let torn = torn(&log, cut, tail);
            let intact = torn.iter().zip(&log).take_while(|(torn, whole)| torn == whole).count();
            println!("cut at {cut}, {tail:?}");
            check(&scope, &database, &torn, &written, intact).await;
        }
    }
}

fn random_below(end: usize) -> usize {
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes);
    usize::from_ne_bytes(bytes) % end
}

fn torn(log: &[u8], cut: usize, tail: Tail) -> Vec<u8> {
    let mut torn = log.to_vec();
    match tail {
        Tail::Missing => torn.truncate(cut),
        Tail::Zeros => torn[cut..].fill(0),
        Tail::Damaged => torn[cut] ^= 0x5a,
    }
    torn
}

/// `intact`: where the log's first damage is.
async fn check(
    scope: &GroupScope,
    database: &[u8],
    log: &[u8],
    written: &[Written],
    intact: usize,
) {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("fanlight.db"), database).expect("the database");
    fs::write(dir.path().join("fanlight.db-wal"), log).expect("the log");
    let store = open(dir.path()).await;
    for Written { id, token, log_end } in written {
        let found = store.customer(scope, &id.parse().expect("an id")).await.expect("an answer");
        let found = found.map(|record| record.token.expose().to_owned());
        let expected = (*log_end <= intact).then(|| token.clone());
        assert_eq!(found, expected, "{id}, written until {log_end} of {intact}");
    }
    // Reads every page, and errs when one is not as it should be.
    let copy = dir.path().join("copy.db");
    store.back_up(&OperatorScope::of_command_line(), &copy).await.expect("an intact store");
}

async fn open(dir: &Path) -> Store {
    let location = Location::Sqlite(dir.to_owned());
    Store::open(location, &TestStore::master_key(), Ambient::default()).await.expect("the store")
}
