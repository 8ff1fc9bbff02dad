//! Steps on a serial line: frames, good and bad.

use std::time::{Duration, Instant};

use cucumber::{then, when};

use super::answers::good_request;
use super::pdu::Random;
use super::writes::other_value;
use crate::transport::guard::HARMLESS;
use crate::transport::line::Line;
use crate::transport::rtu::{good_frame, judge};
use crate::transport::{Link, LinkError, Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judged, Judgement, Judging, read_pdu, step, step_within};

pub(super) fn line(link: &mut Link) -> Result<Line<'_>, Judgement> {
    Line::of(link).ok_or_else(|| Judgement::Error("this case needs a serial line".into()))
}

pub(super) fn probe_read(world: &CaseWorld) -> Result<Vec<u8>, Judgement> {
    let context = world.context()?;
    let probe = context.device.probe().map(|r| read_pdu(r.address, r.words));
    probe.ok_or_else(|| Judgement::Error("the map names no probe register".into()))
}

/// Sends raw bytes as one frame and keeps what came, judged as an answer from `unit`.
pub(super) async fn send_raw(world: &mut CaseWorld, frame: &[u8], wait: Duration, unit: u8) -> Judged {
    let context = world.context()?;
    let log = world.log();
    let seen = {
        let mut link = context.link.lock().await;
        let mut line = line(&mut link)?;
        line.send(frame, &*log).await?;
        judge(unit, &line.receive(wait, &*log).await?)
    };
    world.pending.push(Exchange { request: frame.to_vec(), seen });
    Ok(())
}

#[when("the client reads the probe register over the line")]
async fn read_probe(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let wait = w.context()?.timing.answer;
        let pdu = probe_read(w)?;
        w.send(&pdu, wait).await
    })
    .await
}

#[then("the answer comes from the address asked")]
async fn own_address(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            if !matches!(&exchange.seen, Seen::Pdu(pdu) if pdu.first() == Some(&3)) {
                return Err(Judgement::Fail(format!("{exchange}; expected the register")));
            }
            w.note(exchange.to_string());
        }
        Ok(())
    })
    .await
}

#[when("the client reads from an address that no device has")]
async fn foreign(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let unit = context.foreign_unit.ok_or_else(|| {
            Judgement::Inconclusive("every address may belong to a device of a known map".into())
        })?;
        let pdu = probe_read(w)?;
        w.note(format!("address {unit}"));
        send_raw(w, &good_frame(unit, &pdu), context.timing.silence, unit).await
    })
    .await
}

#[when("the client reads from the reserved addresses 248 to 255")]
async fn reserved(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let wait = w.context()?.timing.silence;
        let pdu = probe_read(w)?;
        for unit in 248..=255 {
            send_raw(w, &good_frame(unit, &pdu), wait, unit).await?;
        }
        Ok(())
    })
    .await
}

#[when("the client broadcasts a read")]
async fn broadcast(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let wait = w.context()?.timing.silence;
        let pdu = probe_read(w)?;
        send_raw(w, &good_frame(0, &pdu), wait, 0).await
    })
    .await
}

#[when(regex = r"^the client waits (\d+) ms$")]
async fn wait(world: &mut CaseWorld, millis: u64) -> Result<(), CaseEnded> {
    step(world, async |_: &mut CaseWorld| {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Ok(())
    })
    .await
}

#[when(regex = r"^the client sends a good read with (.+)$")]
async fn send_defective(world: &mut CaseWorld, defect: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let unit = context.device.unit;
        let mut frame = good_frame(unit, &probe_read(w)?);
        let crc = frame.len() - 2;
        let flip = |frame: &mut Vec<u8>, at: usize, mask: u8| {
            if let Some(byte) = frame.get_mut(at) {
                *byte ^= mask;
            }
        };
        match defect.as_str() {
            "both CRC bytes inverted" => {
                flip(&mut frame, crc, 0xFF);
                flip(&mut frame, crc + 1, 0xFF);
            }
            "one CRC bit flipped" => flip(&mut frame, crc, 0x10),
            "the CRC bytes swapped" => frame.swap(crc, crc + 1),
            // The lowest bit of the quantity: a register more or less.
            "one data bit flipped" => flip(&mut frame, crc - 1, 0x01),
            other => return Err(Judgement::Error(format!("the steps know no defect {other:?}"))),
        }
        send_raw(w, &frame, context.timing.silence, unit).await
    })
    .await
}

#[when("the client sends the bytes of a frame that ends behind its function code")]
async fn partial(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let unit = context.device.unit;
        send_raw(w, &[unit, 3], context.timing.silence, unit).await
    })
    .await
}

#[when("the client sends the header of a write alone")]
async fn partial_write(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let unit = context.device.unit;
        let at = w.target.ok_or_else(|| Judgement::Error("no register was kept".into()))?;
        let [a, b] = at.to_be_bytes();
        w.note_suspects(&[0x10, a, b, 0, 1, 2, 0, 0]).await?;
        send_raw(w, &[unit, 0x10, a, b, 0, 1, 2], context.timing.silence, unit).await
    })
    .await
}

#[when("the client writes another value to it with a wrong CRC")]
async fn write_bad_crc(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let unit = context.device.unit;
        let (at, value) = other_value(w)?;
        let ([a, b], [v, x]) = (at.to_be_bytes(), value.to_be_bytes());
        w.note_suspects(&[6, a, b, v, x]).await?;
        let mut frame = good_frame(unit, &[6, a, b, v, x]);
        if let Some(last) = frame.last_mut() {
            *last = !*last;
        }
        send_raw(w, &frame, context.timing.silence, unit).await
    })
    .await
}

#[when("the client sends a read padded to 300 bytes with a good CRC")]
async fn oversize(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let unit = context.device.unit;
        let mut pdu = probe_read(w)?;
        pdu.resize(297, 0);
        send_raw(w, &good_frame(unit, &pdu), context.timing.silence, unit).await
    })
    .await
}

#[when("the client sends bursts of 1 to 8 random bytes, each followed by a good read")]
async fn noise(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let unit = context.device.unit;
        let mut random = Random::new(context.effort.seed);
        for length in 1..=8usize {
            let mut bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
            // Not a request to the device, and no broadcast.
            if let Some(first) = bytes.first_mut() {
                *first = if *first == 0 || *first == unit { 0xFE } else { *first };
            }
            // A device that takes them for a request does nothing.
            if let Some(code) = bytes.get_mut(1) {
                *code = HARMLESS.get(random.below(HARMLESS.len())).copied().unwrap_or_default();
            }
            let log = w.log();
            {
                let mut link = context.link.lock().await;
                let mut line = line(&mut link)?;
                match line.send(&bytes, &*log).await {
                    // The guard is right: these bytes are not worth a shelf.
                    Err(LinkError::Hazard { .. }) => continue,
                    other => other?,
                }
            }
            // Far longer than t3.5, whatever adapter is in between.
            tokio::time::sleep(context.timing.quiet.max(Duration::from_millis(25))).await;
            let pdu = probe_read(w)?;
            w.send(&pdu, context.timing.answer).await?;
        }
        Ok(())
    })
    .await
}

#[then("each good read was answered")]
async fn noise_answers(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let pending = w.take_pending()?;
        let count = pending.len();
        for exchange in pending {
            if !matches!(&exchange.seen, Seen::Pdu(pdu) if pdu.first() == Some(&3)) {
                return Err(Judgement::Fail(format!("after noise: {exchange}")));
            }
        }
        w.note(format!("{count} reads answered"));
        good_request(w).await
    })
    .await
}

#[when("the client listens without asking")]
async fn listen(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    let limit = Duration::from_secs(3600);
    step_within(limit, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let log = w.log();
        let bytes = {
            let mut link = context.link.lock().await;
            line(&mut link)?.receive(context.effort.listen, &*log).await?
        };
        let seen = if bytes.is_empty() { Seen::Nothing } else { Seen::Broken(hex(&bytes)) };
        w.pending.push(Exchange { request: Vec::new(), seen });
        w.note(format!("listened for {} ms", context.effort.listen.as_millis()));
        Ok(())
    })
    .await
}

#[then("no byte came")]
async fn no_byte(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            if exchange.seen != Seen::Nothing {
                return Err(Judgement::Fail(format!("unsolicited: {exchange}")));
            }
        }
        // Silence says something only about a device that is there.
        good_request(w).await
    })
    .await
}

#[then("every answer of this run had a good frame")]
async fn good_frames(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        w.pending.clear();
        let context = w.context()?;
        let totals = context.totals();
        if let Some(first) = totals.broken.first() {
            return Err(Judgement::Fail(first.clone()));
        }
        if totals.good == 0 {
            return Err(Judgement::Inconclusive("no answer was seen".into()));
        }
        w.note(format!("{} answers", totals.good));
        Ok(())
    })
    .await
}

#[when("the client times many reads of one register")]
async fn time_reads(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    let limit = Duration::from_secs(1800);
    step_within(limit, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let at = super::places::address(&context.device, "a readable address")?;
        let mut times = Vec::new();
        for _ in 0..context.effort.timed_requests {
            let started = Instant::now();
            let seen = w.ask(&read_pdu(at, 1), context.timing.answer).await?;
            // The quiet time after the answer is the suite's own.
            times.push(started.elapsed().saturating_sub(context.timing.quiet));
            if !matches!(&seen, Seen::Pdu(pdu) if pdu.first() == Some(&3)) {
                let exchange = Exchange { request: read_pdu(at, 1), seen };
                return Err(Judgement::Fail(format!("request {}: {exchange}", times.len())));
            }
        }
        times.sort();
        let at = |part: usize| times.get((times.len() * part / 1000).min(times.len().saturating_sub(1)));
        let millis = |t: Option<&Duration>| t.map_or(0.0, |t| t.as_secs_f64() * 1e3);
        w.note(format!(
            "{} requests with their time on the wire: median {:.1} ms, p99 {:.1} ms, maximum {:.1} ms; limit {} ms",
            times.len(),
            millis(at(500)),
            millis(at(990)),
            millis(times.last()),
            context.timing.answer.as_millis()
        ));
        Ok(())
    })
    .await
}

#[then("each was answered in time")]
async fn in_time(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    // The step before ends the case at the first request that was not.
    step(world, async |w: &mut CaseWorld| good_request(w).await).await
}
