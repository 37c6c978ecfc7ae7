//! A panel whose rows are in the cache.

use std::time::Duration;

use anyhow::Result;

use super::{CONNECTIONS, beside_healthz, healthz};
use crate::figure::Figure;
use crate::server::Demo;
use crate::{client, load};

pub(crate) async fn cached(demo: &Demo, time: Duration) -> Result<Vec<Figure>> {
    let jwt = client::embed_token(demo, "UA").await?;
    let request = client::embed(&jwt, "POST", "/embed/v1/panels/by_month/data", "{}");
    let floor = healthz(demo, time).await?;
    let look = |connections| {
        let request = request.clone();
        load::run(demo, connections, time, move |_, _| request.clone())
    };
    let (panel, alone) = (look(CONNECTIONS).await?, look(1).await?);
    let what = format!("panel from the cache, {CONNECTIONS} connections");
    Ok(vec![
        beside_healthz(&what, "≥ 0.4", &panel, &floor),
        // With what `sources` adds, this is what stands between a viewer and the engine.
        Figure {
            what: "panel from the cache, one connection".to_owned(),
            wanted: String::new(),
            measured: alone.shown(),
            floor: String::new(),
            share: None,
        },
    ])
}
