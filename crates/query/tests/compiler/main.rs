//! The compiler from the outside: requests in, statements or errors out.

mod clickhouse;
mod golden;
mod hostile;
mod isolation;
mod requests;
mod templates;
mod world;
