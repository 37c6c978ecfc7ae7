//! One column as its texts arrive.
//!
//! The database tells a column's type by a number. Numbers below [`FIRST_OF_USERS`] are the same in
//! every PostgreSQL; what users and extensions have defined is taken as text, without asking.

use super::moment::{days, microseconds, microseconds_of_day};
use crate::result::{ColumnBuilder, is_number};

/// Enums, domains of texts, `citext`, geometries: all have a readable text.
const FIRST_OF_USERS: u32 = 16_384;

/// The column for values of the type with this number.
pub(super) fn of_type(number: u32) -> ColumnBuilder {
    match number {
        16 => ColumnBuilder::boolean(),
        // bigint, smallint, integer, oid.
        20 | 21 | 23 | 26 => ColumnBuilder::integer(),
        700 | 701 => ColumnBuilder::float(),
        1700 => ColumnBuilder::decimal(None),
        1082 => ColumnBuilder::date(),
        1083 => ColumnBuilder::time(),
        // Without a zone, and with one.
        1114 | 1184 => ColumnBuilder::timestamp(),
        // "char", name, text, json, xml, a literal, character, varchar, uuid, jsonb.
        18 | 19 | 25 | 114 | 142 | 705 | 1042 | 1043 | 2950 | 3802 | FIRST_OF_USERS.. => {
            ColumnBuilder::text()
        }
        _ => ColumnBuilder::other(),
    }
}

/// Adds a value, missing if `None`. A date or time that no calendar knows, such as `infinity`, is
/// missing too, and so is a `numeric` that is no number.
pub(super) fn append(column: &mut ColumnBuilder, text: Option<&[u8]>) -> Result<(), &'static str> {
    let Some(text) = text else {
        column.append_null();
        return Ok(());
    };
    let text = std::str::from_utf8(text).map_err(|_| "a text is no UTF-8")?;
    match column {
        ColumnBuilder::Boolean(values) => values.append_value(text == "t"),
        ColumnBuilder::Integer(values) => values.append_value(text.parse().map_err(no_number)?),
        ColumnBuilder::Float(values) => values.append_value(text.parse().map_err(no_number)?),
        ColumnBuilder::Decimal(values) => values.append(Some(text).filter(|text| is_number(text))),
        ColumnBuilder::Date(values) => values.append_option(days(text)),
        ColumnBuilder::Time(values) => values.append_option(microseconds_of_day(text)),
        ColumnBuilder::Timestamp(values) => values.append_option(microseconds(text)),
        ColumnBuilder::Text(values) | ColumnBuilder::Other(values) => values.append_value(text),
        ColumnBuilder::Large(_) => return Err("no type has such numbers"),
    }
    Ok(())
}

fn no_number<E>(_: E) -> &'static str {
    "a value is no number"
}
