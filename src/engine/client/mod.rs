//! A small Redfish client: one session, bounded answers, and the event stream.
//!
//! The server is taken for hostile: each answer has a largest size and a longest time, redirects are not followed, no proxy of
//! the environment is used, and what it says is never trusted to be a number, in range, or whole.

pub mod sse;
pub mod tls;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue};
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

pub use tls::{Trust, TrustError};

/// Largest answer to a request, in bytes.
const MOST_BYTES: usize = 1 << 20;
/// Longest time for a connection and its handshake.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest time for a request, write or read.
const REQUEST: Duration = Duration::from_secs(15);
/// Longest silence of a stream: a gateway says at least each 15 s that it is there.
pub const SILENCE: Duration = Duration::from_secs(40);
/// Where sessions are opened.
const SESSIONS: &str = "/redfish/v1/SessionService/Sessions";

/// Who logs in.
#[derive(Clone)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password; wiped when dropped, never shown.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Why a gateway did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// The address is none.
    #[error("{url}: {reason}")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong, and what is wanted.
        reason: String,
    },
    /// The certificates or the fingerprint cannot be used.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// It cannot be reached, or the connection broke.
    #[error("{method} {path}: {reason}")]
    Transport {
        /// Method.
        method: Method,
        /// Path.
        path: String,
        /// The words of the layers below.
        reason: String,
    },
    /// It refused.
    #[error("{method} {path}: {status}: {message}")]
    Refused {
        /// Method.
        method: Method,
        /// Path.
        path: String,
        /// Status of the answer.
        status: StatusCode,
        /// Its words, cut to a line.
        message: String,
    },
    /// The answer is not one that a gateway gives.
    #[error("{method} {path}: {reason}")]
    Answer {
        /// Method.
        method: Method,
        /// Path.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

impl ClientError {
    /// Whether the gateway itself said no, as against not being reached or understood.
    pub fn refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// Whether it was the devices that did not take it now: they are written only so often, and may be busy.
    pub fn devices_refused(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::SERVICE_UNAVAILABLE, .. })
    }
}

#[derive(Debug)]
struct Session {
    token: HeaderValue,
    /// Where to log out.
    location: Option<String>,
}

/// A gateway's Redfish service. Clones share the session.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    login: Arc<Login>,
    session: Arc<Mutex<Option<Arc<Session>>>>,
}

impl Client {
    /// A client of the service at `url`, such as `https://shelf7.example:8443`. Nothing is sent yet.
    ///
    /// # Errors
    /// For what is no such address, holds a password or a path, or is plain HTTP to another machine.
    pub fn new(url: &str, trust: &Trust, login: Login) -> Result<Self, ClientError> {
        let wrong = |reason: &str| ClientError::Url { url: shown(url), reason: reason.to_owned() };
        let base = Url::parse(url).map_err(|e| wrong(&e.to_string()))?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err(wrong("no user or password in the address: it shows in the list of processes"));
        }
        let host = base.host_str().ok_or_else(|| wrong("no host"))?;
        let loopback = host == "localhost"
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match base.scheme() {
            "https" => (),
            "http" if loopback => (),
            "http" => return Err(wrong("plain HTTP only to loopback: use https")),
            _ => return Err(wrong("wants https://HOST:PORT")),
        }
        if base.path() != "/" || base.query().is_some() || base.fragment().is_some() {
            return Err(wrong("wants https://HOST:PORT, without a path"));
        }
        if matches!(trust, Trust::Anybody) && !loopback {
            return Err(wrong(
                "an unchecked certificate only on loopback: name the CA or the fingerprint of the gateway",
            ));
        }
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(trust.config()?)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .http1_max_headers(64)
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(2)
            .tcp_nodelay(true)
            .build()
            .map_err(|e| wrong(&words(&e)))?;
        Ok(Self { http, base, login: Arc::new(login), session: Arc::default() })
    }

    /// Host and port, as a name for people.
    pub fn name(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The user that it logs in as.
    pub fn user(&self) -> &str {
        &self.login.user
    }

    fn at(&self, path: &str) -> Result<Url, ClientError> {
        self.base
            .join(path)
            .map_err(|e| ClientError::Url { url: path.chars().take(200).collect(), reason: e.to_string() })
    }

    /// The session, opened if there is none.
    async fn session(&self) -> Result<Arc<Session>, ClientError> {
        let mut open = self.session.lock().await;
        if let Some(session) = &*open {
            return Ok(Arc::clone(session));
        }
        let credentials = Zeroizing::new(
            json!({ "UserName": self.login.user, "Password": self.login.password.as_str() }).to_string(),
        );
        let request = self
            .http
            .post(self.at(SESSIONS)?)
            .timeout(REQUEST)
            .header(CONTENT_TYPE, "application/json")
            .body(credentials.as_bytes().to_vec());
        let answer = request.send().await.map_err(|e| transport(&Method::POST, SESSIONS, &e))?;
        let answer = checked(&Method::POST, SESSIONS, answer).await?;
        let mut token = answer.headers().get("x-auth-token").cloned().ok_or_else(|| ClientError::Answer {
            method: Method::POST,
            path: SESSIONS.to_owned(),
            reason: "a session without X-Auth-Token".to_owned(),
        })?;
        token.set_sensitive(true);
        let location = answer.headers().get("location").and_then(|v| v.to_str().ok()).map(ToOwned::to_owned);
        let session = Arc::new(Session { token, location });
        *open = Some(Arc::clone(&session));
        Ok(session)
    }

    /// Forgets a session that the gateway does not take any more.
    async fn forget(&self, stale: &Arc<Session>) {
        let mut open = self.session.lock().await;
        if open.as_ref().is_some_and(|session| Arc::ptr_eq(session, stale)) {
            *open = None;
        }
    }

    /// Sends a request in the session; a session that has ended is opened anew, once.
    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Option<String>,
        timeout: Option<Duration>,
    ) -> Result<Response, ClientError> {
        for last in [false, true] {
            let session = self.session().await?;
            let mut request = self
                .http
                .request(method.clone(), self.at(path)?)
                .headers(headers.clone())
                .header("x-auth-token", session.token.clone());
            if let Some(timeout) = timeout {
                request = request.timeout(timeout);
            }
            if let Some(body) = &body {
                request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
            }
            let answer = request.send().await.map_err(|e| transport(&method, path, &e))?;
            if answer.status() == StatusCode::UNAUTHORIZED && !last {
                self.forget(&session).await;
                continue;
            }
            return checked(&method, path, answer).await;
        }
        let reason = "the session ended twice".to_owned();
        Err(ClientError::Answer { method, path: path.to_owned(), reason })
    }

    /// A resource, and the time of day in the answer's `Date`, in seconds since 1970.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get(&self, path: &str) -> Result<(Value, Option<f64>), ClientError> {
        let answer = self.send(Method::GET, path, HeaderMap::new(), None, Some(REQUEST)).await?;
        let date = date_s(answer.headers());
        Ok((document(&Method::GET, path, answer).await?, date))
    }

    /// Changes properties of a resource; gives the resource as it is then.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::Refused`] with the gateway's reason.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        let answer =
            self.send(Method::PATCH, path, HeaderMap::new(), Some(body.to_string()), Some(REQUEST)).await?;
        document(&Method::PATCH, path, answer).await
    }

    /// Opens an event stream at `path`, behind the event `last`.
    ///
    /// # Errors
    /// [`ClientError`]; that the answer is no event stream, too.
    pub async fn stream(&self, path: &str, last: Option<&str>) -> Result<sse::Stream, ClientError> {
        let mut headers = HeaderMap::new();
        headers.insert("accept", HeaderValue::from_static("text/event-stream"));
        if let Some(last) = last.and_then(|id| HeaderValue::from_str(id).ok()) {
            headers.insert("last-event-id", last);
        }
        // The head of the answer has a time, its body none.
        let opened = tokio::time::timeout(REQUEST, self.send(Method::GET, path, headers, None, None));
        let answer = opened.await.map_err(|_| ClientError::Transport {
            method: Method::GET,
            path: path.to_owned(),
            reason: format!("no answer in {REQUEST:?}"),
        })??;
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("text/event-stream") {
            let reason = "the answer is no event stream".to_owned();
            return Err(ClientError::Answer { method: Method::GET, path: path.to_owned(), reason });
        }
        Ok(sse::Stream::new(answer.bytes_stream().boxed()))
    }

    /// Ends the session, if there is one. A gateway that cannot be reached ends it by its own time.
    pub async fn log_out(&self) {
        let Some(session) = self.session.lock().await.take() else { return };
        let Some(at) = session.location.as_deref().and_then(|at| self.at(at).ok()) else { return };
        // The token goes nowhere else, whatever the location says.
        if at.origin() == self.base.origin() {
            let request = self.http.delete(at).timeout(CONNECT).header("x-auth-token", session.token.clone());
            if let Err(error) = request.send().await {
                tracing::debug!(%error, "engine: not logged out");
            }
        }
    }
}

/// The answer if it is one of success; else what the gateway says.
async fn checked(method: &Method, path: &str, answer: Response) -> Result<Response, ClientError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let message = match document(method, path, answer).await {
        Ok(body) => reason(&body),
        Err(_) => "no reason given".to_owned(),
    };
    Err(ClientError::Refused { method: method.clone(), path: path.to_owned(), status, message })
}

/// What an error body of Redfish says, the most exact part of it, cut to a line.
fn reason(body: &Value) -> String {
    let error = body.get("error");
    let info = error.and_then(|e| e.get("@Message.ExtendedInfo")).and_then(|i| i.get(0));
    let text = info
        .and_then(|i| i.get("Message"))
        .or_else(|| error.and_then(|e| e.get("message")))
        .and_then(Value::as_str)
        .unwrap_or("no reason given");
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

async fn document(method: &Method, path: &str, answer: Response) -> Result<Value, ClientError> {
    let wrong =
        |reason: String| ClientError::Answer { method: method.clone(), path: path.to_owned(), reason };
    let mut chunks = answer.bytes_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|e| transport(method, path, &e))?;
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(wrong(format!("an answer of more than {MOST_BYTES} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|e| wrong(format!("no JSON: {e}")))
}

fn transport(method: &Method, path: &str, error: &reqwest::Error) -> ClientError {
    ClientError::Transport { method: method.clone(), path: path.to_owned(), reason: words(error) }
}

/// An error with its causes, without the address, which is said elsewhere.
fn words(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    if error.is_timeout() {
        text = format!("no answer in time {text}");
    }
    if text.is_empty() { "the connection failed".to_owned() } else { text.chars().take(300).collect() }
}

/// The `Date` of an answer (RFC 9110, section 5.6.7), in seconds since 1970.
fn date_s(headers: &HeaderMap) -> Option<f64> {
    let text = headers.get(DATE)?.to_str().ok()?.strip_suffix(" GMT")?.to_owned() + " +0000";
    let date = time::OffsetDateTime::parse(&text, &time::format_description::well_known::Rfc2822).ok()?;
    Some(date.unix_timestamp() as f64)
}

/// An address without what may be a password in it.
fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://...@{rest}"),
        _ => url.chars().take(200).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login() -> Login {
        Login { user: "admin".to_owned(), password: Zeroizing::new("hidden-word".to_owned()) }
    }

    #[test]
    fn addresses_are_checked_and_passwords_do_not_show() {
        let wrong = |url: &str, trust: &Trust| Client::new(url, trust, login()).unwrap_err().to_string();
        let print = Trust::fingerprint(&"ab".repeat(32)).unwrap();
        assert!(wrong("http://10.0.0.1", &print).contains("plain HTTP only to loopback"));
        assert!(wrong("https://10.0.0.1", &Trust::Anybody).contains("name the CA"));
        assert!(wrong("https://10.0.0.1/redfish/v1", &print).contains("without a path"));
        assert!(wrong("modbus://10.0.0.1", &print).contains("wants https://"));
        let text = wrong("https://admin:hidden-word@10.0.0.1", &print);
        assert!(text.contains("no user or password") && !text.contains("hidden-word"), "{text}");
        assert!(!format!("{:?}", login()).contains("hidden-word"));
        let client = Client::new("https://[::1]:8443", &Trust::Anybody, login()).unwrap();
        assert_eq!(client.name(), "[::1]:8443");
    }

    #[test]
    fn the_date_of_an_answer_is_read() {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, HeaderValue::from_static("Mon, 30 Nov 2026 00:10:00 GMT"));
        assert_eq!(date_s(&headers), Some(1_795_997_400.0));
        headers.insert(DATE, HeaderValue::from_static("yesterday"));
        assert_eq!(date_s(&headers), None);
    }

    #[test]
    fn the_reason_of_a_refusal_is_a_line() {
        let body =
            json!({"error": {"message": "general", "@Message.ExtendedInfo": [{"Message": "the\nlimit"}]}});
        assert_eq!(reason(&body), "thelimit");
        assert_eq!(reason(&json!({"error": {"message": "general"}})), "general");
        assert_eq!(reason(&json!([])), "no reason given");
    }
}
