//! Whose turn it is: a queue that is fair between customers. Pure; `gate` puts it to use.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// How many may run and wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueueLimits {
    pub(crate) running: usize,
    pub(crate) running_per_customer: usize,
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
}

#[derive(Debug)]
struct Line<T> {
    running: usize,
    waiting: VecDeque<T>,
}

/// As many wait already as may.
#[derive(Debug, PartialEq)]
pub(crate) struct Full;

impl<K: Clone + Eq + Hash, T> FairQueue<K, T> {
    pub(crate) fn new(limits: QueueLimits) -> Self {
        Self { limits, running: 0, waiting: 0, lines: HashMap::new(), turns: VecDeque::new() }
    }

    pub(crate) fn push(&mut self, customer: K, item: T) -> Result<(), Full> {
        if self.is_full() {
            return Err(Full);
        }
        let line = self
            .lines
            .entry(customer.clone())
            .or_insert_with(|| Line { running: 0, waiting: VecDeque::new() });
        if line.waiting.is_empty() {
            self.turns.push_back(customer);
        }
        line.waiting.push_back(item);
        self.waiting += 1;
        Ok(())
    }

    /// Takes out the item whose turn it is and counts it as running.
    pub(crate) fn next(&mut self) -> Option<(K, T)> {
        if self.running >= self.limits.running {
            return None;
        }
        let may_run = |customer: &K| {
            let line = self.lines.get(customer);
            line.is_some_and(|line| line.running < self.limits.running_per_customer)
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

    /// To be called once for each item that [`FairQueue::next`] gave out.
    pub(crate) fn finished(&mut self, customer: &K) {
        self.running -= 1;
        if let Some(line) = self.lines.get_mut(customer) {
            line.running -= 1;
            if line.running == 0 && line.waiting.is_empty() {
                self.lines.remove(customer);
            }
        }
    }

    /// Forgets the waiting items that are not worth waiting for any more.
    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        for line in self.lines.values_mut() {
            line.waiting.retain(&keep);
        }
        self.waiting = self.lines.values().map(|line| line.waiting.len()).sum();
        self.lines.retain(|_, line| line.running > 0 || !line.waiting.is_empty());
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
        QueueLimits { running, running_per_customer, waiting }
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
        while let Some((customer, item)) = queue.next() {
            order.push(item);
            queue.finished(&customer);
        }
        assert_eq!(order, expected);
        assert!(queue.is_idle());
        assert!(queue.lines.is_empty() && queue.turns.is_empty());
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
        assert_eq!(queue.next(), Some(('a', "a1")));
        assert_eq!(queue.next(), Some(('b', "b1")));
        assert_eq!(queue.next(), None);
        queue.finished(&'b');
        assert_eq!(queue.next(), None);
        queue.finished(&'a');
        assert_eq!(queue.next(), Some(('a', "a2")));
    }

    /// A greedy customer with 200 items, and others with one each: however many came before, each of
    /// the others waits for one item of the greedy one at most.
    #[test]
    fn a_greedy_customer_delays_another_by_one_item() {
        let greedy = (0..200).map(|_| "g");
        let items: Vec<&'static str> = greedy.chain(["b", "c", "d", "b"]).collect();
        let mut queue = queue(limits(1, 1, 300), &items);
        let mut order = String::new();
        while let Some((customer, _)) = queue.next() {
            order.push(customer);
            queue.finished(&customer);
        }
        assert!(order.starts_with("gbcdgbgg"), "{order}");
        assert_eq!(order.len(), 204);
    }

    #[test]
    fn a_customer_below_its_quota_finds_places_that_a_greedy_one_may_not_take() {
        let greedy: Vec<&'static str> = vec!["g"; 200];
        let mut queue = queue(limits(8, 4, 300), &greedy);
        for _ in 0..4 {
            assert_eq!(queue.next(), Some(('g', "g")));
        }
        assert_eq!(queue.next(), None, "its quota is full, places are left");
        queue.push('b', "b").unwrap();
        assert_eq!(queue.next(), Some(('b', "b")));
    }

    #[test]
    fn no_more_run_than_may_whoever_asks() {
        let mut queue = queue(limits(2, 2, 9), &["a1", "b1", "c1"]);
        assert!(queue.next().is_some() && queue.next().is_some());
        assert_eq!(queue.next(), None);
    }

    #[test]
    fn a_full_queue_takes_more_once_somebody_gave_up() {
        let mut queue = queue(limits(1, 1, 2), &["a1", "b1"]);
        assert_eq!(queue.push('c', "c1"), Err(Full));
        queue.retain(|item| *item != "a1");
        assert_eq!(queue.push('c', "c1"), Ok(()));
        assert_eq!(queue.next(), Some(('b', "b1")));
    }
}
