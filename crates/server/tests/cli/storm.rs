//! A storm of creates: many callers at once, for as long as the test wants.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::installation::{Acknowledged, Calls, Refusal};

const CALLERS: usize = 16;
/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Callers that create one customer after the other until they are stopped.
pub(crate) struct Storm {
    seen: Arc<Seen>,
    callers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    stop: AtomicBool,
    acknowledged: Mutex<Vec<Acknowledged>>,
    refused: Mutex<Vec<Refusal>>,
}

impl Storm {
    /// Ids begin with `name`.
    pub(crate) fn start(calls: &Calls, name: &str) -> Self {
        let seen = Arc::new(Seen::default());
        let callers = (0..CALLERS).map(|caller| {
            let (calls, seen) = (calls.clone(), Arc::clone(&seen));
            let name = format!("{name}-{caller}");
            tokio::spawn(async move { seen.create_until_stopped(&calls, &name).await })
        });
        Self { callers: callers.collect(), seen }
    }

    pub(crate) fn acknowledged(&self) -> Vec<Acknowledged> {
        locked(&self.seen.acknowledged).clone()
    }

    /// Waits for this many more acknowledged customers.
    pub(crate) async fn until_acknowledged(&self, more: usize) {
        let count = || locked(&self.seen.acknowledged).len();
        wait_until_grown(count, more).await;
    }

    /// Waits for this many more refusals, and returns the last.
    pub(crate) async fn until_refused(&self, more: usize) -> Refusal {
        wait_until_grown(|| locked(&self.seen.refused).len(), more).await;
        locked(&self.seen.refused).last().expect("a refusal").clone()
    }

    /// Ends the storm when the calls under way are answered: all that was acknowledged, and refused.
    pub(crate) async fn stop(self) -> (Vec<Acknowledged>, Vec<Refusal>) {
        self.seen.stop.store(true, Ordering::Relaxed);
        for caller in self.callers {
            caller.await.expect("no panic");
        }
        (locked(&self.seen.acknowledged).clone(), locked(&self.seen.refused).clone())
    }
}

async fn wait_until_grown(count: impl Fn() -> usize, more: usize) {
    let wanted = count() + more;
    let waited = tokio::time::timeout(PATIENCE, async {
        while count() < wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{} of {wanted} came", count()));
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic")
}

impl Seen {
    async fn create_until_stopped(&self, calls: &Calls, name: &str) {
        let mut at = 0;
        while !self.stop.load(Ordering::Relaxed) {
            at += 1;
            match calls.create(&format!("{name}-{at}")).await {
                Some(Ok(customer)) => locked(&self.acknowledged).push(customer),
                Some(Err(refusal)) => {
                    locked(&self.refused).push(refusal);
                    rest().await;
                }
                None => rest().await,
            }
        }
    }
}

/// A server in trouble is not asked as fast as it can refuse.
async fn rest() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}
