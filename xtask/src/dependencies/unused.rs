//! Dependencies that stand in a manifest while no line of the package names them.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Package;

pub(super) fn faults(package: &Package) -> Result<Vec<String>> {
    let folder = package.manifest_path.parent().context("a manifest lies in a folder")?;
    let mut words = HashSet::new();
    for part in ["src", "tests", "benches", "examples"] {
        collect_words(&folder.join(part), &mut words)?;
    }
    collect_words(&folder.join("build.rs"), &mut words)?;

    let unused = package.dependencies.iter().filter(|dependency| {
        let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
        !words.contains(&name.replace('-', "_"))
    });
    let fault = |name: &str| format!("{} does not use its dependency {name}", package.name);
    Ok(unused.map(|dependency| fault(&dependency.name)).collect())
}

fn collect_words(path: &Path, words: &mut HashSet<String>) -> Result<()> {
    if path.is_dir() {
        for entry in path.read_dir()? {
            collect_words(&entry?.path(), words)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
        let text = fs::read_to_string(path)?;
        let is_part = |character: char| character.is_alphanumeric() || character == '_';
        words.extend(text.split(|it| !is_part(it)).map(str::to_owned));
    }
    Ok(())
}
