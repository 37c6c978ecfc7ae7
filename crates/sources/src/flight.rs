//! Identical questions that are asked at the same time are one question.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use blake3::Hash;
use tokio::sync::watch;

use crate::cache::Fresh;
use crate::error::SourceError;
use crate::stop::{Stop, Stopper, stop};

pub(crate) type Outcome = Result<Fresh, SourceError>;

/// The questions under way.
#[derive(Clone, Default)]
pub(crate) struct Flights(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    next: u64,
    flights: HashMap<Hash, Flight>,
}

struct Flight {
    number: u64,
    outcome: watch::Receiver<Option<Outcome>>,
    waiters: usize,
    /// The longest that a waiter wants the result kept.
    keep_for: Duration,
    stopper: Stopper,
}

/// One who waits for an outcome. The last one to leave before it is there stops the query.
pub(crate) struct Waiter {
    flights: Flights,
    key: Hash,
    number: u64,
    outcome: watch::Receiver<Option<Outcome>>,
}

/// The task that finds the outcome.
pub(crate) struct Pilot {
    flights: Flights,
    key: Hash,
    number: u64,
    outcome: watch::Sender<Option<Outcome>>,
    pub(crate) stop: Stop,
}

impl Flights {
    /// Joins the question under way, or begins it: then the pilot has to bring an outcome.
    pub(crate) fn join(&self, key: Hash, keep_for: Duration) -> (Waiter, Option<Pilot>) {
        let mut table = self.table();
        table.next += 1;
        let number = table.next;
        match table.flights.entry(key) {
            Entry::Occupied(mut entry) => {
                let flight = entry.get_mut();
                flight.waiters += 1;
                flight.keep_for = flight.keep_for.max(keep_for);
                (self.waiter(key, flight.number, flight.outcome.clone()), None)
            }
            Entry::Vacant(entry) => {
                let (sender, outcome) = watch::channel(None);
                let (stopper, stop) = stop();
                let waiter = self.waiter(key, number, outcome.clone());
                entry.insert(Flight { number, outcome, waiters: 1, keep_for, stopper });
                let flights = self.clone();
                (waiter, Some(Pilot { flights, key, number, outcome: sender, stop }))
            }
        }
    }

    /// Whether the question is under way.
    pub(crate) fn has(&self, key: &Hash) -> bool {
        self.table().flights.contains_key(key)
    }

    fn waiter(&self, key: Hash, number: u64, outcome: watch::Receiver<Option<Outcome>>) -> Waiter {
        Waiter { flights: self.clone(), key, number, outcome }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    pub(crate) async fn outcome(mut self) -> Outcome {
        let outcome = self.outcome.wait_for(Option::is_some).await;
        let found = outcome.ok().and_then(|outcome| outcome.clone());
        found.unwrap_or_else(|| {
            let detail = "the query's task ended without an outcome".to_owned();
            Err(SourceError::Unavailable { detail })
        })
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut table = self.flights.table();
        let Entry::Occupied(mut entry) = table.flights.entry(self.key) else { return };
        if entry.get().number != self.number {
            return;
        }
        entry.get_mut().waiters -= 1;
        if entry.get().waiters == 0 {
            entry.remove().stopper.stop();
        }
    }
}

impl Pilot {
    /// The longest that a waiter wants the result kept so far.
    pub(crate) fn keep_for(&self) -> Duration {
        let table = self.flights.table();
        let flight = table.flights.get(&self.key).filter(|flight| flight.number == self.number);
        flight.map_or(Duration::ZERO, |flight| flight.keep_for)
    }

    /// Tells the waiters. Who asks from now on begins anew.
    pub(crate) fn land(&self, outcome: Outcome) {
        self.leave_table();
        self.outcome.send_replace(Some(outcome));
    }

    fn leave_table(&self) {
        let mut table = self.flights.table();
        if let Entry::Occupied(entry) = table.flights.entry(self.key)
            && entry.get().number == self.number
        {
            entry.remove();
        }
    }
}

impl Drop for Pilot {
    /// A task that panicked must not leave others waiting for it.
    fn drop(&mut self) {
        self.leave_table();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Hash {
        blake3::hash(b"the question")
    }

    fn failed() -> Outcome {
        Err(SourceError::Failed { detail: "no".to_owned() })
    }

    #[tokio::test]
    async fn who_asks_the_same_meanwhile_gets_the_same_outcome() {
        let flights = Flights::default();
        let (first, pilot) = flights.join(key(), Duration::ZERO);
        let (second, none) = flights.join(key(), Duration::from_secs(9));
        assert!(none.is_none());
        let pilot = pilot.unwrap();
        assert_eq!(pilot.keep_for(), Duration::from_secs(9));
        pilot.land(failed());
        assert!(matches!(first.outcome().await, Err(SourceError::Failed { .. })));
        assert!(matches!(second.outcome().await, Err(SourceError::Failed { .. })));
        assert!(flights.join(key(), Duration::ZERO).1.is_some());
    }

    #[test]
    fn the_query_stops_when_its_last_waiter_leaves_and_not_before() {
        let flights = Flights::default();
        let (first, pilot) = flights.join(key(), Duration::ZERO);
        let (second, _) = flights.join(key(), Duration::ZERO);
        let pilot = pilot.unwrap();
        drop(first);
        assert!(!pilot.stop.is_ordered());
        drop(second);
        assert!(pilot.stop.is_ordered());
        let (_third, another) = flights.join(key(), Duration::ZERO);
        assert!(another.is_some(), "a stopped query is not joined");
        pilot.land(failed());
        assert!(flights.join(key(), Duration::ZERO).1.is_none(), "nor does it end its successor");
    }

    #[tokio::test]
    async fn a_task_that_died_is_an_outcome_too() {
        let flights = Flights::default();
        let (waiter, pilot) = flights.join(key(), Duration::ZERO);
        drop(pilot);
        assert!(matches!(waiter.outcome().await, Err(SourceError::Unavailable { .. })));
    }
}
