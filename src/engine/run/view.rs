//! The newest tick of each gateway as a page of a terminal (plain ANSI).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::line::Line;
use crate::engine::push::Outcome;

/// Most gateways that are shown.
const MOST_SHOWN: usize = 20;
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
        if let Some(entry) = line.record.last() {
            self.entries.insert(line.gateway.clone(), entry.clone());
        }
        self.newest.insert(line.gateway.clone(), line.clone());
    }

    /// The page, with what a terminal needs to show it in place of the one before.
    pub fn page(&self) -> String {
        let mut page = String::from(TOP);
        let head = "gateway                  load    in 1 s   grid in     slope      BBU    SoC  setpoint            held";
        let _ = writeln!(page, "{head}");
        for line in self.newest.values().take(MOST_SHOWN) {
            let _ = writeln!(page, "{}", self.row(line));
        }
        if self.newest.len() > MOST_SHOWN {
            let _ = writeln!(page, "and {} more", self.newest.len() - MOST_SHOWN);
        }
        page
    }

    fn row(&self, line: &Line) -> String {
        let kw = |w: Option<f64>| w.map_or("-".to_owned(), |w| format!("{:.2} kW", w / 1e3));
        let telemetry = line.telemetry.as_ref();
        let ahead = line.forecast.as_ref().and_then(|f| f.ahead.iter().find(|a| a[0] >= 1.0)).map(|a| a[1]);
        let slope = line.grid.as_ref().and_then(|g| g.slope_w_per_s);
        let mut wanted = line.setpoint.as_ref().map_or("-".to_owned(), |s| {
            let limit = s.input_limit_w.map_or("no limit".to_owned(), |w| kw(Some(w)));
            format!("{limit} {}", s.reason.unwrap_or(s.source))
        });
        wanted.truncate(19);
        let mut held = match line.push.as_ref().map(|p| &p.outcome) {
            None => "not sent".to_owned(),
            Some(Outcome::Held { input_limit_w, bbu_discharge_w, .. }) => {
                format!(
                    "{} / {}",
                    input_limit_w.map_or("-".to_owned(), |w| kw(Some(w))),
                    kw(Some(*bbu_discharge_w))
                )
            }
            Some(Outcome::Refused { reason }) => format!("refused: {reason}"),
            Some(Outcome::Lost { reason }) => format!("lost: {reason}"),
            Some(Outcome::Expired { .. }) => "too old".to_owned(),
            Some(Outcome::GivenBack) => "given back".to_owned(),
        };
        if let Some(entry) = self.entries.get(&line.gateway) {
            let _ = write!(held, "  record {entry}");
        }
        // What a gateway says must not move the cursor.
        let clean = |text: &str, most: usize| -> String {
            text.chars().filter(|c| !c.is_control()).take(most).collect()
        };
        format!(
            "{:<22}{:>9}{:>10}{:>10}{:>10}{:>9}{:>6.0}%  {:<19} {}",
            clean(&line.gateway, 21),
            kw(telemetry.map(|t| t.load_w)),
            kw(ahead),
            kw(line.grid.as_ref().map(|g| g.input_w)),
            slope.map_or("-".to_owned(), |s| format!("{:.2} kW/s", s / 1e3)),
            kw(telemetry.map(|t| t.bbu_w)),
            telemetry.map_or(f64::NAN, |t| 100.0 * t.state_of_charge),
            clean(&wanted, 19),
            clean(&held, 60),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::PushPart;
    use super::super::log::tests::line;
    use super::*;

    #[test]
    fn the_page_shows_the_newest_of_each_and_no_control_characters_of_others() {
        let mut view = View::default();
        for n in 0..30 {
            let reason = "\x1b[2Jno".to_owned();
            let push =
                PushPart { time: String::new(), made: String::new(), outcome: Outcome::Refused { reason } };
            let record = vec!["E7".to_owned()];
            view.take(&Line { gateway: format!("g{n:02}"), push: Some(push), record, ..line(n) });
        }
        let page = view.page();
        assert_eq!(page.matches("\x1b[").count(), 2, "{page}");
        assert!(page.contains("g00") && page.contains("refused: [2Jno  record E7"), "{page}");
        assert!(page.contains("and 10 more"));
    }
}
