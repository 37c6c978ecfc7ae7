//! Where the paths of data sources lead.

use std::fs;

use model::name::{SourceName, TableName};
use model::source::Connection;
use tempfile::TempDir;
use workspace::Workspace;

#[test]
fn folders_and_patterns_become_absolute_and_keys_stay_as_they_are() {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("data/sales")).unwrap();
    let yaml = r#"
groups: [Production]
schemas:
  sales:
    sources:
      here:
        connection:
          type: files
          tables:
            folder: {path: data/sales/, partitions: false}
            pattern: {path: "data/**/*.csv", delimiter: ";", types: {zip: text}}
      there:
        connection:
          type: files
          storage: {type: s3, bucket: reports}
          tables:
            pattern: {path: "sales/*.csv"}
"#;
    fs::write(folder.path().join("workspace.yaml"), yaml).unwrap();
    let workspace = Workspace::read(folder.path()).unwrap();
    let path = |source: &str, table: &str| {
        let source = &workspace.declaration().sources[&source.parse::<SourceName>().unwrap()];
        let Connection::Files(files) = &source.connection else { panic!("files") };
        files.tables[&table.parse::<TableName>().unwrap()].path.clone()
    };
    let absolute = |path: &str| format!("{}/{path}", folder.path().display());
    assert_eq!(path("here", "folder"), absolute("data/sales/"));
    assert_eq!(path("here", "pattern"), absolute("data/**/*.csv"));
    assert_eq!(path("there", "pattern"), "sales/*.csv");
}
