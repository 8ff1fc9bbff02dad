//! PMBus: energy counters.

use std::time::Duration;

use cucumber::{then, when};

use crate::pmbus::PmbusWorld;
use crate::world::{CaseEnded, Judgement, Judging, step, step_within};

/// Steps of this file may watch counters for some time.
const LONG: Duration = Duration::from_secs(300);
/// Where the sum of a counter in DIRECT rolls over if nothing else is declared.
const FULL: u32 = 32_768;
/// The count of samples has 24 bits.
const SAMPLES: u64 = 1 << 24;

/// READ_EIN or READ_EOUT at one moment.
#[derive(Debug, Clone, Copy)]
struct Energy {
    sum: u64,
    rolls: u64,
    samples: u64,
}

impl Energy {
    /// Average power since an earlier reading, as a reader of the counter gets it; `None` without a new sample.
    fn average(self, earlier: Self, full: u64) -> Option<f64> {
        let samples = (self.samples + SAMPLES - earlier.samples) % SAMPLES;
        let whole = |e: Self| e.rolls * full + e.sum;
        // The count of roll-overs has 8 bits.
        let most = 256 * full;
        let sum = (whole(self) + most - whole(earlier) % most) % most;
        (samples > 0).then(|| sum as f64 / samples as f64)
    }

    /// How often the sum has rolled over since an earlier reading, by the count of 8 bits.
    fn rolls_since(self, earlier: Self) -> u64 {
        (self.rolls + 256 - earlier.rolls) % 256
    }
}

#[then("it has six bytes, and the count of samples rises")]
#[then("the average over the samples is the mean of READ_PIN to 3 %")]
#[then("the count of roll-overs rose by one, and the average shows no spike")]
#[then("six bytes, a rising count of samples, and an average that is the mean of READ_POUT to 3 %")]
#[then("neither falls, and what comes out is not more than what goes in")]
async fn judged(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| w.judge()).await
}

async fn energy(world: &mut PmbusWorld, id: &str) -> Result<Energy, Judgement> {
    let context = world.context()?;
    let data = world.data(context.command(id)?).await?;
    let [low, high, rolls, a, b, c] = data.as_slice() else {
        return Err(Judgement::Fail(format!("{id} has {} bytes of data, not six", data.len())));
    };
    Ok(Energy {
        sum: u16::from_le_bytes([*low, *high]).into(),
        rolls: (*rolls).into(),
        samples: u32::from_le_bytes([*a, *b, *c, 0]).into(),
    })
}

/// Counter and power over the time of the effort: first and last reading, and the mean of the power.
async fn watch(world: &mut PmbusWorld, id: &str, power: &str) -> Result<(Energy, Energy, f64), Judgement> {
    let context = world.context()?;
    let time = context.effort.energy;
    let first = energy(world, id).await?;
    let deadline = crate::world::ends_in(time);
    let mut powers = Vec::new();
    while !crate::world::over(deadline) || powers.len() < 2 {
        powers.push(world.value(context.command(power)?).await?);
        tokio::time::sleep(time / 20).await;
    }
    let last = energy(world, id).await?;
    Ok((first, last, powers.iter().sum::<f64>() / powers.len() as f64))
}

fn full(world: &PmbusWorld) -> Result<u64, Judgement> {
    Ok(world.context()?.claims.energy_full.unwrap_or(FULL).into())
}

/// Whether an average is without the spike of a roll-over that was counted twice, or not at all.
fn no_spike(average: f64, power: f64) -> bool {
    // Two readings close to each other may lie on both sides of a sample.
    average < 1.5 * power.abs() + 50.0
}

fn near(average: f64, mean: f64) -> bool {
    (average - mean).abs() <= 0.03 * mean.abs() + 5.0
}

#[when("the client reads READ_EIN twice")]
async fn twice(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut PmbusWorld| {
        let (first, last, _) = watch(w, "read_ein", "read_pin").await?;
        w.look(first.samples != last.samples, || format!("the count of samples stays {}", last.samples));
        Ok(())
    })
    .await
}

/// Looks at the average that a counter gives.
async fn average(world: &mut PmbusWorld, id: &str, power: &str) -> Result<(), Judgement> {
    let (first, last, mean) = watch(world, id, power).await?;
    let Some(average) = last.average(first, full(world)?) else {
        world.look(false, || format!("{id}: the count of samples stays {}", last.samples));
        return Ok(());
    };
    world.note(format!("{id}: {average:.1} W over the samples, {mean:.1} W read"));
    world.look(near(average, mean), || format!("{id} gives {average:.1} W, {power} {mean:.1} W"));
    Ok(())
}

#[when("the client reads READ_EIN, READ_PIN for some seconds, and READ_EIN again")]
async fn input(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut PmbusWorld| average(w, "read_ein", "read_pin").await).await
}

#[when("the client reads READ_EOUT, READ_POUT for some seconds, and READ_EOUT again")]
async fn output(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut PmbusWorld| average(w, "read_eout", "read_pout").await).await
}

#[when("the client reads READ_EIN until its sum falls")]
async fn roll_over(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut PmbusWorld| {
        let full = full(w)?;
        let deadline = crate::world::ends_in(3 * w.context()?.effort.energy);
        let context = w.context()?;
        let mut before = energy(w, "read_ein").await?;
        while !crate::world::over(deadline) {
            let now = energy(w, "read_ein").await?;
            if now.sum < before.sum {
                let power = w.value(context.command("read_pin")?).await?;
                let rolled = now.rolls_since(before);
                // Behind a pause of the machine more than one may have come; the average tells.
                w.look(rolled >= 1, || format!("the sum fell, and the roll-overs stay {}", now.rolls));
                if let Some(average) = now.average(before, full) {
                    w.look(no_spike(average, power), || {
                        format!("{average:.0} W over the roll-over, READ_PIN {power:.0} W")
                    });
                }
                return Ok(());
            }
            before = now;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(Judgement::Inconclusive("the sum of READ_EIN did not roll over in this time".into()))
    })
    .await
}

#[when("the client reads READ_KWH_IN and READ_KWH_OUT for some seconds")]
async fn kilowatt_hours(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut PmbusWorld| {
        let time = w.context()?.effort.energy;
        let first = [w.named("read_kwh_in").await?, w.named("read_kwh_out").await?];
        let mut last = first;
        for _ in 0..5 {
            tokio::time::sleep(time / 10).await;
            let now = [w.named("read_kwh_in").await?, w.named("read_kwh_out").await?];
            for ((name, before), after) in ["IN", "OUT"].iter().zip(last).zip(now) {
                w.look(after >= before, || format!("READ_KWH_{name} was {before} and then {after}"));
            }
            last = now;
        }
        let [input, output] = [0, 1].map(|n: usize| {
            let at = |list: &[u64; 2]| list.get(n).copied().unwrap_or_default();
            at(&last).saturating_sub(at(&first))
        });
        // One step of the counter may be on its way.
        w.look(output <= input + 1, || format!("{input} went in and {output} came out"));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_bears_every_roll_over() {
        let at = |sum, rolls, samples| Energy { sum, rolls, samples };
        assert_eq!(at(3_000, 0, 3).average(at(0, 0, 0), 32_768), Some(1_000.0));
        assert_eq!(at(232, 1, 33).average(at(32_000, 0, 32), 32_768), Some(1_000.0));
        assert_eq!(at(232, 0, 1).average(at(32_000, 255, SAMPLES - 0x1), 32_768), Some(500.0));
        assert_eq!(at(5, 0, 7).average(at(5, 0, 7), 32_768), None);
        assert_eq!(at(0, 3, 0).rolls_since(at(0, 1, 0)), 2);
        assert_eq!(at(0, 1, 0).rolls_since(at(0, 255, 0)), 2);
        assert_eq!(at(0, 7, 0).rolls_since(at(0, 7, 0)), 0);
    }

    #[test]
    fn averages_are_near_the_power_that_was_read() {
        for (average, good) in
            [(1000.0, true), (1034.0, true), (1036.0, false), (966.0, true), (964.0, false)]
        {
            assert_eq!(near(average, 1000.0), good, "{average}");
        }
        assert!(near(-1034.0, -1000.0) && !near(-1036.0, -1000.0));
        assert!(no_spike(1549.0, 1000.0) && !no_spike(1550.0, 1000.0) && !no_spike(1551.0, -1000.0));
    }
}
