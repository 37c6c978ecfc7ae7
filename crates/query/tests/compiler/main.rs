//! The compiler from the outside: requests in, statements or errors out.

mod golden;
mod hostile;
mod isolation;
mod requests;
mod server_tables;
mod templates;
mod world;
