//! Draws every kind of panel, light and dark, for people to look at:
//! `cargo run --package render --example gallery -- DIR`.

#[path = "../tests/charts/panels.rs"]
mod panels;

use std::path::PathBuf;

use render::{ChartRequest, Charts, Scale, Size};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    let script = std::fs::read_to_string("web/dist/render.js")?;
    let charts = Charts::new(script).with_fonts_of_the_machine();
    std::fs::create_dir_all(&folder)?;
    for (number, panel) in panels::all().into_iter().enumerate() {
        let size = match panel.definition["type"].as_str() {
            Some("kpi") => Size::new(400, 200)?,
            Some("kpi_trend") => Size::new(560, 400)?,
            _ => Size::new(800, 450)?,
        };
        for dark in [false, true] {
            let svg = charts.svg(ChartRequest {
                definition_json: panel.definition.to_string(),
                result_json: panel.result.to_string(),
                size,
                dark,
                watermark: false,
                time_zone: jiff::tz::TimeZone::get("America/New_York")?,
            })?;
            let name = format!("{number}-{}", if dark { "dark" } else { "light" });
            std::fs::write(folder.join(format!("{name}.svg")), &svg)?;
            std::fs::write(folder.join(format!("{name}.png")), charts.png(&svg, Scale::TWO)?)?;
            std::fs::write(folder.join(format!("{name}.pdf")), charts.pdf(&svg)?)?;
        }
    }
    Ok(())
}
