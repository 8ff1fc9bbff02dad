//! What a run is going to write, shown and confirmed before the first write.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::Path;

use super::judge::would;
use crate::outcome::LeftOut;
use crate::rack::Shelf;
use crate::restore::Restore;

/// Classes that do more than read, with what they do.
const CLASSES: [(char, &str); 4] = [
    ('N', "writes that must be refused"),
    ('W', "writes that are put back"),
    ('D', "disruptive: an output may go off"),
    ('T', "with the instrument"),
];

/// The plan of what is written, one line each; none if nothing is.
///
/// # Errors
/// Why it could not be made.
pub(super) async fn lines(
    shelves: &[&Shelf],
    notes: &Restore,
    journal: &Path,
) -> Result<Vec<String>, String> {
    let mut lines: Vec<String> = notes
        .lines()
        .iter()
        .map(|note| format!("  left by an earlier run, put back first: {note}"))
        .collect();
    for shelf in shelves {
        let mut subjects: BTreeMap<String, BTreeMap<char, Vec<String>>> = BTreeMap::new();
        let selection = &shelf.plan.selection;
        if !selection.writes && !selection.disruptive {
            continue;
        }
        would(&shelf.plan, &mut |record| {
            if record.left_out == Some(LeftOut::DryRun) && record.class.letter() != 'R' {
                let classes = subjects.entry(shelf.names(&record.subject)).or_default();
                classes.entry(record.class.letter()).or_default().push(record.id.clone());
            }
        })
        .await?;
        for (subject, classes) in subjects {
            lines.push(format!("  {subject}"));
            for (class, what) in CLASSES {
                if let Some(ids) = classes.get(&class) {
                    lines.push(format!("    {class}, {what}: {}", ids.join(" ")));
                }
            }
        }
    }
    if !lines.is_empty() {
        lines.insert(0, "this run writes to:".into());
        lines.push(format!("what is changed stands in {} until it is put back", journal.display()));
    }
    Ok(lines)
}

/// Shows the lines on standard error, and wants a yes on standard input unless it was given before.
///
/// # Errors
/// Nobody said yes.
pub(super) fn ask(lines: &[String], yes: bool) -> Result<(), String> {
    let mut out = std::io::stderr().lock();
    let told = writeln!(out, "dpo-conformance: {}", lines.join("\n"));
    if yes {
        // Who cannot read has said yes already.
        return Ok(());
    }
    told.and_then(|()| write!(out, "go on? [y/N] ")).and_then(|()| out.flush()).map_err(|e| e.to_string())?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(|e| e.to_string())?;
    if ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    Err("not confirmed, nothing was written; --yes where nobody can be asked".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::restore::Before;
    use crate::run::{Declared, Effort, Plan, Selection};
    use crate::targets::{Endpoint, Target, named};

    fn shelf() -> Shelf {
        let endpoint = |target: &str| match target.parse() {
            Ok(Target::Link(endpoint)) => endpoint,
            other => panic!("{other:?}"),
        };
        let targets = ["tcp://192.0.2.1:502", "rtu:/dev/ttyS9?baud=19200&parity=even"];
        let plan = Plan {
            endpoints: targets.map(endpoint).to_vec() as Vec<Endpoint>,
            devices: named(&["orv3-psu@200".parse().unwrap()]).unwrap(),
            companions: Vec::new(),
            selection: Selection { writes: true, disruptive: true, ..Selection::default() },
            effort: Effort::default(),
            tcp: crate::cli::local_timing(),
            rtu: crate::cli::local_timing(),
            declared: Declared::default(),
            pmbus: vec![crate::selftest::specimen_supply()],
            secure: None,
            service: None,
            restore: Restore::in_memory(),
            instrument: None,
            unreached: Vec::new(),
        };
        Shelf { name: "A1".into(), plan }
    }

    #[tokio::test]
    async fn the_plan_names_every_device_that_is_written_to() {
        let (shelf, journal) = (shelf(), Path::new("some.journal"));
        let notes = shelf.plan.restore.clone();
        let text = lines(&[&shelf], &notes, journal).await.unwrap().join("\n");
        for part in
            ["psu@200 over tcp://192", "psu@200 over rtu:", "specimen-supply@40h over ", "some.journal"]
        {
            assert!(text.contains(part) && text.contains("  A1: "), "{part}: {text}");
        }
        for part in [
            "N, writes that must be refused: ",
            "MB-PDU-018",
            "W, writes that are put back: ",
            "PM-CMD-0",
            "D, dis",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // What only reads stands in no plan, and a run that only reads has none.
        assert!(!text.contains("MB-PDU-001"), "{text}");
        let mut reads = shelf.clone();
        (reads.plan.selection.writes, reads.plan.selection.disruptive) = (false, false);
        assert!(lines(&[&reads], &notes, journal).await.unwrap().is_empty());
        // What an earlier run has left is written, too.
        notes.changing(&Before::register("tcp://192.0.2.1:502".into(), 200, 94, vec![1])).unwrap();
        let left = lines(&[&reads], &notes, journal).await.unwrap().join("\n");
        assert!(left.contains("put back first: 005E of unit 200 over tcp://192.0.2.1:502"), "{left}");
    }
}
