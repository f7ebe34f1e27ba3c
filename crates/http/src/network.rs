//! Which addresses are one sender, as far as limits go.

use std::net::{IpAddr, Ipv6Addr};

/// The address itself; of IPv6 the /64, the least a provider gives to one customer: else one customer would have
/// more addresses than any limit can remember.
pub(crate) fn of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_household_is_one_sender() {
        for (address, network) in [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("::1", "::"),
        ] {
            assert_eq!(
                of(address.parse().unwrap()),
                network.parse::<std::net::IpAddr>().unwrap(),
                "{address}"
            );
        }
    }
}
