//! A diff for people and programs: text, JSON, and the redline as Markdown and HTML.

mod html;
mod json;
mod markdown;
mod redline;
mod text;
mod words;

use super::{Class, Diff, Fit, Step};

/// How a diff is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One block a change, with file and line, for a terminal.
    Text,
    /// For programs; `format` in it names the version of the form.
    Json,
    /// Redline as Markdown: struck out what goes, bold what comes.
    Markdown,
    /// Redline as one HTML file without anything from elsewhere.
    Html,
}

/// Writes a diff.
pub fn render(diff: &Diff, format: Format) -> String {
    match format {
        Format::Text => text::render(diff),
        Format::Json => json::render(diff),
        Format::Markdown => markdown::render(diff),
        Format::Html => html::render(diff),
    }
}

/// Text in which nothing is Markdown, on one line.
pub fn escape_markdown(text: &str) -> String {
    markdown::escape(text)
}

/// What changed, in numbers.
pub fn counts(diff: &Diff) -> String {
    let count = |class| diff.of(class).count();
    let [breaking, additive, editorial] = [Class::Breaking, Class::Additive, Class::Editorial].map(count);
    format!("{breaking} breaking, {additive} additive, {editorial} editorial")
}

/// The verdict on the version, in one sentence.
pub fn verdict(diff: &Diff) -> String {
    let (old, new) = (diff.old.version, diff.new.version);
    let step = diff.step().map_or("no", Step::word);
    match diff.fit() {
        Fit::Same => format!("nothing changed; version {new}"),
        Fit::Fits { due } if new == due => format!("version {new} fits: a {step} step from {old} is due"),
        Fit::Fits { due } => format!("version {new} fits: a {step} step from {old} is due, to {due} or more"),
        Fit::TooLow { due } => {
            format!("version {new} does not fit: a {step} step from {old} is due, to {due} or more")
        }
        Fit::OtherMap => {
            format!(
                "`{}` and `{}` are different maps: no version follows from the other",
                diff.old.id, diff.new.id
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Document, compare};
    use super::*;

    fn sample() -> Diff {
        let old = json!({ "id": "m", "version": "1.0.0", "title": "A <b>bold</b> title | and more", "registers": [
            { "id": "a", "address": 1, "description": "The old text of the row.", "scale": { "num": 1, "den": 64 } },
            { "id": "gone", "address": 2 },
        ] });
        let new = json!({ "id": "m", "version": "1.0.1", "title": "A title | and more", "registers": [
            { "id": "a", "address": 1, "description": "The new text of the row.", "scale": { "num": 1, "den": 32 } },
            { "id": "fresh", "address": 2, "modality": "optional" },
        ] });
        let parse = |name, value: &Value| Document::parse(name, &format!("{value:#}")).unwrap();
        compare(&parse("old.json", &old), &parse("new.json", &new)).unwrap()
    }

    #[test]
    fn text_names_file_line_pointer_class_and_the_version_due() {
        let text = render(&sample(), Format::Text);
        for part in [
            "m 1.0.0 (old.json) to 1.0.1 (new.json)",
            "2 breaking, 1 additive, 3 editorial",
            "#/registers/0/scale",
            "1/64",
            "1/32",
            "breaks readers, writers, pollers, devices",
            "hint: `fresh` stands at its place now",
            "version 1.0.1 does not fit: a major step from 1.0.0 is due, to 2.0.0 or more",
        ] {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
        let breaking = text.find("2 of breaking").unwrap_or(0);
        assert!(breaking <= text.find("editorial:").unwrap());
    }

    #[test]
    fn json_can_be_read_back() {
        let value: Value = serde_json::from_str(&render(&sample(), Format::Json)).unwrap();
        assert_eq!(value["format"], "dpo-map-diff/1");
        assert_eq!(value["class"], "breaking");
        assert_eq!(value["step"], "major");
        assert_eq!(value["fit"], json!({ "verdict": "too_low", "due": "2.0.0" }));
        assert_eq!(value["changes"].as_array().unwrap().len(), 6);
        let scale =
            value["changes"].as_array().unwrap().iter().find(|c| c["key"] == "registers[].scale").unwrap();
        assert_eq!(scale["old"]["value"], json!({ "num": 1, "den": 64 }));
        assert_eq!(scale["new"]["pointer"], "/registers/0/scale");
        assert_eq!(scale["parties"], json!(["readers", "writers", "pollers", "devices"]));
    }

    #[test]
    fn the_redline_strikes_out_words_and_escapes_what_the_map_says() {
        let markdown = render(&sample(), Format::Markdown);
        assert!(markdown.contains("The ~~old~~ **new** text of the row."), "{markdown}");
        assert!(markdown.contains(r"\| and more") && !markdown.contains("<b>"), "{markdown}");
        let html = render(&sample(), Format::Html);
        assert!(html.contains("The <del>old</del> <ins>new</ins> text of the row."), "{html}");
        assert!(html.contains("&lt;b&gt;bold&lt;/b&gt;") && !html.contains("<b>"), "{html}");
        // Self-contained: nothing is fetched, nothing runs.
        assert!(!html.contains("http") && !html.contains("<script") && !html.contains("src="), "{html}");
        assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"));
    }
}
