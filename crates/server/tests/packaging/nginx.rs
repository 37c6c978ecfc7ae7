//! `nginx.conf`, with TLS, as nginx reads it. The stories in a browser run it.

use std::path::Path;
use std::process::Command;

use crate::text;

const NGINX: &str = "/usr/sbin/nginx";

#[test]
fn nginx_takes_the_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = rcgen::generate_simple_self_signed(["example.com".to_owned()]);
    let certificate = names.expect("a certificate");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let chain = write("fullchain.pem", &certificate.cert.pem());
    let key = write("privkey.pem", &certificate.signing_key.serialize_pem());
    let shipped = text("nginx.conf")
        .replace("/etc/ssl/fanlight/fullchain.pem", &chain)
        .replace("/etc/ssl/fanlight/privkey.pem", &key);
    let around = format!("pid {}/pid; events {{}} http {{ {shipped} }}", folder.path().display());
    check(folder.path(), &write("nginx.conf", &around));
}

#[track_caller]
fn check(folder: &Path, config: &str) {
    let mut nginx = Command::new(NGINX);
    nginx.arg("-t").arg("-p").arg(folder).args(["-e", "stderr", "-c", config]);
    let done = nginx.output().expect("nginx, which `cargo xtask setup` installs");
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{told}");
    let warnings: Vec<_> = told.lines().filter(|line| line.contains("[warn]")).collect();
    // Told to whoever is not root, and of no meaning for the configuration.
    assert!(warnings.iter().all(|line| line.contains("super-user privileges")), "{told}");
}
