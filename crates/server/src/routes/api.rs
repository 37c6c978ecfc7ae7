//! Explo's HTTP API, as its clients know it.
//!
//! Credentials come in `Explo-Authorization`, ids in JSON bodies, and every reply but one carries
//! `success`. `docs/reference/facade.md` lists what matches and what differs.

pub(crate) mod caller;
mod customer_body;
pub(crate) mod customer_lists;
pub(crate) mod customers;
pub(crate) mod dashboards;
pub(crate) mod group_tags;
pub(crate) mod jwt;
pub(crate) mod not_offered;
mod replies;
pub(crate) mod user_groups;
