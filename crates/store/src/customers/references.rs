//! What a customer refers to by name or number: its level, parent, tags and mapping.

use std::collections::BTreeSet;

use model::customer::Mapping;
use model::level::{LevelName, Rank};
use model::name::{CustomerKey, GroupId, ProvidedId, SchemaId, SourceId, TagName};
use model::placement::{Place, PlacementError, check_place, requested_rank};
use model::{Customer, Levels};

use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;

pub(super) const LEVEL: &str = "hierarchy_level_name";
pub(super) const PARENT: &str = "parent_provided_id";
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
pub(super) fn check_placement(levels: &Levels, place: &Place<'_>) -> Result<(), StoreError> {
    check_place(levels, place).map_err(|fault| {
        let field = match fault {
            PlacementError::UnknownLevel(..) | PlacementError::ChildNotBelow { .. } => LEVEL,
            PlacementError::ParentNotAbove { .. }
            | PlacementError::OwnParent
            | PlacementError::OtherGroup => PARENT,
        };
        StoreError::rejected(field, fault)
    })
}

/// The keys of tags that must exist.
pub(super) async fn tag_keys(
    session: &Session<'_>,
    tags: &BTreeSet<TagName>,
) -> Result<Vec<(i64, TagName)>, StoreError> {
    let mut keys = Vec::with_capacity(tags.len());
    for tag in tags {
        let params = [Param::Text(tag.as_str())];
        let found = session.row(sql::TAG, &params, |row| row.integer(0)).await?;
        let unknown =
            || StoreError::rejected(TAGS, format!("there is no group tag {:?}", tag.as_str()));
        keys.push((found.ok_or_else(unknown)?, tag.clone()));
    }
    // In the order in which the tags were made.
    keys.sort();
    Ok(keys)
}

/// Errs unless every schema exists and every source is one of the schema and of the group.
pub(super) async fn check_mapping(
    session: &Session<'_>,
    group: GroupId,
    mapping: &Mapping,
) -> Result<(), StoreError> {
    for (schema, source) in mapping {
        if let Some(fault) = mapping_fault(session, group, *schema, *source).await? {
            return Err(StoreError::rejected(MAPPING, fault));
        }
    }
    Ok(())
}

/// A source of another group is told from an unknown one by nothing.
async fn mapping_fault(
    session: &Session<'_>,
    group: GroupId,
    schema: SchemaId,
    source: SourceId,
) -> Result<Option<String>, StoreError> {
    let params = [Param::Integer(schema.0)];
    let known = session.row(sql::SCHEMA_EXISTS, &params, |row| row.integer(0)).await?;
    if known != Some(1) {
        return Ok(Some(format!("there is no schema {schema}")));
    }
    let params = [Param::Integer(source.0)];
    let read = |row: &crate::session::Cells<'_>| Ok((row.integer(0)?, row.integer(1)?));
    let place = session.row(sql::SOURCE_PLACE, &params, read).await?;
    Ok(match place.filter(|(_, of_group)| *of_group == group.0) {
        None => Some(format!("there is no data source {source} in this group")),
        Some((of_schema, _)) if of_schema != schema.0 => {
            Some(format!("data source {source} does not belong to schema {schema}"))
        }
        Some(_) => None,
    })
}

pub(super) async fn insert_tags(
    session: &Session<'_>,
    customer: CustomerKey,
    tags: &[(i64, TagName)],
) -> Result<(), StoreError> {
    for (tag, _) in tags {
        let params = [Param::Integer(customer.0), Param::Integer(*tag)];
        session.execute(sql::INSERT_CUSTOMER_TAG, &params).await?;
    }
    Ok(())
}

pub(super) async fn insert_mapping(
    session: &Session<'_>,
    customer: &Customer,
) -> Result<(), StoreError> {
    for (schema, source) in &customer.mapping {
        let params = [
            Param::Integer(customer.key.0),
            Param::Integer(customer.group.0),
            Param::Integer(schema.0),
            Param::Integer(source.0),
        ];
        session.execute(sql::INSERT_CUSTOMER_MAPPING, &params).await?;
    }
    Ok(())
}
