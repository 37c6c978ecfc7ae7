//! Row policies narrow a dataset by what the customer carries, and never take the place of a ground.

use query::{Ground, Severity, Value as Bound};
use serde_json::{Value, json};

use crate::world::{World, dashboard, dataset_sql, findings, request, station, with_properties};

const REGIONS: &str = "region in customer.regions";

fn with_policies(policies: Value) -> Value {
    json!({
        "schema": "flights", "sql": "select * from flights where carrier = {{customer_id}}",
        "row_policies": policies,
    })
}

fn regions() -> Value {
    with_policies(json!([{"column": "region", "in": "customer.regions"}]))
}

/// The condition around the dataset of an airline with these properties, and its values.
fn narrowed(dataset: &Value, properties: Value) -> Result<(String, Vec<Bound>), String> {
    let path = with_properties("UA", properties);
    let compiled = World::default().compile(&dashboard(dataset.clone()), path, &request(json!({})));
    let compiled = compiled.map_err(|error| error.to_string())?;
    let sql = dataset_sql(&compiled);
    let condition = sql.rsplit_once(") as policy\n").expect("a policy").1.to_owned();
    // The last value is the page's limit and offset.
    let args = compiled.rows.args();
    Ok((condition, args[1..args.len() - 2].to_vec()))
}

#[track_caller]
fn check(dataset: &Value, properties: Value, condition: &str, values: &[Bound]) {
    let found = narrowed(dataset, properties).expect("a statement");
    assert_eq!((found.0.as_str(), found.1.as_slice()), (condition, values));
}

#[track_caller]
fn check_refused(dataset: &Value, properties: Value, reason: &str) {
    let error = narrowed(dataset, properties).expect_err("a refusal");
    assert!(error.contains(reason), "{error}");
}

fn text(text: &str) -> Bound {
    Bound::Text(text.to_owned())
}

#[test]
fn a_list_is_bound_member_by_member_and_an_empty_one_matches_nothing() {
    let two = "where policy.\"region\" in ($2, $3)";
    check(&regions(), json!({"regions": ["west", "east"]}), two, &[text("west"), text("east")]);
    check(
        &regions(),
        json!({"regions": ["west", null, 7]}),
        two,
        &[text("west"), Bound::Integer(7)],
    );
    check(&regions(), json!({"regions": "w"}), "where policy.\"region\" = $2", &[text("w")]);
    for nothing in [json!(null), json!([]), json!([null])] {
        check(&regions(), json!({ "regions": nothing }), "where 1 = 0", &[]);
    }
}

#[test]
fn policies_hold_together_and_come_after_the_tenant_column() {
    let mut dataset = with_policies(json!([
        {"column": "region", "in": "properties.place.regions"},
        {"column": "it's \"x\"", "equals": "customer.station"},
        {"column": "late", "equals": "customer.late"},
    ]));
    dataset["tenant_column"] = json!({"column": "carrier", "equals": "customer_id"});
    let properties = json!({"place": {"regions": ["west"]}, "station": "JFK", "late": null});
    check(
        &dataset,
        properties,
        "where policy.\"carrier\" = $2\n  and policy.\"region\" = $3\n  and policy.\"it's \
         \"\"x\"\"\" = $4\n  and 1 = 0",
        &[text("UA"), text("west"), text("JFK")],
    );
}

#[test]
fn what_leaves_open_what_a_policy_means_refuses_the_dataset() {
    let absent = "neither the customer nor an ancestor has the property \"customer.regions\"";
    check_refused(&regions(), json!({}), absent);
    check_refused(&regions(), json!({"region": ["west"]}), absent);
    check_refused(&regions(), json!({"regions": {"a": 1}}), "is an object; name a key in it");
    check_refused(&regions(), json!({"regions": [["west"]]}), "holds more than strings");
    check_refused(&regions(), json!({"regions": ["west", {"a": 1}]}), "holds more than strings");
    let equals = with_policies(json!([{"column": "station", "equals": "customer.stations"}]));
    check_refused(&equals, json!({"stations": ["JFK"]}), "is a list; write in instead of equals");
    check_refused(&equals, json!({"stations": []}), "is a list; write in instead of equals");
}

#[test]
fn a_policy_is_no_ground() {
    let mut dataset = regions();
    dataset["sql"] = json!("select * from flights");
    check_refused(&dataset, json!({"regions": ["west"]}), "nothing keeps it to the viewer's rows");
    let found = findings(&World::default(), &dashboard(dataset.clone()));
    assert!(found.iter().any(|found| found.severity == Severity::Warning), "{found:?}");
    dataset["shared"] = json!(true);
    let narrowed_to = "where policy.\"region\" = $1";
    let path = with_properties("UA", json!({"regions": ["west"]}));
    let compiled = World::default().compile(&dashboard(dataset), path, &request(json!({})));
    assert!(dataset_sql(&compiled.expect("a statement")).contains(narrowed_to));
}

#[test]
fn a_policy_names_a_property_and_nothing_that_a_viewer_sends() {
    for name in ["origin", "customer_id", "user_name", "customer", "Customer.x", "w", "{{x}}", ""] {
        let dataset = with_policies(json!([{"column": "region", "in": name}]));
        let reason = "is no property of a customer, such as \"customer.regions\"";
        check_refused(&dataset, json!({"origin": "JFK"}), reason);
        let found = findings(&World::default(), &dashboard(dataset));
        assert!(found.iter().any(|found| found.message.contains(reason)), "{name}: {found:?}");
    }
    let sent = request(json!({"customer": {"regions": ["west"]}, "customer.regions": ["west"]}));
    let dashboard = dashboard(regions());
    let refused = World::default().compile(&dashboard, station("UA", "JFK"), &sent);
    assert!(refused.expect_err("a refusal").to_string().contains("has the property"));
}

#[test]
fn a_check_tells_how_a_dataset_is_narrowed() {
    let found = findings(&World::default(), &dashboard(regions()));
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(finding.ground, Some(Ground::Filtered));
    assert_eq!(finding.message, format!("filtered by a level's id, and narrowed to {REGIONS}"));
}

#[test]
fn totals_exports_and_choices_are_narrowed_as_rows_are() {
    let mut dashboard = dashboard(regions());
    let options = json!({"dataset": "rows", "value": "region"});
    let element = json!({"id": "chosen", "type": "dropdown", "options": options});
    dashboard.elements.push(serde_json::from_value(element).expect("an element"));
    let compile = |target: query::Target| {
        let path = with_properties("UA", json!({"regions": ["west"]}));
        let compiled = World::default().compile(
            &dashboard,
            path,
            &query::Request::of(target, crate::world::now()),
        );
        compiled.expect("statements")
    };
    let panel = || "table".parse().expect("a panel's id");
    let page = compile(query::Target::Panel(panel()));
    let total = page.total.expect("a total");
    let export = compile(query::Target::Export(panel())).rows;
    let choices = compile(query::Target::Options("chosen".parse().expect("an id"))).rows;
    for statement in [&page.rows, &total, &export, &choices] {
        let sql = statement.sql();
        assert!(sql.contains("where policy.\"region\" = $2"), "{sql}");
        assert_eq!(statement.args()[..2], [text("UA"), text("west")]);
    }
}
