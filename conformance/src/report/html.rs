//! One static page without any outside address: results a subject, each case with clause, expectation,
//! what was seen, procedure and raw frames.

use std::io::{self, Write};

use super::{Header, counts, times};
use crate::outcome::{Outcome, Record, Verdict};
use crate::profile;

const STYLE: &str = "
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
.verdict{padding:.7rem 1rem;border-left:.4rem solid #777;background:#f3f3f3;font-weight:600}
.verdict.ok{border-color:#19713a}.verdict.bad{border-color:#b3261e}.verdict.open{border-color:#9a6700}
details{border-bottom:1px solid #ddd;padding:.25rem 0}summary{cursor:pointer}
.o{display:inline-block;min-width:9.5rem;font-weight:600}
.PASS{color:#19713a}.FAIL,.ERROR{color:#b3261e}.NON-STRICT,.INCONCLUSIVE{color:#9a6700}
.NOT-RUN,.NOT-APPLICABLE{color:#5c5c5c}
dl{display:grid;grid-template-columns:8rem 1fr;gap:.2rem .8rem;margin:.5rem 0 .8rem 1.2rem}dt{color:#555}dd{margin:0}
pre{margin:0;overflow-x:auto;background:#f6f6f6;padding:.5rem;max-height:22rem}
.times{display:block;fill:#3b6ea5;margin:.3rem 0}.times path{stroke:#777}
.times text{fill:#555;font-size:11px;text-anchor:middle}
@media(prefers-color-scheme:dark){body{background:#161616;color:#e6e6e6}.verdict,pre{background:#242424}
details{border-color:#3a3a3a}dt{color:#aaa}.times{fill:#7fb2ea}.times text{fill:#aaa}.PASS{color:#6fd08c}.FAIL,.ERROR{color:#ff8a80}
.NON-STRICT,.INCONCLUSIVE{color:#f0c05a}.NOT-RUN,.NOT-APPLICABLE{color:#a0a0a0}}
";

pub(super) fn write(
    out: &mut dyn Write,
    header: &Header,
    records: &[Record],
    verdict: &Verdict,
) -> io::Result<()> {
    let class = match verdict {
        Verdict::Conformant => "ok",
        Verdict::NotConformant { .. } => "bad",
        // Also if what was run conforms: it was not all.
        Verdict::Selected { .. } | Verdict::Partial { .. } | Verdict::NothingJudged => "open",
    };
    writeln!(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")?;
    writeln!(
        out,
        "<title>dpo-conformance: {}</title><style>{STYLE}</style></head><body>",
        text(&header.target)
    )?;
    writeln!(out, "<h1>Conformance of {}</h1>", text(&header.target))?;
    writeln!(out, "<p class=\"verdict {class}\">{}</p>", text(&verdict.to_string()))?;
    let counts: Vec<String> = counts(records).iter().map(|(word, n)| format!("{word} {n}")).collect();
    writeln!(out, "<p>{}</p>", counts.join(", "))?;
    let profiles = profile::verdicts(records, header.strict);
    if !profiles.is_empty() {
        writeln!(out, "<dl>")?;
        for (profile, verdict) in profiles {
            writeln!(out, "<dt>Profile {profile}</dt><dd>{}</dd>", text(&verdict.to_string()))?;
        }
        writeln!(out, "</dl>")?;
    }
    writeln!(
        out,
        "<p>Devices: {}. Maps: {}. Suite {}, specification {}, classes R{}{}, seed {:#x}.</p>",
        text(&header.devices.join(", ")),
        text(&header.maps.join(", ")),
        header.suite,
        if header.specification.is_empty() { "not told" } else { header.specification.as_str() },
        if header.writes { ", N, W" } else { "" },
        if header.disruptive { ", D" } else { "" },
        header.seed
    )?;
    if let Some(product) = &header.product {
        let certify = if header.certify { ", a run for a certificate" } else { "" };
        writeln!(out, "<p>{}{certify}.</p>", text(&product.to_string()))?;
    }
    if header.strict {
        writeln!(out, "<p>Strict: SHOULD cases decide, too, and NON-STRICT fails.</p>")?;
    }
    if let Some(waits) = &header.waits {
        writeln!(out, "<p>The suite {waits}.</p>")?;
    }
    if !header.sampled.is_empty() {
        writeln!(out, "<p>Sampled less than by default: {}.</p>", text(&header.sampled.join(", ")))?;
    }
    if !header.beyond.is_empty() {
        writeln!(out, "<p>Shown and not claimed: {}.</p>", text(&header.beyond.join(", ")))?;
    }
    let mut subject = None;
    for record in records {
        if subject != Some(&record.subject) {
            writeln!(out, "<h2>{}</h2>", text(&record.subject))?;
            let own = records.iter().filter(|r| r.subject == record.subject);
            if let Some((words, bins)) = times::of_subject(own) {
                writeln!(out, "<p>{}</p>{}", text(&words), times::chart(&words, &bins))?;
            }
            subject = Some(&record.subject);
        }
        case(out, record)?;
    }
    writeln!(out, "</body></html>")?;
    out.flush()
}

/// Bytes of a case's log that the page shows from its beginning, and from its end.
const LOG_BEGIN: usize = 2000;
/// See [`LOG_BEGIN`].
const LOG_END: usize = 4000;

fn case(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    let open = if matches!(record.outcome, Outcome::Fail | Outcome::Error) { " open" } else { "" };
    let word = record.outcome.word();
    writeln!(
        out,
        "<details{open}><summary><span class=\"o {word}\">{word}</span> {} {}</summary><dl>",
        text(&record.id),
        text(&record.title)
    )?;
    let level = if record.level == crate::catalogue::Level::Must { "MUST" } else { "SHOULD" };
    writeln!(
        out,
        "<dt>Clause</dt><dd>{} ({level}, class {})</dd>",
        text(&record.clause),
        record.class.letter()
    )?;
    writeln!(out, "<dt>Expected</dt><dd>{}</dd>", text(&record.expectation))?;
    writeln!(out, "<dt>Seen</dt><dd>{}</dd>", text(&record.seen.join("\n")).replace('\n', "<br>"))?;
    writeln!(out, "<dt>Procedure</dt><dd>{}</dd>", text(&record.procedure.join("\n")).replace('\n', "<br>"))?;
    if let Some(own) = &record.answers {
        let words = times::words(own);
        writeln!(
            out,
            "<dt>Answer times</dt><dd>{}<br>{}</dd>",
            text(&words),
            times::chart(&words, &own.bins)
        )?;
    }
    if !record.frames.is_empty() {
        let frames: Vec<String> =
            record.frames.iter().map(|f| format!("{} {}", f.direction, f.bytes)).collect();
        writeln!(out, "<dt>Frames</dt><dd><pre>{}</pre></dd>", text(&shortened(&frames).join("\n")))?;
    }
    writeln!(out, "</dl></details>")
}

/// The lines of a log that fit on the page: its beginning and its end. A page of many cases stays readable; the JSON report
/// has all that was kept.
fn shortened(lines: &[String]) -> Vec<String> {
    let fits = |lines: &mut dyn Iterator<Item = &String>, budget: usize| {
        let mut used = 0;
        lines
            .take_while(|line| {
                used += line.len() + 1;
                used <= budget
            })
            .count()
    };
    if fits(&mut lines.iter(), LOG_BEGIN + LOG_END) == lines.len() {
        return lines.to_vec();
    }
    let (begin, end) = (fits(&mut lines.iter(), LOG_BEGIN), fits(&mut lines.iter().rev(), LOG_END));
    let end = lines.len().saturating_sub(end).max(begin);
    let left = format!("… {} lines left out; the JSON report has them", end - begin);
    let parts = [lines.get(..begin), lines.get(end..)].map(Option::unwrap_or_default);
    let [begin, end] = parts;
    [begin, &[left], end].concat()
}

pub(super) fn text(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
