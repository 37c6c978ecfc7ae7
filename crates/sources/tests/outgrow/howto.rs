//! The commands of the page, as they stand there.

use std::path::Path;

const PAGE: &str = include_str!("../../../../docs/how-to/outgrow-one-machine.md");

/// The block of code after the mark `<!-- test: NAME -->`.
pub(crate) fn block(name: &str) -> String {
    let (_, after) = PAGE.split_once(&format!("<!-- test: {name} -->")).expect("a mark");
    let (_, code) = after.split_once("```sql\n").expect("a block");
    code.split_once("```").expect("its end").0.to_owned()
}

/// The demo's flights as the page makes CSV of them.
pub(crate) fn flights() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("flights.csv");
    let parquet = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/data/flights.parquet");
    let copy = block("copy")
        .replace("flights.parquet", parquet)
        .replace("flights.csv", csv.to_str().expect("a path"));
    let engine = duckdb::Connection::open_in_memory().expect("an engine");
    engine.execute_batch(&copy).expect("a file");
    std::fs::read(csv).expect("the file")
}

/// Writes the rows of a query as Parquet, its seconds as instants, and answers with them as CSV.
pub(crate) fn write(rows: &str, parquet: &Path) -> Vec<u8> {
    let csv = parquet.with_extension("csv");
    let engine = duckdb::Connection::open_in_memory().expect("an engine");
    let statements = format!(
        "CREATE TABLE moments AS {rows};
         COPY moments TO '{}' (FORMAT csv, HEADER, NULL '\\N');
         COPY (SELECT * REPLACE (to_timestamp(seen) AS seen) FROM moments) TO '{}' (FORMAT parquet)",
        csv.display(),
        parquet.display()
    );
    engine.execute_batch(&statements).expect("two files");
    std::fs::read(csv).expect("the file")
}
