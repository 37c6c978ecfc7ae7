//! The rows of what belongs to the server as a whole.

use serde_json::{Value, json};

use super::{FINE, FORBIDDEN, NOT_HERE, Outcome, Row, of_group, of_operator};

/// A path under which no credential stands.
const NO_TOKEN: &str = "/v1/api-tokens/0123456789abcdef";
const NO_SECRET: &str = "/v1/embed-secrets/00000000-0000-4000-8000-000000000000";

const TAKEN: Outcome = (409, "conflict");
const IN_USE: Outcome = (409, "in_use");

/// An operation of the operator alone, on one record.
fn on_record(operation: &'static str, path: &str, body: Value, admin: Outcome) -> Row {
    Row { path: path.to_owned(), admin, ..of_operator(operation, body, 0) }
}

/// A call that everybody with a credential may make and that is the same for all.
fn for_everybody(operation: &'static str, path: &str) -> Row {
    of_group(operation, path, Value::Null, 200, FINE, FINE)
}

/// A change of what is common to all groups: whoever comes later finds it made.
fn for_writers(
    operation: &'static str,
    path: &str,
    body: Value,
    first: u16,
    later: Outcome,
) -> Row {
    let row = of_group(operation, path, body, 0, FORBIDDEN, (first, ""));
    Row { read_write: later, admin: later, ..row }
}

pub(super) fn rows() -> Vec<Row> {
    [credentials(), common(), sources(), dashboards(), whole()].into_iter().flatten().collect()
}

fn credentials() -> Vec<Row> {
    let (token, secret) =
        (json!({"group": "Production", "access": "read-only"}), json!({"group": "Production"}));
    vec![
        of_operator("GET /v1/groups", Value::Null, 200),
        of_operator("POST /v1/groups", json!({"name": "Fresh"}), 201),
        on_record("GET /v1/groups/{name}", "/v1/groups/Fresh", Value::Null, FINE),
        on_record("PATCH /v1/groups/{name}", "/v1/groups/Fresh", json!({"name": "New"}), FINE),
        on_record("DELETE /v1/groups/{name}", "/v1/groups/Testing", Value::Null, IN_USE),
        of_operator("GET /v1/api-tokens", Value::Null, 200),
        of_operator("POST /v1/api-tokens", token, 201),
        on_record(
            "POST /v1/api-tokens/{id}/token:rotate",
            &format!("{NO_TOKEN}/token:rotate"),
            Value::Null,
            NOT_HERE,
        ),
        on_record("DELETE /v1/api-tokens/{id}", NO_TOKEN, Value::Null, NOT_HERE),
        of_operator("GET /v1/embed-secrets", Value::Null, 200),
        of_operator("POST /v1/embed-secrets", secret, 201),
        on_record(
            "POST /v1/embed-secrets/{id}/value:rotate",
            &format!("{NO_SECRET}/value:rotate"),
            Value::Null,
            NOT_HERE,
        ),
        on_record("DELETE /v1/embed-secrets/{id}", NO_SECRET, Value::Null, NOT_HERE),
    ]
}

fn common() -> Vec<Row> {
    let preview = json!({"name": "preview"});
    vec![
        for_everybody("GET /v1/levels", "/v1/levels"),
        of_operator("PUT /v1/levels", json!({"levels": ["Customer", "User", "Desk"]}), 200),
        for_everybody("GET /v1/group-tags", "/v1/group-tags"),
        for_writers("POST /v1/group-tags", "/v1/group-tags", json!({"name": "early"}), 201, TAKEN),
        for_writers(
            "PATCH /v1/group-tags/{name}",
            "/v1/group-tags/early",
            json!({"name": "late"}),
            200,
            NOT_HERE,
        ),
        for_writers(
            "DELETE /v1/group-tags/{name}",
            "/v1/group-tags/late",
            Value::Null,
            204,
            NOT_HERE,
        ),
        for_everybody("GET /v1/environments", "/v1/environments"),
        of_operator("POST /v1/environments", preview.clone(), 201),
        on_record(
            "PATCH /v1/environments/{name}",
            "/v1/environments/preview",
            json!({"name": "staging"}),
            FINE,
        ),
        on_record(
            "DELETE /v1/environments/{name}",
            "/v1/environments/production",
            Value::Null,
            IN_USE,
        ),
    ]
}

fn sources() -> Vec<Row> {
    let planes = "/v1/data-sources/planes";
    let connection = json!({"type": "files", "tables": {}});
    let fresh = json!({"schema": "fleet", "group": "Production", "connection": connection});
    vec![
        for_everybody("GET /v1/schemas", "/v1/schemas"),
        for_everybody("GET /v1/schemas/{name}", "/v1/schemas/flights"),
        on_record("PUT /v1/schemas/{name}", "/v1/schemas/fleet", json!({}), FINE),
        on_record("DELETE /v1/schemas/{name}", "/v1/schemas/fleet", Value::Null, IN_USE),
        for_everybody("GET /v1/data-sources", "/v1/data-sources"),
        of_group("GET /v1/data-sources/{name}", planes, Value::Null, 200, FINE, NOT_HERE),
        on_record("PUT /v1/data-sources/{name}", "/v1/data-sources/fresh", fresh, (201, "")),
        of_operator("POST /v1/data-sources:test", json!({"connection": connection}), 200),
        on_record(
            "POST /v1/data-sources/{name}/connection:test",
            &format!("{planes}/connection:test"),
            Value::Null,
            FINE,
        ),
        on_record(
            "DELETE /v1/data-sources/{name}",
            "/v1/data-sources/all-airlines",
            Value::Null,
            IN_USE,
        ),
    ]
}

fn dashboards() -> Vec<Row> {
    let on_time = "/v1/dashboards/on-time";
    let version = "GET /v1/dashboards/{name}/versions/{version}";
    let show = "PUT /v1/dashboards/{name}/environments/{environment}";
    let hide = "DELETE /v1/dashboards/{name}/environments/{environment}";
    let production = format!("{on_time}/environments/production");
    let dashboard = json!({"name": "empty", "datasets": {}, "panels": []});
    vec![
        for_everybody("GET /v1/dashboards", "/v1/dashboards"),
        for_everybody("GET /v1/dashboards/{name}", on_time),
        on_record("PUT /v1/dashboards/{name}", "/v1/dashboards/empty", dashboard, (201, "")),
        on_record(
            "GET /v1/dashboards/{name}/versions",
            &format!("{on_time}/versions"),
            Value::Null,
            FINE,
        ),
        on_record(
            "POST /v1/dashboards/{name}/panels/{id}/query:explain",
            &format!("{on_time}/panels/flights/query:explain"),
            json!({"customer": "UA"}),
            FINE,
        ),
        on_record(version, &format!("{on_time}/versions/1"), Value::Null, FINE),
        on_record(show, &production, json!({"version": 1}), FINE),
        on_record(hide, &production, Value::Null, (204, "")),
        on_record("DELETE /v1/dashboards/{name}", "/v1/dashboards/empty", Value::Null, (204, "")),
    ]
}

fn whole() -> Vec<Row> {
    vec![
        of_operator("GET /v1/workspace", Value::Null, 200),
        of_operator("POST /v1/workspace:apply", json!({"groups": []}), 200),
        of_operator("POST /v1/cache:purge", json!({"data_source": "planes"}), 204),
        of_operator("GET /v1/audit", Value::Null, 200),
        of_operator("GET /v1/audit:export", Value::Null, 200),
    ]
}
