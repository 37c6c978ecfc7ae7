//! The demo's workspace: inside the binary, and extracted to the demo's folder, because the engine
//! reads files.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "../../demo"]
struct Files;

const WORKSPACE: &str = "workspace";

/// Tells which demo an earlier start has extracted and declared, to the end.
const MARK: &str = "workspace/.demo-version";

/// Whether an earlier start has done everything for the demo of this binary. Edits of the extracted
/// files are kept until another version of Fanlight brings its own.
pub(super) fn are_current(folder: &Path) -> bool {
    fs::read_to_string(folder.join(MARK)).is_ok_and(|mark| mark == version())
}

pub(super) fn mark_current(folder: &Path) -> anyhow::Result<()> {
    fs::write(folder.join(MARK), version()).context("failed to finish the demo's folder")
}

/// Writes all files into the demo's folder and returns the workspace's folder.
pub(super) fn extract(folder: &Path) -> anyhow::Result<PathBuf> {
    let workspace = folder.join(WORKSPACE);
    for name in Files::iter() {
        let Some(file) = Files::get(&name) else { continue };
        let path = workspace.join(name.as_ref());
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&path, &file.data)
        };
        write().with_context(|| format!("failed to write {}", path.display()))?;
    }
    Ok(workspace)
}

/// The customers whom the demo creates, as JSON.
pub(super) fn customers() -> Cow<'static, [u8]> {
    Files::get("customers.json").map(|file| file.data).unwrap_or_default()
}

/// Changes with the program's version and with every text of the demo. The data files change with
/// the program's version only; hashing them would cost more than the rest of a start.
fn version() -> String {
    let texts = Files::iter().filter(|name| !name.starts_with("data/"));
    let mut hash = Sha256::new();
    for name in texts {
        let file = Files::get(&name);
        hash.update(file.map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    format!("{} {}\n", env!("CARGO_PKG_VERSION"), hex::encode(hash.finalize()))
}
