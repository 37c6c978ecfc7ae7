//! Whose turn it is: a queue that is fair between customers. Pure; `gate` puts it to use.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// A customer whose last item is finished counts for so long as one that goes on asking: between two
/// questions of a page it keeps its share.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(1);

/// How many may run and wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueueLimits {
    pub(crate) running: usize,
    pub(crate) running_per_customer: usize,
    /// How many run at once before one slows the other. Customers who ask at the same time share
    /// these evenly; each may have one in any case.
    pub(crate) at_ease: usize,
    pub(crate) waiting: usize,
}

/// Customers take turns, one item each; within a customer, first come is first served. A customer
/// with as many running items as it may have is passed over.
#[derive(Debug)]
pub(crate) struct FairQueue<K, T> {
    limits: QueueLimits,
    running: usize,
    waiting: usize,
    lines: HashMap<K, Line<T>>,
    /// The customers that wait, whose turn is next first.
    turns: VecDeque<K>,
    /// Who had its last item finished when, earliest first; some have asked again since.
    left: VecDeque<(Instant, K)>,
}

#[derive(Debug)]
struct Line<T> {
    running: usize,
    waiting: VecDeque<T>,
    left_at: Option<Instant>,
}

impl<T> Line<T> {
    fn is_idle(&self) -> bool {
        self.running == 0 && self.waiting.is_empty()
    }
}

/// As many wait already as may.
#[derive(Debug, PartialEq)]
pub(crate) struct Full;

impl<K: Clone + Eq + Hash, T> FairQueue<K, T> {
    pub(crate) fn new(limits: QueueLimits) -> Self {
        Self {
            limits,
            running: 0,
            waiting: 0,
            lines: HashMap::new(),
            turns: VecDeque::new(),
            left: VecDeque::new(),
        }
    }

    pub(crate) fn push(&mut self, customer: K, item: T) -> Result<(), Full> {
        if self.is_full() {
            return Err(Full);
        }
        let line = self.lines.entry(customer.clone()).or_insert_with(|| Line {
            running: 0,
            waiting: VecDeque::new(),
            left_at: None,
        });
        if line.waiting.is_empty() {
            self.turns.push_back(customer);
        }
        line.waiting.push_back(item);
        self.waiting += 1;
        Ok(())
    }

    /// Takes out the item whose turn it is and counts it as running.
    pub(crate) fn next(&mut self, now: Instant) -> Option<(K, T)> {
        if self.running >= self.limits.running {
            return None;
        }
        let quota = self.quota(now);
        let may_run = |customer: &K| {
            let line = self.lines.get(customer);
            line.is_some_and(|line| line.running < quota)
        };
        let turn = self.turns.iter().position(may_run)?;
        let customer = self.turns.remove(turn)?;
        let line = self.lines.get_mut(&customer)?;
        let item = line.waiting.pop_front()?;
        line.running += 1;
        if !line.waiting.is_empty() {
            self.turns.push_back(customer.clone());
        }
        self.running += 1;
        self.waiting -= 1;
        Some((customer, item))
    }

    /// How many items of one customer may run now.
    fn quota(&mut self, now: Instant) -> usize {
        self.forget(now);
        match self.lines.len() {
            0 | 1 => self.limits.running_per_customer,
            customers => {
                let share = (self.limits.at_ease / customers).max(1);
                share.min(self.limits.running_per_customer)
            }
        }
    }

    /// Drops the lines of customers who have not asked again.
    fn forget(&mut self, now: Instant) {
        while let Some((left_at, customer)) = self.left.front()
            && now.saturating_duration_since(*left_at) >= REMEMBERED
        {
            if let Some(line) = self.lines.get_mut(customer)
                && line.left_at == Some(*left_at)
            {
                // Who asks again has not left.
                line.left_at = None;
                if line.is_idle() {
                    self.lines.remove(customer);
                }
            }
            self.left.pop_front();
        }
    }

    /// To be called once for each item that [`FairQueue::next`] gave out.
    pub(crate) fn finished(&mut self, customer: &K, now: Instant) {
        self.running -= 1;
        if let Some(line) = self.lines.get_mut(customer) {
            line.running -= 1;
            if line.is_idle() {
                line.left_at = Some(now);
                self.left.push_back((now, customer.clone()));
            }
        }
    }

    /// Forgets the waiting items that are not worth waiting for any more.
    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        for line in self.lines.values_mut() {
            line.waiting.retain(&keep);
        }
        self.waiting = self.lines.values().map(|line| line.waiting.len()).sum();
        self.lines.retain(|_, line| !line.is_idle() || line.left_at.is_some());
        let lines = &self.lines;
        self.turns.retain(|customer| lines.get(customer).is_some_and(|l| !l.waiting.is_empty()));
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting >= self.limits.waiting
    }

    /// How many items run, and how many wait.
    pub(crate) fn load(&self) -> (usize, usize) {
        (self.running, self.waiting)
    }

    /// Whether nothing runs and nothing waits.
    pub(crate) fn is_idle(&self) -> bool {
        self.running == 0 && self.waiting == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(running: usize, running_per_customer: usize, waiting: usize) -> QueueLimits {
        QueueLimits { running, running_per_customer, at_ease: running, waiting }
    }

    fn queue(limits: QueueLimits, items: &[&'static str]) -> FairQueue<char, &'static str> {
        let mut queue = FairQueue::new(limits);
        for item in items {
            queue.push(item.chars().next().unwrap(), *item).unwrap();
        }
        queue
    }

    #[track_caller]
    fn check_order(limits: QueueLimits, items: &[&'static str], expected: &[&str]) {
        let mut queue = queue(limits, items);
        let mut order = Vec::new();
        while let Some((customer, item)) = queue.next(Instant::now()) {
            order.push(item);
            queue.finished(&customer, Instant::now());
        }
        assert_eq!(order, expected);
        assert!(queue.is_idle());
        queue.forget(Instant::now() + REMEMBERED);
        assert!(queue.lines.is_empty() && queue.turns.is_empty() && queue.left.is_empty());
    }

    #[test]
    fn customers_take_turns_and_each_ones_items_keep_their_order() {
        check_order(limits(1, 1, 9), &["a1", "a2", "a3", "b1"], &["a1", "b1", "a2", "a3"]);
        check_order(limits(1, 1, 9), &["a1", "b1", "a2", "b2"], &["a1", "b1", "a2", "b2"]);
        check_order(limits(8, 4, 9), &["a1", "a2", "b1"], &["a1", "b1", "a2"]);
    }

    #[test]
    fn a_customer_at_its_quota_is_passed_over_until_one_of_its_items_is_finished() {
        let mut queue = queue(limits(3, 1, 9), &["a1", "a2", "b1"]);
        assert_eq!(queue.next(Instant::now()), Some(('a', "a1")));
        assert_eq!(queue.next(Instant::now()), Some(('b', "b1")));
        assert_eq!(queue.next(Instant::now()), None);
        queue.finished(&'b', Instant::now());
        assert_eq!(queue.next(Instant::now()), None);
        queue.finished(&'a', Instant::now());
        assert_eq!(queue.next(Instant::now()), Some(('a', "a2")));
    }

    /// A greedy customer with 200 items, and others with one each: however many came before, each of
    /// the others waits for one item of the greedy one at most.
    #[test]
    fn a_greedy_customer_delays_another_by_one_item() {
        let greedy = (0..200).map(|_| "g");
        let items: Vec<&'static str> = greedy.chain(["b", "c", "d", "b"]).collect();
        let mut queue = queue(limits(1, 1, 300), &items);
        let mut order = String::new();
        while let Some((customer, _)) = queue.next(Instant::now()) {
            order.push(customer);
            queue.finished(&customer, Instant::now());
        }
        assert!(order.starts_with("gbcdgbgg"), "{order}");
        assert_eq!(order.len(), 204);
    }

    #[test]
    fn a_customer_below_its_quota_finds_places_that_a_greedy_one_may_not_take() {
        let greedy: Vec<&'static str> = vec!["g"; 200];
        let mut queue = queue(limits(8, 4, 300), &greedy);
        for _ in 0..4 {
            assert_eq!(queue.next(Instant::now()), Some(('g', "g")));
        }
        assert_eq!(queue.next(Instant::now()), None, "its quota is full, places are left");
        queue.push('b', "b").unwrap();
        assert_eq!(queue.next(Instant::now()), Some(('b', "b")));
    }

    #[test]
    fn no_more_run_than_may_whoever_asks() {
        let mut queue = queue(limits(2, 2, 9), &["a1", "b1", "c1"]);
        assert!(queue.next(Instant::now()).is_some() && queue.next(Instant::now()).is_some());
        assert_eq!(queue.next(Instant::now()), None);
    }

    /// Four may run without slowing each other; two customers have two each.
    #[test]
    fn customers_who_ask_at_the_same_time_share_what_runs_at_ease() {
        let limits = QueueLimits { at_ease: 4, ..limits(8, 8, 99) };
        let mut queue = queue(limits, &["b", "g", "g", "g", "g", "g"]);
        let order = std::iter::from_fn(|| queue.next(Instant::now()).map(|(customer, _)| customer));
        assert_eq!(order.collect::<String>(), "bgg");
    }

    #[test]
    fn a_customer_keeps_its_share_for_a_moment_after_its_last_item() {
        let begun = Instant::now();
        let limits = QueueLimits { at_ease: 2, ..limits(8, 4, 99) };
        let mut queue = queue(limits, &["b", "g", "g", "g", "g", "g"]);
        assert_eq!(queue.next(begun), Some(('b', "b")));
        assert_eq!(queue.next(begun), Some(('g', "g")));
        queue.finished(&'b', begun);
        assert_eq!(queue.next(begun + REMEMBERED / 2), None, "b may ask again");
        let later = begun + REMEMBERED;
        let order = std::iter::from_fn(|| queue.next(later).map(|(customer, _)| customer));
        assert_eq!(order.collect::<String>(), "ggg", "b is gone, and four may run");
    }

    #[test]
    fn a_customer_who_asks_again_is_remembered_from_its_last_item_on() {
        let begun = Instant::now();
        let limits = QueueLimits { at_ease: 2, ..limits(8, 4, 99) };
        let mut queue = queue(limits, &["b", "b"]);
        for finished in [begun, begun + REMEMBERED / 2] {
            assert_eq!(queue.next(finished), Some(('b', "b")));
            queue.finished(&'b', finished);
        }
        queue.push('g', "g").unwrap();
        queue.push('g', "g").unwrap();
        assert_eq!(queue.next(begun + REMEMBERED), Some(('g', "g")));
        assert_eq!(queue.next(begun + REMEMBERED), None);
    }

    #[test]
    fn who_asks_again_and_gives_up_is_forgotten() {
        let begun = Instant::now();
        let mut queue = queue(limits(1, 1, 9), &["b", "g"]);
        assert_eq!(queue.next(begun), Some(('b', "b")));
        queue.finished(&'b', begun);
        assert_eq!(queue.next(begun), Some(('g', "g")));
        queue.push('b', "b").unwrap();
        assert_eq!(queue.next(begun + REMEMBERED), None);
        queue.forget(begun + REMEMBERED);
        queue.retain(|item| *item != "b");
        assert!(!queue.lines.contains_key(&'b'));
    }

    #[test]
    fn a_full_queue_takes_more_once_somebody_gave_up() {
        let mut queue = queue(limits(1, 1, 2), &["a1", "b1"]);
        assert_eq!(queue.push('c', "c1"), Err(Full));
        queue.retain(|item| *item != "a1");
        assert_eq!(queue.push('c', "c1"), Ok(()));
        assert_eq!(queue.next(Instant::now()), Some(('b', "b1")));
    }
}
