//! What the connectors' pages tell operators to run, for tests that run it.

/// The first block of code in a language below a heading of a page.
pub(crate) fn block(page: &str, heading: &str, language: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/connectors/");
    let text = std::fs::read_to_string(format!("{folder}{page}.md")).unwrap();
    let (_, below) = text.split_once(&format!("\n## {heading}\n")).expect("the heading");
    let section = below.split("\n## ").next().unwrap_or(below);
    let (_, block) = section.split_once(&format!("```{language}\n")).expect("a block of code");
    let (block, _) = block.split_once("```").expect("the end of the block");
    block.to_owned()
}
