//! Results for people: tables (Markdown, CSV), and one HTML page without scripts and without anything from
//! elsewhere, for light and dark screens and for paper.

use std::fmt::Write as _;

use crate::plot::escape;

/// A table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The heads of the columns.
    pub head: Vec<String>,
    /// The rows, as wide as the head.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|c| c.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule: Vec<String> = self.head.iter().map(|_| "---".to_owned()).collect();
        let mut out = line(&self.head) + &line(&rule);
        for row in &self.rows {
            out += &line(row);
        }
        out
    }

    /// As comma-separated values; cells with commas or quotes are quoted.
    pub fn csv(&self) -> String {
        let cell = |text: &String| {
            if text.contains([',', '"', '\n']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.clone()
            }
        };
        let mut out = String::new();
        for row in std::iter::once(&self.head).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(cell).collect();
            let _ = writeln!(out, "{}", cells.join(","));
        }
        out
    }

    fn html(&self) -> String {
        let row = |tag: &str, cells: &[String]| {
            let cells: String = cells.iter().map(|c| format!("<{tag}>{}</{tag}>", escape(c))).collect();
            format!("<tr>{cells}</tr>\n")
        };
        let body: String = self.rows.iter().map(|r| row("td", r)).collect();
        format!(
            "<div class=\"wide\"><table>\n<thead>{}</thead>\n<tbody>{body}</tbody></table></div>\n",
            row("th", &self.head)
        )
    }
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A table.
    Table(Table),
    /// A drawing: SVG text.
    Drawing(String),
}

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// The command that made it.
    pub command: String,
    /// What stands on it.
    pub parts: Vec<Part>,
}

impl Page {
    /// The page as HTML.
    pub fn html(&self) -> String {
        let mut body = String::new();
        for part in &self.parts {
            match part {
                Part::Heading(text) => {
                    let _ = writeln!(body, "<h2>{}</h2>", escape(text));
                }
                Part::Text(text) => {
                    let _ = writeln!(body, "<p>{}</p>", escape(text));
                }
                Part::Table(table) => body += &table.html(),
                Part::Drawing(svg) => {
                    let _ = writeln!(body, "<figure>{svg}</figure>");
                }
            }
        }
        let (title, command) = (escape(&self.title), escape(&self.command));
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
             <p class=\"simulated\">Simulated. Nothing here was measured on hardware. Made by <code>{command}</code>; the same \
             seed gives the same bytes.</p>\n{body}</body>\n</html>\n"
        )
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:15px/1.45 sans-serif;max-width:76em;margin:2em auto;padding:0 1em;color:#1c1c1c;background:#ffffff}\
figure{margin:1em 0;overflow-x:auto}svg{max-width:100%;height:auto}.wide{overflow-x:auto}\
table{border-collapse:collapse;font-size:14px}td,th{border:1px solid #bbbbbb;padding:.3em .55em;text-align:left;vertical-align:top}\
.simulated{border-left:4px solid #b45f06;padding:.3em .8em}code{font-size:13px}\
@media screen and (prefers-color-scheme:dark){body{color:#e2e2e2;background:#121212}td,th{border-color:#444444}}\
@media print{body{max-width:none;margin:0;font-size:10pt;color:#000000;background:#ffffff}figure,tr{break-inside:avoid}h2{break-after:avoid}}";

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["design", "result"]);
        table.row(["a|b".to_owned(), "yes, \"all\"".to_owned()]);
        table
    }

    #[test]
    fn tables_are_escaped_for_each_format() {
        assert_eq!(table().markdown(), "| design | result |\n| --- | --- |\n| a\\|b | yes, \"all\" |\n");
        assert_eq!(table().csv(), "design,result\na|b,\"yes, \"\"all\"\"\"\n");
    }

    #[test]
    fn a_page_says_that_it_is_simulated_and_is_whole() {
        let parts = vec![
            Part::Heading("H".to_owned()),
            Part::Text("a < b".to_owned()),
            Part::Table(table()),
            Part::Drawing("<svg></svg>".to_owned()),
        ];
        let page = Page { title: "T & T".to_owned(), command: "dpo simulate x".to_owned(), parts }.html();
        for wanted in [
            "Simulated. Nothing",
            "T &amp; T",
            "a &lt; b",
            "<td>a|b</td>",
            "<svg></svg>",
            "prefers-color-scheme:dark",
            "@media print",
        ] {
            assert!(page.contains(wanted), "{wanted}");
        }
        assert!(page.ends_with("</html>\n") && !page.contains("http://") && !page.contains("<script"));
    }
}
