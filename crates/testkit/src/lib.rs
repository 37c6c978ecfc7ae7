//! What tests start for themselves: servers of databases, stores, sample customers. Everything is in
//! temporary directories and goes away with the value that holds it.

mod clickhouse;
mod clock;
mod cluster;
mod keeper;
mod mariadb;
mod pooler;
mod samples;
mod start;
mod store;

pub use clickhouse::{ClickHouse, ClickHousePair};
pub use clock::ManualClock;
pub use cluster::Cluster;
pub use mariadb::MariaDb;
pub use pooler::Pooler;
pub use samples::{customer, customer_below, flights, stored_customer, viewer_scope};
pub use start::Certificate;
pub use store::{ClosedStore, TestStore};
