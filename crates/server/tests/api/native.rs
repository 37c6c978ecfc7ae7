//! The native API below `/v1`.

mod audit;
mod batch;
mod credentials;
mod customers;
mod dashboards;
mod data_sources;
mod definitions;
mod explain;
mod groups;
mod isolation;
mod usage;
mod workspace;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::support::{Reply, Server};

impl Server {
    /// Calls with a bearer credential. `call` is the method and the path: `GET /v1/groups`. A body
    /// of `null` is none.
    pub(crate) async fn native(&self, bearer: &str, call: &str, body: &Value) -> Reply {
        self.native_with(bearer, call, body, &[]).await
    }

    /// As [`Server::native`], with more headers.
    pub(crate) async fn native_with(
        &self,
        bearer: &str,
        call: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Reply {
        let (method, path) = call.split_once(' ').expect("a method and a path");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("Authorization", format!("Bearer {bearer}"))
            .header("Content-Type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Calls as the operator.
    pub(crate) async fn operate(&self, call: &str, body: &Value) -> Reply {
        self.native(&self.admin_key, call, body).await
    }
}

impl Reply {
    /// The problem document of a failure.
    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, code: &str, sentence: &str) {
        assert_eq!((self.status, &self.body["code"]), (status, &code.into()), "{self:?}");
        let detail = self.body["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(sentence), "{detail:?} should contain {sentence:?}");
    }

    /// The pointers of all faulty fields.
    pub(crate) fn pointers(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().filter_map(|error| error["pointer"].as_str()).collect()
    }
}
