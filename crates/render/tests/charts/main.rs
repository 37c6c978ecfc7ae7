//! Panels drawn with the real script, as the server does.

mod panels;

use std::path::Path;
use std::sync::LazyLock;

use panels::{
    Panel, by_month, delay_share, destinations, destinations_with_totals, flights,
    late_destinations, recent, weekly_flights,
};
use render::{ChartRequest, Charts, RenderError, Scale, Size};
use resvg::tiny_skia::Pixmap;
use resvg::usvg::roxmltree::Document;
use serde_json::{Value, json};

fn charts() -> Charts {
    static CHARTS: LazyLock<Charts> = LazyLock::new(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/render.js");
        let text = std::fs::read_to_string(script)
            .expect("web/dist/render.js is there after `cargo xtask web`");
        Charts::new(text)
    });
    CHARTS.clone()
}

fn request(panel: &Panel, width: u32, height: u32) -> ChartRequest {
    ChartRequest {
        definition_json: panel.definition.to_string(),
        result_json: panel.result.to_string(),
        size: Size::new(width, height).expect("a size"),
        dark: false,
        watermark: false,
        time_zone: jiff::tz::TimeZone::get("America/New_York").expect("a zone"),
    }
}

/// The same panel whose title, labels and text cells all read `text`.
fn with_every_text(mut panel: Panel, text: &str) -> Panel {
    panel.definition["title"] = json!(text);
    for column in list(&mut panel.definition["columns"]) {
        column["label"] = json!(text);
    }
    let columns = panel.result["columns"].clone();
    for row in list(&mut panel.result["rows"]) {
        for (at, cell) in list(row).iter_mut().enumerate() {
            if columns[at]["type"] == "string" {
                *cell = json!(text);
            }
        }
    }
    panel
}

fn without_rows(mut panel: Panel) -> Panel {
    panel.result["rows"] = json!([]);
    panel
}

fn list(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().expect("a list")
}

/// The texts of a drawing, in the order they are drawn.
fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("well-formed");
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

#[track_caller]
fn check(panel: &Panel, expected: &[&str]) {
    let svg = charts().svg(request(panel, 800, 450)).expect("drawn");
    let texts = texts(&svg);
    for text in expected {
        assert!(texts.iter().any(|one| one == text), "{text:?} is not among {texts:?}");
    }
}

#[test]
fn a_chart_says_what_it_shows() {
    check(&by_month(), &["Flights per month", "Jan", "2013", "Dec", "30K", "0"]);
    check(&destinations(), &["Top destinations", "Flights", "ORD", "17.3K", "-1.10"]);
    check(&late_destinations(), &["In minutes", "SEA", "10"]);
    check(&delay_share(), &["Late departures", "EWR", "JFK", "LGA", "30%"]);
}

#[test]
fn a_figure_is_written_large() {
    check(&flights(), &["Flights", "336,776"]);
}

/// The large text of a figure with `format` set over the usual one.
#[track_caller]
fn check_figure(kind: &str, value: Value, format: Value, expected: &str) {
    let mut panel = flights();
    panel.result["columns"][0]["type"] = json!(kind);
    panel.result["rows"][0][0] = value;
    for (key, setting) in format.as_object().into_iter().flatten() {
        panel.definition["columns"][0]["format"][key] = setting.clone();
    }
    let svg = charts().svg(request(&panel, 400, 200)).expect("drawn");
    assert_eq!(texts(&svg)[1], expected);
}

#[test]
fn figures_read_as_in_a_browser() {
    check_figure("integer", json!(0), json!({}), "0");
    check_figure("integer", json!(-999_999), json!({}), "-999,999");
    check_figure("integer", json!(12_350_000), json!({}), "12.4M");
    check_figure("decimal", json!("-1234567890.25"), json!({}), "-1.2B");
    check_figure("float", json!(1.005), json!({"decimals": 2}), "1.01");
    check_figure("float", json!(12.639), json!({}), "12.6");
    check_figure("float", json!(0.000_123_456), json!({}), "0.000123");
    check_figure("float", json!(0.2345), json!({"style": "percent"}), "23.5%");
    let dollars = json!({"style": "currency", "currency": "USD"});
    check_figure("decimal", json!("1234.5"), dollars, "$1,234.50");
    let yen = json!({"style": "currency", "currency": "JPY"});
    check_figure("integer", json!(1_234), yen, "¥1,234");
    check_figure("date", json!("2013-01-07"), json!({}), "Jan 7, 2013");
    check_figure("timestamp", json!("2013-07-01T03:30:00Z"), json!({}), "Jun 30, 2013, 23:30");
    check_figure("boolean", json!(true), json!({}), "Yes");
}

#[test]
fn a_table_shows_its_first_rows() {
    check(
        &recent(),
        &["Departed", "Delay (min)", "Sep 30, 2013, 23:59", "–", "First 9 of 336,776 rows"],
    );
}

#[test]
fn a_table_ends_with_its_totals() {
    check(&destinations_with_totals(), &["Total", "336,776", "6.90", "First 8 of 105 rows"]);
}

/// The attribute of every element of that name, in the order they are drawn.
fn attributes(svg: &str, name: &str, attribute: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("well-formed");
    let found = document.descendants().filter(|node| node.has_tag_name(name));
    found.map(|node| node.attribute(attribute).unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_trend_tells_its_change_by_sign_word_and_colour() {
    let mut panel = weekly_flights();
    check(&panel, &["25,709", "6.6% more", "against 24,120 from Aug 7 to Sep 3, 2013"]);
    let svg = charts().svg(request(&panel, 560, 400)).expect("drawn");
    assert_eq!(attributes(&svg, "path", "fill"), ["#1a6b3c"]);
    assert_eq!(attributes(&svg, "polyline", "stroke"), ["#8d95a3", "#1f5fc7"]);
    let comparison = &mut panel.result["comparison"];
    comparison["previous"] = json!(30_000);
    comparison["change"] = json!(-0.143);
    check(&panel, &["14.3% less"]);
    let svg = charts().svg(request(&panel, 560, 400)).expect("drawn");
    assert_eq!(attributes(&svg, "path", "fill"), ["#b3261e"]);
}

#[test]
fn a_small_trend_leaves_out_what_finds_no_room() {
    let svg = charts().svg(request(&weekly_flights(), 200, 200)).expect("drawn");
    let texts = texts(&svg);
    assert!(texts.contains(&"6.6% more".to_owned()), "{texts:?}");
    for node in Document::parse(&svg).expect("well-formed").descendants() {
        let y: f64 = node.attribute("y").and_then(|y| y.parse().ok()).unwrap_or_default();
        assert!((0.0..=200.0).contains(&y), "{node:?}");
    }
}

#[test]
fn a_panel_without_rows_says_so() {
    check(&without_rows(by_month()), &["Flights per month", "No data"]);
    check(&without_rows(recent()), &["No data"]);
    check(&without_rows(flights()), &["Flights", "–"]);
}

#[test]
fn texts_of_customers_stay_texts() {
    let evil = "<script>alert('1')</script> & \"zr0-\" ]]> class=\"a\" שלום 😀 漢字 \u{1}";
    let seen = evil.replace('\u{1}', "\u{fffd}");
    for panel in [by_month(), destinations(), delay_share(), flights(), recent()] {
        let panel = with_every_text(panel, evil);
        let svg = charts().svg(request(&panel, 2000, 450)).expect("drawn");
        assert!(!svg.contains("<script"));
        assert!(texts(&svg).contains(&seen), "{:?}", texts(&svg));
        charts().png(&svg, Scale::ONE).expect("a PNG");
        charts().pdf(&svg).expect("a PDF");
    }
}

#[test]
fn nothing_but_drawings_is_in_a_drawing() {
    let allowed = "svg title desc rect path line text tspan g clipPath defs polyline circle";
    for panel in panels::all() {
        let svg = charts().svg(request(&panel, 800, 450)).expect("drawn");
        let document = Document::parse(&svg).expect("well-formed");
        for node in document.descendants().filter(|node| node.is_element()) {
            let name = node.tag_name().name();
            assert!(allowed.split(' ').any(|one| one == name), "<{name}>");
            for attribute in node.attributes() {
                assert!(!attribute.name().starts_with("on"), "{attribute:?}");
                assert!(!attribute.name().contains("href"), "{attribute:?}");
            }
        }
    }
}

#[test]
fn the_same_rows_give_the_same_picture() {
    let first = charts().svg(request(&delay_share(), 800, 450)).expect("drawn");
    for _ in 0..3 {
        assert!(charts().svg(request(&delay_share(), 800, 450)).expect("drawn") == first);
    }
}

/// The colours of an image with how many pixels have them.
fn colors(png: &[u8]) -> (u32, u32, Vec<([u8; 4], usize)>) {
    let image = Pixmap::decode_png(png).expect("a PNG");
    let mut counts = std::collections::HashMap::new();
    for pixel in image.pixels() {
        let color = [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()];
        *counts.entry(color).or_insert(0) += 1;
    }
    let mut colors: Vec<_> = counts.into_iter().collect();
    colors.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    (image.width(), image.height(), colors)
}

#[test]
fn an_image_has_the_size_and_the_colours_asked_for() {
    for (dark, surface, bars) in [
        (false, [255, 255, 255, 255], [42, 111, 219, 255]),
        (true, [21, 24, 30, 255], [91, 155, 255, 255]),
    ] {
        let request = ChartRequest { dark, ..request(&by_month(), 800, 450) };
        let svg = charts().svg(request).expect("drawn");
        let png = charts().png(&svg, Scale::TWO).expect("a PNG");
        let (width, height, colors) = colors(&png);
        assert_eq!((width, height), (1600, 900));
        assert_eq!([colors[0].0, colors[1].0], [surface, bars]);
        assert!(colors.len() > 20, "letters have soft edges");
    }
}

#[test]
fn an_image_has_its_limits() {
    let svg = charts().svg(request(&by_month(), 4000, 4000)).expect("drawn");
    assert!(matches!(charts().png(&svg, Scale::TWO), Err(RenderError::Size(_))));
}

#[test]
fn a_demonstration_is_marked() {
    let plain = charts().svg(request(&flights(), 400, 200)).expect("drawn");
    assert!(!texts(&plain).contains(&"DEMO".to_owned()));
    let request = ChartRequest { watermark: true, ..request(&flights(), 400, 200) };
    let marked = charts().svg(request).expect("drawn");
    assert!(texts(&marked).contains(&"DEMO".to_owned()));
}

#[test]
fn a_document_is_a_page_of_the_same_size_with_real_letters() {
    for panel in panels::all() {
        let svg = charts().svg(request(&panel, 800, 400)).expect("drawn");
        let pdf = charts().pdf(&svg).expect("a PDF");
        assert_eq!(&pdf[..5], b"%PDF-");
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.contains("/MediaBox[0 0 600 300]"), "{}", &text[..2000]);
        assert!(text.contains("Inter-Regular"), "the letters are in the file");
        assert!(text.contains("/ToUnicode"), "the letters can be copied");
    }
}

#[test]
fn rows_beyond_a_picture_are_refused() {
    let mut large = request(&by_month(), 800, 450);
    large.result_json = " ".repeat(17 << 20);
    assert!(matches!(charts().svg(large), Err(RenderError::TooManyRows { .. })));
}

#[test]
fn a_failure_does_not_stay() {
    let broken = ChartRequest { result_json: "{".to_owned(), ..request(&by_month(), 800, 450) };
    assert!(matches!(charts().svg(broken), Err(RenderError::Script(_))));
    check(&by_month(), &["Flights per month"]);
}

#[test]
fn many_draw_at_once() {
    let threads: Vec<_> = (0..8)
        .map(|_| std::thread::spawn(|| charts().svg(request(&by_month(), 800, 450))))
        .collect();
    for thread in threads {
        thread.join().expect("no panic").expect("drawn");
    }
}
