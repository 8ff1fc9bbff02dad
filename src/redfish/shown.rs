//! Answers that were made of the newest snapshot, as they went out: whoever asks for the same again before the next snapshot gets
//! the same bytes.
//!
//! Only resources that say so ([`Resource::of_snapshot`]) are kept: everything in them is of the snapshot, or changes with a
//! write that is counted ([`Service::written`](super::app::Service::written)). So a kept answer is never older than one that is made anew.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderValue};
use axum::response::Response;

use super::resource::Resource;
use crate::gateway::Snapshot;

/// Answers kept at most: there are some hundred resources, and several ways to write a path.
const MOST: usize = 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=utf-8");

/// The answers made of one snapshot.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// Counts the writes that may change a resource of the same snapshot.
    writes: AtomicU64,
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    snapshot: Option<Arc<Snapshot>>,
    writes: u64,
    answers: HashMap<String, Answer>,
}

impl Kept {
    fn is_of(&self, snapshot: &Arc<Snapshot>, writes: u64) -> bool {
        self.writes == writes && self.snapshot.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, snapshot))
    }
}

#[derive(Debug, Clone)]
struct Answer {
    body: Bytes,
    tag: HeaderValue,
    link: HeaderValue,
}

impl Answer {
    fn response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        let headers = response.headers_mut();
        headers.reserve(12);
        headers.insert(header::CONTENT_TYPE, JSON);
        headers.insert(header::LINK, self.link);
        headers.insert(header::ETAG, self.tag);
        response
    }
}

impl Shown {
    /// Something was written: what was made before is made anew.
    pub(crate) fn written(&self) {
        self.writes.fetch_add(1, Ordering::AcqRel);
    }

    /// The count of writes, to be given to [`Self::keep`]: what is made after it was read knows them.
    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Acquire)
    }

    /// The answer to a read of `path`, if it was made of this snapshot and nothing was written since.
    pub(crate) fn find(&self, path: &str, snapshot: &Arc<Snapshot>) -> Option<Response> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let found = kept.is_of(snapshot, self.writes()).then(|| kept.answers.get(path))?;
        found.cloned().map(Answer::response)
    }

    /// Keeps the answer to a read of `path`, made of this snapshot after `writes` was read, and gives it.
    pub(crate) fn keep(
        &self,
        path: &str,
        (snapshot, writes): (&Arc<Snapshot>, u64),
        (resource, body): (&Resource, Vec<u8>),
    ) -> Option<Response> {
        let tag = HeaderValue::from_str(resource.body.get("@odata.etag")?.as_str()?).ok()?;
        let link = HeaderValue::from_str(&resource.described_by()).ok()?;
        let answer = Answer { body: Bytes::from(body), tag, link };
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if !kept.is_of(snapshot, writes) {
            *kept = Kept { snapshot: Some(Arc::clone(snapshot)), writes, answers: HashMap::new() };
        }
        if kept.answers.len() < MOST {
            kept.answers.insert(path.to_owned(), answer.clone());
        }
        Some(answer.response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redfish::schema;

    #[test]
    fn an_answer_lasts_until_the_next_snapshot_or_write() {
        let (shown, first, second) =
            (Shown::default(), Arc::new(Snapshot::empty()), Arc::new(Snapshot::empty()));
        let mut resource =
            Resource::new(&schema::SENSOR, &serde_json::json!({"@odata.etag": "\"1\""})).unwrap();
        let keep = |resource: &Resource, snapshot, writes| {
            shown.keep("/a", (snapshot, writes), (resource, b"{}".to_vec())).unwrap()
        };
        let tag = |response: Option<Response>| {
            response.map(|r| r.headers()[header::ETAG].to_str().unwrap().to_owned())
        };
        assert!(shown.find("/a", &first).is_none());
        let before = shown.writes();
        assert_eq!(tag(Some(keep(&resource, &first, before))).as_deref(), Some("\"1\""));
        assert_eq!(tag(shown.find("/a", &first)).as_deref(), Some("\"1\""));
        assert!(shown.find("/b", &first).is_none() && shown.find("/a", &second).is_none());
        // Made before a write that came in between: it is given, and found by nobody.
        shown.written();
        assert!(shown.find("/a", &first).is_none());
        keep(&resource, &first, before);
        assert!(shown.find("/a", &first).is_none());
        resource.body["@odata.etag"] = "\"2\"".into();
        keep(&resource, &second, shown.writes());
        assert_eq!(tag(shown.find("/a", &second)).as_deref(), Some("\"2\""));
        assert!(shown.find("/a", &first).is_none());
        for n in 0..2 * MOST {
            shown.keep(&n.to_string(), (&second, shown.writes()), (&resource, Vec::new())).unwrap();
        }
        assert!(shown.kept.read().unwrap().answers.len() <= MOST);
    }
}
