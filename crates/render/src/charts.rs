//! Panels as pictures: the script that draws them in browsers draws them here as well.

mod script;
mod workers;

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::{RenderError, Scale, Size, document, fonts, image};
use workers::Workers;

/// Bytes of rows that a picture is drawn from at most.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// One panel and the rows that answered it.
#[derive(Clone, Debug)]
pub struct ChartRequest {
    /// The panel as `GET /embed/v1/dashboard` shows it.
    pub definition_json: String,
    /// The answer as `POST /embed/v1/panels/{id}/data` gives it. Of a table the first rows are
    /// drawn, as many as find room.
    pub result_json: String,
    pub size: Size,
    /// Light letters on a dark background.
    pub dark: bool,
    /// Says across the picture that its rows are a demonstration customer's.
    pub watermark: bool,
    /// In which timestamps are read.
    pub time_zone: TimeZone,
}

/// Draws panels. Clones share their workers; a server that never draws pays nothing.
#[derive(Clone, Debug)]
pub struct Charts {
    workers: Arc<Workers>,
    with_fonts_of_the_machine: bool,
}

impl Charts {
    /// `script` is the text of `web/dist/render.js`. It is read when the first picture is drawn.
    pub fn new(script: impl Into<Arc<str>>) -> Self {
        Self { workers: Arc::new(Workers::new(script.into())), with_fonts_of_the_machine: false }
    }

    /// Takes letters that the bundled font lacks (Arabic, Hebrew, Chinese, emoji …) from the fonts
    /// that are installed on the machine. Without them such letters are boxes in PNG and PDF.
    #[must_use]
    pub fn with_fonts_of_the_machine(self) -> Self {
        Self { with_fonts_of_the_machine: true, ..self }
    }

    /// The panel as an SVG document. Blocks for as long as drawing takes: tens of milliseconds,
    /// some hundred for the first picture, a few seconds at most.
    pub fn svg(&self, request: ChartRequest) -> Result<String, RenderError> {
        let bytes = request.definition_json.len() + request.result_json.len();
        if bytes > MOST_BYTES {
            return Err(RenderError::TooManyRows { bytes });
        }
        self.workers.draw(request)
    }

    /// A drawing of [`Charts::svg`] as PNG. The work of a processor: tens of milliseconds.
    pub fn png(&self, svg: &str, scale: Scale) -> Result<Vec<u8>, RenderError> {
        image::png(&image::read(svg, self.fonts())?, scale)
    }

    /// A drawing of [`Charts::svg`] as a PDF with one page of its size, at 96 pixels to the inch.
    pub fn pdf(&self, svg: &str) -> Result<Vec<u8>, RenderError> {
        document::pdf(&image::read(svg, self.fonts())?)
    }

    fn fonts(&self) -> Arc<resvg::usvg::fontdb::Database> {
        if self.with_fonts_of_the_machine {
            fonts::with_those_of_the_machine()
        } else {
            fonts::bundled()
        }
    }
}
