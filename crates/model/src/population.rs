//! Where customers stand while a batch is being decided: what is there, changed by one row of the
//! batch after the other.

use std::collections::{BTreeMap, HashMap};

use crate::level::{Levels, Rank};
use crate::name::{CustomerKey, GroupId, ProvidedId};
use crate::placement::{Place, PlacementError, Standing, check_place};

/// The customers that a batch names, with their places so far.
pub struct Population<'a> {
    levels: &'a Levels,
    group: GroupId,
    members: HashMap<ProvidedId, Member>,
    ids: HashMap<CustomerKey, ProvidedId>,
}

/// One customer's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub key: CustomerKey,
    pub rank: Rank,
    pub parent: Option<CustomerKey>,
    /// How many children stand on each rank.
    pub children: BTreeMap<Rank, u64>,
}

impl<'a> Population<'a> {
    /// The customers as they stand before the batch.
    pub fn new(
        levels: &'a Levels,
        group: GroupId,
        present: impl IntoIterator<Item = (ProvidedId, Member)>,
    ) -> Self {
        let members: HashMap<ProvidedId, Member> = present.into_iter().collect();
        let ids = members.iter().map(|(id, member)| (member.key, id.clone())).collect();
        Self { levels, group, members, ids }
    }

    /// The customer of this id, be it from before the batch or made by it.
    pub fn get(&self, id: &ProvidedId) -> Option<&Member> {
        self.members.get(id)
    }

    /// Puts the customer of this id, new or not, on a rank and below a parent that is of the
    /// population. Errs as [`check_place`] does; nothing has moved then.
    pub fn place(
        &mut self,
        id: &ProvidedId,
        key: CustomerKey,
        rank: Rank,
        parent: Option<&ProvidedId>,
    ) -> Result<(), PlacementError> {
        let parent = parent.and_then(|id| self.members.get(id));
        let parent = parent.map(|it| Standing { key: it.key, group: self.group, rank: it.rank });
        let found = self.members.get(id);
        let place = Place {
            group: self.group,
            rank,
            customer: found.map(|member| member.key),
            parent,
            highest_child: found.and_then(|member| member.children.keys().next().copied()),
        };
        check_place(self.levels, &place)?;
        self.move_to(id, key, rank, parent.map(|parent| parent.key));
        Ok(())
    }

    fn move_to(
        &mut self,
        id: &ProvidedId,
        key: CustomerKey,
        rank: Rank,
        parent: Option<CustomerKey>,
    ) {
        if let Some(before) = self.members.get(id) {
            let (left, from) = (before.parent, before.rank);
            self.count_child(left, from, |count| count.saturating_sub(1));
        }
        self.count_child(parent, rank, |count| count + 1);
        let new = || Member { key, rank, parent, children: BTreeMap::new() };
        let member = self.members.entry(id.clone()).or_insert_with(new);
        (member.rank, member.parent) = (rank, parent);
        self.ids.insert(key, id.clone());
    }

    /// A parent that is not of the population is not asked for its children either.
    fn count_child(&mut self, parent: Option<CustomerKey>, rank: Rank, to: fn(u64) -> u64) {
        let id = parent.and_then(|key| self.ids.get(&key));
        let Some(parent) = id.and_then(|id| self.members.get_mut(id)) else { return };
        let count = to(parent.children.get(&rank).copied().unwrap_or_default());
        match count {
            0 => parent.children.remove(&rank),
            _ => parent.children.insert(rank, count),
        };
    }
}

/// The order in which rows of a batch are decided: by their position, but a row whose parent is made
/// by another row comes after that one. Rows in a circle keep their order: no rule lets them stand.
pub fn parents_first(rows: &[(&ProvidedId, Option<&ProvidedId>)]) -> Vec<usize> {
    let mut at: HashMap<&ProvidedId, usize> = HashMap::with_capacity(rows.len());
    for (index, (id, _)) in rows.iter().enumerate() {
        at.entry(id).or_insert(index);
    }
    let mut is_met = vec![false; rows.len()];
    let mut order = Vec::with_capacity(rows.len());
    for start in 0..rows.len() {
        let mut line = Vec::new();
        let mut next = Some(start);
        while let Some(row) = next.filter(|row| !is_met[*row]) {
            is_met[row] = true;
            line.push(row);
            next = rows[row].1.and_then(|parent| at.get(parent).copied());
        }
        order.extend(line.into_iter().rev());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ProvidedId {
        text.parse().expect("an id")
    }

    #[track_caller]
    fn check(rows: &[(&str, Option<&str>)], expected: &[usize]) {
        let rows: Vec<(ProvidedId, Option<ProvidedId>)> =
            rows.iter().map(|(row, parent)| (id(row), parent.map(id))).collect();
        let rows: Vec<_> = rows.iter().map(|(row, parent)| (row, parent.as_ref())).collect();
        assert_eq!(parents_first(&rows), expected);
    }

    #[test]
    fn parents_come_before_their_children_and_else_nothing_moves() {
        check(&[], &[]);
        check(&[("a", None), ("b", Some("x")), ("c", None)], &[0, 1, 2]);
        check(&[("a", Some("b")), ("b", Some("c")), ("c", None)], &[2, 1, 0]);
        check(&[("x", None), ("a", Some("b")), ("y", None), ("b", None)], &[0, 3, 1, 2]);
        check(&[("a", Some("b")), ("b", Some("a"))], &[1, 0]);
        check(&[("a", Some("a"))], &[0]);
        check(&[("a", None), ("a", Some("b")), ("b", None)], &[0, 2, 1]);
    }

    fn three_levels() -> Levels {
        let names = ["A", "B", "C"].map(|name| name.to_owned().try_into().expect("a level"));
        Levels::new(names.to_vec()).expect("levels")
    }

    #[test]
    fn a_row_is_held_to_the_rules_among_all_rows_before_it() {
        let levels = three_levels();
        let mut population = Population::new(&levels, GroupId(1), []);
        let mut place = |name: &str, key, rank, parent: Option<&str>| {
            let parent = parent.map(id);
            population.place(&id(name), CustomerKey(key), Rank(rank), parent.as_ref()).is_ok()
        };
        assert!(place("top", 1, 0, None));
        assert!(place("middle", 2, 1, Some("top")));
        assert!(place("low", 3, 2, Some("middle")));
        assert!(!place("middle", 2, 2, Some("top")), "its child stands on the same level");
        assert!(!place("top", 1, 0, Some("top")), "its own parent");
        assert!(place("low", 3, 2, Some("top")), "the child leaves");
        assert!(place("middle", 2, 2, Some("top")), "nothing is below any more");
        assert!(!place("top", 1, 2, None), "two children stand there");
    }

    #[test]
    fn children_from_before_the_batch_count() {
        let levels = three_levels();
        let children = BTreeMap::from([(Rank(1), 2)]);
        let top = Member { key: CustomerKey(1), rank: Rank(0), parent: None, children };
        let child = Member {
            key: CustomerKey(2),
            rank: Rank(1),
            parent: Some(CustomerKey(1)),
            children: BTreeMap::new(),
        };
        let mut population =
            Population::new(&levels, GroupId(1), [(id("top"), top), (id("child"), child)]);
        let lower = |population: &mut Population<'_>| {
            population.place(&id("top"), CustomerKey(1), Rank(1), None)
        };
        assert!(lower(&mut population).is_err());
        population.place(&id("child"), CustomerKey(2), Rank(1), None).expect("detaches");
        assert!(lower(&mut population).is_err(), "the other child is still there");
    }
}
