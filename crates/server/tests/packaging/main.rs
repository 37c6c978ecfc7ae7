//! The files in `packaging/`: what they say of Fanlight is true, and the programs that read them take
//! them.

mod compose;
mod nginx;
mod settings;
mod systemd;

use std::path::PathBuf;

/// A file of the folder.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packaging").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
