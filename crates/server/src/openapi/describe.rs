//! What extractors and replies tell of themselves.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::api_error::ApiError;
use crate::app::App;
use crate::body::JSON;
use crate::reading::FromFields;
use crate::request_id::RequestId;

/// Makes a type's schema, with what it refers to among the document's components.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of `T`.
pub(crate) fn schema_of<T: JsonSchema>() -> SchemaOf {
    SchemaGenerator::subschema_for::<T>
}

/// A part of a handler's signature that tells what it takes or answers.
pub(crate) trait Describe {
    fn describe(description: &mut Description);
}

/// What is known of an operation.
#[derive(Default)]
pub(crate) struct Description {
    pub(crate) credentials: BTreeSet<Credential>,
    pub(crate) parameters: Vec<Parameter>,
    /// A schema of an object, each of whose properties is a parameter of the query.
    pub(crate) query: Option<SchemaOf>,
    /// Media type and schema of each form of the body, and whether it must be there.
    pub(crate) bodies: Vec<(&'static str, SchemaOf)>,
    pub(crate) body_is_optional: bool,
    pub(crate) replies: Vec<ReplyDescription>,
    /// Names of the headers of every reply, with their meanings.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    /// What is read field by field.
    #[cfg(test)]
    pub(crate) readings: Vec<fn() -> Reading>,
}

/// The fields that a type shows, and those that it asks for.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) documented: BTreeSet<String>,
    pub(crate) asked: BTreeSet<String>,
}

/// One of the replies that are no failures.
pub(crate) struct ReplyDescription {
    pub(crate) status: u16,
    pub(crate) meaning: &'static str,
    /// Media type and schema of each form of the body; none without a body.
    pub(crate) bodies: Vec<(&'static str, SchemaOf)>,
    /// Names of headers, with their meanings.
    pub(crate) headers: &'static [(&'static str, &'static str)],
}

/// A credential that opens an operation; one of several is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Credential {
    /// An API token in `Authorization: Bearer`.
    ApiToken,
    /// The admin key in `Authorization: Bearer`.
    AdminKey,
    /// An API token in `Explo-Authorization: Token`.
    ExploToken,
    /// An embed token in `Authorization: Bearer`.
    EmbedToken,
    /// A dashboard's embed id and a customer token in `Fanlight-Customer-Token`.
    CustomerToken,
}

/// A parameter beside the body.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) meaning: &'static str,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Query,
    Header,
}

impl Description {
    pub(crate) fn parameter(&mut self, name: &'static str, place: Place, meaning: &'static str) {
        self.parameters.push(Parameter { name, place, meaning });
    }

    /// A JSON body.
    pub(crate) fn body<T: JsonSchema>(&mut self) {
        self.bodies.push((JSON, schema_of::<T>()));
    }

    /// A body of lines, each of them JSON.
    pub(crate) fn body_of_lines(&mut self, media: &'static str) {
        self.bodies.push((media, |_| schemars::json_schema!({"type": "string"})));
    }

    /// Parameters of the query, each a property of `T`.
    pub(crate) fn query<T: JsonSchema>(&mut self) {
        self.query = Some(schema_of::<T>());
    }

    /// A reply with a JSON body.
    pub(crate) fn reply<T: JsonSchema>(
        &mut self,
        status: u16,
        meaning: &'static str,
        headers: &'static [(&'static str, &'static str)],
    ) {
        let bodies = vec![(JSON, schema_of::<T>())];
        self.replies.push(ReplyDescription { status, meaning, bodies, headers });
    }

    /// A reply of lines, each of them JSON.
    pub(crate) fn reply_of_lines(&mut self, media: &'static str, meaning: &'static str) {
        let bodies: Vec<(_, SchemaOf)> =
            vec![(media, |_| schemars::json_schema!({"type": "string"}))];
        self.replies.push(ReplyDescription { status: 200, meaning, bodies, headers: &[] });
    }

    /// A reply without a body.
    pub(crate) fn empty_reply(&mut self, status: u16, meaning: &'static str) {
        let bodies = Vec::new();
        self.replies.push(ReplyDescription { status, meaning, bodies, headers: &[] });
    }

    /// A reply that is a file of one of these media types.
    pub(crate) fn file_reply(
        &mut self,
        meaning: &'static str,
        media: impl IntoIterator<Item = &'static str>,
        headers: &'static [(&'static str, &'static str)],
    ) {
        let bodies = media.into_iter().map(|media| (media, any_content as SchemaOf)).collect();
        self.replies.push(ReplyDescription { status: 200, meaning, bodies, headers });
    }

    /// A header of every reply.
    pub(crate) fn header(&mut self, name: &'static str, meaning: &'static str) {
        self.headers.push((name, meaning));
    }

    /// Notes that `T` is read field by field, for the test that holds it to its schema.
    #[cfg(not(test))]
    pub(crate) fn reads<T: FromFields>(&mut self) {}

    #[cfg(test)]
    pub(crate) fn reads<T: FromFields>(&mut self) {
        self.readings.push(|| {
            let mut fields = crate::json::Fields::default();
            let _ = T::from_fields(&mut fields);
            let schema = SchemaGenerator::default().into_root_schema_for::<T>();
            let schema = schema.as_value();
            Reading { documented: property_names(schema, schema), asked: fields.asked }
        });
    }
}

/// Bytes of which JSON Schema can tell nothing.
fn any_content(_: &mut SchemaGenerator) -> Schema {
    Schema::default()
}

/// The properties of an object, or of all the objects it may be.
#[cfg(test)]
fn property_names(schema: &serde_json::Value, root: &serde_json::Value) -> BTreeSet<String> {
    let reference = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    let schema = reference.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let forms = schema["anyOf"].as_array().into_iter().flatten();
    own.chain(forms.flat_map(|form| property_names(form, root))).collect()
}

impl Describe for State<App> {
    fn describe(_: &mut Description) {}
}

impl Describe for RequestId {
    fn describe(_: &mut Description) {}
}

impl<T: JsonSchema> Describe for Json<T> {
    fn describe(description: &mut Description) {
        description.reply::<T>(200, "Done", &[]);
    }
}

/// A line of plain text.
impl Describe for &'static str {
    fn describe(description: &mut Description) {
        description.file_reply("Done", ["text/plain"], &[]);
    }
}

/// Failures are told once for all operations.
impl Describe for ApiError {
    fn describe(_: &mut Description) {}
}

impl<T: Describe> Describe for Result<T, ApiError> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}
