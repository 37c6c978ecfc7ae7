//! Dashboards whose SQL has been read, kept for the next request.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use model::name::DashboardKey;
use query::PreparedDashboard;
use store::PublishedDashboard;

/// Versions kept; more than a server has in use. When they are more, all are forgotten and made
/// again as they are asked for.
const MAX_KEPT: usize = 256;

/// The prepared form of published versions. A version never changes, so nothing here goes stale.
#[derive(Default)]
pub struct PreparedDashboards(RwLock<HashMap<(DashboardKey, i64), Arc<PreparedDashboard>>>);

impl PreparedDashboards {
    pub(crate) fn get(&self, published: &PublishedDashboard) -> Arc<PreparedDashboard> {
        let key = (published.key, published.version);
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        kept.unwrap_or_else(|| self.prepare(key, published))
    }

    fn prepare(
        &self,
        key: (DashboardKey, i64),
        published: &PublishedDashboard,
    ) -> Arc<PreparedDashboard> {
        let prepared = Arc::new(PreparedDashboard::new(Arc::clone(&published.definition)));
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&prepared));
        prepared
    }
}
