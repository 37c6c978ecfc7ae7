//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use render::Charts;
use sources::Sources;
use store::{Entropy, Store, SystemEntropy};

use crate::clock::Clock;
use crate::config::Config;
use crate::demo::Demo;
use crate::prepared::PreparedDashboards;

/// The running server's parts; a cheap handle.
#[derive(Clone)]
pub struct App(Arc<Parts>);

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
        Self(Arc::new(parts))
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
        &self.0
    }
}
