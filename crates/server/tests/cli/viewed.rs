//! `fanlight check --as`: every part of a workspace or an installation as one customer gets it.

use std::fs;
use std::path::{Path, PathBuf};

use model::{GroupScope, OperatorScope};
use serde_json::{Value, json};
use store::{Ambient, Location, MasterKey, Store};
use tempfile::TempDir;

use crate::process::{Ended, run};

/// A workspace over the orders of two shops, which are customers.
struct Shops(TempDir);

const ORDERS: &str = "shop,region,amount,seller\n\
    acme,west,10,acme\nacme,east,20,globex\nglobex,west,30,globex\n";

impl Shops {
    fn with(datasets: Value, panels: Value) -> Self {
        let shops = Self(tempfile::tempdir().expect("a folder"));
        let tables = json!({"orders": {"path": "orders.csv"}});
        let workspace = json!({
            "levels": ["Shop", "User"], "groups": ["Production"],
            "schemas": {"shop": {
                "default_source": "all",
                "sources": {"all": {"connection": {"type": "files", "tables": tables}}},
            }},
        });
        let dashboard = json!({
            "name": "orders", "datasets": datasets, "panels": panels,
            "elements": [{
                "id": "region", "type": "dropdown",
                "options": {"dataset": "orders", "value": "region"},
            }],
        });
        fs::create_dir(shops.0.path().join("dashboards")).expect("a folder");
        // JSON is YAML.
        shops.write("workspace.yaml", &workspace.to_string());
        shops.write("dashboards/orders.yaml", &dashboard.to_string());
        shops.write("orders.csv", ORDERS);
        shops
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    }

    fn data_dir(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn check(&self, arguments: &[&str]) -> Ended {
        let folder = self.0.path().to_str().expect("UTF-8");
        run(&self.data_dir(), &[&["check", folder], arguments].concat())
    }
}

fn filtered() -> Value {
    let sql = "select * from orders where shop = {{shop_id}} [[and region = {{region}}]]";
    json!({"orders": {"schema": "shop", "sql": sql}})
}

fn panels() -> Value {
    json!([
        {"id": "count", "type": "kpi", "title": "Orders", "dataset": "orders",
         "measures": [{"name": "orders", "aggregate": "count"}]},
        {"id": "list", "type": "table", "title": "Orders", "dataset": "orders", "page_size": 1,
         "columns": [{"column": "shop"}, {"column": "amount"}]},
    ])
}

/// The parts of the report, as `kind id: rows, foreign rows`, with what was chosen before the colon.
#[track_caller]
fn check_parts(ended: &Ended, expected: &[&str]) -> Value {
    let report: Value = serde_json::from_str(&ended.stdout).expect(&ended.stderr);
    let show = |part: &Value| {
        let text = |key: &str| part[key].as_str().unwrap_or_default().to_owned();
        let chosen = match &part["variables"] {
            Value::Object(chosen) if chosen.is_empty() => String::new(),
            chosen => format!(" {chosen}"),
        };
        let (kind, id) = (text("kind"), text("id"));
        format!("{kind} {id}{chosen}: {}, {}", part["rows"], part["foreign_rows"])
    };
    let found = report["parts"].as_array().expect("parts").iter().map(show);
    assert_eq!(found.collect::<Vec<_>>(), expected, "{report:#}");
    report
}

#[test]
fn a_workspace_is_looked_at_as_a_customer_without_a_server() {
    let shops = Shops::with(filtered(), panels());
    let ended = shops.check(&["--as", "acme", "--json"]);
    let parts = [
        "dataset orders: 2, 0",
        r#"dataset orders {"region":"east"}: 1, 0"#,
        "panel count: 1, null",
        r#"panel count {"region":"east"}: 1, null"#,
        "panel list: 2, 0",
        r#"panel list {"region":"east"}: 1, 0"#,
        "options region: 2, null",
    ];
    let report = check_parts(&ended, &parts);
    assert_eq!((ended.code, &report["faults"]), (Some(0), &json!(0)), "{}", ended.stderr);
    assert_eq!(report["parts"][0]["note"], "filtered by a level's id");
    let table = shops.check(&["--as", "acme"]).printed();
    assert!(table.starts_with("dashboard  part "), "{table}");
    assert!(table.contains("panel list with region=\"east\" "), "{table}");
    assert!(table.ends_with("7 parts as acme of Production, 0 at fault\n"), "{table}");
    assert!(!shops.data_dir().exists(), "nothing is made");
}

#[test]
fn customers_come_from_a_file_with_what_they_carry() {
    let mut datasets = filtered();
    datasets["orders"]["row_policies"] = json!([{"column": "region", "in": "customer.regions"}]);
    let shops = Shops::with(datasets, panels());
    let without = shops.check(&["--as", "acme"]);
    assert_eq!(without.code, Some(1));
    assert!(without.stdout.contains("has the property \"customer.regions\""), "{}", without.stdout);
    let customers = json!([
        {"provided_id": "acme", "properties": {"regions": ["west"]}},
        {"provided_id": "ann", "parent_provided_id": "acme", "hierarchy_level_name": "User"},
    ]);
    let file = shops.write("customers.json", &customers.to_string());
    let file = file.to_str().expect("UTF-8");
    let ended = shops.check(&["--as", "ann", "--customers", file, "--json"]);
    let parts = [
        "dataset orders: 1, 0",
        r#"dataset orders {"region":"west"}: 1, 0"#,
        "panel count: 1, null",
        r#"panel count {"region":"west"}: 1, null"#,
        "panel list: 1, 0",
        r#"panel list {"region":"west"}: 1, 0"#,
        "options region: 1, null",
    ];
    check_parts(&ended, &parts);
    let nobody = shops.check(&["--as", "bob", "--customers", file]).complained();
    assert!(nobody.contains("group Production has no such customer"), "{nobody}");
}

#[test]
fn rows_of_others_and_parts_without_an_answer_are_faults() {
    // The proof stands, and the result calls somebody else's id the shop.
    let sql = "select region, amount, seller as shop from orders where orders.shop = {{shop_id}}";
    let datasets = json!({"orders": {"schema": "shop", "sql": sql}});
    let mut panels = panels();
    panels[1]["columns"] = json!([{"column": "shop"}, {"column": "nothing"}]);
    let shops = Shops::with(datasets, panels);
    let ended = shops.check(&["--as", "acme", "--json"]);
    assert_eq!(ended.code, Some(1));
    let parts = [
        "dataset orders: 2, 1",
        "panel count: 1, null",
        "panel list: null, null",
        "options region: 2, null",
    ];
    let report = check_parts(&ended, &parts);
    assert_eq!(report["faults"], 2);
    assert_eq!(report["parts"][0]["tenant_column"], "shop");
    let error = report["parts"][2]["error"].as_str().expect("an error");
    assert!(error.contains("nothing"), "{error}");
    let table = shops.check(&["--as", "acme"]).stdout;
    assert!(table.contains("ROWS OF OTHERS: shop is not the customer's"), "{table}");
}

#[test]
fn panels_are_held_against_the_columns_that_their_datasets_have() {
    let mut panels = panels();
    panels[0]["measures"][0] = json!({"name": "sum", "aggregate": "sum", "column": "seller"});
    panels[1]["columns"][1]["column"] = json!("amonut");
    let shops = Shops::with(filtered(), panels);
    let (seller, amount) = (
        "a sum needs numbers, and the column \"seller\" is a text",
        "the dataset has no column \"amonut\"; did you mean \"amount\"?",
    );
    let checked = shops.check(&[]);
    assert_eq!(checked.code, Some(1));
    let told: Vec<&str> = checked.stderr.lines().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("error: dashboards/orders.yaml:1:"), "{told:?}");
    assert!(told[0].ends_with(&format!("panel \"count\": {seller}")), "{told:?}");
    assert!(told[1].ends_with(&format!("panel \"list\": {amount}")), "{told:?}");
    let report = shops.check(&["--as", "acme", "--json"]);
    let report: Value = serde_json::from_str(&report.stdout).expect(&report.stderr);
    let errors: Vec<&Value> = report["parts"]
        .as_array()
        .expect("parts")
        .iter()
        .filter(|part| part["kind"] == "panel")
        .map(|part| &part["error"])
        .collect();
    let expected = [format!("/measures/0: {seller}"), format!("/columns/1/column: {amount}")];
    assert_eq!(errors, [&json!(expected[0]), &json!(expected[1])], "{report:#}");
    let (data_dir, folder) = (shops.data_dir(), shops.0.path().to_str().expect("UTF-8"));
    run(&data_dir, &["init"]).printed();
    let applied = run(&data_dir, &["apply", folder]);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    assert!(applied.stderr.contains(&format!("panel \"count\": {seller}")), "{}", applied.stderr);
}

#[test]
fn what_goes_wrong_only_after_a_choice_is_found() {
    let sql = "select region, amount [[, case {{region}} when 'east' then seller else shop end as shop]] \
               from orders where orders.shop = {{shop_id}} [[and nothing = {{period.startDate}}]]";
    let panels = json!([{
        "id": "list", "type": "table", "title": "Orders", "dataset": "orders",
        "columns": [{"column": "amount"}],
    }]);
    let shops = Shops::with(json!({"orders": {"schema": "shop", "sql": sql}}), panels);
    let dashboard = shops.0.path().join("dashboards/orders.yaml");
    let mut changed: Value =
        serde_json::from_str(&fs::read_to_string(&dashboard).expect("a file")).expect("JSON");
    let range = json!({"id": "period", "type": "date_range"});
    changed["elements"].as_array_mut().expect("a list").push(range);
    fs::write(&dashboard, changed.to_string()).expect("a file");
    let ended = shops.check(&["--as", "acme", "--json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let faulty = |part: &&Value| part["error"].is_string() || part["foreign_rows"] == 1;
    let all = report["parts"].as_array().expect("parts").iter();
    let faults: Vec<String> = all
        .filter(faulty)
        .map(|part| {
            let chosen = part["variables"].as_object().expect("an object").keys();
            let chosen: std::collections::BTreeSet<&String> = chosen.collect();
            format!("{} {chosen:?}", part["id"].as_str().expect("an id"))
        })
        .collect();
    let expected = [
        r#"orders {"region"}"#,
        r#"list {"period"}"#,
        r#"list {"period", "region"}"#,
        r#"region {"period"}"#,
    ];
    assert_eq!(faults, expected, "{report:#}");
    let given = ["--variable", "region=west", "--variable", r#"period={}"#];
    let ended = shops.check(&[&["--as", "acme"][..], &given].concat());
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_is_looked_at_as_one_of_its_customers() {
    let shops = Shops::with(filtered(), panels());
    let (data_dir, folder) = (shops.data_dir(), shops.0.path().to_str().expect("UTF-8"));
    run(&data_dir, &["init"]).printed();
    run(&data_dir, &["apply", folder]).printed();
    create(&data_dir, "globex").await;
    let chosen = ["--variable", "region=east"];
    let stored = ["check", "--as", "globex", "--stored", "--json"];
    let ended = run(&data_dir, &[&stored[..], &chosen].concat());
    let parts = [
        r#"dataset orders {"region":"east"}: 0, 0"#,
        r#"panel count {"region":"east"}: 1, null"#,
        r#"panel list {"region":"east"}: 0, 0"#,
        r#"options region {"region":"east"}: 1, null"#,
    ];
    check_parts(&ended, &parts);
    let other = ["check", "--as", "globex", "--stored", "--dashboard", "late"];
    let other = run(&data_dir, &other).complained();
    assert!(other.contains("there is no such dashboard"), "{other}");
}

async fn create(data_dir: &Path, id: &str) {
    let key = MasterKey::load(data_dir, None).expect("the key");
    let store = Store::open(Location::Sqlite(data_dir.to_owned()), &key, Ambient::default());
    let store = store.await.expect("the store");
    let operator = OperatorScope::of_command_line();
    let group = store.definitions().await.expect("definitions").groups[0].clone();
    let scope = GroupScope::of_operator(&operator, group.id, group.name);
    store.get_or_create_customer(&scope, testkit::customer(id)).await.expect("a customer");
}
