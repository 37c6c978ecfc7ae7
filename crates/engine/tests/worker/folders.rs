//! Tables of many files: which of them count, what folders add, and what stays out of reach.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::protocol::{Column, ColumnType, CsvOptions, Fault, Location, Reply, Request, Table};
use tempfile::TempDir;

use crate::harness::{Rows, Worker, small_limits, table, write};

/// A folder whose own path looks as if it were partitioned, with files in it.
struct Folder {
    path: PathBuf,
    _parent: TempDir,
}

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let parent = TempDir::new().unwrap();
        let path = parent.path().canonicalize().unwrap().join("stage=test/sales");
        let folder = Self { path, _parent: parent };
        files.iter().for_each(|(name, text)| folder.add(name, text));
        folder
    }

    /// Text as it is; a `select` as the Parquet file of its rows.
    fn add(&self, name: &str, text: &str) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match text.starts_with("select") {
            true => write(&path, text, "(FORMAT parquet)"),
            false => fs::write(path, text).unwrap(),
        }
    }

    fn table(&self) -> Table {
        table("t", &self.path)
    }

    fn pattern(&self, pattern: &str) -> Table {
        let location = Location::Pattern { folder: self.path.clone(), pattern: pattern.to_owned() };
        Table { location, ..self.table() }
    }

    fn file(&self, name: &str) -> Table {
        table("t", &self.path.join(name))
    }
}

#[track_caller]
fn rows(table: &Table, sql: &str) -> Rows {
    let ask = |materialize| {
        let worker = Worker::try_start(vec![table.clone()], materialize, small_limits());
        worker.unwrap().query(sql, vec![]).unwrap()
    };
    let viewed = ask(false);
    assert_eq!(viewed, ask(true), "{sql}");
    viewed
}

#[track_caller]
fn check_refused(table: Table, expected: &str) {
    let refused = Worker::try_start(vec![table], false, small_limits());
    let message = refused.err().expect("the worker does not start");
    assert!(message.contains(expected), "{message}");
}

#[test]
fn objects_are_read_from_an_array_and_one_after_the_other() {
    let array = r#"[{"a": 1, "day": "2024-03-01", "n": {"x": [1, 2]}}, {"a": 2}]"#;
    let lines = "{\"a\": 1, \"day\": \"2024-03-01\", \"n\": {\"x\": [1, 2]}}\n{\"a\": 2}\n";
    let files = [("a.json", array), ("a.ndjson", lines), ("a.jsonl", lines)];
    let folder = Folder::with(&files);
    let sql = "select sum(a), typeof(any_value(day)), sum(n.x[2]) from t";
    for (name, _) in files {
        assert_eq!(rows(&folder.file(name), sql), [["3", "DATE", "2"]], "{name}");
    }
    assert_eq!(rows(&folder.table(), sql), [["9", "DATE", "6"]]);
}

#[test]
fn a_late_object_counts_for_the_type_of_a_column() {
    let lines = format!("{}{{\"a\": \"x\", \"b\": 1}}\n", "{\"a\": 1}\n".repeat(30_000));
    let folder = Folder::with(&[("a.jsonl", &lines)]);
    let sql = "select count(*), count(b), count(*) filter (a::varchar like '%x%') from t";
    assert_eq!(rows(&folder.table(), sql), [["30001", "1", "1"]]);
}

#[test]
fn files_of_a_folder_are_joined_by_the_names_of_their_columns() {
    for (first, second) in [
        (("a.parquet", "select 1 as a, 'x' as b"), ("b.parquet", "select 'y' as b, 2 as c")),
        (("a.csv", "a,b\n1,x\n"), ("b.csv", "b;c\ny;2\n")),
        (("a.json", r#"[{"a": 1, "b": "x"}]"#), ("b.jsonl", r#"{"b": "y", "c": 2}"#)),
    ] {
        let folder = Folder::with(&[first, second, ("deep/README.md", "no data")]);
        let found = rows(&folder.table(), "select a, b, c from t order by b");
        assert_eq!(found, [["1", "x", ""], ["", "y", "2"]], "{}", first.0);
    }
}

#[test]
fn folders_named_like_columns_are_texts_until_they_are_declared_otherwise() {
    for ending in ["csv", "json", "parquet"] {
        let text = |number: u32| match ending {
            "csv" => format!("n\n{number}\n"),
            "json" => format!("[{{\"n\": {number}}}]"),
            _ => format!("select {number} as n"),
        };
        let folder = Folder::with(&[
            (&format!("customer=7/month=2024-01-01/a.{ending}"), &text(1)),
            (&format!("customer=007/month=2024-02-01/a.{ending}"), &text(2)),
            (&format!("customer=__HIVE_DEFAULT_PARTITION__/month=2024-02-01/a.{ending}"), &text(3)),
            (&format!("customer=a%20b/month=2024-02-01/a.{ending}"), &text(4)),
        ]);
        let table = folder.table();
        let sql = "select n, customer, typeof(month) from t where customer = '007'";
        assert_eq!(rows(&table, sql), [["2", "007", "VARCHAR"]], "{ending}");
        assert_eq!(rows(&table, "select n from t where customer is null"), [["3"]]);
        assert_eq!(rows(&table, "select n from t where customer = 'a b'"), [["4"]]);
        let columns = columns(&table);
        assert_eq!(columns, ["n", "customer", "month"], "the path above adds no column");
        let types = BTreeMap::from([("month".to_owned(), ColumnType::Date)]);
        let typed = Table { types, ..table.clone() };
        let sql = "select sum(n) from t where month >= date '2024-02-01'";
        assert_eq!(rows(&typed, sql), [["9"]]);
        let plain = Table { partitions: false, ..table };
        assert_eq!(rows(&plain, "select * from t order by n limit 1"), [["1"]]);
    }
}

fn columns(table: &Table) -> Vec<String> {
    let mut worker = Worker::start(vec![table.clone()]);
    worker.send(&Request::Describe { id: 1, table: table.name.clone() });
    let Some(Reply::Described { columns, .. }) = worker.reply() else { panic!("no columns") };
    columns.into_iter().map(|Column { name, .. }| name).collect()
}

#[test]
fn a_pattern_takes_what_matches() {
    let folder = Folder::with(&[
        ("2024/a.csv", "n\n1\n"),
        ("2024/b.csv", "n\n2\n"),
        ("2025/deep/a.csv", "n\n4\n"),
        ("2025/a.csv.bak", "n\n8\n"),
        ("2025/_tmp/a.csv", "n\n16\n"),
        ("notes.txt", "n|m\n32|it's\n"),
    ]);
    for (pattern, sum) in
        [("2024/*.csv", "3"), ("**/a.csv", "5"), ("**/*.csv", "7"), ("*/?.csv", "3")]
    {
        assert_eq!(rows(&folder.pattern(pattern), "select sum(n) from t"), [[sum]], "{pattern}");
    }
    check_refused(folder.pattern("*.parquet"), "there is no file *.parquet in");
    check_refused(folder.pattern("*.txt"), "notes.txt: its ending tells no format");
    check_refused(folder.pattern("**/*.*"), "tells no format");
    let csv = CsvOptions { delimiter: Some('|'), ..CsvOptions::default() };
    let format = Some(engine::protocol::Format::Csv);
    let declared = Table { format, csv, ..folder.pattern("*.txt") };
    assert_eq!(rows(&declared, "select n, m from t"), [["32", "it's"]]);
}

#[test]
fn what_a_csv_file_does_not_tell_is_declared() {
    let folder = Folder::with(&[("zip.csv", "zip,n\n1234,1\n")]);
    let table = folder.file("zip.csv");
    assert_eq!(rows(&table, "select typeof(zip) from t"), [["BIGINT"]]);
    let types = BTreeMap::from([("zip".to_owned(), ColumnType::Text)]);
    for table in [table.clone(), folder.table()] {
        let typed = Table { types: types.clone(), ..table };
        assert_eq!(rows(&typed, "select typeof(zip), n + 1 from t"), [["VARCHAR", "2"]]);
    }
    let csv = CsvOptions { header: Some(false), ..CsvOptions::default() };
    assert_eq!(rows(&Table { csv, ..table.clone() }, "select count(*) from t"), [["2"]]);
    let types = BTreeMap::from([("absent".to_owned(), ColumnType::Text)]);
    check_refused(Table { types: types.clone(), ..table }, "absent");
    let json = Folder::with(&[("a.json", "[{\"n\": 1}]")]);
    check_refused(Table { types, ..json.table() }, "only CSV files take types");
}

#[test]
fn files_that_make_no_table_together_are_named() {
    let mixed = Folder::with(&[("a.csv", "n\n1\n"), ("b.json", "[]")]);
    check_refused(mixed.table(), "a.csv and b.json have different formats");
    let uneven = Folder::with(&[("a=1/a.csv", "n\n1\n"), ("a.csv", "n\n1\n")]);
    check_refused(uneven.table(), "do not lie in folders of the same columns");
    let twice = Folder::with(&[("a=1/A=2/a.csv", "n\n1\n")]);
    check_refused(twice.table(), "two folders of one path are named a=");
    check_refused(Folder::with(&[("notes.md", "")]).table(), "there is no file");
    let star = Folder::with(&[("a*.csv", "n\n1\n")]);
    check_refused(star.table(), "would be read as a pattern");
}

#[test]
fn a_file_that_comes_or_goes_asks_for_a_new_worker() {
    let folder = Folder::with(&[("month=1/a.parquet", "select 1 as n")]);
    type Change = fn(&Folder);
    let steps: [(&str, Change); 3] = [
        ("3", |folder| folder.add("month=1/b.parquet", "select 2 as n")),
        ("7", |folder| folder.add("month=2/a.parquet", "select 4 as n")),
        ("6", |folder| fs::remove_file(folder.path.join("month=1/a.parquet")).unwrap()),
    ];
    let mut worker = Worker::start(vec![folder.table()]);
    let mut copied = Worker::try_start(vec![folder.table()], true, small_limits()).unwrap();
    for (sum, change) in steps {
        change(&folder);
        std::thread::sleep(Duration::from_millis(1100));
        let sql = "select sum(n) from t";
        assert_eq!(worker.query(sql, vec![]), Err(Fault::FilesChanged));
        let id = copied.begin(sql, vec![]);
        assert_eq!(copied.reply(), Some(Reply::Finished { id, outdated: true }));
        worker = Worker::start(vec![folder.table()]);
        assert_eq!(worker.query(sql, vec![]).unwrap(), [[sum]]);
    }
}

#[test]
fn a_link_out_of_the_folder_is_refused_and_one_within_it_is_read() {
    let outside = Folder::with(&[("secret.csv", "n\n1000\n")]);
    let secret = outside.path.join("secret.csv");
    let folder = Folder::with(&[("a.csv", "n\n1\n")]);
    symlink(folder.path.join("a.csv"), folder.path.join("again.csv")).unwrap();
    // A link to a folder is not followed, wherever it leads.
    symlink(&outside.path, folder.path.join("elsewhere")).unwrap();
    symlink(&folder.path, folder.path.join("round")).unwrap();
    assert_eq!(rows(&folder.table(), "select sum(n) from t"), [["2"]]);
    symlink(&secret, folder.path.join("link.csv")).unwrap();
    check_refused(folder.table(), "link.csv is a link that leads out of the folder");
    check_refused(folder.pattern("l*.csv"), "leads out of the folder");
}

/// The link that was put there after the files were listed, as the process that opens them sees it.
#[test]
fn a_listed_file_is_opened_only_where_it_was_listed() {
    let outside = Folder::with(&[("secret.csv", "n\n1000\n")]);
    let folder = Folder::with(&[("a.csv", "n\n1\n")]);
    let listed = |name: &str| Table {
        location: Location::Files { folder: folder.path.clone(), names: vec![name.to_owned()] },
        ..folder.table()
    };
    assert_eq!(rows(&listed("a.csv"), "select n from t"), [["1"]]);
    symlink(outside.path.join("secret.csv"), folder.path.join("link.csv")).unwrap();
    symlink(&outside.path, folder.path.join("elsewhere")).unwrap();
    for name in ["link.csv", "elsewhere/secret.csv", "../../etc/passwd.csv"] {
        let refused = Worker::try_start(vec![listed(name)], false, small_limits()).err();
        let message = refused.unwrap_or_else(|| panic!("{name} is read"));
        assert!(message.contains(name), "{message}");
    }
}

/// The declared folder gives no leave for its other files, which were not taken, nor for those that
/// came later.
#[test]
fn only_the_files_of_the_table_can_be_read_in_a_folder() {
    let folder = Folder::with(&[("a.csv", "n\n1\n"), ("notes.txt", "secret\n"), (".env", "x\n")]);
    let mut worker = Worker::start(vec![folder.table()]);
    let path = |name: &str| folder.path.join(name).display().to_string();
    folder.add("late.csv", "n\n2\n");
    for reader in [
        format!("read_text('{}')", path("notes.txt")),
        format!("read_csv('{}')", path("late.csv")),
        format!("read_csv('{}')", path("a.csv")),
        format!("'{}'", path("*.csv")),
        format!("glob('{}')", path("*")),
        format!("read_text('{}')", path(".env")),
    ] {
        let outcome = worker.query(&format!("select * from {reader}"), vec![]);
        assert!(matches!(outcome, Err(Fault::Refused(_))), "{reader}: {outcome:?}");
    }
    assert_engine_refuses(&folder.path);
}

/// The engine's own lock, behind the check of statements.
fn assert_engine_refuses(folder: &Path) {
    let connection = duckdb::Connection::open_in_memory().unwrap();
    let file = folder.join("a.csv");
    let lock = format!(
        "set allowed_paths = ['{0}']; set enable_external_access = false;
         set lock_configuration = true",
        file.display()
    );
    connection.execute_batch(&lock).unwrap();
    connection.execute_batch(&format!("from read_csv(['{}'])", file.display())).unwrap();
    for reader in ["late.csv", "*.csv", "notes.txt", "a.csv/../late.csv", "a.csv/../../x.csv"] {
        let sql = format!("from read_csv(['{}'])", folder.join(reader).display());
        assert!(connection.execute_batch(&sql).is_err(), "{sql}");
    }
}
