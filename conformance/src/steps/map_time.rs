//! Steps on values over time: constants and counters.

use cucumber::{then, when};
use dpo_gateway::maps::model::{Register, Volatility};
use tokio::time::Instant;

use super::map::{LONG, present};
use crate::device::{raw_number, readable_access};
use crate::world::{CaseEnded, CaseWorld, Judged, Judgement, Judging, step, step_within};

#[when(regex = r"^the client reads each constant register (\d+) times$")]
async fn constants(world: &mut CaseWorld, times: u32) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let constant = |r: &&Register| r.volatility == Volatility::Constant && readable_access(r);
        let mut count = 0_usize;
        for register in context.device.map.registers.iter().filter(constant) {
            let Some(first) = present(w, register).await? else { continue };
            for _ in 1..times {
                let again = w.read(register.address, register.words).await?;
                if again != first {
                    return Err(Judgement::Fail(format!("{}: {first:04X?}, then {again:04X?}", register.id)));
                }
            }
            count += 1;
        }
        if count == 0 {
            return Err(Judgement::Inconclusive("no constant register answered".into()));
        }
        w.note(format!("{count} constant registers"));
        Ok(())
    })
    .await
}

#[then("each held the same value each time")]
async fn constant_values(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The reads end the case at the first change; the device must still be the same one.
    step(world, async |w: &mut CaseWorld| super::answers::good_request(w).await).await
}

#[when("the client samples each counter")]
async fn sample_counters(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    sample(world, 1).await
}

#[when("the client samples each counter of several words in one request")]
async fn sample_long_counters(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    sample(world, 2).await
}

async fn sample(world: &mut CaseWorld, least_words: u16) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let counter = |r: &&Register| {
            let rises =
                r.volatility == Volatility::Counter || r.id == "uptime" || r.id == "snapshot_sequence";
            rises && r.words >= least_words && readable_access(r)
        };
        w.samples.clear();
        let mut next = Instant::now();
        for _ in 0..context.effort.samples {
            // From one sample to the next, reads included: on a slow line there is nothing left to wait for.
            tokio::time::sleep_until(next).await;
            next = Instant::now() + context.effort.sample_interval;
            for register in context.device.map.registers.iter().filter(counter) {
                if let Some(words) = present(w, register).await?
                    && let Some(raw) = raw_number(register, &words)
                {
                    w.samples.entry(register.address).or_default().push(raw);
                }
            }
        }
        if w.samples.is_empty() {
            return Err(Judgement::Inconclusive("no counter answered".into()));
        }
        let count: usize = w.samples.values().map(Vec::len).sum();
        w.note(format!("{} counters, {count} samples", w.samples.len()));
        Ok(())
    })
    .await
}

#[then("no counter ever falls, except when it rolls over")]
async fn never_falls(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        judge_samples(w, |before, after, top| {
            (after < before && !rolled_over(before, after, top))
                .then(|| format!("fell from {before} to {after}"))
        })
    })
    .await
}

#[then("no counter shows a value that it never had")]
async fn never_torn(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        judge_samples(w, |before, after, top| {
            torn(before, after, top).then(|| format!("jumped from {before} to {after}"))
        })
    })
    .await
}

/// Whether a counter whose range ends below `top` went from the last quarter of it to the first.
fn rolled_over(before: i128, after: i128, top: i128) -> bool {
    let quarter = top / 4;
    before > top - quarter && after < quarter
}

/// Whether two samples are words of two moments: off by a multiple of 65536, less what passed.
fn torn(before: i128, after: i128, top: i128) -> bool {
    (after - before).abs() > 0x8000 && !rolled_over(before, after, top)
}

fn judge_samples(world: &CaseWorld, fault: impl Fn(i128, i128, i128) -> Option<String>) -> Judged {
    let context = world.context()?;
    for (address, values) in &world.samples {
        let Some(register) = context.device.register_at(*address) else { continue };
        let top = 1i128 << (16 * u32::from(register.words.min(4)));
        for pair in values.windows(2) {
            if let [before, after] = pair
                && let Some(fault) = fault(*before, *after, top)
            {
                return Err(Judgement::Fail(format!("{}: {fault}", register.id)));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roll_over_is_told_from_a_fall_and_from_torn_words() {
        let top = 1 << 32;
        for (before, after, rolls) in [
            (top - 1, 0, true),
            (top - top / 4 + 1, top / 4 - 1, true),
            (top - top / 4, 0, false),
            (top - 1, top / 4, false),
            (1000, 0, false),
            (0, top - 1, false),
        ] {
            assert_eq!(rolled_over(before, after, top), rolls, "{before} {after}");
        }
        for (before, after, wrong) in [
            (0, 0x8000, false),
            (0, 0x8001, true),
            (0x1_0005, 5, true),
            (0x8000, 0, false),
            (70_000, 70_001, false),
            (top - 1, 5, false),
        ] {
            assert_eq!(torn(before, after, top), wrong, "{before} {after}");
        }
    }
}
