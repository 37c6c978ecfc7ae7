//! `fanlight backup` and `fanlight restore`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::installation::Installation;
use crate::storm::Storm;

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A data folder with the master key and nothing else.
fn elsewhere(installation: &Installation) -> std::path::PathBuf {
    let other = installation.path("elsewhere");
    fs::create_dir(&other).expect("a folder");
    fs::copy(installation.data_dir().join("master.key"), other.join("master.key"))
        .expect("the key");
    other
}

#[tokio::test]
async fn a_backup_of_a_serving_store_holds_all_that_was_acknowledged_before_it() {
    let installation = Installation::new();
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "storm");
    storm.until_acknowledged(200).await;
    let before = storm.acknowledged();
    let file = installation.path("monday.db");
    let backed_up = installation.run(&["backup", text(&file)]);
    storm.until_acknowledged(1).await;
    let (all, refused) = storm.stop().await;
    assert!(refused.is_empty(), "{refused:?}");
    let told = &backed_up.stderr;
    assert!(
        told.contains(" customers and 0 dashboards (")
            && told.contains("the master key is not in it"),
        "{told}"
    );
    assert_eq!(backed_up.printed(), "");
    assert_eq!(fs::metadata(&file).expect("the backup").permissions().mode() & 0o777, 0o600);

    let other = elsewhere(&installation);
    let restored = installation.run_in(&other, &["restore", text(&file)]);
    assert!(restored.stderr.contains(" customers and 0 dashboards ("), "{}", restored.stderr);
    restored.printed();
    let copy = installation.serve_in(&other);
    copy.calls.expect_all(&before).await;
    served.calls.expect_all(&all).await;
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_nothing_half_done() {
    let installation = Installation::new();
    let file = installation.path("monday.db");
    fs::write(&file, "dear").expect("a file");
    let refused = installation.run(&["backup", text(&file)]).complained();
    assert!(refused.contains("monday.db exists already, and is not overwritten"), "{refused}");
    assert_eq!(fs::read(&file).expect("the file"), b"dear");
    let nowhere = installation.path("no/such/folder.db");
    let refused = installation.run(&["backup", text(&nowhere)]).complained();
    assert!(refused.contains("failed to use") && refused.contains("No such file"), "{refused}");
}

#[tokio::test]
async fn a_store_is_replaced_only_when_told_to_and_kept() {
    let installation = Installation::new();
    let (file, other) = (installation.path("monday.db"), elsewhere(&installation));
    let served = installation.serve();
    let kept = served.calls.create("kept").await.expect("an answer").expect("made");
    installation.run(&["backup", text(&file)]).printed();
    let later = served.calls.create("later").await.expect("an answer").expect("made");
    let restore = ["restore", text(&file), "--force"];
    let refused = installation.run(&restore).complained();
    assert!(refused.contains("another process has this metadata store open"), "{refused}");
    // Killed, so that what came last stands in the log beside the database.
    served.server.kill();
    let refused = installation.run(&restore[..2]).complained();
    assert!(refused.contains("holds a store already; --force replaces it"), "{refused}");
    let told = installation.run(&restore).stderr;
    let replaced = told.trim_end().rsplit(' ').next().expect("a path").to_owned();
    let served = installation.serve();
    served.calls.expect_all(std::slice::from_ref(&kept)).await;
    let gone = served.calls.read("later").await.expect("an answer");
    assert_eq!(gone.expect_err("it came after the backup").status, 404);
    // What was there before is a store that can be restored in its turn.
    installation.run_in(&other, &["restore", &replaced]).printed();
    installation.serve_in(&other).calls.expect_all(&[kept, later]).await;
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused_and_the_way_back_is_a_restore() {
    let installation = Installation::new();
    let served = installation.serve();
    let kept = served.calls.create("kept").await.expect("an answer").expect("made");
    let before = installation.path("before.db");
    installation.run(&["backup", text(&before)]).printed();
    served.server.kill();
    // The next command moves the log into the database.
    installation.run(&["admin-key", "reset"]).printed();
    let database = installation.data_dir().join("fanlight.db");
    let mut bytes = fs::read(&database).expect("the database");
    set_version(&mut bytes, 99);
    fs::write(&database, bytes).expect("a newer database");
    let refused = installation.run(&["serve", "--listen", "127.0.0.1:0"]).complained();
    assert!(refused.contains("has schema version 99, this program knows versions up to"));
    assert!(refused.contains(".backup, for `fanlight restore`"), "{refused}");
    installation.run(&["restore", text(&before), "--force"]).printed();
    installation.serve().calls.expect_all(&[kept]).await;
}

/// The schema's version, PRAGMA user_version, stands at byte 60 of a database.
fn set_version(database: &mut [u8], version: u32) {
    database[60..64].copy_from_slice(&version.to_be_bytes());
}

#[tokio::test]
async fn a_restore_killed_at_any_moment_leaves_the_old_store_or_the_new_one() {
    let installation = Installation::new();
    let file = installation.path("monday.db");
    let served = installation.serve();
    let storm = Storm::start(&served.calls, "kept");
    storm.until_acknowledged(100).await;
    let kept = storm.stop().await.0;
    installation.run(&["backup", text(&file)]).printed();
    let mut later = served.calls.create("later").await.expect("an answer").expect("made");
    served.server.kill();
    for round in 0..10 {
        let mut restore = installation.command(&["restore", text(&file), "--force"]);
        let mut restore = restore.stderr(Stdio::null()).spawn().expect("the binary runs");
        tokio::time::sleep(Duration::from_millis(4 * round)).await;
        restore.kill().expect("killed or ended");
        restore.wait().expect("ended");
        let served = installation.serve();
        served.calls.expect_all(&kept).await;
        match served.calls.read("later").await.expect("an answer") {
            Ok(found) => assert_eq!(found, later),
            // The new store, which gets it for the next round.
            Err(_) => later = served.calls.create("later").await.expect("an answer").expect("made"),
        }
        served.server.kill();
    }
}

#[test]
fn only_an_intact_store_of_this_key_is_restored() {
    let installation = Installation::new();
    let (file, other) = (installation.path("monday.db"), elsewhere(&installation));
    installation.run(&["backup", text(&file)]).printed();
    let good = fs::read(&file).expect("the backup");
    let check = |bytes: &[u8], fault: &str| {
        fs::write(&file, bytes).expect("a file");
        let told = installation.run_in(&other, &["restore", text(&file)]).complained();
        assert!(told.contains(fault), "{told}");
        let left: Vec<_> = fs::read_dir(&other).expect("files").flatten().collect();
        let names: Vec<_> = left.iter().map(fs::DirEntry::file_name).collect();
        assert_eq!(names, ["master.key"]);
    };
    check(b"", "it is another program's database, or an empty one");
    check(
        b"no database at all, but longer than the header of one would be, which is 100 bytes \
           and then some more",
        "is not an intact Fanlight store: ",
    );
    check(&good[..good.len() / 2], "is not an intact Fanlight store: ");
    let mut broken = good.clone();
    broken[5 * 4096..6 * 4096].fill(0x5a);
    check(&broken, "is not an intact Fanlight store: ");
    let mut newer = good.clone();
    set_version(&mut newer, 99);
    check(&newer, "has schema version 99");
    let log = installation.path("monday.db-wal");
    fs::write(&log, "changes").expect("a file");
    check(&good, "holds changes that are not in it");
    fs::remove_file(&log).expect("removed");
    fs::write(other.join("master.key"), "ab".repeat(32)).expect("another key");
    check(&good, "it was made with another key");
    let missing = installation.path("no-such.db");
    let told = installation.run_in(&other, &["restore", text(&missing)]).complained();
    assert!(told.contains("no-such.db: No such file"), "{told}");
}

#[test]
fn postgres_is_backed_up_by_its_own_programs() {
    let cluster = testkit::Cluster::start().expect("a cluster");
    let installation = Installation::with(&[("FANLIGHT_DATABASE_URL", &cluster.address())]);
    for command in ["backup", "restore"] {
        let file = installation.path("monday.db");
        let refused = installation.run(&[command, text(&file)]).complained();
        assert!(refused.contains("is backed up with pg_dump"), "{refused}");
        assert!(!file.exists());
    }
}
