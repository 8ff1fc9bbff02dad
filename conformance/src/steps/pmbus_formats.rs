//! PMBus: pages, numbers, ratings, fans, and the codes of makers.

use std::time::Duration;

use cucumber::{then, when};
use dpo_gateway::maps::pmbus::model::{Command, Format};
use dpo_registers::codec::pmbus::Linear11;

use super::bits::has;
use super::pmbus::ones;
use super::pmbus_values::window;
use super::pmbus_write::{low_first, vout};
use crate::pmbus::PmbusWorld;
use crate::pmbus::play::{RATED, direct};
use crate::pmbus::talk::Code;
use crate::world::{CaseEnded, Judged, Judgement, step};

const PAGE: u8 = 0x00;
const VOUT: u8 = 0x21;
/// How coarse a reading may be: a part of its rating.
const RESOLUTION: f64 = 0.005;
/// Longest time until a fan follows.
const FAN: Duration = Duration::from_secs(10);
/// LINEAR11 of 100 %.
const FULL_SPEED: f64 = 100.0;

#[then("the slope is not 0, and the value comes back to one step and is in the window of its unit")]
#[then("each page has it, and each is put back")]
#[then("it is what a read of the page gives, and PAGE is what it was")]
#[then("the other page has it, this one has not, and PAGE is what it was")]
#[then("it is below zero, and in the window of its unit")]
#[then("no step is coarser than half a percent of the rating")]
#[then("it is not applied or told as clamped, and READ_VOUT is not above VOUT_MAX")]
#[then("both ends are taken, one step outside is refused, and each limit is put back")]
#[then("only commands of the map answer")]
#[then("the speed follows, and the command is put back")]
#[then("they are those of the statement, in order, and the readings are inside")]
async fn judged(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| w.judge()).await
}

#[when("the client reads COEFFICIENTS and the value of each command in DIRECT")]
async fn coefficients(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        for command in direct(&context.plan, &context.known) {
            let own = match w.coefficients(command).await {
                Ok(own) => own,
                Err(Judgement::Fail(seen)) => {
                    w.look(false, || seen);
                    continue;
                }
                Err(other) => return Err(other),
            };
            let word = w.word(command).await? as u16;
            let value = own.value(word);
            let back = own.word(value).map_err(|e| Judgement::Error(e.to_string()))?;
            w.look(one_step(word, back), || {
                format!("{}: {word:04X}h is {value}, and that {back:04X}h", command.id)
            });
            w.look(window(command).contains(&value), || format!("{} is {value}", command.id));
        }
        Ok(())
    })
    .await
}

/// Whether two words in DIRECT, in two's complement, are the same or neighbours.
fn one_step(word: u16, back: u16) -> bool {
    (word as i16).abs_diff(back as i16) <= 1
}

impl PmbusWorld {
    /// A command that map and device have.
    fn own(&self, id: &str) -> Result<Option<Command>, Judgement> {
        let context = self.context()?;
        let own = context.plan.map.commands.iter().find(|c| c.id == id);
        Ok(own.filter(|c| context.known.contains(&c.code)).cloned())
    }
}

async fn select(world: &mut PmbusWorld, page: u8) -> Judged {
    world.write(&[PAGE, page], Code::Right).await.map(drop)
}

#[when("PAGE is FFh and VOUT_COMMAND is written one step lower")]
async fn all_pages(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let pages = w.context()?.plan.map.bus.pages;
        let page = w.named("page").await? as u8;
        let mut before = Vec::new();
        for nth in 0..pages {
            select(w, nth).await?;
            before.push(vout(w).await?);
        }
        let wanted = before.iter().copied().min().unwrap_or_default().wrapping_sub(1);
        select(w, 0xFF).await?;
        w.write(&low_first(VOUT, wanted), Code::Right).await?;
        for (nth, was) in (0..pages).zip(before) {
            select(w, nth).await?;
            let held = vout(w).await?;
            w.look(held == wanted, || {
                format!("page {nth} holds {held:04X}h after {wanted:04X}h for all pages")
            });
            w.write(&low_first(VOUT, was), Code::Right).await?;
            let back = vout(w).await?;
            w.look(back == was, || format!("page {nth} held {was:04X}h and holds {back:04X}h"));
        }
        select(w, page).await
    })
    .await
}

/// Another page than the one that is selected.
async fn other_page(world: &mut PmbusWorld) -> Result<(u8, u8), Judgement> {
    let page = world.named("page").await? as u8;
    let pages = world.context()?.plan.map.bus.pages;
    Ok((page, (0..pages).find(|other| *other != page).unwrap_or(page)))
}

#[when("the client reads VOUT_COMMAND of another page by PAGE_PLUS_READ")]
async fn plus_read(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (page, other) = other_page(w).await?;
        let context = w.context()?;
        let plus = w.data_of(context.command("page_plus_read")?, &[other, VOUT]).await?;
        let after = w.named("page").await? as u8;
        w.look(after == page, || format!("PAGE was {page:02X}h and then {after:02X}h"));
        select(w, other).await?;
        let plain = w.data(context.command("vout_command")?).await?;
        w.look(plus == plain, || format!("PAGE_PLUS_READ gave {plus:02X?}, a read of the page {plain:02X?}"));
        select(w, page).await
    })
    .await
}

#[when("VOUT_COMMAND of another page is written one step lower by PAGE_PLUS_WRITE")]
async fn plus_write(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (page, other) = other_page(w).await?;
        let own = vout(w).await?;
        select(w, other).await?;
        let before = vout(w).await?;
        select(w, page).await?;
        let wanted = before.wrapping_sub(1);
        let [code, low, high] = low_first(VOUT, wanted);
        w.write(&[0x05, 4, other, code, low, high], Code::Right).await?;
        let after = w.named("page").await? as u8;
        w.look(after == page, || format!("PAGE was {page:02X}h and then {after:02X}h"));
        select(w, other).await?;
        let held = vout(w).await?;
        w.look(held == wanted, || format!("the other page holds {held:04X}h, not {wanted:04X}h"));
        w.write(&low_first(VOUT, before), Code::Right).await?;
        select(w, page).await?;
        let here = vout(w).await?;
        w.look(here == own, || format!("this page held {own:04X}h and then {here:04X}h"));
        w.write(&low_first(VOUT, own), Code::Right).await.map(drop)
    })
    .await
}

#[when("the client reads the reading that is declared to be below zero")]
async fn negative(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let id = context.claims.negative_reading.clone().unwrap_or_default();
        let command = context.command(&id)?;
        let value = w.value(command).await?;
        let good = value < 0.0 && window(command).contains(&value);
        w.look(good, || format!("{id} is {value}"));
        Ok(())
    })
    .await
}

#[when("the client reads each reading that has a rating")]
async fn resolution(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        for (reading, rating) in RATED {
            let (Some(reading), Some(rating)) = (w.own(reading)?, w.own(rating)?) else { continue };
            if reading.format != Format::Linear11 {
                continue;
            }
            let full = w.value(&rating).await?;
            let word = Linear11(w.word(&reading).await? as u16);
            // Nothing is known of the step of a zero.
            if word.mantissa() == 0 {
                continue;
            }
            let step_of = 2_f64.powi(word.exponent().into());
            w.look(step_of <= full * RESOLUTION, || {
                format!("{} has steps of {step_of}, the rating is {full}", reading.id)
            });
        }
        Ok(())
    })
    .await
}

#[when("VOUT_COMMAND is written one step above VOUT_MAX")]
async fn over_maximum(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let before = vout(w).await?;
        let most = w.named("vout_max").await? as u16;
        if let Ok(max) = context.command("vout_command")
            && let Some(range) = max.range
            && w.value(context.command("vout_max")?).await? >= range.max.value()
        {
            return Err(Judgement::Inconclusive("VOUT_MAX is not below the range of VOUT_COMMAND".into()));
        }
        w.clear_cml().await?;
        w.write(&low_first(VOUT, most.saturating_add(1)), Code::Right).await?;
        let (held, cml) = (vout(w).await?, w.cml().await?);
        let status = w.named("status_vout").await? as u8;
        let shown = w.named("read_vout").await? as u16;
        w.write(&low_first(VOUT, before), Code::Right).await?;
        let refused = held == before && cml & 0x40 != 0;
        // A clamp is told by VOUT_MAX_MIN_WARNING (P2 17.3).
        let clamped = held == most && status & 0x08 != 0;
        w.look(refused || clamped, || {
            format!("VOUT_COMMAND holds {held:04X}h, STATUS_CML {cml:02X}h, STATUS_VOUT {status:02X}h")
        });
        w.look(shown <= most.max(before), || format!("READ_VOUT is {shown:04X}h, VOUT_MAX {most:04X}h"));
        w.write(&[0x7A, 0x08], Code::Right).await?;
        w.clear_cml().await
    })
    .await
}

#[when("each limit whose range the map states is written with both ends, and one step outside")]
async fn limits(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let all = context.plan.map.commands.iter().filter(|c| crate::pmbus::play::limited(c));
        for command in all.filter(|c| context.known.contains(&c.code) && c.format == Format::Linear11) {
            let before = w.data(command).await?;
            look_at_range(w, command).await?;
            w.write(&[&[command.code], before.as_slice()].concat(), Code::Right).await?;
            let held = w.data(command).await?;
            w.look(held == before, || format!("{} could not be put back", command.id));
        }
        // Limits at their ends may have raised warnings.
        w.write(&[0x03], Code::Right).await?;
        w.drain_alerts().await
    })
    .await
}

async fn look_at_range(world: &mut PmbusWorld, command: &Command) -> Judged {
    let Some(range) = command.range else { return Ok(()) };
    for (end, outwards) in [(range.min.value(), -1), (range.max.value(), 1)] {
        let word = Linear11::from_value(end).map_err(|e| Judgement::Inconclusive(e.to_string()))?;
        world.clear_cml().await?;
        world.write(&low_first(command.code, word.0), Code::Right).await?;
        let value = world.value(command).await?;
        let step_of = 2_f64.powi(word.exponent().into());
        world.look((value - end).abs() <= step_of, || {
            format!("{} is {value}, and {end} was written", command.id)
        });
        // One step of the device's own writing, at least one of ours.
        let outside = Linear11::from_value(end + f64::from(outwards) * step_of.max(end.abs() * 0.01))
            .map_err(|e| Judgement::Inconclusive(e.to_string()))?;
        world.write(&low_first(command.code, outside.0), Code::Right).await?;
        let (cml, after) = (world.cml().await?, world.value(command).await?);
        world.look(has(cml, 0x40) && after == value, || {
            let wrote = outside.value();
            format!("{} is {after}, STATUS_CML {cml:02X}h, and {wrote} was written", command.id)
        });
    }
    world.clear_cml().await
}

#[when("the client reads every code of makers and every extended code but hazards")]
async fn makers(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let in_map = |code: u8, second: Option<u8>| {
            context.plan.map.commands.iter().any(|c| c.code == code && c.extended == second)
        };
        for code in (0xD0..=0xFD_u8).filter(|code| !context.hazardous(*code)) {
            let came = w.call(&[code], 2).await?;
            let known = in_map(code, None);
            w.look(ones(&came) || known, || format!("command {code:02X}h, not in the map, got {came}"));
        }
        for code in [0xFE_u8, 0xFF].into_iter().filter(|code| !context.hazardous(*code)) {
            for second in (0x00..=0xFF_u8).filter(|second| !context.hazardous(*second)) {
                let came = w.call(&[code, second], 2).await?;
                let known = in_map(code, Some(second));
                w.look(ones(&came) || known, || format!("command {code:02X}{second:02X}h got {came}"));
            }
        }
        if context.known.is_empty() { Ok(()) } else { w.write(&[0x7E, 0xFF], Code::Right).await.map(drop) }
    })
    .await
}

/// Whether a rating is what the statement says, as exactly as LINEAR11 can.
fn as_printed(value: f64, printed: f64) -> bool {
    (value - printed).abs() <= 0.005 * printed.abs() + 0.05
}

/// Whether a fan turns faster than it did.
fn faster(was: f64, now: f64) -> bool {
    now >= was * 1.05 + 50.0
}

/// Whether a reading is inside its ratings, or not far from them.
fn rated(value: f64, least: f64, most: f64) -> bool {
    (least * 0.9..=most * 1.1).contains(&value)
}

/// Whether a reading is what a supply bears: an ORv3 one half as much again as its rating for a while.
fn borne(value: f64, most: f64) -> bool {
    value <= most * 1.6
}

#[when("FAN_COMMAND_1 is written with 100 %")]
async fn fan(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let (order, speed) = (context.command("fan_command_1")?, context.command("read_fan_speed_1")?);
        let (before, was) = (w.data(order).await?, w.value(speed).await?);
        if w.value(order).await? >= FULL_SPEED {
            return Err(Judgement::Inconclusive("the fan is at 100 % already".into()));
        }
        let full = Linear11::from_value(FULL_SPEED).map_err(|e| Judgement::Error(e.to_string()))?;
        w.write(&low_first(order.code, full.0), Code::Right).await?;
        let deadline = crate::world::ends_in(FAN);
        let mut now = w.value(speed).await?;
        while !faster(was, now) && !crate::world::over(deadline) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            now = w.value(speed).await?;
        }
        w.look(faster(was, now), || format!("{was} revolutions a minute, and at 100 % {now}"));
        w.write(&[&[order.code], before.as_slice()].concat(), Code::Right).await?;
        let held = w.data(order).await?;
        w.look(held == before, || format!("FAN_COMMAND_1 held {before:02X?} and holds {held:02X?}"));
        Ok(())
    })
    .await
}

#[when("the client reads the MFR ratings and the readings that they are about")]
async fn ratings(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        for (id, printed) in &context.claims.ratings {
            let value = w.value(context.command(id)?).await?;
            w.look(as_printed(value, *printed), || {
                format!("{id} is {value}, and the statement says {printed}")
            });
        }
        for (low, high, reading) in [
            ("mfr_vin_min", "mfr_vin_max", Some("read_vin")),
            ("mfr_vout_min", "mfr_vout_max", None),
            ("mfr_tambient_min", "mfr_tambient_max", None),
        ] {
            let mut ends = [None; 2];
            for (slot, id) in ends.iter_mut().zip([low, high]) {
                if let Some(own) = w.own(id)? {
                    *slot = Some(w.value(&own).await?);
                }
            }
            let [Some(least), Some(most)] = ends else { continue };
            w.look(most > least, || format!("{low} is {least}, {high} is {most}"));
            if let Some(reading) = reading {
                let value = w.value(context.command(reading)?).await?;
                w.look(rated(value, least, most), || {
                    format!("{reading} is {value}, the ratings are {least} to {most}")
                });
            }
        }
        for (reading, rating) in RATED {
            let (Some(reading), Some(rating)) = (w.own(reading)?, w.own(rating)?) else { continue };
            let (value, most) = (w.value(&reading).await?, w.value(&rating).await?);
            w.look(borne(value, most), || format!("{} is {value}, {} is {most}", reading.id, rating.id));
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_back_to_one_step() {
        for (word, back, good) in
            [(5, 5, true), (5, 6, true), (6, 5, true), (5, 7, false), (0, 0xFFFF, true), (1, 0xFFFF, false)]
        {
            assert_eq!(one_step(word, back), good, "{word} {back}");
        }
    }

    #[test]
    fn readings_and_ratings_have_room_for_their_format_and_no_more() {
        for (value, good) in [(200.0, true), (201.0, true), (201.1, false), (199.0, true), (198.9, false)] {
            assert_eq!(as_printed(value, 200.0), good, "{value}");
            assert_eq!(as_printed(-value, -200.0), good, "-{value}");
        }
        assert!(as_printed(0.05, 0.0) && !as_printed(0.06, 0.0));
        assert!(faster(1000.0, 1100.0) && !faster(1000.0, 1099.0) && faster(0.0, 50.0) && !faster(0.0, 49.0));
        for (value, good) in [(180.0, true), (179.0, false), (330.0, true), (331.0, false)] {
            assert_eq!(rated(value, 200.0, 300.0), good, "{value}");
        }
        assert!(borne(160.0, 100.0) && !borne(161.0, 100.0));
    }
}
