//! The client of a store: which addresses it may reach, and how it asks.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use model::source::S3;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{ClientOptions, RetryConfig};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use tls::{Authorities, Proof};

use crate::connector::Failure;
use crate::network::{self, NetworkPolicy};

const CONNECT: Duration = Duration::from_secs(10);

/// How long a store may be silent while it sends an object.
const SILENCE: Duration = Duration::from_secs(30);

/// Requests that fail on the way are sent again, within so long.
const RETRIES: Duration = Duration::from_secs(10);

/// A client that signs with the connection's own key, or not at all: never with what the machine or
/// the cloud around it would give.
pub(super) fn client(s3: &S3, policy: &NetworkPolicy) -> Result<AmazonS3, Failure> {
    check_address(&s3.endpoint(), policy)?;
    let client = http_client(policy)?;
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

/// An address in numbers is looked up nowhere, in however strange a notation it is written.
fn check_address(endpoint: &str, policy: &NetworkPolicy) -> Result<(), Failure> {
    let unavailable = |detail| Failure::Unavailable(format!("{endpoint}: {detail}"));
    let url = reqwest::Url::parse(endpoint).map_err(|error| unavailable(error.to_string()))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) if !policy.allows(address) => Err(unavailable(format!(
            "data sources do not reach {address}, unless data_source_special_addresses lists it"
        ))),
        _ => Ok(()),
    }
}

/// Goes where it is told and nowhere else: no proxy, no redirect, no address but those allowed.
fn http_client(policy: &NetworkPolicy) -> Result<reqwest::Client, Failure> {
    let unavailable = |error: String| Failure::Unavailable(format!("tls: {error}"));
    let encryption = Authorities::of_system()
        .and_then(|authorities| tls::client(Proof::Name(authorities), None))
        .map_err(|error| unavailable(error.to_string()))?;
    reqwest::Client::builder()
        .user_agent(concat!("fanlight/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(encryption)
        .dns_resolver(Arc::new(Checked(policy.clone())))
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .build()
        .map_err(|error| unavailable(error.to_string()))
}

/// Names lead to addresses that may be reached, and those are connected to.
struct Checked(NetworkPolicy);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.clone();
        Box::pin(async move {
            // The port of the address that is asked takes the place of 0.
            let found = network::resolve(name.as_str(), 0, &policy).await;
            let found = found.map_err(|failure| format!("{failure:?}"))?;
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

/// A client that is made already.
#[derive(Debug)]
struct Ready(reqwest::Client);

impl HttpConnector for Ready {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(endpoint: &str) -> S3 {
        let json = serde_json::json!({"endpoint": endpoint, "bucket": "reports"});
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn an_address_of_the_machine_around_is_refused_however_it_is_written() {
        let policy = NetworkPolicy::default();
        for host in ["169.254.169.254", "2852039166", "0xa9fea9fe", "[fe80::1]", "0.0.0.0"] {
            let refused = client(&bucket(&format!("http://{host}")), &policy);
            let Err(Failure::Unavailable(detail)) = refused else { panic!("{host}") };
            assert!(detail.contains("do not reach"), "{host}: {detail}");
        }
        assert!(client(&bucket("http://127.0.0.1:9000"), &policy).is_ok());
        let policy = NetworkPolicy { allowed: vec!["169.254.169.254".parse().unwrap()] };
        assert!(client(&bucket("http://169.254.169.254"), &policy).is_ok());
    }
}
