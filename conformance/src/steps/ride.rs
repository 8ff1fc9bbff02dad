//! Ride-through: what the AC source plays, and what is judged of it.

use std::time::Duration;

use cucumber::{given, then, when};
use serde_json::Value;

use crate::ride::RideWorld;
use crate::ride::code::GridCode;
use crate::ride::inside::inside;
use crate::ride::judge::Seen;
use crate::ride::profile::Play;
use crate::ride::record::differences;
use crate::world::{CaseEnded, Judged, Judgement, Judging, step, step_within};

/// Longest play with the wait for charged packs before it; each has a limit of its own.
const LONG: Duration = Duration::from_secs(7200);
/// By how much a record may be off: p.u., and seconds (a cycle at the beginning, and one at the end, seen through a mean
/// over a cycle).
const OFF_PU: f64 = 0.02;
const OFF_S: f64 = 0.05;
/// A frequency is seen through filters, and back when it is inside the band of the meter.
const OFF_HZ_S: f64 = 1.0;
/// Share of the nominal frequency beyond which it is off (EN 50160), and of the nominal voltage below which all phases are
/// interrupted (IEC 61000-4-30).
const BAND: f64 = 0.01;
const INTERRUPTED: f64 = 0.1;

#[given("the newest event of the shelf is known")]
async fn newest(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        w.newest = w.newest_event().await?;
        Ok(())
    })
    .await
}

#[when(regex = r"^the AC source plays (.+)$")]
async fn play(world: &mut RideWorld, what: String) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut RideWorld| {
        let play = Play::of(&what).ok_or_else(|| Judgement::Error(format!("nothing is called {what}")))?;
        w.play(play).await
    })
    .await
}

#[then("the load is served all the time")]
async fn load(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| w.judge(|seen| seen.load())).await
}

#[then("the busbar stays inside 46 V to 52 V")]
async fn busbar(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| w.judge(|seen| seen.busbar())).await
}

#[then("the share of the power before that each grid code asks for is back in its time")]
async fn recovery(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        let codes = w.context()?.codes.clone();
        for (code, wanted) in codes.iter().filter_map(|code| Some((code.name(), code.recovery()?))) {
            w.note(format!("{code} allows {} s", wanted.budget_s));
            w.judge(|seen| seen.recovery(wanted))?;
        }
        Ok(())
    })
    .await
}

#[then("no more than 101 % of the power before is drawn on the way back")]
async fn overshoot(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| w.judge(|seen| seen.overshoot())).await
}

#[then("the power rises no faster than declared")]
async fn slope(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        let declared = w.context()?.claims.recovery_slope_w_per_s;
        let declared = declared.ok_or_else(|| Judgement::Error("no slope is declared".into()))?;
        w.judge(|seen| seen.slope(declared))
    })
    .await
}

#[then("the power is where each grid code that asks for this frequency wants it")]
async fn within(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        let context = w.context()?;
        let asks = |code: &&GridCode| code.asks_for_frequency(context.claims.nominal_hz);
        let mut judged = 0_usize;
        for code in context.codes.iter().filter(asks) {
            if !inside(w.seen()?.profile, code, &context.claims) {
                w.note(format!("{} does not ask for what was played", code.name()));
                continue;
            }
            w.note(format!("by {}:", code.name()));
            w.judge(|seen| match code.power_within() {
                Some(share) => seen.within(share),
                None => seen.stays(code.ridden()),
            })?;
            judged += 1;
        }
        if judged == 0 {
            return Err(Judgement::Error("no grid code asks for the frequency that was played".into()));
        }
        Ok(())
    })
    .await
}

#[then("the shelf draws half of the power in proportion to the voltage at least, from 100 ms on")]
async fn draws(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| w.judge(|seen| seen.draws())).await
}

/// What is declared of the recharge.
fn recharge(
    world: &mut RideWorld,
    by: impl FnOnce(&Seen<'_>, &crate::ride::RechargeClaims) -> Result<String, Judgement>,
) -> Judged {
    let declared = world.context()?.claims.recharge.clone();
    let declared = declared.ok_or_else(|| Judgement::Error("no recharge is declared".into()))?;
    world.judge(|seen| by(seen, &declared))
}

#[then("the recharge begins no sooner than declared")]
async fn waits(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| recharge(w, |seen, declared| seen.recharge_waits(declared))).await
}

#[then("the recharge rises no faster and no higher than declared")]
async fn rises(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| recharge(w, |seen, declared| seen.recharge_rises(declared))).await
}

#[then("the shelf has come back by itself: it draws its power, and the load is served")]
async fn comes_back(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        let codes = w.context()?.codes.clone();
        let share = codes.iter().map(|code| code.ridden().share).reduce(f64::max);
        let share = share.ok_or_else(|| Judgement::Error("no grid code is named".into()))?;
        w.judge(|seen| seen.comes_back(share))
    })
    .await
}

#[then("the shelf records the event")]
async fn recorded(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        let event = w.event_after(w.newest).await?;
        w.note(format!("record: {event:?}"));
        w.event = Some(event);
        Ok(())
    })
    .await
}

/// What the record tells and what was played is the same.
fn judge_record(world: &RideWorld) -> Judged {
    let event = world.event.as_ref().ok_or_else(|| Judgement::Error("no record was read".into()))?;
    let profile = world.seen()?.profile;
    let (begin, end) = profile.events.first().copied().unwrap_or_default();
    let whole_s = f64::from(end.saturating_sub(begin)) / 1000.0;
    let steady = |points: &[crate::instrument::ac::AcPoint]| {
        points.iter().all(|point| point.rms_v == points.first().map_or([0.0; 3], |first| first.rms_v))
    };
    let frequency = steady(&profile.points);
    let kinds: &[&str] = match profile.extreme {
        _ if frequency => &["frequency", "rocof"],
        extreme if extreme > 1.0 => &["swell"],
        extreme if extreme < INTERRUPTED => &["sag", "interruption"],
        _ => &["sag"],
    };
    if !kinds.contains(&event.kind.as_str()) {
        return Err(Judgement::Fail(format!(
            "recorded as {}, and it was {}",
            event.kind,
            kinds.join(" or ")
        )));
    }
    // That of a frequency has no place in a record of the block.
    if !frequency {
        let told = event.extreme_pu.ok_or_else(|| Judgement::Fail("the record tells no voltage".into()))?;
        if (told - profile.extreme).abs() > OFF_PU {
            return Err(Judgement::Fail(format!("{told} p.u. recorded, {:.3} p.u. played", profile.extreme)));
        }
    }
    let told_s = event.duration_s.ok_or_else(|| Judgement::Fail("the record tells no duration".into()))?;
    // A frequency is outside its band for a part of the ramps.
    let (wanted_s, off_s) = if frequency {
        let away = (profile.extreme - 1.0).abs();
        let ramp_s = profile.points.get(1).map_or(0.0, |point| f64::from(point.over_ms) / 1000.0);
        (whole_s - 2.0 * ramp_s * (BAND / away).min(1.0), OFF_HZ_S)
    } else {
        (whole_s, OFF_S)
    };
    if (told_s - wanted_s).abs() > off_s {
        return Err(Judgement::Fail(format!("{told_s} s recorded, {wanted_s:.3} s played")));
    }
    Ok(())
}

#[then("the record tells what was played: the kind, how far it went and how long")]
async fn tells(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| judge_record(w)).await
}

/// The grid code that a record was judged by: Redfish tells it; without Redfish it is the first one of the statement.
async fn in_force(world: &mut RideWorld, number: u32) -> Result<GridCode, Judgement> {
    let context = world.context()?;
    let told = match &context.service {
        Some(_) => match world.on_redfish(number).await {
            Ok(entry) => entry.get("GridCode").and_then(Value::as_str).map(str::to_owned),
            // RIDE-019 is about an entry that is not there.
            Err(Judgement::Fail(_)) => None,
            Err(other) => return Err(other),
        },
        None => None,
    };
    let Some(name) = told else {
        let first = context.codes.first().cloned();
        return first.ok_or_else(|| Judgement::Error("no grid code is named".into()));
    };
    let own = context.codes.iter().find(|code| code.name() == name).cloned();
    own.ok_or_else(|| {
        let named = context.claims.grid_codes.join(", ");
        Judgement::Inconclusive(format!(
            "the record was judged by {name}: put a code in force that the statement names ({named})"
        ))
    })
}

#[then("the verdict of the record is what the meters show by the grid code in force")]
async fn verdict(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        let event = w.event.clone().ok_or_else(|| Judgement::Error("no record was read".into()))?;
        let in_force = in_force(w, event.number).await?;
        let context = w.context()?;
        // What the meters show by each code stands in the report; the record has a verdict by the one in force.
        for code in &context.codes {
            let name = code.name();
            if code.voltage(context.claims.nominal_hz).is_none() {
                let told = format!("{name} has no curve, as known here");
                if name == in_force.name() {
                    return Err(Judgement::Inconclusive(format!("{told}, and it is in force")));
                }
                w.note(told);
                continue;
            }
            let seen = w.seen()?;
            let own = seen.verdict(code.ridden(), inside(seen.profile, code, &context.claims))?;
            if name != in_force.name() {
                w.note(format!("the meters show {own} by {name}, which is not in force"));
            } else if event.verdict == own {
                w.note(format!("both say {own} ({name})"));
            } else {
                let told = format!("the record says {}, the meters show {own} ({name})", event.verdict);
                return Err(Judgement::Fail(told));
            }
        }
        Ok(())
    })
    .await
}

#[then("the verdict of the record is that the sag was beyond the curve")]
async fn beyond(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        let event = w.event.clone().ok_or_else(|| Judgement::Error("no record was read".into()))?;
        let code = in_force(w, event.number).await?;
        if inside(w.seen()?.profile, &code, &w.context()?.claims) {
            let told = format!("{} is in force, and by it the sag was not beyond the curve", code.name());
            return Err(Judgement::Inconclusive(told));
        }
        if event.verdict != "beyond_curve" {
            return Err(Judgement::Fail(format!("the record says {}", event.verdict)));
        }
        Ok(())
    })
    .await
}

#[then("Redfish tells the same of the event as the block")]
async fn same(world: &mut RideWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut RideWorld| {
        let event = w.event.clone().ok_or_else(|| Judgement::Error("no record was read".into()))?;
        let shown = w.on_redfish(event.number).await?;
        let differences = differences(&event, &shown);
        if !differences.is_empty() {
            return Err(Judgement::Fail(differences.join("; ")));
        }
        w.note(format!("entry {} tells the same on both", event.number));
        Ok(())
    })
    .await
}
