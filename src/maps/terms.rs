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
    ("kill", "end, stop or switch off"),
    ("blast-radius", "affected area"),
];

/// The words of a text to replace, with what to write instead. A word counts with its endings
/// (`whitelisted`, `masters`) and as a part of a compound (`multi-master`), not inside another (`skill`).
pub(crate) fn breaches(text: &str) -> impl Iterator<Item = (&str, &'static str)> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    let compounds =
        text.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| word.contains('-'));
    let of = |compound: bool| TERMS.iter().filter(move |(term, _)| term.contains('-') == compound);
    let found = move |word: &'_ str, compound| {
        let lower = word.to_lowercase();
        of(compound).find(|(term, _)| lower.starts_with(term)).map(|(_, instead)| *instead)
    };
    let parts = parts.filter_map(move |word| Some((word, found(word, false)?)));
    parts.chain(compounds.filter_map(move |word| Some((word, found(word, true)?))))
}

#[cfg(test)]
mod tests {
    use super::breaches;

    #[test]
    fn finds_words_with_their_endings_and_no_others() {
        let words = |text| breaches(text).map(|b| b.0).collect::<Vec<_>>();
        assert_eq!(breaches("An IP Whitelist.").next(), Some(("Whitelist", "allowlist")));
        assert_eq!(words("master/slave"), ["master", "slave"]);
        assert_eq!(words("a multi-master bus"), ["master"]);
        assert_eq!(words("aborted writes, and killed ones"), ["aborted", "killed"]);
        assert_eq!(words("its blast-radius"), ["blast-radius"]);
        assert_eq!(words("skill, remaster, client and server, a blast"), [""; 0]);
    }
}
