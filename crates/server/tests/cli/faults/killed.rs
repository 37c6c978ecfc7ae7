//! `kill -9` of the server amid a storm, again and again.

use testkit::Cluster;

use crate::installation::Installation;
use crate::storm::Storm;

const ROUNDS: usize = 8;

async fn nothing_is_lost(installation: &Installation) {
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let served = installation.serve();
        served.calls.expect_all(&acknowledged).await;
        let storm = Storm::start(&served.calls, &format!("round-{round}"));
        // At another depth of the storm each time.
        storm.until_acknowledged(1 + 37 * round).await;
        served.server.kill();
        acknowledged.extend(storm.stop().await.0);
    }
    installation.serve().calls.expect_all(&acknowledged).await;
}

#[tokio::test]
async fn a_killed_server_loses_nothing_on_sqlite() {
    nothing_is_lost(&Installation::new()).await;
}

#[tokio::test]
async fn a_killed_server_loses_nothing_on_postgres() {
    let cluster = Cluster::start().expect("a cluster");
    nothing_is_lost(&Installation::with(&[("FANLIGHT_DATABASE_URL", &cluster.address())])).await;
}
