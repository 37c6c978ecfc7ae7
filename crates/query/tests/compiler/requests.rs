//! What a request may ask of a panel, and what it may not.

use query::{Audience, Request, Target};
use serde_json::json;

use crate::world::{World, airline, dashboard_of, now, request};

fn dashboard() -> model::Dashboard {
    dashboard_of("select carrier as x, * from flights where flights.carrier = {{customer_id}}")
}

#[track_caller]
fn refused(request: &Request, pointer: &str, message: &str) {
    let error =
        World::default().compile(&dashboard(), airline("UA"), request).expect_err("a fault");
    let Audience::Viewer(faults) = error.audience() else { panic!("not the viewer's: {error}") };
    let found: Vec<(&str, &str)> =
        faults.iter().map(|fault| (fault.pointer.as_str(), fault.message.as_str())).collect();
    assert_eq!(found, [(pointer, message)]);
}

#[test]
fn a_viewer_hears_what_is_wrong_with_its_request_and_nothing_of_the_dataset() {
    let with = |change: fn(&mut Request)| {
        let mut request = request(json!({}));
        change(&mut request);
        request
    };
    refused(&with(|r| r.page = Some(0)), "/page", "must be at least 1");
    refused(&with(|r| r.page_size = Some(0)), "/page_size", "must be 1 to 1000");
    refused(&with(|r| r.page_size = Some(1001)), "/page_size", "must be 1 to 1000");
    let zone = |name: &str| Request { time_zone: name.parse().ok(), ..request(json!({})) };
    refused(&zone("Mars/Olympus"), "/time_zone", "no time zone \"Mars/Olympus\"");
    let sort = |column: &str| Request {
        sort: serde_json::from_value(json!([{"column": "x"}, {"column": column}])).expect("sort"),
        ..request(json!({}))
    };
    let unknown = "\"carrier\" is no column of this result";
    refused(&sort("carrier"), "/sort/1/column", unknown);
    refused(&sort("1"), "/sort/1/column", "\"1\" is no column of this result");
    let filter = |filter: serde_json::Value| Request {
        filters: serde_json::from_value(json!([filter])).expect("filters"),
        ..request(json!({}))
    };
    let carrier = json!({"column": "carrier", "operator": "=", "value": "AA"});
    refused(&filter(carrier), "/filters/0/column", unknown);
    let object = json!({"column": "x", "operator": "=", "value": {"a": 1}});
    refused(&filter(object), "/filters/0/value", "must be a string, number or boolean");
    let one = json!({"column": "x", "operator": "between", "value": [1]});
    let two = "must be a list of two: the least and the greatest";
    refused(&filter(one), "/filters/0/value", two);
    let extra = json!({"column": "x", "operator": "is_empty", "value": 1});
    refused(&filter(extra), "/filters/0/value", "must be absent for this operator");
}

#[test]
fn the_farthest_page_has_an_offset_that_fits() {
    let request = Request { page: Some(u32::MAX), page_size: Some(1000), ..request(json!({})) };
    let compiled = World::default().compile(&dashboard(), airline("UA"), &request);
    let args = compiled.expect("a statement").rows.args().to_vec();
    assert_eq!(args.last(), Some(&query::Value::Integer(4_294_967_294_000)));
}

#[test]
fn what_is_not_there_is_not_found() {
    let world = World::default();
    for target in [
        Target::Panel("nothing".parse().expect("an id")),
        Target::Options("nothing".parse().expect("an id")),
        Target::Options("period".parse().expect("an id")),
    ] {
        let error = world.compile(&dashboard(), airline("UA"), &Request::of(target, now()));
        assert_eq!(error.expect_err("no such thing").audience(), Audience::NotFound);
    }
}
