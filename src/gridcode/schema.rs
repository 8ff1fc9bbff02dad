//! The JSON Schema of a grid code, written from the types.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::GridCode;

/// The schema as it is checked in, `spec/grid-codes/grid-code.schema.json`.
pub fn text() -> String {
    let mut schema = schemars::schema_for!(GridCode).to_value();
    forbid_null(&mut schema);
    format!("{:#}\n", sorted(schema))
}

/// An optional key is left out, never `null`.
fn forbid_null(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|t| t != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
                branches.retain(|b| b.get("type").is_none_or(|t| t != "null"));
                if let [Value::Object(only)] = branches.as_slice() {
                    let only = only.clone();
                    object.remove("anyOf");
                    for (key, value) in only {
                        object.entry(key).or_insert(value);
                    }
                }
            }
            object.values_mut().for_each(forbid_null);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_null),
        _ => {}
    }
}

/// The same value with sorted keys: the text must not depend on serde_json's `preserve_order`, which some
/// other crate of the build may switch on.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let ordered: BTreeMap<String, Value> = object.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_checked_in_is_that_of_the_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/spec/grid-codes/grid-code.schema.json");
        let file = std::fs::read_to_string(path).unwrap_or_default();
        assert!(file == text(), "run `dpo gridcode generate`");
        assert!(!file.contains("\"null\""));
    }
}
