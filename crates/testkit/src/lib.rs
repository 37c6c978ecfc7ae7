//! What tests start for themselves: a PostgreSQL cluster, stores, sample customers. Everything is in
//! temporary directories and goes away with the value that holds it.

mod clock;
mod cluster;
mod pooler;
mod samples;
mod store;

pub use clock::ManualClock;
pub use cluster::{Certificate, Cluster};
pub use pooler::Pooler;
pub use samples::{customer, customer_below, flights};
pub use store::{ClosedStore, TestStore};
