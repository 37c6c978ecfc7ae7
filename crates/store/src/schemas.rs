//! What ends schemas and data sources. They are made and changed by [`Store::amend`].

use model::OperatorScope;
use model::access::Caller;
use model::declaration::DeclaredSource;
use model::name::{SchemaName, SourceId, SourceName};
use serde_json::json;

use crate::apply::source_state;
use crate::audit::{self, Change, Kind};
use crate::definitions::{Definitions, Load, touch};
use crate::error::{StoreError, refuse_if_used};
use crate::session::{Cells, Param, Session};
use crate::sql;
use crate::store::{Store, Work};

impl Store {
    /// Deletes a schema. Errs with `Needed` while it has data sources, or a dashboard reads it in a
    /// version that somebody may see.
    pub async fn delete_schema(
        &self,
        operator: &OperatorScope,
        name: &SchemaName,
    ) -> Result<(), StoreError> {
        self.write(DeleteSchema { caller: operator.caller().clone(), name: name.clone() }).await
    }

    /// Deletes a data source and returns what its number was. Errs with `Needed` while customers are
    /// mapped to it, or it is a default.
    pub async fn delete_data_source(
        &self,
        operator: &OperatorScope,
        name: &SourceName,
    ) -> Result<SourceId, StoreError> {
        self.write(DeleteSource { caller: operator.caller().clone(), name: name.clone() }).await
    }
}

struct DeleteSchema {
    caller: Caller,
    name: SchemaName,
}

impl Work for DeleteSchema {
    type Output = ();
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<(), StoreError> {
        let definitions = Load.run(session).await?;
        let schema = definitions.schema_named(&self.name).ok_or(StoreError::NotFound("schema"))?;
        let sources = definitions.sources.iter().filter(|source| source.schema == schema.id);
        let readers = readers(&definitions, &self.name);
        let uses = [(sources.count() as u64, "data source"), (readers, "dashboard")];
        refuse_if_used("schema", uses)?;
        session.execute(sql::DELETE_SCHEMA, &[Param::Integer(schema.id.0)]).await?;
        touch(session).await?;
        let name = self.name.as_str();
        let change = Change::deleted(Kind::Schema, name, json!({"name": name}));
        audit::note(session, &self.caller, change).await
    }
}

/// How many dashboards read the schema in a version that somebody may see.
fn readers(definitions: &Definitions, schema: &SchemaName) -> u64 {
    let dashboards = definitions.dashboards.iter().filter(|dashboard| {
        let mut datasets = dashboard.versions.values().flat_map(|it| it.datasets.values());
        datasets.any(|dataset| dataset.schema == *schema)
    });
    dashboards.count() as u64
}

struct DeleteSource {
    caller: Caller,
    name: SourceName,
}

impl Work for DeleteSource {
    type Output = SourceId;
    const EXCLUSIVE: bool = true;

    async fn run(&self, session: &Session<'_>) -> Result<SourceId, StoreError> {
        let definitions = Load.run(session).await?;
        let found = definitions.sources.iter().find(|source| source.name == self.name);
        let found = found.ok_or(StoreError::NotFound("data source"))?;
        let key = [Param::Integer(found.id.0)];
        let uses = session.row(sql::SOURCE_USES, &key, read_uses).await?;
        refuse_if_used("data source", uses.unwrap_or_default())?;
        session.execute(sql::DELETE_SOURCE, &key).await?;
        touch(session).await?;
        let group = definitions.group(found.group).map(|group| group.name.clone());
        let schema = definitions.schema(found.schema).map(|schema| schema.name.clone());
        let (Some(group), Some(schema)) = (group, schema) else {
            return Err(StoreError::corrupt(format!("{} has no group or schema", self.name)));
        };
        let (isolated, connection) = (found.isolated, found.connection.clone());
        let before = DeclaredSource { schema, group, isolated, connection };
        let change = Change::deleted(Kind::DataSource, self.name.as_str(), source_state(&before));
        audit::note(session, &self.caller, change.in_group(&before.group)).await?;
        Ok(found.id)
    }
}

fn read_uses(row: &Cells<'_>) -> Result<[(u64, &'static str); 3], StoreError> {
    let count = |at| row.integer(at).map(i64::unsigned_abs);
    Ok([(count(0)?, "customer"), (count(1)?, "schema"), (count(2)?, "group default")])
}
