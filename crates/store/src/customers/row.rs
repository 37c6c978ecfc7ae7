//! A customer as its row has it.

use model::Customer;
use model::credential::CustomerToken;
use model::customer::{Mapping, Properties};
use model::level::Rank;
use model::name::{CustomerKey, EmailAddress, GroupId, TagName};
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::seal::Place;
use crate::session::{Cells, Session, Tools};

/// How many columns [`read`] takes.
pub(super) const COLUMNS: usize = 15;

/// A customer, and its token as it is kept.
pub(crate) struct CustomerRow {
    pub(crate) customer: Customer,
    /// The name of the customer's level at the moment of reading.
    pub(crate) level: String,
    token_sealed: Vec<u8>,
}

/// Reads the registry's customer columns.
pub(crate) fn read(row: &Cells<'_>) -> Result<CustomerRow, StoreError> {
    let customer = Customer {
        key: CustomerKey(row.integer(0)?),
        group: GroupId(row.integer(1)?),
        provided_id: row.parsed(2)?,
        name: row.parsed(3)?,
        rank: Rank(u8::try_from(row.integer(4)?).map_err(StoreError::corrupt)?),
        parent: row.optional_integer(6)?.map(CustomerKey),
        properties: json::<Properties>(row.text(7)?)?,
        mapping: json::<Mapping>(row.text(8)?)?,
        emails: json::<Vec<EmailAddress>>(row.text(9)?)?,
        tags: json::<Vec<TagName>>(row.text(10)?)?,
        is_demo: row.boolean(11)?,
        created_at_us: row.integer(12)?,
        updated_at_us: row.integer(13)?,
    };
    let level = row.text(5)?.to_owned();
    Ok(CustomerRow { customer, level, token_sealed: row.bytes(14)?.to_owned() })
}

/// Most of these documents are empty: those are not parsed.
fn json<T: DeserializeOwned + Default>(text: &str) -> Result<T, StoreError> {
    match text {
        "{}" | "[]" => Ok(T::default()),
        _ => serde_json::from_str(text).map_err(StoreError::corrupt),
    }
}

/// From the root down: ranks grow strictly along a path.
pub(crate) fn sort_path(path: &mut [CustomerRow]) {
    path.sort_by_key(|row| row.customer.rank);
}

/// The token in clear.
pub(crate) fn token(session: &Session<'_>, row: &CustomerRow) -> Result<CustomerToken, StoreError> {
    let place = Place::CustomerToken(row.customer.key.0);
    let bytes = session.tools.sealer.open(place, &row.token_sealed)?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(StoreError::corrupt)?;
    Ok(CustomerToken::from_random(bytes))
}

/// A fresh token.
pub(super) fn draw_token(session: &Session<'_>) -> CustomerToken {
    CustomerToken::from_random(session.tools.ambient.random())
}

/// A customer's token as it is kept: sealed, and its fingerprint.
pub(super) fn seal_token(
    session: &Session<'_>,
    key: CustomerKey,
    token: &CustomerToken,
) -> Result<(Vec<u8>, [u8; 32]), StoreError> {
    let Tools { ambient, sealer, .. } = session.tools;
    let bytes = hex::decode(token.expose()).map_err(StoreError::corrupt)?;
    let sealed = sealer.seal(ambient, Place::CustomerToken(key.0), &bytes);
    Ok((sealed, crate::seal::fingerprint(token.expose())))
}

/// A document as text, in the order in which the client wrote it.
pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::corrupt)
}
