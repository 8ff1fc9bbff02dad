//! Lines of Rust, wrapped where they are long.

/// Longest line, as in `rustfmt.toml`.
const WIDTH: usize = 110;

/// Text in the making.
#[derive(Debug, Default)]
pub(in crate::maps) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    /// One line at the present depth.
    pub(in crate::maps) fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.text.push_str(&"    ".repeat(self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// An empty line.
    pub(in crate::maps) fn blank(&mut self) {
        self.line("");
    }

    /// A line that opens a block.
    pub(in crate::maps) fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    /// A line that closes a block.
    pub(in crate::maps) fn close(&mut self, line: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(line);
    }

    /// A doc comment before an item.
    pub(in crate::maps) fn doc(&mut self, text: &str) {
        self.comment("///", text);
    }

    /// The doc comment of the module.
    pub(in crate::maps) fn inner_doc(&mut self, text: &str) {
        self.comment("//!", text);
    }

    fn comment(&mut self, marker: &str, text: &str) {
        // A source text may hold `[..]` or `<..>`, which rustdoc would read as markup.
        let text = text.replace('[', "\\[").replace(']', "\\]").replace('<', "\\<");
        let words: Vec<String> = text.split_whitespace().map(|word| format!(" {word}")).collect();
        self.wrapped(marker, &words, marker);
    }

    /// Parts one behind the other, as many a line as fit; further lines begin with `next`.
    pub(in crate::maps) fn wrapped(&mut self, first: &str, parts: &[String], next: &str) {
        let indent = 4 * self.depth;
        let mut line = first.to_owned();
        for part in parts {
            let long = indent + line.chars().count() + part.chars().count() > WIDTH;
            if long && line.trim() != next.trim() {
                self.line(line.trim_end());
                line = next.to_owned();
            }
            // A blank before a part is a separator, not an indent.
            line.push_str(if line.trim().is_empty() { part.trim_start() } else { part });
        }
        self.line(line.trim_end());
    }

    /// A head with its parts in one line, or the parts in lines of their own below it.
    pub(in crate::maps) fn row(&mut self, head: &str, parts: &[String]) {
        let length: usize = parts.iter().map(|part| part.chars().count()).sum();
        if 4 * self.depth + head.chars().count() + length <= WIDTH {
            self.line(&format!("{head}{}", parts.concat()));
        } else {
            self.line(head);
            self.wrapped("    ", parts, "    ");
        }
    }

    /// The text.
    pub(in crate::maps) fn finish(self) -> String {
        self.text
    }
}

/// A string literal.
pub(in crate::maps) fn literal(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_wrap_between_parts() {
        let mut out = Writer::default();
        out.open("{");
        out.doc(&["word"; 30].join(" "));
        let calls = vec![".method(1, 2)".to_owned(); 12];
        out.wrapped("row = unsigned(1)", &calls, "    ");
        out.close("}");
        let text = out.finish();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 6, "{text}");
        assert!(lines.iter().all(|line| line.len() <= WIDTH), "{text}");
        assert!(lines[2].starts_with("    /// word"), "{text}");
        assert!(lines[4].starts_with("        .method(1, 2)"), "{text}");
    }

    #[test]
    fn text_of_a_map_stays_text() {
        let mut out = Writer::default();
        out.doc("a\nfn b() {}\r\n[c] <d>");
        assert_eq!(out.finish(), "/// a fn b() {} \\[c\\] \\<d>\n");
        assert_eq!(literal("a\"b\\\n"), r#""a\"b\\\n""#);
    }
}
