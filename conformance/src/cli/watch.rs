//! `watch`: plays cases again and again, while somebody works on a device on the bench, and says what has changed.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::time::{Duration, SystemTime};

use clap::Args;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use super::plan::PlanArgs;
use crate::outcome::{Outcome, Record};
use crate::rack;
use crate::report::counts;

/// Arguments of `watch`.
#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Seconds from the end of a round to the next one. Without it a round is played for each line of standard input
    /// (press Enter), and the end of the input ends the watch.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    interval: Option<u64>,
    /// Ends after so many rounds.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
}

/// What became of a case on a subject in a round.
type Outcomes = BTreeMap<(String, String), (Outcome, String)>;

fn outcomes(records: &[Record]) -> Outcomes {
    let left_out = |r: &&Record| matches!(r.outcome, Outcome::NotRun | Outcome::NotApplicable);
    let played = records.iter().filter(|r| !left_out(r));
    played.map(|r| ((r.subject.clone(), r.id.clone()), (r.outcome, r.seen.join("; ")))).collect()
}

/// What differs from the round before, one line each. In the first round what is not PASS.
fn changes(before: Option<&Outcomes>, now: &Outcomes) -> Vec<String> {
    let mut lines = Vec::new();
    for ((subject, id), (outcome, seen)) in now {
        let was = before.and_then(|all| all.get(&(subject.clone(), id.clone()))).map(|(outcome, _)| *outcome);
        let told = if *outcome == Outcome::Pass { String::new() } else { format!(": {seen}") };
        match was {
            Some(was) if was != *outcome => lines.push(format!("{id} [{subject}] {was} -> {outcome}{told}")),
            None if before.is_some() => lines.push(format!("{id} [{subject}] not played -> {outcome}{told}")),
            None if *outcome != Outcome::Pass => lines.push(format!("{id} [{subject}] {outcome}{told}")),
            _ => {}
        }
    }
    for ((subject, id), (outcome, _)) in before.into_iter().flatten() {
        if !now.contains_key(&(subject.clone(), id.clone())) {
            lines.push(format!("{id} [{subject}] {outcome} -> not played"));
        }
    }
    lines
}

/// Lines of standard input. Read by a thread of its own, which ends with the program.
fn lines() -> mpsc::UnboundedReceiver<()> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() || sender.send(()).is_err() {
                return;
            }
        }
    });
    receiver
}

pub(super) async fn watch(args: &WatchArgs) -> Result<u8, String> {
    let prepared = args.plan.prepare(false).await?;
    args.plan.confirm(&prepared).await?;
    let mut asked = if args.interval.is_none() { Some(lines()) } else { None };
    let say = |text: &str| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|e| e.to_string())
    };
    let mut before: Option<Outcomes> = None;
    let mut code = 2;
    let mut round = 0u32;
    loop {
        round += 1;
        let mut records = Vec::new();
        // A device that is switched off gives errors, and comes back.
        let played = rack::play(&prepared.shelves, &mut |record| records.push(record.clone())).await;
        let verdict = played.map_err(|e| e.to_string())?;
        if !records.is_empty() {
            let now = outcomes(&records);
            let lines = changes(before.as_ref(), &now);
            let counted: Vec<String> =
                counts(&records).iter().map(|(word, n)| format!("{word} {n}")).collect();
            let changed = match (&before, lines.len()) {
                (None, _) => String::new(),
                (Some(_), 0) => "; nothing has changed".to_owned(),
                (Some(_), count) => format!("; {count} changed"),
            };
            say(&format!("{} round {round}: {}{changed}", clock(), counted.join(", ")))?;
            lines.iter().try_for_each(|line| say(&format!("  {line}")))?;
            before = Some(now);
            code = verdict.exit_code();
        }
        if args.rounds.is_some_and(|rounds| round >= rounds) {
            return Ok(code);
        }
        match (&mut asked, args.interval) {
            (Some(asked), _) => {
                if asked.recv().await.is_none() {
                    return Ok(code);
                }
                // Whoever pressed Enter several times during a round wants one more, not several.
                while asked.try_recv().is_ok() {}
            }
            (None, seconds) => tokio::time::sleep(Duration::from_secs(seconds.unwrap_or(1))).await,
        }
    }
}

/// The time of day in UTC.
fn clock() -> String {
    let now = OffsetDateTime::from(SystemTime::now());
    format!("{:02}:{:02}:{:02}Z", now.hour(), now.minute(), now.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(all: &[(&str, Outcome)]) -> Outcomes {
        all.iter()
            .map(|(id, outcome)| (("psu".to_owned(), (*id).to_owned()), (*outcome, "seen".to_owned())))
            .collect()
    }

    #[test]
    fn a_round_tells_what_is_new_and_nothing_else() {
        let first = round(&[("A", Outcome::Pass), ("B", Outcome::Fail)]);
        assert_eq!(changes(None, &first), ["B [psu] FAIL: seen"]);
        assert_eq!(changes(Some(&first), &first), Vec::<String>::new());
        let second = round(&[("A", Outcome::Error), ("B", Outcome::Pass), ("C", Outcome::Pass)]);
        let wanted = ["A [psu] PASS -> ERROR: seen", "B [psu] FAIL -> PASS", "C [psu] not played -> PASS"];
        assert_eq!(changes(Some(&first), &second), wanted);
        assert_eq!(changes(Some(&second), &first).last().unwrap(), "C [psu] PASS -> not played");
    }
}
