//! Declared tables in the words of the worker.

use engine::protocol::{ColumnType, CsvOptions, Format, Location, Table};
use model::name::TableName;
use model::source::{FileColumnType, FileFormat, FileTable, Files};

/// The declared tables, in order of their names.
pub(crate) fn tables(files: &Files) -> Vec<Table> {
    files.tables.iter().map(|(name, file)| table(name, file)).collect()
}

fn table(name: &TableName, file: &FileTable) -> Table {
    let types = file.types.iter().map(|(column, kind)| (column.clone(), column_type(*kind)));
    Table {
        name: name.to_string(),
        location: location(file),
        format: file.format.map(format),
        csv: CsvOptions {
            null_text: file.null_text.clone(),
            delimiter: file.delimiter,
            header: file.header,
        },
        types: types.collect(),
        partitions: file.partitions.unwrap_or(true),
    }
}

fn location(file: &FileTable) -> Location {
    match file.pattern() {
        Some((folder, pattern)) => {
            Location::Pattern { folder: folder.into(), pattern: pattern.to_owned() }
        }
        None => Location::Path(file.path.clone().into()),
    }
}

fn format(format: FileFormat) -> Format {
    match format {
        FileFormat::Parquet => Format::Parquet,
        FileFormat::Csv => Format::Csv,
        FileFormat::Json => Format::Json,
    }
}

fn column_type(kind: FileColumnType) -> ColumnType {
    match kind {
        FileColumnType::Text => ColumnType::Text,
        FileColumnType::Integer => ColumnType::Integer,
        FileColumnType::Number => ColumnType::Number,
        FileColumnType::Boolean => ColumnType::Boolean,
        FileColumnType::Date => ColumnType::Date,
        FileColumnType::Timestamp => ColumnType::Timestamp,
    }
}
