//! How the gateway is reached and what runs in it: certificates, protocols, interfaces, inventory, restart.

use std::net::SocketAddr;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use dpo_gateway::redfish::RedfishConfig;
use rcgen::{CertificateParams, CertificateSigningRequestParams, Issuer, KeyPair};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::client::{ADMIN, OPERATOR, config, password, service, service_with};
use crate::server::{exchange_of, start};

const CERTIFICATES: &str = "/redfish/v1/Managers/Gateway/NetworkProtocol/HTTPS/Certificates";
const ACTIONS: &str = "/redfish/v1/CertificateService/Actions/CertificateService";
const MANAGER: &str = "/redfish/v1/Managers/Gateway";

/// Sends a request over TLS; the certificate that the server showed, the status and the body.
async fn over(address: SocketAddr, method: &str, uri: &str, body: &Value) -> (Vec<u8>, u16, Value) {
    let credentials =
        base64::engine::general_purpose::STANDARD.encode(format!("{ADMIN}:{}", password(ADMIN)));
    let body = if method == "GET" { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {uri} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let exchanged =
        tokio::task::spawn_blocking(move || exchange_of(address, &rustls::version::TLS13, &request));
    let (certificates, answer) = exchanged.await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (certificates[0].as_ref().to_vec(), status, serde_json::from_str(body).unwrap_or_default())
}

fn pem(text: &str) -> Vec<u8> {
    let inside: String = text.lines().filter(|l| !l.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(inside).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_an_authority_takes_the_place_of_the_own_one_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let state = Some(folder.path().join("redfish.json"));
    let config = || RedfishConfig { state: state.clone(), ..config() };
    let (address, stop, server) = start(config()).await;
    let (first, status, shown) = over(address, "GET", &format!("{CERTIFICATES}/1"), &Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!(pem(shown["CertificateString"].as_str().unwrap()), first, "what is shown is what is used");
    assert_eq!(shown["Subject"]["CommonName"], "DPO gateway, self-signed");

    let wanted = json!({
        "CertificateCollection": {"@odata.id": CERTIFICATES}, "CommonName": "shelf-7.example.com",
        "AlternativeNames": ["192.0.2.7"], "Organization": "DPO", "Country": "DE",
    });
    let (_, status, answer) = over(address, "POST", &format!("{ACTIONS}.GenerateCSR"), &wanted).await;
    assert_eq!((status, &answer["CertificateCollection"]["@odata.id"]), (200, &CERTIFICATES.into()));
    let request = CertificateSigningRequestParams::from_pem(answer["CSRString"].as_str().unwrap()).unwrap();
    let names = format!("{:?}", request.params.subject_alt_names);
    assert!(names.contains("192.0.2.7") && names.contains("shelf-7.example.com"), "{names}");
    let issuer = Issuer::new(CertificateParams::default(), KeyPair::generate().unwrap());
    let signed = request.signed_by(&issuer).unwrap();

    // Not another resource, not another key, not another form, and nothing has changed by any of these.
    let (at, own) =
        (format!("{CERTIFICATES}/1"), rcgen::generate_simple_self_signed(vec!["x".to_owned()]).unwrap());
    let replace = format!("{ACTIONS}.ReplaceCertificate");
    for (uri, text, kind) in [
        ("/redfish/v1/Managers/Gateway", signed.pem(), "PEM"),
        (at.as_str(), own.cert.pem(), "PEM"),
        (at.as_str(), "no certificate".to_owned(), "PEM"),
        (at.as_str(), signed.pem(), "PKCS7"),
        (at.as_str(), own.signing_key.serialize_pem(), "PEM"),
    ] {
        let body =
            json!({"CertificateUri": {"@odata.id": uri}, "CertificateString": text, "CertificateType": kind});
        let (used, status, answer) = over(address, "POST", &replace, &body).await;
        assert_eq!((used, status), (first.clone(), 400), "{answer}");
        assert!(!answer.to_string().contains("PRIVATE KEY"), "{answer}");
    }
    let body = json!({"CertificateUri": {"@odata.id": at}, "CertificateString": signed.pem(), "CertificateType": "PEM"});
    assert_eq!(over(address, "POST", &replace, &body).await.1, 204);
    let (used, _, shown) = over(address, "GET", &at, &Value::Null).await;
    assert_eq!(used, signed.der().as_ref(), "the next connection has it");
    assert_eq!(pem(shown["CertificateString"].as_str().unwrap()), used);
    assert_eq!(shown["Subject"]["CommonName"], "shelf-7.example.com");
    stop.cancel();
    server.await.unwrap().unwrap();

    // A gateway that is started again has it, too.
    let (address, stop, server) = start(config()).await;
    assert_eq!(over(address, "GET", "/redfish", &Value::Null).await.0, used);
    stop.cancel();
    server.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn protocols_and_interfaces_are_those_of_the_host() {
    let (address, stop, server) = start(config()).await;
    let (_, _, protocols) = over(address, "GET", &format!("{MANAGER}/NetworkProtocol"), &Value::Null).await;
    assert_eq!(protocols["HTTPS"]["Port"], address.port());
    assert_eq!(
        (&protocols["HTTP"]["ProtocolEnabled"], &protocols["HTTP"]["Port"]),
        (&false.into(), &Value::Null)
    );
    let (_, _, all) = over(address, "GET", &format!("{MANAGER}/EthernetInterfaces"), &Value::Null).await;
    let at = format!("{MANAGER}/EthernetInterfaces/lo");
    assert!(
        all["Members"].as_array().unwrap().contains(&json!({"@odata.id": at})),
        "it listens on loopback: {all}"
    );
    let (_, _, lo) = over(address, "GET", &at, &Value::Null).await;
    assert_eq!(
        (&lo["IPv4Addresses"][0]["Address"], &lo["InterfaceEnabled"]),
        (&"127.0.0.1".into(), &true.into())
    );
    for other in ["none", "..", "%2e%2e", "lo%2f..%2feth0"] {
        let (_, status, _) =
            over(address, "GET", &format!("{MANAGER}/EthernetInterfaces/{other}"), &Value::Null).await;
        assert_eq!(status, 404, "{other}");
    }
    stop.cancel();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn without_tls_there_is_no_certificate() {
    let client = service();
    assert_eq!(client.get(CERTIFICATES).await.json()["Members@odata.count"], 0);
    assert_eq!(client.get(&format!("{CERTIFICATES}/1")).await.status, StatusCode::NOT_FOUND);
    let body = json!({"CertificateCollection": {"@odata.id": CERTIFICATES}, "CommonName": "x"}).to_string();
    let refused = client.send(Method::POST, &format!("{ACTIONS}.GenerateCSR"), body).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let names = [
        json!({"AlternativeNames": [1]}),
        json!({"AlternativeNames": vec!["x"; 17]}),
        json!({"Country": ""}),
    ];
    for wrong in names {
        let refused = client.send(Method::POST, &format!("{ACTIONS}.GenerateCSR"), wrong.to_string()).await;
        assert!(
            matches!(refused.status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND),
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn the_inventory_has_what_the_devices_report() {
    let client = service();
    let at = "/redfish/v1/UpdateService/FirmwareInventory";
    assert_eq!(client.get(at).await.json()["Members@odata.count"], 13);
    let psu = client.get("/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/PSU1").await.json();
    let software = client.get(&format!("{at}/PSU1")).await.json();
    assert_eq!(software["Version"], psu["FirmwareVersion"]);
    assert_eq!(software["RelatedItem"][0]["@odata.id"], psu["@odata.id"]);
    assert_eq!(software["Updateable"], false);
    assert_eq!(client.get(&format!("{at}/Gateway")).await.json()["Version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(client.get(&format!("{at}/PSU7")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_restart_is_asked_for_by_administrators_and_only_where_somebody_restarts() {
    const RESET: &str = "/redfish/v1/Managers/Gateway/Actions/Manager.Reset";
    let none = service();
    assert_eq!(none.get(MANAGER).await.json()["Actions"], Value::Null);
    assert_eq!(none.send(Method::POST, RESET, "{}").await.status, StatusCode::NOT_FOUND);
    let restart = CancellationToken::new();
    let client = service_with(&RedfishConfig { restart: Some(restart.clone()), ..config() });
    let action = client.get(MANAGER).await.json()["Actions"]["#Manager.Reset"].clone();
    assert_eq!(action["target"], RESET);
    let operator = client.anonymous().as_user(OPERATOR);
    assert_eq!(operator.send(Method::POST, RESET, "{}").await.status, StatusCode::FORBIDDEN);
    for wrong in [r#"{"ResetType":"Off"}"#, r#"{"ResetType":1}"#, r#"{"Color":1}"#] {
        assert_eq!(client.send(Method::POST, RESET, wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert!(!restart.is_cancelled());
    let asked = client.send(Method::POST, RESET, r#"{"ResetType":"GracefulRestart"}"#).await;
    assert_eq!((asked.status, restart.is_cancelled()), (StatusCode::NO_CONTENT, true));
}

#[tokio::test]
async fn time_servers_are_those_of_the_file_and_follow_the_rules_for_arrays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("time.conf");
    let admin = service_with(&RedfishConfig { time_servers: Some(path.clone()), ..config() });
    let uri = format!("{MANAGER}/NetworkProtocol");
    let held = async |admin: &crate::client::Client| admin.get(&uri).await.json()["NTP"].clone();
    assert_eq!(held(&admin).await, json!({"ProtocolEnabled": false, "Port": 123, "NTPServers": []}));
    for (write, now) in [
        (json!(["a.example", "192.0.2.1"]), json!(["a.example", "192.0.2.1"])),
        (json!([{}, null, "2001:db8::1"]), json!(["a.example", "2001:db8::1"])),
        (json!(["b.example"]), json!(["b.example"])),
    ] {
        let answer = admin.patch(&uri, json!({"NTP": {"NTPServers": write}}).to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.json()["NTP"], json!({"ProtocolEnabled": true, "Port": 123, "NTPServers": now}));
    }
    assert!(std::fs::read_to_string(&path).unwrap().ends_with("[Time]\nNTP=b.example\n"));
    let tag = admin.get(&uri).await.header("etag").to_owned();
    for (body, message) in [
        (json!({"NTP": {"NTPServers": ["a b"]}}), "PropertyValueError"),
        (json!({"NTP": {"NTPServers": [7]}}), "PropertyValueTypeError"),
        (json!({"NTP": {"ProtocolEnabled": true}}), "PropertyValueError"),
        (json!({"HostName": "x"}), "PropertyNotWritable"),
        (json!({"Nonsense": "x"}), "PropertyUnknown"),
    ] {
        let refused = admin.patch(&uri, body.to_string()).await;
        assert_eq!((refused.status, refused.messages()), (StatusCode::BAD_REQUEST, vec![message.to_owned()]));
    }
    assert_eq!(admin.get(&uri).await.header("etag"), tag);
    let servers = json!({"NTP": {"NTPServers": ["c.example"]}}).to_string();
    let operator = admin.anonymous().as_user(OPERATOR);
    assert_eq!(operator.patch(&uri, servers.clone()).await.status, StatusCode::FORBIDDEN);
    // Where nobody named a file there is nothing to write.
    let without = service();
    assert_eq!(held(&without).await, Value::Null);
    assert_eq!(without.patch(&uri, servers).await.messages(), ["PropertyUnknown"]);
    // A file that has become somebody else's is not overwritten.
    std::fs::write(&path, "[Time]\n").unwrap();
    assert_eq!(admin.get(&uri).await.status, StatusCode::INTERNAL_SERVER_ERROR);
}
