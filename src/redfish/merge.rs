//! Writes into nested properties (DSP0266, "PATCH (update)"): objects are merged, arrays follow the rules for arrays.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::body::{Properties, refuse};
use super::error::{Error, Fault};
use super::resource::Resource;

/// Longest text and longest array that a client may leave with the service.
const TEXT: usize = 256;
const ELEMENTS: usize = 16;

/// What becomes of `kept` when a client writes `properties` of the resource `before`, of which those in `writable` may be
/// written. The type of `kept` says what values are taken.
///
/// # Errors
/// Each property that cannot be written, or has a value of a wrong form; nothing is taken then.
pub(crate) fn merged<T: Serialize + DeserializeOwned>(
    kept: &T,
    before: &Resource,
    properties: Properties,
    writable: &[&str],
) -> Result<T, Error> {
    let internal = |e: serde_json::Error| Error::Internal(e.to_string());
    let mut whole = serde_json::to_value(kept).map_err(internal)?;
    let mut faults = Vec::new();
    for (name, value) in properties {
        if !writable.contains(&name.as_str()) {
            faults.push((name.clone(), before.unwritable(&name)));
            continue;
        }
        let mut tried = whole.clone();
        let wrote = match &mut tried {
            Value::Object(members) => {
                write(members.entry(name.clone()).or_insert(Value::Null), value.clone())
            }
            _ => Err(Fault::Unknown),
        };
        match wrote.and_then(|()| T::deserialize(&tried).map_err(|_| Fault::Type(value))) {
            Ok(_) => whole = tried,
            Err(fault) => faults.push((name, fault)),
        }
    }
    refuse(faults)?;
    T::deserialize(whole).map_err(internal)
}

fn write(place: &mut Value, value: Value) -> Result<(), Fault> {
    match (place, value) {
        (_, Value::String(text)) if text.len() > TEXT => {
            Err(Fault::Refused(Value::from("(long)"), format!("longer than {TEXT} bytes")))
        }
        (Value::Object(members), Value::Object(new)) => {
            for (name, value) in new {
                let Some(member) = members.get_mut(&name) else {
                    return Err(Fault::Refused(
                        Value::from(name),
                        "no such member can be written".to_owned(),
                    ));
                };
                write(member, value)?;
            }
            Ok(())
        }
        (Value::Array(items), Value::Array(new)) => {
            if new.len() > ELEMENTS {
                return Err(Fault::Refused(Value::from(new.len()), format!("more than {ELEMENTS} elements")));
            }
            *items = array(std::mem::take(items), new)?;
            Ok(())
        }
        (place, value) => {
            *place = value;
            Ok(())
        }
    }
}

/// Null takes an element away, an empty object leaves it as it is, what is not named is gone.
fn array(old: Vec<Value>, new: Vec<Value>) -> Result<Vec<Value>, Fault> {
    let mut old = old.into_iter();
    let mut out = Vec::new();
    for value in new {
        let was = old.next();
        match (was, value) {
            (_, Value::Null) => {}
            (Some(was), Value::Object(members)) if members.is_empty() => out.push(was),
            (None, Value::Object(members)) if members.is_empty() => {}
            (Some(mut was @ Value::Object(_)), value @ Value::Object(_)) => {
                write(&mut was, value)?;
                out.push(was);
            }
            (_, value) => {
                let mut place = Value::Null;
                write(&mut place, value)?;
                out.push(place);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(mut old: Value, new: Value) -> Option<Value> {
        write(&mut old, new).ok().map(|()| old)
    }

    #[test]
    fn objects_merge_and_arrays_follow_their_rules() {
        let place = json!({"Rack": "a", "Row": null});
        assert_eq!(patched(place.clone(), json!({"Row": "7"})), Some(json!({"Rack": "a", "Row": "7"})));
        assert_eq!(patched(place, json!({"Colour": "red"})), None);
        let list = json!(["a", "b", "c"]);
        assert_eq!(patched(list.clone(), json!(["x", {}, null])), Some(json!(["x", "b"])));
        assert_eq!(patched(list.clone(), json!(["x"])), Some(json!(["x"])));
        assert_eq!(patched(list.clone(), json!([{}, {}, {}, "d", {}])), Some(json!(["a", "b", "c", "d"])));
        assert_eq!(patched(list.clone(), json!([])), Some(json!([])));
        assert_eq!(patched(list.clone(), json!(["x".repeat(300)])), None);
        assert_eq!(patched(list, json!(vec!["x"; 17])), None);
    }
}
