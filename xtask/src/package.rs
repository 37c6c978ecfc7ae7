//! `cargo xtask package`: the archive that is released, checked as somebody would use it who has
//! nothing else.
//!
//! It leaves in `target/package` the archive, its checksum, and the folder `fanlight` with the same
//! files, from which an image is made.

mod licences;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{Run, step};
use crate::project::{Profile, Project};
use crate::{build, setup, web};

/// What is copied from the tree as it is, and its name in the archive.
const COPIED: [(&str, &str); 7] = [
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("packaging/README.md", "README.md"),
    ("packaging/Dockerfile", "packaging/Dockerfile"),
    ("packaging/compose.yaml", "packaging/compose.yaml"),
    ("packaging/fanlight.service", "packaging/fanlight.service"),
    ("packaging/nginx.conf", "packaging/nginx.conf"),
];

/// What is built: it lies beside each other in the archive as in `target/release`.
const BUILT: [&str; 2] = ["fanlight", "libduckdb.so"];

const THIRD_PARTY: &str = "LICENSES-THIRD-PARTY.txt";

pub(crate) fn run(project: &Project) -> Result<()> {
    setup::for_package(project)?;
    web::build(project)?;
    build::server(project, Profile::Release)?;
    let archive = step("package: archive", || archive(project))?;
    step("package: check", || check(project, &archive))?;
    eprintln!("made {}", project.target().join("package").join(archive).display());
    Ok(())
}

/// Makes the archive and returns its name.
fn archive(project: &Project) -> Result<String> {
    let place = project.target().join("package");
    // What an earlier version has left would be taken for this one's.
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    let target = target()?;
    let name = format!("fanlight-{}-{target}", env!("CARGO_PKG_VERSION"));
    let folder = place.join("fanlight");
    fill(project, &folder, &target)?;

    let archive = format!("{name}.tar.gz");
    let renamed = format!("--transform=s,^fanlight,{name},");
    in_folder("tar", &place)
        .args(["--create", "--gzip", "--file", &archive, "--sort=name", "--numeric-owner"])
        .args(["--owner=0", "--group=0", &renamed, "fanlight"])
        .wait()?;
    let checksum = in_folder("sha256sum", &place).arg(&archive).output()?;
    fs::write(place.join(format!("{archive}.sha256")), checksum)?;
    Ok(archive)
}

fn fill(project: &Project, folder: &Path, target: &str) -> Result<()> {
    fs::create_dir_all(folder.join("packaging"))?;
    let beside = project.server_binary(Profile::Release);
    let beside = beside.parent().context("the binary lies in a folder")?;
    let built = BUILT.map(|file| (beside.join(file), file));
    let copied = COPIED.map(|(from, to)| (project.path(from), to));
    for (from, to) in built.into_iter().chain(copied) {
        fs::copy(&from, folder.join(to)).with_context(|| from.display().to_string())?;
    }
    fs::write(folder.join(THIRD_PARTY), licences::text(project, target)?)?;
    Ok(())
}

/// The machine that the archive is for, as rustc names it.
fn target() -> Result<String> {
    let version = Run::new(Command::new("rustc")).arg("-vV").output()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names its host")?.to_owned())
}

/// Unpacks the archive elsewhere and lives with it.
fn check(project: &Project, archive: &str) -> Result<()> {
    let archive = project.target().join("package").join(archive);
    project.npm("e2e").args(["run", "--silent", "artefact"]).env("FANLIGHT_ARCHIVE", archive).wait()
}

fn in_folder(program: &str, folder: &Path) -> Run {
    let mut command = Command::new(program);
    command.current_dir(folder);
    Run::new(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The image's recipe, without comments, a line per instruction.
    fn instructions() -> Vec<String> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/Dockerfile");
        let text = fs::read_to_string(path).unwrap().replace("\\\n", " ");
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// The words after an instruction that stands once.
    fn words(instruction: &str) -> Vec<String> {
        let lines = instructions();
        let mut found = lines.iter().filter_map(|line| line.strip_prefix(instruction));
        let words = found.next_back().unwrap_or_else(|| panic!("no {instruction}"));
        words.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_image_takes_what_the_archive_holds() {
        let in_archive = |file: &str| {
            let copied = COPIED.iter().any(|(_, to)| *to == file);
            BUILT.contains(&file) || copied || file == THIRD_PARTY
        };
        let lines = instructions();
        let copies =
            lines.iter().filter(|line| line.starts_with("COPY ") && !line.contains("--from"));
        let mut taken = Vec::new();
        for copy in copies {
            let words: Vec<_> = copy.split_whitespace().skip(1).collect();
            taken.extend(words[..words.len() - 1].iter().map(|word| (*word).to_owned()));
        }
        assert!(taken.iter().all(|file| in_archive(file)), "{taken:?}");
        for needed in BUILT {
            assert!(taken.iter().any(|file| file == needed), "{needed} is in the image");
        }
    }

    #[test]
    fn the_image_runs_as_nobody_special_and_tells_whether_it_is_well() {
        let user = words("USER");
        let ids: Vec<u32> = user[0].split(':').map(|id| id.parse().unwrap()).collect();
        assert!(ids.iter().all(|id| *id >= 1000), "{user:?}");
        assert_eq!(words("ENTRYPOINT").concat(), "[\"/opt/fanlight/fanlight\"]");
        assert!(words("HEALTHCHECK").concat().ends_with("[\"/opt/fanlight/fanlight\",\"health\"]"));
        let data = &words("VOLUME")[0];
        let environment = words("ENV");
        assert!(environment.contains(&format!("FANLIGHT_DATA_DIR={data}")), "{environment:?}");
        let listen = format!("FANLIGHT_LISTEN=0.0.0.0:{}", words("EXPOSE")[0]);
        assert!(environment.contains(&listen), "{environment:?}");
    }
}
