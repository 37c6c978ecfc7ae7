//! Calls that may go unanswered, because somebody pulls plugs meanwhile.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use server::outgoing::client_builder;

/// Longer than any node takes to give up by itself: a call that is given up here would still be at
/// work there.
const LONGEST: Duration = Duration::from_secs(90);

/// A product's back end. Each call is a connection of its own, so that the balancer spreads them.
#[derive(Clone)]
pub(crate) struct BackEnd {
    client: Client,
    token: String,
}

impl BackEnd {
    pub(crate) fn new(token: String) -> Self {
        let client = client_builder().pool_max_idle_per_host(0).timeout(LONGEST);
        Self { client: client.build().expect("a client"), token }
    }

    /// The reply to an acknowledged call; `None` when the server did not or could not answer.
    pub(crate) async fn post(&self, server: &str, path: &str, body: &Value) -> Option<Value> {
        let call = self.client.post(format!("{server}{path}")).json(body);
        let response = self.authorized(call).send().await.ok()?;
        acknowledged(response).await
    }

    pub(crate) async fn get(&self, server: &str, path: &str) -> Option<Value> {
        let call = self.client.get(format!("{server}{path}"));
        acknowledged(self.authorized(call).send().await.ok()?).await
    }

    fn authorized(&self, call: RequestBuilder) -> RequestBuilder {
        call.header("Explo-Authorization", format!("Token {}", self.token))
    }

    /// The customer as this server knows it.
    pub(crate) async fn customer(&self, server: &str, id: &str) -> Option<Value> {
        let found = self.post(server, "/api/get_customer/", &json!({"provided_id": id})).await?;
        Some(found["customer"].clone())
    }

    pub(crate) async fn viewer(&self, server: &str, customer: &str, embed_id: &str) -> Viewer {
        let body = json!({"provided_id": customer, "embed_id": embed_id});
        let reply = self.post(server, "/api/generate_jwt/", &body).await.expect("a token");
        Viewer::new(reply["jwt"].as_str().expect("text").to_owned())
    }
}

/// Fails the test when the server refuses what it should not.
async fn acknowledged(response: Response) -> Option<Value> {
    let status = response.status();
    let text = response.text().await.ok()?;
    assert!(!status.is_client_error(), "{status}: {text}");
    assert!(status.as_u16() != 500, "{text}");
    status.is_success().then(|| serde_json::from_str(&text).expect("JSON"))
}

/// A viewer who does not wait for long.
#[derive(Clone)]
pub(crate) struct Viewer {
    client: Client,
    jwt: String,
}

impl Viewer {
    fn new(jwt: String) -> Self {
        Self { client: impatient(), jwt }
    }

    /// The title of the dashboard's only panel.
    pub(crate) async fn title(&self, server: &str) -> Option<String> {
        let call = self.client.get(format!("{server}/embed/v1/dashboard")).bearer_auth(&self.jwt);
        let definition = acknowledged(call.send().await.ok()?).await?;
        Some(definition["panels"][0]["title"].as_str().expect("a title").to_owned())
    }

    /// The figure of that panel.
    pub(crate) async fn figure(&self, server: &str) -> Option<u64> {
        Some(self.data(server).await?["rows"][0][0].as_u64().expect("a figure"))
    }

    /// What that panel gets.
    pub(crate) async fn data(&self, server: &str) -> Option<Value> {
        let call = self.client.post(format!("{server}/embed/v1/panels/rows/data"));
        acknowledged(call.bearer_auth(&self.jwt).send().await.ok()?).await
    }
}

/// The status for whoever shows a customer's token; `None` when the server could not tell.
pub(crate) async fn opens(server: &str, embed_id: &str, token: &str) -> Option<bool> {
    let call = impatient().get(format!("{server}/embed/v1/dashboard"));
    let call = call.header("Fanlight-Customer-Token", format!("{embed_id}:{token}"));
    match call.send().await.ok()?.status().as_u16() {
        200 => Some(true),
        401 => Some(false),
        status => {
            assert!(status >= 502, "{status}");
            None
        }
    }
}

/// Whether a load balancer that asks for it would send requests here.
pub(crate) async fn is_ready(server: &str) -> bool {
    let asked = impatient().get(format!("{server}/readyz")).send().await;
    asked.is_ok_and(|response| response.status().is_success())
}

fn impatient() -> Client {
    let client = client_builder().pool_max_idle_per_host(0).timeout(Duration::from_secs(5));
    client.build().expect("a client")
}
