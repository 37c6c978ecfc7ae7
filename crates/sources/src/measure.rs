//! One query by itself, with the time that each of its stages took: for the operator who explains a panel.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::source::DataSource;
use query::Statement;
use tokio::sync::oneshot;

use crate::cache::Freshness;
use crate::error::SourceError;
use crate::options::{CachePolicy, CustomerKey, RunOptions};
use crate::result::{Answer, ResultSet, apply};
use crate::sources::{Sources, Work, key};
use crate::stop::stop;

/// A result that was fetched for nobody else, or why there is none; and how long its stages took.
#[derive(Clone, Debug)]
pub struct Measured {
    pub outcome: Result<Arc<ResultSet>, SourceError>,
    pub stages: Stages,
}

/// How long a query took; nothing for a stage that it did not come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// The wait for the customer's turn.
    pub queue: Duration,
    /// Until there was a connection to ask, taken from those that are open or opened for it.
    pub open: Duration,
    /// From the statement's being sent until the first row came, or the end where none did.
    pub first_row: Duration,
    /// From the first row until all rows were here.
    pub fetch: Duration,
    /// Filled buckets, running figures, pivots, pages.
    pub finish: Duration,
}

impl Sources {
    /// Runs a statement past the cache and past others who ask the same, under the same limits and in
    /// the same queue. Nothing of it is kept; dropping the future stops the query in the database.
    pub async fn measure(
        &self,
        source: &Arc<DataSource>,
        statement: &Statement,
        options: RunOptions,
    ) -> Result<Measured, SourceError> {
        let work = self.work(source, statement, options.request_id)?;
        self.measure_work(source, work, options.customer).await
    }

    async fn measure_work(
        &self,
        source: &Arc<DataSource>,
        Work { query, steps }: Work,
        customer: CustomerKey,
    ) -> Result<Measured, SourceError> {
        let instance = self.instance(source)?;
        let (_stopper, stop) = stop();
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let tell = async |outcome: Result<ResultSet, SourceError>, stages: Stages| {
                // Who asked may have left.
                let _ = sender.send((outcome, stages));
            };
            instance.run(query, customer, stop, tell).await;
        });
        let told = receiver.await.map_err(|error| SourceError::Unavailable {
            detail: format!("the query's task ended without an outcome: {error}"),
        });
        let (outcome, stages) = told?;
        let begun = Instant::now();
        let outcome = outcome.and_then(|result| apply(result, &steps)).map(Arc::new);
        Ok(Measured { outcome, stages: Stages { finish: begun.elapsed(), ..stages } })
    }

    /// The result that is kept for this statement, and what it is to somebody who asks with this policy.
    /// Nothing is counted.
    pub async fn kept(
        &self,
        statement: &Statement,
        purge: i64,
        policy: CachePolicy,
    ) -> Option<(Answer, Freshness)> {
        let kept = self.cache().get(&key(statement, purge)).await?;
        let freshness = kept.to(policy);
        Some((kept.into(), freshness))
    }
}

#[cfg(test)]
mod tests;
