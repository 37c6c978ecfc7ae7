//! Which addresses a data source may reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses that are no database's, but speak of the machine or the cloud that a server runs in:
/// whoever may declare a data source could read credentials there.
const METADATA: [IpAddr; 5] = [
    // Alibaba Cloud, Azure, Oracle Cloud; the other clouds' is link-local.
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    // Amazon, Google.
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// What the network's side of data sources may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Addresses that are reached although they are link-local, a cloud's metadata or the like.
    pub allowed: Vec<IpAddr>,
}

impl NetworkPolicy {
    /// Whether data sources may connect to an address.
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        let address = plain(address);
        !is_special(address) || self.allowed.iter().any(|allowed| plain(*allowed) == address)
    }
}

/// The address of IPv4 that one of IPv6 stands for, mapped or by NAT64; any other as it is.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => match address.segments() {
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                IpAddr::V4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
            }
            _ => address.to_canonical(),
        },
        address => address,
    }
}

fn is_special(address: IpAddr) -> bool {
    METADATA.contains(&address)
        || address.is_multicast()
        || match address {
            IpAddr::V4(address) => {
                address.is_link_local() || address.is_broadcast() || address.octets()[0] == 0
            }
            IpAddr::V6(address) => address.is_unicast_link_local() || address.is_unspecified(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(policy: &NetworkPolicy, addresses: &[&str], allowed: bool) {
        for address in addresses {
            assert_eq!(policy.allows(address.parse().unwrap()), allowed, "{address}");
        }
    }

    #[test]
    fn addresses_of_databases_are_reached() {
        let addresses = ["127.0.0.1", "::1", "10.0.0.7", "192.168.1.1", "203.0.113.9", "fd00::7"];
        check(&NetworkPolicy::default(), &addresses, true);
    }

    #[test]
    fn link_local_metadata_and_addresses_of_many_are_not() {
        let addresses = [
            "169.254.0.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "fd00:ec2::254",
            "fe80::1",
            "febf::1",
            "0.0.0.0",
            "0.1.2.3",
            "::",
            "224.0.0.1",
            "ff02::1",
            "255.255.255.255",
            "::ffff:169.254.169.254",
            "::ffff:0.0.0.0",
            "64:ff9b::169.254.169.254",
        ];
        check(&NetworkPolicy::default(), &addresses, false);
    }

    #[test]
    fn what_is_allowed_is_reached_in_every_spelling_and_nothing_else_with_it() {
        let policy = NetworkPolicy { allowed: vec!["169.254.10.7".parse().unwrap()] };
        check(&policy, &["169.254.10.7", "::ffff:169.254.10.7"], true);
        check(&policy, &["169.254.169.254", "169.254.10.8"], false);
    }
}
