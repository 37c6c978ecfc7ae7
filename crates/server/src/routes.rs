//! The handlers, one module per resource.

pub(crate) mod api;
pub(crate) mod demo;
pub(crate) mod embed;
pub(crate) mod health;
pub(crate) mod native;
pub(crate) mod openapi;
pub(crate) mod web;
