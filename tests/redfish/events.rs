//! Events: the streams, what they say and to whom, and the registry of their messages.

use std::time::{Duration, SystemTime};

use axum::body::{Body, BodyDataStream};
use axum::http::{Method, StatusCode};
use dpo_gateway::gateway::{Event, EventKind, GatewayFeed, Severity};
use futures::StreamExt as _;
use serde_json::Value;

use crate::client::{
    ADMIN, Client, OPERATOR, VIEWER, config, password, service, service_and_feed, service_with,
};
use crate::shelf;

const STREAM: &str = "/redfish/v1/EventService/SSE";
const STREAMS: &str = "/redfish/v1/EventService/Subscriptions";

/// One message of a stream.
#[derive(Debug, PartialEq)]
enum Message {
    Event { id: String, key: String, args: Vec<String> },
    Comment,
}

struct Stream {
    body: BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(client: &Client, query: &str) -> Self {
        let response = client.raw(Method::GET, &format!("{STREAM}{query}"), Body::empty()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next message; `None` if the stream has ended.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let (message, rest) = (message.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(read(&message));
            }
            self.text.push_str(std::str::from_utf8(&self.body.next().await?.unwrap()).unwrap());
        }
    }

    /// The next data, whatever it is.
    async fn report(&mut self) -> Value {
        while !self.text.contains("\n\n") {
            self.text.push_str(std::str::from_utf8(&self.body.next().await.unwrap().unwrap()).unwrap());
        }
        let (message, rest) = self.text.split_once("\n\n").unwrap();
        let data = message.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
        let report = serde_json::from_str(data).unwrap();
        self.text = rest.to_owned();
        report
    }

    /// The key of the next event's message.
    async fn key(&mut self) -> String {
        match self.next().await {
            Some(Message::Event { key, .. }) => key,
            other => panic!("{other:?}"),
        }
    }
}

fn read(message: &str) -> Message {
    let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name));
    let Some(data) = field("data:") else {
        assert!(message.starts_with(':'), "{message}");
        return Message::Comment;
    };
    let event: Value = serde_json::from_str(data).unwrap();
    assert_eq!(event["@odata.type"], "#Event.v1_13_0.Event");
    let id = field("id:").unwrap().trim().to_owned();
    assert_eq!(event["Id"], id.as_str());
    let [record] = event["Events"].as_array().unwrap().as_slice() else { panic!("{event}") };
    let args = record["MessageArgs"].as_array().unwrap().iter().map(|a| a.as_str().unwrap().to_owned());
    let key = record["MessageId"].as_str().unwrap().strip_prefix("DPOGateway.1.0.").unwrap();
    Message::Event { id, key: key.to_owned(), args: args.collect() }
}

fn happen(feed: &GatewayFeed, sequence: u64, kind: EventKind, severity: Severity, subject: &str) {
    let (subject, message) = (subject.to_owned(), format!("number {sequence}"));
    feed.log(Event { sequence, time: SystemTime::now(), kind, severity, subject, message });
}

fn lost(feed: &GatewayFeed, sequence: u64) {
    happen(feed, sequence, EventKind::DeviceLost, Severity::Critical, "psu 3");
}

#[tokio::test]
async fn a_stream_tells_what_happens_and_goes_on_where_it_was_broken_off() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    lost(&feed, 1);
    let mut stream = Stream::open(&client, "").await;
    lost(&feed, 2);
    happen(&feed, 3, EventKind::StateChanged, Severity::Ok, "shelf");
    // What was before the stream is in the log.
    let Some(Message::Event { id, key, args }) = stream.next().await else { panic!() };
    assert_eq!((key.as_str(), args), ("DeviceLost", vec!["psu 3".to_owned(), "number 2".to_owned()]));
    assert_eq!(stream.key().await, "StateChanged");
    drop(stream);
    lost(&feed, 4);
    let mut again = Stream::open(&client.with("last-event-id", &id), "").await;
    assert_eq!(again.key().await, "StateChanged");
    assert_eq!(again.key().await, "DeviceLost");
    // A mark of another run of the service means nothing in this one: everything that is kept is news.
    let mut other = Stream::open(&client.with("last-event-id", "12345-3"), "").await;
    let Some(Message::Event { args, .. }) = other.next().await else { panic!() };
    assert_eq!(args[1], "number 1");
}

#[tokio::test]
async fn a_client_that_reads_too_slowly_is_told_what_is_gone() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    let mut stream = Stream::open(&client, "").await;
    for sequence in 1..=1500 {
        lost(&feed, sequence);
    }
    let Some(Message::Event { key, args, .. }) = stream.next().await else { panic!() };
    assert_eq!((key.as_str(), args), ("EventsLost", vec!["1".to_owned(), "476".to_owned()]));
    for sequence in 477..=1500 {
        let Some(Message::Event { args, .. }) = stream.next().await else { panic!() };
        assert_eq!(args[1], format!("number {sequence}"));
    }
}

#[tokio::test]
async fn a_filter_chooses_events() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    let query = "?$filter=MessageSeverity%20eq%20%27OK%27%20and%20ResourceType%20eq%20%27Manager%27";
    let mut stream = Stream::open(&client, query).await;
    lost(&feed, 1);
    happen(&feed, 2, EventKind::DeviceReturned, Severity::Ok, "psu 3");
    happen(&feed, 3, EventKind::LeaseGranted, Severity::Ok, "lease");
    assert_eq!(stream.key().await, "LeaseGranted");
    for wrong in ["$filter=Nonsense%20eq%20%27x%27", "$filter=MessageId", "$filter"] {
        let answer = client.get(&format!("{STREAM}?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(answer.text.contains("$filter"), "{}", answer.text);
    }
}

#[tokio::test]
async fn streams_are_for_those_who_may_read_and_take_what_they_are() {
    let client = service();
    assert_eq!(client.anonymous().get(STREAM).await.status, StatusCode::UNAUTHORIZED);
    let json = client.with("accept", "application/json").get(STREAM).await;
    assert_eq!(json.status, StatusCode::NOT_ACCEPTABLE);
    let viewer = client.anonymous().as_user(VIEWER);
    for accept in ["text/event-stream", "text/*", "*/*"] {
        Stream::open(&viewer.with("accept", accept), "").await;
    }
    assert_eq!(client.send(Method::POST, STREAM, "{}").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn open_streams_are_listed_and_can_be_ended() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    let (operator, viewer) = (client.anonymous().as_user(OPERATOR), client.anonymous().as_user(VIEWER));
    let mut stream = Stream::open(&operator, "").await;
    let list = client.get(STREAMS).await.json();
    assert_eq!(list["Members@odata.count"], 1);
    let at = list["Members"][0]["@odata.id"].as_str().unwrap().to_owned();
    let destination = client.get(&at).await.json();
    assert_eq!(
        (&destination["SubscriptionType"], &destination["Context"]),
        (&"SSE".into(), &OPERATOR.into())
    );
    assert_eq!(viewer.send(Method::DELETE, &at, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(client.send(Method::DELETE, &at, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(stream.next().await, None);
    drop(stream);
    assert_eq!(client.get(&at).await.status, StatusCode::NOT_FOUND);
    // A stream ends with the gateway, too.
    let mut last = Stream::open(&operator, "").await;
    drop(feed);
    assert_eq!(last.next().await, None);
}

#[tokio::test]
async fn there_are_as_many_streams_as_the_configuration_says() {
    let client = service_with(&{
        let mut config = config();
        config.stream_limit = 2;
        config
    });
    let first = Stream::open(&client, "").await;
    let _second = Stream::open(&client, "").await;
    let answer = client.get(STREAM).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "60"));
    assert_eq!(answer.messages(), ["EventSubscriptionLimitExceeded"]);
    drop(first);
    Stream::open(&client, "").await;
}

#[tokio::test]
async fn a_silent_stream_keeps_its_session_alive_and_ends_with_it() {
    let (client, _feed) = service_and_feed(shelf::snapshot());
    let body = serde_json::json!({"UserName": ADMIN, "Password": password(ADMIN)}).to_string();
    let login = client.anonymous().with("content-type", "application/json");
    let login = login.send(Method::POST, "/redfish/v1/SessionService/Sessions", body).await;
    assert_eq!(login.status, StatusCode::CREATED);
    let session = client.anonymous().with("x-auth-token", login.header("x-auth-token"));
    let mut stream = Stream::open(&session, "").await;
    tokio::time::pause();
    // Longer than a session lives without use (1800 s).
    for _ in 0..130 {
        assert_eq!(stream.next().await, Some(Message::Comment));
        tokio::time::advance(Duration::from_secs(15)).await;
    }
    let at = login.header("location").to_owned();
    assert_eq!(session.send(Method::DELETE, &at, "").await.status, StatusCode::NO_CONTENT);
    while let Some(message) = stream.next().await {
        assert_eq!(message, Message::Comment);
    }
}

#[tokio::test]
async fn metric_reports_come_with_each_snapshot_to_those_who_ask() {
    let (client, feed) = service_and_feed(shelf::snapshot());
    let query = "?$filter=MetricReportDefinition%20eq%20%27/redfish/v1/TelemetryService/MetricReportDefinitions/Shelf%27";
    let mut stream = Stream::open(&client, query).await;
    let first = stream.report().await;
    assert_eq!(first["@odata.type"], "#MetricReport.v1_5_2.MetricReport");
    lost(&feed, 1);
    let mut next = shelf::snapshot();
    for sequence in 1000..1010 {
        next.sequence = sequence;
        next.totals.bus_voltage = Some(dpo_registers::units::Volts(48.0 + sequence as f64));
        feed.snapshots.send(next.clone().into()).unwrap();
    }
    // A client that reads slowly gets the newest, and not the event that it did not ask for.
    let report = stream.report().await;
    let bus = report["MetricValues"].as_array().unwrap().iter().find(|v| v["MetricId"] == "ShelfBusVoltage");
    assert_eq!(bus.unwrap()["MetricValue"], "1057");
}

#[tokio::test]
async fn a_thousand_streams_lose_nothing() {
    let (gateway, feed) = dpo_gateway::gateway::Gateway::channel(shelf::snapshot());
    let client = crate::client::client(gateway, &{
        let mut config = config();
        config.stream_limit = 1000;
        config
    });
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        let mut stream = Stream::open(&client, "").await;
        readers.spawn(async move {
            for sequence in 1..=50 {
                // On a busy machine a stream is quiet for long enough to say that it is still there.
                let args = loop {
                    match stream.next().await {
                        Some(Message::Event { args, .. }) => break args,
                        Some(Message::Comment) => {}
                        None => panic!("a stream ended before event {sequence}"),
                    }
                };
                assert_eq!(args[1], format!("number {sequence}"));
            }
        });
    }
    for sequence in 1..=50 {
        lost(&feed, sequence);
        tokio::task::yield_now().await;
    }
    let mut read = 0;
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
        read += 1;
    }
    assert_eq!(read, 1000);
}

#[tokio::test]
async fn every_message_is_in_the_registry_that_the_service_names() {
    let client = service();
    let file = client.get("/redfish/v1/Registries/DPOGateway").await.json();
    assert_eq!(file["Registry"], "DPOGateway.1.0");
    let registry = client.get(file["Location"][0]["Uri"].as_str().unwrap()).await.json();
    assert_eq!(registry["@odata.type"], "#MessageRegistry.v1_7_0.MessageRegistry");
    tokio::task::yield_now().await;
    let log = client.get("/redfish/v1/Managers/Gateway/LogServices/Events/Entries").await.json();
    let entries = log["Members"].as_array().unwrap();
    assert!(!entries.is_empty());
    for entry in entries {
        let key = entry["MessageId"].as_str().unwrap().strip_prefix("DPOGateway.1.0.").unwrap();
        let text = registry["Messages"][key]["Message"].as_str().unwrap();
        let args = entry["MessageArgs"].as_array().unwrap();
        let filled = args.iter().enumerate().fold(text.to_owned(), |text, (i, arg)| {
            text.replace(&format!("%{}", i + 1), arg.as_str().unwrap())
        });
        assert_eq!(entry["Message"], filled);
        let origin = entry["Links"]["OriginOfCondition"]["@odata.id"].as_str().unwrap();
        assert_eq!(client.get(origin).await.status, StatusCode::OK, "{origin}");
    }
    let base = client.get("/redfish/v1/Registries/Base").await.json();
    assert!(base["Location"][0]["Uri"].is_null() && base["Location"][0]["PublicationUri"].is_string());
    assert_eq!(client.get("/redfish/v1/Registries/Nothing").await.status, StatusCode::NOT_FOUND);
}
