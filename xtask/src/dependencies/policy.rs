//! `deny.toml`: which licences are allowed and which packages are not.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{Package, licence};

#[derive(Deserialize)]
pub(super) struct Policy {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
    #[serde(default)]
    clarify: Vec<Clarification>,
}

/// One package may come under licences that others may not.
#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    package: String,
    allow: Vec<String>,
}

/// The licence of a package that names none in its manifest.
#[derive(Deserialize)]
struct Clarification {
    #[serde(rename = "crate")]
    package: String,
    expression: String,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    package: String,
    reason: String,
}

impl Policy {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).context("cannot read deny.toml")?;
        toml::from_str(&text).context("deny.toml has another form than expected")
    }

    pub(super) fn faults(&self, packages: &[Package]) -> Vec<String> {
        let foreign = packages.iter().filter(|package| !package.is_ours());
        foreign
            .flat_map(|package| [self.ban(package), self.licence_fault(package)])
            .flatten()
            .collect()
    }

    fn ban(&self, package: &Package) -> Option<String> {
        let ban = self.bans.deny.iter().find(|ban| ban.package == package.name)?;
        Some(format!("{} {} is banned: {}", package.name, package.version, ban.reason))
    }

    fn licence_fault(&self, package: &Package) -> Option<String> {
        let name = format!("{} {}", package.name, package.version);
        let clarified = self.licenses.clarify.iter().find(|it| it.package == package.name);
        let declared = package.license.as_deref();
        let Some(expression) = clarified.map(|it| &*it.expression).or(declared) else {
            return Some(format!("{name} declares no licence"));
        };
        let excepted = self.licenses.exceptions.iter().filter(|it| it.package == package.name);
        let allowed: Vec<&str> = self
            .licenses
            .allow
            .iter()
            .chain(excepted.flat_map(|exception| &exception.allow))
            .map(String::as_str)
            .collect();
        match licence::is_allowed(expression, &allowed) {
            Some(true) => None,
            Some(false) => {
                Some(format!("{name} comes under {expression}, which deny.toml does not allow"))
            }
            None => Some(format!("{name}: `{expression}` is no licence expression")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
        [licenses]
        allow = ["MIT"]
        exceptions = [{ crate = "axe-core", allow = ["MPL-2.0"] }]
        clarify = [{ crate = "silent", expression = "MIT", license-files = [] }]
        [bans]
        deny = [{ crate = "sqlx", reason = "it links a second SQLite" }]
    "#;

    #[track_caller]
    fn check(name: &str, licence: Option<&str>, expected: &[&str]) {
        let policy: Policy = toml::from_str(POLICY).unwrap();
        let package = Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: licence.map(str::to_owned),
            source: Some("elsewhere".to_owned()),
            manifest_path: Default::default(),
            dependencies: Vec::new(),
        };
        let faults = policy.faults(&[package]);
        assert_eq!(faults.len(), expected.len(), "{faults:?}");
        assert!(faults.iter().zip(expected).all(|(fault, it)| fault.contains(it)), "{faults:?}");
    }

    #[test]
    fn only_allowed_licences_pass() {
        check("lit", Some("MIT"), &[]);
        check("lit", Some("GPL-3.0"), &["GPL-3.0"]);
        check("lit", None, &["declares no licence"]);
        check("lit", Some("MIT OR"), &["no licence expression"]);
    }

    #[test]
    fn exceptions_and_clarifications_are_for_their_package_alone() {
        check("axe-core", Some("MPL-2.0"), &[]);
        check("lit", Some("MPL-2.0"), &["MPL-2.0"]);
        check("silent", None, &[]);
    }

    #[test]
    fn a_banned_package_is_named_with_the_reason() {
        check("sqlx", Some("MIT"), &["second SQLite"]);
    }
}
