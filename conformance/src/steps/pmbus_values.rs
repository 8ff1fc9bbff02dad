//! PMBus: what commands tell.

use std::time::Duration;

use cucumber::{given, when};
use dpo_gateway::maps::model::Modality;
use dpo_gateway::maps::pmbus::model::{Command, Format};
use dpo_registers::codec::pmbus::{Linear11, VoutFormat, VoutMode};

use super::bits::has;
use crate::pmbus::PmbusWorld;
use crate::transport::smbus::{Came, Part};
use crate::world::{CaseEnded, Judgement, Judging, step};

/// Voltages between which a bus that is on is (48 V, with every tolerance).
pub(super) const BUS_V: std::ops::RangeInclusive<f64> = 40.0..=60.0;

/// What a quantity of a supply in a rack may be, by its unit and command.
pub(super) fn window(command: &Command) -> std::ops::RangeInclusive<f64> {
    match (command.unit.as_deref().unwrap_or_default(), command.id.as_str()) {
        ("V", "read_vout") => 0.0..=60.0,
        ("V", _) => 0.0..=600.0,
        ("A", _) => -200.0..=200.0,
        ("W", _) => -20_000.0..=20_000.0,
        ("Cel", _) => -40.0..=150.0,
        ("/min", _) => 0.0..=60_000.0,
        ("kHz", _) => 0.0..=5_000.0,
        _ => f64::MIN..=f64::MAX,
    }
}

#[when("the client asks QUERY about every command that the device has")]
async fn query_all(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let query = context.command("query")?;
        for code in w.supported()? {
            let Some(command) = context.plan.map.commands.iter().find(|c| c.code == code) else { continue };
            let bits = w.data_of(query, &[code]).await?.first().copied().unwrap_or_default();
            let (write, read) = (command.write.is_some(), command.read.is_some());
            let good = has(bits, 0x80) && has(bits, 0x40) == write && has(bits, 0x20) == read;
            w.look(good, || {
                format!("QUERY says {bits:02X}h of {}: written {write}, read {read}", command.id)
            });
        }
        Ok(())
    })
    .await
}

#[when("the client asks QUERY about a command that the device does not have")]
async fn query_other(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        // A reserved code: whatever QUERY says of a command of the map, this one no device has.
        let reserved = (0xAC..=0xAF).find(|code| context.plan.map.commands.iter().all(|c| c.code != *code));
        let code =
            reserved.ok_or_else(|| Judgement::Inconclusive("the map has every reserved code".into()))?;
        let data = w.data_of(context.command("query")?, &[code]).await?;
        w.look(data == [0], || format!("QUERY says {data:02X?} of command {code:02X}h"));
        Ok(())
    })
    .await
}

#[when("the client reads PMBUS_REVISION")]
async fn revision(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let bits = w.named("pmbus_revision").await?;
        // 1.0 to 1.5; the codes are from memory.
        let good = bits >> 4 <= 5 && bits & 0x0F <= 5;
        w.look(good, || format!("PMBUS_REVISION is {bits:02X}h"));
        w.note(format!("Part I revision 1.{}, Part II revision 1.{}", bits >> 4, bits & 0x0F));
        Ok(())
    })
    .await
}

#[when("the client reads VOUT_MODE")]
async fn vout_mode(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let mode = VoutMode(w.named("vout_mode").await? as u8);
        let linear = matches!(mode.format(), VoutFormat::Linear { .. });
        w.look(linear, || format!("VOUT_MODE {:02X}h is not linear", mode.0));
        let context = w.context()?;
        if let Ok(command) = context.command("vout_command")
            && linear
            && w.supports(command)?
        {
            let value = w.value(command).await?;
            let inside = command.range.is_none_or(|r| (r.min.value()..=r.max.value()).contains(&value));
            w.look(inside, || format!("VOUT_COMMAND is {value} V with VOUT_MODE {:02X}h", mode.0));
        }
        Ok(())
    })
    .await
}

/// STATUS_WORD (P2 17.2).
struct StatusBits(u64);

impl StatusBits {
    /// OFF.
    fn off(&self) -> bool {
        self.0 & 0x0040 != 0
    }

    /// POWER_GOOD# or OFF.
    fn no_power(&self) -> bool {
        self.0 & 0x0840 != 0
    }
}

/// Whether an output has the voltage of the bus, or is off and has no more than that.
fn good_vout(value: f64, off: bool) -> bool {
    if off { value <= *BUS_V.end() } else { BUS_V.contains(&value) }
}

/// Whether volts times amperes are the output power. Below 5 % of a small supply the steps of the formats count for more.
fn multiplies(vout: f64, iout: f64, pout: f64) -> bool {
    (vout * iout - pout).abs() <= 0.03 * pout.abs() + 20.0
}

/// Whether input power and output power go together.
fn loses_a_bit(pin: f64, pout: f64) -> bool {
    (pout * 0.99 - 20.0..=pout * 1.3 + 60.0).contains(&pin)
}

/// A unit that gives power is not off.
fn gives_or_is_off(power: f64, word: &StatusBits) -> bool {
    power < 10.0 || !word.no_power()
}

/// READ_VOUT, and whether it is that of the bus.
pub(super) async fn look_at_vout(world: &mut PmbusWorld) -> Result<(), Judgement> {
    let context = world.context()?;
    let value = world.value(context.command("read_vout")?).await?;
    let off = StatusBits(world.named("status_word").await?).off();
    let good = good_vout(value, off);
    world.look(good, || format!("READ_VOUT is {value:.3} V"));
    Ok(())
}

#[when("the client reads READ_VOUT")]
async fn read_vout(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| look_at_vout(w).await).await
}

#[given("the vectors of LINEAR11 decode as they must")]
async fn vectors(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |_: &mut PmbusWorld| {
        // Word, mantissa, exponent: the edges of both fields, and signs (P2 7.3).
        let vectors: [(u16, f64); 8] = [
            (0x0000, 0.0),
            (0x03FF, 1023.0),
            (0x0400, -1024.0),
            (0x07FF, -1.0),
            (0x8001, 1.0 / 65_536.0),
            (0x7801, 32_768.0),
            (0xF3FF, 255.75),
            (0xE7F6, -0.625),
        ];
        let wrong = vectors.iter().find(|(word, value)| Linear11(*word).value() != *value);
        wrong.map_or(Ok(()), |(word, value)| {
            let seen = Linear11(*word).value();
            Err(Judgement::Error(format!("the suite decodes {word:04X}h as {seen}, not {value}")))
        })
    })
    .await
}

async fn in_windows(world: &mut PmbusWorld, list: Vec<Command>) -> Result<(), Judgement> {
    for command in list {
        let value = world.value(&command).await?;
        let unit = command.unit.clone().unwrap_or_default();
        world.look(window(&command).contains(&value), || format!("{} is {value} {unit}", command.id));
    }
    Ok(())
}

#[when("the client reads every reading in LINEAR11")]
async fn linear11(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let all = w.readings()?;
        let list = all.into_iter().filter(|c| c.format == Format::Linear11).collect();
        in_windows(w, list).await
    })
    .await
}

#[when("the client reads the mandatory readings")]
async fn mandatory(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let all = context.plan.map.commands.iter();
        let reading = |c: &&Command| c.id.starts_with("read_") && c.modality == Modality::Mandatory;
        in_windows(w, all.filter(reading).cloned().collect()).await
    })
    .await
}

#[when("the client reads powers, voltage and current for up to 5 s")]
async fn powers(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let deadline = crate::world::ends_in(Duration::from_secs(5));
        loop {
            let mut seen = [0.0; 4];
            for (slot, id) in seen.iter_mut().zip(["read_vout", "read_iout", "read_pout", "read_pin"]) {
                *slot = w.value(context.command(id)?).await?;
            }
            let [vout, iout, pout, pin] = seen;
            let (near, losses) = (multiplies(vout, iout, pout), loses_a_bit(pin, pout));
            if near && losses || crate::world::over(deadline) {
                w.look(near, || format!("POUT {pout} W, but VOUT {vout} V times IOUT {iout} A"));
                w.look(losses, || format!("PIN {pin} W for POUT {pout} W"));
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
}

#[when("the client reads STATUS_WORD and STATUS_BYTE, with a fault of the protocol pending")]
async fn status_byte(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let code = w.unsupported()?;
        w.call(&[code], 2).await?;
        for _ in 0..3 {
            let word = w.named("status_word").await?;
            let byte = w.named("status_byte").await?;
            let again = w.named("status_word").await?;
            // A state may change between two reads.
            if word == again {
                w.look(word & 0xFF == byte, || format!("STATUS_WORD {word:04X}h, STATUS_BYTE {byte:02X}h"));
                w.look(has(word, 2), || format!("STATUS_WORD {word:04X}h has no bit CML"));
                return Ok(());
            }
        }
        Err(Judgement::Inconclusive("STATUS_WORD changes with every read".into()))
    })
    .await
}

#[when("the client reads STATUS_WORD and the STATUS commands")]
async fn status_word(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        // Status command, its bit in the word (P2 17.2).
        let summary = [
            ("status_vout", 0x8000),
            ("status_iout", 0x4000),
            ("status_input", 0x2000),
            ("status_temperature", 0x0004),
            ("status_cml", 0x0002),
        ];
        let word = w.named("status_word").await?;
        for (id, bit) in summary {
            let cause = w.named(id).await?;
            w.look((cause != 0) == has(word, bit), || {
                format!("{id} is {cause:02X}h, STATUS_WORD {word:04X}h")
            });
        }
        let context = w.context()?;
        let power = w.value(context.command("read_pout")?).await?;
        w.look(gives_or_is_off(power, &StatusBits(word)), || {
            format!("{power} W, but STATUS_WORD {word:04X}h")
        });
        Ok(())
    })
    .await
}

#[when("the client makes faults of the protocol that reads can make")]
async fn protocol_faults(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (own, code) = (w.address()?, w.unsupported()?);
        let vin = w.context()?.command("read_vin")?.code;
        // What is done, and the bits that a case allows for it.
        let faults = [
            ("an unknown command", vec![Part::Write(own, vec![code]), Part::Read(own, 2)], 0x80),
            ("a read beyond the end", vec![Part::Write(own, vec![vin]), Part::Read(own, 7)], 0x43),
            ("a read without a command", vec![Part::Read(own, 1)], 0x43),
        ];
        for (what, parts, allowed) in faults {
            let before = w.cml().await?;
            let came = w.transfer(&parts).await?;
            let after = w.cml().await?;
            let added = after & !before;
            w.look(added & !allowed == 0, || format!("{what} set {added:02X}h in STATUS_CML"));
            let told = has(after, allowed) || came == Came::Refused && allowed != 0x80;
            w.look(told, || format!("{what}: STATUS_CML holds {after:02X}h"));
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_compared_with_what_formats_and_losses_explain() {
        for (vout, iout, pout, good) in [
            (50.0, 20.0, 1000.0, true),
            (50.0, 20.9, 1000.0, true),
            (50.0, 21.1, 1000.0, false),
            (50.0, 19.1, 1000.0, true),
            (50.0, 18.9, 1000.0, false),
            (50.0, 0.3, 0.0, true),
            (50.0, 0.5, 0.0, false),
            (50.0, -20.0, -1000.0, true),
        ] {
            assert_eq!(multiplies(vout, iout, pout), good, "{vout} {iout} {pout}");
        }
        for (pin, good) in [(969.0, false), (971.0, true), (1000.0, true), (1359.0, true), (1361.0, false)] {
            assert_eq!(loses_a_bit(pin, 1000.0), good, "{pin}");
        }
    }

    #[test]
    fn an_output_is_at_its_voltage_or_off() {
        let middle = (BUS_V.start() + BUS_V.end()) / 2.0;
        assert!(good_vout(middle, false) && good_vout(middle, true));
        assert!(!good_vout(1.0, false) && good_vout(1.0, true));
        assert!(!good_vout(61.0, false) && !good_vout(61.0, true));
        for (word, off, no_power) in
            [(0x0000, false, false), (0x0040, true, true), (0x0800, false, true), (0xF7BF, false, false)]
        {
            let word = StatusBits(word);
            assert_eq!((word.off(), word.no_power()), (off, no_power), "{:04X}", word.0);
            assert!(gives_or_is_off(9.0, &word));
            assert_eq!(gives_or_is_off(10.0, &word), !no_power);
            assert_eq!(gives_or_is_off(11.0, &word), !no_power);
        }
    }
}
