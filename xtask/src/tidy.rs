//! House rules that no compiler knows, checked over every file that git knows.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::project::Project;

/// A longer file holds a second idea. Tables of test cases may be longer.
const MOST_LINES: usize = 500;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "common", "helpers", "helper", "types"];

/// Texts that do not belong into the tree, with the reason. Cut in two so that this file may stay.
const UNWANTED: [(&str, &str); 9] = [
    (concat!("TO", "DO"), "do it or leave it"),
    (concat!("FIX", "ME"), "do it or leave it"),
    (concat!("issue", " #"), "the tree explains itself without a tracker"),
    (concat!("design", ".md"), "no such page in this tree"),
    (concat!("style", ".md"), "no such page in this tree"),
    (concat!("registry", ".npmjs.org"), "the package registry is the user's setting"),
    (concat!("index", ".crates.io"), "the package registry is the user's setting"),
    (concat!("static", ".crates.io"), "the package registry is the user's setting"),
    (concat!("\"resolved\"", ": \"http"), "the package registry is the user's setting"),
];

/// Folders of some machine. They count only at the start of a path.
const MACHINE_FOLDERS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];

pub(crate) fn check(project: &Project) -> Result<()> {
    let mut faults = Vec::new();
    for name in project.files()? {
        // What is not text has no rules.
        if let Ok(text) = fs::read_to_string(project.root().join(&name)) {
            faults.extend(faults_of(&name, &text));
            faults.extend(dead_links(project.root(), &name, &text));
        }
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { Ok(()) } else { bail!("{} faults", faults.len()) }
}

fn faults_of(name: &Path, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if is_code(name) && !is_generated(text) {
        faults.extend(name_fault(name));
        faults.extend(length_fault(name, text));
    }
    for (index, line) in text.lines().enumerate() {
        let place = || format!("{}:{}", name.display(), index + 1);
        let unwanted = UNWANTED.iter().filter(|(unwanted, _)| line.contains(unwanted));
        faults.extend(unwanted.map(|(text, why)| format!("{}: `{text}`: {why}", place())));
        if MACHINE_FOLDERS.iter().any(|folder| begins_a_path(line, folder)) {
            faults.push(format!("{}: a path of one machine", place()));
        }
    }
    faults
}

/// Links of a page to files of the tree that are not there.
fn dead_links(root: &Path, name: &Path, text: &str) -> Vec<String> {
    if name.extension().is_none_or(|extension| extension != "md") {
        return Vec::new();
    }
    let folder = root.join(name.parent().unwrap_or(Path::new("")));
    let dead = link_targets(text).filter(|target| !folder.join(target).exists());
    dead.map(|target| format!("{}: dead link to {target}", name.display())).collect()
}

/// The relative paths that a Markdown text links to, without what follows `#`.
fn link_targets(text: &str) -> impl Iterator<Item = &str> {
    let after_brackets = text.split("](").skip(1);
    let targets = after_brackets.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let relative = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    relative.map(|target| target.split('#').next().unwrap_or(target))
}

fn is_code(name: &Path) -> bool {
    let extension = name.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("rs" | "ts" | "tsx" | "js" | "mjs" | "jsx" | "css"))
}

/// Does the head of the file say that a program wrote it?
fn is_generated(text: &str) -> bool {
    text.lines().take(3).any(|line| line.contains("auto-generated"))
}

fn name_fault(name: &Path) -> Option<String> {
    let stem = name.file_stem()?.to_str()?;
    let stem = stem.split('.').next()?;
    EMPTY_NAMES
        .contains(&stem)
        .then(|| format!("{}: name the idea instead of `{stem}`", name.display()))
}

fn length_fault(name: &Path, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let holds_cases = name.components().any(|part| part.as_os_str() == "tests");
    (lines > MOST_LINES && !holds_cases).then(|| {
        format!("{}: {lines} lines, more than {MOST_LINES}: find the second idea", name.display())
    })
}

/// Does `folder` stand in the line where a path begins, and not in the middle of one?
fn begins_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| before.is_whitespace() || "\"'`(=<>,;[".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, expected: &[&str]) {
        let faults = faults_of(Path::new(name), text);
        assert_eq!(faults.len(), expected.len(), "{faults:?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.contains(expected), "{fault}");
        }
    }

    #[test]
    fn long_files_and_empty_names_are_faults_of_code_only() {
        let long = "line\n".repeat(501);
        check("crates/model/src/level.rs", "fn main() {}\n", &[]);
        check("crates/model/src/level.rs", &long, &["501 lines"]);
        check("crates/query/tests/cases.rs", &long, &[]);
        check("docs/reference/facade.md", &long, &[]);
        check("crates/model/src/utils.rs", "", &["`utils`"]);
        check("web/client/helpers.test.ts", "", &["`helpers`"]);
        check("web/client/types.json", "", &[]);
        check("web/client/schema.ts", &format!("/** auto-generated */\n{long}"), &[]);
    }

    #[test]
    fn unwanted_texts_are_found_with_their_line() {
        check("a.rs", concat!("fine\n// TO", "DO: later"), &["a.rs:2"]);
        check("package-lock.json", concat!("\"resolved\"", ": \"https://x\""), &["registry"]);
    }

    #[test]
    fn links_to_files_of_the_tree_are_found() {
        let text = "[a](docs/a.md) ![b](b.png) [c](https://example.com) [d](#here) [e](e.md#x)";
        assert_eq!(link_targets(text).collect::<Vec<_>>(), ["docs/a.md", "b.png", "e.md"]);
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_a_part_of_another_path_is_not() {
        check("a.md", concat!("see /ho", "me/me/x"), &["one machine"]);
        check("a.md", concat!("\"/ro", "ot/.cache\""), &["one machine"]);
        check("a.md", concat!("crates/wo", "rk/src, https://example.com/ho", "me/"), &[]);
    }
}
