//! Reading an answer of HTTP/1.1 that the peer has ended.

use super::Answer;

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Reads an answer that the peer has ended.
///
/// # Errors
/// What is no HTTP/1.1 in it.
pub(super) fn parse(raw: &[u8], no_body: bool) -> Result<Answer, String> {
    let head_end = find(raw, b"\r\n\r\n").ok_or("no end of the headers")?;
    let (head, rest) = (raw.get(..head_end).unwrap_or_default(), raw.get(head_end + 4..).unwrap_or_default());
    let head = std::str::from_utf8(head).map_err(|_| "headers that are no UTF-8")?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    let code = status.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|c| c.parse().ok());
    let code: u16 = code.ok_or_else(|| format!("{status:?} is no status line of HTTP/1.1"))?;
    let headers: Vec<(String, String)> = lines
        .map(|line| {
            let (name, value) = line.split_once(':').ok_or_else(|| format!("{line:?} is no header"))?;
            Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
        })
        .collect::<Result<_, String>>()?;
    let mut answer = Answer { status: code, headers, body: Vec::new() };
    if no_body || code == 204 || code == 304 {
        return Ok(answer);
    }
    let chunked = answer.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"));
    answer.body = match answer.header("content-length") {
        _ if chunked => unchunk(rest)?,
        Some(length) => {
            let length: usize = length.parse().map_err(|_| format!("Content-Length {length:?}"))?;
            if rest.len() != length {
                return Err(format!("{} bytes of body, Content-Length says {length}", rest.len()));
            }
            rest.to_vec()
        }
        None => rest.to_vec(),
    };
    Ok(answer)
}

fn unchunk(mut rest: &[u8]) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let end = find(rest, b"\r\n").ok_or("a chunk without a length")?;
        let line = String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned();
        let digits = line.split(';').next().unwrap_or_default().trim();
        let length = usize::from_str_radix(digits, 16).map_err(|_| format!("chunk length {digits:?}"))?;
        rest = rest.get(end + 2..).unwrap_or_default();
        if length == 0 {
            return Ok(body);
        }
        let after = length.checked_add(2).ok_or("a chunk length beyond all bounds")?;
        body.extend_from_slice(rest.get(..length).ok_or("a chunk is cut")?);
        rest = rest.get(after..).ok_or("a chunk is cut")?;
    }
}
