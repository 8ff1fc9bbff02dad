//! Words that OCP asks contributions not to use (Terminology Guidelines for Inclusion and Openness).

/// A word to replace, and what to write.
const TERMS: &[(&str, &str)] = &[
    ("whitelist", "allowlist"),
    ("blacklist", "denylist"),
    ("master", "controller, client or primary"),
    ("slave", "target, server or secondary"),
    ("blackout", "outage"),
    ("manpower", "workforce"),
    ("abort", "end, stop or cancel"),
    ("kill", "end, stop or cancel"),
    ("blast-radius", "affected area"),
];

/// The first word of a text to replace, with what to write instead. A word counts with its endings
/// (`whitelisted`, `masters`), not inside another (`skill`).
pub(super) fn breach(text: &str) -> Option<(String, &'static str)> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-')).find_map(|word| {
        let lower = word.to_lowercase();
        let (_, instead) = TERMS.iter().find(|(term, _)| lower.starts_with(term))?;
        Some((word.to_owned(), *instead))
    })
}

#[cfg(test)]
mod tests {
    use super::breach;

    #[test]
    fn finds_words_with_their_endings_and_no_others() {
        assert_eq!(breach("An IP Whitelist."), Some(("Whitelist".to_owned(), "allowlist")));
        assert_eq!(breach("master/slave").map(|b| b.0), Some("master".to_owned()));
        assert_eq!(breach("aborted writes").map(|b| b.0), Some("aborted".to_owned()));
        assert_eq!(breach("skill, remaster, client and server"), None);
    }
}
