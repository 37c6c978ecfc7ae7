//! Operations as an OpenAPI 3.1 document.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::describe::{Credential, Description, Parameter, Place, ReplyDescription, SchemaOf};
use super::operation::Operation;
use crate::api_error::{FacadeFailure, Problem};
use crate::surface::Surface;

/// What `/openapi.json` answers.
pub(crate) fn document(operations: &[Operation]) -> Value {
    let mut schemas = Schemas::default();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        let methods = paths.entry(operation.path).or_default();
        let described = described(operation, &mut schemas);
        methods.insert(operation.method.as_str().to_ascii_lowercase(), described);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fanlight",
            "version": env!("CARGO_PKG_VERSION"),
            "description": INTRODUCTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas.into_definitions(),
            "securitySchemes": security_schemes(),
        },
    })
}

/// Schemas of what is read and of what is written. A field that may be left out of a request stands in
/// every reply, so one type has two of them.
struct Schemas {
    requests: SchemaGenerator,
    replies: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        let settings = SchemaSettings::draft2020_12()
            .with(|settings| settings.definitions_path = "/components/schemas".into());
        Self {
            requests: settings.clone().for_deserialize().into_generator(),
            replies: settings.for_serialize().into_generator(),
        }
    }
}

impl Schemas {
    /// By their names. A type of both kinds is shown as it is written.
    fn into_definitions(mut self) -> BTreeMap<String, Value> {
        let requests = self.requests.take_definitions(true);
        requests.into_iter().chain(self.replies.take_definitions(true)).collect()
    }
}

const INTRODUCTION: &str = "Live dashboards for each customer of a product. `/v1` manages the \
    server, `/embed/v1` is what the elements in a page call, `/api` and `/v2/api` are Explo's \
    calls. Times are RFC 3339 in UTC. Fields may be added to replies at any time.";

fn described(operation: &Operation, schemas: &mut Schemas) -> Value {
    let description = &operation.description;
    let mut told = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [tag(operation.path)],
        "responses": responses(description, Surface::of(operation.path), &mut schemas.replies),
        "security": description.credentials.iter().map(|it| json!({scheme(*it): []})).collect::<Vec<_>>(),
    });
    let parameters = parameters(operation, &mut schemas.requests);
    if !parameters.is_empty() {
        told["parameters"] = Value::Array(parameters);
    }
    if !description.bodies.is_empty() {
        let content = content(&description.bodies, &mut schemas.requests);
        told["requestBody"] =
            json!({"required": !description.body_is_optional, "content": content});
    }
    told
}

/// The surface that an operation belongs to, for the reader's table of contents.
fn tag(path: &str) -> String {
    match Surface::of(path) {
        Surface::Facade => "explo".to_owned(),
        Surface::Embed => "embed".to_owned(),
        Surface::Native => {
            let resource = path.split('/').nth(2).unwrap_or_default();
            resource.split(':').next().unwrap_or_default().to_owned()
        }
        Surface::Web => "server".to_owned(),
    }
}

fn parameters(operation: &Operation, schemas: &mut SchemaGenerator) -> Vec<Value> {
    let description = &operation.description;
    let of_path = names_in(operation.path).map(
        |name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}),
    );
    let mut parameters: Vec<Value> = of_path.collect();
    parameters.extend(description.parameters.iter().map(|Parameter { name, place, meaning }| {
        let place = if *place == Place::Header { "header" } else { "query" };
        json!({"name": name, "in": place, "description": meaning, "schema": {"type": "string"}})
    }));
    if let Some(query) = description.query {
        parameters.extend(query_parameters(&query(schemas), schemas));
    }
    parameters
}

fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// The properties of an object as parameters.
fn query_parameters(object: &schemars::Schema, schemas: &SchemaGenerator) -> Vec<Value> {
    let object = object.as_value();
    let name = object["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let object = name.and_then(|name| schemas.definitions().get(name)).unwrap_or(object);
    let is_required = |name: &str| {
        object["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name))
    };
    let properties = object["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let mut schema = without_null(schema.clone());
            let meaning = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            json!({
                "name": name, "in": "query", "required": is_required(name),
                "description": meaning.unwrap_or_else(|| "".into()), "schema": schema,
            })
        })
        .collect()
}

/// A query cannot say null: what is not given is absent.
fn without_null(mut schema: Value) -> Value {
    for word in ["type", "anyOf"] {
        let Some(Value::Array(forms)) = schema.get_mut(word) else { continue };
        forms.retain(|form| form != "null" && form["type"] != "null");
    }
    schema
}

fn responses(
    description: &Description,
    surface: Surface,
    schemas: &mut SchemaGenerator,
) -> Map<String, Value> {
    let mut responses = Map::new();
    for reply in &description.replies {
        responses.insert(reply.status.to_string(), response(reply, &description.headers, schemas));
    }
    let failure = match surface {
        Surface::Facade => json!({
            "application/json": {"schema": schemas.subschema_for::<FacadeFailure>()},
        }),
        _ => json!({
            "application/problem+json": {"schema": schemas.subschema_for::<Problem>()},
        }),
    };
    let told = json!({"description": "What went wrong, and what to do", "content": failure});
    responses.insert("default".to_owned(), told);
    responses
}

fn response(
    reply: &ReplyDescription,
    common_headers: &[(&str, &str)],
    schemas: &mut SchemaGenerator,
) -> Value {
    let mut told = json!({"description": reply.meaning});
    if !reply.bodies.is_empty() {
        told["content"] = content(&reply.bodies, schemas);
    }
    let headers: Map<String, Value> =
        reply.headers.iter().chain(common_headers).map(header).collect();
    if !headers.is_empty() {
        told["headers"] = Value::Object(headers);
    }
    told
}

fn header((name, meaning): &(&str, &str)) -> (String, Value) {
    ((*name).to_owned(), json!({"description": meaning, "schema": {"type": "string"}}))
}

/// Media types with their schemas.
fn content(bodies: &[(&'static str, SchemaOf)], schemas: &mut SchemaGenerator) -> Value {
    let entry = |(media, schema): &(&'static str, SchemaOf)| {
        ((*media).to_owned(), json!({"schema": schema(schemas)}))
    };
    bodies.iter().map(entry).collect::<Map<_, _>>().into()
}

fn scheme(credential: Credential) -> &'static str {
    match credential {
        Credential::ApiToken => "api_token",
        Credential::AdminKey => "admin_key",
        Credential::ExploToken => "explo_token",
        Credential::EmbedToken => "embed_token",
        Credential::CustomerToken => "customer_token",
    }
}

fn security_schemes() -> Value {
    json!({
        "api_token": {
            "type": "http", "scheme": "bearer",
            "description": "An API token: the customers of one group, and what belongs to it.",
        },
        "admin_key": {
            "type": "http", "scheme": "bearer",
            "description": "The operator's key. For customers, add `?group=NAME`.",
        },
        "explo_token": {
            "type": "apiKey", "in": "header", "name": "Explo-Authorization",
            "description": "`Token <API token>`",
        },
        "embed_token": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWE",
            "description": "An embed token, made with an embed secret.",
        },
        "customer_token": {
            "type": "apiKey", "in": "header", "name": "Fanlight-Customer-Token",
            "description": "`<embed id>:<customer token>`",
        },
    })
}
