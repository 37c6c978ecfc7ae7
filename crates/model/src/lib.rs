//! What Fanlight is about, as values and rules: customers and their tree, levels, groups, mapping,
//! data sources, dashboards, credentials and scopes.
//!
//! Everything here is pure. There is no I/O, no `async`, no clock and no randomness: callers fetch
//! the path of customers or draw the random bytes, and a rule decides.

pub mod access;
pub mod credential;
pub mod customer;
pub mod dashboard;
pub mod declaration;
pub mod inheritance;
pub mod level;
pub mod merge_patch;
pub mod name;
pub mod nearest;
pub mod placement;
pub mod population;
pub mod source;

pub use access::{GroupScope, OperatorScope, ViewerScope};
pub use customer::Customer;
pub use dashboard::Dashboard;
pub use declaration::Declaration;
pub use level::Levels;
pub use nearest::nearest;
