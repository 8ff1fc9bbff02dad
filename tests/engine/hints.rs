//! The API for hints from outside, and the scripts for Slurm against it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use dpo_gateway::engine::clock::Clock;
use dpo_gateway::engine::hint::{Hint, HintKind, Hints as _};
use dpo_gateway::engine::hints::{CONNECTIONS, HintStore, HintsConfig, ServeError, openapi_json, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

const TOKEN: &str = "a-token-of-this-test";

async fn start(token: Option<&str>) -> (SocketAddr, HintStore, CancellationToken) {
    start_with(token, HintStore::new(Clock::start())).await
}

async fn start_with(token: Option<&str>, store: HintStore) -> (SocketAddr, HintStore, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let config = HintsConfig { token: token.map(|t| Zeroizing::new(t.to_owned())), ..HintsConfig::default() };
    tokio::spawn(serve(listener, store.clone(), config, stop.clone()));
    (address, store, stop)
}

fn http() -> reqwest::Client {
    // No TLS here; the builder wants a configuration all the same.
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap()
}

async fn post(address: SocketAddr, body: &Value) -> (u16, Value) {
    let request =
        http().post(format!("http://{address}/v1/hints")).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn hints_are_taken_listed_replaced_and_taken_back() {
    let (address, store, stop) = start(None).await;
    let (status, kept) =
        post(address, &json!({"job": "7", "kind": "start", "in_s": 5.0, "power_w": 6000.0})).await;
    assert_eq!(status, 201, "{kept}");
    let (status, _) =
        post(address, &json!({"job": "7", "kind": "period", "length_s": 2.5, "gateway": "rack 1"})).await;
    assert_eq!(status, 201);
    let mut seen = Vec::new();
    store.of("rack 1").between(0.0, 60.0, &mut |hint: &Hint| seen.push(hint.kind));
    assert!(matches!(seen[0], HintKind::Period { period_s: 2.5 }));
    assert!(matches!(seen[1], HintKind::Start { at_s, rise_w: Some(6000.0) } if (4.9..30.0).contains(&at_s)));
    let list = http().get(format!("http://{address}/v1/hints")).send().await.unwrap().text().await.unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list["hints"].as_array().unwrap().len(), 2, "{list}");
    let gone =
        http().delete(format!("http://{address}/v1/hints/7")).send().await.unwrap().text().await.unwrap();
    assert_eq!(gone, r#"{"taken_back":2}"#);
    stop.cancel();
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_place() {
    let (address, store, _stop) = start(None).await;
    for (body, part) in [
        (json!({"job": "7", "kind": "cap"}), "power_w"),
        (json!({"job": "7", "kind": "checkpoint"}), "length_s"),
        (json!({"job": "", "kind": "start"}), "job"),
        (json!({"job": "7", "kind": "start", "at": "tomorrow"}), "at: wants a date"),
        (json!({"job": "7", "kind": "start", "at": "2026-11-30T00:00:00Z", "in_s": 1.0}), "one of them"),
        (json!({"job": "7", "kind": "start", "in_s": 1e12}), "a week ahead"),
        (json!({"job": "7", "kind": "period", "length_s": 2.0, "power_w": 5.0}), "power_w"),
        (json!({"job": "7", "kind": "explode"}), "unknown variant"),
        (json!({"job": "7", "kind": "start", "limit_w": 1.0}), "unknown field"),
    ] {
        let (status, answer) = post(address, &body).await;
        let text = answer["error"].as_str().unwrap();
        assert!(status == 422 && text.contains(part), "{body}: {status} {text}");
    }
    let long = json!({"job": "7", "kind": "start", "gateway": "x".repeat(20_000)});
    assert_eq!(post(address, &long).await.0, 413);
    assert!(store.list().is_empty());
}

#[tokio::test]
async fn refusals_have_the_form_and_the_status_that_the_document_tells() {
    let (address, store, _stop) =
        start_with(None, HintStore::new(Clock::start()).with_gateways(["rack 1".into()])).await;
    let (status, answer) = post(address, &json!({"job": "7", "kind": "start", "gateway": "rack 2"})).await;
    let text = answer["error"].as_str().unwrap();
    assert!(
        status == 422 && text.contains(r#"gateway = "rack 2""#) && text.contains(r#"has "rack 1""#),
        "{text}"
    );
    for (length_s, kind) in [(0.01, "period"), (700.0, "period"), (4000.0, "checkpoint")] {
        let (status, answer) = post(address, &json!({"job": "7", "kind": kind, "length_s": length_s})).await;
        let text = answer["error"].as_str().unwrap();
        assert!(status == 422 && text.contains(&format!("length_s = {length_s}: wants")), "{status} {text}");
    }
    let (_, answer) = post(address, &json!({"job": "7", "kind": "cap", "power_w": -1.0})).await;
    assert!(answer["error"].as_str().unwrap().contains("power_w = -1"), "{answer}");
    assert!(store.list().is_empty());
    let url = format!("http://{address}/v1/hints");
    let json = "application/json";
    let document: Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    for (request, path, verb, wanted) in [
        (http().post(&url).header("content-type", json).body("{"), "/v1/hints", "post", 400),
        (http().post(&url).header("content-type", "text/plain").body("{}"), "/v1/hints", "post", 415),
        (http().delete(format!("{url}/7?gatway=rack+1")), "/v1/hints/{job}", "delete", 400),
        (http().delete(format!("{url}/%ff")), "/v1/hints/{job}", "delete", 400),
        (http().delete(format!("{url}/7?gateway=rack+2")), "/v1/hints/{job}", "delete", 422),
        (http().delete(format!("{url}/7?gateway=rack+1")), "/v1/hints/{job}", "delete", 200),
    ] {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert!(status == wanted && (body["error"].is_string() || wanted == 200), "{verb}: {status} {body}");
        assert!(
            document["paths"][path][verb]["responses"][wanted.to_string()].is_object(),
            "{verb} {wanted}"
        );
    }
}

#[tokio::test]
async fn a_time_before_the_start_of_the_engine_is_shown_as_it_was_given() {
    let (address, _, _stop) = start(None).await;
    let at = time::OffsetDateTime::now_utc() - Duration::from_secs(1800);
    let at = at.format(&time::format_description::well_known::Rfc3339).unwrap();
    let (status, kept) = post(address, &json!({"job": "7", "kind": "start", "at": at})).await;
    assert_eq!(status, 201, "{kept}");
    // To the minute: the clock of the machine is free to move meanwhile.
    assert_eq!(kept["at"].as_str().unwrap()[..16], at[..16], "{kept}");
}

#[tokio::test]
async fn without_the_token_or_by_another_name_nobody_gives_hints() {
    let (address, _, _stop) = start(Some(TOKEN)).await;
    let ask = async |header: Option<&str>| {
        let mut request = http().get(format!("http://{address}/v1/hints"));
        if let Some(value) = header {
            request = request.header("authorization", value);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask(None).await, 401);
    assert_eq!(ask(Some("Bearer another-token-here")).await, 401);
    assert_eq!(ask(Some(&format!("Bearer {TOKEN}"))).await, 200);
    // Without a token: a page in a browser that makes a name of its own point to loopback.
    let (address, _, _stop) = start(None).await;
    let request = http().get(format!("http://{address}/v1/hints")).header("host", "evil.example");
    assert_eq!(request.send().await.unwrap().status().as_u16(), 401);
}

#[tokio::test]
async fn beyond_loopback_a_token_is_wanted_and_a_short_one_is_none() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let (store, stop) = (HintStore::new(Clock::start()), CancellationToken::new());
    let served = serve(listener, store.clone(), HintsConfig::default(), stop.clone()).await;
    assert!(matches!(served, Err(ServeError::Open(_))), "{served:?}");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = HintsConfig { token: Some(Zeroizing::new("short".to_owned())), ..HintsConfig::default() };
    assert!(matches!(serve(listener, store, config, stop).await, Err(ServeError::Token)));
}

/// Waits until the server closes a connection; gives what it said before.
async fn closed(mut socket: TcpStream) -> String {
    let mut said = Vec::new();
    // A reset is an end, too.
    let _ = socket.read_to_end(&mut said).await;
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn connections_beyond_the_bound_are_closed_and_those_that_ended_make_room() {
    let (address, _, stop) = start(None).await;
    let mut held = Vec::new();
    for _ in 0..CONNECTIONS {
        held.push(TcpStream::connect(address).await.unwrap());
    }
    assert_eq!(closed(TcpStream::connect(address).await.unwrap()).await, "");
    drop(held);
    loop {
        let answer = http().get(format!("http://{address}/v1/hints")).send().await;
        // The server finds out in its own time that the others are gone.
        if answer.is_ok_and(|a| a.status() == 200) {
            break;
        }
        tokio::task::yield_now().await;
    }
    stop.cancel();
}

#[tokio::test]
async fn a_head_that_does_not_end_and_a_connection_that_says_nothing_are_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = HintsConfig { head_time: Duration::from_millis(100), ..HintsConfig::default() };
    let (store, stop) = (HintStore::new(Clock::start()), CancellationToken::new());
    tokio::spawn(serve(listener, store, config, stop.clone()));
    for head in ["", "GET /v1/hints HT", "GET /v1/hints HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        let said = closed(socket).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{head}: {said}");
    }
    // A body that does not come.
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = "POST /v1/hints HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let said = closed(socket).await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    stop.cancel();
}

/// Runs a script of the Slurm example as Slurm would; gives what it said.
async fn script(name: &str, address: SocketAddr, token: &Path, job: &str, args: &[&str]) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/slurm");
    let mut command = Command::new("sh");
    command
        .arg(folder.join(name))
        .args(args)
        .env("SLURM_JOB_ID", job)
        .env("DPO_ENGINE_HINTS", format!("http://{address}"))
        .env("DPO_ENGINE_HINTS_TOKEN_FILE", token)
        .env("DPO_ENGINE_GATEWAY", "shelf7.example:8443")
        .env("DPO_JOB_RISE_W", "6000");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "a job is never kept from running");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn the_scripts_for_slurm_announce_a_job_from_its_start_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, format!("{TOKEN}\n")).unwrap();
    let (address, store, _stop) = start(Some(TOKEN)).await;
    assert_eq!(script("prolog.sh", address, &token, "4711", &[]).await, "");
    assert_eq!(script("hint.sh", address, &token, "4711", &["period", "2.5"]).await, "");
    assert_eq!(script("hint.sh", address, &token, "4711", &["checkpoint", "12", "3000"]).await, "");
    assert_eq!(script("hint.sh", address, &token, "4711", &["cap", "9000"]).await, "");
    let kept = store.list();
    assert_eq!(kept.len(), 4, "{kept:?}");
    assert!(kept.iter().all(|k| k.hint.job == "4711" && k.gateway.as_deref() == Some("shelf7.example:8443")));
    assert!(kept.iter().any(|k| matches!(k.hint.kind, HintKind::Start { rise_w: Some(6000.0), .. })));
    assert_eq!(script("epilog.sh", address, &token, "4711", &[]).await, "");
    assert!(store.list().iter().any(|k| matches!(k.hint.kind, HintKind::End { .. })));
    // What would not be JSON, or is refused, is said and harms nothing.
    let said = script("hint.sh", address, &token, "47\",\"x", &["period", "2"]).await;
    assert!(said.contains("other characters"), "{said}");
    let said = script("hint.sh", address, &token, "1", &["period", "a"]).await;
    assert!(said.contains("is no number"), "{said}");
    std::fs::write(&token, "another-token-that-is-wrong").unwrap();
    let said = script("hint.sh", address, &token, "1", &["period", "2"]).await;
    assert!(said.contains("refused") && said.contains("bearer token"), "{said}");
}

#[test]
fn the_document_is_the_one_in_the_repository() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("openapi/engine.json");
    let now = openapi_json().unwrap();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "openapi/engine.json is stale: UPDATE_OPENAPI=1 cargo test --test engine");
}
