//! The figure of the states. Words and places are data (`states.json`); which changes there are is asked of the
//! state machine itself, and the two must agree.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::matrix::cell;
use crate::control::orchestrator;

/// The states during an event, and how one becomes the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct States {
    /// The boxes.
    pub phases: Vec<Phase>,
    /// The arrows.
    pub changes: Vec<Change>,
}

/// One box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Phase {
    /// Name of the phase in the state machine.
    pub id: String,
    /// What stands in the box, a line each.
    pub lines: Vec<String>,
    /// Centre of the box.
    pub x: i32,
    /// Centre of the box.
    pub y: i32,
}

/// One arrow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// Phase before.
    pub from: String,
    /// Phase after.
    pub to: String,
    /// Number in the figure and the table.
    pub number: u32,
    /// When it happens.
    pub when: String,
}

/// Half the width and height of a box.
const HALF: (i32, i32) = (125, 36);
/// How far an arrow is beside the line between two centres.
const ASIDE: f64 = 12.0;
/// Length of the head of an arrow.
const TIP: f64 = 11.0;

impl States {
    fn phase(&self, id: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.id == id)
    }

    /// Where the figure and the state machine differ.
    pub(super) fn wrong(&self) -> Vec<String> {
        let code: BTreeSet<(String, String)> = orchestrator::phase_changes()
            .into_iter()
            .map(|(from, to)| (from.to_owned(), to.to_owned()))
            .collect();
        let drawn: BTreeSet<(String, String)> =
            self.changes.iter().map(|change| (change.from.clone(), change.to.clone())).collect();
        let say = |what: &str, (from, to): &(String, String)| format!("{from} to {to}: {what}");
        let missing =
            code.difference(&drawn).map(|pair| say("the state machine does this, the figure not", pair));
        let invented = drawn.difference(&code).map(|pair| say("the state machine does not do this", pair));
        let unknown = drawn
            .iter()
            .flat_map(|(from, to)| [from, to])
            .filter(|id| self.phase(id).is_none())
            .map(|id| format!("{id} has no box"));
        missing.chain(invented).chain(unknown).collect()
    }
}

/// The changes as a table.
pub(super) fn table(states: &States) -> String {
    let mut out = String::from("| | from | to | when |\n| ---: | :--- | :--- | :--- |\n");
    for change in &states.changes {
        let name =
            |id: &str| states.phase(id).and_then(|p| p.lines.first()).map_or(id.to_owned(), Clone::clone);
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            change.number,
            name(&change.from),
            name(&change.to),
            cell(&change.when)
        );
    }
    out
}

/// The figure.
pub(super) fn svg(states: &States) -> String {
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 420\" width=\"760\" height=\"420\" \
         font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n\
         <title>States of the gateway during an event of the AC input</title>\n\
         <rect width=\"760\" height=\"420\" fill=\"#fff\"/>\n",
    );
    for change in &states.changes {
        let (Some(from), Some(to)) = (states.phase(&change.from), states.phase(&change.to)) else { continue };
        arrow(from, to, change.number, &mut out);
    }
    for phase in &states.phases {
        let (x, y) = (phase.x - HALF.0, phase.y - HALF.1);
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"#f2f5f9\" stroke=\"#333\"/>",
            2 * HALF.0,
            2 * HALF.1
        );
        let lines = phase.lines.len() as i32;
        for (number, line) in phase.lines.iter().enumerate() {
            let down = phase.y + 5 + 17 * number as i32 - 17 * (lines - 1) / 2;
            let weight = if number == 0 { "bold" } else { "normal" };
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{down}\" text-anchor=\"middle\" font-weight=\"{weight}\">{}</text>",
                phase.x,
                line.replace('&', "&amp;").replace('<', "&lt;")
            );
        }
    }
    out + "</svg>\n"
}

/// An arrow between the edges of two boxes, moved to its right side so that the one back is apart.
fn arrow(from: &Phase, to: &Phase, number: u32, out: &mut String) {
    let (dx, dy) = (f64::from(to.x - from.x), f64::from(to.y - from.y));
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let (sx, sy) = (-uy * ASIDE, ux * ASIDE);
    // How far from its middle a line that passes a box beside its centre leaves it.
    let reach = |sign: f64| {
        let along = |half: i32, u: f64, s: f64| {
            if u.abs() < 1e-9 { f64::INFINITY } else { (f64::from(half) - sign * s * u.signum()) / u.abs() }
        };
        along(HALF.0, ux, sx).min(along(HALF.1, uy, sy)) + 2.0
    };
    let (begin, end) = (reach(1.0), reach(-1.0));
    let (x1, y1) = (f64::from(from.x) + ux * begin + sx, f64::from(from.y) + uy * begin + sy);
    let (x2, y2) = (f64::from(to.x) - ux * end + sx, f64::from(to.y) - uy * end + sy);
    let _ = writeln!(
        out,
        "<line x1=\"{x1:.0}\" y1=\"{y1:.0}\" x2=\"{x2:.0}\" y2=\"{y2:.0}\" stroke=\"#333\" stroke-width=\"1.4\"/>"
    );
    // A path of its own: not every renderer draws markers.
    let (bx, by) = (x2 - ux * TIP, y2 - uy * TIP);
    let (wx, wy) = (-uy * TIP * 0.4, ux * TIP * 0.4);
    let _ = writeln!(
        out,
        "<path d=\"M{x2:.1} {y2:.1} L{:.1} {:.1} L{:.1} {:.1} z\" fill=\"#333\"/>",
        bx + wx,
        by + wy,
        bx - wx,
        by - wy
    );
    // A third of the way, where arrows that cross have their numbers apart.
    let (mx, my) = (x1 + (x2 - x1) * 0.36 + sx * 0.8, y1 + (y2 - y1) * 0.36 + sy * 0.8);
    let _ = writeln!(
        out,
        "<circle cx=\"{mx:.0}\" cy=\"{my:.0}\" r=\"9\" fill=\"#fff\" stroke=\"#333\"/>\
         <text x=\"{mx:.0}\" y=\"{:.0}\" text-anchor=\"middle\" font-size=\"11\">{number}</text>",
        my + 4.0
    );
}
