//! Customers whose ids a loose comparison takes for each other's: each gets its own rows or none.
//!
//! The reference compares texts in memory. What is asked goes the whole way, from a dashboard to the
//! database's answer.

use super::*;

/// Ids that collations, padding and numbers mix up. No id is empty.
const IDS: [&str; 22] = [
    "UA",
    "ua",
    "Ua",
    "UÁ",
    "UA ",
    "é",
    "e",
    "12",
    "012",
    "12.0",
    "1.2e1",
    "+12",
    "12abc",
    "0",
    "00",
    "-0",
    "abc",
    "13",
    "9007199254740992",
    "9007199254740993",
    "123456789012345",
    "0x0c",
];

/// Columns that hold whole numbers.
const NUMBERS: [&str; 3] = ["number", "large", "precise"];

fn is_number(id: &str) -> bool {
    id.parse::<i64>().is_ok_and(|number| number.to_string() == id)
}

/// What the column holds for the row of this id, as text; `None`: nothing.
fn held(column: &str, id: &str) -> Option<String> {
    match column {
        "fixed" => Some(id.trim_end().to_owned()),
        "latin" => Some(id.to_owned()),
        column if NUMBERS.contains(&column) => is_number(id).then(|| id.to_owned()),
        _ => Some(id.to_owned()),
    }
}

/// Inserts a row for each id; `row` tells which one it is.
fn inserts(columns: &[&str]) -> String {
    let literal = |value: Option<String>| value.map_or("null".to_owned(), |it| format!("'{it}'"));
    let rows = IDS.iter().zip(0..).map(|(id, at)| {
        let values = columns.iter().map(|column| match (*column, is_number(id)) {
            ("number", true) if id.len() > 9 => "null".to_owned(),
            (column, _) => literal(held(column, id)),
        });
        format!("({at}, {})", values.collect::<Vec<_>>().join(", "))
    });
    let rows: Vec<String> = rows.collect();
    format!("insert into loose values {}", rows.join(", "))
}

fn case(column: &str, id: &str, by_policy: bool) -> Case {
    let dataset = if by_policy {
        json!({
            "schema": "flights", "sql": "select * from loose",
            "tenant_column": {"column": column, "equals": "customer_id"},
        })
    } else {
        let sql = format!("select * from loose where {column} = {{{{customer_id}}}}");
        json!({"schema": "flights", "sql": sql})
    };
    let dashboard = json!({
        "name": "loose", "datasets": {"loose": dataset},
        "panels": [{
            "id": "panel", "type": "table", "title": "Rows", "dataset": "loose",
            "columns": [{"column": "row"}],
        }],
    });
    Case {
        name: format!("{column} {id:?} {by_policy}"),
        dashboard: serde_json::from_value(dashboard).unwrap(),
        path: vec![customer(0, &json!({"id": id}))],
        request: request(&json!({"panel": "panel"})),
    }
}

/// The rows that a customer sees; `None`: it is refused.
async fn seen(
    world: &World,
    connector: &Arc<dyn Connector>,
    case: &Case,
) -> Option<BTreeSet<String>> {
    let compiled = world.compile(case)?;
    let (_stopper, stop) = crate::stop::stop();
    let found = Arc::clone(connector).execute(Arc::new(query(&compiled.rows)), stop).await;
    let found = found.ok()?;
    Some(found.rows().map(|cells| cells.map(|cell| cell.to_string()).collect()).collect())
}

async fn check_all(connection: &Connection, columns: &[&str], certain: &[&str]) {
    let world = World::new(connection);
    let connector = open(connection);
    let mut answered = 0;
    for column in columns {
        for id in IDS {
            let own = |row: &String| {
                let id_of_row = IDS[row.parse::<usize>().unwrap()];
                held(column, id_of_row).is_some_and(|text| text == id)
            };
            for by_policy in [false, true] {
                let case = case(column, id, by_policy);
                let Some(rows) = seen(&world, &connector, &case).await else { continue };
                assert!(rows.iter().all(own), "{}: {rows:?}", case.name);
                if certain.contains(column) {
                    assert_eq!(rows.len(), 1, "{}", case.name);
                }
                answered += rows.len();
            }
            if certain.contains(column) {
                let by_policy = seen(&world, &connector, &case_of_policy(column, id)).await;
                assert!(by_policy.is_some(), "{column} {id:?} is refused");
            }
        }
    }
    assert!(answered > 60, "{answered} rows were seen");
}

fn case_of_policy(column: &str, id: &str) -> Case {
    case(column, id, true)
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_shows_no_customer_the_rows_of_another() {
    let server = MariaDb::start().unwrap();
    let columns = ["folded", "exact", "bytes", "fixed", "latin", "number", "large", "precise"];
    server
        .execute(&format!(
            "create table loose (row_number_ int, folded varchar(40), exact varchar(40) collate utf8mb4_bin,
                bytes varbinary(40), fixed char(40), latin varchar(40) character set latin1,
                number int, large bigint, precise decimal(30,0), key (folded), key (large));
            alter table loose rename column row_number_ to `row`;
            {}",
            inserts(&columns)
        ))
        .unwrap();
    let connection = json!({
        "type": "mysql", "host": "127.0.0.1", "port": server.port(), "database": "fanlight",
        "user": "reader", "password": "secret",
    });
    let connection: Connection = serde_json::from_value(connection).unwrap();
    let loose = "select count(*) from loose where folded = 'ua'";
    assert_eq!(server.execute(loose).unwrap(), "5", "the trap is there");
    assert_eq!(server.execute("select count(*) from loose where number = 'abc'").unwrap(), "1");
    check_all(&connection, &columns, &["folded", "exact", "bytes"]).await;
    let explain = server.execute("explain select * from loose where folded = cast('ua' as binary)");
    assert!(explain.unwrap().contains("folded"), "an index is used");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_shows_no_customer_the_rows_of_another() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("loose.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    let columns = ["folded", "exact", "trimmed", "number", "untyped"];
    file.execute_batch(&format!(
        "create table loose (row, folded text collate nocase, exact text, trimmed text collate rtrim,
            number integer, untyped); {}",
        inserts(&columns)
    ))
    .unwrap();
    let loose = "select count(*) from loose where folded = 'ua'";
    let trap: i64 = file.query_row(loose, [], |row| row.get(0)).unwrap();
    assert_eq!(trap, 3, "the trap is there");
    let connection = json!({"type": "sqlite", "path": path});
    let certain = ["folded", "exact", "trimmed", "untyped"];
    check_all(&serde_json::from_value(connection).unwrap(), &columns, &certain).await;
}
