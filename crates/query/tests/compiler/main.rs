//! The compiler from the outside: requests in, statements or errors out.

mod advice;
mod explained;
mod golden;
mod hostile;
mod isolation;
mod requests;
mod row_policies;
mod templates;
mod world;
