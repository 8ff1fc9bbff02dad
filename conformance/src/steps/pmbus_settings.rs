//! PMBus: masks, pages, settings, protection, and how faults are cleared.
//!
//! As in [`pmbus_write`](super::pmbus_write), each step looks at once and puts back what it changed.

use cucumber::{then, when};
use dpo_gateway::maps::model::{Access, Volatility};
use dpo_gateway::maps::pmbus::model::{Command, WriteProtect};

use super::bits::{has, with};
use super::pmbus_write::{VOUT, look_at_cml, low_first, vout};
use crate::pmbus::PmbusWorld;
use crate::pmbus::talk::Code;
use crate::transport::smbus::Came;
use crate::world::{CaseEnded, Judged, Judgement, step};

/// Code of WRITE_PROTECT.
const PROTECT: u8 = 0x10;
/// Code of OPERATION.
const OPERATION: u8 = 0x01;

async fn mask(world: &mut PmbusWorld) -> Result<u8, Judgement> {
    let context = world.context()?;
    let data = world.data_of(context.command("smbalert_mask")?, &[0x7E]).await?;
    Ok(data.first().copied().unwrap_or_default())
}

#[when("bit 7 of STATUS_CML is masked, and a command is read that the device does not have")]
async fn masked(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = mask(w).await?;
        w.kept.insert("mask", before.into());
        w.write(&[0x1B, 0x7E, with(before, 0x80)], Code::Right).await?;
        let code = w.unsupported()?;
        w.call(&[code], 2).await?;
        let cml = w.cml().await?;
        w.look(has(cml, 0x80), || format!("STATUS_CML holds {cml:02X}h"));
        let own = w.address()?;
        let alert = w.alert().await?;
        w.look(alert != Some(own), || "a masked fault pulls SMBALERT#".to_owned());
        w.write(&[0x1B, 0x7E, before], Code::Right).await?;
        w.clear_cml().await
    })
    .await
}

#[then("the mask is put back")]
async fn mask_back(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (held, before) = (mask(w).await?, w.kept.get("mask").copied().unwrap_or_default());
        w.look(u64::from(held) == before, || format!("SMBALERT_MASK was {before:02X}h and is {held:02X}h"));
        w.judge()
    })
    .await
}

#[when("the mask of STATUS_CML is written with another value")]
async fn other_mask(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = mask(w).await?;
        w.write(&[0x1B, 0x7E, before ^ 0x80], Code::Right).await?;
        let held = mask(w).await?;
        w.look(held == before ^ 0x80, || {
            format!("SMBALERT_MASK reads {held:02X}h, not {:02X}h", before ^ 0x80)
        });
        w.write(&[0x1B, 0x7E, before], Code::Right).await?;
        let back = mask(w).await?;
        w.look(back == before, || format!("SMBALERT_MASK was {before:02X}h and is {back:02X}h"));
        Ok(())
    })
    .await
}

#[when("each page is written")]
async fn pages(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = w.named("page").await? as u8;
        for page in 0..w.context()?.plan.map.bus.pages {
            w.write(&[0x00, page], Code::Right).await?;
            let held = w.named("page").await? as u8;
            w.look(held == page, || format!("PAGE reads {held:02X}h after {page:02X}h was written"));
        }
        w.write(&[0x00, before], Code::Right).await.map(drop)
    })
    .await
}

#[when("a page is written that the map does not have")]
async fn other_page(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = w.named("page").await? as u8;
        let pages = w.context()?.plan.map.bus.pages;
        w.write(&[0x00, pages], Code::Right).await?;
        let held = w.named("page").await? as u8;
        w.look(held == before, || format!("PAGE held {before:02X}h and then {held:02X}h"));
        w.write(&[0x00, before], Code::Right).await?;
        look_at_cml(w, 0x40, "a page that is not there").await
    })
    .await
}

/// Settings that the device has: written and read with the same data.
async fn settings(world: &mut PmbusWorld) -> Result<Vec<Command>, Judgement> {
    let all = world.readable()?;
    let setting = |c: &Command| c.access == Access::Rw && c.write.is_some() && c.code != PROTECT;
    Ok(all.into_iter().filter(setting).collect())
}

#[when("every setting is written with the value that it has")]
async fn same_values(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        for command in settings(w).await? {
            let data = w.data(&command).await?;
            w.write(&PmbusWorld::bytes_of(&command, &data), Code::Right).await?;
            let held = w.data(&command).await?;
            w.look(held == data, || format!("{} held {data:02X?} and then {held:02X?}", command.id));
        }
        let cml = w.cml().await?;
        w.look(cml == 0, || format!("STATUS_CML holds {cml:02X}h after good writes"));
        Ok(())
    })
    .await
}

#[when("every command that is only read is written")]
async fn read_only(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let all = w.readable()?;
        for command in all.iter().filter(|c| c.write.is_none()) {
            let before = w.data(command).await?;
            let zeros = vec![0; command.data_bytes().map_or(1, |(least, _)| usize::from(least.max(1)))];
            w.write(&[&[command.code], zeros.as_slice()].concat(), Code::None).await?;
            let cml = w.cml().await?;
            w.look(has(cml, 0xC0), || format!("STATUS_CML holds {cml:02X}h after a write of {}", command.id));
            if command.volatility == Volatility::Constant {
                let after = w.data(command).await?;
                w.look(after == before, || {
                    format!("{} held {before:02X?} and then {after:02X?}", command.id)
                });
            }
            w.clear_cml().await?;
        }
        Ok(())
    })
    .await
}

#[when(regex = r"^WRITE_PROTECT is (80|40|20)h$")]
async fn protect(world: &mut PmbusWorld, level: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = w.named("write_protect").await?;
        w.kept.insert("protect", before);
        let level = u8::from_str_radix(&level, 16).map_err(|e| Judgement::Error(e.to_string()))?;
        w.write(&[PROTECT, level], Code::Right).await?;
        let held = w.named("write_protect").await?;
        w.look(held == u64::from(level), || format!("WRITE_PROTECT reads {held:02X}h, not {level:02X}h"));
        Ok(())
    })
    .await
}

/// Writes a command with what it has, or VOUT_COMMAND one step lower, and looks whether it was taken.
async fn attempt(world: &mut PmbusWorld, code: u8, taken: bool) -> Judged {
    if code == VOUT {
        let before = vout(world).await?;
        world.write(&low_first(VOUT, before.wrapping_sub(1)), Code::Right).await?;
        let held = vout(world).await?;
        let wanted = if taken { before.wrapping_sub(1) } else { before };
        world.look(held == wanted, || format!("VOUT_COMMAND holds {held:04X}h, {before:04X}h before"));
        // What was taken all the same the end of the case puts back.
        if taken {
            world.write(&low_first(VOUT, before), Code::Right).await?;
        }
    } else {
        let context = world.context()?;
        let command = context.plan.map.commands.iter().find(|c| c.code == code);
        let command = command.ok_or_else(|| Judgement::Error(format!("no command {code:02X}h")))?;
        let data = world.data(command).await?;
        world.write(&PmbusWorld::bytes_of(command, &data), Code::Right).await?;
    }
    let cml = world.cml().await?;
    let flagged = has(cml, 0xC0);
    world.look(flagged != taken, || {
        let wanted = if taken { "is taken" } else { "is refused" };
        format!("STATUS_CML holds {cml:02X}h after a write of {code:02X}h, which {wanted} at this protection")
    });
    world.clear_cml().await
}

#[then("writes of VOUT_COMMAND and OPERATION are refused")]
async fn all_refused(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        attempt(w, VOUT, false).await?;
        attempt(w, OPERATION, false).await
    })
    .await
}

#[then("a write of OPERATION is taken and one of VOUT_COMMAND refused")]
async fn operation_only(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        attempt(w, OPERATION, true).await?;
        attempt(w, VOUT, false).await
    })
    .await
}

#[then("writes of OPERATION and VOUT_COMMAND are taken and other settings refused")]
async fn two_only(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        attempt(w, OPERATION, true).await?;
        attempt(w, VOUT, true).await?;
        let others = settings(w).await?;
        for command in others.iter().filter(|c| c.protect == Some(WriteProtect::Level20)) {
            attempt(w, command.code, false).await?;
        }
        Ok(())
    })
    .await
}

#[then("WRITE_PROTECT is put back")]
async fn protect_back(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = w.kept.get("protect").copied().unwrap_or_default();
        w.write(&[PROTECT, before as u8], Code::Right).await?;
        let held = w.named("write_protect").await?;
        w.look(held == before, || format!("WRITE_PROTECT was {before:02X}h and is {held:02X}h"));
        w.judge()
    })
    .await
}

#[when("WRITE_PROTECT is written with 10h")]
async fn undefined_protection(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = w.named("write_protect").await?;
        w.write(&[PROTECT, 0x10], Code::Right).await?;
        let held = w.named("write_protect").await?;
        w.look(held == before, || format!("WRITE_PROTECT was {before:02X}h and is {held:02X}h"));
        // A protection that was taken all the same the end of the case puts back.
        look_at_cml(w, 0x40, "an undefined protection").await
    })
    .await
}

#[when("every readable command is read under each protection")]
async fn reads_protected(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let before = w.named("write_protect").await?;
        w.kept.insert("protect", before);
        let list = w.readable()?;
        for level in [0x80, 0x40, 0x20, 0x00] {
            w.write(&[PROTECT, level], Code::Right).await?;
            for command in &list {
                let came = w.call(&[command.code], 1).await?;
                w.look(came != Came::Refused, || format!("{} at {level:02X}h: {came}", command.id));
            }
        }
        Ok(())
    })
    .await
}

#[when("a fault of the protocol is made, and CLEAR_FAULTS is sent")]
async fn clear_faults(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let code = w.unsupported()?;
        w.call(&[code], 2).await?;
        w.write(&[0x03], Code::Right).await?;
        let (cml, own) = (w.cml().await?, w.address()?);
        w.look(cml == 0, || format!("STATUS_CML holds {cml:02X}h after CLEAR_FAULTS"));
        let alert = w.alert().await?;
        w.look(alert != Some(own), || "SMBALERT# is pulled after CLEAR_FAULTS".to_owned());
        Ok(())
    })
    .await
}

/// Makes an unknown command (bit 7) and a wrong packet error code (bit 5).
async fn two_faults(world: &mut PmbusWorld) -> Result<u8, Judgement> {
    let code = world.unsupported()?;
    world.call(&[code], 2).await?;
    // A status command: the wrong code keeps it from clearing anything.
    world.write(&[0x7E, 0x00], Code::Wrong).await?;
    world.cml().await
}

#[when("two faults of the protocol are made, and one of their bits is written")]
async fn one_bit(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let cml = two_faults(w).await?;
        w.look(cml & 0xA0 == 0xA0, || format!("STATUS_CML holds {cml:02X}h after two faults"));
        w.write(&[0x7E, 0x80], Code::Right).await?;
        let left = w.cml().await?;
        w.look(left == cml & !0x80, || {
            format!("STATUS_CML held {cml:02X}h, then {left:02X}h: bit 7 was cleared")
        });
        w.clear_cml().await
    })
    .await
}

#[when("a fault of the protocol is made and cleared")]
async fn summary(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        two_faults(w).await?;
        for (bits, left) in [(0x80, true), (0xFF, false)] {
            w.write(&[0x7E, bits], Code::Right).await?;
            let word = w.named("status_word").await?;
            w.look(has(word, 2) == left, || format!("STATUS_WORD {word:04X}h after {bits:02X}h was cleared"));
        }
        Ok(())
    })
    .await
}
