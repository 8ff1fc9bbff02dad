//! The examples of the rules: excerpts laid over a clean map, and what the lint must say of them.

use std::path::PathBuf;

use serde_json::Value;

use super::help::Example;
use super::rule::Rule;
use super::{Finding, Site, examine};

/// A clean map that has something for each rule to speak of.
const BASE: &str = include_str!("rules/base.json");

/// The same for the rules of PMBus maps, from M100 on.
const PMBUS_BASE: &str = include_str!("rules/base-pmbus.json");

/// An example as the lint sees it.
pub(super) struct Run {
    /// The rule and the number of the example in its text, from 1.
    pub(super) name: String,
    rule: Rule,
    /// The maps as they were checked.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests look at the lines"))]
    pub(super) texts: Vec<(PathBuf, String)>,
    /// Place of each finding that must be there: which map, and where in it.
    expected: Vec<(PathBuf, String)>,
    /// What was found, and which place in the program found it.
    pub(super) findings: Vec<(Site, Finding)>,
}

impl Run {
    /// Lays an example over the clean map and checks what comes out.
    ///
    /// # Errors
    /// A message if the example cannot be used.
    pub(super) fn of(rule: Rule, number: usize, example: &Example) -> Result<Self, String> {
        let name = format!("{rule}, example {number}");
        let wrong = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let registers = base().map_err(|e| wrong(&e))?;
        let commands: Value = serde_json::from_str(PMBUS_BASE).map_err(|e| wrong(&e))?;
        let pmbus = rule.code() >= "M100";
        // Beside a PMBus map, a map that speaks of registers is one of registers.
        let base = |excerpt: &Value| {
            if pmbus && excerpt.get("registers").is_none() { &commands } else { &registers }
        };
        let texts = if example.as_text {
            let base = base(&Value::Null);
            vec![(path(None, base), splice(base, example.excerpt))]
        } else {
            let excerpt: Value = serde_json::from_str(example.excerpt).map_err(|e| wrong(&e))?;
            match excerpt {
                // Several maps, each in a folder of its own, so that two may have one name.
                Value::Array(excerpts) => (1..)
                    .zip(excerpts)
                    .map(|(n, excerpt)| {
                        let map = laid(base(&excerpt), &excerpt);
                        (path(Some(n), &map), format!("{map:#}"))
                    })
                    .collect(),
                excerpt => {
                    let base = base(&excerpt);
                    vec![(path(None, base), format!("{:#}", laid(base, &excerpt)))]
                }
            }
        };
        let mut expected = Vec::new();
        for at in &example.at {
            let (number, pointer) = match at.split_once('#') {
                Some(("", pointer)) => (1, pointer),
                Some((number, pointer)) => (number.parse::<usize>().unwrap_or(0), pointer),
                None => (1, *at),
            };
            let (path, text) = number
                .checked_sub(1)
                .and_then(|n| texts.get(n))
                .ok_or_else(|| wrong(&format!("there is no map {number}")))?;
            expected.push((path.clone(), resolved(pointer, text)));
        }
        let (findings, _) = examine(&texts).map_err(|e| wrong(&e))?;
        Ok(Self { name, rule, texts, expected, findings })
    }

    /// Whether the findings are those the example states, if the ones that `kept` refuses are taken away.
    ///
    /// # Errors
    /// A message that says what is missing and what is too much.
    pub(super) fn judge(&self, kept: impl Fn(Site) -> bool) -> Result<(), String> {
        let mut missing: Vec<_> = self.expected.iter().map(|(path, at)| (path, self.rule, at)).collect();
        let mut extra = Vec::new();
        for (_, f) in self.findings.iter().filter(|(site, _)| kept(site)) {
            match missing.iter().position(|m| *m == (&f.path, f.rule, &f.pointer)) {
                Some(at) => drop(missing.swap_remove(at)),
                None => {
                    extra.push(format!("{}: {} at #{}: {}", f.path.display(), f.rule, f.pointer, f.message))
                }
            }
        }
        if missing.is_empty() && extra.is_empty() {
            return Ok(());
        }
        let missing: Vec<_> =
            missing.iter().map(|(p, r, at)| format!("{}: {r} at #{at}", p.display())).collect();
        Err(format!(
            "{}: not found [{}], found too much [{}]",
            self.name,
            missing.join("; "),
            extra.join("; ")
        ))
    }
}

/// The clean map.
pub(super) fn base() -> Result<Value, serde_json::Error> {
    serde_json::from_str(BASE)
}

/// The file of a map: named after it, in folder `number` if there are several.
fn path(number: Option<usize>, map: &Value) -> PathBuf {
    let id = map.get("id").and_then(Value::as_str).unwrap_or_default();
    let folder = number.map(|n| format!("{n}/")).unwrap_or_default();
    PathBuf::from(format!("{folder}{id}.json"))
}

/// A map with an excerpt laid over it: keys replace keys, `null` removes one; elements with an `id` are
/// merged with the one of the same `id`, or else stand after the one before them; a list that begins with
/// `null` replaces the whole.
fn laid(base: &Value, excerpt: &Value) -> Value {
    let mut map = base.clone();
    lay(&mut map, excerpt);
    map
}

fn lay(into: &mut Value, excerpt: &Value) {
    match (into, excerpt) {
        (Value::Object(into), Value::Object(excerpt)) => {
            for (key, value) in excerpt {
                match into.get_mut(key) {
                    _ if value.is_null() => drop(into.remove(key)),
                    Some(slot) => lay(slot, value),
                    None => drop(into.insert(key.clone(), value.clone())),
                }
            }
        }
        (Value::Array(into), Value::Array(excerpt)) if excerpt.first().is_some_and(Value::is_null) => {
            let plain = plain(into);
            into.clear();
            lay_elements(into, excerpt.get(1..).unwrap_or_default(), plain.as_ref());
        }
        (Value::Array(into), Value::Array(excerpt))
            if into.iter().chain(excerpt).all(|v| v.get("id").is_some()) =>
        {
            let plain = plain(into);
            lay_elements(into, excerpt, plain.as_ref());
        }
        (into, excerpt) => excerpt.clone_into(into),
    }
}

/// The element that new ones are like in whatever they do not say.
fn plain(elements: &[Value]) -> Option<Value> {
    elements.iter().find(|v| v.get("id").is_some_and(|id| id == "plain")).cloned()
}

fn lay_elements(into: &mut Vec<Value>, excerpt: &[Value], plain: Option<&Value>) {
    // Each element is merged once: a second one with the same id is a new one.
    let mut merged: Vec<bool> = vec![false; into.len()];
    let mut after = 0;
    for value in excerpt {
        let same = into.iter().zip(&merged).position(|(v, merged)| !merged && v.get("id") == value.get("id"));
        let at = same.unwrap_or(after);
        if same.is_none() {
            let mut new = plain.cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
            if let (Some(new), Some(id), true) = (new.as_object_mut(), value.get("id"), plain.is_some()) {
                new.insert("name".to_owned(), id.clone());
            }
            into.insert(at, new);
            merged.insert(at, false);
        }
        if let (Some(slot), Some(merged)) = (into.get_mut(at), merged.get_mut(at)) {
            lay(slot, value);
            *merged = true;
        }
        after = at + 1;
    }
}

/// The clean map with the text of an excerpt's keys in place of its own.
fn splice(base: &Value, excerpt: &str) -> String {
    let mut base = base.clone();
    if let Some(base) = base.as_object_mut() {
        base.retain(|key, _| !excerpt.contains(&format!("\"{key}\"")));
    }
    let inner = excerpt.trim().trim_start_matches('{').trim_end_matches('}').trim_end();
    format!("{base:#}").replacen('{', &format!("{{{inner},"), 1)
}

/// A pointer with an index in place of each `id`.
fn resolved(pointer: &str, text: &str) -> String {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let mut at = Some(&document);
    let mut resolved = String::new();
    for token in pointer.split('/').skip(1) {
        let index = at
            .and_then(Value::as_array)
            .and_then(|elements| elements.iter().position(|v| v.get("id").is_some_and(|id| id == token)));
        let token = index.map_or_else(|| token.to_owned(), |index| index.to_string());
        resolved.push_str(&format!("/{token}"));
        at = at.and_then(|v| v.pointer(&format!("/{token}")));
    }
    resolved
}
