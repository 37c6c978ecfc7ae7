//! Which file a viewer wants.

use render::Size;
use serde_json::{Map, Value};

use super::super::request;
use crate::api_error::ApiError;
use crate::json::Faults;

/// The fields of an export request that a data request does not have.
pub(super) const FIELDS: [&str; 4] = ["format", "width", "height", "theme"];

/// The files that a panel can be had as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileFormat {
    Rows(RowFormat),
    Picture(PictureFormat),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowFormat {
    Csv,
    Xlsx,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PictureFormat {
    Png,
    Svg,
    Pdf,
}

/// What an export request asks besides the rows.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) format: FileFormat,
    /// In pixels; by the kind of panel when absent.
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) dark: bool,
}

impl FileFormat {
    const ALL: [(&str, Self); 5] = [
        ("csv", Self::Rows(RowFormat::Csv)),
        ("xlsx", Self::Rows(RowFormat::Xlsx)),
        ("png", Self::Picture(PictureFormat::Png)),
        ("svg", Self::Picture(PictureFormat::Svg)),
        ("pdf", Self::Picture(PictureFormat::Pdf)),
    ];

    pub(super) fn ending_and_content_type(self) -> (&'static str, &'static str) {
        match self {
            Self::Rows(RowFormat::Csv) => ("csv", "text/csv; charset=utf-8"),
            Self::Rows(RowFormat::Xlsx) => {
                ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            }
            Self::Picture(PictureFormat::Png) => ("png", "image/png"),
            Self::Picture(PictureFormat::Svg) => ("svg", "image/svg+xml"),
            Self::Picture(PictureFormat::Pdf) => ("pdf", "application/pdf"),
        }
    }
}

impl Wanted {
    pub(super) fn read(body: &[u8]) -> Result<Self, ApiError> {
        let fields = request::object(body)?;
        let mut faults = Faults::default();
        let format = format(&fields, &mut faults);
        let width = side("width", &fields, &mut faults);
        let height = side("height", &fields, &mut faults);
        let dark = is_dark(&fields, &mut faults);
        faults.finish(format.map(|format| Self { format, width, height, dark }))
    }

    /// The wanted size, or this one.
    pub(super) fn size_or(&self, width: u32, height: u32) -> Result<Size, ApiError> {
        let size = Size::new(self.width.unwrap_or(width), self.height.unwrap_or(height));
        size.map_err(|error| ApiError::invalid("width", error.to_string()))
    }
}

fn format(fields: &Map<String, Value>, faults: &mut Faults) -> Option<FileFormat> {
    let word = fields.get("format").and_then(Value::as_str);
    let found = FileFormat::ALL.iter().find(|(known, _)| Some(*known) == word);
    if found.is_none() {
        faults.add("format", "must be csv, xlsx, png, svg or pdf");
    }
    found.map(|(_, format)| *format)
}

fn side(key: &str, fields: &Map<String, Value>, faults: &mut Faults) -> Option<u32> {
    let value = fields.get(key).filter(|value| !value.is_null())?;
    let pixels = value.as_u64().and_then(|pixels| u32::try_from(pixels).ok());
    if pixels.is_none() {
        faults.add(key, "must be a whole number of pixels");
    }
    pixels
}

fn is_dark(fields: &Map<String, Value>, faults: &mut Faults) -> bool {
    match fields.get("theme") {
        None | Some(Value::Null) => false,
        Some(Value::String(theme)) if theme == "dark" => true,
        Some(Value::String(theme)) if theme == "light" => false,
        Some(_) => {
            faults.add("theme", "must be light or dark");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Result<(FileFormat, bool), &str>) {
        let found = Wanted::read(body.as_bytes());
        let found = found.map(|wanted| (wanted.format, wanted.dark));
        assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn a_format_is_one_of_five() {
        check(r#"{"format":"csv"}"#, Ok((FileFormat::Rows(RowFormat::Csv), false)));
        let png = FileFormat::Picture(PictureFormat::Png);
        check(r#"{"format":"png","theme":"dark","width":null}"#, Ok((png, true)));
        let fault = "format: must be csv, xlsx, png, svg or pdf";
        check(r#"{"format":"doc"}"#, Err(fault));
        check(r#"{"format":7}"#, Err(fault));
        check("", Err(fault));
        check(r#"{"format":"csv","theme":"red"}"#, Err("theme: must be light or dark"));
        let fault = "width: must be a whole number of pixels";
        check(r#"{"format":"csv","width":"9"}"#, Err(fault));
    }
}
