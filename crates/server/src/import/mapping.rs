//! Which schema and data source of this server stands for which of the source's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use model::customer::Mapping;
use model::name::{GroupId, SchemaId, SourceId};
use model::nearest;
use model::source::{DataSource, Schema};
use serde::{Deserialize, Serialize};
use store::Definitions;

/// The operator's table: the source's ids to names or ids here, as a TOML file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MappingTable {
    #[serde(default)]
    pub schemas: BTreeMap<String, Name>,
    #[serde(default)]
    pub sources: BTreeMap<String, Name>,
}

/// A name, or a number as an id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Name {
    Text(String),
    Number(i64),
}

impl Name {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The table with what its names mean here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Translation {
    schemas: BTreeMap<String, SchemaId>,
    sources: BTreeMap<String, (SourceId, SchemaId)>,
}

/// What a mapping refers to and the table does not name, each with the number of customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Missing {
    schemas: BTreeMap<String, u64>,
    sources: BTreeMap<String, u64>,
    /// Pairs whose source belongs to another schema here.
    mismatched: BTreeSet<(String, String)>,
}

impl Translation {
    /// Errs with all names that mean nothing here.
    pub(super) fn new(
        table: &MappingTable,
        definitions: &Definitions,
        group: GroupId,
    ) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let mut translation = Self::default();
        for (old, name) in &table.schemas {
            match schema(definitions, &name.text()) {
                Ok(schema) => drop(translation.schemas.insert(old.clone(), schema.id)),
                Err(fault) => faults.push(format!("schemas.{old}: {fault}")),
            }
        }
        for (old, name) in &table.sources {
            match data_source(definitions, group, &name.text()) {
                Ok(source) => {
                    translation.sources.insert(old.clone(), (source.id, source.schema));
                }
                Err(fault) => faults.push(format!("sources.{old}: {fault}")),
            }
        }
        if faults.is_empty() { Ok(translation) } else { Err(faults) }
    }

    /// A customer's mapping with the ids of this server. `None`: [`Translation::missing`] tells why.
    pub(super) fn translate(&self, mapping: &BTreeMap<String, String>) -> Option<Mapping> {
        let entry = |(schema, source): (&String, &String)| {
            let schema = *self.schemas.get(schema)?;
            let (source, of_schema) = *self.sources.get(source)?;
            (of_schema == schema).then_some((schema, source))
        };
        mapping.iter().map(entry).collect()
    }

    /// What stands between these mappings and their translation.
    pub(super) fn missing<'a>(
        &self,
        mappings: impl Iterator<Item = &'a BTreeMap<String, String>>,
    ) -> Missing {
        let mut missing = Missing::default();
        for (schema, source) in mappings.flatten() {
            let (here, there) = (self.schemas.get(schema), self.sources.get(source));
            if here.is_none() {
                *missing.schemas.entry(schema.clone()).or_default() += 1;
            }
            match (here, there) {
                (_, None) => *missing.sources.entry(source.clone()).or_default() += 1,
                (Some(schema_id), Some((_, of_schema))) if schema_id != of_schema => {
                    missing.mismatched.insert((schema.clone(), source.clone()));
                }
                _ => {}
            }
        }
        missing
    }
}

impl Missing {
    /// What to do about it, a text each; nothing when nothing is missing.
    pub(super) fn refusals(&self) -> Vec<String> {
        let mut refusals: Vec<String> = self.mismatched.iter().map(mismatch).collect();
        if !self.schemas.is_empty() || !self.sources.is_empty() {
            refusals.push(self.wanted_table());
        }
        refusals
    }

    fn wanted_table(&self) -> String {
        let mut text = String::from(
            "customers are mapped to schemas and data sources that --mapping does not name. Put \
             the names of this server's into a file, or leave mappings out with --without-mapping:\n",
        );
        for (table, ids) in [("schemas", &self.schemas), ("sources", &self.sources)] {
            if !ids.is_empty() {
                // Writing into a String cannot fail.
                let _ = write!(text, "\n[{table}]\n");
            }
            for (id, count) in ids {
                let _ = writeln!(text, "{} = \"\"   # customers: {count}", toml_key(id));
            }
        }
        text
    }
}

fn mismatch((schema, source): &(String, String)) -> String {
    format!(
        "customers are mapped to data source {source:?} for schema {schema:?}, but the one that \
         --mapping names for it belongs to another schema here"
    )
}

/// A key as TOML wants it.
fn toml_key(id: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !id.is_empty() && id.chars().all(is_bare) {
        true => id.to_owned(),
        false => format!("{id:?}"),
    }
}

fn schema<'a>(definitions: &'a Definitions, text: &str) -> Result<&'a Schema, String> {
    let schemas = &definitions.schemas;
    let named = schemas.iter().find(|schema| schema.name.as_str() == text);
    let found = named.or_else(|| schemas.iter().find(|schema| schema.id.to_string() == text));
    let names = schemas.iter().map(|schema| &schema.name);
    found.ok_or_else(|| nearest::unknown("schema", text, names))
}

fn data_source<'a>(
    definitions: &'a Definitions,
    group: GroupId,
    text: &str,
) -> Result<&'a DataSource, String> {
    let sources = || definitions.sources.iter().filter(|source| source.group == group);
    let named = sources().find(|source| source.name.as_str() == text);
    let found = named.or_else(|| sources().find(|source| source.id.to_string() == text));
    let names = sources().map(|source| &source.name);
    let unknown = || nearest::unknown("data source of this group", text, names);
    found.map(|source| &**source).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;
    use std::sync::Arc;

    use model::Levels;
    use model::source::{Connection, Files};

    use super::*;

    const GROUP: GroupId = GroupId(1);

    fn name<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().expect("a name")
    }

    /// Schemas flights (1) and fleet (2) with a source each, and a source of another group.
    fn definitions() -> Definitions {
        let schema = |id, text| Schema {
            id: SchemaId(id),
            name: name(text),
            default_source: None,
            group_defaults: BTreeMap::new(),
        };
        let source = |id, text, schema, group| {
            let connection = Connection::Files(Files::default());
            let (id, name, schema) = (SourceId(id), name(text), SchemaId(schema));
            let isolated = false;
            Arc::new(DataSource { id, name, schema, group, isolated, connection, revision: 1 })
        };
        Definitions {
            generation: 1,
            levels: Levels::default(),
            groups: Vec::new(),
            environments: Vec::new(),
            schemas: vec![schema(1, "flights"), schema(2, "fleet")],
            sources: vec![
                source(1, "all-airlines", 1, GROUP),
                source(2, "planes", 2, GROUP),
                source(3, "samples", 1, GroupId(2)),
            ],
            dashboards: Vec::new(),
            purges: store::Purges::default(),
        }
    }

    fn translation(table: &str) -> Result<Translation, Vec<String>> {
        let table = toml::from_str(table).expect("a table");
        Translation::new(&table, &definitions(), GROUP)
    }

    fn mapping(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(schema, source): &(&str, &str)| (schema.to_string(), source.to_string());
        entries.iter().map(owned).collect()
    }

    #[track_caller]
    fn check(table: &str, entries: &[(&str, &str)], expected: Option<&[(i64, i64)]>) {
        let translated = translation(table).expect("a table").translate(&mapping(entries));
        let expected = expected.map(|pairs| {
            pairs.iter().map(|(schema, source)| (SchemaId(*schema), SourceId(*source))).collect()
        });
        assert_eq!(translated, expected);
    }

    #[test]
    fn ids_of_the_source_become_ids_of_this_server() {
        let table = "[schemas]\n40 = \"flights\"\n41 = 2\n\n\
                     [sources]\n213 = \"all-airlines\"\neu-planes = \"2\"\n";
        check(table, &[], Some(&[]));
        check(table, &[("40", "213"), ("41", "eu-planes")], Some(&[(1, 1), (2, 2)]));
        check(table, &[("42", "213")], None);
        check(table, &[("40", "214")], None);
        check(table, &[("40", "eu-planes")], None);
    }

    #[test]
    fn names_that_mean_nothing_here_are_told_all_at_once() {
        let faults = translation("[schemas]\n40 = \"fligths\"\n[sources]\n7 = \"samples\"\n");
        let expected = [
            "schemas.40: there is no schema \"fligths\"; did you mean \"flights\"?",
            "sources.7: there is no data source of this group \"samples\"; there are \
             all-airlines, planes",
        ];
        assert_eq!(faults.expect_err("faults"), expected);
        assert!(toml::from_str::<MappingTable>("[schema]\n1 = 2\n").is_err());
    }

    #[test]
    fn what_the_table_lacks_is_told_as_a_file_to_fill_in() {
        let translation = translation(
            "[schemas]\n40 = \"flights\"\n41 = \"fleet\"\n\
                                       [sources]\n213 = \"all-airlines\"\n",
        );
        let mappings = [
            mapping(&[("40", "9"), ("42", "x y")]),
            mapping(&[("40", "9")]),
            mapping(&[("41", "213")]),
        ];
        let refusals = translation.expect("a table").missing(mappings.iter()).refusals();
        assert_eq!(refusals.len(), 2);
        assert!(refusals[0].contains("data source \"213\" for schema \"41\""), "{}", refusals[0]);
        let expected = "\n[schemas]\n42 = \"\"   # customers: 1\n\n\
                        [sources]\n9 = \"\"   # customers: 2\n\"x y\" = \"\"   # customers: 1\n";
        assert!(refusals[1].ends_with(expected), "{}", refusals[1]);
        let none = Translation::default().missing([].iter());
        assert_eq!(none.refusals(), Vec::<String>::new());
    }
}
