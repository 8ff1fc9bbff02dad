//! Query parameters: `only`, `$filter`, `$skip`, `$top`, `$expand`, `excerpt`, `$select`, in this order (DSP0266, "Query
//! parameters").

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Extensions, Method};
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt;

use super::error::Error;
use super::etag;
use super::excerpt;
use super::filter::Filter;
use super::resource::Resource;
use super::select::Selection;

/// Deepest expansion offered.
pub(crate) const MAX_LEVELS: u8 = 2;
/// Resources one answer may hold; references beyond it stay references.
const MAX_EXPANDED: usize = 2000;

/// The options of a read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Query {
    only: bool,
    excerpt: bool,
    filter: Option<Filter>,
    select: Option<Selection>,
    /// The query without `$skip` and `$top`, for the link to the next page.
    kept: String,
    /// Levels to expand; 0 for none.
    expand: u8,
    top: Option<usize>,
    skip: usize,
}

impl Query {
    /// Reads the query string of a request. Unknown parameters without `$` are ignored, as DSP0266 asks.
    ///
    /// # Errors
    /// An unsupported parameter with `$`, or a value that is not valid.
    pub(crate) fn parse(text: &str, method: &Method) -> Result<Self, Error> {
        let mut query = Self::default();
        for part in text.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = part.split_once('=').map_or((part, None), |(n, v)| (n, Some(v)));
            let (name, value) = (decode(name), value.map(decode));
            let read = matches!(*method, Method::GET | Method::HEAD);
            let invalid = || Error::QueryInvalid(name.clone());
            let number = || value.as_deref().and_then(|v| v.parse::<usize>().ok()).ok_or_else(invalid);
            match name.as_str() {
                "only" | "excerpt" if value.is_some() => return Err(invalid()),
                "only" | "excerpt" | "$expand" | "$top" | "$skip" | "$filter" | "$select" if !read => {
                    return Err(Error::QueryOnOperation);
                }
                "only" => query.only = true,
                "excerpt" => query.excerpt = true,
                "$expand" => query.expand = levels(value.as_deref()).ok_or_else(invalid)?,
                "$top" => query.top = Some(number()?),
                "$skip" => query.skip = number()?,
                "$filter" => {
                    let text = value.as_deref().ok_or_else(invalid)?;
                    let filter =
                        Filter::parse(text).map_err(|e| Error::QueryInvalid(format!("{name} ({e})")));
                    query.filter = Some(filter?);
                }
                "$select" => {
                    query.select = Some(value.as_deref().and_then(Selection::parse).ok_or_else(invalid)?);
                }
                other if other.starts_with('$') => return Err(Error::QueryUnsupported(name)),
                _ => {}
            }
            if !matches!(name.as_str(), "$top" | "$skip") {
                query.kept.push_str(part);
                query.kept.push('&');
            }
        }
        if query.only {
            query.kept.clear();
        }
        if query.only && query != (Self { only: true, excerpt: query.excerpt, ..Self::default() }) {
            return Err(Error::QueryInvalid("only".to_owned()));
        }
        Ok(query)
    }

    /// Applies the options to a resource; `fetch` finds others by their URI.
    ///
    /// # Errors
    /// An option that does not go with the resource.
    pub(crate) async fn apply(&self, resource: Resource, fetch: &Fetch) -> Result<Resource, Error> {
        let mut resource = resource;
        let count = resource.body.get("Members").and_then(Value::as_array).map(Vec::len);
        if count.is_none() && (self.only || self.top.is_some() || self.skip > 0 || self.filter.is_some()) {
            return Err(Error::QueryOnResource);
        }
        if self.only && count == Some(1) {
            let uri = resource.body.pointer("/Members/0/@odata.id").and_then(Value::as_str);
            if let Some(mut member) = fetch.get(uri.unwrap_or_default()).await {
                if self.excerpt {
                    member.body = excerpt::of(member.body);
                }
                return Ok(member);
            }
        }
        let mut count = count;
        if let Some(filter) = &self.filter
            && let Some(Value::Array(members)) = resource.body.get_mut("Members")
        {
            let mut kept = Vec::new();
            for member in members.drain(..) {
                if fetch.content(&member).await.is_some_and(|body| filter.matches(&body)) {
                    kept.push(member);
                }
            }
            count = Some(kept.len());
            *members = kept;
            resource.body["Members@odata.count"] = Value::from(count);
        }
        if (self.top.is_some() || self.skip > 0)
            && let Some(Value::Array(members)) = resource.body.get_mut("Members")
        {
            let kept = members.drain(..).skip(self.skip).take(self.top.unwrap_or(usize::MAX)).collect();
            *members = kept;
            self.next_link(&mut resource.body, count.unwrap_or_default());
        }
        let mut budget = MAX_EXPANDED;
        for _ in 0..self.expand {
            expand(&mut resource.body, fetch, &mut budget).await;
        }
        if self.excerpt || self.select.is_some() {
            // A part is known by the tag of the whole: it is what a condition of a write is checked against.
            resource = tagged(resource);
        }
        if self.excerpt {
            resource.body = excerpt::of(resource.body);
        }
        if let Some(select) = &self.select {
            resource.body = select.of(&resource.body);
        }
        Ok(resource)
    }

    fn next_link(&self, body: &mut Value, count: usize) {
        let Some(top) = self.top.filter(|top| *top > 0) else { return };
        let next = self.skip.saturating_add(top);
        if next < count
            && let Some(uri) = body.get("@odata.id").and_then(Value::as_str)
        {
            let link = format!("{uri}?{}$skip={next}&$top={top}", self.kept);
            body["Members@odata.nextLink"] = Value::String(link);
        }
    }
}

/// Percent-decoding, for names and values; what is not valid stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The levels asked for by `$expand=.` or `$expand=.($levels=N)`.
fn levels(value: Option<&str>) -> Option<u8> {
    match value?.strip_prefix('.')? {
        "" => Some(1),
        option => {
            let levels = option.strip_prefix("($levels=")?.strip_suffix(')')?.parse().ok()?;
            (1..=MAX_LEVELS).contains(&levels).then_some(levels)
        }
    }
}

/// Replaces each reference that is not below `Links` by the content it refers to.
async fn expand(body: &mut Value, fetch: &Fetch, budget: &mut usize) {
    // A walk without recursion: the places to look at, found first and filled afterwards.
    let mut places = Vec::new();
    references(body, &mut String::new(), &mut places);
    for (pointer, uri) in places {
        if *budget == 0 {
            return;
        }
        if let Some(found) = fetch.get(&uri).await
            && let Some(place) = body.pointer_mut(&pointer)
        {
            *budget -= 1;
            *place = found.body;
        }
    }
}

fn references(value: &Value, pointer: &mut String, places: &mut Vec<(String, String)>) {
    let length = pointer.len();
    match value {
        Value::Object(members) => {
            if let (1, Some(Value::String(uri))) = (members.len(), members.get("@odata.id")) {
                places.push((pointer.clone(), uri.clone()));
                return;
            }
            for (name, member) in members.iter().filter(|(name, _)| *name != "Links") {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                references(member, pointer, places);
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{i}"));
                references(item, pointer, places);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// Finds resources inside the service, with the identity and the snapshot of the request.
pub(crate) struct Fetch {
    /// The routes without the pipeline: the request has passed it.
    pub(crate) routes: Router,
    /// Identity and snapshot.
    pub(crate) extensions: Extensions,
}

impl Fetch {
    /// What a member of a collection is: itself, or what it refers to.
    async fn content(&self, member: &Value) -> Option<Value> {
        match member.as_object() {
            Some(object) if object.len() == 1 => {
                let uri = object.get("@odata.id")?.as_str()?;
                Some(self.get(uri).await?.body)
            }
            _ => Some(member.clone()),
        }
    }

    /// The resource at `uri` with its entity tag; `None` if it cannot be had.
    async fn get(&self, uri: &str) -> Option<Resource> {
        let path = if uri.len() > 1 { uri.trim_end_matches('/') } else { uri };
        let mut request = Request::builder().uri(path).body(Body::empty()).ok()?;
        *request.extensions_mut() = self.extensions.clone();
        let response = self.routes.clone().oneshot(request).await.ok()?;
        let found = response.into_parts().0.extensions.remove::<Arc<Resource>>()?;
        Some(tagged(Arc::unwrap_or_clone(found)))
    }
}

/// The resource with `@odata.etag` in its body, if it has none yet.
pub(crate) fn tagged(mut resource: Resource) -> Resource {
    if resource.body.get("@odata.etag").is_some_and(Value::is_string) {
        return resource;
    }
    let tag = etag::of(&resource.body, resource.writes);
    resource.body["@odata.etag"] = Value::String(tag);
    resource
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Query, Error> {
        Query::parse(text, &Method::GET)
    }

    #[test]
    fn reads_what_is_supported_and_names_what_is_not() {
        let kept = |text: &str| Query { kept: text.to_owned(), ..Query::default() };
        assert_eq!(parse("foo=bar&baz"), Ok(kept("foo=bar&baz&")));
        assert_eq!(parse("only"), Ok(Query { only: true, ..Query::default() }));
        let levels = "%24expand=.(%24levels%3D2)";
        assert_eq!(parse(levels), Ok(Query { expand: 2, ..kept(&format!("{levels}&")) }));
        assert_eq!(parse("$expand=."), Ok(Query { expand: 1, ..kept("$expand=.&") }));
        assert_eq!(parse("$skip=2&$top=1"), Ok(Query { skip: 2, top: Some(1), ..Query::default() }));
        for wrong in [
            "only=foo",
            "only=",
            "excerpt=x",
            "$expand=*",
            "$expand=.($levels=9)",
            "$top=-1",
            "only&$top=1",
            "$filter=x",
            "$filter",
            "$select=",
            "only&$select=Id",
        ] {
            assert!(matches!(parse(wrong), Err(Error::QueryInvalid(_))), "{wrong}");
        }
        assert_eq!(parse("$unknown"), Err(Error::QueryUnsupported("$unknown".to_owned())));
        assert_eq!(Query::parse("only", &Method::PATCH), Err(Error::QueryOnOperation));
    }
}
