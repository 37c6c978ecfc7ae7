//! Rows as files: CSV and XLSX.
//!
//! Pure: rows come in as [`Cell`]s, bytes go out. What a viewer may see was decided long before.

mod comma_separated;
mod workbook;

pub use comma_separated::write_csv;
pub use workbook::write_xlsx;

/// One value of a row, with the type that a spreadsheet should give it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A missing value.
    Empty,
    Text(String),
    /// A number that a double holds exactly.
    Number(f64),
    /// A number that a double would round: an integer beyond 2⁵³ or a decimal, as its digits.
    Digits(String),
    Boolean(bool),
    Date(jiff::civil::Date),
    /// An instant in the time zone in force.
    Instant(jiff::ZonedDateTime),
}

/// A column's heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading(pub String);

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the file could not be written")]
    Write(#[from] std::io::Error),
    #[error("the CSV text could not be written")]
    Csv(#[from] csv::Error),
    #[error("the workbook could not be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}
