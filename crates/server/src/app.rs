//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use store::Store;

use crate::clock::Clock;
use crate::config::Config;

/// The running server's parts; a cheap handle.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts that [`App`] hands out.
pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub store: Store,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
