//! Fanlight's own metadata: customers, tags, credentials, data sources, dashboards. The only crate
//! with SQL for it.
//!
//! [`Store`] keeps it in SQLite, or in PostgreSQL when several nodes serve together. Both run the
//! same statements (`sql`), the same changes and the same tests; what differs between them stands
//! in `dialect`. Every method on customers' data takes a scope, and what is outside the scope is
//! answered as if absent.

mod activity;
mod ambient;
mod api_tokens;
mod apply;
pub mod audit;
mod credentials;
mod customers;
mod dashboards;
mod definitions;
mod dialect;
mod durable;
mod embed_secrets;
mod environments;
mod error;
mod groups;
mod health;
mod master_key;
mod migrate;
mod portal_access;
mod postgres;
mod publish;
mod purges;
mod recorded;
mod reseal;
mod schemas;
mod seal;
mod session;
mod sql;
mod sqlite;
mod store;
mod tags;
mod usage;
mod viewers;

pub use activity::{Activity, PoolUse};
pub use ambient::{Ambient, Clock, Entropy, SystemClock, SystemEntropy};
pub use api_tokens::{After, ApiTokenRecord, NewApiToken};
pub use apply::Amended;
pub use audit::{AuditEntry, AuditFilter};
pub use customers::{
    BatchOptions, CustomerFilter, Customers, ImportRow, ListFilter, ListPosition, Outcome, Page,
    Precondition, PutRow,
};
pub use dashboards::DashboardVersion;
pub use definitions::{Definitions, Group, PublishedDashboard, StoredDashboard};
pub use embed_secrets::{EmbedSecretRecord, RotatedSecret};
pub use error::{Fault, StoreError, Use};
pub use health::SchemaVersion;
pub use master_key::{ENVIRONMENT_VARIABLE, IncomingKey, MasterKey, MasterKeyError};
pub use purges::{PurgeTarget, Purges};
pub use recorded::{Kept, Pending, Recorded, Ticket};
pub use reseal::{Progress, SoleStore};
pub use sqlite::{Contents, Present, Restored, restore};
pub use store::{Location, Store, Work};
pub use usage::CustomerCount;
pub use viewers::Viewing;
