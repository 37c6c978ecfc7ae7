//! What viewers see, over the real engine and the demo's flights: what a customer carries reaches its
//! panels, and nothing that a viewer sends widens them.

mod by_hand;
mod cached;
mod carried;
#[path = "../shared/document.rs"]
mod contract;
mod credentials;
mod documented;
mod explained;
mod isolation;
mod leaving;
mod operations;
mod replies;
mod support;
mod widening;
