//! Which file a viewer wants.

use render::Size;
use schemars::JsonSchema;

use super::super::request::DataRequest;
use crate::api_error::ApiError;
use crate::json::Fields;
use crate::reading::FromFields;

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

/// Which rows a viewer wants, and in which file.
#[derive(Debug, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(in super::super) struct ExportRequest {
    #[schemars(flatten)]
    pub(super) data: DataRequest,
    #[schemars(flatten)]
    pub(super) wanted: Wanted,
}

/// What an export request asks besides the rows.
#[derive(Debug, JsonSchema)]
pub(super) struct Wanted {
    #[schemars(with = "String", extend("enum" = FileFormat::ALL.map(|(name, _)| name)))]
    pub(super) format: FileFormat,
    /// Of a picture, in pixels; by the kind of panel when absent.
    #[schemars(range(min = 1))]
    pub(super) width: Option<u32>,
    /// Of a picture, in pixels; by the kind of panel when absent.
    #[schemars(range(min = 1))]
    pub(super) height: Option<u32>,
    /// The colours of a picture; light when absent.
    #[schemars(rename = "theme", with = "Option<String>", extend("enum" = ["light", "dark", null]))]
    pub(super) dark: bool,
}

impl FromFields for ExportRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let data = DataRequest::from_fields(fields);
        let wanted = Wanted::from_fields(fields);
        Some(Self { data: data?, wanted: wanted? })
    }
}

impl FromFields for Wanted {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (width, height) = (fields.positive("width"), fields.positive("height"));
        let (format, dark) = (format(fields), is_dark(fields));
        Some(Self { format: format?, width, height, dark: dark? })
    }
}

impl FileFormat {
    const ALL: [(&str, Self); 5] = [
        ("csv", Self::Rows(RowFormat::Csv)),
        ("xlsx", Self::Rows(RowFormat::Xlsx)),
        ("png", Self::Picture(PictureFormat::Png)),
        ("svg", Self::Picture(PictureFormat::Svg)),
        ("pdf", Self::Picture(PictureFormat::Pdf)),
    ];

    /// The media types of all files.
    pub(super) fn media_types() -> impl Iterator<Item = &'static str> {
        let content_types = Self::ALL.iter().map(|(_, format)| format.ending_and_content_type().1);
        content_types.filter_map(|content_type| content_type.split(';').next())
    }

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
    /// The wanted size, or this one.
    pub(super) fn size_or(&self, width: u32, height: u32) -> Result<Size, ApiError> {
        let size = Size::new(self.width.unwrap_or(width), self.height.unwrap_or(height));
        size.map_err(|error| ApiError::invalid("width", error.to_string()))
    }
}

fn format(fields: &mut Fields) -> Option<FileFormat> {
    let word = fields.text("format");
    let word = fields.required("format", word)?;
    let found = FileFormat::ALL.iter().find(|(known, _)| *known == word);
    let found = found.ok_or("must be csv, xlsx, png, svg or pdf");
    fields.faults.note("format", found).map(|(_, format)| *format)
}

fn is_dark(fields: &mut Fields) -> Option<bool> {
    match fields.text("theme").as_deref() {
        None | Some("light") => Some(false),
        Some("dark") => Some(true),
        Some(_) => fields.faults.note("theme", Err("must be light or dark")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(body: Value, expected: Result<(FileFormat, bool), &str>) {
        let mut fields = Fields::new(body.as_object().expect("an object").clone());
        let read = ExportRequest::from_fields(&mut fields);
        let found = fields.finish(read);
        let found = found.map(|ExportRequest { wanted, .. }| (wanted.format, wanted.dark));
        assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn a_format_is_one_of_five() {
        check(json!({"format": "csv"}), Ok((FileFormat::Rows(RowFormat::Csv), false)));
        let png = FileFormat::Picture(PictureFormat::Png);
        check(json!({"format": "png", "theme": "dark", "width": null}), Ok((png, true)));
        check(json!({"format": "doc"}), Err("format: must be csv, xlsx, png, svg or pdf"));
        check(json!({"format": 7}), Err("format: must be text, not a number"));
        check(json!({}), Err("format: is required"));
        check(json!({"format": "csv", "theme": "red"}), Err("theme: must be light or dark"));
        let fault = "width: must be a whole number from 1";
        check(json!({"format": "csv", "width": "9"}), Err(fault));
    }
}
