//! `compose.yaml`, read as container engines read it and held against the image and the settings.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::settings::is_known;
use crate::{path, text};

fn compose() -> Value {
    serde_saphyr::from_str(&text("compose.yaml")).expect("YAML")
}

/// The words after an instruction of the image's recipe.
fn image(instruction: &str) -> String {
    let recipe = text("Dockerfile").replace("\\\n", " ");
    let found = recipe.lines().find_map(|line| line.strip_prefix(instruction));
    found.unwrap_or_else(|| panic!("no {instruction}")).trim().to_owned()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|it| it.as_str().expect("text")).collect()
}

#[test]
fn settings_are_real_and_secrets_come_from_files() {
    let compose = compose();
    let environment = &compose["services"]["fanlight"]["environment"];
    let environment: BTreeMap<String, String> =
        serde_json::from_value(environment.clone()).expect("texts by name");
    let declared = compose["secrets"].as_object().expect("secrets");
    for (name, value) in &environment {
        assert!(is_known(name), "{name}");
        let holds_a_secret = name.contains("KEY") || name.contains("PASSWORD");
        assert_eq!(holds_a_secret, name.ends_with("_FILE"), "{name}");
        if let Some(secret) = value.strip_prefix("/run/secrets/") {
            assert!(declared.contains_key(secret), "{name}: there is no secret {secret}");
            let given = texts(&compose["services"]["fanlight"]["secrets"]);
            assert!(given.contains(&secret), "{name}: the service does not get {secret}");
        }
    }
    for (name, secret) in declared {
        assert_eq!(secret["file"], format!("./secrets/{name}"), "the file of {name}");
    }
    let url = &environment["FANLIGHT_DATABASE_URL"];
    assert!(url.starts_with("postgres://fanlight@postgres/fanlight"), "{url} has no password");
}

#[test]
fn ports_volumes_and_the_build_are_those_of_the_image() {
    let compose = compose();
    let service = &compose["services"]["fanlight"];
    let port = image("EXPOSE");
    for published in texts(&service["ports"]) {
        assert!(published.starts_with("127.0.0.1:"), "{published} is for a proxy on this machine");
        assert_eq!(published.rsplit(':').next(), Some(port.as_str()));
    }
    let volume = format!("data:{}", image("VOLUME"));
    assert!(texts(&service["volumes"]).contains(&volume.as_str()), "{service}");
    let build = &service["build"];
    let context = path(build["context"].as_str().expect("a folder"));
    assert!(context.join(build["dockerfile"].as_str().expect("a file")).is_file(), "{build}");
    for name in ["data", "database"] {
        assert!(compose["volumes"].as_object().expect("volumes").contains_key(name), "{name}");
    }
}

#[test]
fn the_server_is_confined_and_waits_for_a_healthy_database() {
    let compose = compose();
    let service = &compose["services"]["fanlight"];
    assert_eq!(service["read_only"], true);
    assert_eq!(texts(&service["tmpfs"]), ["/tmp"]);
    assert_eq!(texts(&service["cap_drop"]), ["ALL"]);
    assert_eq!(texts(&service["security_opt"]), ["no-new-privileges:true"]);
    assert_eq!(service["depends_on"]["postgres"]["condition"], "service_healthy");
    assert!(!image("HEALTHCHECK").is_empty());
    let postgres = &compose["services"]["postgres"];
    assert!(texts(&postgres["healthcheck"]["test"]).contains(&"pg_isready"), "{postgres}");
    assert_eq!(postgres.get("ports"), None, "the database is for the server alone");
}
