//! What extractors and replies tell of themselves.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::api_error::ApiError;
use crate::app::App;
use crate::body::JSON;
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
}

/// One of the replies that are no failures.
pub(crate) struct ReplyDescription {
    pub(crate) status: u16,
    pub(crate) meaning: &'static str,
    /// Media type and schema; `None` without a body.
    pub(crate) body: Option<(&'static str, SchemaOf)>,
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
        let body = Some((JSON, schema_of::<T>()));
        self.replies.push(ReplyDescription { status, meaning, body, headers });
    }

    /// A reply of lines, each of them JSON.
    pub(crate) fn reply_of_lines(&mut self, media: &'static str, meaning: &'static str) {
        let body: Option<(_, SchemaOf)> =
            Some((media, |_| schemars::json_schema!({"type": "string"})));
        self.replies.push(ReplyDescription { status: 200, meaning, body, headers: &[] });
    }

    /// A reply without a body.
    pub(crate) fn empty_reply(&mut self, status: u16, meaning: &'static str) {
        self.replies.push(ReplyDescription { status, meaning, body: None, headers: &[] });
    }
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

/// Failures are told once for all operations.
impl<T: Describe> Describe for Result<T, ApiError> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}
