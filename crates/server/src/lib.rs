//! The server: the only crate that knows HTTP and JSON.
//!
//! The way of a request: [`serve`] reads it from a connection, the [`frame`] gives it an id and
//! counts it, [`router`](router) finds its handler in `routes`, which parses, asks the store or the
//! sources, and answers. Whatever fails is an [`ApiError`].

mod admission;
mod answer;
pub mod api_error;
pub mod app;
mod arrival;
pub mod body;
pub mod cli;
pub mod client_address;
pub mod clock;
pub mod config;
mod cors;
pub mod demo;
pub mod embed_token;
mod extract;
pub mod field_path;
mod frame;
pub mod import;
pub mod json;
pub mod log;
mod metrics;
mod openapi;
pub mod origin;
pub mod outgoing;
mod pieces;
pub mod prepared;
mod rate_limit;
pub mod reach;
mod readiness;
mod reading;
pub mod request_id;
mod retention;
mod router;
mod routes;
pub mod serve;
mod surface;
mod time;
mod traces;
mod validate;
mod whence;

pub use api_error::ApiError;
pub use app::{App, Parts};
pub use config::Config;
pub use frame::Frame;
pub use router::operation_calls;
pub use routes::openapi::text as openapi_document;
pub use routes::web::charts;
