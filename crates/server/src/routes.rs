//! The handlers, one module per resource.

pub(crate) mod api;
pub(crate) mod health;
