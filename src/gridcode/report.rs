//! A judgement for people: as text, and as one HTML page with its plot.

use std::fmt::Write as _;

use super::model::GridCode;
use super::plot::svg;
use super::table::{number, word};
use super::verdict::{Judgement, Signals, Verdict};
use crate::plot::escape;

/// The judgement as text; `record` is the name of what was judged.
pub fn text(code: &GridCode, record: &str, judgement: &Judgement) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {}", judgement.code, judgement.title);
    let _ = writeln!(out, "record: {record}");
    for clause in &judgement.clauses {
        let _ = writeln!(
            out,
            "\n{:<14} {}: {} [{}]",
            clause.verdict,
            clause.clause,
            clause.title,
            word(clause.confidence)
        );
        for reason in &clause.reasons {
            let _ = writeln!(out, "    {reason}");
        }
        for margin in &clause.margins {
            let at = margin.at_s.map_or_else(String::new, |t| format!(" (event at {} s)", number(t)));
            let _ = writeln!(out, "    margin: {} {} {}{at}", margin.what, signed(margin.value), margin.unit);
        }
    }
    let _ = writeln!(out, "\nmeasured by: {}", parameters(code));
    for note in &judgement.notes {
        let _ = writeln!(out, "note: {note}");
    }
    let _ = writeln!(out, "\n{} {}", judgement.verdict, meaning(judgement.verdict));
    out
}

/// What the verdict on the whole means.
pub fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "every clause that asks something here is met",
        Verdict::Fail => "a clause is not met",
        Verdict::Inconclusive => "a clause cannot be judged, and none is broken; --clause judges single ones",
        Verdict::NotApplicable => "the code asks nothing about what the record holds",
    }
}

/// The choices by which the code was read.
fn parameters(code: &GridCode) -> String {
    let m = &code.measurement;
    [
        (word(m.phase_rule.value), m.phase_rule.confidence),
        (word(m.filter.value), m.filter.confidence),
        (word(m.timing.value), m.timing.confidence),
        (format!("a value at a level is {} it", word(m.at_level.value)), m.at_level.confidence),
        (format!("at exactly the minimum time: {}", word(m.at_limit.value)), m.at_limit.confidence),
        (format!("hysteresis {} p.u.", number(m.hysteresis_pu.value)), m.hysteresis_pu.confidence),
    ]
    .map(|(what, confidence)| format!("{what} ({})", word(confidence)))
    .join(", ")
}

fn signed(value: f64) -> String {
    format!("{}{}", if value >= 0.0 { "+" } else { "" }, number(value))
}

/// The judgement as one HTML page without scripts and without anything from elsewhere.
pub fn html(code: &GridCode, record: &str, signals: &Signals, judgement: &Judgement) -> String {
    let mut rows = String::new();
    for clause in &judgement.clauses {
        let reasons: Vec<String> = clause.reasons.iter().map(|r| escape(r)).collect();
        let margins: Vec<String> = clause
            .margins
            .iter()
            .map(|m| escape(&format!("{} {} {}", m.what, signed(m.value), m.unit)))
            .collect();
        let _ = writeln!(
            rows,
            "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            clause.verdict,
            clause.verdict,
            escape(&clause.clause),
            escape(&clause.title),
            word(clause.confidence),
            reasons.join("<br>"),
            margins.join("<br>")
        );
    }
    let notes: Vec<String> = judgement.notes.iter().map(|n| format!("<li>{}</li>", escape(n))).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<p class=\"{verdict}\">{verdict}: {meaning}</p>\n<p>Record: {record}</p>\n{plot}\n\
         <table>\n<tr><th>Verdict</th><th>Clause</th><th>Requires</th><th>Confidence</th><th>Why</th><th>Margins</th></tr>\n\
         {rows}</table>\n<p>Measured by: {parameters}.</p>\n<ul>\n{notes}\n</ul>\n</body>\n</html>\n",
        title = escape(&format!("{}: {}", judgement.code, judgement.title)),
        verdict = judgement.verdict,
        meaning = meaning(judgement.verdict),
        record = escape(record),
        plot = svg(code, signals, judgement),
        parameters = escape(&parameters(code)),
        notes = notes.join("\n"),
    )
}

const STYLE: &str = "body{font:15px/1.4 sans-serif;max-width:64em;margin:2em auto;padding:0 1em}\
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3em .5em;text-align:left;vertical-align:top}\
.PASS td:first-child,p.PASS{color:#1a7f37;font-weight:bold}.FAIL td:first-child,p.FAIL{color:#b3261e;font-weight:bold}\
.INCONCLUSIVE td:first-child,p.INCONCLUSIVE{color:#8a6100;font-weight:bold}svg{max-width:100%;height:auto}";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gridcode::find;
    use crate::gridcode::history::History;
    use crate::gridcode::verdict::{Options, judge};

    fn judged() -> (GridCode, Signals, Judgement) {
        let code = find("ercot-nogrr282").unwrap();
        let low = History::steps(&[(0.0, 1.0), (2.0, 0.3), (2.2, 1.0)], 8.0).unwrap();
        let power = vec![(0.0, 1e5), (2.0, 1e5), (2.0, 0.0), (3.0, 0.0), (3.4, 1e5), (8.0, 1e5)];
        let signals = Signals {
            high_pu: Some(low.clone()),
            low_pu: Some(low),
            power_w: Some(History::new(power).unwrap()),
            notes: vec!["made <up>".to_owned()],
            ..Signals::default()
        };
        let judgement = judge(&code, &signals, &Options::default());
        (code, signals, judgement)
    }

    #[test]
    fn the_text_has_verdicts_reasons_margins_and_assumptions() {
        let (code, _, judgement) = judged();
        let text = text(&code, "sag.csv", &judgement);
        for wanted in [
            "ercot-nogrr282@2026-02",
            "unconfirmed",
            "PASS           voltage: Voltage ride-through [reported]",
            "sag at 2.000 s to 0.300 p.u. for 0.200 s: the load must ride through; it did",
            "margin: time until the load may trip +0.05 s (event at 2 s)",
            "90 % of the power is back after 1.160 s",
            "any phase (assumed)",
            "note: made <up>",
            "INCONCLUSIVE   frequency",
        ] {
            assert!(text.contains(wanted), "{wanted}\n{text}");
        }
        assert!(text.trim_end().lines().last().unwrap().starts_with("INCONCLUSIVE"));
    }

    #[test]
    fn the_page_is_whole_and_escaped() {
        let (code, signals, judgement) = judged();
        let page = html(&code, "a<b>.csv", &signals, &judgement);
        assert!(
            page.contains("a&lt;b&gt;.csv") && page.contains("made &lt;up&gt;") && !page.contains("<up>")
        );
        assert!(page.contains("<svg") && page.ends_with("</html>\n"));
        assert_eq!(page, html(&code, "a<b>.csv", &signals, &judgement));
    }
}
