//! Lets queries through to one data source, as many as it may have, fairly between customers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::options::CustomerKey;
use crate::queue::{FairQueue, Full, QueueLimits, REMEMBERED};

type Waiting = oneshot::Sender<Permit>;

#[derive(Debug)]
pub(crate) struct Gate {
    queue: Mutex<FairQueue<CustomerKey, Waiting>>,
}

/// The right to run one query, given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    gate: Arc<Gate>,
    customer: CustomerKey,
}

impl Gate {
    pub(crate) fn new(limits: QueueLimits) -> Arc<Self> {
        Arc::new(Self { queue: Mutex::new(FairQueue::new(limits)) })
    }

    /// Waits for the customer's turn. Errs at once when too many wait already.
    pub(crate) async fn enter(self: &Arc<Self>, customer: CustomerKey) -> Result<Permit, Full> {
        let (sender, mut receiver) = oneshot::channel();
        self.queue_up(customer, sender)?;
        loop {
            // Shares also grow when a customer is forgotten, which nobody tells.
            self.admit();
            if let Ok(permit) = timeout(REMEMBERED, &mut receiver).await {
                // The sender is dropped unused only together with the gate, which `self` keeps.
                return permit.map_err(|_| Full);
            }
        }
    }

    /// How many queries run, and how many wait.
    pub(crate) fn load(&self) -> (usize, usize) {
        self.queue().load()
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.queue().is_idle()
    }

    fn queue_up(&self, customer: CustomerKey, waiting: Waiting) -> Result<(), Full> {
        let mut queue = self.queue();
        if queue.is_full() {
            queue.retain(|waiting| !waiting.is_closed());
        }
        queue.push(customer, waiting)
    }

    /// Lets in whoever may come in now.
    fn admit(self: &Arc<Self>) {
        loop {
            // The lock is free again before the permit is sent: one that nobody takes is dropped
            // here and asks for the lock.
            let next = self.queue().next(Instant::now());
            let Some((customer, waiting)) = next else { return };
            let _ = waiting.send(Permit { gate: Arc::clone(self), customer });
        }
    }

    fn queue(&self) -> MutexGuard<'_, FairQueue<CustomerKey, Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.gate.queue().finished(&self.customer, Instant::now());
        self.gate.admit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One at a time.
    fn narrow() -> Arc<Gate> {
        let limits = QueueLimits { running: 1, running_per_customer: 1, at_ease: 1, waiting: 1 };
        Gate::new(limits)
    }

    fn customer(name: &str) -> CustomerKey {
        CustomerKey(name.to_owned())
    }

    #[tokio::test]
    async fn a_permit_given_back_lets_the_next_one_in() {
        let gate = narrow();
        let first = gate.enter(customer("a")).await.unwrap();
        let second = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter(customer("b")).await }
        });
        tokio::task::yield_now().await;
        assert_eq!(gate.enter(customer("c")).await.err(), Some(Full));
        drop(first);
        drop(second.await.unwrap().unwrap());
        assert!(gate.is_idle());
    }

    #[tokio::test]
    async fn who_waits_beside_a_customer_that_has_left_comes_in_when_that_is_forgotten() {
        let limits = QueueLimits { running: 2, running_per_customer: 2, at_ease: 1, waiting: 9 };
        let gate = Gate::new(limits);
        drop(gate.enter(customer("a")).await.unwrap());
        let first = gate.enter(customer("b")).await.unwrap();
        // The first does not end, so nothing but time lets the second in.
        let second = gate.enter(customer("b"));
        assert!(timeout(REMEMBERED * 10, second).await.is_ok());
        drop(first);
    }

    #[tokio::test]
    async fn who_gave_up_waiting_takes_no_place() {
        let gate = narrow();
        let first = gate.enter(customer("a")).await.unwrap();
        let impatient = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter(customer("b")).await.map(drop) }
        });
        tokio::task::yield_now().await;
        impatient.abort();
        assert!(impatient.await.is_err());
        let patient = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter(customer("c")).await }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(patient.await.unwrap().is_ok());
        assert!(gate.is_idle());
    }
}
