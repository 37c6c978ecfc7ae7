//! Resident memory after one look at every panel, as every customer, eight viewers at a time.

use anyhow::Result;
use tokio::task::JoinSet;

use crate::figure::Figure;
use crate::server::Demo;
use crate::{client, http::Connection};

const VIEWERS: usize = 8;
const MEGABYTE: u64 = 1_000_000;

pub(crate) async fn measure(demo: &Demo) -> Result<Vec<Figure>> {
    look_at_everything(demo).await?;
    let worker = demo.worker_memory().into_iter().max().unwrap_or_default();
    Ok(vec![
        figure("memory of the server", "≤ 80 MB", demo.memory()?),
        figure("memory of the engine's worker, 8 connections", "≤ 300 MB", worker),
    ])
}

async fn look_at_everything(demo: &Demo) -> Result<()> {
    let answer = client::ask(demo, &list_customers(demo)).await?;
    let customers = answer["customers"].as_array().into_iter().flatten();
    let mut requests = Vec::new();
    for customer in customers.filter_map(|customer| customer["provided_id"].as_str()) {
        let jwt = client::embed_token(demo, customer).await?;
        for panel in client::panels(demo, &jwt).await? {
            let path = format!("/embed/v1/panels/{panel}/data");
            requests.push(client::embed(&jwt, "POST", &path, "{}"));
        }
    }
    let mut viewers = JoinSet::new();
    for share in requests.chunks(requests.len().div_ceil(VIEWERS)) {
        let (share, address) = (share.to_vec(), demo.address().to_owned());
        viewers.spawn(async move {
            let mut connection = Connection::open(&address).await?;
            for request in share {
                let response = connection.send(&request).await?;
                anyhow::ensure!(response.status == 200, "answer {}", response.status);
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = viewers.join_next().await {
        done??;
    }
    Ok(())
}

fn list_customers(demo: &Demo) -> Vec<u8> {
    let credential = format!("Token {}", demo.facts.api_token);
    crate::http::request("GET", "/api/customers/", &[("Explo-Authorization", &credential)], "")
}

fn figure(what: &str, wanted: &str, bytes: u64) -> Figure {
    Figure {
        what: what.to_owned(),
        wanted: wanted.to_owned(),
        measured: format!("{} MB", bytes / MEGABYTE),
        floor: String::new(),
        share: None,
    }
}
