//! The native API below `/v1`: for the product's back end, with an API token, and for the operator,
//! with the admin key.
//!
//! To add an operation: a handler in the resource's file whose arguments and reply
//! [describe](crate::openapi::Describe) themselves, and a line in the file's `operations`. It is
//! routed and documented by that, and the table of who may call what in the tests must name it.

mod caller;
mod customers;
mod groups;
mod once;
mod replies;

use crate::openapi::Operation;

/// Every operation below `/v1`, in the order of the reference.
pub(crate) fn operations() -> Vec<Operation> {
    [customers::operations(), groups::operations()].into_iter().flatten().collect()
}
