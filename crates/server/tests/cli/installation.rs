//! An installation with one group, and what a product's back end asks of its server.

use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Ended, Server, client, command, run_with};

/// A data folder of `fanlight init`, with the group Production and a token for it.
pub(crate) struct Installation {
    folder: TempDir,
    environment: Vec<(String, String)>,
    api_token: String,
}

impl Installation {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// Every command of this installation gets these variables of the environment.
    pub(crate) fn with(environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut environment: Vec<_> = environment.iter().map(owned).collect();
        // Storms are many requests from one address.
        environment.push(("FANLIGHT_RATE_LIMIT_PER_MINUTE".to_owned(), "0".to_owned()));
        let mut new = Self { folder, environment, api_token: String::new() };
        new.run(&["init"]).printed();
        let workspace = new.path("workspace");
        std::fs::create_dir(&workspace).expect("a folder");
        let text = "groups: [Production]\n";
        std::fs::write(workspace.join("workspace.yaml"), text).expect("a file");
        new.run(&["apply", workspace.to_str().expect("UTF-8")]).printed();
        let create = ["token", "create", "--group", "Production", "--access", "read-write"];
        new.api_token = new.run(&create).printed().trim_end().to_owned();
        new
    }

    /// A file or folder beside the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    /// Replaces a variable of the environment for the commands that follow.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(present, _)| present != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_in(&self.data_dir(), arguments)
    }

    /// As [`Installation::run`], on another data folder.
    pub(crate) fn run_in(&self, data_dir: &Path, arguments: &[&str]) -> Ended {
        run_with(data_dir, arguments, &self.environment())
    }

    /// A command that has not been started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.data_dir(), arguments);
        command.envs(self.environment());
        command
    }

    pub(crate) fn serve(&self) -> Served {
        self.serve_in(&self.data_dir())
    }

    /// As [`Installation::serve`], on another data folder.
    pub(crate) fn serve_in(&self, data_dir: &Path) -> Served {
        let server = Server::start_with(data_dir, &self.environment());
        let calls =
            Calls { base: server.url(""), api_token: self.api_token.clone(), client: client() };
        Served { server, calls }
    }
}

/// A running server, and the way to it.
pub(crate) struct Served {
    pub(crate) server: Server,
    pub(crate) calls: Calls,
}

/// Calls to one server.
#[derive(Clone)]
pub(crate) struct Calls {
    base: String,
    api_token: String,
    client: reqwest::Client,
}

/// A customer whose creation the server has acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// A reply that is not what was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Calls {
    /// Creates a customer. `None`: the connection broke before an answer came.
    pub(crate) async fn create(&self, id: &str) -> Option<Result<Acknowledged, Refusal>> {
        let body = json!({"provided_id": id, "name": format!("The {id} company")});
        let answer = self.call("/api/create_customer/", &body).await?;
        Some(answer.map(|customer| of_reply(&customer)))
    }

    /// Reads a customer.
    pub(crate) async fn read(&self, id: &str) -> Option<Result<Acknowledged, Refusal>> {
        let answer = self.call("/api/get_customer/", &json!({"provided_id": id})).await?;
        Some(answer.map(|customer| of_reply(&customer)))
    }

    /// Finds each of these with its token.
    pub(crate) async fn expect_all(&self, acknowledged: &[Acknowledged]) {
        for customer in acknowledged {
            let found = self.read(&customer.id).await.expect("an answer");
            assert_eq!(found.expect("it was acknowledged"), *customer);
        }
    }

    /// The status of a GET without a credential.
    pub(crate) async fn status(&self, path: &str) -> StatusCode {
        let reply = self.client.get(format!("{}{path}", self.base)).send().await;
        reply.expect("an answer").status()
    }

    async fn call(&self, path: &str, body: &Value) -> Option<Result<Value, Refusal>> {
        let token = format!("Token {}", self.api_token);
        let call = self.client.post(format!("{}{path}", self.base)).json(body);
        let reply = call.header("Explo-Authorization", token).send().await.ok()?;
        let status = reply.status();
        let body: Value = reply.json().await.ok()?;
        Some(if status.is_success() { Ok(body) } else { Err(Refusal { status, body }) })
    }
}

fn of_reply(reply: &Value) -> Acknowledged {
    let text = |key: &str| reply["customer"][key].as_str().expect("text").to_owned();
    Acknowledged { id: text("provided_id"), token: text("token") }
}
