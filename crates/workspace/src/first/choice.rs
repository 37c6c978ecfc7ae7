//! Which columns of a table make a sensible first dashboard.

use model::name::ColumnName;
use model::nearest::unknown;

use super::{ColumnType, NoTenantColumn, Table};

/// The roles that columns play.
pub(super) struct Choice<'a> {
    pub(super) tenant: &'a ColumnName,
    /// What the period filters and the chart's time axis shows.
    pub(super) time: Option<(&'a ColumnName, ColumnType)>,
    /// What the chart groups by when there is no time.
    pub(super) category: &'a ColumnName,
    /// What the table shows, at most [`MAX_TABLE_COLUMNS`].
    pub(super) shown: Vec<(&'a ColumnName, ColumnType)>,
}

/// More columns than this do not fit on a screen.
const MAX_TABLE_COLUMNS: usize = 12;

/// What columns that tell customers apart are usually called, the likeliest first.
const TENANT_NAMES: [&str; 18] = [
    "customer_id",
    "tenant_id",
    "account_id",
    "organization_id",
    "organisation_id",
    "org_id",
    "company_id",
    "client_id",
    "merchant_id",
    "workspace_id",
    "team_id",
    "customer",
    "tenant",
    "account",
    "organization",
    "company",
    "client",
    "merchant",
];

impl<'a> Choice<'a> {
    pub(super) fn of(table: &'a Table, tenant: &'a ColumnName) -> Self {
        let columns = || table.columns.iter().map(|(name, kind)| (name, *kind));
        let others = || columns().filter(|(name, _)| *name != tenant);
        let of = |wanted: ColumnType| others().find(|(_, kind)| *kind == wanted);
        let time = of(ColumnType::Timestamp).or_else(|| of(ColumnType::Date));
        let time = time.filter(|(name, _)| can_stand_in_sql(name));
        let category = of(ColumnType::Text).or_else(|| of(ColumnType::Boolean));
        let category = category.or_else(|| others().next()).map_or(tenant, |(name, _)| name);
        let shown = others().filter(|(_, kind)| *kind != ColumnType::Other);
        let mut shown: Vec<_> = shown.take(MAX_TABLE_COLUMNS).collect();
        if shown.is_empty() {
            shown = columns().take(1).collect();
        }
        Self { tenant, time, category, shown }
    }
}

/// Whether a dataset can name the column: the template language reads double braces and brackets
/// wherever they stand.
fn can_stand_in_sql(name: &ColumnName) -> bool {
    !["{{", "}}", "[[", "]]"].iter().any(|mark| name.as_str().contains(mark))
}

/// The column by which rows belong to customers: the one that was named, else the likeliest name,
/// else the first that can hold an id.
pub(super) fn tenant_column<'a>(
    table: &'a Table,
    named: Option<&str>,
) -> Result<&'a ColumnName, NoTenantColumn> {
    let names = || table.columns.iter().map(|(name, _)| name);
    if let Some(named) = named {
        let found = names().find(|name| name.as_str() == named);
        return found.ok_or_else(|| NoTenantColumn(unknown("column", named, names())));
    }
    let usual = TENANT_NAMES
        .iter()
        .find_map(|usual| names().find(|name| name.as_str().eq_ignore_ascii_case(usual)));
    let holds_id = |kind: &ColumnType| matches!(kind, ColumnType::Text | ColumnType::Integer);
    let ids = || table.columns.iter().filter(|(_, kind)| holds_id(kind)).map(|(name, _)| name);
    let named_id = ids().find(|name| name.as_str().to_ascii_lowercase().ends_with("_id"));
    let text = table.columns.iter().find(|(_, kind)| *kind == ColumnType::Text);
    usual.or(named_id).or(text.map(|(name, _)| name)).or_else(|| ids().next()).ok_or_else(|| {
        NoTenantColumn("the file has no column that can hold a customer's id".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(columns: &[(&str, ColumnType)], named: Option<&str>, expected: Result<&str, &str>) {
        let columns = columns.iter().map(|(name, kind)| (name.parse().expect("a name"), *kind));
        let table = Table {
            name: "orders".parse().expect("a name"),
            file: "orders.csv".to_owned(),
            columns: columns.collect(),
        };
        let found = tenant_column(&table, named).map(ColumnName::as_str);
        assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn the_column_that_tells_customers_apart_is_guessed_by_its_name() {
        use ColumnType::{Date, Integer, Number, Text};
        check(&[("id", Integer), ("day", Date), ("Account_ID", Integer)], None, Ok("Account_ID"));
        check(&[("customer", Text), ("tenant_id", Text)], None, Ok("tenant_id"));
        check(&[("id", Integer), ("carrier", Text), ("shop_id", Integer)], None, Ok("shop_id"));
        check(&[("id", Integer), ("carrier", Text)], None, Ok("carrier"));
        check(&[("amount", Number), ("id", Integer)], None, Ok("id"));
        let none = "the file has no column that can hold a customer's id";
        check(&[("amount", Number)], None, Err(none));
        check(&[], None, Err(none));
    }

    #[test]
    fn the_authors_word_wins_and_must_be_a_column() {
        use ColumnType::Text;
        let columns = [("customer_id", Text), ("carrier", Text)];
        check(&columns, Some("carrier"), Ok("carrier"));
        let slip = "there is no column \"carier\"; did you mean \"carrier\"?";
        check(&columns, Some("carier"), Err(slip));
    }
}
