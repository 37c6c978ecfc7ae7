//! A handful of customers, looked at closely.

use std::collections::BTreeMap;

use model::customer::{Mapping, NewCustomer};
use model::name::{SchemaId, SourceId};
use serde_json::{Value, json};
use testkit::{customer, customer_below};

use super::installation::{Installation, Served};
use crate::process::Running;

const LEVELS: &str = "[Customer, User]";

fn properties(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// Customers that are anything but usual, below United.
fn odd() -> Vec<NewCustomer> {
    let ids =
        ["a/b/../c?x=1&y#z", "東京 支店 🛩", "%2F%00", " spaces ", "O'Hare \"ORD\"", "ÄÖ\u{301}"];
    let longest = "é".repeat(255);
    let odd = ids.into_iter().chain([longest.as_str()]).map(|id| NewCustomer {
        provided_id: id.parse().expect("an id"),
        name: id.parse().expect("a name"),
        ..customer_below("x", "UA")
    });
    let mut odd: Vec<NewCustomer> = odd.collect();
    odd[0].properties = properties(json!({
        "": "an empty key", "deep": [[[{"a": {"b": [null, true, -0.5]}}]]], "large": i64::MAX,
        "text": "\u{1}\t\u{2028}\\", "numbers": [1e-7, 1.0, 0.1], "z": 1, "a": 2,
    }));
    let twice = "ops@example.com".to_owned().try_into().expect("an address");
    odd[1].emails = vec![twice; 2];
    odd
}

/// Airlines with all that customers can carry.
async fn airlines() -> Served {
    let source = Installation::new(LEVELS, 1);
    let (store, scope) = source.store().await;
    for tag in ["pilot", "tag with / and ü"] {
        store.create_tag(&scope, &tag.parse().expect("a tag")).await.expect("a tag");
    }
    let source = source.serve(&[]).await;
    let (flights, all_airlines) = source.ids("flights", "all-airlines");
    let (fleet, planes) = source.ids("fleet", "planes");
    let mapping = Mapping::from([
        (SchemaId(flights), SourceId(all_airlines)),
        (SchemaId(fleet), SourceId(planes)),
    ]);
    let united = NewCustomer {
        properties: properties(json!({"plan": "gold", "seats": 1200})),
        tags: ["pilot", "tag with / and ü"].map(|tag| tag.parse().expect("a tag")).into(),
        mapping,
        ..customer("UA")
    };
    let hub = NewCustomer {
        properties: properties(json!({"hub": true})),
        ..customer_below("UA-EWR", "UA")
    };
    let demo = NewCustomer { is_demo: true, ..customer("F9") };
    // Last, so that a parent is listed after others' children.
    let late = [customer("DL"), customer_below("DL-LGA", "DL"), customer_below("nobody's", "DL")];
    source.installation.fill(&[vec![united, demo, hub], odd(), late.to_vec()].concat()).await;
    let detach = model::customer::CustomerChange {
        parent: Some(model::customer::ParentChange::Detach),
        ..Default::default()
    };
    let (id, scope) = ("nobody's".parse().expect("an id"), source.installation.store().await.1);
    source.store.update_customer(&scope, &id, detach).await.expect("a change");
    source
}

/// Compares all customers. The ids of schemas and sources are not the same on both.
async fn assert_same(source: &Served, target: &Served) {
    let mut ids = BTreeMap::new();
    for (schema, data_source) in [("flights", "all-airlines"), ("fleet", "planes")] {
        let (there, here) = (source.ids(schema, data_source), target.ids(schema, data_source));
        assert_ne!(there, here, "the test would not tell them apart");
        ids.insert(there.0.to_string(), (here.0.to_string(), here.1.to_string()));
    }
    let mut expected = source.customers().await;
    for customer in expected.values_mut() {
        let fields =
            ["parent_schema_datasource_mapping", "computed_parent_schema_datasource_mapping"];
        for field in fields {
            let translated = customer[field].as_object().expect("a mapping").keys();
            customer[field] = translated.map(|schema| ids[schema].clone()).collect();
        }
    }
    assert_eq!(target.customers().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_come_with_all_that_they_carry_and_their_tokens_go_on_working() {
    let source = airlines().await;
    let target = Installation::new(LEVELS, 3);
    let report = target.path("report.json");
    let report = report.to_str().expect("UTF-8");
    let dry_run = target.import(&source, &["--dry-run", "--report", report]).printed();
    assert!(dry_run.contains("nothing has been written"), "{dry_run}");
    assert_eq!(target.report()["created"], 13);
    let target = target.serve(&[]).await;
    assert_eq!(target.customers().await.len(), 0);
    let printed = target.installation.import(&source, &["--report", report]).printed();
    assert!(printed.contains("13 created\n"), "{printed}");
    assert!(printed.contains("new tags: pilot, tag with / and ü"), "{printed}");
    assert_same(&source, &target).await;
    for (id, customer) in source.customers().await {
        let (status, shown) = target.dashboard(customer["token"].as_str().expect("a token")).await;
        assert_eq!((status, shown["customer"]["provided_id"].as_str()), (200, Some(id.as_str())));
    }
    let united = source.customers().await["UA"]["token"].as_str().expect("a token").to_owned();
    assert_eq!(target.flights(&united).await, json!(2));
    let report = target.installation.report();
    assert_eq!(report["failures"], json!([]));
    assert!(!report.to_string().contains(&united), "a report holds no secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_finds_what_has_changed_and_overwrites_only_when_told() {
    let source = airlines().await;
    let target = Installation::new(LEVELS, 3);
    let report = target.path("report.json");
    let report = ["--report", report.to_str().expect("UTF-8")];
    target.import(&source, &report).printed();
    let scope = source.installation.store().await.1;
    let change = model::customer::CustomerChange {
        name: Some("United Airlines".parse().expect("a name")),
        ..Default::default()
    };
    let united = "UA".parse().expect("an id");
    source.store.update_customer(&scope, &united, change).await.expect("a change");
    let delta = source.store.customer(&scope, &"DL".parse().expect("an id")).await;
    let token = delta.expect("an answer").expect("a customer").token;
    source.store.refresh_customer_token(&scope, &token).await.expect("a token");
    source.installation.fill(&[customer_below("DL-JFK", "DL")]).await;

    let again = target.import(&source, &report);
    assert_eq!(again.code, Some(1), "{}", again.stderr);
    let told = "error: \"UA\": is here with another name; --update takes the source's\n";
    assert!(again.stderr.contains(told), "{}", again.stderr);
    let conflicts = json!([
        {"provided_id": "UA", "fields": ["name"]}, {"provided_id": "DL", "fields": ["token"]},
    ]);
    let first = target.report();
    assert_eq!((&first["created"], &first["unchanged"]), (&json!(1), &json!(11)));
    assert_eq!(first["conflicts"], conflicts);

    target.import(&source, &[&report[..], &["--update"]].concat()).printed();
    let second = target.report();
    assert_eq!((&second["updated"], &second["unchanged"]), (&json!(2), &json!(12)));
    let target = target.serve(&[]).await;
    assert_same(&source, &target).await;
    assert_eq!(
        target.dashboard(token.expose()).await.0,
        401,
        "the refreshed token is dead here too"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_another_customer_has_here_fails_its_customer_alone() {
    let source = airlines().await;
    let target = Installation::new(LEVELS, 3);
    target.import(&source, &[]).printed();
    let scope = source.installation.store().await.1;
    let rename = model::customer::CustomerChange {
        provided_id: Some("F9-new".parse().expect("an id")),
        ..Default::default()
    };
    let frontier = "F9".parse().expect("an id");
    source.store.update_customer(&scope, &frontier, rename).await.expect("a change");
    let again = target.import(&source, &[]);
    assert_eq!(again.code, Some(1));
    let told = "error: \"F9-new\": token: another customer of this server has it\n";
    assert!(again.stderr.contains(told), "{}", again.stderr);
    assert!(again.stdout.contains("13 unchanged") || again.stdout.contains("12 unchanged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_while_it_reads_the_tree_goes_on_there() {
    let source = Installation::new(LEVELS, 1);
    let parents = (0..30).map(|at| customer(&format!("parent {at}")));
    let children =
        (0..30).map(|at| customer_below(&format!("child {at}"), &format!("parent {at}")));
    source.fill(&parents.chain(children).collect::<Vec<_>>()).await;
    let source = source.serve(&[]).await;
    let target = Installation::new(LEVELS, 3);
    let mapping = target.mapping_from(&source);
    let report = target.path("report.json");
    let options = ["--report", report.to_str().expect("UTF-8")];
    let slowly = [&options[..], &["--requests-per-minute", "600"]].concat();
    let mut killed = Running::start(&target.data_dir, &source.arguments(&mapping, &slowly));
    assert!(killed.says("reading the tree: 12 of 30"));
    drop(killed);

    let mut second = Running::start(&target.data_dir, &source.arguments(&mapping, &options));
    assert!(second.says("going on with an import that was stopped: the children of 1"));
    assert!(second.succeeds());
    let requests = target.report()["requests"].as_u64().expect("a count");
    assert!((2..=1 + 30 - 12).contains(&requests), "{requests}");
    assert_eq!(target.report()["created"], 60);
    target.import(&source, &options).printed();
    let again = target.report();
    assert_eq!((&again["unchanged"], &again["requests"]), (&json!(60), &json!(31)));
}
