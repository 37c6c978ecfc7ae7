//! The compiler's golden cases, each statement of which runs on the real database; where the demo's
//! files have the columns as well, with the same answer as from them.

use std::path::{Path, PathBuf};

use model::Customer;
use model::dashboard::Dashboard;
use query::{Request, Target};
use testkit::stored_customer;

use super::compiled::{check_same, compile, copy_flights, demo, engine, rows};
use super::*;

/// Cases that filter by columns that no flight has, and all columns there.
const INVENTED: [(&str, &str); 3] = [
    (
        "operations-everything",
        "*, 'x' as a, 2 as b, 'x' as c, 2.5 as d, date '2013-01-02' as e, true as f, 0 as g, 1 as h,
         1 as i, '50%_' as j, '5' as k, cast(null as int) as l, 1 as m",
    ),
    ("operations-filters", "*, 'y' as a, 'xab_%' as b, 3 as c, true as d, false as e"),
    ("operations-open-range", "carrier, cast(time_hour as date) as day"),
];

/// A schema of the case's name, in which flights have those columns too.
fn invent(stage: &Stage, (case, columns): (&str, &str)) {
    stage.execute(&format!(
        "create schema \"{case}\"; grant usage on schema \"{case}\" to reader;
         create view \"{case}\".flights as select {columns} from public.flights;
         grant select on \"{case}\".flights to reader"
    ));
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../query/tests/cases");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> =
        entries.filter(|case| case.join("expected.duckdb.sql").is_file()).collect();
    cases.sort();
    cases
}

fn json_of(file: &Path) -> Option<Json> {
    Some(serde_json::from_str(&std::fs::read_to_string(file).ok()?).unwrap())
}

fn dashboard(case: &Path) -> Dashboard {
    let own = std::fs::read_to_string(case.join("dashboard.yaml"));
    let text = own.or_else(|_| std::fs::read_to_string(case.with_file_name("on-time.yaml")));
    serde_saphyr::from_str(&text.unwrap()).unwrap()
}

fn request(case: &Path) -> Request {
    let json = json_of(&case.join("request.json")).unwrap();
    let text = |key: &str| json[key].as_str();
    let target = match (text("panel"), text("export"), text("options")) {
        (Some(panel), _, _) => Target::Panel(panel.parse().unwrap()),
        (_, Some(panel), _) => Target::Export(panel.parse().unwrap()),
        (_, _, options) => Target::Options(options.unwrap().parse().unwrap()),
    };
    let now = text("now").unwrap_or("2013-08-15T12:00:00Z").parse().unwrap();
    let list = |key: &str| json.get(key).cloned().unwrap_or_else(|| json!([]));
    let number = |key: &str| json[key].as_u64().map(|number| u32::try_from(number).unwrap());
    Request {
        variables: json["variables"].as_object().cloned().unwrap_or_default(),
        time_zone: text("time_zone").map(|zone| zone.parse().unwrap()),
        page: number("page"),
        page_size: number("page_size"),
        sort: serde_json::from_value(list("sort")).unwrap(),
        filters: serde_json::from_value(list("filters")).unwrap(),
        ..Request::of(target, now)
    }
}

/// The customer and its ancestors, from the root down.
fn path(case: &Path) -> Vec<Customer> {
    let Some(path) = json_of(&case.join("viewer.json")) else {
        return vec![stored_customer(0, "UA")];
    };
    let customer = |(json, rank): (&Json, u8)| Customer {
        properties: json["properties"].as_object().cloned().unwrap_or_default(),
        mapping: json["mapping"]
            .as_object()
            .map(|_| [(SchemaId(1), SourceId(1))].into())
            .unwrap_or_default(),
        ..stored_customer(rank, json["id"].as_str().unwrap())
    };
    path.as_array().unwrap().iter().zip(0..).map(customer).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_golden_statement_runs_and_answers_as_from_files() {
    let stage = Stage::set();
    copy_flights(&stage);
    INVENTED.into_iter().for_each(|case| invent(&stage, case));
    let source =
        |change: Json| Arc::new(DataSource { isolated: true, ..(*stage.source(change)).clone() });
    let database = source(json!({}));
    let connection = json!({"type": "files", "tables": {
        "flights": {"path": demo().join("data/flights.parquet")},
    }});
    let connection: Connection = serde_json::from_value(connection).unwrap();
    let files = Arc::new(DataSource { connection, ..(*database).clone() });
    let engine = engine();
    let mut compared = 0;
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap();
        let is_invented = INVENTED.iter().any(|(invented, _)| *invented == name);
        let database = match is_invented {
            true => source(json!({"schema": name})),
            false => Arc::clone(&database),
        };
        let (dashboard, request, path) = (dashboard(&case), request(&case), path(&case));
        let of_database = compile(&database, &dashboard, path.clone(), &request);
        let of_files = compile(&files, &dashboard, path, &request);
        stage.sources.forget(database.id);
        for (in_database, in_files) in of_database.iter().zip(&of_files) {
            let found = rows(&stage.sources, &database, in_database).await;
            if !is_invented {
                check_same(&found, &rows(&engine, &files, in_files).await, name);
                compared += 1;
            }
        }
    }
    assert!(compared > 30, "{compared}");
    engine.shutdown().await;
}
