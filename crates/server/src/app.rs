//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use render::Charts;
use sources::Sources;
use store::{Entropy, Store, SystemEntropy};

use crate::admission::Admission;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::Demo;
use crate::metrics::Metrics;
use crate::prepared::PreparedDashboards;
use crate::readiness::WriteCheck;
use crate::router;

/// The running server's parts; a cheap handle.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    metrics: Metrics,
    admission: Admission,
    write_check: WriteCheck,
    is_stopping: AtomicBool,
}

/// The parts that [`App`] hands out.
pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub store: Store,
    pub sources: Sources,
    pub prepared: PreparedDashboards,
    /// Draws panels for exports.
    pub charts: Charts,
    /// Only of `fanlight demo`.
    pub demo: Option<Demo>,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        let routes = router::routes(parts.demo.is_some());
        Self(Arc::new(Inner {
            metrics: Metrics::new(routes.templates(), parts.clock.now()),
            admission: Admission::new(&parts.config),
            write_check: WriteCheck::default(),
            is_stopping: AtomicBool::new(false),
            parts,
        }))
    }

    /// From now on `/readyz` says that the server stops. Requests are answered as before.
    pub fn stop(&self) {
        self.0.is_stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.0.is_stopping.load(Ordering::Relaxed)
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn admission(&self) -> &Admission {
        &self.0.admission
    }

    pub(crate) fn write_check(&self) -> &WriteCheck {
        &self.0.write_check
    }

    /// Random bytes, fit for secrets.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        SystemEntropy.fill(&mut bytes);
        bytes
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
