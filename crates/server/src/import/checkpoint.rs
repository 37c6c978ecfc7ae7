//! What has been read of the tree, kept until an import has ended: at the pace of some sources,
//! reading it takes half an hour. Holds ids of customers and no secret.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Older answers are asked for again.
const MOST_AGE: SignedDuration = SignedDuration::from_hours(24);

/// What the answers belong to: the first line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Basis {
    source: String,
    /// A hash of all ids: when customers have come or gone, the answers may miss some.
    customers: String,
    began: Timestamp,
}

/// The children of one customer: a line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Family {
    pub(super) parent: String,
    pub(super) children: Vec<String>,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Checkpoint {
    path: PathBuf,
    file: File,
}

impl Basis {
    pub(super) fn new<'a>(
        source: &str,
        ids: impl Iterator<Item = &'a str>,
        began: Timestamp,
    ) -> Self {
        let mut ids: Vec<&str> = ids.collect();
        ids.sort_unstable();
        let mut hash = Sha256::new();
        for id in ids {
            // An id holds no NUL.
            hash.update(id);
            hash.update([0]);
        }
        Self { source: source.to_owned(), customers: hex::encode(hash.finalize()), began }
    }

    fn continues(&self, before: &Self) -> bool {
        let is_same = (&self.source, &self.customers) == (&before.source, &before.customers);
        is_same && self.began.duration_since(before.began) < MOST_AGE
    }
}

impl Checkpoint {
    /// Opens the file, and returns the answers in it that still hold.
    pub(super) fn open(path: PathBuf, basis: &Basis) -> io::Result<(Self, Vec<Family>)> {
        if let Some(families) = read(&path, basis) {
            let file = OpenOptions::new().append(true).open(&path)?;
            let mut checkpoint = Self { path, file };
            // The last line may have been cut off.
            checkpoint.file.write_all(b"\n")?;
            return Ok((checkpoint, families));
        }
        let mut checkpoint = Self { file: File::create(&path)?, path };
        checkpoint.write(basis)?;
        Ok((checkpoint, Vec::new()))
    }

    pub(super) fn note(&mut self, family: &Family) -> io::Result<()> {
        self.write(family)
    }

    /// Removes the file: the next import reads everything anew.
    pub(super) fn remove(self) -> io::Result<()> {
        drop(self.file);
        fs::remove_file(self.path)
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(line)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}

/// `None` when there is nothing to go on with. Lines that were cut off are left out.
fn read(path: &Path, basis: &Basis) -> Option<Vec<Family>> {
    let text = fs::read(path).ok()?;
    let mut lines = text.split(|byte| *byte == b'\n');
    let before: Basis = serde_json::from_slice(lines.next()?).ok()?;
    let families = lines.filter_map(|line| serde_json::from_slice(line).ok());
    basis.continues(&before).then(|| families.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basis(source: &str, ids: &[&str], hour: i64) -> Basis {
        let began = Timestamp::from_second(1_800_000_000 + hour * 3600).expect("a time");
        Basis::new(source, ids.iter().copied(), began)
    }

    fn family(parent: &str) -> Family {
        Family { parent: parent.to_owned(), children: vec!["x".to_owned(), "ü/\n".to_owned()] }
    }

    /// What a later import finds of an earlier one that noted two families, the second cut off
    /// after so many bytes less.
    #[track_caller]
    fn check(earlier: &Basis, cut: u64, later: &Basis, expected: &[Family]) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("checkpoint");
        let (mut checkpoint, found) = Checkpoint::open(path.clone(), earlier).expect("opens");
        assert_eq!(found, []);
        for parent in ["a", "b"] {
            checkpoint.note(&family(parent)).expect("a note");
        }
        let length = checkpoint.file.metadata().expect("a size").len();
        checkpoint.file.set_len(length - cut).expect("cuts");
        let (mut checkpoint, found) = Checkpoint::open(path.clone(), later).expect("opens");
        assert_eq!(found, expected);
        checkpoint.note(&family("c")).expect("a note");
        let (checkpoint, found) = Checkpoint::open(path.clone(), later).expect("opens");
        assert_eq!(found, [expected, &[family("c")]].concat());
        checkpoint.remove().expect("removes");
        assert!(!path.exists());
    }

    #[test]
    fn an_import_goes_on_where_one_stopped() {
        let (earlier, later) = (basis("s", &["a", "b"], 0), basis("s", &["b", "a"], 23));
        check(&earlier, 0, &later, &[family("a"), family("b")]);
        check(&earlier, 1, &later, &[family("a"), family("b")]);
        check(&earlier, 5, &later, &[family("a")]);
    }

    #[test]
    fn another_source_other_customers_and_old_answers_begin_anew() {
        let earlier = basis("s", &["a", "b"], 0);
        check(&earlier, 0, &basis("t", &["a", "b"], 1), &[]);
        check(&earlier, 0, &basis("s", &["a", "b", "c"], 1), &[]);
        check(&earlier, 0, &basis("s", &["ab"], 1), &[]);
        check(&earlier, 0, &basis("s", &["a", "b"], 24), &[]);
    }
}
