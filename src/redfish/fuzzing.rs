//! What the fuzz targets reach: everything that reads text of a client. Not part of the library (`--cfg fuzzing` alone).

use axum::http::Method;
use serde_json::Value;

use super::body;
use super::event::filter_of_a_stream;
use super::excerpt;
use super::filter::Filter;
use super::query::{Query, decode};
use super::select::Selection;

/// A query string of a read; what is read of it is the same when it is read again.
pub fn query(text: &str) {
    let once = Query::parse(text, &Method::GET);
    assert_eq!(once, Query::parse(text, &Method::GET));
    let _ = Query::parse(text, &Method::PATCH);
    assert!(decode(text).len() <= text.len().saturating_mul(3));
}

/// A `$filter` and a `$select`, on any resource.
pub fn filter(text: &str, body: &Value) {
    if let Ok(filter) = Filter::parse(text) {
        let _ = filter.matches(body);
    }
    if let Some(selection) = Selection::parse(text) {
        let part = selection.of(body);
        assert!(part.to_string().len() <= body.to_string().len(), "a part is not larger than the whole");
    }
    let _ = filter_of_a_stream(text);
    let _ = excerpt::of(body.clone());
}

/// The body of a request. What is taken of it is JSON with each property once.
pub fn json(bytes: &[u8]) {
    if let Ok(properties) = body::parse(bytes) {
        let whole: Value = serde_json::from_slice(bytes).unwrap_or_default();
        for (i, (name, value)) in properties.iter().enumerate() {
            assert_eq!(whole.get(name), Some(value));
            assert!(properties[..i].iter().all(|(earlier, _)| earlier != name));
        }
    }
}
