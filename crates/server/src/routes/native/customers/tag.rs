//! Entity tags (RFC 9110, section 8.8.3): replies that carry one, and conditions on one.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use model::GroupScope;
use model::customer::CustomerRecord;
use schemars::JsonSchema;
use serde::Serialize;
use store::Precondition;

use super::shown::Customer;
use crate::openapi::{Describe, Description, Place};

/// A representation that has a strong entity tag.
pub(super) trait HasTag {
    /// In quotes, as the header has it.
    fn tag(&self) -> String;
}

const ETAG_MEANING: &[(&str, &str)] = &[("ETag", "Stands for this state, for If-Match")];

/// A representation with its tag.
pub(super) struct Tagged<T>(pub(super) T);

impl<T: HasTag + Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        ([(ETAG, self.0.tag())], Json(self.0)).into_response()
    }
}

impl<T: JsonSchema> Describe for Tagged<T> {
    fn describe(description: &mut Description) {
        description.reply::<T>(200, "Done", ETAG_MEANING);
    }
}

/// A representation that was asked for, or only word that the client has it already.
pub(super) enum Read<T> {
    Whole(Tagged<T>),
    NotModified(String),
}

impl<T: HasTag> Read<T> {
    /// Whole, unless `If-None-Match` has its tag.
    pub(super) fn unless_known(value: T, headers: &HeaderMap) -> Self {
        let tag = value.tag();
        match Tags::of(headers, &IF_NONE_MATCH) {
            Some(tags) if tags.hold(Some(&tag)) => Self::NotModified(tag),
            _ => Self::Whole(Tagged(value)),
        }
    }
}

impl<T: HasTag + Serialize> IntoResponse for Read<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Whole(whole) => whole.into_response(),
            Self::NotModified(tag) => (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response(),
        }
    }
}

impl<T: JsonSchema> Describe for Read<T> {
    fn describe(description: &mut Description) {
        Tagged::<T>::describe(description);
        description.empty_reply(304, "As the client has it");
    }
}

/// What was put, with its tag: 201 when it is new.
pub(super) struct Put<T> {
    pub(super) value: T,
    pub(super) is_new: bool,
}

impl<T: HasTag + Serialize> IntoResponse for Put<T> {
    fn into_response(self) -> Response {
        let status = if self.is_new { StatusCode::CREATED } else { StatusCode::OK };
        (status, [(ETAG, self.value.tag())], Json(self.value)).into_response()
    }
}

impl<T: JsonSchema> Describe for Put<T> {
    fn describe(description: &mut Description) {
        description.reply::<T>(200, "Replaced, or as it was wanted already", ETAG_MEANING);
        description.reply::<T>(201, "Made", ETAG_MEANING);
    }
}

/// `If-Match`: the change is made only to the state of this tag.
pub(super) struct IfMatch(Option<Tags>);

/// `If-Match` and `If-None-Match`; `If-None-Match: *` makes and never replaces.
pub(super) struct Conditions {
    only: IfMatch,
    unless: Option<Tags>,
}

/// The tags of a condition.
enum Tags {
    /// Whatever is there.
    Any,
    Listed(Vec<String>),
}

impl Tags {
    fn of(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
        let tags = values.flat_map(|value| value.split(',')).map(|tag| tag.trim().to_owned());
        let tags: Vec<String> = tags.filter(|tag| !tag.is_empty()).collect();
        if tags.is_empty() && !headers.contains_key(name) {
            None
        } else if tags == ["*"] {
            Some(Self::Any)
        } else {
            Some(Self::Listed(tags))
        }
    }

    /// Whether what has this tag, `None` when there is nothing, is meant.
    fn hold(&self, tag: Option<&str>) -> bool {
        match (self, tag) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            // A weak tag never matches strongly; of ours there are none.
            (Self::Listed(tags), Some(tag)) => tags.iter().any(|it| it == tag),
        }
    }
}

impl IfMatch {
    pub(super) fn into_precondition(self, scope: &GroupScope) -> Option<Precondition> {
        Conditions { only: self, unless: None }.into_precondition(scope)
    }
}

impl Conditions {
    /// The conditions as the store holds them, `None` without any.
    pub(super) fn into_precondition(self, scope: &GroupScope) -> Option<Precondition> {
        let Self { only: IfMatch(only), unless } = self;
        if only.is_none() && unless.is_none() {
            return None;
        }
        let scope = scope.clone();
        Some(Arc::new(move |found: Option<&CustomerRecord>| {
            let tag = found.map(|record| Customer::of(record, &scope).tag());
            let tag = tag.as_deref();
            only.as_ref().is_none_or(|tags| tags.hold(tag))
                && !unless.as_ref().is_some_and(|tags| tags.hold(tag))
        }))
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Tags::of(&parts.headers, &IF_MATCH)))
    }
}

impl<S: Sync> FromRequestParts<S> for Conditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let only = IfMatch::from_request_parts(parts, state).await?;
        Ok(Self { only, unless: Tags::of(&parts.headers, &IF_NONE_MATCH) })
    }
}

impl Describe for IfMatch {
    fn describe(description: &mut Description) {
        let meaning = "Only the state of this tag is changed; else 412.";
        description.parameter("If-Match", Place::Header, meaning);
    }
}

impl Describe for Conditions {
    fn describe(description: &mut Description) {
        IfMatch::describe(description);
        let meaning = "`*`: make, but never replace; else 412.";
        description.parameter("If-None-Match", Place::Header, meaning);
    }
}

/// For the conditions of reads.
impl Describe for HeaderMap {
    fn describe(description: &mut Description) {
        let meaning = "Answer 304 without a body when the state still has this tag.";
        description.parameter("If-None-Match", Place::Header, meaning);
    }
}
