//! What a customer refers to by name or number: its level, parent, tags and mapping.

use std::collections::{BTreeMap, BTreeSet};

use model::Levels;
use model::customer::Mapping;
use model::level::{LevelName, Rank};
use model::name::{GroupId, ProvidedId, SchemaId, SourceId, TagName};
use model::placement::{Place, PlacementError, check_place, requested_rank};

use crate::error::StoreError;
use crate::session::{Cells, Param, Session};
use crate::sql;

const LEVEL: &str = "hierarchy_level_name";
const PARENT: &str = "parent_provided_id";
const MAPPING: &str = "mapping";
const TAGS: &str = "group_tags";

/// The rank of the level that the client named.
pub(super) fn rank(levels: &Levels, level: Option<&str>) -> Result<Rank, StoreError> {
    requested_rank(levels, level).map_err(|fault| StoreError::rejected(LEVEL, fault))
}

/// The name of a rank that has been checked.
pub(super) fn level_name(levels: &Levels, rank: Rank) -> Result<&LevelName, StoreError> {
    levels.name(rank).ok_or_else(|| StoreError::corrupt(format!("no level has rank {}", rank.0)))
}

pub(super) fn no_parent(id: &ProvidedId) -> StoreError {
    StoreError::rejected(PARENT, format!("there is no customer {:?}", id.as_str()))
}

/// Holds the strict-level rule and names the field that breaks it.
pub(super) fn check_placement(levels: &Levels, place: &Place) -> Result<(), StoreError> {
    check_place(levels, place).map_err(misplaced)
}

/// The error of a place that breaks a rule.
pub(super) fn misplaced(fault: PlacementError) -> StoreError {
    let field = match fault {
        PlacementError::UnknownLevel(..) | PlacementError::ChildNotBelow { .. } => LEVEL,
        PlacementError::ParentNotAbove { .. }
        | PlacementError::OwnParent
        | PlacementError::OtherGroup => PARENT,
    };
    StoreError::rejected(field, fault)
}

/// The keys of tags that must exist, in the order in which the tags were made.
pub(super) async fn tag_keys(
    session: &Session<'_>,
    tags: &BTreeSet<TagName>,
) -> Result<Vec<(i64, TagName)>, StoreError> {
    let mut known = BTreeMap::new();
    for tag in tags {
        let params = [Param::Text(tag.as_str())];
        if let Some(key) = session.row(sql::TAG, &params, |row| row.integer(0)).await? {
            known.insert(tag.clone(), key);
        }
    }
    keys_among(&known, tags)
}

/// As [`tag_keys`], among the tags that are known by key.
pub(super) fn keys_among(
    known: &BTreeMap<TagName, i64>,
    tags: &BTreeSet<TagName>,
) -> Result<Vec<(i64, TagName)>, StoreError> {
    let mut keys = Vec::with_capacity(tags.len());
    for tag in tags {
        let unknown =
            || StoreError::rejected(TAGS, format!("there is no group tag {:?}", tag.as_str()));
        keys.push((*known.get(tag).ok_or_else(unknown)?, tag.clone()));
    }
    keys.sort();
    Ok(keys)
}

/// The schemas and sources that mappings may name, as far as they have been read.
#[derive(Default)]
pub(super) struct KnownSources {
    pub(super) schemas: BTreeSet<SchemaId>,
    /// Each with its schema and group.
    pub(super) sources: BTreeMap<SourceId, (SchemaId, GroupId)>,
}

/// Errs unless every schema exists and every source is one of the schema and of the group.
pub(super) async fn check_mapping(
    session: &Session<'_>,
    group: GroupId,
    mapping: &Mapping,
) -> Result<(), StoreError> {
    let mut known = KnownSources::default();
    for (schema, source) in mapping {
        let params = [Param::Integer(schema.0)];
        if session.row(sql::SCHEMA_EXISTS, &params, |row| row.integer(0)).await? == Some(1) {
            known.schemas.insert(*schema);
        }
        let params = [Param::Integer(source.0)];
        if let Some(place) = session.row(sql::SOURCE_PLACE, &params, read_place).await? {
            known.sources.insert(*source, place);
        }
    }
    known.check(group, mapping)
}

fn read_place(row: &Cells<'_>) -> Result<(SchemaId, GroupId), StoreError> {
    Ok((SchemaId(row.integer(0)?), GroupId(row.integer(1)?)))
}

impl KnownSources {
    /// As [`check_mapping`], among all that have been read.
    pub(super) fn check(&self, group: GroupId, mapping: &Mapping) -> Result<(), StoreError> {
        let fault = mapping.iter().find_map(|(schema, source)| self.fault(group, *schema, *source));
        fault.map_or(Ok(()), |fault| Err(StoreError::rejected(MAPPING, fault)))
    }

    /// A source of another group is told from an unknown one by nothing.
    fn fault(&self, group: GroupId, schema: SchemaId, source: SourceId) -> Option<String> {
        if !self.schemas.contains(&schema) {
            return Some(format!("there is no schema {schema}"));
        }
        match self.sources.get(&source).filter(|(_, of_group)| *of_group == group) {
            None => Some(format!("there is no data source {source} in this group")),
            Some((of_schema, _)) if *of_schema != schema => {
                Some(format!("data source {source} does not belong to schema {schema}"))
            }
            Some(_) => None,
        }
    }
}
