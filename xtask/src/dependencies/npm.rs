//! The licences of npm packages that we ship, by the same list as those of Rust packages.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::project::Project;

#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    license: Option<String>,
    /// Only built or tested with: nothing of it is shipped.
    #[serde(default)]
    dev: bool,
    /// A folder of our own.
    #[serde(default)]
    link: bool,
}

pub(super) fn faults(project: &Project) -> Result<Vec<String>> {
    let deny = fs::read_to_string(project.path("deny.toml")).context("cannot read deny.toml")?;
    let deny: Deny = toml::from_str(&deny)?;
    let mut faults = Vec::new();
    for name in project.files()?.iter().filter(|name| name.ends_with("package-lock.json")) {
        let text = fs::read_to_string(project.root().join(name))?;
        faults.extend(
            faults_of(&text, &deny.licenses.allow).with_context(|| name.display().to_string())?,
        );
    }
    Ok(faults)
}

fn faults_of(lock: &str, allowed: &[String]) -> Result<Vec<String>> {
    let lock: Lock = serde_json::from_str(lock)?;
    let foreign = |path: &str| path.contains("node_modules/");
    let shipped = lock.packages.iter().filter(|(path, it)| foreign(path) && !it.dev && !it.link);
    let unknown = shipped.filter(|(_, package)| {
        !package.license.as_ref().is_some_and(|licence| allowed.contains(licence))
    });
    let fault = |path: &str, licence: &Option<String>| {
        format!("{path}: deny.toml does not allow the licence {licence:?}")
    };
    Ok(unknown.map(|(path, package)| fault(path, &package.license)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_packages_need_an_allowed_licence() {
        let check = |package: &str, faults: usize| {
            let lock = format!(r#"{{"packages": {{"": {{}}, "node_modules/lit": {package}}}}}"#);
            assert_eq!(faults_of(&lock, &["MIT".to_owned()]).unwrap().len(), faults, "{package}");
        };
        check(r#"{"license": "MIT"}"#, 0);
        check(r#"{"license": "GPL-3.0"}"#, 1);
        check("{}", 1);
        check(r#"{"license": "MPL-2.0", "dev": true}"#, 0);
        check(r#"{"link": true}"#, 0);
    }
}
