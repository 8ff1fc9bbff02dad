//! PMBus: what an instrument on the bus does, and blocks of a wrong length.

use std::time::Duration;

use cucumber::{then, when};
use dpo_registers::codec::pmbus::pec;

use super::bits::{to_read, to_write};
use super::pmbus::still_good;
use super::pmbus_write::{VOUT, look_at_cml, vout};
use crate::instrument::{Act, Measured};
use crate::pmbus::PmbusWorld;
use crate::pmbus::play::block_setting;
use crate::pmbus::talk::Code;
use crate::transport::smbus::{Came, Part};
use crate::world::{CaseEnded, Judgement, Judging, step, step_within};

/// SMBus lets a device give up after 25 ms of a held clock, and wants it to have done so after 35 ms (SM 4.2).
const HELD_US: u32 = 36_000;
const NOT_HELD_US: u32 = 20_000;
/// Most stretching of the clock by a device in one message (SM 4.2, tLOW:SEXT).
const STRETCH_US: u32 = 25_000;
/// Clock of PM-XP-022.
const FAST_HZ: u32 = 400_000;
/// How long a person may need to plug something.
const BENCH: Duration = Duration::from_secs(300);
/// How long a module may need to answer after it was plugged in.
const NEW: Duration = Duration::from_secs(10);
/// How long a device may be busy with storing.
const STORING: Duration = Duration::from_secs(5);
/// Code of STORE_USER_ALL.
pub(super) const STORE: u8 = 0x15;

#[then("VOUT_COMMAND is what it was, and the next read is good")]
#[then("SDA is free, and the next read is good")]
#[then("each refused read is told by the bit BUSY, and none got wrong data")]
#[then("the device has given up: ones, SDA is free, and the next read is good")]
#[then("the whole answer is right")]
#[then("the clock was stretched for no more than 25 ms in each message")]
#[then("no byte was stretched longer than declared")]
#[then("every answer and its packet error code are right")]
#[then("the block is what it was, and it was refused or flagged")]
#[then("the block is what it was, and any bit of STATUS_CML is set")]
#[then("SDA is high after nine pulses at most, and the next read is good")]
#[then("the other device answered every read, and the module is found again")]
async fn judged(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| w.judge()).await
}

/// What the instrument should have told.
fn told<T>(value: Option<T>, what: &str) -> Result<T, Judgement> {
    value.ok_or_else(|| Judgement::Inconclusive(format!("the instrument does not tell {what}")))
}

impl PmbusWorld {
    /// Has the instrument do something.
    pub(super) async fn act(&mut self, act: Act) -> Result<Measured, Judgement> {
        let context = self.context()?;
        if let Some(parts) = act.parts() {
            self.note_before(&parts).await?;
        }
        Ok(context.link.act(&act, &*self.log()).await?)
    }

    /// A constant word with its code, as a good read gives it.
    async fn constant(&mut self) -> Result<(u8, Vec<u8>), Judgement> {
        let context = self.context()?;
        let code = context.command("pmbus_revision")?.code;
        let data = self.data(context.command("pmbus_revision")?).await?;
        let own = self.address()?;
        let check = pec(&[&[to_write(own), code, to_read(own)], data.as_slice()].concat());
        Ok((code, [data.as_slice(), &[check]].concat()))
    }
}

#[when("the instrument writes VOUT_COMMAND one step lower and sends STOP inside its last byte")]
async fn cut_write(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (address, before) = (w.address()?, vout(w).await?);
        let low = before.wrapping_sub(1).to_le_bytes()[0];
        w.act(Act::CutWrite { address, bytes: vec![VOUT, low], bits: 4 }).await?;
        let held = vout(w).await?;
        // What was taken all the same the end of the case puts back.
        w.look(held == before, || format!("VOUT_COMMAND held {before:04X}h and then {held:04X}h"));
        still_good(w).await?;
        // The fault may be flagged or not.
        w.clear_cml().await
    })
    .await
}

#[when("the instrument stops reading inside the first byte of READ_VIN")]
async fn cut_read(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (address, command) = (w.address()?, w.context()?.command("read_vin")?.code);
        let measured = w.act(Act::CutRead { address, command, bytes: 0, bits: 3 }).await?;
        let free = told(measured.sda_high, "whether SDA is high")?;
        w.look(free, || "the device holds SDA low".to_owned());
        good_or_told(w).await
    })
    .await
}

/// The next read is good; a device that does not answer is what the case is about.
async fn good_or_told(world: &mut PmbusWorld) -> Result<(), Judgement> {
    match still_good(world).await {
        Err(Judgement::Fail(seen)) => {
            world.look(false, || seen);
            Ok(())
        }
        other => other,
    }
}

#[when("the client sends STORE_USER_ALL and reads VIN until it is answered")]
async fn busy(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let vin = context.command("read_vin")?;
        w.write(&[0x03], Code::Right).await?;
        w.write(&[STORE], Code::Right).await?;
        let deadline = crate::world::ends_in(STORING);
        let mut refused = 0_usize;
        // Whatever is answered has a code: data that are wrong fail here.
        while w.call(&[vin.code], 1).await? == Came::Refused {
            refused += 1;
            if crate::world::over(deadline) {
                return Err(Judgement::Fail(format!("the device was busy for over {STORING:?}")));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        w.data(vin).await?;
        w.note(format!("{refused} reads were not acknowledged"));
        let byte = w.named("status_byte").await?;
        w.look(refused == 0 || byte & 0x80 != 0, || {
            format!("{refused} reads were refused, and STATUS_BYTE is {byte:02X}h")
        });
        w.write(&[0x03], Code::Right).await.map(drop)
    })
    .await
}

#[when(regex = r"^the instrument holds the clock for (36|20) ms inside a read$")]
async fn held(world: &mut PmbusWorld, ms: u32) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (command, whole) = w.constant().await?;
        let (address, bytes) = (w.address()?, u8::try_from(whole.len()).unwrap_or(u8::MAX));
        let hold_us = if ms == 36 { HELD_US } else { NOT_HELD_US };
        let measured = w.act(Act::HeldRead { address, command, bytes, hold_us }).await?;
        let got = told(measured.bytes, "what was read")?;
        if hold_us == NOT_HELD_US {
            w.look(got == whole, || format!("a clock held for 20 ms: {got:02X?}, not {whole:02X?}"));
        } else {
            let ones = got.get(1..).unwrap_or_default().iter().all(|byte| *byte == 0xFF);
            w.look(ones && got.len() == whole.len(), || {
                format!("a clock held for 36 ms: {got:02X?}, the device went on")
            });
            let free = told(measured.sda_high, "whether SDA is high")?;
            w.look(free, || "the device holds SDA low".to_owned());
        }
        good_or_told(w).await
    })
    .await
}

#[when(regex = r"^the instrument reads every reading and every text at (the fastest|a fast) clock$")]
async fn stretching(world: &mut PmbusWorld, which: String) -> Result<(), CaseEnded> {
    step_within(BENCH, world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let fastest = context.plan.map.bus.clock_hz_max;
        let clock_hz = if which == "a fast" { fastest.min(FAST_HZ) } else { fastest };
        let address = w.address()?;
        for command in w.readable()? {
            let bytes = command.data_bytes().map_or(2, |(_, most)| most.min(context.plan.map.bus.max_block));
            let act = Act::TimedRead { address, command: command.code, bytes: bytes + 1, clock_hz };
            let stretch = told(w.act(act).await?.stretch_us, "how long the clock was stretched")?;
            let (sum, longest) = (stretch.iter().sum::<u32>(), stretch.iter().max().copied());
            if which == "a fast" {
                let most = context.claims.stretch_us.unwrap_or_default();
                let longest = longest.unwrap_or_default();
                w.look(longest <= most, || format!("{}: a byte was stretched by {longest} us", command.id));
            } else {
                w.look(sum <= STRETCH_US, || format!("{}: the clock was stretched by {sum} us", command.id));
            }
        }
        Ok(())
    })
    .await
}

#[when("the instrument reads a constant again and again at the fastest clock")]
async fn fastest(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(BENCH, world, async |w: &mut PmbusWorld| {
        let (command, whole) = w.constant().await?;
        let clock_hz = w.context()?.plan.map.bus.clock_hz_max;
        let (address, bytes) = (w.address()?, u8::try_from(whole.len()).unwrap_or(u8::MAX));
        for nth in 0..w.context()?.effort.random_reads {
            let act = Act::TimedRead { address, command, bytes, clock_hz };
            let got = told(w.act(act).await?.bytes, "what was read")?;
            w.look(got == whole, || format!("read {nth} at {clock_hz} Hz got {got:02X?}, not {whole:02X?}"));
        }
        Ok(())
    })
    .await
}

#[when(regex = r"^a block is written (without a byte|with one byte less than its count)$")]
async fn block(world: &mut PmbusWorld, which: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let command = block_setting(&context.plan, &context.known);
        let command = command.ok_or_else(|| Judgement::Error("no block that is written".into()))?;
        let before = w.data(command).await?;
        let count = u8::try_from(before.len()).unwrap_or(u8::MAX);
        let came = if which == "without a byte" {
            w.write(&[command.code, 0], Code::Right).await?
        } else {
            let other: Vec<u8> = before.iter().map(|byte| byte ^ 1).collect();
            let bytes = [&[command.code, count + 1], other.as_slice()].concat();
            w.write(&bytes, Code::None).await?
        };
        let cml = w.cml().await?;
        let flagged = cml != 0 || came == Came::Refused && which == "without a byte";
        w.look(flagged, || format!("STATUS_CML is clear after a block {which}"));
        let held = w.data(command).await?;
        // What was taken all the same the end of the case puts back.
        w.look(held == before, || format!("{} held {before:02X?} and then {held:02X?}", command.id));
        if cml == 0 { Ok(()) } else { look_at_cml(w, 0xFF, &format!("a block {which}")).await }
    })
    .await
}

#[when("the instrument leaves a read while SDA is low, and sends clock pulses until it is high")]
async fn bus_clear(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (address, command) = (w.address()?, w.context()?.command("read_vin")?.code);
        let measured = w.act(Act::BusClear { address, command }).await?;
        let (pulses, free) = (told(measured.pulses, "the pulses")?, told(measured.sda_high, "SDA")?);
        w.look(free && pulses <= 9, || format!("SDA is low after {pulses} pulses"));
        good_or_told(w).await
    })
    .await
}

#[when("the second device is pulled and plugged while the first one is read")]
async fn hot_plug(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(BENCH, world, async |w: &mut PmbusWorld| {
        let second = w.context()?.plan.second;
        let second = second.ok_or_else(|| Judgement::Error("no second device".into()))?;
        let revision = w.context()?.command("pmbus_revision")?.code;
        let there = |came: &Came| matches!(came, Came::Bytes(bytes) if bytes != &[0xFF]);
        for act in [Act::Remove { address: second }, Act::Insert { address: second }] {
            let gone = matches!(act, Act::Remove { .. });
            w.act(act).await?;
            for _ in 0..20 {
                good_or_told(w).await?;
            }
            if gone {
                let parts = [Part::Write(second, vec![revision]), Part::Read(second, 1)];
                let came = w.transfer(&parts).await?;
                if there(&came) {
                    return Err(Judgement::Inconclusive("the module that was pulled still answers".into()));
                }
            }
        }
        let deadline = crate::world::ends_in(NEW);
        loop {
            let parts = [Part::Write(second, vec![revision]), Part::Read(second, 1)];
            let found = there(&w.transfer(&parts).await?);
            if found || crate::world::over(deadline) {
                w.look(found, || format!("the module does not answer {NEW:?} after it was plugged in"));
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
}
