//! Request bodies: bounded, well formed, each property once.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::error::{Error, Fault};
use super::etag;
use super::resource::Resource;

/// The properties of a request body, in the order given, without OData annotations.
pub(crate) type Properties = Vec<(String, Value)>;

/// Reads a JSON object of at most `limit` bytes.
///
/// # Errors
/// Wrong media type, too large, not JSON, not an object, empty, or a property given twice.
pub(crate) async fn read(request: Request, limit: usize) -> Result<Properties, Error> {
    let (parts, body) = request.into_parts();
    media_type(&parts.headers)?;
    parse(&bytes(&parts.headers, body, limit).await?)
}

/// The request with its whole body in memory: an answer that comes before the body would make the server close the connection
/// under a client that still sends it. Of a body that is too large or breaks off, the handler learns when it reads it.
pub(crate) async fn buffered(request: Request, limit: usize) -> Request {
    if axum::body::HttpBody::is_end_stream(request.body()) {
        return request;
    }
    let (parts, body) = request.into_parts();
    let body = match axum::body::to_bytes(body, limit).await {
        Ok(bytes) => Body::from(bytes),
        Err(error) => Body::from_stream(futures::stream::iter([Err::<Bytes, _>(error)])),
    };
    Request::from_parts(parts, body)
}

/// The entity tag that a client wants to be current, if it sent one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition(Option<String>);

/// The condition of a request.
pub(crate) fn condition(request: &Request) -> Condition {
    // A header that is not text cannot be a tag: it must not pass as no condition at all.
    Condition(request.headers().get(header::IF_MATCH).map(|v| v.to_str().unwrap_or_default().to_owned()))
}

impl Condition {
    /// Checks the condition against the resource as it is.
    ///
    /// # Errors
    /// [`Error::Precondition`] if the tag is not the current one.
    pub(crate) fn check(&self, now: &Resource) -> Result<(), Error> {
        match &self.0 {
            Some(tags) if !etag::matches(tags, &etag::of(&now.body, now.writes)) => Err(Error::Precondition),
            _ => Ok(()),
        }
    }
}

/// A write of some properties of a resource. The condition counts before the body, as DSP0266 has it.
pub(crate) struct Update {
    condition: Condition,
    properties: Result<Properties, Error>,
}

impl Update {
    /// Reads the request; what is wrong with its body is told by [`Self::properties`].
    pub(crate) async fn read(request: Request, limit: usize) -> Self {
        Self { condition: condition(&request), properties: read(request, limit).await }
    }

    /// The condition alone, to be checked again later.
    pub(crate) fn condition(&self) -> Condition {
        self.condition.clone()
    }

    /// The properties, if the client knows the resource as it is; to be called while nobody else writes.
    ///
    /// # Errors
    /// A condition that does not hold, a body that cannot be read, or one with nothing but annotations.
    pub(crate) fn properties(self, now: &Resource) -> Result<Properties, Error> {
        self.condition.check(now)?;
        let properties = self.properties?;
        if properties.is_empty() { Err(Error::NoOperation) } else { Ok(properties) }
    }
}

/// All or nothing: a write that is half taken is worse than one that is refused.
///
/// # Errors
/// The faults, if there are any.
pub(crate) fn refuse(faults: Vec<(String, Fault)>) -> Result<(), Error> {
    if faults.is_empty() { Ok(()) } else { Err(Error::Properties(faults)) }
}

/// The parameters of an action, of those that are `known`. No body, and an empty object, are none.
///
/// # Errors
/// What [`read`] refuses, and parameters that are not known.
pub(crate) async fn parameters(
    request: Request,
    limit: usize,
    action: &'static str,
    known: &[&str],
) -> Result<Properties, Error> {
    let (parts, body) = request.into_parts();
    let bytes = bytes(&parts.headers, body, limit).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Properties::new());
    }
    media_type(&parts.headers)?;
    let properties = match parse(&bytes) {
        Err(Error::EmptyBody) => Properties::new(),
        other => other?,
    };
    let unknown = properties.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    let faults: Vec<_> = unknown.map(|(name, _)| (name.clone(), Fault::Unknown)).collect();
    if faults.is_empty() { Ok(properties) } else { Err(Error::Parameters(action, faults)) }
}

fn media_type(headers: &HeaderMap) -> Result<(), Error> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Error::Header("Content-Type", StatusCode::UNSUPPORTED_MEDIA_TYPE))
    }
}

async fn bytes(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Error> {
    let stated = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|length| length > limit) {
        return Err(Error::TooLarge);
    }
    axum::body::to_bytes(body, limit).await.map(|b| b.to_vec()).map_err(|_| Error::TooLarge)
}

/// The members of a JSON object, without OData annotations.
///
/// # Errors
/// Not JSON, not an object, empty, or a property given twice.
pub(crate) fn parse(bytes: &[u8]) -> Result<Properties, Error> {
    // A first look tells a body that is no JSON from one that is no object.
    let Members(members) = match serde_json::from_slice(bytes) {
        Ok(members) => members,
        Err(_) if serde_json::from_slice::<Value>(bytes).is_ok() => return Err(Error::NotAnObject),
        Err(_) => return Err(Error::MalformedJson),
    };
    if members.is_empty() {
        return Err(Error::EmptyBody);
    }
    let twice: Vec<_> = members
        .iter()
        .enumerate()
        .filter(|(i, (name, _))| members[..*i].iter().any(|(earlier, _)| earlier == name))
        .map(|(_, (name, _))| (name.clone(), Fault::Duplicate))
        .collect();
    if !twice.is_empty() {
        return Err(Error::Properties(twice));
    }
    Ok(members.into_iter().filter(|(name, _)| !name.contains('@')).collect())
}

/// The members of a JSON object with duplicates kept, which a map would hide.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_faults_apart() {
        assert_eq!(parse(b"{"), Err(Error::MalformedJson));
        assert_eq!(parse(b""), Err(Error::MalformedJson));
        assert_eq!(parse(b"{} x"), Err(Error::MalformedJson));
        assert_eq!(parse(b"[1]"), Err(Error::NotAnObject));
        assert_eq!(parse(b"{}"), Err(Error::EmptyBody));
        assert_eq!(parse(br#"{"a":1,"a":2}"#), Err(Error::property("a", Fault::Duplicate)));
        assert_eq!(parse(br#"{"a":1e999}"#), Err(Error::MalformedJson));
        assert_eq!(parse(br#"{"@odata.id":"x"}"#), Ok(vec![]));
        assert_eq!(parse(br#"{"a":null}"#), Ok(vec![("a".to_owned(), Value::Null)]));
        assert_eq!(parse("[".repeat(100_000).as_bytes()), Err(Error::MalformedJson));
    }
}
