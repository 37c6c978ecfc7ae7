//! The handlers, one module per resource.

pub(crate) mod api;
mod customer_fields;
pub(crate) mod demo;
pub(crate) mod embed;
pub(crate) mod health;
mod mapping;
pub(crate) mod native;
pub(crate) mod openapi;
pub(crate) mod web;
