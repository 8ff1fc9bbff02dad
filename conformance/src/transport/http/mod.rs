//! The suite's own small HTTP client: HTTP/1.1, one request a connection, plain or over TLS. It sends any header a
//! case asks for, as long as the guard agrees, and shows what came as it came.

mod parse;
pub(crate) mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use parse::parse;

use super::guard::Allowed;
use super::{LinkError, WireLog};
use crate::outcome::WireBytes;
use crate::redact;

/// Largest answer that is read. A larger one is the device's fault, not the suite's.
const ANSWER_LIMIT: usize = 8 * 1024 * 1024;
/// Bytes of a body in the wire log.
const LOGGED: usize = 2000;

/// Whose certificate a server must have.
#[derive(Clone)]
pub enum Trust {
    /// One that chains to these roots (PEM).
    Roots(Vec<u8>),
    /// Any: the certificate is not checked. Credentials may go to somebody else.
    Anyone,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Roots(_) => "Roots",
            Self::Anyone => "Anyone",
        })
    }
}

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// HTTPS; plain HTTP is for loopback only.
    pub tls: bool,
    /// Host name or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(f, "{scheme}://{host}:{}", self.port)
    }
}

impl std::str::FromStr for Base {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            // Not repeated: it may be a password.
            return Err("an address takes no user and password: write https://host[:port]".into());
        }
        let wrong = |why: &str| format!("{text:?}: {why}");
        let (tls, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(wrong("write https://host[:port]")),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', ' ']) {
            return Err(wrong("write https://host[:port] alone; the suite knows where /redfish/v1 is"));
        }
        let default = if tls { 443 } else { 80 };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse().map_err(|_| wrong("the port is a number up to 65535"))?)
            }
            _ => (rest, default),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let loopback = host == "localhost"
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if host.is_empty() || port == 0 {
            return Err(wrong("host or port is missing"));
        }
        if !tls && !loopback {
            return Err(wrong("plain http would show the password to the network; use https"));
        }
        Ok(Self { tls, host, port })
    }
}

/// A request of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Headers beside those that the client sets itself (Host, Connection, Content-Length).
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Option<String>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.into(), path: path.into(), headers: Vec::new(), body: None }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self.with("Content-Type", "application/json")
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers in their order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, with chunks joined.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of a name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A client of one service.
#[derive(Clone)]
pub struct HttpClient {
    base: Base,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    wait: Duration,
    allowed: Allowed,
    #[cfg(test)]
    script: Option<Service>,
}

/// A service that a test makes up: what it answers; the words are why no whole answer came.
#[cfg(test)]
pub(crate) type Service = Arc<dyn Fn(&Request) -> Result<Answer, String> + Send + Sync>;

impl HttpClient {
    /// A client that waits at most `wait` for a whole answer. `secrets` are hidden from now on (`redact`).
    ///
    /// # Errors
    /// [`LinkError::Io`] if roots or host name cannot be used.
    pub fn new(
        base: &Base,
        trust: &Trust,
        wait: Duration,
        allowed: Allowed,
        secrets: Vec<String>,
    ) -> Result<Self, LinkError> {
        let fault = |reason: String| LinkError::Io { link: base.to_string(), reason };
        let tls = if base.tls {
            let name = ServerName::try_from(base.host.clone()).map_err(|e| fault(e.to_string()))?;
            let config = tls::browser(trust).map_err(fault)?;
            Some((TlsConnector::from(Arc::new(config)), name))
        } else {
            None
        };
        secrets.iter().for_each(|secret| redact::hide(None, secret));
        Ok(Self {
            base: base.clone(),
            tls,
            wait,
            allowed,
            #[cfg(test)]
            script: None,
        })
    }

    /// The same with a service that a test makes up.
    #[cfg(test)]
    pub(crate) fn scripted(self, service: Service) -> Self {
        Self { script: Some(service), ..self }
    }

    /// Where the service is.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// Hides the token of a session from now on. Tokens that an answer has in its header are hidden without this.
    pub fn hide(&mut self, token: &str) {
        redact::hide_token(token);
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`LinkError::Http`] if the guard refused, or if the peer gave no whole HTTP answer in time.
    pub async fn send(&self, request: &Request, log: &dyn WireLog) -> Result<Answer, LinkError> {
        let fault = |reason: String| LinkError::Io { link: self.base.to_string(), reason };
        check(request, self.allowed)
            .map_err(|reason| LinkError::Http { request: request.to_string(), reason })?;
        // Nothing of it is logged: cases that look again and again would spend their time with that.
        #[cfg(test)]
        if let Some(service) = &self.script {
            return service(request).map_err(fault);
        }
        let bytes = self.bytes(request);
        log.note(WireBytes { direction: '>', bytes: shown(&bytes) });
        let exchange = async {
            let stream = TcpStream::connect((self.base.host.as_str(), self.base.port)).await?;
            stream.set_nodelay(true)?;
            match &self.tls {
                None => exchange(stream, &bytes).await,
                Some((connector, name)) => {
                    exchange(connector.connect(name.clone(), stream).await?, &bytes).await
                }
            }
        };
        let raw = match tokio::time::timeout(self.wait, exchange).await {
            Ok(Ok(raw)) => raw,
            Ok(Err(error)) => return Err(fault(error.to_string())),
            Err(_) => return Err(fault(format!("no whole answer to {request} in {:?}", self.wait))),
        };
        let parsed = parse(&raw, request.method == "HEAD");
        if let Ok(answer) = &parsed {
            answer.headers.iter().filter(|(name, _)| name == "x-auth-token").for_each(|(_, token)| {
                redact::hide_token(token);
            });
        }
        log.note(WireBytes { direction: '<', bytes: shown_answer(&raw, parsed.as_ref().ok()) });
        parsed.map_err(|reason| fault(format!("{request}: {reason}")))
    }

    fn bytes(&self, request: &Request) -> Vec<u8> {
        let authority = self.base.to_string();
        let host = authority.split_once("://").map_or(authority.as_str(), |(_, rest)| rest);
        let mut text =
            format!("{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", request.method, request.path);
        for (name, value) in &request.headers {
            text += &format!("{name}: {value}\r\n");
        }
        if let Some(body) = &request.body {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        text += "\r\n";
        text += request.body.as_deref().unwrap_or_default();
        text.into_bytes()
    }
}

/// An answer for the wire log. A secret could be cut by a chunk: the body stands there joined.
fn shown_answer(raw: &[u8], answer: Option<&Answer>) -> String {
    let chunked = answer.filter(|answer| answer.header("transfer-encoding").is_some());
    let head = raw.windows(4).position(|four| four == b"\r\n\r\n").and_then(|at| raw.get(..at + 4));
    match (chunked, head) {
        (Some(answer), Some(head)) => shown(&[head, &answer.body].concat()),
        _ => shown(raw),
    }
}

/// Text for the wire log: no secret, no long body. What is secret goes before the text is cut, lest a part of it stays.
fn shown(bytes: &[u8]) -> String {
    let text = redact::clean(&String::from_utf8_lossy(bytes));
    let hidden = |line: &str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        ["authorization", "x-auth-token", "set-cookie", "cookie"].contains(&name.as_str())
    };
    let lines = text.split("\r\n").map(|line| match line.split_once(':') {
        Some((name, _)) if hidden(line) => format!("{name}: ***"),
        _ => line.to_owned(),
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let end = text.floor_char_boundary(LOGGED);
    match text.get(..end) {
        Some(begin) if end < text.len() => format!("{begin} … ({} bytes)", bytes.len()),
        _ => text,
    }
}

/// What must never reach a real service.
///
/// An action may reset or switch off a shelf, an update replaces its firmware, and accounts are not the suite's.
fn check(request: &Request, allowed: Allowed) -> Result<(), String> {
    if request.headers.iter().any(|(n, v)| n.contains(['\r', '\n', ':']) || v.contains(['\r', '\n']))
        || request.path.contains(['\r', '\n', ' '])
    {
        return Err("a header or path with a line break would be a second request".to_owned());
    }
    if ["GET", "HEAD", "OPTIONS"].contains(&request.method.as_str()) {
        return Ok(());
    }
    let path = request.path.to_ascii_lowercase();
    for hazard in ["/actions/", "/actions", "updateservice", "accountservice", "certificateservice", "/oem/"]
    {
        if path.contains(hazard) {
            return Err(format!("{hazard:?} is never written by the suite"));
        }
    }
    // A login and its end change nothing of the shelf.
    let session = path.starts_with("/redfish/v1/sessionservice/sessions");
    if session && ["POST", "DELETE", "PUT"].contains(&request.method.as_str()) || allowed.writes {
        return Ok(());
    }
    Err(format!("{} needs --allow-writes", request.method))
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    bytes: &[u8],
) -> std::io::Result<Vec<u8>> {
    stream.write_all(bytes).await?;
    stream.flush().await?;
    let mut raw = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        let count = match stream.read(&mut chunk).await {
            Ok(count) => count,
            // Many servers close without the notice of TLS; what was read decides.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof && !raw.is_empty() => 0,
            Err(error) => return Err(error),
        };
        if count == 0 {
            return Ok(raw);
        }
        raw.extend_from_slice(chunk.get(..count).unwrap_or_default());
        if raw.len() > ANSWER_LIMIT {
            return Err(std::io::Error::other(format!("the answer is over {ANSWER_LIMIT} bytes")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bases_and_refuses_plain_http_beyond_loopback() {
        let base: Base = "https://shelf.example:8443/".parse().unwrap();
        assert_eq!((base.tls, base.host.as_str(), base.port), (true, "shelf.example", 8443));
        assert_eq!("https://[::1]".parse::<Base>().unwrap().to_string(), "https://[::1]:443");
        assert_eq!("http://127.0.0.1:8000".parse::<Base>().unwrap().port, 8000);
        for bad in
            ["http://192.0.2.1", "https://", "https://a:b", "https://a/redfish", "ftp://a", "https://u@a"]
        {
            assert!(bad.parse::<Base>().is_err(), "{bad}");
        }
    }

    #[test]
    fn reads_answers_whole_or_not_at_all() {
        let answer = parse(b"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 2\r\n\r\n{}", false).unwrap();
        assert_eq!(
            (answer.status, answer.header("etag"), answer.body.as_slice()),
            (200, Some("\"a\""), &b"{}"[..])
        );
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n";
        assert_eq!(parse(chunked, false).unwrap().body, b"abcd");
        for bad in [
            &b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}"[..],
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            b"",
        ] {
            assert!(parse(bad, false).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_guard_knows_what_is_never_written() {
        let writes = Allowed { writes: true, disruptive: true };
        let reads = Allowed::default();
        let ok = |method: &str, path: &str, allowed| check(&Request::new(method, path), allowed).is_ok();
        assert!(ok("GET", "/redfish/v1/UpdateService", reads));
        assert!(ok("POST", "/redfish/v1/SessionService/Sessions", reads));
        assert!(!ok("PATCH", "/redfish/v1/Chassis/1/Controls/Limit", reads));
        assert!(ok("PATCH", "/redfish/v1/Chassis/1/Controls/Limit", writes));
        for path in [
            "/redfish/v1/Chassis/1/Actions/Chassis.Reset",
            "/redfish/v1/UpdateService/FirmwareInventory",
            "/redfish/v1/AccountService/Accounts/1",
        ] {
            assert!(!ok("POST", path, writes) && !ok("DELETE", path, writes), "{path}");
        }
        let split = Request::new("GET", "/redfish/v1").with("A", "b\r\nX: y");
        assert!(check(&split, writes).is_err());
    }

    #[test]
    fn secrets_stand_in_no_log() {
        let base: Base = "http://localhost:1".parse().unwrap();
        let client = HttpClient::new(
            &base,
            &Trust::Anyone,
            Duration::ZERO,
            Allowed::default(),
            vec!["hunter2".into()],
        );
        let client = client.unwrap();
        let request =
            Request::new("POST", "/x").with("X-Auth-Token", "abc").json(r#"{"Password":"hunter2"}"#);
        let text = shown(&client.bytes(&request));
        assert!(!text.contains("hunter2") && !text.contains("abc") && text.contains("***"), "{text}");
        // Where the log is cut, and where a chunk ends.
        let long = format!("POST /x HTTP/1.1\r\n\r\n{}hunter2", "a".repeat(LOGGED - 25));
        let text = shown(long.as_bytes());
        assert!(!text.contains("hun") && text.contains("***"), "{text}");
        let raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhun\r\n4\r\nter2\r\n0\r\n\r\n";
        let text = shown_answer(raw, parse(raw, false).ok().as_ref());
        assert!(!text.contains("\nhun") && !text.contains("ter2") && text.ends_with("***"), "{text}");
        let told = "https://admin:s3cret@shelf".parse::<Base>().unwrap_err();
        assert!(!told.contains("s3cret") && told.contains("password"), "{told}");
    }
}
