//! One query by itself, with the time that each of its stages took: for the operator who explains a panel.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::source::DataSource;
use query::Statement;
use tokio::sync::oneshot;

use crate::error::SourceError;
use crate::options::{CustomerKey, RunOptions};
use crate::result::{Answer, ResultSet, apply};
use crate::sources::{Sources, Work, key};
use crate::stop::stop;

/// A result that was fetched for nobody else, with how long its stages took.
#[derive(Clone, Debug)]
pub struct Measured {
    pub result: Arc<ResultSet>,
    pub stages: Stages,
}

/// How long a query took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// The wait for the customer's turn.
    pub queue: Duration,
    /// Until the source was open; nothing where the connector opens it with the query.
    pub open: Duration,
    /// In the database, and on the way back.
    pub execute: Duration,
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
        let Work { query, steps } = self.work(source, statement, options.request_id)?;
        let instance = self.instance(source)?;
        let customer: CustomerKey = options.customer;
        let (_stopper, stop) = stop();
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let begun = Instant::now();
            let opened = instance.connector().open().await;
            let open = begun.elapsed();
            let tell = async |outcome: Result<ResultSet, SourceError>, stages: Stages| {
                let measured = outcome.map(|result| (result, Stages { open, ..stages }));
                // Who asked may have left.
                let _ = sender.send(measured);
            };
            match opened {
                Ok(()) => instance.run(query, customer, stop, tell).await,
                Err(failure) => tell(Err(failure.into()), Stages::default()).await,
            }
        });
        let outcome = receiver.await.map_err(|error| SourceError::Unavailable {
            detail: format!("the query's task ended without an outcome: {error}"),
        })?;
        let (result, stages) = outcome?;
        Ok(Measured { result: Arc::new(apply(result, &steps)?), stages })
    }

    /// The kept result that may answer this statement, as it is. Nothing is counted.
    pub async fn kept(&self, statement: &Statement, purge: i64) -> Option<Answer> {
        self.cache().get(&key(statement, purge)).await.map(Answer::from)
    }
}
