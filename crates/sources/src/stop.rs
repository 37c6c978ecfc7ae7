//! An order to stop, given once and heard by whoever works on a query.

use tokio::sync::watch;

/// Gives the order.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<bool>);

/// Hears the order.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

pub(crate) fn stop() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Returns when the order was given, or can no longer be heard for want of a giver.
    pub(crate) async fn ordered(&self) {
        let _ = self.0.clone().wait_for(|ordered| *ordered).await;
    }

    pub(crate) fn is_ordered(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}
