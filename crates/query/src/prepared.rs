//! A dashboard whose SQL has been read once.

use std::sync::Arc;

use model::Dashboard;

/// A dashboard with what its texts mean already worked out. Make one per published version and keep
/// it; making one per request is correct and slower.
#[derive(Debug)]
pub struct PreparedDashboard {
    pub(crate) dashboard: Arc<Dashboard>,
}

impl PreparedDashboard {
    pub fn new(dashboard: Arc<Dashboard>) -> Self {
        Self { dashboard }
    }

    /// The definition itself.
    pub fn dashboard(&self) -> &Dashboard {
        &self.dashboard
    }
}
