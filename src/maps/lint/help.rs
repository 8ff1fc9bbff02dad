//! What a rule demands, why, how to mend a breach, and examples: read from the rule's text.

use std::fmt;

use super::rule::Rule;

/// The text of a rule in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// The rule.
    pub rule: Rule,
    /// What it demands.
    pub demand: String,
    /// What goes wrong in the field otherwise.
    pub why: String,
    /// How to mend a breach.
    pub mend: String,
    /// Examples, those that fail first.
    pub examples: Vec<Example>,
}

/// An excerpt of a map that breaks the rule, or keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The sentence above it.
    pub lead: String,
    /// JSON pointers of the findings, with identifiers in place of indices, and before a `#` the number of
    /// the map if there are several; empty if the example passes.
    pub at: Vec<&'static str>,
    /// The excerpt lies over the clean map as text, because its point is lost once it is parsed.
    pub as_text: bool,
    /// The excerpt.
    pub excerpt: &'static str,
}

impl Example {
    /// Whether it keeps the rule.
    pub fn passes(&self) -> bool {
        self.at.is_empty()
    }
}

impl Help {
    /// The text of a rule.
    pub fn of(rule: Rule) -> Self {
        let mut help = Self {
            rule,
            demand: String::new(),
            why: String::new(),
            mend: String::new(),
            examples: Vec::new(),
        };
        let mut lead = String::new();
        // Text and code blocks take turns.
        for (i, block) in rule.text().split("```").enumerate() {
            if i % 2 == 1 {
                let (tags, excerpt) = block.split_once('\n').unwrap_or((block, ""));
                let tags: Vec<&str> = tags.split_whitespace().collect();
                let at = tags.iter().filter(|t| t.contains('/') || t.contains('#')).copied().collect();
                let as_text = tags.contains(&"text");
                help.examples.push(Example { lead: std::mem::take(&mut lead), at, as_text, excerpt });
                continue;
            }
            for paragraph in
                block.split("\n\n").map(str::trim).filter(|p| !p.is_empty() && !p.starts_with("# "))
            {
                let one_line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
                if let Some(why) = one_line.strip_prefix("**Why.** ") {
                    why.clone_into(&mut help.why);
                } else if let Some(mend) = one_line.strip_prefix("**Mend.** ") {
                    mend.clone_into(&mut help.mend);
                } else if help.why.is_empty() {
                    let blank = if help.demand.is_empty() { "" } else { " " };
                    help.demand.push_str(blank);
                    help.demand.push_str(&one_line);
                } else {
                    lead = one_line;
                }
            }
        }
        help
    }

    /// All rules as a page in Markdown, `registers/RULES.md`.
    pub fn page() -> String {
        let mut page = String::from(PAGE_HEAD);
        for rule in Rule::ALL {
            let (code, name) = (rule.code(), rule.name());
            page.push_str(&format!(
                "| [{code}](#{}-{name}) | {name} | {} |\n",
                code.to_lowercase(),
                rule.summary()
            ));
        }
        for rule in Rule::ALL {
            let help = Self::of(*rule);
            page.push_str(&format!("\n## {} {}\n\n{}\n", rule.code(), rule.name(), help.demand));
            page.push_str(&format!("\n**Why.** {}\n\n**Mend.** {}\n", help.why, help.mend));
            for example in &help.examples {
                page.push_str(&format!("\n{}\n\n```json\n{}```\n", example.lead, example.excerpt));
                if !example.passes() {
                    let at: Vec<String> = example.at.iter().map(|at| format!("`{}`", shown(at))).collect();
                    page.push_str(&format!("\nFinding at {}.\n", at.join(", ")));
                }
            }
        }
        page
    }
}

/// For a terminal.
impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.rule, self.rule.summary())?;
        for (head, text) in [("Demand", &self.demand), ("Why", &self.why), ("Mend", &self.mend)] {
            writeln!(f, "\n{head}")?;
            for line in wrapped(text, 96) {
                writeln!(f, "  {line}")?;
            }
        }
        for example in &self.examples {
            writeln!(f)?;
            for line in wrapped(&example.lead, 98) {
                writeln!(f, "{line}")?;
            }
            for line in example.excerpt.lines() {
                writeln!(f, "    {line}")?;
            }
            for at in &example.at {
                writeln!(f, "  finding at {}", shown(at))?;
            }
        }
        Ok(())
    }
}

/// A pointer as it is shown: the number of the map first, if there is one.
fn shown(at: &str) -> String {
    match at.split_once('#') {
        Some(("", pointer)) => format!("#{pointer}"),
        Some((map, pointer)) => format!("#{pointer} of map {map}"),
        None => format!("#{at}"),
    }
}

/// Lines of at most `width` characters; a longer word stands alone.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut() {
            if line.is_empty() || line.chars().count() + 1 + word.chars().count() <= width {
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
    }
    lines
}

/// A rule that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Unknown {
    /// What was asked for.
    pub asked: String,
    /// Rules whose code or name is nearly that.
    pub near: Vec<Rule>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no rule `{}`", self.asked)?;
        if self.near.is_empty() {
            return write!(f, "; without a code, explain lists them all");
        }
        let near: Vec<String> = self.near.iter().map(Rule::to_string).collect();
        write!(f, "; near to it: {}", near.join(", "))
    }
}

impl Rule {
    /// The rule with a code or a name, in capitals or not.
    ///
    /// # Errors
    /// [`Unknown`] with the rules that come near.
    pub fn find(asked: &str) -> Result<Self, Unknown> {
        let wanted = asked.trim().to_ascii_lowercase();
        if let Some(rule) =
            Self::ALL.iter().find(|r| r.code().eq_ignore_ascii_case(&wanted) || r.name() == wanted)
        {
            return Ok(*rule);
        }
        let distance = |rule: &Self| {
            let code = edits(&rule.code().to_ascii_lowercase(), &wanted);
            let name = if wanted.len() > 3 && rule.name().contains(&wanted) {
                1
            } else {
                edits(rule.name(), &wanted)
            };
            // A name is longer, so more may be wrong in it.
            (code <= 1 || name <= 1 + wanted.len() / 5).then_some(code.min(name))
        };
        let mut near: Vec<_> = Self::ALL.iter().filter_map(|r| distance(r).map(|d| (d, *r))).collect();
        near.sort_unstable();
        Err(Unknown { asked: asked.to_owned(), near: near.into_iter().take(5).map(|(_, r)| r).collect() })
    }
}

/// Letters to insert, remove or replace to turn one word into the other.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((b, pair), left) in to.iter().zip(row.windows(2)).zip(0..) {
            if let [diagonal, above] = pair {
                let before = next.get(left).copied().unwrap_or(usize::MAX);
                next.push((diagonal + usize::from(a != *b)).min(above + 1).min(before + 1));
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

const PAGE_HEAD: &str = "# Rules of the register-map lint

<!-- Written by `dpo registers explain --page` from src/maps/lint/rules/; do not edit. -->

What `dpo registers lint` checks beyond the JSON Schema. `dpo registers explain CODE` prints one rule. Codes
are permanent: a rule that goes leaves its code unused.

The examples are excerpts. They lie over the clean map
[`base.json`](../src/maps/lint/rules/base.json): keys replace keys, `null` removes one, a register, bit or
symbol is merged with the one of the same `id` or else added after the one before it; a new register is like
`plain` in whatever it does not say, and a list that begins with `null` replaces the whole. Several maps are
a list of excerpts. The tests check that each failing example has exactly the findings named
below it (with identifiers in place of indices), and that each passing one has none.

| code | name | a breach is |
| --- | --- | --- |
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_whole_text() {
        for rule in Rule::ALL {
            let help = Help::of(*rule);
            assert!(rule.text().starts_with(&format!("# {rule}\n")), "{rule}: the title");
            for (part, text) in [("demand", &help.demand), ("why", &help.why), ("mend", &help.mend)] {
                assert!(text.len() > 20 && text.ends_with('.'), "{rule}: {part} is `{text}`");
            }
            assert!(rule.summary().ends_with('.'), "{rule}: the summary is a sentence");
            let passing = help.examples.iter().filter(|e| e.passes()).count();
            assert!(
                passing > 0 && passing < help.examples.len(),
                "{rule}: an example each that fails and passes"
            );
            for example in &help.examples {
                let (fails, passes) = (example.lead.starts_with("Fails"), example.lead.starts_with("Passes"));
                assert_eq!(
                    (fails, passes),
                    (!example.passes(), example.passes()),
                    "{rule}: {}",
                    example.lead
                );
                assert!(example.lead.ends_with(':') && !example.excerpt.trim().is_empty(), "{rule}");
            }
        }
    }

    #[test]
    fn codes_and_names_are_unique_and_codes_in_order() {
        assert!(Rule::ALL.windows(2).all(|w| w[0].code() < w[1].code()));
        let names: std::collections::HashSet<_> = Rule::ALL.iter().map(|r| r.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
    }

    #[test]
    fn a_rule_is_found_by_code_and_name_and_a_slip_finds_its_neighbours() {
        assert_eq!(Rule::find("m033"), Ok(Rule::Overlap));
        assert_eq!(Rule::find("Overlap"), Ok(Rule::Overlap));
        let near = |asked| Rule::find(asked).unwrap_err().near;
        assert!(near("M03").contains(&Rule::DuplicateId));
        assert!(near("overlp").contains(&Rule::Overlap) && near("limits").contains(&Rule::LimitsOrder));
        assert!(near("nothing like it").is_empty());
        assert!(Rule::find("M03").unwrap_err().to_string().contains("near to it: M003 schema"));
    }

    #[test]
    fn the_page_is_the_one_checked_in() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/registers/RULES.md");
        let there = std::fs::read_to_string(path).unwrap_or_default();
        assert!(there == Help::page(), "run `dpo registers explain --page > registers/RULES.md`");
    }
}
