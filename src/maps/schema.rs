//! The JSON Schema of a map: written from the types, and used to check documents.
//!
//! This module alone knows schemars and jsonschema.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::locate::escape;
use super::model::RegisterMap;
use super::pmbus::PmbusMap;

/// A document's breach of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// JSON pointer of the place.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub mend: String,
}

/// A schema and what checks documents by it.
struct Schema {
    value: Value,
    validator: Result<Validator, String>,
}

impl Schema {
    fn of<T: JsonSchema>() -> Self {
        let mut value = schemars::schema_for!(T).to_value();
        forbid_null(&mut value);
        let value = sorted(value);
        let validator = jsonschema::validator_for(&value).map_err(|e| e.to_string());
        Self { value, validator }
    }
}

static REGISTERS: LazyLock<Schema> = LazyLock::new(Schema::of::<RegisterMap>);
static PMBUS: LazyLock<Schema> = LazyLock::new(Schema::of::<PmbusMap>);

/// The schema of register maps as it is checked in, `registers/schema/register-map.schema.json`.
pub fn text() -> String {
    format!("{:#}\n", REGISTERS.value)
}

/// The schema of PMBus maps as it is checked in, `registers/schema/pmbus-map.schema.json`.
pub fn pmbus_text() -> String {
    format!("{:#}\n", PMBUS.value)
}

/// The schema of any type in the form of those that are checked in: keys sorted, no `null`.
pub(crate) fn text_of<T: JsonSchema>() -> String {
    format!("{:#}\n", Schema::of::<T>().value)
}

/// Everything in `document` that the schema of its kind of map does not allow.
///
/// # Errors
/// A message if the schema itself cannot be used (a defect of this crate).
pub fn check(document: &Value) -> Result<Vec<Breach>, String> {
    let schema = if super::pmbus::is_pmbus(document) { &PMBUS } else { &REGISTERS };
    let validator = schema.validator.as_ref().map_err(Clone::clone)?;
    let mut breaches: Vec<Breach> = Vec::new();
    for error in validator.iter_errors(document) {
        let pointer = error.instance_path().as_str().to_owned();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                breaches.extend(unexpected.iter().map(|key| Breach {
                    pointer: format!("{pointer}/{}", escape(key)),
                    message: format!("unknown key `{key}`"),
                    mend:
                        "remove the key or correct its spelling; the schema lists the known ones".to_owned(),
                }));
            }
            ValidationErrorKind::Required { property } => breaches.push(Breach {
                pointer,
                message: format!("the key {property} is missing"),
                mend: format!("add {property}; the schema describes it"),
            }),
            ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
                breaches.push(Breach {
                    message: format!("{} is not one of the known values", error.instance()),
                    mend: format!("use one of {}", expected(context)),
                    pointer,
                });
            }
            _ => breaches.push(Breach {
                pointer,
                message: error.to_string(),
                mend: "give a value as the schema describes it".to_owned(),
            }),
        }
    }
    Ok(breaches)
}

/// The same value with sorted keys: the text must not depend on whether some other crate of the build
/// has switched serde_json's `preserve_order` on.
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

/// The constants that the branches of a choice wanted.
fn expected(context: &[Vec<jsonschema::ValidationError<'static>>]) -> String {
    let constants: Vec<String> = context
        .iter()
        .flatten()
        .filter_map(|error| match error.kind() {
            ValidationErrorKind::Constant { expected_value } => Some(expected_value.to_string()),
            _ => None,
        })
        .collect();
    if constants.is_empty() { "the forms in the schema".to_owned() } else { constants.join(", ") }
}

/// An optional key is left out, never `null`: takes the null branches away that schemars writes for
/// `Option`, so that errors name the inner place.
fn forbid_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            strip_null(object);
            object.values_mut().for_each(forbid_null);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_null),
        _ => {}
    }
}

fn strip_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(branches)) = object.get_mut("anyOf") else { return };
    branches.retain(|b| b.get("type").is_none_or(|t| t != "null"));
    if let [Value::Object(only)] = branches.as_slice() {
        let only = only.clone();
        object.remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_usable_and_knows_no_null() {
        assert_eq!(check(&Value::Null).unwrap().len(), 1);
        assert!(!text().contains("\"null\""));
        assert!(text().contains("\"additionalProperties\": false"));
        let pmbus = serde_json::json!({ "kind": "pmbus" });
        assert!(check(&pmbus).unwrap().iter().any(|b| b.message.contains("commands")));
        assert!(!pmbus_text().contains("\"null\""));
    }
}
