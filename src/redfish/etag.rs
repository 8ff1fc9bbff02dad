//! Entity tags (RFC 9110 section 8.8.3) and the conditions made with them.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// Properties that change with the clock alone. DSP0266 ("ETags") asks to leave them out.
const CLOCK: [&str; 4] = ["DateTime", "ReadingTime", "Timestamp", "@odata.etag"];

/// The strong entity tag of a resource: a hash of its content and of the count of writes to it.
///
/// The count makes a write of the same value change the tag, so that of several writers with one tag
/// only one wins.
pub(crate) fn of(body: &Value, writes: u64) -> String {
    let mut hasher = DefaultHasher::new();
    feed(&mut hasher, body);
    writes.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

fn feed(hasher: &mut DefaultHasher, value: &Value) {
    match value {
        Value::Null => 0u8.hash(hasher),
        Value::Bool(b) => (1u8, b).hash(hasher),
        Value::Number(n) => (2u8, n).hash(hasher),
        Value::String(s) => (3u8, s).hash(hasher),
        Value::Array(items) => {
            (4u8, items.len()).hash(hasher);
            items.iter().for_each(|item| feed(hasher, item));
        }
        Value::Object(members) => {
            (5u8, members.len()).hash(hasher);
            for (name, member) in members.iter().filter(|(name, _)| !CLOCK.contains(&name.as_str())) {
                name.hash(hasher);
                feed(hasher, member);
            }
        }
    }
}

/// Whether the list of tags in an `If-Match` or `If-None-Match` header holds `tag`.
///
/// A weak tag of the client counts by its opaque part. What is not a tag matches nothing.
pub(crate) fn matches(header: &str, tag: &str) -> bool {
    header.trim() == "*"
        || header.split(',').any(|one| {
            let one = one.trim();
            one.strip_prefix("W/").unwrap_or(one) == tag
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tag_follows_content_and_writes_but_not_the_clock() {
        let body = json!({"Reading": 1.0, "ReadingTime": "a", "Status": {"State": "Enabled"}});
        let later = json!({"Reading": 1.0, "ReadingTime": "b", "Status": {"State": "Enabled"}});
        let other = json!({"Reading": 2.0, "ReadingTime": "a", "Status": {"State": "Enabled"}});
        assert_eq!(of(&body, 0), of(&later, 0));
        assert_ne!(of(&body, 0), of(&other, 0));
        assert_ne!(of(&body, 0), of(&body, 1));
    }

    #[test]
    fn lists_weak_tags_and_the_star_match_and_noise_does_not() {
        let tag = "\"0011\"";
        assert!(matches("\"0011\"", tag));
        assert!(matches("\"x\", \"0011\"", tag));
        assert!(matches("W/\"0011\"", tag));
        assert!(matches(" * ", tag));
        for noise in ["\"0011\"foobar", "0011", "", "\"\"", "\"001\""] {
            assert!(!matches(noise, tag), "{noise}");
        }
    }
}
