//! The compiler from the outside: requests in, statements or errors out.

mod golden;
mod hostile;
mod isolation;
mod loose;
mod requests;
mod templates;
mod world;
