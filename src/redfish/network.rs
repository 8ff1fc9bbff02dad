//! How the gateway is reached: its protocols, and the interfaces of its host. The host's own configuration rules them; only
//! the servers of its clock may be named here, where the administrator allows it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path as FilePath;

use axum::extract::{Path, Request, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::{Identity, Privilege};
use super::body::Update;
use super::error::Error;
use super::merge::merged;
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::{Health, State as ResourceState, Status};
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(protocols, change))
        .routes(routes!(interfaces))
        .routes(routes!(interface))
}

/// Where Linux tells of interfaces; the list in `/proc` is of the namespace of this process, that in `/sys` is not.
const SYS: &str = "/sys/class/net";
const LIST: &str = "/proc/net/dev";
const V6: &str = "/proc/net/if_inet6";
/// Interfaces and name servers that are listed at most.
const MOST: usize = 32;
/// Port of NTP (RFC 5905).
const NTP_PORT: u16 = 123;

/// Protocols of the gateway.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct ManagerNetworkProtocol {
    #[serde(flatten)]
    head: Head,
    host_name: Option<String>,
    /// Not known: nobody has told the host its domain.
    #[serde(rename = "FQDN")]
    #[schema(value_type = Option<String>)]
    fqdn: (),
    #[serde(rename = "HTTP")]
    http: Protocol,
    #[serde(rename = "HTTPS")]
    https: Secure,
    /// Only where the administrator named a file for it (`redfish.time_servers`).
    #[serde(rename = "NTP", skip_serializing_if = "Option::is_none")]
    ntp: Option<Ntp>,
    status: Status,
}

/// The servers of the host's clock.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Ntp {
    /// Whether servers are named; without any, the host's own choice stands.
    protocol_enabled: bool,
    /// Port at which the servers are asked: neither form of the file names another one.
    port: u16,
    #[serde(flatten)]
    servers: Servers,
}

/// The servers of the host's clock.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Servers {
    /// Names or addresses, at most 8. Writable.
    #[serde(rename = "NTPServers")]
    #[schema(example = json!(["192.0.2.123", "time.example.com"]))]
    ntp_servers: Vec<String>,
}

/// The body of a write.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NetworkProtocolUpdate {
    #[serde(rename = "NTP")]
    ntp: Servers,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Protocol {
    protocol_enabled: bool,
    port: Option<u16>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Secure {
    protocol_enabled: bool,
    port: Option<u16>,
    certificates: Link,
}

/// An interface of the host.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct EthernetInterface {
    #[serde(flatten)]
    head: Head,
    interface_enabled: Option<bool>,
    link_status: Option<&'static str>,
    #[serde(rename = "MACAddress")]
    mac_address: Option<String>,
    speed_mbps: Option<u32>,
    host_name: Option<String>,
    #[serde(rename = "FQDN")]
    #[schema(value_type = Option<String>)]
    fqdn: (),
    name_servers: Vec<String>,
    #[serde(rename = "IPv4Addresses")]
    ipv4_addresses: Vec<Ipv4>,
    #[serde(rename = "IPv6Addresses")]
    ipv6_addresses: Vec<Ipv6>,
    status: Status,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Ipv4 {
    address: String,
    subnet_mask: String,
    /// Null: the host does not tell whether it was configured or came by DHCP.
    #[schema(value_type = Option<String>)]
    address_origin: (),
    gateway: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Ipv6 {
    address: String,
    prefix_length: u8,
    /// LinkLocal where the address says so itself; otherwise null: the host does not tell.
    address_origin: Option<&'static str>,
    address_state: &'static str,
}

fn line(path: impl AsRef<FilePath>) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn host_name() -> Option<String> {
    line("/proc/sys/kernel/hostname")
}

/// The interfaces of the list that Linux shows. What leads nowhere but to the host itself is no way to reach the gateway,
/// unless it listens there alone.
fn names(list: &str, loopback: bool) -> Vec<String> {
    let lines = list.lines().skip(2).filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned()));
    // A name is part of a path: Linux allows none of these, and a URI not all that Linux allows.
    let usable = |name: &String| {
        !matches!(name.as_str(), "" | "." | "..")
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@:".contains(&b))
    };
    let mut names: Vec<_> =
        lines.filter(|name| usable(name) && (*name != "lo" || loopback)).take(MOST).collect();
    names.sort();
    names
}

fn present(app: &App) -> Vec<String> {
    let loopback = app.address.is_none_or(|address| address.ip().is_loopback());
    names(&std::fs::read_to_string(LIST).unwrap_or_default(), loopback)
}

/// The addresses of an interface in the table of IPv6 that Linux shows.
fn ipv6(table: &str, name: &str) -> Vec<Ipv6> {
    let address = |line: &str| {
        let mut fields = line.split_whitespace();
        let raw = u128::from_str_radix(fields.next()?, 16).ok()?;
        let prefix_length = u8::from_str_radix(fields.nth(1)?, 16).ok().filter(|length| *length <= 128)?;
        let flags = u32::from_str_radix(fields.nth(1)?, 16).ok()?;
        // IFA_F_DADFAILED, IFA_F_TENTATIVE, IFA_F_DEPRECATED of linux/if_addr.h.
        let address_state = match flags {
            f if f & 0x08 != 0 => "Failed",
            f if f & 0x40 != 0 => "Tentative",
            f if f & 0x20 != 0 => "Deprecated",
            _ => "Preferred",
        };
        let ip = Ipv6Addr::from(raw);
        let address_origin = ip.is_unicast_link_local().then_some("LinkLocal");
        let found = Ipv6 { address: ip.to_string(), prefix_length, address_origin, address_state };
        (fields.next()? == name).then_some(found)
    };
    table.lines().filter_map(address).take(MOST).collect()
}

fn name_servers(text: &str) -> Vec<String> {
    let servers = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    let parsed = servers.filter_map(|rest| rest.trim().parse::<IpAddr>().ok());
    parsed.map(|ip| ip.to_string()).take(MOST).collect()
}

/// The default gateway of an interface in the table of routes that Linux shows.
fn default_gateway(table: &str, name: &str) -> Option<Ipv4Addr> {
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace();
        let (of, destination, gateway) = (fields.next()?, fields.next()?, fields.next()?);
        let raw = u32::from_str_radix(gateway, 16).ok()?;
        (of == name && destination == "00000000" && raw != 0).then(|| Ipv4Addr::from(raw.swap_bytes()))
    })
}

/// How the gateway is reached.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/NetworkProtocol",
    tag = "Managers",
    responses((status = 200, description = "The protocols.", body = ManagerNetworkProtocol))
)]
async fn protocols(State(app): State<App>) -> Answer {
    resource(&app)
}

fn resource(app: &App) -> Answer {
    let (secure, port) = (app.tls.is_some(), app.address.map(|a| a.port()));
    Resource::new(
        &schema::NETWORK_PROTOCOL,
        &ManagerNetworkProtocol {
            head: Head::new(&schema::NETWORK_PROTOCOL, uri::NETWORK_PROTOCOL, "Protocols of the gateway"),
            host_name: host_name(),
            fqdn: (),
            http: Protocol { protocol_enabled: !secure, port: port.filter(|_| !secure) },
            https: Secure {
                protocol_enabled: secure,
                port: port.filter(|_| secure),
                certificates: link(uri::CERTIFICATES),
            },
            ntp: match &app.time_servers {
                Some(servers) => {
                    let ntp_servers = servers.list()?;
                    let protocol_enabled = !ntp_servers.is_empty();
                    Some(Ntp { protocol_enabled, port: NTP_PORT, servers: Servers { ntp_servers } })
                }
                None => None,
            },
            status: Status::ok(),
        },
    )
    .map(|resource| app.counted(resource))
}

/// Names the servers of the host's clock. Needs the privilege ConfigureManager, and `redfish.time_servers` in the configuration.
#[utoipa::path(
    patch,
    path = "/redfish/v1/Managers/Gateway/NetworkProtocol",
    tag = "Managers",
    request_body = NetworkProtocolUpdate,
    responses((status = 200, description = "The protocols as they are now.", body = ManagerNetworkProtocol))
)]
async fn change(State(app): State<App>, identity: Identity, request: Request) -> Answer {
    identity.require(Privilege::ConfigureManager)?;
    let update = Update::read(request, app.body_limit).await;
    let _alone = app.writing.lock().await;
    let before = resource(&app)?;
    let (held, writable): (_, &[&str]) = match &app.time_servers {
        Some(servers) => (Servers { ntp_servers: servers.list()? }, &["NTP"]),
        None => (Servers::default(), &[]),
    };
    let wanted =
        merged(&NetworkProtocolUpdate { ntp: held }, &before, update.properties(&before)?, writable)?;
    if let Some(servers) = &app.time_servers {
        servers.set(&wanted.ntp.ntp_servers).await?;
        app.written(uri::NETWORK_PROTOCOL);
        tracing::info!(user = identity.user, servers = ?wanted.ntp.ntp_servers, "redfish: time servers changed");
    }
    resource(&app)
}

/// The interfaces of the gateway's host.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/EthernetInterfaces",
    tag = "Managers",
    responses((status = 200, description = "The interfaces.", body = Collection))
)]
async fn interfaces(State(app): State<App>) -> Answer {
    collection(&schema::ETHERNET_INTERFACES, uri::ETHERNET, "Interfaces of the gateway", present(&app))
}

/// One interface.
#[utoipa::path(
    get,
    path = "/redfish/v1/Managers/Gateway/EthernetInterfaces/{interface}",
    tag = "Managers",
    params(("interface" = String, Path, description = "Name at the host.", example = "eth0")),
    responses((status = 200, description = "The interface.", body = EthernetInterface))
)]
async fn interface(State(app): State<App>, Path(id): Path<String>) -> Answer {
    // A name of the list and no other: it becomes part of a path.
    let name = present(&app).into_iter().find(|name| *name == id).ok_or(Error::NotFound)?;
    let of = |what: &str| line(format!("{SYS}/{name}/{what}"));
    let flags = of("flags").and_then(|text| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok());
    let up = match of("operstate").as_deref() {
        Some("up") => Some(true),
        Some("down" | "lowerlayerdown" | "notpresent") => Some(false),
        _ => None,
    };
    let routes = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    let gateway = default_gateway(&routes, &name).map(|ip| ip.to_string());
    let found = if_addrs::get_if_addrs().unwrap_or_default().into_iter().filter(|i| i.name == name);
    let ipv4 = found.filter_map(|found| match found.addr {
        if_addrs::IfAddr::V4(v4) => Some(Ipv4 {
            address: v4.ip.to_string(),
            subnet_mask: v4.netmask.to_string(),
            address_origin: (),
            gateway: gateway.clone(),
        }),
        if_addrs::IfAddr::V6(_) => None,
    });
    let ipv4_addresses = ipv4.take(MOST).collect();
    let ipv6_addresses = ipv6(&std::fs::read_to_string(V6).unwrap_or_default(), &name);
    let mut status = Status::ok();
    if up == Some(false) {
        (status.state, status.health) = (ResourceState::UnavailableOffline, Some(Health::Warning));
    }
    let at = format!("{}/{name}", uri::ETHERNET);
    Resource::new(
        &schema::ETHERNET_INTERFACE,
        &EthernetInterface {
            head: Head::new(&schema::ETHERNET_INTERFACE, &at, format!("Interface {name}")),
            interface_enabled: flags.map(|flags| flags & 1 != 0),
            link_status: up.map(|up| if up { "LinkUp" } else { "LinkDown" }),
            mac_address: of("address").filter(|mac| mac.len() == 17),
            speed_mbps: of("speed").and_then(|text| text.parse().ok()),
            host_name: host_name(),
            fqdn: (),
            name_servers: name_servers(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default()),
            ipv4_addresses,
            ipv6_addresses,
            status,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_the_host_are_read_with_care() {
        let routes = "Iface\tDestination\tGateway\n\
                      eth1\t00000000\t0101A8C0\t0003\n\
                      eth0\t0002000A\t00000000\t0001\n\
                      eth0\t00000000\t0100000A\t0003\nbad\n";
        assert_eq!(default_gateway(routes, "eth0"), Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(default_gateway(routes, "eth1"), Some(Ipv4Addr::new(192, 168, 1, 1)));
        assert_eq!(default_gateway(routes, "eth2"), None);
        assert_eq!(default_gateway("", "eth0"), None);
        let conf = "# nameserver 1.1.1.1\nnameserver 192.0.2.53\nnameserver x\nsearch a\nnameserver ::1\n";
        assert_eq!(name_servers(conf), ["192.0.2.53", "::1"]);
        let list =
            "Inter-|  Receive\n face |bytes\n  eth0: 1 2\n    lo: 3 4\nbr-1.2: 0\n..: 1\na/b: 1\nnone\n";
        assert_eq!(names(list, false), ["br-1.2", "eth0"]);
        assert_eq!(names(list, true), ["br-1.2", "eth0", "lo"]);
        assert_eq!(names("", true), Vec::<String>::new());
    }

    #[test]
    fn addresses_of_ipv6_tell_what_is_known_of_them() {
        let table = "fe800000000000000000000000000001 02 40 20 80     eth0\n\
                     20010db8000000000000000000000002 02 30 00 48     eth0\n\
                     00000000000000000000000000000001 01 80 10 80       lo\nnoise\n1 02 ff 00 00 eth0\n";
        let found = ipv6(table, "eth0");
        let told: Vec<_> = found
            .iter()
            .map(|a| (a.address.as_str(), a.prefix_length, a.address_origin, a.address_state))
            .collect();
        assert_eq!(
            told,
            [("fe80::1", 64, Some("LinkLocal"), "Preferred"), ("2001:db8::2", 48, None, "Failed")]
        );
    }
}
