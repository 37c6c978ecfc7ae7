//! Puts DuckDB's shared library beside what cargo builds (`target/<profile>/`), so that the
//! server finds it in its own folder. This crate's tests lie one folder deeper.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() {
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    if env::var_os("CARGO_FEATURE_WORKER").is_none() {
        return;
    }
    let origin = if macos() { "@loader_path" } else { "$ORIGIN" };
    for folder in [origin.to_owned(), format!("{origin}/..")] {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
    let Some(folder) = env::var_os("DUCKDB_LIB_DIR").map(PathBuf::from) else { return };
    let library = folder.join(file_name());
    let beside = profile_folder().join(file_name());
    println!("cargo:rerun-if-changed={}", library.display());
    println!("cargo:rerun-if-changed={}", beside.display());
    if !library.exists() {
        println!("cargo:warning=DuckDB's library is missing; `cargo xtask setup` fetches it");
        return;
    }
    if let Err(error) = place(&library, &beside) {
        println!("cargo:warning=cannot place DuckDB's library beside the binaries: {error}");
    }
}

/// `target/<profile>`: cargo gives build scripts only `target/<profile>/build/<name>/out`.
fn profile_folder() -> PathBuf {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    out.ancestors().nth(3).expect("OUT_DIR lies in the profile's folder").to_owned()
}

/// A hard link where the file system allows it, since the library has 70 MB.
fn place(library: &Path, target: &Path) -> io::Result<()> {
    let library = fs::canonicalize(library)?;
    match fs::remove_file(target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::hard_link(&library, target).or_else(|_| copy(&library, target))
}

/// Keeps the time of change, by which cargo would else see a new file and run this again.
fn copy(library: &Path, target: &Path) -> io::Result<()> {
    fs::copy(library, target)?;
    let modified = fs::metadata(library)?.modified()?;
    fs::File::options().write(true).open(target)?.set_modified(modified)
}

fn file_name() -> &'static str {
    if macos() { "libduckdb.dylib" } else { "libduckdb.so" }
}

fn macos() -> bool {
    env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "macos")
}
