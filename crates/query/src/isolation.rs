//! The proof that a dataset shows a viewer its own rows only.
//!
//! It holds when every SELECT that reads a table compares, in a conjunct that always applies, a
//! plain column of such a table with the id of the viewer or of an ancestor, and joins whatever else
//! it reads to that table. What is not proved here may still be safe; then its author says how by
//! `tenant_column`.

pub(crate) mod facts;

use std::collections::{BTreeMap, BTreeSet};

use crate::fragment::Standing;
use crate::gate::{Branch, Join, JoinKind, Reading};
use facts::{Column, Fact};

/// Why a dataset is not proved to keep to the viewer's rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    #[error(
        "a SELECT from {0} compares no column of it with a level's id such as {{{{customer_id}}}}"
    )]
    NoFilter(String),
    #[error(
        "the comparison of {0} with a level's id stands in an optional clause; take it out of [[ ]]"
    )]
    Optional(String),
    #[error("{column} may be a column of another query or an alias; write {table}.{column}")]
    Ambiguous { column: String, table: String },
    #[error("this database compares {0} with a list as loosely as the column says; write {0} = …")]
    List(String),
    #[error(
        "the SELECT list calls something else {0}, and the database would compare that; choose another name"
    )]
    Hidden(String),
    #[error("{0} is no column of a table that this SELECT reads itself")]
    NotAColumn(String),
    #[error("{table} is not joined by an equality to the table that is compared with a level's id")]
    NotJoined { table: String },
    #[error(
        "{table} is compared with a level's id in one place and not by the same column in another"
    )]
    ReadTwice { table: String },
    #[error(
        "put parentheses around the conditions: an operator in them binds differently from engine to engine"
    )]
    Uncertain,
    #[error("it has {0}, which is not understood")]
    Obscure(&'static str),
}

/// What the proof found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    Filtered,
    ReadsNothing,
}

/// Proves, or says what is missing. `standings` tells what each placeholder stands for.
pub(crate) fn prove(reading: &Reading, standings: &[Standing]) -> Result<Proof, Unproved> {
    let mut filtered = Vec::new();
    for branch in reading.branches.iter().filter(|branch| branch.reads_a_table()) {
        filtered.push((branch, Anchors::of(branch, standings, reading.lists_are_exact)?));
    }
    if filtered.is_empty() {
        return Ok(Proof::ReadsNothing);
    }
    one_column_per_table(&filtered)?;
    Ok(Proof::Filtered)
}

/// The tables of which a column is compared with a level's id, in a SELECT that keeps to it.
pub(crate) fn filtered_tables(reading: &Reading, standings: &[Standing]) -> BTreeSet<String> {
    let branches = reading.branches.iter().filter(|branch| branch.reads_a_table());
    let of_branch = |branch: &Branch| {
        let anchors = Anchors::of(branch, standings, reading.lists_are_exact).ok()?;
        let relations = branch.relations.iter().zip(anchors.columns);
        let filtered = relations.filter(|(_, columns)| !columns.is_empty());
        Some(filtered.filter_map(|(relation, _)| relation.table.clone()).collect::<Vec<_>>())
    };
    branches.filter_map(of_branch).flatten().collect()
}

/// The columns that every SELECT which reads a table compares with ids of the viewer, each with the
/// numbers of the placeholders that it is compared with.
pub(crate) fn compared_columns(
    reading: &Reading,
    standings: &[Standing],
) -> BTreeMap<String, BTreeSet<usize>> {
    let of_branch = |branch: &Branch| {
        let mut compared: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for fact in branch.certain() {
            let Some((column, slots)) = fact.compared() else { continue };
            let is_tenant = |slot: &usize| {
                let standing = slot.checked_sub(1).and_then(|at| standings.get(at));
                standing == Some(&Standing::Tenant)
            };
            if slots.iter().all(is_tenant) {
                compared.entry(column.name.clone()).or_default().extend(slots);
            }
        }
        compared
    };
    let branches = reading.branches.iter().filter(|branch| branch.reads_a_table());
    let in_all = |mut all: BTreeMap<String, BTreeSet<usize>>, one: BTreeMap<_, _>| {
        all.retain(|column, _| one.contains_key(column));
        for (column, slots) in one {
            all.entry(column).and_modify(|known| known.extend(slots));
        }
        all
    };
    branches.map(of_branch).reduce(in_all).unwrap_or_default()
}

/// A table that is compared with a level's id anywhere is compared everywhere, and by the same
/// column: `a.carrier = b.dest` makes the flights to a place named like the customer none of its own.
fn one_column_per_table(filtered: &[(&Branch, Anchors)]) -> Result<(), Unproved> {
    let mut uses: BTreeMap<&str, Vec<&BTreeSet<String>>> = BTreeMap::new();
    for (branch, anchors) in filtered {
        for (relation, columns) in branch.relations.iter().zip(&anchors.columns) {
            if let Some(table) = &relation.table {
                uses.entry(table).or_default().push(columns);
            }
        }
    }
    for (table, uses) in uses {
        let mut columns = uses.iter().flat_map(|columns| columns.iter());
        let is_tenants = columns.clone().next().is_some();
        let is_in_all = |column: &String| uses.iter().all(|columns| columns.contains(column));
        if is_tenants && !columns.any(is_in_all) {
            return Err(Unproved::ReadTwice { table: table.to_owned() });
        }
    }
    Ok(())
}

impl Reading {
    /// The tables that are read, in lower case.
    pub(crate) fn tables(&self) -> BTreeSet<String> {
        let relations = self.branches.iter().flat_map(|branch| &branch.relations);
        relations.filter_map(|relation| relation.table.clone()).collect()
    }
}

impl Branch {
    fn reads_a_table(&self) -> bool {
        self.relations.iter().any(|relation| relation.table.is_some())
    }

    fn first_table(&self) -> String {
        self.relations.iter().find_map(|relation| relation.table.clone()).unwrap_or_default()
    }

    fn has_only_inner_joins(&self) -> bool {
        self.joins.iter().all(|join| join.kind == JoinKind::Inner)
    }

    /// Facts that hold for every row of the SELECT. A condition of an outer join is none: it keeps
    /// rows that do not meet it.
    fn certain(&self) -> impl Iterator<Item = &Fact> {
        let on = self.joins.iter().filter(|_| self.has_only_inner_joins());
        self.facts.condition.iter().chain(on.flat_map(|join| join.on.iter()))
    }

    /// Whether a column of this name, written with its table, may be taken for something else.
    fn hides(&self, column: &str) -> bool {
        self.aliases_hide_qualified && self.facts.aliases.iter().any(|alias| alias == column)
    }

    /// The relation whose column this is, by its alias.
    fn qualified(&self, column: &Column) -> Option<usize> {
        let qualifier = column.qualifier.as_ref()?;
        let mut named =
            (0..self.relations.len()).filter(|at| self.relations[*at].alias == *qualifier);
        let found = named.next()?;
        named.next().is_none().then_some(found)
    }
}

/// Per relation, its columns that are known to equal a level's id.
struct Anchors {
    columns: Vec<BTreeSet<String>>,
}

impl Anchors {
    fn of(
        branch: &Branch,
        standings: &[Standing],
        lists_are_exact: bool,
    ) -> Result<Self, Unproved> {
        if let Some(what) = branch.obscure {
            return Err(Unproved::Obscure(what));
        }
        if branch.certain().any(|fact| *fact == Fact::Uncertain) {
            return Err(Unproved::Uncertain);
        }
        let mut anchors = Self { columns: vec![BTreeSet::new(); branch.relations.len()] };
        let mut fault = Unproved::NoFilter(branch.first_table());
        for fact in branch.certain() {
            let Some((column, slots)) = fact.compared() else { continue };
            let standing = |slot: &usize| standings.get(slot.checked_sub(1)?).copied();
            let Some(standings) = slots.iter().map(standing).collect::<Option<Vec<_>>>() else {
                continue;
            };
            let is_list = matches!(fact, Fact::OneOf(..));
            let is_tenant = standings.iter().all(|standing| *standing == Standing::Tenant);
            if is_tenant && is_list && !lists_are_exact {
                fault = Unproved::List(column.name.clone());
            } else if is_tenant {
                match compared_relations(branch, column) {
                    Ok(relations) => relations.into_iter().for_each(|at| {
                        anchors.columns[at].insert(column.name.clone());
                    }),
                    Err(reason) => fault = reason,
                }
            } else if standings.iter().all(|standing| *standing != Standing::Other) {
                fault = Unproved::Optional(column.name.clone());
            }
        }
        if anchors.columns.iter().all(BTreeSet::is_empty) {
            return Err(fault);
        }
        let links = links(branch);
        anchors.spread(&links);
        anchors.reach_all(branch, &links)?;
        Ok(anchors)
    }

    /// A column that equals a level's id passes this on to the columns it equals.
    fn spread(&mut self, links: &[Link]) {
        let mut grows = true;
        while grows {
            grows = false;
            for Link { left, right } in links {
                for (from, to) in [(left, right), (right, left)] {
                    if self.columns[from.0].contains(&from.1) {
                        grows |= self.columns[to.0].insert(to.1.clone());
                    }
                }
            }
        }
    }

    /// Every table is compared with a level's id, or joined to one that is.
    fn reach_all(&self, branch: &Branch, links: &[Link]) -> Result<(), Unproved> {
        let mut reached: Vec<bool> = self.columns.iter().map(|names| !names.is_empty()).collect();
        let mut grows = true;
        while grows {
            grows = false;
            for Link { left, right } in links {
                if reached[left.0] != reached[right.0] {
                    reached[left.0] = true;
                    reached[right.0] = true;
                    grows = true;
                }
            }
        }
        let apart = branch.relations.iter().zip(&reached).filter(|(_, reached)| !**reached);
        let table = apart.filter_map(|(relation, _)| relation.table.clone()).next();
        table.map_or(Ok(()), |table| Err(Unproved::NotJoined { table }))
    }
}

/// The relations of which `column` is certainly a column.
fn compared_relations(branch: &Branch, column: &Column) -> Result<Vec<usize>, Unproved> {
    let relations = match &column.qualifier {
        Some(_) => qualified_relations(branch, column)?,
        None => unqualified_relations(branch, column)?,
    };
    let of_table = |at: &usize| {
        let relation = &branch.relations[*at];
        relation.table.is_some() && !relation.renames_columns
    };
    if relations.iter().all(of_table) {
        Ok(relations)
    } else {
        Err(Unproved::NotAColumn(column.name.clone()))
    }
}

/// An alias that also stands around this SELECT may be taken for that one, where this one's table
/// has no such column.
fn qualified_relations(branch: &Branch, column: &Column) -> Result<Vec<usize>, Unproved> {
    let fault = || Unproved::NotAColumn(column.name.clone());
    let at = branch.qualified(column).ok_or_else(fault)?;
    if branch.hides(&column.name) {
        return Err(Unproved::Hidden(column.name.clone()));
    }
    let alias = &branch.relations[at].alias;
    let around = branch.surroundings.as_ref().is_some_and(|names| names.contains(alias));
    // DuckDB reads `alias.name` as a name given in the SELECT list.
    if around || alias == "alias" {
        return Err(Unproved::Ambiguous {
            column: column.name.clone(),
            table: "another alias".to_owned(),
        });
    }
    Ok(vec![at])
}

/// A bare name is a column of the only relation there is, unless something else could bear it; or of
/// both sides of a join that merges the column.
fn unqualified_relations(branch: &Branch, column: &Column) -> Result<Vec<usize>, Unproved> {
    let is_alias = branch.facts.aliases.contains(&column.name);
    if branch.surroundings.is_none() && !is_alias {
        if branch.relations.len() == 1 {
            return Ok(vec![0]);
        }
        if let [join] = branch.joins.as_slice()
            && branch.relations.len() == 2
            && join.using.contains(&column.name)
        {
            return Ok(vec![0, 1]);
        }
    }
    let table = branch.first_table();
    Err(Unproved::Ambiguous { column: column.name.clone(), table })
}

/// Two columns that are equal in every row that both relations contribute to.
struct Link {
    left: (usize, String),
    right: (usize, String),
}

fn links(branch: &Branch) -> Vec<Link> {
    let mut links: Vec<Link> = branch.certain().filter_map(|fact| link(branch, fact)).collect();
    for join in &branch.joins {
        let on = join.on.iter().filter(|_| !join.on.contains(&Fact::Uncertain));
        links.extend(on.filter_map(|fact| link(branch, fact)).filter(|link| {
            join.parts(link.left.0, link.right.0) || join.parts(link.right.0, link.left.0)
        }));
        links.extend(join.merged());
    }
    links.retain(|link| !branch.hides(&link.left.1) && !branch.hides(&link.right.1));
    links
}

fn link(branch: &Branch, fact: &Fact) -> Option<Link> {
    let Fact::Equal(left, right) = fact else { return None };
    let end = |column: &Column| {
        let at = branch.qualified(column)?;
        let plain = !branch.relations[at].renames_columns;
        plain.then(|| (at, column.name.clone()))
    };
    Some(Link { left: end(left)?, right: end(right)? })
}

impl Join {
    /// Whether one relation stands on the left of this join and the other on its right.
    fn parts(&self, one: usize, other: usize) -> bool {
        self.left.contains(&one) && self.right.contains(&other)
    }

    /// The links of USING, where it is certain which relations' columns are meant.
    fn merged(&self) -> Vec<Link> {
        if self.left.len() != 1 || self.right.len() != 1 {
            return Vec::new();
        }
        let link = |name: &String| Link {
            left: (self.left.start, name.clone()),
            right: (self.right.start, name.clone()),
        };
        self.using.iter().map(link).collect()
    }
}
