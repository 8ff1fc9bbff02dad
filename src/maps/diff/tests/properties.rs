//! Whatever is done to a map is reported, at the right place; and reported the other way round when it is
//! undone.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{Change, DiffError, Document, What, compare};
use super::{diff, document, shipped};
use crate::maps::BUILTIN;

/// Every pointer of a document, in order.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let at = format!("{at}/{}", crate::maps::locate::escape(key));
                found.push(at.clone());
                pointers(member, &at, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let at = format!("{at}/{index}");
                found.push(at.clone());
                pointers(item, &at, found);
            }
        }
        _ => {}
    }
}

/// Another value of about the same form.
fn other(value: &Value, seed: u32) -> Value {
    match value {
        Value::Number(n) => json!(n.as_i64().unwrap_or(0).wrapping_add(i64::from(seed % 1000) + 1)),
        Value::String(s) => json!(format!("{s}{seed}")),
        Value::Bool(b) => json!(!b),
        Value::Array(items) => {
            let mut items = items.clone();
            if items.is_empty() || seed.is_multiple_of(2) {
                items.push(json!(format!("new{seed}")));
            } else {
                items.remove(seed as usize % items.len());
            }
            Value::Array(items)
        }
        Value::Object(members) => {
            let mut members = members.clone();
            members.insert(format!("unheard_of_{seed}"), json!(seed));
            Value::Object(members)
        }
        Value::Null => json!(seed),
    }
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Change,
    Remove,
}

/// The map with one place changed; the pointer of the place in the old map.
fn mutate(map: &Value, place: prop::sample::Index, act: Act, seed: u32) -> (String, Value) {
    let mut all = Vec::new();
    pointers(map, "", &mut all);
    let pointer = all[place.index(all.len())].clone();
    let mut map = map.clone();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match (act, map.pointer_mut(parent).unwrap()) {
        (Act::Remove, Value::Object(members)) => {
            drop(members.remove(&last.replace("~1", "/").replace("~0", "~")))
        }
        (Act::Remove, Value::Array(items)) => drop(items.remove(last.parse().unwrap())),
        _ => {
            let there = map.pointer_mut(&pointer).unwrap();
            *there = other(there, seed);
        }
    }
    (pointer, map)
}

/// Whether one pointer leads to the other.
fn on_one_path(a: &str, b: &str) -> bool {
    let leads =
        |a: &str, b: &str| b.strip_prefix(a).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    leads(a, b) || leads(b, a)
}

fn any_map() -> impl Strategy<Value = Value> {
    (0..BUILTIN.len()).prop_map(|i| shipped(BUILTIN[i].0))
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![3 => Just(Act::Change), 1 => Just(Act::Remove)]
}

/// Class, key and item of what was added and removed, for comparing the two directions.
fn presence(changes: &[Change], what: What) -> Vec<(String, Option<String>, Value)> {
    let mut found: Vec<_> = changes
        .iter()
        .filter(|c| c.what == what)
        .map(|c| (c.key.clone(), c.item.clone(), c.side().unwrap().value.clone()))
        .collect();
    found.sort_by_key(|f| format!("{f:?}"));
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_single_change_is_reported_at_its_place(
        map in any_map(), place in any::<prop::sample::Index>(), act in any_act(), seed in any::<u32>(),
    ) {
        let (pointer, changed) = mutate(&map, place, act, seed);
        let new = match Document::parse("new.json", &format!("{changed:#}")) {
            Ok(new) => new,
            Err(DiffError::NotAMap { pointer: at, .. }) => {
                // Without its identifier, version or registers it is no map.
                prop_assert!(at.is_empty() || on_one_path(&at, &pointer), "{at} for {pointer}");
                return Ok(());
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        match compare(&document("old.json", &map), &new) {
            Ok(diff) => {
                prop_assert!(!diff.changes.is_empty(), "{pointer}: {act:?} is not reported");
                let here = diff.changes.iter().any(|c| {
                    [&c.old, &c.new].into_iter().flatten().any(|side| on_one_path(&side.pointer, &pointer))
                });
                prop_assert!(here, "{pointer}: reported elsewhere: {:?}", diff.changes);
            }
            Err(DiffError::NotAMap { pointer: at, .. }) => prop_assert!(on_one_path(&at, &pointer), "{at}"),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
    }

    #[test]
    fn undoing_a_change_swaps_added_and_removed(
        map in any_map(),
        first in (any::<prop::sample::Index>(), any_act(), any::<u32>()),
        second in (any::<prop::sample::Index>(), any_act(), any::<u32>()),
    ) {
        let (_, changed) = mutate(&map, first.0, first.1, first.2);
        let (_, changed) = mutate(&changed, second.0, second.1, second.2);
        let (Ok(old), Ok(new)) = (
            Document::parse("old.json", &map.to_string()), Document::parse("new.json", &changed.to_string()),
        ) else { return Ok(()) };
        let (Ok(there), Ok(back)) = (compare(&old, &new), compare(&new, &old)) else { return Ok(()) };
        prop_assert_eq!(there.changes.len(), back.changes.len());
        prop_assert_eq!(presence(&there.changes, What::Added), presence(&back.changes, What::Removed));
        prop_assert_eq!(presence(&there.changes, What::Removed), presence(&back.changes, What::Added));
    }

    #[test]
    fn text_that_is_no_map_is_refused_and_never_panics(text in "\\PC{0,60}") {
        let _ = Document::parse("x", &text);
        let map = format!(r#"{{"id":"a","version":"0.1.0","registers":[{text}]}}"#);
        if let Ok(document) = Document::parse("x", &map) {
            let _ = compare(&document, &document);
        }
    }
}

#[test]
fn a_map_does_not_differ_from_itself() {
    for (id, _) in BUILTIN {
        let map = shipped(id);
        assert_eq!(diff(&map, &map).changes, [], "{id}");
        // Nor in another layout.
        let compact = Document::parse("compact", &map.to_string()).unwrap();
        assert_eq!(compare(&document("pretty", &map), &compact).unwrap().changes, []);
    }
}
