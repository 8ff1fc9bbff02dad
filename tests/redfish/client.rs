//! A client of the router, and the gateway it talks to.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use dpo_gateway::gateway::{Gateway, GatewayFeed, Snapshot};
use dpo_gateway::redfish::{Account, RedfishConfig, Role, router};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::shelf;

pub const ADMIN: &str = "admin";
pub const OPERATOR: &str = "operator";
pub const VIEWER: &str = "viewer";

pub fn password(user: &str) -> String {
    format!("password-of-{user}")
}

/// Accounts of all roles.
pub fn config() -> RedfishConfig {
    let mut config = RedfishConfig::new(password(ADMIN));
    for (name, role) in [(OPERATOR, Role::Operator), (VIEWER, Role::ReadOnly)] {
        config.accounts.push(Account { name: name.to_owned(), password: password(name).into(), role });
    }
    config
}

/// The parts of an answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// Keys of the messages of an error body.
    pub fn messages(&self) -> Vec<String> {
        let body = self.json();
        let infos = body["error"]["@Message.ExtendedInfo"].as_array().cloned().unwrap_or_default();
        let key = |m: &Value| m["MessageId"].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
        infos.iter().map(key).collect()
    }
}

/// A client with the Basic credentials of one user, or none.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub headers: Vec<(String, String)>,
}

impl Client {
    pub fn as_user(&self, user: &str) -> Self {
        let credentials = format!("{user}:{}", password(user));
        let value = base64::engine::general_purpose::STANDARD.encode(credentials);
        self.with("authorization", &format!("Basic {value}"))
    }

    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    pub fn anonymous(&self) -> Self {
        Self { router: self.router.clone(), headers: Vec::new() }
    }

    /// The answer with a body that is not read yet.
    pub async fn raw(&self, method: Method, uri: &str, body: impl Into<Body>) -> Response {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap()
    }

    pub async fn send(&self, method: Method, uri: &str, body: impl Into<Body>) -> Answer {
        let response = self.raw(method, uri, body).await;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub async fn get(&self, uri: &str) -> Answer {
        self.send(Method::GET, uri, Body::empty()).await
    }

    pub async fn patch(&self, uri: &str, body: impl Into<Body>) -> Answer {
        self.send(Method::PATCH, uri, body).await
    }
}

/// The service with a task in the place of the gateway. The client is the administrator.
pub fn service() -> Client {
    service_with(&config())
}

pub fn service_with(config: &RedfishConfig) -> Client {
    let (gateway, feed) = Gateway::channel(shelf::snapshot());
    tokio::spawn(shelf::play(feed));
    client(gateway, config)
}

/// The service with the other end of the gateway in the hands of the test.
pub fn service_and_feed(snapshot: Snapshot) -> (Client, GatewayFeed) {
    let (gateway, feed) = Gateway::channel(snapshot);
    (client(gateway, &config()), feed)
}

/// The service before this gateway. The client is the administrator.
pub fn client(gateway: Gateway, config: &RedfishConfig) -> Client {
    let client = Client { router: router(gateway, config).unwrap(), headers: Vec::new() };
    client.as_user(ADMIN)
}
