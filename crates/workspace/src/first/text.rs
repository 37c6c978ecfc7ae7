//! The texts of a first workspace.

use model::name::ColumnName;

use super::choice::Choice;
use super::{ColumnType, Table};

pub(super) const SAMPLE_FILE: &str = "data/orders.csv";
pub(super) const SAMPLE_TENANT_COLUMN: &str = "customer_id";
pub(super) const SAMPLE_ROWS: &str = "\
order_id,customer_id,ordered_at,country,product,amount
1,acme,2026-01-04T09:12:00Z,Germany,Desk,420.00
2,globex,2026-01-09T14:30:00Z,France,Chair,129.90
3,acme,2026-01-21T08:05:00Z,Germany,Lamp,59.50
4,acme,2026-02-02T16:45:00Z,Austria,Desk,420.00
5,globex,2026-02-11T11:20:00Z,France,Desk,420.00
6,initech,2026-02-15T10:00:00Z,Spain,Chair,129.90
7,acme,2026-02-27T13:37:00Z,Germany,Chair,129.90
8,globex,2026-03-03T09:59:00Z,Belgium,Lamp,59.50
9,acme,2026-03-12T15:15:00Z,Austria,Chair,129.90
10,initech,2026-03-19T17:40:00Z,Spain,Desk,420.00
11,acme,2026-03-30T07:25:00Z,Germany,Lamp,59.50
12,globex,2026-04-06T12:00:00Z,France,Chair,129.90
";

/// The table of [`SAMPLE_ROWS`].
pub(super) fn sample_table() -> Table {
    let columns = [
        ("order_id", ColumnType::Integer),
        ("customer_id", ColumnType::Text),
        ("ordered_at", ColumnType::Timestamp),
        ("country", ColumnType::Text),
        ("product", ColumnType::Text),
        ("amount", ColumnType::Number),
    ];
    let named = |(name, kind): (&str, ColumnType)| (fixed(name), kind);
    Table {
        name: fixed("orders"),
        file: SAMPLE_FILE.to_owned(),
        columns: columns.into_iter().map(named).collect(),
    }
}

/// A name that stands in this file.
fn fixed<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str) -> T {
    name.parse().unwrap_or_else(|error| unreachable!("a test reads the sample: {error}"))
}

pub(super) fn workspace(table: &Table) -> String {
    let (name, file) = (scalar(table.name.as_str()), scalar(&table.file));
    format!(
        "\
# yaml-language-server: $schema=.fanlight/workspace.schema.json
#
# What this workspace declares on a Fanlight server. `fanlight check` looks for faults,
# `fanlight apply` brings a server to this state; applying twice changes nothing.

# The levels of the customer tree, from the root down. Each gives datasets the variables
# <level>_id and <level>_name: here customer_id, customer_name, user_id, user_name.
levels: [Customer, User]

# An API token, a customer, a data source and an embed secret each belong to one group.
groups: [Production]

# Where dashboards can be published.
environments: [production]

# A schema is a folder of interchangeable data sources with the same tables. Datasets name the
# schema; the viewing customer's mapping, or else default_source, says which source answers.
schemas:
  main:
    default_source: files
    sources:
      files:
        connection:
          type: files
          tables:
            # The table's name in SQL, and its Parquet or CSV file. Relative paths start here.
            {name}: {{path: {file}}}
"
    )
}

pub(super) fn dashboard(table: &Table, choice: &Choice<'_>, tenant_was_named: bool) -> String {
    let title = words(table.name.as_str());
    let quoted_title = scalar(&title);
    let head = format!(
        "\
# yaml-language-server: $schema=../.fanlight/dashboard.schema.json
name: overview
title: {quoted_title}
environments: [production]
"
    );
    let parts = [
        head,
        datasets(table, choice, tenant_was_named),
        element(choice),
        "panels:\n".to_owned() + &kpi(&title),
        chart(choice, &title),
        rows(choice, &title),
        layout(choice),
    ];
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn datasets(table: &Table, choice: &Choice<'_>, tenant_was_named: bool) -> String {
    let name = identifier(table.name.as_str());
    let tenant = scalar(choice.tenant.as_str());
    let shown = comment(choice.tenant.as_str());
    let guess = if tenant_was_named {
        String::new()
    } else {
        format!(
            "
    # GUESSED: that {shown} holds the ids of your customers, as you send them to Fanlight in
    # `provided_id`. If another column does, name it here (or: fanlight new --tenant-column NAME).
    # Look before you publish: with a wrong column customers see wrong rows, or none.
    #"
        )
    };
    let period = choice.time.map_or_else(String::new, |(time, _)| {
        let time = identifier(time.as_str());
        format!(
            "
      where true
        [[and {time} >= {{{{period.startDate}}}}]]
        [[and {time} <= {{{{period.endDate}}}}]]"
        )
    });
    format!(
        "\
datasets:
  # One SELECT. {{{{name}}}} is a variable, bound as a value; no quotes are needed around it. What
  # stands in [[ ]] is dropped while a variable in it has no value, for example before the viewer
  # chooses a period.
  {TABLE_DATASET}:
    schema: main{guess}
    # Fanlight refuses a dataset unless it is plain that each viewer gets its own rows only. This
    # keeps the rows whose column equals the viewing customer's id. The other way is to write it in
    # the SQL: where {shown} = {{{{customer_id}}}}
    tenant_column: {{column: {tenant}, equals: customer_id}}
    sql: |
      select *
      from {name}{period}
"
    )
}

/// The dataset's name in the dashboard.
const TABLE_DATASET: &str = "main";

fn element(choice: &Choice<'_>) -> String {
    let Some((_, kind)) = choice.time else { return String::new() };
    let value = if kind == ColumnType::Date { "\n    value: date" } else { "" };
    format!(
        "\
# Controls. The id is the name of the variable that the SQL above uses.
elements:
  - id: period
    type: date_range{value}
    label: Period
    placeholder: All time
"
    )
}

fn kpi(title: &str) -> String {
    let title = scalar(title);
    format!(
        "  # One figure: how many rows the viewer has.
  - id: total
    type: kpi
    title: {title}
    dataset: {TABLE_DATASET}
    measures:
      - {{name: rows, aggregate: count, format: {{style: number, decimals: 0}}}}
"
    )
}

fn chart(choice: &Choice<'_>, title: &str) -> String {
    match choice.time {
        Some((time, _)) => {
            let (title, time) = (scalar(&format!("{title} per month")), scalar(time.as_str()));
            format!(
                "  # A figure per month. Other buckets: hour, day, week, quarter, year.
  - id: by_month
    type: bar
    title: {title}
    dataset: {TABLE_DATASET}
    dimensions:
      - {{column: {time}, name: month, bucket: month, label: Month}}
    measures:
      - {{name: rows, aggregate: count, label: Rows, format: {{style: number, decimals: 0}}}}
    sort:
      - {{column: month}}
"
            )
        }
        None => {
            let label = words(choice.category.as_str());
            let title = scalar(&format!("{title} by {}", label.to_lowercase()));
            let (category, label) = (scalar(choice.category.as_str()), scalar(&label));
            format!(
                "  # A figure per value of a column, the ten largest. Other aggregates: count_distinct, sum, avg,
  # min, max, each with the key `column`.
  - id: by_category
    type: bar
    orientation: horizontal
    title: {title}
    dataset: {TABLE_DATASET}
    dimensions:
      - {{column: {category}, name: category, label: {label}}}
    measures:
      - {{name: rows, aggregate: count, label: Rows, format: {{style: number, decimals: 0}}}}
    sort:
      - {{column: rows, direction: desc}}
      - {{column: category}}
    limit: 10
"
            )
        }
    }
}

fn rows(choice: &Choice<'_>, title: &str) -> String {
    let title = scalar(&format!("{title}, row by row"));
    let columns = choice.shown.iter().map(|(name, kind)| column(name, *kind));
    let columns: String = columns.collect();
    let by = choice.time.map(|(time, _)| (time, ", direction: desc"));
    let by = by.or_else(|| choice.shown.first().map(|(name, _)| (*name, "")));
    let sort = by.map_or_else(String::new, |(name, direction)| {
        format!("    sort:\n      - {{column: {}{direction}}}\n", scalar(name.as_str()))
    });
    format!(
        "  # The rows as they are, page by page.
  - id: rows
    type: table
    title: {title}
    dataset: {TABLE_DATASET}
    columns:
{columns}{sort}    page_size: 20
"
    )
}

fn column(name: &ColumnName, kind: ColumnType) -> String {
    let (column, label) = (scalar(name.as_str()), scalar(&words(name.as_str())));
    let format = match kind {
        ColumnType::Timestamp => ", format: {style: date_time}",
        ColumnType::Date => ", format: {style: date}",
        _ => "",
    };
    format!("      - {{column: {column}, label: {label}{format}}}\n")
}

fn layout(choice: &Choice<'_>) -> String {
    let (element, chart, y) = match choice.time {
        Some(_) => ("  - {element: period, x: 0, y: 0, w: 4, h: 2}\n", "by_month", 2),
        None => ("", "by_category", 0),
    };
    let below = y + 8;
    format!(
        "\
# Twelve columns; a row is about 40 pixels high.
layout:
{element}  - {{panel: total, x: 0, y: {y}, w: 3, h: 4}}
  - {{panel: {chart}, x: 3, y: {y}, w: 9, h: 8}}
  - {{panel: rows, x: 0, y: {below}, w: 12, h: 15}}
"
    )
}

/// `order_lines` as people write it: Order lines.
fn words(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let spaced = spaced.trim();
    let mut characters = spaced.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => name.to_owned(),
    }
}

/// A text as a YAML scalar: bare when that is plainly the same text, else in JSON's quotes, which
/// YAML reads alike.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '/' | '.');
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    let is_word = words.contains(&text.to_ascii_lowercase().as_str());
    let letter_first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    if letter_first && !is_word && !text.ends_with(' ') && text.chars().all(plain) {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

/// A name as SQL reads it, whatever it is called.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name inside a comment: on one line.
fn comment(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}
