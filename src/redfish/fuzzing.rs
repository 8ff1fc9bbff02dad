//! What the fuzz targets reach: everything that reads text of a client. Not part of the library (`--cfg fuzzing`, and its tests).
#![allow(clippy::panic)]

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::Method;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::runtime::Runtime;

use super::body;
use super::config::{EventConfig, RedfishConfig};
use super::event::filter_of_a_stream;
use super::excerpt;
use super::filter::Filter;
use super::query::{Query, decode};
use super::select::Selection;
use super::trigger;
use crate::gateway::{Gateway, GatewayFeed, Snapshot};

/// A query string of a read; what is read of it is the same when it is read again.
pub fn query(text: &str) {
    let once = Query::parse(text, &Method::GET);
    assert_eq!(once, Query::parse(text, &Method::GET));
    let _ = Query::parse(text, &Method::PATCH);
    assert!(decode(text).len() <= text.len().saturating_mul(3));
}

/// A `$filter` and a `$select`, on any resource.
pub fn filter(text: &str, body: &Value) {
    if let Ok(filter) = Filter::parse(text) {
        let _ = filter.matches(body);
    }
    if let Some(selection) = Selection::parse(text) {
        let part = selection.of(body);
        assert!(part.to_string().len() <= body.to_string().len(), "a part is not larger than the whole");
    }
    filter_of_a_stream(text);
    let _ = excerpt::of(body.clone());
}

/// The body of a request. What is taken of it is JSON with each property once.
pub fn json(bytes: &[u8]) {
    if let Ok(properties) = body::parse(bytes) {
        let whole: Value = serde_json::from_slice(bytes).unwrap_or_default();
        for (i, (name, value)) in properties.iter().enumerate() {
            assert_eq!(whole.get(name), Some(value));
            assert!(properties[..i].iter().all(|(earlier, _)| earlier != name));
        }
    }
}

/// A trigger as a client wants it. What is taken is kept and watched, and what is kept is read back as it was.
pub fn trigger(bytes: &[u8]) {
    if let Ok(properties) = body::parse(bytes) {
        trigger::fuzz(&Snapshot::empty(), properties);
    }
}

/// A service without devices, and what a client needs to be let in.
struct Service {
    runtime: Runtime,
    router: axum::Router,
    token: String,
    /// Its end of the commands is closed: each write is refused by the gate at once.
    _feed: GatewayFeed,
}

/// Stands in an input for the token of an administrator.
pub const TOKEN: &[u8] = b"TOKEN";
/// Most bytes of answers that are looked at.
const ANSWERS: u64 = 1 << 20;

/// Bytes of a connection, as hyper and the whole service read them: request lines, headers, bodies, one request after another.
/// Nothing a client sends is a fault of the service (500).
pub fn connection(bytes: &[u8]) {
    static SERVICE: OnceLock<Service> = OnceLock::new();
    let service = SERVICE.get_or_init(Service::start);
    let mut input = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(TOKEN.len()).position(|w| w == TOKEN) {
        input.extend_from_slice(&rest[..at]);
        input.extend_from_slice(service.token.as_bytes());
        rest = &rest[at + TOKEN.len()..];
    }
    input.extend_from_slice(rest);
    let answers = service.exchange(&input);
    for answer in answers.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"HTTP/1.1 ")) {
        assert!(!answer.starts_with(b"500"), "{}", String::from_utf8_lossy(&answers));
    }
}

impl Service {
    fn start() -> Self {
        // Time goes on by itself while nothing happens: an event stream, which has no end, costs none.
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap_or_else(|e| panic!("{e}"));
        let (gateway, mut feed) = Gateway::channel(Snapshot::empty());
        feed.commands.close();
        let config = RedfishConfig {
            // Nothing is sent anywhere.
            events: EventConfig { subscription_limit: 0, ..EventConfig::default() },
            ..RedfishConfig::new("password-of-a-fuzzer")
        };
        let _inside = runtime.enter();
        let router = super::router(gateway, &config).unwrap_or_else(|e| panic!("{e}"));
        drop(_inside);
        let mut service = Self { runtime, router, token: String::new(), _feed: feed };
        let body = r#"{"UserName":"admin","Password":"password-of-a-fuzzer"}"#;
        let login = format!(
            "POST /redfish/v1/SessionService/Sessions HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = String::from_utf8_lossy(&service.exchange(login.as_bytes())).into_owned();
        let token = answer.lines().find_map(|line| line.strip_prefix("x-auth-token: "));
        service.token = token.unwrap_or_else(|| panic!("{answer}")).to_owned();
        service
    }

    /// What is answered to the bytes of a connection that then ends.
    fn exchange(&self, input: &[u8]) -> Vec<u8> {
        self.runtime.block_on(async {
            let (mut client, server) = duplex(1 << 16);
            let serving = tokio::spawn(serve(server, self.router.clone()));
            let mut answers = Vec::new();
            let talk = async {
                let (mut reader, mut writer) = tokio::io::split(&mut client);
                let write = async {
                    let _ = writer.write_all(input).await;
                    let _ = writer.shutdown().await;
                };
                let mut bounded = (&mut reader).take(ANSWERS);
                let _ = tokio::join!(write, bounded.read_to_end(&mut answers));
            };
            let _ = tokio::time::timeout(Duration::from_secs(120), talk).await;
            serving.abort();
            answers
        })
    }
}

async fn serve(stream: DuplexStream, router: axum::Router) {
    let mut server = hyper::server::conn::http1::Builder::new();
    // As `server` has it; without a timer of its own, the head may take as long as the connection.
    server.half_close(true).max_buf_size(64 * 1024).header_read_timeout(None);
    let _ = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_answered_whatever_comes() {
        let exchange = |input: &str| {
            connection(input.as_bytes());
        };
        let log = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries";
        for line in [
            "GET /redfish/v1/Chassis",
            &format!("GET {log}/..%2f1/attachment"),
            "OPTIONS *",
            "GET /redfish/v1/EventService/SSE",
        ] {
            exchange(&format!("{line} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: TOKEN\r\n\r\n"));
        }
        let limit = "PATCH /redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit HTTP/1.1\r\nHost: x\r\nX-Auth-Token: TOKEN\r\n";
        let body = r#"{"SetPoint": 9000}"#;
        exchange(&format!("{limit}Content-Length: {}\r\n\r\n{body}", body.len()));
        exchange(&format!("{limit}Content-Length: 60000\r\n\r\n{body}"));
        exchange(&format!(
            "{limit}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        ));
        exchange("\0\r\n\r\nGET /redfish HTTP/1.0\r\n\r\n");
        trigger(br#"{"MetricProperties": ["/redfish/v1/Managers/Gateway#/Oem/DPOGateway/State"], "DiscreteTriggerCondition": "Changed"}"#);
        json(b"{\"a\": 1, \"a\": 2}");
        query("$expand=.&only");
        filter("Reading gt 1", &Value::Null);
    }
}
