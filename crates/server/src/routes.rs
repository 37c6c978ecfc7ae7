//! The handlers, one module per resource.

mod customer_fields;
mod mapping;

pub(crate) mod api;
pub(crate) mod demo;
pub(crate) mod embed;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod native;
pub(crate) mod openapi;
pub(crate) mod web;
