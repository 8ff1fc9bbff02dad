//! The server as a process, and connections to it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Ticks a second of `/proc/PID/stat`: 100 on every architecture that this runs on.
const USER_HZ: u64 = 100;

/// A server process; killed when dropped.
pub struct Server {
    child: Child,
    input: ChildStdin,
    pub address: String,
    pub token: String,
}

impl Server {
    pub fn start(bare: bool) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("server").args(bare.then_some("bare"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = || lines.next().unwrap().unwrap();
        let (address, token) = (next(), next());
        let input = child.stdin.take().unwrap();
        Self { child, input, address, token }
    }

    pub fn say(&mut self, text: &str) {
        self.input.write_all(text.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Processor time so far.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 1000 / USER_HZ)
    }

    /// Most memory that was resident, in MiB.
    pub fn peak_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that stays open.
pub struct Connection {
    socket: TcpStream,
    token: String,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(server: &Server) -> Self {
        let socket = TcpStream::connect(&server.address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self { socket, token: server.token.clone(), buffer: Vec::new() }
    }

    /// Sends a request and reads the head of its answer, which must be good.
    pub async fn ask(&mut self, uri: &str) -> String {
        let request =
            format!("GET {uri} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {}\r\n\r\n", self.token);
        self.socket.write_all(request.as_bytes()).await.unwrap();
        loop {
            if let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
                let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
                assert!(head.starts_with("http/1.1 200"), "{head}");
                return head;
            }
            self.more().await;
        }
    }

    /// The body of the answer to a GET.
    pub async fn get(&mut self, uri: &str) -> Vec<u8> {
        let head = self.ask(uri).await;
        let length = head.lines().find_map(|l| l.strip_prefix("content-length:")).unwrap();
        let length: usize = length.trim().parse().unwrap();
        while self.buffer.len() < length {
            self.more().await;
        }
        self.buffer.drain(..length).collect()
    }

    /// Sends a write, and waits for nothing.
    pub async fn patch(&mut self, uri: &str, body: &str) {
        let request = format!(
            "PATCH {uri} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.socket.write_all(request.as_bytes()).await.unwrap();
    }

    /// Whether anything came.
    pub fn is_answered(&self) -> bool {
        let mut byte = [0];
        !matches!(self.socket.try_read(&mut byte), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }

    /// Reads a stream until `count` events came; whether each came once and in order.
    pub async fn events(&mut self, count: u64) -> bool {
        let mut next = 1;
        while next <= count {
            while let Some(end) = self.buffer.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line);
                let Some(id) = line.trim().strip_prefix("id:") else { continue };
                let number = id.trim().rsplit_once('-').and_then(|(_, n)| n.parse::<u64>().ok());
                if number != Some(next) {
                    return false;
                }
                next += 1;
            }
            if next <= count {
                self.more().await;
            }
        }
        true
    }

    async fn more(&mut self) {
        let mut part = [0; 16 * 1024];
        let length = self.socket.read(&mut part).await.unwrap();
        assert!(length > 0, "the server closed the connection");
        self.buffer.extend_from_slice(&part[..length]);
    }
}

/// One GET on a connection of its own.
pub async fn once(address: &str, uri: &str) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {uri} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let good = [b"HTTP/1.0 200".as_slice(), b"HTTP/1.1 200"].into_iter().any(|head| answer.starts_with(head));
    assert!(good, "{}", String::from_utf8_lossy(&answer));
}
