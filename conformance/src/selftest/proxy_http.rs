//! A man in the middle on HTTP: one request and one answer a connection, as the suite's client sends them.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::Task;
use super::mutant::HttpFault;

/// Longest time the reference takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request or an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    /// Request line or status line.
    pub first: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Message {
    /// An answer with a status and a JSON body.
    pub(crate) fn answer(status: u16, body: &Value) -> Self {
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("odata-version".to_owned(), "4.0".to_owned()),
            ("cache-control".to_owned(), "no-cache".to_owned()),
        ];
        Self { first: format!("HTTP/1.1 {status} Mutant"), headers, body: body.to_string().into_bytes() }
    }

    /// Method of a request.
    pub(crate) fn method(&self) -> &str {
        self.first.split(' ').next().unwrap_or_default()
    }

    /// Path of a request, or status of an answer.
    pub(crate) fn second(&self) -> &str {
        self.first.split(' ').nth(1).unwrap_or_default()
    }

    /// Changes the path of a request.
    pub(crate) fn set_path(&mut self, path: &str) {
        self.first = format!("{} {path} HTTP/1.1", self.method());
    }

    /// Changes the status of an answer.
    pub(crate) fn set_status(&mut self, status: u16) {
        self.first = format!("HTTP/1.1 {status} Mutant");
    }

    /// The first header of a name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Takes a header away.
    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(own, _)| own != name);
    }

    /// Sets a header.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Changes the JSON body.
    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        let mut body = self.json();
        if !body.is_null() {
            change(&mut body);
            self.body = body.to_string().into_bytes();
        }
    }

    async fn read(stream: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut raw = Vec::new();
        loop {
            if let Some(end) = raw.windows(4).position(|w| w == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(raw.get(..end).unwrap_or_default()).into_owned();
                let mut lines = head.split("\r\n");
                let first = lines.next().unwrap_or_default().to_owned();
                let header = |line: &str| {
                    line.split_once(':').map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()))
                };
                let headers = lines.filter_map(header).collect();
                let mut message = Self { first, headers, body: raw.split_off(end + 4) };
                let length = message.header("content-length").and_then(|l| l.parse::<usize>().ok());
                while length.is_none_or(|length| message.body.len() < length) {
                    // Without a length a request has no body, and an answer ends with the connection.
                    let request = !message.first.starts_with("HTTP/");
                    if length.is_none() && request || stream.read_buf(&mut message.body).await? == 0 {
                        break;
                    }
                }
                return Ok(Some(message));
            }
            if stream.read_buf(&mut raw).await? == 0 {
                return Ok(None);
            }
        }
    }

    async fn write(&self, stream: &mut TcpStream, bodiless: bool) -> io::Result<()> {
        let mut text = format!("{}\r\n", self.first);
        let framing = |name: &str| ["content-length", "transfer-encoding", "connection"].contains(&name);
        for (name, value) in self.headers.iter().filter(|(name, _)| !framing(name)) {
            text += &format!("{name}: {value}\r\n");
        }
        if !bodiless {
            text += &format!("content-length: {}\r\n", self.body.len());
        }
        text += "connection: close\r\n\r\n";
        stream.write_all(text.as_bytes()).await?;
        if !bodiless {
            stream.write_all(&self.body).await?;
        }
        stream.flush().await
    }
}

/// Starts a proxy in front of `upstream`. Without a fault it changes nothing.
pub(super) async fn start(upstream: SocketAddr, fault: Option<HttpFault>) -> io::Result<(SocketAddr, Task)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(async move {
                // An error ends one connection, as it would on a device.
                let _ = timeout(PATIENCE, connection(upstream, client, fault)).await;
            });
        }
    });
    Ok((address, Task(task)))
}

async fn connection(upstream: SocketAddr, mut client: TcpStream, fault: Option<HttpFault>) -> io::Result<()> {
    let Some(asked) = Message::read(&mut client).await? else { return Ok(()) };
    let mut request = asked.clone();
    let bodiless = |answer: &Message| asked.method() == "HEAD" || ["204", "304"].contains(&answer.second());
    match fault {
        Some(HttpFault::Instead(reply)) => {
            if let Some(answer) = reply(&asked) {
                return answer.write(&mut client, bodiless(&answer)).await;
            }
        }
        Some(HttpFault::Request(change)) => change(&mut request),
        _ => {}
    }
    let mut server = TcpStream::connect(upstream).await?;
    request.write(&mut server, false).await?;
    let Some(mut answer) = Message::read(&mut server).await? else { return Ok(()) };
    if let Some(HttpFault::Answer(change)) = fault {
        change(&asked, &mut answer);
    }
    answer.write(&mut client, bodiless(&answer)).await
}
