//! Lists: items told apart by a key, sets of plain values, and address ranges.

use std::collections::HashMap;

use serde_json::Value;

use super::change::What;
use super::document::{DiffError, Document};
use super::table::{Choose, UNKNOWN, Verdict};
use super::walk::{Pair, Walk};

/// An item of a list and where it stands.
type Item<'a> = (usize, &'a Value);

impl Walk<'_> {
    /// A list of objects, told apart by the key `id`.
    pub(super) fn items(
        &mut self,
        pair: Pair<'_>,
        id: &str,
        choose: Choose,
        verdicts: &'static [Verdict],
    ) -> Result<(), DiffError> {
        let (Some(old), Some(new)) = (elements(pair.old), elements(pair.new)) else {
            return self.judge(pair, &|_| usize::MAX, &[]);
        };
        let before = by_id(self.old, pair.old_at, &old, id)?;
        let after = by_id(self.new, pair.new_at, &new, id)?;
        let key = format!("{}[]", pair.key);
        // The registers are rows of their own; what lies deeper belongs to the register around it.
        let top = pair.key == self.new.kind.list();
        let rows = |old, new| if top { (old, new) } else { pair.rows };
        for (name, (index, item)) in in_order(&after) {
            let new_at = format!("{}/{index}", pair.new_at);
            match before.get(name) {
                None => {
                    let child = Pair {
                        old_at: "",
                        new_at: &new_at,
                        old: None,
                        new: Some(item),
                        rows: rows(None, Some(item)),
                        ..pair
                    };
                    self.judge(child, &choose, verdicts)?;
                }
                Some((_, same)) if *same == *item => {}
                Some((place, other)) => {
                    let old_at = format!("{}/{place}", pair.old_at);
                    self.object(Pair {
                        key: &key,
                        old_at: &old_at,
                        new_at: &new_at,
                        old: Some(other),
                        new: Some(item),
                        rows: rows(Some(other), Some(item)),
                    })?;
                }
            }
        }
        for (name, (index, item)) in in_order(&before) {
            if !after.contains_key(name) {
                let old_at = format!("{}/{index}", pair.old_at);
                let child = Pair {
                    old_at: &old_at,
                    new_at: "",
                    old: Some(item),
                    new: None,
                    rows: rows(Some(item), None),
                    ..pair
                };
                self.judge(child, &choose, verdicts)?;
            }
        }
        let common = |list: &[&Value], other: &HashMap<&str, Item<'_>>| -> Vec<String> {
            let names = list.iter().filter_map(|item| item.get(id)?.as_str());
            names.filter(|name| other.contains_key(name)).map(str::to_owned).collect()
        };
        if common(&old, &after) != common(&new, &before) {
            self.reordered(pair);
        }
        Ok(())
    }

    /// A list of plain values.
    pub(super) fn set(
        &mut self,
        pair: Pair<'_>,
        choose: Choose,
        verdicts: &'static [Verdict],
    ) -> Result<(), DiffError> {
        let (Some(old), Some(new)) = (elements(pair.old), elements(pair.new)) else {
            return self.judge(pair, &|_| usize::MAX, &[]);
        };
        let mut same = true;
        for (index, item) in new.iter().enumerate().filter(|(_, item)| !old.contains(item)) {
            same = false;
            let at = format!("{}/{index}", pair.new_at);
            self.judge(Pair { new_at: &at, old: None, new: Some(item), ..pair }, &choose, verdicts)?;
        }
        for (index, item) in old.iter().enumerate().filter(|(_, item)| !new.contains(item)) {
            same = false;
            let at = format!("{}/{index}", pair.old_at);
            self.judge(Pair { old_at: &at, old: Some(item), new: None, ..pair }, &choose, verdicts)?;
        }
        // Also a value that stands there twice now.
        if same {
            self.reordered(pair);
        }
        Ok(())
    }

    /// A list of `{first, last}` with more keys, compared as a set of addresses: added, removed, the same
    /// addresses written differently.
    pub(super) fn ranges(
        &mut self,
        pair: Pair<'_>,
        choose: Choose,
        verdicts: &'static [Verdict],
    ) -> Result<(), DiffError> {
        let (Some(old), Some(new)) = (elements(pair.old), elements(pair.new)) else {
            return self.judge(pair, &|_| usize::MAX, &[]);
        };
        let (Some(before), Some(after)) = (spans(&old), spans(&new)) else {
            return self.judge(pair, &|_| usize::MAX, &[]);
        };
        let key = format!("{}[]", pair.key);
        let same_place = verdicts.get(2).unwrap_or(&UNKNOWN);
        let mut seen = false;
        for (index, (item, span)) in new.iter().zip(&after).enumerate() {
            let at = format!("{}/{index}", pair.new_at);
            let child = Pair { new_at: &at, old: None, new: Some(item), ..pair };
            if let Some(place) = before.iter().position(|other| other == span) {
                let other = old.get(place).copied();
                if other != Some(item) {
                    let old_at = format!("{}/{place}", pair.old_at);
                    self.object(Pair { key: &key, old_at: &old_at, old: other, ..child })?;
                    seen = true;
                }
            } else if covered(*span, &before) {
                self.add(child, What::Added, same_place);
                seen = true;
            } else {
                self.judge(child, &choose, verdicts)?;
                seen = true;
            }
        }
        for (index, (item, span)) in old.iter().zip(&before).enumerate() {
            if after.contains(span) {
                continue;
            }
            seen = true;
            let at = format!("{}/{index}", pair.old_at);
            let child = Pair { old_at: &at, old: Some(item), new: None, ..pair };
            if covered(*span, &after) {
                self.add(child, What::Removed, same_place);
            } else {
                self.judge(child, &choose, verdicts)?;
            }
        }
        if !seen {
            self.reordered(pair);
        }
        Ok(())
    }
}

/// The elements of an array; none of what is not there; nothing for what is no array.
fn elements(value: Option<&Value>) -> Option<Vec<&Value>> {
    match value {
        None => Some(Vec::new()),
        Some(value) => value.as_array().map(|items| items.iter().collect()),
    }
}

/// The items by their identifiers.
fn by_id<'v>(
    document: &Document,
    at: &str,
    items: &[&'v Value],
    id: &str,
) -> Result<HashMap<&'v str, Item<'v>>, DiffError> {
    let mut found = HashMap::new();
    for (index, item) in items.iter().copied().enumerate() {
        let Some(name) = item.get(id).and_then(Value::as_str) else {
            return Err(document.refuse(&format!("{at}/{index}"), &format!("the item has no text `{id}`")));
        };
        if found.insert(name, (index, item)).is_some() {
            let message = format!("`{name}` stands twice in the list, so its changes cannot be told apart");
            return Err(document.refuse(&format!("{at}/{index}/{id}"), &message));
        }
    }
    Ok(found)
}

fn in_order<'m, 'v>(items: &'m HashMap<&'v str, Item<'v>>) -> Vec<(&'m &'v str, &'m Item<'v>)> {
    let mut sorted: Vec<_> = items.iter().collect();
    sorted.sort_by_key(|(_, (index, _))| *index);
    sorted
}

type Span = (u64, u64);

/// First and last of each range; nothing if one is none.
fn spans(items: &[&Value]) -> Option<Vec<Span>> {
    items.iter().map(|item| Some((item.get("first")?.as_u64()?, item.get("last")?.as_u64()?))).collect()
}

/// Whether all addresses of a range lie in the others.
fn covered((first, last): Span, others: &[Span]) -> bool {
    let mut sorted = others.to_vec();
    sorted.sort_unstable();
    let mut next = first;
    for (from, to) in sorted {
        if from <= next && next <= to {
            match to.checked_add(1) {
                Some(after) => next = after,
                None => return true,
            }
        }
    }
    next > last
}
