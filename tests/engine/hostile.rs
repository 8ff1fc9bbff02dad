//! Servers that say too much, nothing, or nonsense.

use std::time::Duration;

use dpo_gateway::engine::client::{Client, Trust};
use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::intake::modbus::{BlockAt, ModbusTelemetry};
use dpo_gateway::engine::intake::redfish::RedfishTelemetry;
use dpo_gateway::engine::intake::{Report, Telemetry};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::bench::login;

/// A server that takes any request and answers with `answer`, then, if it says so, with `more` for ever.
async fn server(answer: String, more: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                if socket.read(&mut request).await.is_err() {
                    return;
                }
                let login = request.starts_with(b"POST");
                let session = "HTTP/1.1 201 Created\r\nX-Auth-Token: t\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
                let text = if login { session } else { answer.as_str() };
                let _ = socket.write_all(text.as_bytes()).await;
                while let Some(more) = more.filter(|_| !login) {
                    if socket.write_all(more.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("http://{address}")
}

fn client(url: &str) -> Client {
    Client::new(url, &Trust::Anybody, login()).unwrap()
}

const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

#[tokio::test]
async fn an_answer_without_an_end_is_cut() {
    let url =
        server("HTTP/1.1 200 OK\r\n\r\n[".to_owned(), Some("1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,")).await;
    let error = client(&url).get("/x").await.unwrap_err().to_string();
    assert!(error.contains("more than 1048576 bytes"), "{error}");
}

#[tokio::test]
async fn no_answer_leads_to_another_host() {
    let elsewhere = server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_owned(), None).await;
    let answer = format!("HTTP/1.1 302 Found\r\nLocation: {elsewhere}/\r\nContent-Length: 0\r\n\r\n");
    let error = client(&server(answer, None).await).get("/x").await.unwrap_err().to_string();
    assert!(error.contains("302"), "{error}");
}

#[tokio::test]
async fn a_stream_of_nonsense_gives_no_reading_and_an_endless_event_ends_it() {
    let clock = Clock::start();
    let report = r#"data: {"Timestamp":"2026-11-30T00:00:00Z","MetricValues":[{"MetricId":"ShelfInputPower","MetricValue":"NaN"}]}"#;
    let text = format!("{STREAM}data: [[[\n\n{report}\n\nid: \u{7}\ndata: 5\n\n");
    let mut source = RedfishTelemetry::new(
        client(&server(text, Some("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n")).await),
        clock,
    );
    let Report::Lost(reason) = source.next().await else { panic!() };
    assert!(reason.contains("an event of more than"), "{reason}");
    let mut source = RedfishTelemetry::new(client(&server("SSH-2.0-x\r\n".to_owned(), None).await), clock);
    assert!(matches!(source.next().await, Report::Lost(_)));
    source.close().await;
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_tried_again_with_pauses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let clock = Clock::start();
    let mut redfish = RedfishTelemetry::new(client(&format!("http://{address}")), clock);
    let mut modbus = ModbusTelemetry::new(BlockAt { address, unit: 7 }, Duration::from_millis(20), clock);
    let begin = clock.now_s();
    for _ in 0..3 {
        assert!(matches!(redfish.next().await, Report::Lost(_)));
        assert!(matches!(modbus.next().await, Report::Lost(_)));
    }
    // Pauses of at least 125, 250 and 500 ms, twice.
    assert!(clock.now_s() - begin > 1.7);
}

#[tokio::test]
async fn a_modbus_server_without_the_block_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 12];
            while socket.read_exact(&mut request).await.is_ok() {
                // Function 03, four words of zero.
                let mut answer = vec![request[0], request[1], 0, 0, 0, 11, request[6], 3, 8];
                answer.extend([0; 8]);
                let _ = socket.write_all(&answer).await;
            }
        }
    });
    let mut source =
        ModbusTelemetry::new(BlockAt { address, unit: 7 }, Duration::from_millis(20), Clock::start());
    let Report::Lost(reason) = source.next().await else { panic!() };
    assert!(reason.contains("unit 7 carries no DPO block"), "{reason}");
}
