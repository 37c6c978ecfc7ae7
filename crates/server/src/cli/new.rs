//! `fanlight new`: a first workspace.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Args;
use model::name::{ColumnName, GroupId, SchemaId, SourceId, TableName};
use model::source::{Connection, DataSource, FileTable, Files};
use sources::{Limits, Sources};
use workspace::{ColumnType, FirstWorkspace, Table};

use super::{complain, print, serve};

#[derive(Args)]
pub(super) struct Options {
    /// The workspace's folder, missing or empty
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// A Parquet or CSV file to start from; it stays where it is
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The file's column that holds your customers' ids; guessed from the names when absent
    #[arg(long, value_name = "NAME", requires = "from")]
    tenant_column: Option<String>,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let first = match &options.from {
        Some(file) => {
            let table = table(file).await?;
            FirstWorkspace::over(&table, options.tenant_column.as_deref())?
        }
        None => FirstWorkspace::sample(),
    };
    first.write(&options.folder)?;
    let folder = options.folder.display();
    print(&format!("made the workspace {folder}; next: fanlight check {folder}"))?;
    if !first.tenant_column_was_named {
        complain(&format!(
            "guessed that the column {:?} holds your customers' ids; look at \
             {folder}/dashboards/overview.yaml before customers see it",
            first.tenant_column.as_str()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The file as a table, with the columns that the engine finds in it.
async fn table(file: &Path) -> anyhow::Result<Table> {
    let path = std::path::absolute(file)?;
    ensure!(path.is_file(), "there is no file {}", path.display());
    let path = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
    let name = Table::name_of(file);
    let columns = columns(&name, path).await?;
    Ok(Table { name, file: path.to_owned(), columns })
}

async fn columns(name: &TableName, path: &str) -> anyhow::Result<Vec<(ColumnName, ColumnType)>> {
    let table = FileTable { path: path.to_owned(), ..FileTable::default() };
    let tables = [(name.clone(), table)].into();
    let source = Arc::new(unregistered(Connection::Files(Files { tables, ..Files::default() }))?);
    let sources = Sources::new(Limits::default(), serve::worker_command()?);
    let described = sources.describe(&source, name).await;
    sources.shutdown().await;
    let described = described.with_context(|| format!("failed to read {path}"))?;
    // A column whose name nothing could refer to is left out.
    let usable = described
        .into_iter()
        .filter_map(|column| Some((column.name.parse().ok()?, column_type(&column.data_type))));
    Ok(usable.collect())
}

/// A data source that no server knows, to look into its tables.
fn unregistered(connection: Connection) -> anyhow::Result<DataSource> {
    Ok(DataSource {
        id: SourceId(0),
        name: "new".parse()?,
        schema: SchemaId(0),
        group: GroupId(0),
        isolated: false,
        connection,
        revision: 0,
    })
}

/// What a type of the embedded engine is to a first dashboard.
fn column_type(data_type: &str) -> ColumnType {
    let name = data_type.split('(').next().unwrap_or_default();
    match name {
        "VARCHAR" | "UUID" | "ENUM" => ColumnType::Text,
        "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "HUGEINT" | "UTINYINT" | "USMALLINT"
        | "UINTEGER" | "UBIGINT" | "UHUGEINT" => ColumnType::Integer,
        "FLOAT" | "DOUBLE" | "DECIMAL" => ColumnType::Number,
        "BOOLEAN" => ColumnType::Boolean,
        "DATE" => ColumnType::Date,
        name if name.starts_with("TIMESTAMP") && !name.ends_with(']') => ColumnType::Timestamp,
        _ => ColumnType::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_types_are_known() {
        let cases = [
            ("VARCHAR", ColumnType::Text),
            ("ENUM('a', 'b')", ColumnType::Text),
            ("BIGINT", ColumnType::Integer),
            ("UTINYINT", ColumnType::Integer),
            ("DECIMAL(18,3)", ColumnType::Number),
            ("BOOLEAN", ColumnType::Boolean),
            ("DATE", ColumnType::Date),
            ("TIMESTAMP", ColumnType::Timestamp),
            ("TIMESTAMP WITH TIME ZONE", ColumnType::Timestamp),
            ("TIMESTAMP_NS", ColumnType::Timestamp),
            ("BIGINT[]", ColumnType::Other),
            ("STRUCT(a INTEGER)", ColumnType::Other),
            ("VARCHAR[]", ColumnType::Other),
            ("TIMESTAMP[]", ColumnType::Other),
            ("BLOB", ColumnType::Other),
        ];
        for (data_type, expected) in cases {
            assert_eq!(column_type(data_type), expected, "{data_type}");
        }
    }
}
