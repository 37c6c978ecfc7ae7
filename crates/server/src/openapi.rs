//! The OpenAPI 3.1 document, made from the operations that the router serves.
//!
//! An [`Operation`] is a handler with its method, path and name. What it takes and answers is read
//! from the handler's own signature: each extractor and each reply [`Describe`]s itself, with the
//! JSON schema of its type. So the document cannot tell of anything that the code does not do.

mod describe;
mod document;
mod operation;

pub(crate) use describe::{Credential, Describe, Description, Place};
pub(crate) use document::document;
pub(crate) use operation::{Operation, operation};
