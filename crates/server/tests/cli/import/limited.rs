//! A source that limits how often it is asked.

use model::OperatorScope;
use model::credential::Access;
use model::customer::NewCustomer;
use server::clock::Clock;
use server::prepared::PreparedDashboards;
use server::serve::serve;
use server::{App, Config, Frame, Parts};
use sources::{Limits, Sources, WorkerCommand};
use testkit::{TestStore, customer, customer_below};
use tokio::net::TcpListener;

use super::installation::Installation;
use crate::process::Running;

/// A source in this process, whose minutes pass when the test says so.
struct Limited {
    url: String,
    token: String,
    clock: Clock,
    _store: TestStore,
}

impl Limited {
    async fn start(per_minute: u32, customers: Vec<NewCustomer>) -> Self {
        let store = TestStore::sqlite().await.expect("a store");
        let scope = store.group("Production").await.expect("a group");
        store.store().create_customers(&scope, customers).await.expect("customers");
        let operator = OperatorScope::of_command_line();
        let token = store.store().create_api_token(&operator, scope.group_name(), Access::ReadOnly);
        let token = token.await.expect("a token").expose().to_owned();
        let clock = Clock::standing_at("2030-01-01T00:00:00Z".parse().expect("a time"));
        let app = App::new(Parts {
            config: Config { rate_limit_per_minute: per_minute, ..Config::defaults() },
            clock: clock.clone(),
            store: store.store().clone(),
            // The list of customers asks no customer's data.
            sources: Sources::new(Limits::default(), WorkerCommand::new("/bin/false", ["worker"])),
            prepared: PreparedDashboards::default(),
            charts: server::charts(),
            demo: None,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(serve(listener, Frame::new(app), std::future::pending()));
        Self { url, token, clock, _store: store }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_waits_as_long_as_the_source_wants() {
    let parents = (0..8).map(|at| customer(&format!("parent {at}")));
    let children = (0..8).map(|at| customer_below(&format!("child {at}"), &format!("parent {at}")));
    let source = Limited::start(6, parents.chain(children).collect()).await;
    // Another client has been busy, and the minute is nearly over.
    let list = format!("{}/v2/api/customers/", source.url);
    let reply = crate::process::client().get(list).send().await.expect("an answer");
    assert_eq!(reply.status(), 401);
    source.clock.advance(58);

    let target = Installation::new("[Customer, User]", 0);
    let report = target.path("report.json");
    let report = report.to_str().expect("UTF-8");
    let import = ["import", "explo", "--from", &source.url, "--token", &source.token];
    let options = ["--group", "Production", "--report", report];
    let mut running = Running::start(&target.data_dir, &[&import[..], &options].concat());
    let clock = source.clock.clone();
    let succeeds = tokio::task::spawn_blocking(move || {
        assert!(running.says("the source has had enough requests for now; going on in "));
        clock.advance(10);
        running.succeeds()
    });
    assert!(succeeds.await.expect("no panic"));
    assert_eq!(target.report()["created"], 16);
}
