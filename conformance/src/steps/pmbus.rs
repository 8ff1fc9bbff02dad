//! PMBus: steps that read, and what becomes of bad reads.

use cucumber::{given, then, when};
use dpo_gateway::maps::pmbus::model::{Command, Format, Read};
use dpo_registers::codec::pmbus::pec;

use super::bits::{has, to_read, to_write};
use crate::device::printable;
use crate::pmbus::PmbusWorld;
use crate::pmbus::talk::Code;
use crate::transport::smbus::{Came, Part};
use crate::world::{CaseEnded, Judged, Judgement, step, step_within};

/// A soak of thousands of reads.
const LONG: std::time::Duration = std::time::Duration::from_secs(300);

pub(super) fn ones(came: &Came) -> bool {
    match came {
        Came::Refused => true,
        Came::Bytes(bytes) => bytes.iter().all(|byte| *byte == 0xFF),
    }
}

/// A good read: PMBUS_REVISION is answered.
pub(super) async fn still_good(world: &mut PmbusWorld) -> Judged {
    world.named("pmbus_revision").await.map(drop)
}

#[when("the client reads a byte, a word and a block")]
async fn each_protocol(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        for wanted in [Read::ReadByte, Read::ReadWord, Read::ReadBlock] {
            let all = w.readable()?;
            let Some(command) = all.iter().find(|c| c.read == Some(wanted)) else { continue };
            let data = w.data(command).await?;
            let (least, most) = command.data_bytes().unwrap_or((0, u8::MAX));
            let fits = (usize::from(least)..=usize::from(most)).contains(&data.len());
            w.look(fits, || format!("{}: {} bytes of data", command.id, data.len()));
        }
        Ok(())
    })
    .await
}

#[then("each was acknowledged and has its length")]
#[then("each code is the CRC-8 of the message")]
#[then("the data are the same")]
#[then("each count is that of the bytes that came")]
#[then("no read failed")]
#[then("bits 7, 6 and 5 are those of the map")]
#[then("each text is printable and stays the same")]
#[then("each is in the window of its unit")]
#[then("each is there and in the window of its unit")]
#[then("each bit of the word has its cause, and each cause its bit")]
#[then("each adds its own bit to STATUS_CML and no other")]
#[then("PAGE reads it")]
#[then("each reads its value, and STATUS_CML is clear")]
#[then("each is flagged, and constants are what they were")]
#[then("all were answered")]
#[then("those that answer are commands of the map, and QUERY says the same")]
#[then("each reads as written, and READ_VOUT stays in the window of the bus")]
#[then("the byte is the low byte of the word")]
#[then("it got nothing but ones, a flag in STATUS_CML, and the next read is good")]
#[then("it got nothing but ones, and bit 7 of STATUS_CML is set")]
#[then("ones follow the word, and the next read is good")]
#[then("its speed bits fit the fastest clock of the map")]
#[then("the answer is a block of one byte")]
#[then("it is acknowledged, and STATUS_CML is what it was")]
#[then("both parts are a known revision")]
#[then("its reserved bits are 0 and it tells the truth about codes")]
#[then("the answer is 0")]
#[then("it is linear, and VOUT_COMMAND is inside the range of the map")]
#[then("it is in the window of the bus")]
#[then("they agree at least once")]
#[then("the device answers the alert response address, and only once")]
#[then("nobody answers")]
#[then("the lower address answers first and then the higher one")]
#[then("it reads that value, and is put back")]
#[then("bit 7 of STATUS_CML is set, and nobody answers the alert response address")]
#[then("it is applied without a flag, and put back")]
#[then(regex = r"^it is not applied, and (?:bit \d|any bit) of STATUS_CML is set$")]
#[then("it is not applied")]
#[then("bit 7 of STATUS_CML is set")]
#[then("OPERATION is what it was, and bit 6 of STATUS_CML is set")]
#[then("both have taken it, and it is put back")]
#[then("the second write is not applied, and any bit of STATUS_CML is set")]
#[then("PAGE is what it was, and bit 6 of STATUS_CML is set")]
#[then("WRITE_PROTECT is what it was, and bit 6 of STATUS_CML is set")]
#[then("STATUS_CML is clear, and nobody answers the alert response address")]
#[then("the other one is still set")]
#[then("the summary bit came and went with it")]
async fn judged(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    // The step before has looked, while the device still showed it, and has put back what it changed.
    step(world, async |w: &mut PmbusWorld| w.judge()).await
}

#[when("the client reads every reading with its packet error code")]
async fn with_codes(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        if w.named("capability").await? & 0x80 == 0 {
            return Err(Judgement::Inconclusive("CAPABILITY says that the device knows no codes".into()));
        }
        let own = w.address()?;
        for command in w.readings()? {
            let Came::Bytes(bytes) = w.call(&[command.code], 3).await? else {
                w.look(false, || format!("{} was not acknowledged", command.id));
                continue;
            };
            let message =
                [&[to_write(own), command.code, to_read(own)], bytes.get(..2).unwrap_or_default()].concat();
            let right = bytes.get(2) == Some(&pec(&message));
            w.look(right, || format!("{}: packet error code {:02X?}", command.id, bytes.get(2)));
        }
        Ok(())
    })
    .await
}

#[when("the client reads constants with and without the packet error code")]
async fn without_code(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let constant = |c: &&Command| {
            c.volatility == dpo_gateway::maps::model::Volatility::Constant
                && matches!(c.read, Some(Read::ReadByte | Read::ReadWord))
        };
        for command in w.readable()?.iter().filter(constant) {
            let whole = w.data(command).await?;
            let short = w.call(&[command.code], whole.len()).await?;
            w.look(short == Came::Bytes(whole.clone()), || format!("{}: {short} without a code", command.id));
        }
        Ok(())
    })
    .await
}

#[when("the client reads the address without a command")]
async fn no_command(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let own = w.address()?;
        let came = w.transfer(&[Part::Read(own, 1)]).await?;
        let cml = w.cml().await?;
        w.look(ones(&came), || format!("a read without a command got {came}"));
        let flagged = cml != 0 || came == Came::Refused;
        w.look(flagged, || "STATUS_CML has no flag after a read without a command".to_owned());
        still_good(w).await
    })
    .await
}

#[when("the client reads a command that the device does not have")]
async fn unsupported_read(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let code = w.unsupported()?;
        let came = w.call(&[code], 2).await?;
        if w.kept.contains_key("alert") {
            let own = w.address()?;
            let (first, then) = (w.alert().await?, w.alert().await?);
            w.look(first == Some(own), || format!("the alert response address was answered by {first:02X?}"));
            w.look(then.is_none(), || "SMBALERT# was not released: it is answered again".to_owned());
            return Ok(());
        }
        let cml = w.cml().await?;
        w.look(ones(&came), || format!("command {code:02X}h, which QUERY does not have, got {came}"));
        w.look(has(cml, 0x80), || format!("STATUS_CML holds {cml:02X}h after command {code:02X}h"));
        Ok(())
    })
    .await
}

#[when("the client reads four bytes more than a word has")]
async fn beyond_the_end(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let code = w.context()?.command("read_vin")?.code;
        let came = w.call(&[code], 7).await?;
        let Came::Bytes(bytes) = &came else {
            return Err(Judgement::Fail("a long read was not acknowledged".into()));
        };
        // Two bytes, perhaps a packet error code, then ones.
        let rest = bytes.get(3..).unwrap_or_default();
        w.look(rest.iter().all(|byte| *byte == 0xFF), || format!("a read beyond the end got {came}"));
        still_good(w).await
    })
    .await
}

#[when("the client reads CAPABILITY")]
async fn capability(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let bits = w.named("capability").await?;
        let clock = w.context()?.plan.map.bus.clock_hz_max;
        let speed = match bits >> 5 & 3 {
            0 => 100_000,
            1 => 400_000,
            2 => 1_000_000,
            _ => 0,
        };
        w.look(speed == clock, || format!("CAPABILITY {bits:02X}h says {speed} Hz, the map {clock} Hz"));
        w.look(!has(bits, 0x03), || format!("reserved bits of CAPABILITY {bits:02X}h are set"));
        // Codes: a read that goes on behind the data shows one, or ones.
        let own = w.address()?;
        let code = w.context()?.command("pmbus_revision")?.code;
        if let Came::Bytes(bytes) = w.call(&[code], 2).await?
            && let [data, last] = bytes.as_slice()
        {
            let fits = *last == pec(&[to_write(own), code, to_read(own), *data]);
            w.look(fits == has(bits, 0x80), || {
                format!("CAPABILITY {bits:02X}h, but a read is followed by {last:02X}h")
            });
        }
        Ok(())
    })
    .await
}

#[when("the client reads every block of text")]
async fn blocks(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let most = w.context()?.plan.map.bus.max_block;
        for command in w.readable()?.iter().filter(|c| c.format == Format::Ascii) {
            // The count and the code are checked in the read: one byte more or less breaks the code.
            let data = w.data(command).await?;
            let fits = !data.is_empty() && data.len() <= usize::from(most);
            w.look(fits, || format!("{}: a block of {} bytes", command.id, data.len()));
        }
        Ok(())
    })
    .await
}

#[when("the client asks QUERY about QUERY itself")]
async fn query_itself(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let context = w.context()?;
        let query = context.command("query")?;
        let data = w.data_of(query, &[query.code]).await?;
        w.look(data.len() == 1, || format!("QUERY answered {} bytes", data.len()));
        w.look(data.first().is_some_and(|bits| bits & 0x80 != 0), || "QUERY does not know itself".to_owned());
        Ok(())
    })
    .await
}

#[when("the client calls the address without a byte")]
async fn address_alone(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let (own, before) = (w.address()?, w.cml().await?);
        let came = w.transfer(&[Part::Write(own, Vec::new())]).await?;
        let after = w.cml().await?;
        w.look(came != Came::Refused, || "the address alone was not acknowledged".to_owned());
        w.look(before == after, || format!("STATUS_CML held {before:02X}h and then {after:02X}h"));
        Ok(())
    })
    .await
}

#[when("the client reads words again and again")]
async fn soak(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step_within(LONG, world, async |w: &mut PmbusWorld| {
        let list = w.readings()?;
        let rounds = w.context()?.effort.random_reads as usize;
        if list.is_empty() {
            return Ok(());
        }
        for command in list.iter().cycle().take(rounds) {
            match w.data(command).await {
                Ok(_) => w.look(true, String::new),
                Err(Judgement::Fail(seen)) => w.look(false, || seen),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    })
    .await
}

#[given("nobody pulls SMBALERT#")]
async fn no_alert(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| w.drain_alerts().await).await
}

#[given("nobody pulls SMBALERT#, and STATUS_CML is clear")]
async fn no_alert_no_fault(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        // QUERY first: a device without it is asked for what it does not have, and flags that.
        w.supported()?;
        w.clear_cml().await?;
        if let Some(second) = w.context()?.plan.second {
            let bytes = w.coded(second, &[0x7E, 0xFF], Code::Right);
            w.transfer(&[Part::Write(second, bytes)]).await?;
        }
        w.drain_alerts().await?;
        w.kept.insert("alert", 1);
        Ok(())
    })
    .await
}

#[when("the client reads the alert response address")]
async fn read_alert(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let came = w.alert().await?;
        w.look(came.is_none(), || format!("the alert response address was answered by {came:02X?}"));
        Ok(())
    })
    .await
}

#[when("both devices are read with a command that they do not have")]
async fn two_alerts(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        let code = w.unsupported()?;
        let own = w.address()?;
        let second = w.context()?.plan.second;
        let second = second.ok_or_else(|| Judgement::Error("no second device".into()))?;
        for address in [second, own] {
            w.transfer(&[Part::Write(address, vec![code]), Part::Read(address, 2)]).await?;
        }
        let order = [w.alert().await?, w.alert().await?];
        let good = order == [Some(own.min(second)), Some(own.max(second))];
        w.look(good, || format!("the alert response address was answered by {order:02X?}"));
        Ok(())
    })
    .await
}

#[when("the client reads the identity ten times")]
async fn identity(world: &mut PmbusWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut PmbusWorld| {
        for id in ["mfr_id", "mfr_model", "mfr_revision", "mfr_serial"] {
            let context = w.context()?;
            let command = context.command(id)?;
            let first = w.data(command).await?;
            let good = !first.is_empty() && first.iter().copied().all(printable);
            w.look(good, || format!("{id} is {first:02X?}"));
            for _ in 1..10 {
                let again = w.data(command).await?;
                w.look(again == first, || format!("{id} was {first:02X?} and then {again:02X?}"));
            }
        }
        Ok(())
    })
    .await
}
