//! The server's APIs, spoken to as a client does: the whole server over a real store, mostly without
//! a connection in between.

mod authentication;
mod bodies;
mod connections;
#[path = "../shared/document.rs"]
mod contract;
mod create;
mod document;
mod embed_tokens;
mod frame;
mod group_tags;
mod isolation;
mod jose;
mod lists;
mod log;
mod native;
mod operation;
mod portal;
mod publish;
mod slow_clients;
mod support;
mod tree;
mod update;
mod user_groups;
