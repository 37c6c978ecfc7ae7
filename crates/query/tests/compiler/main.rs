//! The compiler from the outside: requests in, statements or errors out.

mod advice;
mod clickhouse;
mod explained;
mod golden;
mod hostile;
mod isolation;
mod loose;
mod requests;
mod row_policies;
mod server_tables;
mod templates;
mod world;
