//! Which verdict of a row applies. Each function gives a place in the list of verdicts beside which it
//! stands in the table; a place that is not there is reported as unknown, thus breaking.

use serde_json::Value;

use super::Case;

/// There is one verdict.
pub(super) fn any(_: &Case<'_>) -> usize {
    0
}

/// Added, removed, changed.
pub(super) fn presence(case: &Case<'_>) -> usize {
    match (case.old, case.new) {
        (None, _) => 0,
        (_, None) => 1,
        _ => 2,
    }
}

/// A marker in the life of a register: added, removed, changed.
pub(super) fn life(case: &Case<'_>) -> usize {
    presence(case)
}

fn number(value: Option<&Value>) -> Option<i128> {
    let value = value?;
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

fn text<'a>(row: Option<&'a Value>, key: &str) -> Option<&'a str> {
    row?.get(key)?.as_str()
}

/// Longer or removed, shorter or added: a promised time.
pub(super) fn interval(case: &Case<'_>) -> usize {
    match (number(case.old), number(case.new)) {
        (Some(old), Some(new)) if new < old => 1,
        (None, _) => 1,
        _ => 0,
    }
}

/// Lower, higher.
pub(super) fn lower(case: &Case<'_>) -> usize {
    match (number(case.old), number(case.new)) {
        (Some(old), Some(new)) if new > old => 1,
        _ => 0,
    }
}

/// Shorter, longer, added or removed.
pub(super) fn shorter(case: &Case<'_>) -> usize {
    match (number(case.old), number(case.new)) {
        (Some(old), Some(new)) if new > old => 1,
        (None, Some(_)) | (Some(_), None) => 2,
        _ => 0,
    }
}

/// Another default or a rate gone, a rate more, another order behind the default.
pub(super) fn first_item(case: &Case<'_>) -> usize {
    let (Some(old), Some(new)) = (case.old.and_then(Value::as_array), case.new.and_then(Value::as_array))
    else {
        return 0;
    };
    if old.first() != new.first() || old.iter().any(|rate| !new.contains(rate)) {
        0
    } else if new.iter().any(|rate| !old.contains(rate)) {
        1
    } else {
        2
    }
}

/// Another number, the same number in another form; a scale is 1 where none is given.
pub(super) fn scale(case: &Case<'_>) -> usize {
    usize::from(same_fraction(case, (1, 1)))
}

/// Another number, the same number in another form; an offset is 0 where none is given.
pub(super) fn offset(case: &Case<'_>) -> usize {
    usize::from(same_fraction(case, (0, 1)))
}

fn same_fraction(case: &Case<'_>, default: (i128, i128)) -> bool {
    let fraction = |value: Option<&Value>| match value {
        None => Some(default),
        Some(value) => {
            let (num, den) = (number(value.get("num"))?, number(value.get("den"))?);
            (den > 0).then_some((num, den))
        }
    };
    let cross = |a: (i128, i128), b: (i128, i128)| a.0.checked_mul(b.1).zip(b.0.checked_mul(a.1));
    fraction(case.old)
        .zip(fraction(case.new))
        .and_then(|(old, new)| cross(old, new))
        .is_some_and(|(x, y)| x == y)
}

/// Another width, the same width: one bit where none is given.
pub(super) fn width(case: &Case<'_>) -> usize {
    let width = |value: Option<&Value>| value.map_or(Some(1), |v| number(Some(v)));
    match (width(case.old), width(case.new)) {
        (Some(old), Some(new)) if old == new => 1,
        _ => 0,
    }
}

fn order_of<'a>(map: &'a Value, row: &'a Value) -> Option<&'a str> {
    text(Some(row), "order").or_else(|| text(Some(map), "word_order"))
}

/// Another order of a register, or the same one that the map says or said.
pub(super) fn order(case: &Case<'_>) -> usize {
    let (Some(old), Some(new)) = (case.old_row, case.new_row) else { return 0 };
    let (old, new) = (order_of(case.old_map, old), order_of(case.new_map, new));
    usize::from(old.is_some() && old == new)
}

/// Another order of the map, or one that each register that stays had already.
pub(super) fn word_order(case: &Case<'_>) -> usize {
    let rows = |map: &'_ Value| map.get("registers").and_then(Value::as_array).cloned().unwrap_or_default();
    let (old, new) = (rows(case.old_map), rows(case.new_map));
    let same = |row: &Value| {
        let before = old.iter().find(|r| r.get("id") == row.get("id"));
        before.is_none_or(|before| order_of(case.old_map, before) == order_of(case.new_map, row))
    };
    usize::from(case.old.is_some() && case.new.is_some() && new.iter().all(same))
}

/// What a client may do: read, write, clear, act.
fn rights(access: Option<&Value>) -> Option<u8> {
    Some(match access?.as_str()? {
        "ro" => 0b0001,
        "wo" => 0b0010,
        "rw" => 0b0011,
        "w1c" => 0b0101,
        "command" => 0b1000,
        _ => return None,
    })
}

fn mandatory(row: Option<&Value>) -> bool {
    text(row, "modality") == Some("mandatory")
}

/// Less, more on a mandatory register, more on another, otherwise.
pub(super) fn access(case: &Case<'_>) -> usize {
    match (rights(case.old), rights(case.new)) {
        (Some(old), Some(new)) if old & new == new => 0,
        (Some(old), Some(new)) if old & new == old => {
            if mandatory(case.new_row) {
                1
            } else {
                2
            }
        }
        _ => 3,
    }
}

struct Limits {
    min: i128,
    max: i128,
    step: i128,
}

fn limits_of(value: &Value) -> Option<Limits> {
    let step = value.get("step").map_or(Some(1), |s| number(Some(s)))?;
    let limits = Limits { min: number(value.get("min"))?, max: number(value.get("max"))?, step };
    (limits.step > 0 && limits.min <= limits.max).then_some(limits)
}

/// Whether every value of `inner` is one of `outer`.
fn within(inner: &Limits, outer: &Limits) -> bool {
    inner.min >= outer.min
        && inner.max <= outer.max
        && (inner.min - outer.min) % outer.step == 0
        && (inner.min == inner.max || inner.step % outer.step == 0)
}

/// Narrower, wider, neither, the same (all for writable registers); narrower, wider (read-only).
pub(super) fn limits(case: &Case<'_>) -> usize {
    let read_only = text(case.new_row, "access") == Some("ro");
    let (narrower, wider) = match (case.old, case.new) {
        (None, _) => (true, false),
        (_, None) => (false, true),
        (Some(old), Some(new)) => match (limits_of(old), limits_of(new)) {
            (Some(old), Some(new)) => (within(&new, &old), within(&old, &new)),
            _ => (false, false),
        },
    };
    containment(narrower, wider, read_only)
}

/// The place of a verdict on two sets of values in the rows of limits and ranges.
fn containment(narrower: bool, wider: bool, read_only: bool) -> usize {
    match (narrower, wider, read_only) {
        (true, true, _) => 3,
        (true, false, false) => 0,
        (false, true, false) => 1,
        (false, false, _) => 2,
        (true, false, true) => 4,
        (false, true, true) => 5,
    }
}

/// Of a whole register: added and mandatory, added otherwise, removed, removed after deprecation.
pub(super) fn register_item(case: &Case<'_>) -> usize {
    match (case.old, case.new) {
        (None, new) => usize::from(!mandatory(new)),
        (Some(old), _) => 2 + usize::from(old.get("deprecated").is_some()),
    }
}

fn list<'a>(row: Option<&'a Value>, key: &str) -> &'a [Value] {
    row.and_then(|r| r.get(key)).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The bits of a field as a mask; all of them if the field makes no sense, so that it overlaps.
fn mask(bit: &Value) -> u64 {
    let width = bit.get("width").map_or(Some(1), |w| number(Some(w)));
    let (Some(at @ 0..64), Some(width @ 1..=64)) = (number(bit.get("bit")), width) else { return u64::MAX };
    let ones = if width == 64 { u64::MAX } else { (1_u64 << width) - 1 };
    ones << at
}

/// Added in reserved bits, added over a field, removed.
pub(super) fn bit_item(case: &Case<'_>) -> usize {
    let Some(new) = case.new else { return 2 };
    let taken = list(case.old_row, "bits").iter().fold(0, |all, bit| all | mask(bit));
    usize::from(taken & mask(new) != 0)
}

/// Added with a free value, added with a value that had a symbol, removed.
pub(super) fn symbol_item(case: &Case<'_>) -> usize {
    let Some(new) = case.new else { return 2 };
    let taken = list(case.old_row, "symbols").iter().any(|s| s.get("value") == new.get("value"));
    usize::from(taken)
}

fn rank(value: Option<&Value>, order: &[&str]) -> Option<usize> {
    let word = value?.as_str()?;
    order.iter().position(|o| *o == word)
}

/// Graver, milder, added, removed.
pub(super) fn safety_class(case: &Case<'_>) -> usize {
    let order = ["none", "cosmetic", "setpoint", "disruptive"];
    match (case.old, case.new) {
        (None, _) => 2,
        (_, None) => 3,
        (old, new) => {
            usize::from(rank(old, &order).zip(rank(new, &order)).is_some_and(|(old, new)| new < old))
        }
    }
}

/// Added or shorter, longer or removed.
pub(super) fn safety_timeout(case: &Case<'_>) -> usize {
    match (number(case.old), number(case.new)) {
        (Some(_), None) => 1,
        (Some(old), Some(new)) => usize::from(new > old),
        _ => 0,
    }
}

/// Stricter, looser. What is conditional depends on a statement, so it lies between.
pub(super) fn modality(case: &Case<'_>) -> usize {
    let order = ["mandatory", "conditional", "optional"];
    let ranks = rank(case.old, &order).zip(rank(case.new, &order));
    usize::from(ranks.is_none_or(|(old, new)| new > old))
}

/// Surer, less sure.
pub(super) fn confidence(case: &Case<'_>) -> usize {
    let order = ["stated", "inferred", "conflicting"];
    let ranks = rank(case.old, &order).zip(rank(case.new, &order));
    usize::from(ranks.is_none_or(|(old, new)| new > old))
}

/// Added, removed, (same addresses), removed under mandatory registers.
pub(super) fn gap(case: &Case<'_>) -> usize {
    let Some(old) = case.old else { return 0 };
    let (Some(first), Some(last)) = (number(old.get("first")), number(old.get("last"))) else { return 1 };
    let mut next = first;
    let mut rows: Vec<(i128, i128)> = list(Some(case.new_map), "registers")
        .iter()
        .filter(|r| mandatory(Some(r)))
        .filter_map(|r| Some((number(r.get("address"))?, number(r.get("words"))?)))
        .collect();
    rows.sort_unstable();
    for (address, words) in rows {
        if address <= next && next < address + words {
            next = address + words;
        }
    }
    if next > last { 3 } else { 1 }
}

/// Demanded, no longer known, free; added or removed on a command.
pub(super) fn pec(case: &Case<'_>) -> usize {
    match (case.old.and_then(Value::as_str), case.new.and_then(Value::as_str)) {
        (Some(_), Some("required")) => 0,
        (Some(_), Some("none")) => 1,
        (Some(_), Some("optional")) => 2,
        _ => 3,
    }
}

/// Others, added or removed.
pub(super) fn coefficients(case: &Case<'_>) -> usize {
    usize::from(case.old.is_none() || case.new.is_none())
}

/// As [`limits`], for fractions without a step.
pub(super) fn range(case: &Case<'_>) -> usize {
    let read_only = text(case.new_row, "access") == Some("ro");
    let end = |value: &Value, key: &str| {
        let end = value.get(key)?;
        let (num, den) = (number(end.get("num"))?, number(end.get("den"))?);
        (den > 0).then_some((num, den))
    };
    // a <= b; the parts are 64 bits wide, so the products fit.
    let below = |a: (i128, i128), b: (i128, i128)| a.0 * b.1 <= b.0 * a.1;
    let ends = |value: &Value| Some((end(value, "min")?, end(value, "max")?));
    let (narrower, wider) = match (case.old, case.new) {
        (None, _) => (true, false),
        (_, None) => (false, true),
        (Some(old), Some(new)) => match (ends(old), ends(new)) {
            (Some(old), Some(new)) => {
                (below(old.0, new.0) && below(new.1, old.1), below(new.0, old.0) && below(old.1, new.1))
            }
            _ => (false, false),
        },
    };
    containment(narrower, wider, read_only)
}

/// The bytes of a field: first, and first behind it.
fn bytes(field: &Value) -> Option<(i128, i128)> {
    let at = number(field.get("at"))?;
    Some((at, at + number(field.get("bytes"))?))
}

/// Added in bytes without a field, added over a field, removed.
pub(super) fn field_item(case: &Case<'_>) -> usize {
    let Some(new) = case.new else { return 2 };
    let Some((first, end)) = bytes(new) else { return 1 };
    let over = |other: &Value| bytes(other).is_none_or(|(from, to)| first < to && from < end);
    usize::from(list(case.old_row, "fields").iter().any(over))
}
