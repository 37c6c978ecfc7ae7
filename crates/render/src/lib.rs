//! Panels as files: rows as CSV and XLSX, pictures as SVG, PNG and PDF.
//!
//! Pure but for fonts and the script engine: values come in, bytes go out. What a viewer may see
//! was decided long before.

mod charts;
mod comma_separated;
mod document;
mod fonts;
mod image;
mod picture;
mod workbook;

pub use charts::{ChartRequest, Charts};
pub use comma_separated::{write_csv_headings, write_csv_rows};
pub use picture::{Scale, Size};
pub use workbook::{MAX_ROWS, write_xlsx};

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

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the file could not be written")]
    Write(#[from] std::io::Error),
    #[error("the CSV text could not be written")]
    Csv(#[from] csv::Error),
    #[error("the workbook could not be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The caller asked for a picture of a size that is not made.
    #[error("{0}")]
    Size(#[from] picture::InvalidSize),
    /// More pictures wait than are worth waiting for; asking again later helps.
    #[error("too many pictures are being drawn")]
    Busy,
    /// More rows than a picture is drawn from.
    #[error("{bytes} bytes of rows are more than a picture is drawn from")]
    TooManyRows { bytes: usize },
    #[error("drawing took longer than its limit")]
    TimedOut,
    /// The script failed, ran out of memory or is not the one that draws panels.
    #[error("the drawing script failed: {0}")]
    Script(String),
    #[error("the drawing could not be read")]
    Drawing(#[from] resvg::usvg::Error),
    #[error("the picture could not be encoded: {0}")]
    Encoding(String),
}
