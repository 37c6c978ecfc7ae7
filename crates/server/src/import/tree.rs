//! Finding out who stands below whom.
//!
//! The source tells a customer's level but not its parent; it only lists the children of one
//! customer. So each customer that can have children is asked for them, unless all customers below
//! its level have found their parents already: then it has none.
//!
//! That rests on the order of the levels, which only this server's operator knows. While customers
//! below the root level are without a parent, some that should have no children are asked as well:
//! when they have, the order is not the source's.

use std::collections::{HashMap, VecDeque};

use model::level::{MAX_LEVELS, Rank};

/// How many customers of a level are asked against expectation.
const MOST_DOUBTS: usize = 10;

/// A search for the parents of all customers. It decides whom to ask for; asking is its user's.
#[derive(Debug, Default)]
pub(super) struct Search {
    ranks: HashMap<String, Rank>,
    /// The parent of each customer that has been found below one.
    parents: HashMap<String, String>,
    /// Customers that have not been asked for yet.
    waiting: VecDeque<String>,
    /// Customers that need not be asked for.
    childless: Vec<String>,
    /// Some of those, to be asked all the same.
    doubted: Vec<String>,
    /// How many customers of each rank have not been found below anyone.
    orphans: [usize; MAX_LEVELS],
}

impl Search {
    /// Takes a customer into account, once.
    pub(super) fn add(&mut self, id: &str, rank: Rank) {
        if self.ranks.contains_key(id) {
            return;
        }
        self.ranks.insert(id.to_owned(), rank);
        self.waiting.push_back(id.to_owned());
        self.orphans[usize::from(rank.0)] += 1;
    }

    /// Whose children to ask for next; `None` when nobody can have children that are not known.
    pub(super) fn next(&mut self) -> Option<String> {
        while let Some(id) = self.waiting.pop_front() {
            if self.may_have_children(&id) {
                return Some(id);
            }
            self.childless.push(id);
        }
        self.doubted.pop()
    }

    /// To be called when everybody has answered: whether some that need not be asked for shall be.
    /// Once.
    pub(super) fn doubt(&mut self) -> bool {
        let childless = std::mem::take(&mut self.childless);
        if self.orphans[1..].iter().all(|orphans| *orphans == 0) {
            return false;
        }
        let mut doubted = [0; MAX_LEVELS];
        let is_doubted = |id: &String| {
            let of_level = &mut doubted[usize::from(self.ranks.get(id).map_or(0, |rank| rank.0))];
            *of_level += 1;
            *of_level <= MOST_DOUBTS
        };
        self.doubted = childless.into_iter().filter(is_doubted).collect();
        !self.doubted.is_empty()
    }

    /// How many customers may have to be asked for.
    pub(super) fn left(&self) -> usize {
        self.waiting.iter().filter(|id| self.may_have_children(id)).count()
    }

    /// Takes an answer into account: these stand below `parent`. Customers that have not been added
    /// are left out.
    pub(super) fn found<'a>(&mut self, parent: &str, children: impl Iterator<Item = &'a str>) {
        for child in children {
            let Some(rank) = self.ranks.get(child) else { continue };
            let before = self.parents.insert(child.to_owned(), parent.to_owned());
            if before.is_none() {
                self.orphans[usize::from(rank.0)] -= 1;
            }
        }
    }

    /// Forgets that these have to be asked for.
    pub(super) fn skip(&mut self, is_known: impl Fn(&str) -> bool) {
        self.waiting.retain(|id| !is_known(id));
    }

    /// The parent of each customer that has one.
    pub(super) fn into_parents(self) -> HashMap<String, String> {
        self.parents
    }

    fn may_have_children(&self, id: &str) -> bool {
        let rank = self.ranks.get(id).map_or(MAX_LEVELS, |rank| usize::from(rank.0));
        self.orphans.iter().skip(rank + 1).any(|orphans| *orphans > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches a tree, written as (id, rank, parent), and tells who was asked for.
    #[track_caller]
    fn check(tree: &[(&str, u8, &str)], expected: &[&str]) {
        let mut search = Search::default();
        for (id, rank, _) in tree {
            search.add(id, Rank(*rank));
        }
        let mut asked = Vec::new();
        while let Some(id) = search.next() {
            let children = tree.iter().filter(|(_, _, parent)| *parent == id);
            search.found(&id, children.map(|(child, ..)| *child));
            asked.push(id);
        }
        assert_eq!(asked, expected);
        let parents = search.into_parents();
        for (id, _, parent) in tree {
            assert_eq!(parents.get(*id).map_or("", String::as_str), *parent, "{id}");
        }
    }

    #[test]
    fn the_lowest_level_is_not_asked_for() {
        check(&[("a", 0, ""), ("b", 0, "")], &[]);
        check(&[("a", 0, ""), ("x", 1, "a"), ("y", 1, "")], &["a"]);
        check(&[("a", 1, ""), ("x", 4, "a"), ("y", 4, "")], &["a"]);
    }

    #[test]
    fn nobody_is_asked_for_once_everybody_below_has_a_parent() {
        check(&[("a", 0, ""), ("b", 0, ""), ("x", 1, "a")], &["a"]);
        check(&[("a", 0, ""), ("b", 0, ""), ("x", 1, "b")], &["a", "b"]);
    }

    #[test]
    fn levels_may_be_skipped_and_parents_may_be_listed_after_their_children() {
        check(&[("x", 2, "a"), ("a", 0, ""), ("m", 1, "a"), ("y", 2, "m")], &["a", "m"]);
        check(&[("y", 2, "m"), ("m", 1, "a"), ("a", 0, "")], &["m", "a"]);
    }

    /// How many are asked for against expectation, of customers without a parent.
    #[track_caller]
    fn check_doubts(ranks: &[u8], expected: usize) {
        let mut search = Search::default();
        for (at, rank) in ranks.iter().enumerate() {
            search.add(&at.to_string(), Rank(*rank));
        }
        while search.next().is_some() {}
        assert_eq!(search.doubt(), expected > 0);
        assert_eq!(std::iter::from_fn(|| search.next()).count(), expected);
        assert!(!search.doubt(), "nobody is asked twice");
    }

    #[test]
    fn some_are_asked_against_expectation_while_others_have_no_parent() {
        check_doubts(&[0, 0, 0], 0);
        check_doubts(&[0, 1, 1], 2);
        check_doubts(&[1; 100], MOST_DOUBTS);
    }

    #[test]
    fn what_is_known_is_not_asked_again() {
        let mut search = Search::default();
        for (id, rank) in [("a", 0), ("b", 0), ("x", 1), ("y", 1)] {
            search.add(id, Rank(rank));
        }
        assert_eq!(search.left(), 2);
        search.skip(|id| id == "a");
        search.found("a", ["x", "stranger"].into_iter());
        assert_eq!(search.next().as_deref(), Some("b"));
        assert_eq!(search.next(), None);
        assert_eq!(search.into_parents().len(), 1);
    }
}
