//! The client of a store: whose key it signs with, and how long it waits.

use std::time::Duration;

use model::source::S3;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{ClientOptions, RetryConfig};
use tls::{Authorities, Proof};

use crate::connector::Failure;
use crate::network::{Network, check_address, client_builder};

const CONNECT: Duration = Duration::from_secs(10);

/// How long a store may be silent while it sends an object.
const SILENCE: Duration = Duration::from_secs(30);

/// Requests that fail on the way are sent again, within so long.
const RETRIES: Duration = Duration::from_secs(10);

/// A client that signs with the connection's own key, or not at all: never with what the machine or
/// the cloud around it would give.
pub(super) fn client(s3: &S3, network: &Network) -> Result<AmazonS3, Failure> {
    let client = http_client(s3, network)?;
    let retry = RetryConfig { max_retries: 3, retry_timeout: RETRIES, ..RetryConfig::default() };
    let builder = AmazonS3Builder::new()
        .with_endpoint(s3.endpoint())
        .with_region(&s3.region)
        .with_bucket_name(&s3.bucket)
        .with_virtual_hosted_style_request(false)
        .with_allow_http(!s3.is_encrypted())
        .with_retry(retry)
        .with_http_connector(Ready(client));
    let builder = match (&s3.access_key_id, &s3.secret_access_key) {
        (Some(key), Some(secret)) => {
            builder.with_access_key_id(key).with_secret_access_key(secret.expose())
        }
        (Some(_), None) => {
            return Err(Failure::Unavailable("it has no secret_access_key".to_owned()));
        }
        (None, _) => builder.with_skip_signature(true),
    };
    builder.build().map_err(|error| Failure::Unavailable(error.to_string()))
}

fn http_client(s3: &S3, network: &Network) -> Result<reqwest::Client, Failure> {
    let unavailable = |detail: String| Failure::Unavailable(format!("{}: {detail}", s3.endpoint()));
    let url =
        reqwest::Url::parse(&s3.endpoint()).map_err(|error| unavailable(error.to_string()))?;
    check_address(&url, network)?;
    let encryption = Authorities::of_system()
        .and_then(|authorities| tls::client(Proof::Name(authorities), None))
        .map_err(|error| unavailable(format!("tls: {error}")))?;
    let client = client_builder(encryption, network).connect_timeout(CONNECT).read_timeout(SILENCE);
    client.build().map_err(|error| unavailable(error.to_string()))
}

/// A client that is made already.
#[derive(Debug)]
struct Ready(reqwest::Client);

impl HttpConnector for Ready {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}
