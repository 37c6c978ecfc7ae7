//! Replies that are written from what is borrowed, under a signature that tells their form.

use std::marker::PhantomData;

use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;

use crate::openapi::{Describe, Description};

/// A reply that has been written already, as JSON of the form `T`.
pub(crate) struct Answer<T> {
    response: Response,
    form: PhantomData<fn() -> T>,
}

impl<T> Answer<T> {
    pub(crate) fn new(response: impl IntoResponse) -> Self {
        Self { response: response.into_response(), form: PhantomData }
    }
}

impl<T> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        self.response
    }
}

impl<T: JsonSchema> Describe for Answer<T> {
    fn describe(description: &mut Description) {
        description.reply::<T>(200, "Done", &[]);
    }
}
