//! HTTP to servers of customers' data, by the same rules as any other connection.

use std::net::IpAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Url};
use rustls::ClientConfig;

use super::{Network, resolve};
use crate::connector::Failure;

/// A client that goes where it is told and nowhere else: no proxy, no redirect, no address of a name
/// but those that the policy allows. Addresses in numbers are for [`check_address`].
pub(crate) fn client_builder(encryption: ClientConfig, network: &Network) -> ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("fanlight/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(encryption)
        .dns_resolver(Checked(network.clone()))
        .no_proxy()
        .redirect(Policy::none())
}

/// Errs for an address in numbers that may not be reached, in however strange a notation it is
/// written: it is looked up nowhere, so nobody else would check it.
pub(crate) fn check_address(url: &Url, network: &Network) -> Result<(), Failure> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) if !network.admits(address) => Err(Failure::Unavailable(format!(
            "{host}: data sources do not reach {address}, unless data_source_special_addresses \
             lists it"
        ))),
        _ => Ok(()),
    }
}

/// Looks names up as all connectors do.
struct Checked(Network);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.0.clone();
        Box::pin(async move {
            // The port of the URL takes the place of 0.
            match resolve(name.as_str(), 0, &network).await {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(Failure::Unavailable(detail)) => Err(detail.into()),
                Err(other) => Err(format!("{other:?}").into()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::NetworkPolicy;
    use super::*;

    #[test]
    fn an_address_is_refused_however_it_is_written() {
        let network = Network::default();
        let check = |host: &str| {
            check_address(&Url::parse(&format!("http://{host}:9000")).unwrap(), &network)
        };
        for host in ["169.254.169.254", "2852039166", "0xa9fea9fe", "[fe80::1]", "0.0.0.0"] {
            let Err(Failure::Unavailable(detail)) = check(host) else { panic!("{host}") };
            assert!(detail.contains("do not reach"), "{host}: {detail}");
        }
        for host in ["127.0.0.1", "10.0.0.7", "[::1]", "objects.example.com"] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
        let policy = NetworkPolicy { allowed: vec!["169.254.169.254".parse().unwrap()] };
        let allowed = Network::new(policy, Arc::default());
        let url = Url::parse("http://2852039166").unwrap();
        assert_eq!(check_address(&url, &allowed), Ok(()));
    }
}
