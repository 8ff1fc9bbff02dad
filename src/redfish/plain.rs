//! Plain HTTP that comes to the port of HTTPS: the client is told where to go, and nothing else.
//!
//! A request that reached the port so has crossed the network readable, with whatever credentials it had: it is not carried
//! out, its credentials are not looked at, and its body is not read.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// First byte of a TLS record with a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 0x16;
/// Longest head that is read, in bytes.
const HEAD: usize = 8 * 1024;

/// Hands on a connection that begins with TLS; answers any other and ends it.
///
/// # Errors
/// A connection that does not begin with TLS, one that breaks off, or one that says nothing for `patience`.
pub(crate) async fn only_tls(mut stream: TcpStream, patience: Duration) -> io::Result<TcpStream> {
    let mut first = [0];
    let told = tokio::time::timeout(patience, async {
        if stream.peek(&mut first).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        if first == [HANDSHAKE] {
            return Ok(true);
        }
        let head = head(&mut stream).await?;
        stream.write_all(answer(&head).as_bytes()).await?;
        stream.shutdown().await?;
        Ok(false)
    });
    match told.await {
        Ok(Ok(true)) => Ok(stream),
        Ok(Ok(false)) => Err(io::Error::other("plain HTTP on the port of HTTPS: redirected")),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
    }
}

/// The head of a request, as far as it fits.
async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut part = [0; 1024];
    while bytes.len() < HEAD && !bytes.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut part).await? {
            0 => break,
            length => bytes.extend(part.iter().take(length)),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A redirection to the same place over HTTPS, or a refusal of what is no request.
fn answer(head: &str) -> String {
    let close = "Connection: close\r\nContent-Length: 0\r\n\r\n";
    match target(head) {
        // 308 keeps method and body: a write does not become a read (RFC 9110, section 15.4.9).
        Some(target) => format!("HTTP/1.1 308 Permanent Redirect\r\nLocation: https://{target}\r\n{close}"),
        None => format!("HTTP/1.1 400 Bad Request\r\n{close}"),
    }
}

/// Authority and path of a request; `None` if it has none that can be part of a header.
fn target(head: &str) -> Option<String> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (_, path, version) = (words.next()?, words.next()?, words.next()?);
    let printable = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
    let host = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    })?;
    let authority = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    let usable = version.starts_with("HTTP/1.") && path.starts_with('/') && printable(path);
    (usable && !host.is_empty() && host.bytes().all(authority)).then(|| format!("{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_sent_to_the_same_place_and_nowhere_else() {
        let of = |head: &str| target(head);
        let good = "GET /redfish/v1/?$top=1 HTTP/1.1\r\nAccept: */*\r\nhost: shelf-7:8443\r\n\r\n";
        assert_eq!(of(good).as_deref(), Some("shelf-7:8443/redfish/v1/?$top=1"));
        assert_eq!(of("GET / HTTP/1.0\r\nHost: [::1]:1\r\n\r\n").as_deref(), Some("[::1]:1/"));
        for wrong in [
            "",
            "noise",
            "GET / HTTP/1.1\r\n\r\n",
            "GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: user@elsewhere\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n",
            "GET /\u{7}x HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / SPDY\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: \r\n\r\n",
        ] {
            assert_eq!(of(wrong), None, "{wrong:?}");
            assert!(answer(wrong).starts_with("HTTP/1.1 400"));
        }
        assert!(answer(good).contains("\r\nLocation: https://shelf-7:8443/redfish/v1/?$top=1\r\n"));
    }
}
