//! Lets the binary find DuckDB's library beside itself, from whatever directory it is started, and
//! the tests, which lie one folder deeper, find the same one.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let macos = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "macos");
    let origin = if macos { "@loader_path" } else { "$ORIGIN" };
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,{origin}");
    println!("cargo:rustc-link-arg-tests=-Wl,-rpath,{origin}/..");
}
