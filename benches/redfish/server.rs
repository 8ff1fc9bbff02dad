//! The two servers: the Redfish service, and an axum handler that serialises what the service would answer.

use std::io::BufRead as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::get;
use dpo_gateway::gateway::{Event, EventKind, Gateway, Severity};
use dpo_gateway::redfish::{RedfishConfig, Transport, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::shelf;

const PASSWORD: &str = "password-of-a-bench";

pub fn main(bare: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(run(bare));
}

async fn run(bare: bool) {
    let (gateway, feed) = Gateway::channel(shelf::snapshot());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = RedfishConfig {
        transport: Transport::InsecureHttp,
        connection_limit: 2000,
        stream_limit: 1500,
        // A write that waits for the bus waits for as long as the measurement takes.
        patience: Duration::from_secs(3600),
        request_timeout: Duration::from_secs(3600),
        ..RedfishConfig::new(PASSWORD)
    };
    tokio::spawn(serve(listener, gateway, config, CancellationToken::new()));
    let token = login(address).await;
    let address = if bare {
        let body: Value =
            serde_json::from_str(&exchange(address, &read(crate::PSU, &token)).await.1).unwrap();
        let body = Arc::new(body);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let handler = move || {
            let body = Arc::clone(&body);
            // Serialised for each request, as `axum::Json` does it, but from one value that nobody copies.
            async move {
                let text = serde_json::to_vec(&*body).unwrap();
                ([(header::CONTENT_TYPE, "application/json")], text).into_response()
            }
        };
        tokio::spawn(
            async move { axum::serve(listener, Router::new().route(crate::PSU, get(handler))).await },
        );
        address
    } else {
        address
    };
    println!("{address}\n{token}");
    // As many events as each line says, ten a second. The end of the input is the end.
    let (sender, mut lines) = tokio::sync::mpsc::channel::<u64>(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let _ = sender.blocking_send(line.trim().parse().unwrap());
        }
    });
    let mut sequence = 0;
    while let Some(count) = lines.recv().await {
        let mut pace = tokio::time::interval(Duration::from_millis(100));
        for _ in 0..count {
            pace.tick().await;
            sequence += 1;
            feed.log(Event {
                sequence,
                time: SystemTime::now(),
                kind: EventKind::AlarmRaised,
                severity: Severity::Warning,
                subject: "psu 2".to_owned(),
                message: "reports Fan Alarm".to_owned(),
            });
        }
    }
}

fn read(uri: &str, token: &str) -> String {
    format!("GET {uri} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {token}\r\nConnection: close\r\n\r\n")
}

async fn login(address: std::net::SocketAddr) -> String {
    let body = format!(r#"{{"UserName":"admin","Password":"{PASSWORD}"}}"#);
    let length = body.len();
    let request = format!(
        "POST /redfish/v1/SessionService/Sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let (head, _) = exchange(address, &request).await;
    let token = head.lines().find_map(|l| l.strip_prefix("x-auth-token: ")).expect("a token");
    token.to_owned()
}

/// Head and body of an answer.
async fn exchange(address: std::net::SocketAddr, request: &str) -> (String, String) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}
