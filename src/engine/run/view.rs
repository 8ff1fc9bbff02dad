//! The newest tick of each gateway as a page of a terminal (plain ANSI): two lines a gateway, within 80 columns and 24 lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::line::Line;
use crate::engine::push::Outcome;

/// Most gateways that are shown: with head and foot they fit a terminal of 24 lines.
const MOST_SHOWN: usize = 10;
/// Columns of a line: a line that is longer would wrap, and push the page out of its place.
const COLUMNS: usize = 80;
/// Back to the top, and from there on empty.
const TOP: &str = "\x1b[H\x1b[J";

/// The newest lines.
#[derive(Debug, Default)]
pub struct View {
    newest: BTreeMap<String, Line>,
    /// Entries of the record so far, by gateway.
    entries: BTreeMap<String, String>,
}

impl View {
    /// Takes a line.
    pub fn take(&mut self, line: &Line) {
        if let Some(part) = line.record.last() {
            self.entries.insert(line.gateway.clone(), part.entry.clone());
        }
        self.newest.insert(line.gateway.clone(), line.clone());
    }

    /// The page, with what a terminal needs to show it in place of the one before.
    pub fn page(&self) -> String {
        let mut page = String::from(TOP);
        let head = "gateway                 load    in 1 s   grid in        slope       BBU    SoC";
        let _ = writeln!(page, "{head}");
        for line in self.newest.values().take(MOST_SHOWN) {
            for row in self.rows(line) {
                let _ = writeln!(page, "{}", clean(row.trim_end(), COLUMNS));
            }
        }
        if self.newest.len() > MOST_SHOWN {
            let _ = writeln!(page, "and {} more", self.newest.len() - MOST_SHOWN);
        }
        page
    }

    /// What is read and expected, and what is asked and held.
    fn rows(&self, line: &Line) -> [String; 2] {
        let kw = |w: Option<f64>| w.map_or("-".to_owned(), |w| format!("{:.2} kW", thousands(w)));
        let telemetry = line.telemetry.as_ref();
        let ahead = line.forecast.as_ref().and_then(|f| f.ahead.iter().find(|a| a[0] >= 1.0)).map(|a| a[1]);
        let slope = line.grid.as_ref().and_then(|g| g.slope_w_per_s);
        let charge = telemetry.map_or("-".to_owned(), |t| format!("{:.0} %", 100.0 * t.state_of_charge));
        let read = format!(
            "{:<18}{:>10}{:>10}{:>10}{:>13}{:>10}{:>7}",
            clean(&line.gateway, 17),
            kw(telemetry.map(|t| t.load_w)),
            kw(ahead),
            kw(line.grid.as_ref().map(|g| g.input_w)),
            slope.map_or("-".to_owned(), |s| format!("{:.2} kW/s", thousands(s))),
            kw(telemetry.map(|t| t.bbu_w)),
            charge,
        );
        let wanted = line.setpoint.as_ref().map_or("none".to_owned(), |s| {
            let limit = s.input_limit_w.map_or("no limit".to_owned(), |w| kw(Some(w)));
            format!("{limit}, {}", s.reason.unwrap_or(s.source))
        });
        let mut held = match line.push.as_ref().map(|p| &p.outcome) {
            None => "not sent".to_owned(),
            Some(Outcome::Held { input_limit_w, bbu_discharge_w, .. }) => {
                let limit = input_limit_w.map_or("no limit".to_owned(), |w| kw(Some(w)));
                format!("held {limit}, BBUs give {}", kw(Some(*bbu_discharge_w)))
            }
            Some(Outcome::Refused { reason }) => format!("refused: {reason}"),
            Some(Outcome::Lost { reason }) => format!("lost: {reason}"),
            Some(Outcome::Expired { .. }) => "too old, not sent".to_owned(),
            Some(Outcome::GivenBack) => "given back".to_owned(),
        };
        if let Some(entry) = self.entries.get(&line.gateway) {
            held = format!("record {}; {held}", clean(entry, 20));
        }
        [read, format!("  asked {}; {held}", clean(&wanted, 26))]
    }
}

/// In thousands, to two places; what rounds to nothing has no sign.
fn thousands(value: f64) -> f64 {
    let rounded = (value / 10.0).round() / 100.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// What a gateway says must not move the cursor, nor take more than its place.
fn clean(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::super::line::{PushPart, RecordPart};
    use super::super::log::tests::line;
    use super::*;

    #[test]
    fn the_page_shows_the_newest_of_each_and_no_control_characters_of_others() {
        let mut view = View::default();
        for n in 0..30 {
            let reason = "\x1b[2Jno".to_owned();
            let push =
                PushPart { time: String::new(), made: String::new(), outcome: Outcome::Refused { reason } };
            let record = vec![RecordPart { time: String::new(), entry: "E7".to_owned() }];
            view.take(&Line { gateway: format!("g{n:02}"), push: Some(push), record, ..line(n) });
        }
        let page = view.page();
        assert_eq!(page.matches("\x1b[").count(), 2, "{page}");
        assert!(page.contains("g00") && page.contains("record E7; refused: [2Jno"), "{page}");
        assert!(page.contains("and 20 more"));
    }

    #[test]
    fn what_rounds_to_nothing_has_no_sign() {
        assert_eq!([-4.9, 4.9, -0.0].map(|w| format!("{:.2}", thousands(w))), ["0.00"; 3]);
        assert_eq!([-6.0, 1234.0].map(|w| format!("{:.2}", thousands(w))), ["-0.01", "1.23"]);
    }

    #[test]
    fn the_page_fits_a_terminal_of_80_columns_and_24_lines() {
        let mut view = View::default();
        for n in 0..30 {
            let reason = "a reason that goes on and on ".repeat(20);
            let push =
                PushPart { time: String::new(), made: String::new(), outcome: Outcome::Lost { reason } };
            view.take(&Line {
                gateway: format!("https://gateway-{n:02}.example:8443"),
                push: Some(push),
                ..line(n)
            });
        }
        let page = view.page();
        let page = page.strip_prefix(TOP).unwrap();
        // The cursor rests on the line after the last.
        assert!(page.lines().count() < 24 && page.ends_with('\n'), "{page}");
        assert!(page.lines().all(|l| l.chars().count() <= COLUMNS), "{page}");
        let (head, row) = (page.lines().next().unwrap(), page.lines().nth(1).unwrap());
        assert_eq!(head.chars().count(), row.chars().count(), "{page}");
    }
}
