//! Who is calling: the peer, or the client that a trusted proxy names.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderMap;

/// The proxies whose `X-Forwarded-For` we believe: addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// An address range such as `10.0.0.0/8`; a single address has the full prefix length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// The text is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be addresses or networks such as 10.0.0.0/8, not {0:?}")]
pub struct InvalidNetwork(String);

impl TrustedProxies {
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    /// The address of the client: the last entry of `X-Forwarded-For` that no trusted proxy wrote
    /// of another trusted proxy. Entries further left may be invented by the client.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if self.0.is_empty() || !self.trusts(peer) {
            return peer;
        }
        let mut client = peer;
        for header in headers.get_all("x-forwarded-for").iter().rev() {
            for entry in header.to_str().unwrap_or_default().rsplit(',') {
                let Some(address) = forwarded_address(entry) else { return client };
                client = address;
                if !self.trusts(client) {
                    return client;
                }
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

/// Whether a proxy says that it passes the request on for somebody else.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    const MARKS: [&str; 5] =
        ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-host"];
    MARKS.iter().any(|mark| headers.contains_key(*mark))
}

/// Some proxies write a port: `192.0.2.1:4711` or `[2001:db8::1]:4711`.
fn forwarded_address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let address = entry.parse().ok();
    let with_port = || entry.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    address.or_else(with_port).map(|address| address.to_canonical())
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let same_prefix = |own: u128, other: u128, bits: u32| {
            let shift = bits - u32::from(self.prefix_bits);
            own.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
        };
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same_prefix(u32::from(own).into(), u32::from(other).into(), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same_prefix(own.into(), other.into(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidNetwork(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| invalid())?,
            None => most,
        };
        if prefix_bits > most { Err(invalid()) } else { Ok(Self { address, prefix_bits }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(trusted: &[&str], peer: &str, forwarded: &[&str], expected: &str) {
        let networks = trusted.iter().map(|text| text.parse().expect("a network")).collect();
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().expect("a header value"));
        }
        let client = TrustedProxies::new(networks).client(peer.parse().expect("a peer"), &headers);
        assert_eq!(client.to_string(), expected);
    }

    #[test]
    fn nobody_is_believed_unless_trusted() {
        check(&[], "192.0.2.1", &["203.0.113.9"], "192.0.2.1");
        check(&["10.0.0.0/8"], "192.0.2.1", &["203.0.113.9"], "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_names_the_client_before_it() {
        check(&["10.0.0.0/8"], "10.1.2.3", &["203.0.113.9"], "203.0.113.9");
        check(&["10.0.0.0/8"], "10.1.2.3", &["1.1.1.1, 203.0.113.9"], "203.0.113.9");
        check(&["10.0.0.0/8"], "10.1.2.3", &["203.0.113.9, 10.9.9.9"], "203.0.113.9");
        check(&["10.0.0.0/8"], "10.1.2.3", &["203.0.113.9", "10.9.9.9"], "203.0.113.9");
        check(&["10.0.0.0/8"], "10.1.2.3", &["203.0.113.9:4711"], "203.0.113.9");
        check(&["::1"], "::1", &["2001:db8::1"], "2001:db8::1");
        check(&["127.0.0.1"], "::ffff:127.0.0.1", &["203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn an_unreadable_entry_ends_the_search() {
        check(&["10.0.0.0/8"], "10.1.2.3", &["203.0.113.9, unknown"], "10.1.2.3");
        check(&["10.0.0.0/8"], "10.1.2.3", &[], "10.1.2.3");
        check(&["0.0.0.0/0"], "10.1.2.3", &["203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "proxy", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
