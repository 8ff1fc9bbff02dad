//! Whatever stands in a map, the lint ends with findings, never with a panic; and what it passes, the
//! generator can express.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::examine;
use super::example::base;

/// Every pointer of a value.
fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Object(object) => object.iter().for_each(|(k, v)| pointers(v, &format!("{at}/{k}"), out)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| pointers(v, &format!("{at}/{i}"), out))
        }
        _ => {}
    }
}

fn clean() -> Value {
    base().unwrap()
}

fn all() -> Vec<String> {
    let mut out = Vec::new();
    pointers(&clean(), "", &mut out);
    out
}

fn values() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec![
        "",
        " ",
        "a",
        "a_b",
        "A1",
        "self",
        "type",
        "unknown",
        "image",
        "ä",
        "0.2.0",
        "0.1.0",
        "99999.0.0",
        "rw",
        "ro",
        "w1c",
        "flags",
        "signed",
        "float",
        "unsigned",
        "text",
        "raw",
        "enum",
        "V",
        "1",
        "a]<b>\\",
        "settings.mode",
    ]);
    let number = prop::sample::select(vec![
        0,
        1,
        2,
        3,
        4,
        5,
        15,
        16,
        63,
        64,
        123,
        125,
        127,
        255,
        256,
        65_535,
        65_536,
        -1,
        -32_768,
        i64::MAX,
        i64::MIN,
    ]);
    prop_oneof![
        text.prop_map(|t| json!(t)),
        number.prop_map(|n| json!(n)),
        prop::sample::select(vec![
            json!(null),
            json!(true),
            json!(0.5),
            json!([]),
            json!({}),
            json!(u64::MAX)
        ]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_edit_makes_the_lint_panic_or_the_generator_fail(
        edits in prop::collection::vec((prop::sample::select(all()), values()), 1..4)
    ) {
        let mut map = clean();
        for (pointer, value) in edits {
            if let Some(slot) = map.pointer_mut(&pointer) {
                *slot = value;
            }
        }
        let (findings, files) = examine(&[(PathBuf::from("test-map.json"), map.to_string())]).unwrap();
        match files.first().and_then(|f| f.map.as_ref()) {
            Some(_) if !findings.is_empty() => {}
            #[cfg(feature = "codegen")]
            Some(map) => {
                let code = crate::maps::codegen::generate(map);
                prop_assert!(code.is_ok(), "{:?}", code.err());
            }
            #[cfg(not(feature = "codegen"))]
            Some(_) => {}
            None => prop_assert!(!findings.is_empty(), "a map that is not read has a finding"),
        }
    }

    #[test]
    fn no_damage_to_the_text_makes_the_lint_panic(cut in 0usize..4000, insert in "[\\[\\]{}\",:\\\\0-9a-zä\n]{0,4}") {
        let text = format!("{:#}", clean());
        let cut = text.char_indices().map(|(i, _)| i).nth(cut % text.len()).unwrap_or(text.len());
        for damaged in [format!("{}{insert}", &text[..cut]), format!("{}{insert}{}", &text[..cut], &text[cut..])] {
            let (findings, files) = examine(&[(PathBuf::from("test-map.json"), damaged)]).unwrap();
            prop_assert!(files.iter().all(|f| f.map.is_some()) || !findings.is_empty());
        }
    }
}
