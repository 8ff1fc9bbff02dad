//! What of a text goes and what comes, word by word; and values as short text.

use serde_json::Value;

/// A piece of a redline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// Stays.
    Same(String),
    /// Goes.
    Gone(String),
    /// Comes.
    Come(String),
}

/// Beyond this many words on one side the text is replaced as a whole: the comparison takes the product
/// of both sides.
const MOST_WORDS: usize = 400;

/// Marks the words of two texts by their longest common subsequence.
pub(super) fn marks(old: &str, new: &str) -> Vec<Mark> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    if a.len().max(b.len()) > MOST_WORDS {
        return vec![Mark::Gone(old.to_owned()), Mark::Come(new.to_owned())];
    }
    // lengths[i][j]: longest common subsequence of a[i..] and b[j..].
    let mut lengths = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for (i, x) in a.iter().enumerate().rev() {
        for (j, y) in b.iter().enumerate().rev() {
            lengths[i][j] =
                if x == y { lengths[i + 1][j + 1] + 1 } else { lengths[i + 1][j].max(lengths[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut found = Vec::new();
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            push(&mut found, Mark::Same(a[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || lengths[i + 1][j] >= lengths[i][j + 1]) {
            push(&mut found, Mark::Gone(a[i].to_owned()));
            i += 1;
        } else {
            push(&mut found, Mark::Come(b[j].to_owned()));
            j += 1;
        }
    }
    found
}

/// Adds a word to the last mark if it is of the same sort.
fn push(found: &mut Vec<Mark>, mark: Mark) {
    let joined = match (found.last_mut(), &mark) {
        (Some(Mark::Same(text)), Mark::Same(word))
        | (Some(Mark::Gone(text)), Mark::Gone(word))
        | (Some(Mark::Come(text)), Mark::Come(word)) => {
            text.push(' ');
            text.push_str(word);
            true
        }
        _ => false,
    };
    if !joined {
        found.push(mark);
    }
}

/// A value as a person writes it: a fraction as `1/64`, limits as `1 to 5`, text without quotes.
pub(super) fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let get = |key: &str| members.get(key).filter(|v| v.is_number());
            match (members.len(), get("num"), get("den"), get("first"), get("last"), get("min"), get("max")) {
                (2, Some(num), Some(den), ..) => format!("{num}/{den}"),
                (2, _, _, Some(first), Some(last), ..) => format!("{first} to {last}"),
                (2, _, _, _, _, Some(min), Some(max)) => format!("{min} to {max}"),
                _ => {
                    let member = |(key, value): (&String, &Value)| format!("{key}: {}", short(value));
                    members.iter().map(member).collect::<Vec<_>>().join(", ")
                }
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_that_stay_are_kept_together() {
        let same = |t: &str| Mark::Same(t.to_owned());
        let (gone, come) = (|t: &str| Mark::Gone(t.to_owned()), |t: &str| Mark::Come(t.to_owned()));
        assert_eq!(
            marks("a b c d", "a x y c d e"),
            [same("a"), gone("b"), come("x y"), same("c d"), come("e")]
        );
        assert_eq!(marks("", "a b"), [come("a b")]);
        assert_eq!(marks("same", "same"), [same("same")]);
        let long = "w ".repeat(500);
        assert_eq!(marks(&long, "x").len(), 2);
    }

    #[test]
    fn values_are_short() {
        assert_eq!(short(&json!({ "num": 1, "den": 64 })), "1/64");
        assert_eq!(short(&json!([{ "first": 1, "last": 5 }, { "first": 9, "last": 9 }])), "1 to 5, 9 to 9");
        assert_eq!(short(&json!({ "min": 1, "max": 5 })), "1 to 5");
        assert_eq!(short(&json!({ "class": "none" })), "class: none");
        assert_eq!(short(&json!(true)), "true");
    }
}
