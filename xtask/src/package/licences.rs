//! The licences of everything that the two binaries hold, as their makers want them passed on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::project::Project;

/// How files with licences begin, in capitals.
const BEGINNINGS: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// Folders with one part each that no lock file of ours names.
const OTHERS: [(&str, &str, &str); 2] = [
    ("DuckDB", "MIT", "crates/engine/library/node_modules/@duckdb"),
    ("Inter, the font", "OFL-1.1", "crates/render/fonts"),
];

/// A part of somebody else's, with the texts that came with it.
struct Part {
    name: String,
    licence: String,
    texts: Vec<String>,
}

pub(super) fn text(project: &Project, target: &str) -> Result<String> {
    let mut parts = crates(project, target)?;
    parts.extend(npm_packages(project)?);
    for (name, licence, folder) in OTHERS {
        parts.push(Part::new(name, licence, &innermost(project.path(folder))?)?);
    }
    parts.sort_by_key(|part| part.name.to_lowercase());
    Ok(written(&parts))
}

/// Every part with its licence, then every text once, below the names of those that it came with.
fn written(parts: &[Part]) -> String {
    let mut page =
        String::from("What the binaries of Fanlight hold of others, and its licences.\n\n");
    let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Part { name, licence, texts: own } in parts {
        // Writing into a String cannot fail.
        let _ = writeln!(page, "{name}  {licence}");
        for text in own {
            texts.entry(text).or_default().push(name);
        }
    }
    let mut texts: Vec<_> = texts.into_iter().map(|(text, names)| (names, text)).collect();
    texts.sort();
    for (names, text) in texts {
        let _ = write!(page, "\n{}\n{}:\n\n{text}\n", "=".repeat(80), names.join(", "));
    }
    page
}

impl Part {
    fn new(name: &str, licence: &str, folder: &Path) -> Result<Self> {
        let (name, licence) = (name.to_owned(), licence.to_owned());
        Ok(Self { name, licence, texts: texts(folder)? })
    }
}

fn texts(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        if BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) && entry.path().is_file()
        {
            texts.push(fs::read_to_string(entry.path())?.trim().to_owned());
        }
    }
    texts.sort();
    Ok(texts)
}

/// A folder, or the only one with files in it below.
fn innermost(folder: PathBuf) -> Result<PathBuf> {
    let below = folder.read_dir()?.flatten().map(|entry| entry.path());
    let package = below.filter(|path| path.join("package.json").is_file()).last();
    Ok(package.unwrap_or(folder))
}

/// The part of `cargo metadata` that is read here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `dev` or `build`; nothing for what is linked.
    kind: Option<String>,
}

fn crates(project: &Project, target: &str) -> Result<Vec<Part>> {
    let metadata = project.cargo("metadata").args(["--locked", "--format-version", "1"]);
    let json = metadata.args(["--filter-platform", target]).output()?;
    let metadata: Metadata = serde_json::from_str(&json)?;
    let linked = metadata.linked_into("server")?;
    let foreign = metadata.packages.iter().filter(|it| it.source.is_some());
    let mut parts = Vec::new();
    for package in foreign.filter(|it| linked.contains(it.id.as_str())) {
        let name = format!("{} {}", package.name, package.version);
        let folder = package.manifest_path.parent().context("a manifest lies in a folder")?;
        parts.push(Part::new(&name, package.license.as_deref().unwrap_or_default(), folder)?);
    }
    Ok(parts)
}

impl Metadata {
    /// The ids of a package and of everything that is linked into it.
    fn linked_into(&self, name: &str) -> Result<HashSet<&str>> {
        let nodes: HashMap<_, _> =
            self.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let start = self.packages.iter().find(|package| package.name == name);
        let mut waiting = vec![start.context("no such package")?.id.as_str()];
        let mut linked = HashSet::new();
        while let Some(id) = waiting.pop() {
            if linked.insert(id) {
                let deps = nodes.get(id).into_iter().flat_map(|node| &node.deps);
                let deps = deps.filter(|it| it.dep_kinds.iter().any(|kind| kind.kind.is_none()));
                waiting.extend(deps.map(|dependency| dependency.pkg.as_str()));
            }
        }
        Ok(linked)
    }
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    version: Option<String>,
    license: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

/// What the web parts are bundled from.
fn npm_packages(project: &Project) -> Result<Vec<Part>> {
    let lock = fs::read_to_string(project.path("web/package-lock.json"))?;
    let lock: Lock = serde_json::from_str(&lock)?;
    let mut parts = Vec::new();
    for (name, locked) in lock.bundled() {
        let folder = project.path("web/node_modules").join(name);
        let licence = locked.license.as_deref().unwrap_or_default();
        let name = format!("{name} {}", locked.version.as_deref().unwrap_or_default());
        parts.push(Part::new(&name, licence, &folder)?);
    }
    Ok(parts)
}

impl Lock {
    /// The packages that the project itself depends on, and theirs. What it is built and tried with
    /// is not among them.
    fn bundled(&self) -> BTreeMap<&str, &Locked> {
        let names =
            |path: &str| self.packages.get(path).into_iter().flat_map(|it| it.dependencies.keys());
        let mut waiting: Vec<&String> = names("").collect();
        let mut bundled = BTreeMap::new();
        while let Some(name) = waiting.pop() {
            let path = format!("node_modules/{name}");
            if let Some(locked) = self.packages.get(&path)
                && bundled.insert(name.as_str(), locked).is_none()
            {
                waiting.extend(names(&path));
            }
        }
        bundled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_project_depends_on_is_bundled() {
        let lock = r#"{"packages": {
            "": {"dependencies": {"lit": "1"}},
            "node_modules/lit": {"dependencies": {"lit-html": "1"}},
            "node_modules/lit-html": {"dependencies": {"lit": "1"}},
            "node_modules/react": {},
            "smoke": {"dependencies": {"react": "18"}}
        }}"#;
        let lock: Lock = serde_json::from_str(lock).unwrap();
        assert_eq!(lock.bundled().into_keys().collect::<Vec<_>>(), ["lit", "lit-html"]);
    }

    #[test]
    fn a_text_that_came_with_several_parts_stands_once() {
        let part = |name: &str| Part {
            name: name.to_owned(),
            licence: "MIT".to_owned(),
            texts: vec!["Do what you like.".to_owned()],
        };
        let page = written(&[part("one 1.0"), part("two 2.0")]);
        assert!(page.contains("one 1.0  MIT\ntwo 2.0  MIT\n"), "{page}");
        assert!(page.ends_with("one 1.0, two 2.0:\n\nDo what you like.\n"), "{page}");
        assert_eq!(page.matches("Do what you like.").count(), 1);
    }
}
