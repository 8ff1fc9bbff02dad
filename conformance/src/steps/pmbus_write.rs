//! PMBus: steps that write. The guard lets them through only with `--allow-writes`.
//!
//! Each step that changes something looks at once whether the device did right, and puts back what it changed, so that
//! a Then step that fails leaves nothing behind.

use cucumber::{given, when};

use super::bits::{has, with};
use super::pmbus::ones;
use super::pmbus_values::look_at_vout;
use crate::pmbus::PmbusWorld;
use crate::pmbus::talk::Code;
use crate::transport::smbus::{Came, GENERAL_CALL, Part};
use crate::world::{CaseEnded, Judged, Judgement, Judging, step};

/// Code of OPERATION.
const OPERATION: u8 = 0x01;
/// Code of VOUT_COMMAND.
pub(super) const VOUT: u8 = 0x21;

pub(super) fn low_first(code: u8, word: u16) -> [u8; 3] {
    let [low, high] = word.to_le_bytes();
    [code, low, high]
}

#[given("STATUS_CML is clear")]
async fn clear(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        w.supported()?;
        w.clear_cml().await
    })
    .await
}

pub(super) async fn vout(world: &mut PmbusWorld) -> Result<u16, Judgement> {
    Ok(world.named("vout_command").await? as u16)
}

/// Looks whether VOUT_COMMAND holds a word, and puts `before` back if it does not hold that.
async fn look_at(world: &mut PmbusWorld, wanted: u16, before: u16, what: &str) -> Judged {
    let held = vout(world).await?;
    if held != before {
        world.write(&low_first(VOUT, before), Code::Right).await?;
        let back = vout(world).await?;
        world.look(back == before, || format!("VOUT_COMMAND could not be put back: {back:04X}h"));
    }
    world.look(held == wanted, || format!("VOUT_COMMAND holds {held:04X}h after {what}, not {wanted:04X}h"));
    Ok(())
}

/// Looks whether STATUS_CML has one of the bits, and clears it.
pub(super) async fn look_at_cml(world: &mut PmbusWorld, bits: u8, what: &str) -> Judged {
    let cml = world.cml().await?;
    world.look(cml & bits != 0, || format!("STATUS_CML holds {cml:02X}h after {what}"));
    let word = world.named("status_word").await?;
    world.look(has(word, 2) == (cml != 0), || format!("STATUS_WORD {word:04X}h, STATUS_CML {cml:02X}h"));
    world.clear_cml().await
}

#[when(regex = r"^VOUT_COMMAND is written one step lower with (a wrong|the right) packet error code$")]
async fn with_code(world: &mut PmbusWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = vout(w).await?;
        let lower = low_first(VOUT, before.wrapping_sub(1));
        if which == "the right" {
            w.write(&lower, Code::Right).await?;
            look_at(w, before.wrapping_sub(1), before, "a write with the right code").await?;
            let cml = w.cml().await?;
            w.look(cml == 0, || format!("STATUS_CML holds {cml:02X}h after a good write"));
            return Ok(());
        }
        w.write(&lower, Code::Wrong).await?;
        let cml = w.cml().await?;
        w.look(has(cml, 0x20), || format!("STATUS_CML holds {cml:02X}h after a wrong code"));
        look_at(w, before, before, "a write with a wrong code").await?;
        w.clear_cml().await
    })
    .await
}

#[when("VOUT_COMMAND is written one step lower without a packet error code")]
async fn without_code(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = vout(w).await?;
        let required = w.context()?.plan.map.bus.pec == dpo_gateway::maps::pmbus::model::PecUse::Required;
        w.write(&low_first(VOUT, before.wrapping_sub(1)), Code::None).await?;
        if required {
            let cml = w.cml().await?;
            w.look(has(cml, 0x20), || "the map demands codes, and a write without one has no flag".into());
            return look_at(w, before, before, "a write without a code").await;
        }
        look_at(w, before.wrapping_sub(1), before, "a write without a code").await?;
        let cml = w.cml().await?;
        w.look(cml == 0, || format!("STATUS_CML holds {cml:02X}h after a good write"));
        Ok(())
    })
    .await
}

#[when("a command is written that the device does not have")]
async fn write_unsupported(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let code = w.unsupported()?;
        let came = w.write(&[code, 0, 0], Code::None).await?;
        w.note(format!("a write of {code:02X}h: {came}"));
        look_at_cml(w, 0x80, "a write of a command that is not there").await
    })
    .await
}

#[when("the client reads every code but actions, hazards and codes of makers")]
async fn sweep(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let query = context.command("query")?.clone();
        let known = w.supported()?;
        for code in 0x00..=0xCF_u8 {
            let own = context.plan.map.commands.iter().find(|c| c.code == code);
            let action = [0x03, 0x11, 0x12, 0x15, 0x16].contains(&code);
            let asks = own.is_some_and(|c| c.read.is_some_and(|r| r.asks()));
            let silent = own.is_some_and(|c| c.read.is_none());
            if action || asks || silent || context.hazardous(code) {
                continue;
            }
            let came = w.call(&[code], 2).await?;
            let answers = !ones(&came);
            w.look(!answers || own.is_some(), || format!("command {code:02X}h, not in the map, got {came}"));
            let said = w.data_of(&query, &[code]).await?.first().is_some_and(|bits| bits & 0x80 != 0);
            // A command whose data are ones cannot be told from one that is not there.
            let same = answers == said || said && came != Came::Refused;
            w.look(same, || format!("command {code:02X}h got {came}, but QUERY says {said}"));
            let expected = !known.contains(&code) || said;
            w.look(expected, || format!("command {code:02X}h is mandatory, and QUERY does not know it"));
        }
        w.clear_cml().await
    })
    .await
}

#[when("OPERATION is written as it is, with its reserved bit set")]
async fn reserved_operation(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = w.named("operation").await? as u8;
        w.write(&[OPERATION, with(before, 0x01)], Code::Right).await?;
        let held = w.named("operation").await? as u8;
        w.look(held == before, || format!("OPERATION held {before:02X}h and then {held:02X}h"));
        look_at_cml(w, 0x40, "a reserved bit of OPERATION").await
    })
    .await
}

#[when("VOUT_COMMAND is written one step above the range of the map")]
async fn above_the_range(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = vout(w).await?;
        let context = w.context()?;
        let range = context.command("vout_command")?.range;
        let range = range.ok_or_else(|| Judgement::Inconclusive("the map states no range".into()))?;
        let mode = dpo_registers::codec::pmbus::VoutMode(w.named("vout_mode").await? as u8);
        let most = mode.word(range.max.value(), None);
        let most = most.map_err(|e| Judgement::Inconclusive(format!("VOUT_MODE {:02X}h: {e}", mode.0)))?;
        w.write(&low_first(VOUT, most.saturating_add(1)), Code::Right).await?;
        look_at(w, before, before, "a write above its range").await?;
        look_at_cml(w, 0x40, "a write above its range").await
    })
    .await
}

#[when(regex = r"^VOUT_COMMAND is written with (one byte of two|two bytes too many)$")]
async fn wrong_length(world: &mut PmbusWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = vout(w).await?;
        let [code, low, high] = low_first(VOUT, before.wrapping_sub(1));
        let bytes = if which == "one byte of two" { vec![code, low] } else { vec![code, low, high, 0, 0] };
        w.write(&bytes, Code::None).await?;
        look_at(w, before, before, &format!("a write with {which}")).await?;
        look_at_cml(w, 0xFF, &format!("a write with {which}")).await
    })
    .await
}

async fn vout_of(world: &mut PmbusWorld, address: u8) -> Result<u16, Judgement> {
    match world.transfer(&[Part::Write(address, vec![VOUT]), Part::Read(address, 2)]).await? {
        Came::Bytes(bytes) => Ok(bytes.iter().rev().fold(0, |word, byte| word << 8 | u16::from(*byte))),
        Came::Refused => Err(Judgement::Fail(format!("address {address:02X}h does not answer"))),
    }
}

#[when("VOUT_COMMAND of both devices is written one step lower in one group")]
async fn group(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let second = w.context()?.plan.second;
        let both = [w.address()?, second.ok_or_else(|| Judgement::Error("no second device".into()))?];
        let before = [vout_of(w, both[0]).await?, vout_of(w, both[1]).await?];
        let mut parts = Vec::new();
        for (address, word) in both.iter().zip(before) {
            parts.push(Part::Write(
                *address,
                w.coded(*address, &low_first(VOUT, word.wrapping_sub(1)), Code::Right),
            ));
        }
        w.transfer(&parts).await?;
        for (address, word) in both.iter().zip(before) {
            let held = vout_of(w, *address).await?;
            w.look(held.wrapping_add(1) == word, || {
                format!("{address:02X}h holds {held:04X}h after the group")
            });
            let back = w.coded(*address, &low_first(VOUT, word), Code::Right);
            w.transfer(&[Part::Write(*address, back)]).await?;
        }
        Ok(())
    })
    .await
}

#[when("VOUT_COMMAND is written twice in one group")]
async fn group_of_one(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (own, before) = (w.address()?, vout(w).await?);
        let part = |w: &PmbusWorld, word| Part::Write(own, w.coded(own, &low_first(VOUT, word), Code::Right));
        let parts = [part(w, before), part(w, before.wrapping_sub(1))];
        w.transfer(&parts).await?;
        look_at(w, before, before, "a second command in one group").await?;
        look_at_cml(w, 0xFF, "a second command in one group").await
    })
    .await
}

#[when("VOUT_COMMAND is written one step lower to the general call address")]
async fn general_call(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = vout(w).await?;
        let bytes = w.coded(GENERAL_CALL, &low_first(VOUT, before.wrapping_sub(1)), Code::Right);
        w.transfer(&[Part::Write(GENERAL_CALL, bytes)]).await?;
        look_at(w, before, before, "a general call").await
    })
    .await
}

#[when("VOUT_COMMAND is written one step lower and back")]
async fn lower_and_back(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = vout(w).await?;
        for word in [before.wrapping_sub(1), before] {
            w.write(&low_first(VOUT, word), Code::Right).await?;
            let held = vout(w).await?;
            w.look(held == word, || format!("VOUT_COMMAND holds {held:04X}h, not {word:04X}h"));
            look_at_vout(w).await?;
        }
        Ok(())
    })
    .await
}
