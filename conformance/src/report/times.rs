//! Histograms of answer times for the HTML page: SVG without any outside address.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::answers::{AnswerTimes, LAST_BIN, edge_us};
use crate::outcome::Record;

/// Bins of a decade, which the axis names.
const DECADE: u8 = 8;
/// Width of a bar in pixels.
const BAR: u32 = 11;
/// Height of the tallest bar in pixels.
const TALLEST: u32 = 60;
/// Room for the words of the axis in pixels.
const AXIS: u32 = 18;

/// A time as people read it.
fn shown(us: f64) -> String {
    if us < 1e3 {
        format!("{us:.0} µs")
    } else if us < 1e4 {
        format!("{:.1} ms", us / 1e3)
    } else if us < 1e6 {
        format!("{:.0} ms", us / 1e3)
    } else {
        format!("{:.1} s", us / 1e6)
    }
}

/// Answer times of one case, in words.
pub(super) fn words(times: &AnswerTimes) -> String {
    let [fastest, median, p99, slowest] =
        [times.fastest_us, times.median_us, times.p99_us, times.slowest_us].map(|us| shown(f64::from(us)));
    format!(
        "{} answers: fastest {fastest}, median {median}, 99 of 100 within {p99}, slowest {slowest}",
        times.count()
    )
}

/// Answer times of all cases of a subject, in words and with their bins; `None` if there are none.
pub(super) fn of_subject<'a>(
    records: impl Iterator<Item = &'a Record>,
) -> Option<(String, BTreeMap<u8, u32>)> {
    let mut bins: BTreeMap<u8, u32> = BTreeMap::new();
    let (mut fastest, mut slowest) = (u32::MAX, 0);
    for times in records.filter_map(|record| record.answers.as_ref()) {
        (fastest, slowest) = (fastest.min(times.fastest_us), slowest.max(times.slowest_us));
        for (bin, count) in &times.bins {
            let sum = bins.entry((*bin).min(LAST_BIN)).or_default();
            *sum = sum.saturating_add(*count);
        }
    }
    let count = bins.values().fold(0u64, |sum, count| sum + u64::from(*count));
    let words = format!(
        "{count} answers in all cases: fastest {}, slowest {}",
        shown(f64::from(fastest)),
        shown(f64::from(slowest))
    );
    (count > 0).then_some((words, bins))
}

/// A histogram: whole decades on the axis, the height of a bar as its count. `words` is what a reader hears who does
/// not see it.
pub(super) fn chart(words: &str, bins: &BTreeMap<u8, u32>) -> String {
    let (Some(first), Some(last)) = (bins.keys().next(), bins.keys().next_back()) else {
        return String::new();
    };
    let from = first / DECADE * DECADE;
    let to = (last.min(&LAST_BIN) / DECADE + 1) * DECADE;
    let most = bins.values().copied().max().unwrap_or(1).max(1);
    let place = |bin: u8| u32::from(bin.saturating_sub(from)) * BAR;
    // Half a word of the axis stands out to the left and to the right.
    let (side, width, height) = (24, place(to) + 48, TALLEST + AXIS);
    let mut svg = format!(
        "<svg class=\"times\" role=\"img\" aria-label=\"{}\" width=\"{width}\" height=\"{height}\" viewBox=\"-{side} 0 {width} {height}\">",
        super::html::text(words)
    );
    for (bin, count) in bins {
        // A bin with one answer is still seen.
        let tall = (u64::from(*count) * u64::from(TALLEST)).div_ceil(u64::from(most)).max(1);
        let top = u64::from(TALLEST) - tall;
        // Writing into a string does not fail.
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{top}\" width=\"{}\" height=\"{tall}\"><title>{} to {}: {count}</title></rect>",
            place(*bin),
            BAR - 1,
            shown(edge_us(*bin)),
            shown(edge_us(bin.saturating_add(1)))
        );
    }
    let _ = write!(svg, "<path d=\"M0 {TALLEST}.5H{}\"/>", place(to));
    for decade in (from..=to).step_by(usize::from(DECADE)) {
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            place(decade),
            height - 4,
            shown(edge_us(decade)).replace(".0 ", " ")
        );
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_tall_as_its_count() {
        let times = AnswerTimes::of(&[1500, 1500, 1500, 1500, 2500, 80_000]).unwrap();
        let svg = chart(&words(&times), &times.bins);
        let tall: Vec<&str> = svg
            .split("<rect ")
            .skip(1)
            .filter_map(|bar| bar.split("height=\"").nth(1)?.split('"').next())
            .collect();
        assert_eq!(tall, ["60", "15", "15"], "{svg}");
        // From 1 ms to 100 ms: two decades, three marks.
        for mark in [">1 ms<", ">10 ms<", ">100 ms<"] {
            assert!(svg.contains(mark), "{mark}: {svg}");
        }
        assert!(svg.contains("6 answers: fastest 1.5 ms, median 1.5 ms, 99 of 100 within 80 ms"), "{svg}");
        assert_eq!(chart("", &BTreeMap::new()), "");
    }

    #[test]
    fn bins_that_a_report_invents_are_no_harm() {
        let svg = chart("<x>", &BTreeMap::from([(0, 1), (u8::MAX, u32::MAX)]));
        assert!(svg.contains("&lt;x&gt;") && svg.ends_with("</svg>"), "{svg}");
    }
}
