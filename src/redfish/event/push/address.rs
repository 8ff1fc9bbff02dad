//! Where events may be sent: the guard against server-side request forgery.
//!
//! A destination is a URL that a client chooses, and the gateway is inside a network that the client may not be in.
//! So the scheme is https unless the configuration says otherwise, names are resolved once and the connection goes to an
//! address that was checked, and addresses that lead to the machine itself, to its link or to the metadata service of a
//! cloud are closed. Networks of the configuration replace that rule: then those addresses alone are open.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::http::Uri;

/// Longest URL of a destination, in bytes.
const LONGEST: usize = 1024;
/// Addresses of a name that are looked at.
const ADDRESSES: usize = 16;

/// Metadata services of clouds that are not link-local.
const METADATA: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254)),
];

/// A network of addresses, as `10.0.0.0/8` or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether an address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let same = |a: u128, b: u128, width: u32| {
            let rest = width.saturating_sub(self.bits.into());
            (a ^ b).checked_shr(rest).unwrap_or(0) == 0
        };
        match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || format!("{text:?} is no network: write 10.0.0.0/8, fd00::/8 or one address");
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().map_err(|_| fault())?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(widest), str::parse).map_err(|_| fault())?;
        if bits > widest { Err(fault()) } else { Ok(Self { address, bits }) }
    }
}

/// The rule for addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    /// The only addresses that are open; the default rule without any.
    pub(crate) networks: Vec<Network>,
    /// Whether http is open, too.
    pub(crate) insecure_http: bool,
}

/// A URL that events are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) https: bool,
    /// Name or address, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// `host:port` for the header, as the URL has it.
    pub(crate) authority: String,
    /// Path and query.
    pub(crate) path: String,
}

impl Guard {
    /// Reads the URL of a destination.
    ///
    /// # Errors
    /// Why nothing is sent there, for people.
    pub(crate) fn destination(&self, text: &str) -> Result<Destination, String> {
        if text.len() > LONGEST {
            return Err(format!("longer than {LONGEST} bytes"));
        }
        if text.contains('#') {
            return Err("a fragment is never sent".to_owned());
        }
        let uri: Uri = text.parse().map_err(|_| "no absolute URL".to_owned())?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if self.insecure_http => false,
            Some("http") => return Err("http is not open here: use https".to_owned()),
            _ => return Err("the scheme must be https".to_owned()),
        };
        let authority = uri.authority().ok_or("no host")?;
        if authority.as_str().contains('@') {
            return Err("credentials belong in HttpHeaders, not in the URL".to_owned());
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err("no host".to_owned());
        }
        let port =
            match authority.as_str().strip_prefix(authority.host()).and_then(|rest| rest.strip_prefix(':')) {
                None if https => 443,
                None => 80,
                // What is no number must not become the port of the scheme in silence.
                Some(text) => match text.parse() {
                    Ok(port) if port > 0 => port,
                    _ => return Err("the port is not one of 1 to 65535".to_owned()),
                },
            };
        if let Ok(address) = host.parse() {
            self.check(address)?;
        }
        Ok(Destination {
            https,
            port,
            authority: authority.as_str().to_owned(),
            path: uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
            host,
        })
    }

    /// Checks an address.
    ///
    /// # Errors
    /// Why nothing is sent there.
    pub(crate) fn check(&self, address: IpAddr) -> Result<(), String> {
        let address = address.to_canonical();
        if !self.networks.is_empty() {
            let open = self.networks.iter().any(|n| n.contains(address));
            return if open {
                Ok(())
            } else {
                Err(format!("{address} is in none of the networks that are open"))
            };
        }
        let inner = embedded(address);
        for one in [Some(address), inner].into_iter().flatten() {
            if let Some(why) = closed(one) {
                return Err(format!("{address} is {why}"));
            }
        }
        Ok(())
    }

    /// The address to connect to: names are resolved here and nowhere else.
    ///
    /// # Errors
    /// A name that is not known, or one of whose addresses is closed: it would lead there the next time.
    pub(crate) async fn resolve(&self, destination: &Destination) -> Result<SocketAddr, String> {
        let found = tokio::net::lookup_host((destination.host.as_str(), destination.port)).await;
        let found: Vec<_> = found.map_err(|e| format!("name not found: {e}"))?.take(ADDRESSES).collect();
        for address in &found {
            self.check(address.ip())?;
        }
        found.first().copied().ok_or_else(|| "the name has no address".to_owned())
    }

    /// Whether a connection to the machine's own address may be used.
    pub(crate) fn own(&self, address: IpAddr) -> Result<(), String> {
        let address = address.to_canonical();
        if self.networks.iter().any(|n| n.contains(address)) {
            return Ok(());
        }
        Err(format!("{address} is an address of the gateway itself"))
    }
}

/// The IPv4 address inside of an IPv6 address that a translator takes apart (RFC 6052, RFC 3056).
fn embedded(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(v6) = address else { return None };
    let s = v6.segments();
    let pair = |a: u16, b: u16| IpAddr::V4(Ipv4Addr::from((u32::from(a) << 16) | u32::from(b)));
    match s {
        [0x64, 0xff9b, .., a, b] | [0, 0, 0, 0, 0, 0, a, b] => Some(pair(a, b)),
        [0x2002, a, b, ..] => Some(pair(a, b)),
        _ => None,
    }
}

/// Why the default rule closes an address.
fn closed(address: IpAddr) -> Option<&'static str> {
    if METADATA.contains(&address) {
        return Some("a metadata service");
    }
    let (loopback, unspecified, multicast) =
        (address.is_loopback(), address.is_unspecified(), address.is_multicast());
    let (link, reserved) = match address {
        IpAddr::V4(v4) => {
            let [first, ..] = v4.octets();
            (v4.is_link_local(), v4.is_broadcast() || first == 0 || first >= 240)
        }
        IpAddr::V6(v6) => (v6.is_unicast_link_local(), (v6.segments()[0] & 0xffc0) == 0xfec0),
    };
    match () {
        () if loopback => Some("loopback"),
        () if unspecified || reserved => Some("no address of a host"),
        () if multicast => Some("multicast"),
        () if link => Some("link-local"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_lead_inside_are_closed_in_every_notation() {
        let guard = Guard::default();
        for closed in [
            "https://127.0.0.1/x",
            "https://127.255.0.9/",
            "https://[::1]:8443/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://[2002:7f00:1::]/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.100.100.200/",
            "https://168.63.129.16/",
            "https://[fd00:ec2::254]/",
            "https://[fe80::1]/",
            "https://0.0.0.0/",
            "https://0.1.2.3/",
            "https://[::]/",
            "https://224.0.0.1/",
            "https://[ff02::1]/",
            "https://255.255.255.255/",
            "https://250.1.1.1/",
        ] {
            assert!(guard.destination(closed).is_err(), "{closed}");
        }
        for open in
            ["https://192.168.1.50/Destination1", "https://[fd12::1]/", "https://collector.example:444/a?b=c"]
        {
            assert!(guard.destination(open).is_ok(), "{open}");
        }
    }

    #[tokio::test]
    async fn a_name_or_a_number_that_resolves_to_a_closed_address_is_refused() {
        let guard = Guard::default();
        // The resolver takes these for 127.0.0.1; the address that comes out is what counts.
        for host in ["localhost", "2130706433", "0x7f.1", "127.1"] {
            let destination = guard.destination(&format!("https://{host}/")).unwrap();
            assert!(guard.resolve(&destination).await.is_err(), "{host}");
        }
    }

    #[test]
    fn what_is_no_url_of_a_receiver_is_refused_with_the_reason() {
        let guard = Guard::default();
        for (text, word) in [
            ("http://192.0.2.1/", "use https"),
            ("ftp://192.0.2.1/", "https"),
            ("file:///etc/passwd", "URL"),
            ("gopher://192.0.2.1:11211/", "https"),
            ("/redfish/v1", "https"),
            ("", "URL"),
            ("https://user:secret@192.0.2.1/", "HttpHeaders"),
            ("https://192.0.2.1/#a", "fragment"),
            ("https://192.0.2.1:0/", "port"),
            ("https://192.0.2.1:99999/", "port"),
            ("https://a b/", "URL"),
            ("https://a\r\nHost: b/", "URL"),
        ] {
            let refused = guard.destination(text).unwrap_err();
            assert!(refused.contains(word), "{text}: {refused}");
        }
        assert!(guard.destination(&format!("https://a/{}", "x".repeat(2000))).is_err());
    }

    #[test]
    fn networks_of_the_configuration_replace_the_rule() {
        let networks = vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let guard = Guard { networks, insecure_http: true };
        assert!(guard.destination("http://127.9.9.9:8080/").is_ok());
        assert!(guard.destination("https://[::ffff:127.0.0.1]/").is_ok());
        assert!(guard.destination("https://[fd00::1]/").is_ok());
        assert!(guard.destination("https://192.0.2.1/").is_err());
        assert!(guard.own(IpAddr::V4(Ipv4Addr::LOCALHOST)).is_ok());
        assert!(Guard::default().own("192.0.2.1".parse().unwrap()).is_err());
    }

    #[test]
    fn networks_are_read_and_bounded() {
        let within = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().contains(address.parse().unwrap())
        };
        assert!(within("0.0.0.0/0", "203.0.113.9") && within("::/0", "2001:db8::1"));
        assert!(within("10.1.0.0/16", "10.1.255.1") && !within("10.1.0.0/16", "10.2.0.1"));
        assert!(within("10.1.2.3", "10.1.2.3") && !within("10.1.2.3", "10.1.2.4"));
        assert!(!within("0.0.0.0/0", "::1"));
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "a/8", "10.0.0.0/-1", "10.0.0.0/"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
