//! Customers to rows.

use model::credential::CustomerToken;
use model::customer::MAX_PROPERTIES_BYTES;
use model::level::LevelName;
use model::name::{CustomerKey, TagName};
use model::{Customer, Levels};

use super::references::level_name;
use super::row::{seal_token, to_json};
use crate::error::StoreError;
use crate::session::{Param, Session};
use crate::sql;

/// A customer's own row, as text.
pub(super) struct Row<'a> {
    customer: &'a Customer,
    level: &'a LevelName,
    properties: String,
    emails: String,
}

impl<'a> Row<'a> {
    pub(super) fn of(levels: &'a Levels, customer: &'a Customer) -> Result<Self, StoreError> {
        Ok(Self {
            customer,
            level: level_name(levels, customer.rank)?,
            properties: to_json(&customer.properties)?,
            emails: to_json(&customer.emails)?,
        })
    }

    /// Errs when a patch has made the properties too large.
    pub(super) fn check_size(&self) -> Result<(), StoreError> {
        match self.properties.len() {
            bytes if bytes > MAX_PROPERTIES_BYTES => Err(StoreError::rejected(
                "properties",
                format!("must have at most {MAX_PROPERTIES_BYTES} bytes of JSON, not {bytes}"),
            )),
            _ => Ok(()),
        }
    }

    /// For [`sql::UPDATE_CUSTOMER`].
    pub(super) fn update(&self) -> [Param<'_>; 10] {
        let customer = self.customer;
        [
            Param::Integer(customer.group.0),
            Param::Integer(customer.key.0),
            Param::Text(customer.provided_id.as_str()),
            Param::Text(customer.name.as_str()),
            Param::Text(self.level.as_str()),
            customer.parent.map(|parent| parent.0).into(),
            Param::Text(&self.properties),
            Param::Text(&self.emails),
            Param::Integer(customer.is_demo.into()),
            Param::Integer(customer.updated_at_us),
        ]
    }
}

/// A row to be made, with its token sealed.
pub(super) struct NewRow<'a> {
    row: Row<'a>,
    sealed: Vec<u8>,
    fingerprint: [u8; 32],
}

impl<'a> NewRow<'a> {
    pub(super) fn of(
        session: &Session<'_>,
        levels: &'a Levels,
        customer: &'a Customer,
        token: &CustomerToken,
    ) -> Result<Self, StoreError> {
        let (sealed, fingerprint) = seal_token(session, customer.key, token)?;
        Ok(Self { row: Row::of(levels, customer)?, sealed, fingerprint })
    }

    /// For [`sql::INSERT_CUSTOMER`].
    pub(super) fn insert(&self) -> [Param<'_>; 12] {
        let customer = self.row.customer;
        [
            Param::Integer(customer.key.0),
            Param::Integer(customer.group.0),
            Param::Text(customer.provided_id.as_str()),
            Param::Text(customer.name.as_str()),
            Param::Text(self.row.level.as_str()),
            customer.parent.map(|parent| parent.0).into(),
            Param::Text(&self.row.properties),
            Param::Text(&self.row.emails),
            Param::Integer(customer.is_demo.into()),
            Param::Bytes(&self.sealed),
            Param::Bytes(&self.fingerprint),
            Param::Integer(customer.created_at_us),
        ]
    }
}

/// Writes the tags of customers that have none.
pub(super) async fn insert_tags(
    session: &Session<'_>,
    customers: &[(CustomerKey, &[(i64, TagName)])],
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (customer, tags) in customers {
        rows.extend(tags.iter().map(|(tag, _)| [customer.0, *tag].map(Param::Integer)));
    }
    session.execute_all(sql::INSERT_CUSTOMER_TAG, &rows).await.map(drop)
}

/// Writes the mappings of customers that have none.
pub(super) async fn insert_mappings(
    session: &Session<'_>,
    customers: &[&Customer],
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for customer in customers {
        let (key, group) = (customer.key.0, customer.group.0);
        for (schema, source) in &customer.mapping {
            rows.push([key, group, schema.0, source.0].map(Param::Integer));
        }
    }
    session.execute_all(sql::INSERT_CUSTOMER_MAPPING, &rows).await.map(drop)
}
