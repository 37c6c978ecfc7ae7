//! Fifty thousand customers, killed on the way.

use model::customer::NewCustomer;
use serde_json::json;
use testkit::customer;

use super::installation::Installation;
use crate::process::Running;

const LEVELS: &str = "[Customer, Branch, User]";
const ALL: usize = 50_000;

/// Twenty companies with fifteen branches each, and users below branches and companies. Everybody
/// above has a property of its own, so that what a user inherits tells its place.
fn tree() -> Vec<NewCustomer> {
    let with = |id: &str, key: &str| {
        let properties = json!({key: id}).as_object().expect("an object").clone();
        NewCustomer { properties, ..customer(id) }
    };
    let below = |customer: NewCustomer, level: &str, parent: &str| {
        let parent = Some(parent.parse().expect("an id"));
        NewCustomer { level: Some(level.to_owned()), parent, ..customer }
    };
    let companies: Vec<String> = (0..20).map(|at| format!("company {at}")).collect();
    let branches: Vec<(String, &String)> =
        (0..300).map(|at| (format!("branch/{at}"), &companies[at % 20])).collect();
    let users = (0..ALL - 320).map(|at| {
        let user = customer(&format!("user-{at}"));
        match at % 50 {
            0 => below(user, "User", &companies[at % 20]),
            _ => below(user, "User", &branches[at % 300].0),
        }
    });
    let companies_made = companies.iter().map(|id| with(id, "company"));
    let branches_made = branches.iter().map(|(id, of)| below(with(id, "branch"), "Branch", of));
    companies_made.chain(branches_made).chain(users).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_while_it_writes_ends_with_every_customer_once() {
    let source = Installation::new(LEVELS, 0);
    source.fill(&tree()).await;
    let source = source.serve(&[("FANLIGHT_RATE_LIMIT_PER_MINUTE", "0")]).await;
    let target = Installation::new(LEVELS, 1);
    let report = target.path("report.json");
    let mapping = target.mapping_from(&source);
    let arguments = source.arguments(&mapping, &["--report", report.to_str().expect("UTF-8")]);
    let mut killed = Running::start(&target.data_dir, &arguments);
    assert!(killed.says("writing customers: 15,000 of 50,000"));
    drop(killed);
    assert!(Running::start(&target.data_dir, &arguments).succeeds());

    let report = target.report();
    let count = |name: &str| report[name].as_u64().expect("a count");
    assert_eq!(count("created") + count("unchanged"), ALL as u64, "{report}");
    assert!(count("unchanged") >= 15_000);
    assert_eq!(count("requests"), 50, "the tree is not read anew");
    let target = target.serve(&[]).await;
    let (there, here) = tokio::join!(source.customers(), target.customers());
    assert_eq!(here.len(), ALL);
    let differing: Vec<_> = there.iter().filter(|(id, it)| here.get(*id) != Some(it)).collect();
    assert!(differing.is_empty(), "{} differ, the first {:?}", differing.len(), differing[0]);
    for id in ["company 7", "branch/7", "user-7", "user-49679"] {
        let token = there[id]["token"].as_str().expect("a token");
        let (status, shown) = target.dashboard(token).await;
        assert_eq!((status, shown["customer"]["provided_id"].as_str()), (200, Some(id)));
    }
}
