//! Push: what receivers get, how deliveries are tried again, and where nothing is ever sent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode};
use dpo_gateway::gateway::{Event, EventKind, Gateway, GatewayFeed, Severity};
use dpo_gateway::redfish::RedfishConfig;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::client::{Client, OPERATOR, VIEWER, client, config};
use crate::shelf;

const SUBSCRIPTIONS: &str = "/redfish/v1/EventService/Subscriptions";
const SUBMIT: &str = "/redfish/v1/EventService/Actions/EventService.SubmitTestEvent";

/// A receiver of events that answers with a status that the test chooses for each request.
struct Receiver {
    url: String,
    got: mpsc::UnboundedReceiver<(HeaderMap, Value)>,
    answers: mpsc::UnboundedSender<StatusCode>,
}

fn receiver_app() -> (Router, mpsc::UnboundedReceiver<(HeaderMap, Value)>, mpsc::UnboundedSender<StatusCode>)
{
    let (heard, got) = mpsc::unbounded_channel();
    let (answers, next) = mpsc::unbounded_channel();
    let next = Arc::new(tokio::sync::Mutex::new(next));
    let app = Router::new().fallback(move |headers: HeaderMap, body: String| {
        let (heard, next) = (heard.clone(), Arc::clone(&next));
        async move {
            heard.send((headers, serde_json::from_str(&body).unwrap())).unwrap();
            let status = next.lock().await.try_recv().unwrap_or(StatusCode::NO_CONTENT);
            // A redirect that leads to where nothing may be sent.
            (status, [("location", "http://169.254.169.254/")])
        }
    });
    (app, got, answers)
}

impl Receiver {
    async fn start() -> Self {
        let (app, got, answers) = receiver_app();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events?shelf=1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, got, answers }
    }

    async fn next(&mut self) -> (HeaderMap, Value) {
        self.got.recv().await.unwrap()
    }

    fn quiet(&mut self) -> bool {
        self.got.try_recv().is_err()
    }
}

/// Receivers on loopback over http are open; retries come at once.
fn open() -> RedfishConfig {
    let mut config = config();
    config.events.networks = vec!["127.0.0.0/8".parse().unwrap()];
    config.events.insecure_http = true;
    config.events.retry_interval = Duration::from_secs(1);
    config.events.retry_attempts = 2;
    config
}

fn start(config: &RedfishConfig) -> (Client, GatewayFeed) {
    let (gateway, feed) = Gateway::channel(shelf::snapshot());
    (client(gateway, config), feed)
}

fn log(feed: &GatewayFeed, sequence: u64, kind: EventKind, subject: &str) {
    let (subject, message) = (subject.to_owned(), "m".to_owned());
    feed.log(Event { sequence, time: SystemTime::now(), kind, severity: Severity::Ok, subject, message });
}

async fn subscribe(client: &Client, url: &str, more: Value) -> String {
    let mut body = json!({"Destination": url, "Protocol": "Redfish", "Context": "rack 7"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = client.send(Method::POST, SUBSCRIPTIONS, body.to_string()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json()["@odata.id"], made.header("location"));
    made.header("location").to_owned()
}

#[tokio::test]
async fn a_receiver_gets_the_events_it_asked_for_with_its_headers_and_context() {
    let (admin, feed) = start(&open());
    let mut receiver = Receiver::start().await;
    let more = json!({
        "HttpHeaders": [{"Authorization": "Bearer secret-of-the-receiver"}],
        "ResourceTypes": ["PowerSupply"],
    });
    let at = subscribe(&admin, &receiver.url, more).await;
    log(&feed, 1, EventKind::LeaseGranted, "lease");
    log(&feed, 2, EventKind::DeviceLost, "psu 3");
    let (headers, body) = receiver.next().await;
    assert_eq!(headers["authorization"], "Bearer secret-of-the-receiver");
    assert_eq!(headers["content-type"], "application/json;charset=utf-8");
    assert_eq!((&body["@odata.type"], &body["Context"]), (&json!("#Event.v1_13_0.Event"), &json!("rack 7")));
    assert_eq!(body["Events"].as_array().unwrap().len(), 1);
    assert_eq!(body["Events"][0]["MessageId"], "DPOGateway.1.0.DeviceLost");

    let shown = admin.get(&at).await;
    assert!(!shown.text.contains("secret"), "{}", shown.text);
    assert_eq!(shown.json()["HttpHeaders"], Value::Null);
    assert_eq!(shown.json()["VerifyCertificate"], false);

    assert_eq!(admin.send(Method::DELETE, &at, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(admin.get(&at).await.status, StatusCode::NOT_FOUND);
    log(&feed, 3, EventKind::DeviceReturned, "psu 3");
    assert!(receiver.quiet());
}

#[tokio::test]
async fn a_delivery_that_fails_is_tried_again_and_then_the_policy_decides() {
    for (policy, state) in [("SuspendRetries", Some("Disabled")), ("TerminateAfterRetries", None)] {
        let (admin, feed) = start(&open());
        let mut receiver = Receiver::start().await;
        let at = subscribe(&admin, &receiver.url, json!({"DeliveryRetryPolicy": policy})).await;
        // One failure, then it arrives.
        receiver.answers.send(StatusCode::SERVICE_UNAVAILABLE).unwrap();
        log(&feed, 1, EventKind::DeviceLost, "psu 1");
        let first = receiver.next().await.1;
        assert_eq!(first, receiver.next().await.1, "the same event again");
        // A redirect is no delivery, and is not followed; after two more attempts it is over.
        for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT, StatusCode::INTERNAL_SERVER_ERROR] {
            receiver.answers.send(status).unwrap();
        }
        log(&feed, 2, EventKind::DeviceLost, "psu 2");
        for _ in 0..3 {
            assert_eq!(receiver.next().await.1["Events"][0]["EventId"], "2");
        }
        // The end of the last attempt is on its way.
        let ended = |answer: &crate::client::Answer| match state {
            Some(state) => answer.json()["Status"]["State"] == state,
            None => answer.status == StatusCode::NOT_FOUND,
        };
        while !ended(&admin.get(&at).await) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if state.is_none() {
            continue;
        }
        log(&feed, 3, EventKind::DeviceLost, "psu 3");
        let resume = format!("{at}/Actions/EventDestination.ResumeSubscription");
        assert_eq!(admin.send(Method::POST, &resume, "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get(&at).await.json()["Status"]["State"], "Enabled");
        // What happened while it was suspended is in the log; from now on it is sent again.
        let test = json!({"MessageId": "DPOGateway.1.0.StateChanged", "EventId": "after"}).to_string();
        assert_eq!(admin.send(Method::POST, SUBMIT, test).await.status, StatusCode::NO_CONTENT);
        // The event before it is sent, too, if it was resumed before its task had looked.
        while receiver.next().await.1["Events"][0]["EventId"] != "after" {}
    }
}

#[tokio::test]
async fn a_receiver_that_was_away_is_told_which_events_are_gone() {
    let (admin, feed) = start(&open());
    let mut receiver = Receiver::start().await;
    subscribe(&admin, &receiver.url, json!({"DeliveryRetryPolicy": "RetryForever"})).await;
    receiver.answers.send(StatusCode::BAD_GATEWAY).unwrap();
    log(&feed, 1, EventKind::DeviceLost, "psu 1");
    assert_eq!(receiver.next().await.1["Events"][0]["EventId"], "1");
    // More than the log of the gateway holds.
    for sequence in 2..=1100 {
        log(&feed, sequence, EventKind::AlarmRaised, "psu 1");
    }
    assert_eq!(receiver.next().await.1["Events"][0]["EventId"], "1");
    let next = receiver.next().await.1;
    assert_eq!(next["Events"][0]["MessageId"], "DPOGateway.1.0.EventsLost");
    assert_eq!(next["Events"][0]["MessageArgs"], json!(["2", "76"]));
    let mut last = 0;
    let mut body = next;
    loop {
        for event in body["Events"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|e| e["MessageId"] != "DPOGateway.1.0.EventsLost")
        {
            let number: u64 = event["EventId"].as_str().unwrap().parse().unwrap();
            assert!(last == 0 || number == last + 1, "{number} after {last}");
            last = number;
        }
        if last == 1100 {
            break;
        }
        body = receiver.next().await.1;
    }
}

#[tokio::test]
async fn subscriptions_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = RedfishConfig { state: Some(folder.path().join("redfish.json")), ..open() };
    let mut receiver = Receiver::start().await;
    let at = {
        let (admin, _feed) = start(&config);
        subscribe(&admin, &receiver.url, json!({"HttpHeaders": [{"X-Token": "kept"}]})).await
    };
    let (admin, feed) = start(&config);
    assert_eq!(admin.get(&at).await.json()["Context"], "rack 7");
    log(&feed, 1, EventKind::DeviceFound, "psu 1");
    let (headers, body) = receiver.next().await;
    assert_eq!((&headers["x-token"], &body["Events"][0]["EventId"]), (&"kept".parse().unwrap(), &json!("1")));
    assert_ne!(subscribe(&admin, &receiver.url, json!({})).await, at, "numbers are not used again");
}

#[tokio::test]
async fn reports_and_tests_reach_those_who_want_them() {
    let (admin, feed) = start(&open());
    let mut receiver = Receiver::start().await;
    let shelf_report = "/redfish/v1/TelemetryService/MetricReportDefinitions/Shelf";
    let more =
        json!({"EventFormatType": "MetricReport", "MetricReportDefinitions": [{"@odata.id": shelf_report}]});
    subscribe(&admin, &receiver.url, more).await;
    let (_, body) = receiver.next().await;
    assert_eq!((&body["Id"], &body["Context"]), (&json!("Shelf"), &json!("rack 7")));
    assert!(!body["MetricValues"].as_array().unwrap().is_empty());
    let mut newer = shelf::snapshot();
    newer.sequence += 1;
    feed.snapshots.send_replace(Arc::new(newer));
    assert_eq!(receiver.next().await.1["Id"], "Shelf");

    let wrong = admin.send(Method::POST, SUBMIT, json!({"Message": "x", "Color": 1}).to_string()).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong.messages(), ["ActionParameterUnknown", "ActionParameterMissing"]);
    let denied = admin.anonymous().as_user(OPERATOR).send(Method::POST, SUBMIT, "{}").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_subscription_is_its_owners_and_the_administrators() {
    let (admin, _feed) = start(&open());
    let receiver = Receiver::start().await;
    let (operator, viewer) = (admin.anonymous().as_user(OPERATOR), admin.anonymous().as_user(VIEWER));
    let body = json!({"Destination": receiver.url, "Protocol": "Redfish"}).to_string();
    assert_eq!(viewer.send(Method::POST, SUBSCRIPTIONS, body).await.status, StatusCode::FORBIDDEN);
    let of_admin = subscribe(&admin, &receiver.url, json!({})).await;
    let of_operator = subscribe(&operator, &receiver.url, json!({})).await;
    let patch = json!({"Context": "x"}).to_string();
    assert_eq!(operator.patch(&of_admin, patch.clone()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(operator.send(Method::DELETE, &of_admin, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(operator.patch(&of_operator, patch.clone()).await.json()["Context"], "x");
    assert_eq!(admin.patch(&of_operator, patch).await.status, StatusCode::OK);

    let tag = admin.get(&of_admin).await.header("etag").to_owned();
    let with_tag = admin.with("if-match", &tag);
    let same = json!({"Context": "rack 7"}).to_string();
    assert_eq!(with_tag.patch(&of_admin, same.clone()).await.status, StatusCode::OK);
    assert_eq!(with_tag.patch(&of_admin, same).await.status, StatusCode::PRECONDITION_FAILED);
    let refused =
        admin.patch(&of_admin, json!({"Destination": "https://192.0.2.1/", "Color": 1}).to_string()).await;
    assert_eq!(refused.messages(), ["PropertyUnknown", "PropertyNotWritable"]);
}

#[tokio::test]
async fn there_is_an_end_to_subscriptions() {
    let mut config = open();
    config.events.subscription_limit = 1;
    let (admin, _feed) = start(&config);
    let receiver = Receiver::start().await;
    subscribe(&admin, &receiver.url, json!({})).await;
    let body = json!({"Destination": receiver.url, "Protocol": "Redfish"}).to_string();
    let refused = admin.send(Method::POST, SUBSCRIPTIONS, body).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.messages(), ["EventSubscriptionLimitExceeded"]);
}

#[tokio::test]
async fn without_configuration_nothing_is_sent_into_the_gateway() {
    let (admin, feed) = start(&config());
    let post = async |url: &str| {
        let body = json!({"Destination": url, "Protocol": "Redfish", "DeliveryRetryPolicy": "RetryForever"});
        admin.send(Method::POST, SUBSCRIPTIONS, body.to_string()).await
    };
    for url in ["http://192.0.2.1/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/"] {
        let refused = post(url).await;
        assert_eq!(
            (refused.status, refused.messages()),
            (StatusCode::BAD_REQUEST, vec!["PropertyValueError".to_owned()]),
            "{url}"
        );
    }
    // A name is looked up when something is sent: what it leads to counts then.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let at = post(&format!("https://localhost:{port}/")).await.header("location").to_owned();
    log(&feed, 1, EventKind::DeviceLost, "psu 1");
    while admin.get(&at).await.json()["Status"]["Health"] != "Warning" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let dialled = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(dialled.is_err(), "nobody has dialled");
}

/// A receiver over TLS with a certificate made for it.
async fn secure() -> (SocketAddr, String, mpsc::UnboundedReceiver<(HeaderMap, Value)>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let parameters = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (app, got, _) = receiver_app();
    let config = axum_server::tls_rustls::RustlsConfig::from_config(Arc::new(tls));
    let acceptor = axum_server::tls_rustls::RustlsAcceptor::new(config);
    tokio::spawn(async move {
        let server = axum_server::Server::<SocketAddr>::from_listener(listener).map(|_| acceptor);
        server.serve(app.into_make_service()).await.unwrap();
    });
    (address, certificate.pem(), got)
}

#[tokio::test]
async fn a_certificate_is_checked_where_the_subscription_or_the_configuration_asks_for_it() {
    let (address, pem, mut got) = secure().await;
    let url = format!("https://{address}/");
    // Nobody has signed it.
    let (admin, feed) = start(&open());
    let checked =
        subscribe(&admin, &url, json!({"VerifyCertificate": true, "DeliveryRetryPolicy": "RetryForever"}))
            .await;
    log(&feed, 1, EventKind::DeviceLost, "psu 1");
    while admin.get(&checked).await.json()["Status"]["Health"] != "Warning" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(got.try_recv().is_err());
    assert_eq!(
        admin.patch(&checked, json!({"VerifyCertificate": false}).to_string()).await.status,
        StatusCode::OK
    );
    assert_eq!(got.recv().await.unwrap().1["Events"][0]["EventId"], "1");
    drop((admin, feed));

    let mut config = open();
    config.events.trust = Some(pem.into_bytes());
    config.events.verify_always = true;
    let (admin, feed) = start(&config);
    let body = json!({"Destination": url, "Protocol": "Redfish", "VerifyCertificate": false}).to_string();
    assert_eq!(admin.send(Method::POST, SUBSCRIPTIONS, body).await.messages(), ["PropertyValueError"]);
    let at = subscribe(&admin, &url, json!({})).await;
    assert_eq!(admin.get(&at).await.json()["VerifyCertificate"], true);
    log(&feed, 1, EventKind::DeviceLost, "psu 9");
    assert_eq!(got.recv().await.unwrap().1["Events"][0]["MessageArgs"][0], "psu 9");
}

#[tokio::test]
async fn deliveries_end_with_the_server() {
    let config = open();
    let mut receiver = Receiver::start().await;
    let (gateway, feed) = Gateway::channel(shelf::snapshot());
    let folder = tempfile::tempdir().unwrap();
    let config = RedfishConfig { state: Some(folder.path().join("redfish.json")), ..config };
    {
        let admin = client(gateway.clone(), &config);
        subscribe(&admin, &receiver.url, json!({})).await;
        log(&feed, 1, EventKind::DeviceLost, "psu 1");
        receiver.next().await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stop = CancellationToken::new();
    let server = tokio::spawn(dpo_gateway::redfish::serve(listener, gateway, config, stop.clone()));
    // The server took up what was kept, and sends what happened in this run.
    // It numbers on where the log of the one before ended.
    assert_eq!(receiver.next().await.1["Events"][0]["EventId"], "2");
    drop(feed);
    stop.cancel();
    server.await.unwrap().unwrap();
}
