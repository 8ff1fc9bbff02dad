//! `$select` (DSP0266, "The $select query parameter"): a resource with only the properties asked for.

use serde_json::{Map, Value};

/// Most properties in one selection.
const MOST: usize = 64;

/// The properties asked for, each as names from the outside in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection(Vec<Vec<String>>);

impl Selection {
    /// Reads a list separated by commas, with `/` inside of a path.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let paths: Vec<Vec<String>> = text
            .split(',')
            .map(|path| path.trim().split('/').map(str::to_owned).collect())
            .take(MOST + 1)
            .collect();
        let named = paths.iter().flatten().all(|name: &String| !name.is_empty());
        (named && paths.len() <= MOST).then_some(Self(paths))
    }

    /// The resource with these properties, and those by which it is known: identity, type, entity tag, and for a
    /// collection its members and their count.
    pub(crate) fn of(&self, body: &Value) -> Value {
        let paths: Vec<&[String]> = self.0.iter().map(Vec::as_slice).collect();
        kept(body, &paths)
    }
}

/// Whether a client needs the property to know what it got.
fn identifies(name: &str) -> bool {
    name.starts_with("@odata.") || name.starts_with("Members")
}

fn kept(body: &Value, paths: &[&[String]]) -> Value {
    match body {
        Value::Object(properties) => {
            let mut out = Map::new();
            for (name, value) in properties {
                let below: Vec<&[String]> = paths
                    .iter()
                    .filter_map(|path| {
                        path.split_first().filter(|(first, _)| *first == name).map(|(_, rest)| rest)
                    })
                    .collect();
                if identifies(name) || below.iter().any(|rest| rest.is_empty()) {
                    out.insert(name.clone(), value.clone());
                } else if !below.is_empty() {
                    out.insert(name.clone(), kept(value, &below));
                }
            }
            Value::Object(out)
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| kept(item, paths)).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_asked_for_and_what_identifies_is_left() {
        let body = json!({
            "@odata.id": "/a", "@odata.type": "#A", "Id": "a", "Name": "n", "Reading": 1,
            "Status": {"State": "Enabled", "Health": "OK"}, "List": [{"A": 1, "B": 2}, {"A": 3}],
        });
        let of = |text: &str| Selection::parse(text).unwrap().of(&body);
        assert_eq!(of("Reading"), json!({"@odata.id": "/a", "@odata.type": "#A", "Reading": 1}));
        assert_eq!(
            of("Status/Health, List/A"),
            json!({"@odata.id": "/a", "@odata.type": "#A", "Status": {"Health": "OK"}, "List": [{"A": 1}, {"A": 3}]})
        );
        assert_eq!(of("NotThere"), json!({"@odata.id": "/a", "@odata.type": "#A"}));
        for wrong in ["", "A,", "A//B", &vec!["A"; 65].join(",")] {
            assert_eq!(Selection::parse(wrong), None, "{wrong}");
        }
    }
}
