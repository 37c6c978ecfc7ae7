//! The borders between our crates: each is the only one that knows some outside thing, and they
//! depend on each other in one direction. Tests are free: a dev-dependency ships nothing.

use super::{Dependency, Package};

/// Outside packages and the only crates whose shipped code may use them.
const OUTSIDE: [(&str, &[&str]); 13] = [
    ("axum", &["server"]),
    ("tower-http", &["server"]),
    ("clap", &["server", "xtask", "bench"]),
    ("rusqlite", &["store", "bench"]),
    ("tokio-postgres", &["store", "testkit"]),
    ("deadpool-postgres", &["store"]),
    ("duckdb", &["engine"]),
    ("sqlparser", &["query"]),
    ("serde-saphyr", &["workspace"]),
    ("rust_xlsxwriter", &["render"]),
    ("csv", &["render"]),
    ("testkit", &["bench"]),
    ("proptest", &[]),
];

/// Our crates and those of ours that each may use.
const OURS: [(&str, &[&str]); 9] = [
    ("model", &[]),
    ("query", &["model"]),
    ("engine", &[]),
    ("render", &[]),
    ("store", &["model"]),
    ("workspace", &["model", "query"]),
    ("sources", &["engine", "model", "query"]),
    ("server", &["engine", "model", "query", "render", "sources", "store", "workspace"]),
    ("xtask", &[]),
];

pub(super) fn faults(package: &Package) -> Vec<String> {
    let shipped = package.dependencies.iter().filter(|it| it.kind.as_deref() != Some("dev"));
    shipped.filter_map(|dependency| fault(&package.name, dependency)).collect()
}

fn fault(package: &str, dependency: &Dependency) -> Option<String> {
    let name = &*dependency.name;
    if let Some((_, users)) = OUTSIDE.iter().find(|(outside, _)| *outside == name)
        && !users.contains(&package)
    {
        return Some(format!("{package} may not know {name}: that is for {users:?}"));
    }
    let is_ours = OURS.iter().any(|(ours, _)| *ours == name);
    match OURS.iter().find(|(ours, _)| *ours == package) {
        Some((_, used)) if is_ours && !used.contains(&name) => {
            Some(format!("{package} may not depend on {name}: see ARCHITECTURE.md"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outside_thing_is_known_to_its_crate_alone() {
        let check = |package: &str, name: &str, allowed: bool| {
            let dependency = Dependency { name: name.to_owned(), rename: None, kind: None };
            assert_eq!(fault(package, &dependency).is_none(), allowed, "{package} -> {name}");
        };
        check("server", "axum", true);
        check("sources", "axum", false);
        check("engine", "duckdb", true);
        check("server", "duckdb", false);
        check("query", "model", true);
        check("model", "query", false);
        check("store", "query", false);
        check("model", "serde", true);
    }

    #[test]
    fn tests_may_use_what_they_need() {
        let dependency = |kind: &str| Dependency {
            name: "axum".to_owned(),
            rename: None,
            kind: Some(kind.to_owned()),
        };
        let package = Package {
            name: "store".to_owned(),
            version: String::new(),
            license: None,
            source: None,
            manifest_path: Default::default(),
            dependencies: vec![dependency("dev"), dependency("build")],
        };
        assert_eq!(faults(&package).len(), 1);
    }
}
