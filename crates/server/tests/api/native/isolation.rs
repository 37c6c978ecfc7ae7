//! Every native operation of the OpenAPI document × every caller: without a credential, of a wrong kind,
//! read-only, of another group. An operation without a row fails.

mod management;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::Server;

/// What a caller gets: a status, and the code of the problem (empty when it is fine).
type Outcome = (u16, &'static str);

const FINE: Outcome = (200, "");
const FORBIDDEN: Outcome = (403, "forbidden");
const NOT_HERE: Outcome = (404, "not_found");

/// One operation, called on what belongs to Production.
struct Row {
    /// The operation as the document has it.
    operation: &'static str,
    /// The path that is called.
    path: String,
    body: Value,
    /// For a read-only token of Production.
    read_only: Outcome,
    /// For a read-write token of another group.
    other_group: Outcome,
    /// For a read-write token of Production.
    read_write: Outcome,
    /// For the admin key, with `?group=Production`.
    admin: Outcome,
}

/// An operation of the operator alone.
fn of_operator(operation: &'static str, body: Value, admin: u16) -> Row {
    Row {
        operation,
        path: operation.split_once(' ').expect("a method").1.to_owned(),
        body,
        read_only: FORBIDDEN,
        other_group: FORBIDDEN,
        read_write: FORBIDDEN,
        admin: (admin, ""),
    }
}

/// An operation on the customers UA and spare, or on all of the group's customers.
fn of_group(
    operation: &'static str,
    path: &str,
    body: Value,
    status: u16,
    read_only: Outcome,
    other_group: Outcome,
) -> Row {
    let fine = (status, "");
    let path = path.to_owned();
    Row { operation, path, body, read_only, other_group, read_write: fine, admin: fine }
}

/// A group's operation that reads.
fn reading(operation: &'static str, path: &str, other_group: Outcome) -> Row {
    of_group(operation, path, Value::Null, 200, FINE, other_group)
}

/// All operations. Rows that change something come last.
fn rows() -> Vec<Row> {
    let united = json!({"name": "United"});
    let row = json!([{"provided_id": "fresh", "name": "Fresh"}]);
    vec![
        reading("GET /v1/customers", "/v1/customers", FINE),
        reading("GET /v1/customers/{provided_id}", "/v1/customers/UA", NOT_HERE),
        reading(
            "GET /v1/customers/{provided_id}/explain",
            "/v1/customers/UA/explain?dashboard=on-time",
            NOT_HERE,
        ),
        reading("GET /v1/usage", "/v1/usage", FINE),
        of_group("POST /v1/customers:batch", "/v1/customers:batch", row, 200, FORBIDDEN, FINE),
        of_group(
            "PUT /v1/customers/{provided_id}",
            "/v1/customers/UA",
            united,
            200,
            FORBIDDEN,
            (201, ""),
        ),
        of_group(
            "PATCH /v1/customers/{provided_id}",
            "/v1/customers/UA",
            json!({"emails": []}),
            200,
            FORBIDDEN,
            FINE,
        ),
        of_group(
            "POST /v1/customers/{provided_id}/token:rotate",
            "/v1/customers/spare/token:rotate",
            Value::Null,
            200,
            FORBIDDEN,
            NOT_HERE,
        ),
        Row {
            admin: NOT_HERE,
            ..of_group(
                "DELETE /v1/customers/{provided_id}",
                "/v1/customers/spare",
                Value::Null,
                204,
                FORBIDDEN,
                NOT_HERE,
            )
        },
    ]
    .into_iter()
    .chain(management::rows())
    .collect()
}

impl Row {
    async fn check(&self, server: &Server, bearer: &str, expected: Outcome) {
        let method = self.operation.split_once(' ').expect("a method").0;
        let reply = server.native(bearer, &format!("{method} {}", self.path), &self.body).await;
        let code = reply.body["code"].as_str().unwrap_or_default();
        let case = format!("{} with {}: {reply:?}", self.operation, self.body);
        assert_eq!((reply.status, code), expected, "{case}");
        let told = reply.body.to_string();
        let secret = reply.status >= 400 && told.contains("United");
        assert!(!secret, "discloses the name: {case}");
    }

    async fn check_without_credential(&self, server: &Server) {
        let method = self.operation.split_once(' ').expect("a method").0;
        let request = Request::builder().method(method).uri(&self.path);
        let request = request.body(Body::from(self.body.to_string())).expect("a request");
        let reply = server.send(request).await;
        assert_eq!(reply.status, 401, "{}: {reply:?}", self.operation);
    }

    fn path_of_operator(&self) -> String {
        let joint = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{joint}group=Production", self.path)
    }
}

#[test]
fn every_operation_has_its_row() {
    let covered: BTreeSet<String> = rows().iter().map(|row| row.operation.to_owned()).collect();
    let is_native = |call: &String| call.contains(" /v1/");
    let offered: BTreeSet<String> =
        server::operation_calls().into_iter().filter(is_native).collect();
    assert_eq!(covered, offered);
}

#[tokio::test]
async fn nobody_reaches_beyond_the_credential() {
    let server = Server::start().await;
    let customer = server
        .create(json!({"provided_id": "UA", "name": "United", "emails": ["ua@united.example"]}))
        .await;
    server.create(json!({"provided_id": "spare", "name": "United, too"})).await;
    let wrong_kinds = [
        "0".repeat(64),
        customer["token"].as_str().expect("a token").to_owned(),
        server.secret.value.expose().to_owned(),
    ];
    for row in rows() {
        row.check_without_credential(&server).await;
        for bearer in &wrong_kinds {
            row.check(&server, bearer, (401, "unauthenticated")).await;
        }
        row.check(&server, &server.read_only, row.read_only).await;
        row.check(&server, &server.testing, row.other_group).await;
        row.check(&server, &server.token, row.read_write).await;
        let of_operator = Row { path: row.path_of_operator(), ..row };
        of_operator.check(&server, &server.admin_key, of_operator.admin).await;
    }
}
