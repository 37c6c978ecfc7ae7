//! Which of the files below a folder make up a table, told from their names alone.
//!
//! Names are relative to the folder, with `/` between their parts. What Hive and Spark leave beside
//! their data (`_SUCCESS`, `.part-0.crc`, `_temporary/…`) is no data: no part of a name may begin with
//! `.` or `_`, unless it is a partition.

use glob::{MatchOptions, Pattern};

use super::Format;

/// More files than this are not one table: the engine asks each for its columns, for each query.
pub const MAX_FILES: usize = 10_000;

/// The files of a folder that make up a table.
#[derive(Clone, Debug)]
pub struct Selection {
    pattern: Option<Pattern>,
    format: Option<Format>,
}

impl Selection {
    /// With a pattern, files that match it; else all files of the format, or of any known one.
    /// `**` stands for any number of folders, `*` and `?` for parts of one name.
    pub fn new(pattern: Option<&str>, format: Option<Format>) -> Result<Self, String> {
        let compile = |text| Pattern::new(text).map_err(|error| format!("{text}: {error}"));
        Ok(Self { pattern: pattern.map(compile).transpose()?, format })
    }

    pub fn takes(&self, name: &str) -> bool {
        let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
        !name.split('/').any(is_hidden)
            && match &self.pattern {
                Some(pattern) => pattern.matches_with(name, options),
                None => is_known(format_of(name), self.format),
            }
    }

    /// The one format of all names. Errs when there are several, or one that is not known.
    pub fn format<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<Format, String> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let mut first: Option<(&str, Format)> = None;
        for name in names {
            let format = format_of(name)
                .ok_or_else(|| format!("{name}: its ending tells no format; set `format`"))?;
            match first {
                Some((other, of_other)) if of_other != format => {
                    return Err(format!(
                        "{other} and {name} have different formats; set `format` or a pattern"
                    ));
                }
                _ => first = Some((name, format)),
            }
        }
        first.map(|(_, format)| format).ok_or_else(|| "there is no file".to_owned())
    }
}

fn is_known(found: Option<Format>, wanted: Option<Format>) -> bool {
    found.is_some() && (wanted.is_none() || wanted == found)
}

/// Whether a part of a name is somebody's bookkeeping.
pub fn is_hidden(part: &str) -> bool {
    part.starts_with('.') || (part.starts_with('_') && !part.contains('='))
}

/// The format that a file's ending tells.
pub fn format_of(name: &str) -> Option<Format> {
    let name = name.to_ascii_lowercase();
    let is_parquet = name.ends_with(".parquet");
    let text = name.strip_suffix(".gz").unwrap_or(&name);
    let ends = |endings: &[&str]| endings.iter().any(|ending| text.ends_with(ending));
    if is_parquet {
        Some(Format::Parquet)
    } else if ends(&[".csv", ".tsv"]) {
        Some(Format::Csv)
    } else if ends(&[".json", ".ndjson", ".jsonl"]) {
        Some(Format::Json)
    } else {
        None
    }
}

/// The columns that the folders of a name stand for: `region` and `month` in
/// `region=eu/month=2024-01/a.parquet`.
pub fn partitions(name: &str) -> Vec<&str> {
    let folders = name.rsplit_once('/').map_or("", |(folders, _)| folders);
    let columns = folders.split('/').filter_map(|part| part.split_once('='));
    columns.map(|(column, _)| column).filter(|column| !column.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: Option<&str>, format: Option<Format>, name: &str, taken: bool) {
        let selection = Selection::new(pattern, format).unwrap();
        assert_eq!(selection.takes(name), taken, "{pattern:?} {format:?} {name}");
    }

    #[test]
    fn a_folder_stands_for_its_data_and_a_pattern_for_what_matches() {
        check(None, None, "a.parquet", true);
        check(None, None, "region=eu/a.JSONL.gz", true);
        check(None, None, "README.md", false);
        check(None, None, "_SUCCESS", false);
        check(None, None, "_temporary/a.parquet", false);
        check(None, None, "_region=eu/a.parquet", true);
        check(None, None, "x/.a.csv", false);
        check(None, Some(Format::Csv), "a.parquet", false);
        check(Some("*.csv"), None, "a.csv", true);
        check(Some("*.csv"), None, "x/a.csv", false);
        check(Some("**/*.csv"), None, "a.csv", true);
        check(Some("**/*.csv"), None, "x/y/a.csv", true);
        check(Some("**/*.csv"), None, "x/_y/a.csv", false);
        check(Some("2024-*/part-?.txt"), None, "2024-01/part-0.txt", true);
        assert!(Selection::new(Some("a[.csv"), None).is_err());
    }

    #[test]
    fn all_files_of_a_table_have_one_format() {
        let format =
            |names: &[&str]| Selection::new(None, None).unwrap().format(names.iter().copied());
        assert_eq!(format(&["a.csv", "b.csv.gz", "c.tsv"]), Ok(Format::Csv));
        assert!(format(&["a.csv", "b.parquet"]).unwrap_err().contains("different formats"));
        assert!(format(&["a.dat"]).unwrap_err().contains("tells no format"));
        assert!(format(&[]).is_err());
    }

    #[test]
    fn folders_named_like_columns_are_columns() {
        assert_eq!(partitions("region=eu/2024/month=01/a=b.csv"), ["region", "month"]);
        assert!(partitions("a=b.csv").is_empty());
        assert!(partitions("=x/a.csv").is_empty());
    }
}
