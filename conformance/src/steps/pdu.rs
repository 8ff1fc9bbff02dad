//! When steps on PDU level, over any transport.

use cucumber::{then, when};

use super::places::{address, quantity, request};
use crate::device::raw_number;
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Judgement, Judging, data_words, read_pdu, step, step_within};

#[when(regex = r"^the client reads (\S+) holding registers? at (.+)$")]
async fn read_holding(world: &mut CaseWorld, count: String, place: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let pdu = read_pdu(address(&context.device, &place)?, quantity(&count)?);
        w.send(&pdu, context.timing.answer).await
    })
    .await
}

#[when(regex = r"^the client sends the request ([0-9A-F<].*)$")]
async fn send_request(world: &mut CaseWorld, text: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let pdu = request(&context.device, &text)?;
        w.send(&pdu, context.timing.answer).await
    })
    .await
}

#[when(regex = r"^the client sends the malformed request ([0-9A-F<].*)$")]
async fn send_malformed(world: &mut CaseWorld, text: String) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let pdu = request(&context.device, &text)?;
        w.send(&pdu, context.timing.silence).await
    })
    .await
}

#[when(regex = r"^the client reads across a hole of the map (\d+) times$")]
async fn read_hole(world: &mut CaseWorld, times: u32) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let hole = context.device.hole();
        let (span, _) = hole.ok_or_else(|| Judgement::Inconclusive("the map has no hole".into()))?;
        for _ in 0..times {
            w.send(&read_pdu(span.address, span.words), context.timing.answer).await?;
        }
        Ok(())
    })
    .await
}

#[then("each answer is what the map says about the hole")]
async fn hole_answers(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let hole = context.device.hole();
        let (span, readable) = hole.ok_or_else(|| Judgement::Inconclusive("the map has no hole".into()))?;
        for exchange in w.take_pending()? {
            let zero_filled = data_words(&exchange.seen, span.words).is_some_and(|words| {
                let inside = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
                inside.iter().all(|word| *word == 0)
            });
            let refused = exchange.seen == Seen::Pdu(vec![0x83, 0x02]);
            if readable != zero_filled || readable == refused {
                let wanted = if readable { "zeros in the hole" } else { "exception 02" };
                return Err(Judgement::Fail(format!("{exchange}; the map asks for {wanted}")));
            }
        }
        w.note(format!("{} words from {:04X}", span.words, span.address));
        Ok(())
    })
    .await
}

#[when(regex = r"^the client reads a register of several words in whole, then its first word (\d+) times$")]
async fn read_half(world: &mut CaseWorld, times: u32) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let register = context.device.wide_constant();
        let place = register.map(|r| (r.address, r.words));
        let (at, words) = place.ok_or_else(|| Judgement::Inconclusive("no such register".into()))?;
        w.kept = w.read(at, words).await?;
        w.kept.truncate(1);
        for _ in 0..times {
            w.send(&read_pdu(at, 1), context.timing.answer).await?;
        }
        Ok(())
    })
    .await
}

#[when("the client reads a register whose value is known")]
async fn read_known(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let place = context.device.known_value().map(|r| (r.address, r.words));
        let (at, words) = place.ok_or_else(|| Judgement::Inconclusive("no such register".into()))?;
        w.send(&read_pdu(at, words), context.timing.answer).await
    })
    .await
}

#[then("the high byte of each word comes first")]
async fn high_byte_first(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let Some(register) = context.device.known_value() else { return Ok(()) };
        for exchange in w.take_pending()? {
            let words = data_words(&exchange.seen, register.words)
                .ok_or_else(|| Judgement::Fail(format!("{exchange}; expected the register")))?;
            if !context.device.identifies(&words) {
                return Err(Judgement::Fail(format!(
                    "{} holds {words:04X?}, not what the map expects",
                    register.id
                )));
            }
            // Text in swapped words is still printable. It gives itself away where it ends: the NUL
            // of the last odd word, or the blank between two words, stands on the wrong side.
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            let text: Vec<u8> = bytes.iter().copied().take_while(|b| *b != 0).collect();
            let after = bytes.get(text.len()..).unwrap_or_default();
            if raw_number(register, &words).is_none() && after.iter().any(|b| *b != 0) {
                return Err(Judgement::Fail(format!("the text goes on behind its end: {}", hex(&bytes))));
            }
            w.note(format!("{} holds {}", register.id, hex(&bytes)));
        }
        Ok(())
    })
    .await
}

#[when("the client provokes an unmapped address and a quantity of 0")]
async fn provoke(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let unmapped = address(&context.device, "an unmapped address")?;
        let readable = address(&context.device, "a readable address")?;
        w.send(&read_pdu(unmapped, 1), context.timing.answer).await?;
        w.send(&read_pdu(readable, 0), context.timing.answer).await
    })
    .await
}

#[then("every exception of this run is two bytes long")]
async fn exception_length(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        w.pending.clear();
        let context = w.context()?;
        let totals = context.totals();
        if let Some((pdu, times)) = totals.exceptions.iter().find(|(pdu, _)| pdu.len() != 2) {
            return Err(Judgement::Fail(format!("{} came {times} times", hex(pdu))));
        }
        let count: u32 = totals.exceptions.values().sum();
        if count == 0 {
            return Err(Judgement::Inconclusive("no exception was seen".into()));
        }
        w.note(format!("{count} exceptions"));
        Ok(())
    })
    .await
}

#[then("every exception of this run has a code of the protocol")]
async fn exception_codes(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        w.pending.clear();
        let context = w.context()?;
        let totals = context.totals();
        let defined = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x0A, 0x0B];
        let bad = totals.exceptions.keys().find(|pdu| pdu.get(1).is_none_or(|c| !defined.contains(c)));
        if let Some(pdu) = bad {
            return Err(Judgement::Fail(format!("{} has no code of the protocol", hex(pdu))));
        }
        if totals.exceptions.is_empty() {
            return Err(Judgement::Inconclusive("no exception was seen".into()));
        }
        let seen: std::collections::BTreeSet<u8> =
            totals.exceptions.keys().filter_map(|pdu| pdu.get(1).copied()).collect();
        w.note(format!("codes seen: {seen:02X?}"));
        Ok(())
    })
    .await
}

#[when("the client sends random reads and the map predicts each answer")]
async fn random_reads(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    let limit = std::time::Duration::from_secs(1800);
    step_within(limit, world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let mut random = Random::new(context.effort.seed);
        for _ in 0..context.effort.random_reads {
            // Half of the requests aim at the map, half anywhere; quantities mostly small.
            let near = random.below(2) == 0;
            let base = context.device.map.registers.get(random.below(context.device.map.registers.len()));
            let at = match (near, base) {
                (true, Some(register)) => register.address.wrapping_add(random.below(4) as u16),
                _ => random.below(65_536) as u16,
            };
            let count = match random.below(8) {
                0 => random.below(65_536) as u16,
                1 => random.below(130) as u16,
                _ => 1 + random.below(4) as u16,
            };
            let seen = w.ask(&read_pdu(at, count), context.timing.answer).await?;
            predict(&context.device, at, count, &seen)?;
        }
        w.note(format!("{} reads, seed {:#x}", context.effort.random_reads, context.effort.seed));
        Ok(())
    })
    .await
}

/// Compares the answer to any read with what map and state diagram ask for.
fn predict(device: &crate::device::Device, at: u16, count: u16, seen: &Seen) -> Result<(), Judgement> {
    let asked = format!("read of {count} at {at:04X}: ");
    let wrong = |wanted: &str| {
        let exchange = crate::world::Exchange { request: read_pdu(at, count), seen: seen.clone() };
        Err(Judgement::Fail(format!("{asked}{exchange}; the map predicts {wanted}")))
    };
    let refused = |code: u8| *seen == Seen::Pdu(vec![0x83, code]);
    if count == 0 || count > 125 {
        return if refused(3) { Ok(()) } else { wrong("exception 03") };
    }
    // A limit of the map below 125 may be refused with 02 or 03, or served.
    if count > device.map.bus.max_read_words && (refused(2) || refused(3)) {
        return Ok(());
    }
    let span: Vec<u16> = (0..count).map_while(|i| at.checked_add(i)).collect();
    let whole = span.len() == usize::from(count);
    if !whole || span.iter().any(|a| !device.readable(*a)) {
        return if refused(2) { Ok(()) } else { wrong("exception 02") };
    }
    if refused(2) && span.iter().any(|a| device.optional(*a) || half(device, &span, *a)) {
        return Ok(());
    }
    if data_words(seen, count).is_some() { Ok(()) } else { wrong("data") }
}

/// Whether the register at `at` is only partly inside the span: maps do not say if that is answered.
fn half(device: &crate::device::Device, span: &[u16], at: u16) -> bool {
    device
        .register_at(at)
        .is_some_and(|r| !span.contains(&r.address) || !span.contains(&crate::device::last_of(r)))
}

/// A small generator of numbers that a seed repeats.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number from 0 to `bound` - 1; 0 if the bound is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        (value as usize).checked_rem(bound).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Device;
    use std::sync::Arc;

    fn device() -> Device {
        let maps = crate::targets::maps().unwrap();
        Device { map: maps.into_iter().find(|m| m.id == "orv3-psu").unwrap(), unit: 200 }
    }

    fn data(words: usize) -> Seen {
        Seen::Pdu([&[3, 2 * words as u8][..], &vec![0; 2 * words]].concat())
    }

    fn refused(code: u8) -> Seen {
        Seen::Pdu(vec![0x83, code])
    }

    #[test]
    fn the_map_predicts_what_a_read_gets() {
        let device = device();
        let good = device.readable_word().unwrap();
        let mandatory = device.mandatory().find(|r| r.words == 1).unwrap().address;
        let optional = (0..=u16::MAX).find(|a| device.readable(*a) && device.optional(*a)).unwrap();
        let wide = device.mandatory().find(|r| r.words == 2).unwrap().address;
        let unmapped = device.unmapped().unwrap();
        let fine = [
            (good, 0, refused(3)),
            (good, 126, refused(3)),
            (good, u16::MAX, refused(3)),
            (mandatory, 1, data(1)),
            (optional, 1, data(1)),
            (optional, 1, refused(2)),
            // Half a register: the map does not say.
            (wide, 1, data(1)),
            (wide, 1, refused(2)),
            (wide + 1, 1, refused(2)),
            (wide, 2, data(2)),
            (unmapped, 1, refused(2)),
            (u16::MAX, 2, refused(2)),
        ];
        for (at, count, seen) in fine {
            assert_eq!(predict(&device, at, count, &seen), Ok(()), "{count} at {at:04X}: {seen:?}");
        }
        let wrong = [
            (good, 0, data(0)),
            (good, 0, refused(2)),
            (good, 126, data(126)),
            (good, 126, refused(2)),
            (mandatory, 1, refused(2)),
            (mandatory, 1, refused(4)),
            (mandatory, 1, data(2)),
            (mandatory, 1, Seen::Nothing),
            (optional, 1, refused(3)),
            (wide, 2, refused(2)),
            (unmapped, 1, data(1)),
            (unmapped, 1, refused(3)),
            (u16::MAX, 2, data(2)),
        ];
        for (at, count, seen) in wrong {
            let judged = predict(&device, at, count, &seen);
            assert!(matches!(judged, Err(Judgement::Fail(_))), "{count} at {at:04X}: {seen:?}: {judged:?}");
        }
    }

    #[test]
    fn a_limit_of_the_map_below_125_may_be_refused() {
        let mut map = device().map.as_ref().clone();
        map.bus.max_read_words = 8;
        let device = Device { map: Arc::new(map), unit: 200 };
        let span = super::tests::device().span(9).unwrap();
        for (seen, good) in [(refused(2), true), (refused(3), true), (refused(4), false), (data(9), true)] {
            let judged = predict(&device, span.address, 9, &seen);
            assert_eq!(judged.is_ok(), good, "{seen:?}: {judged:?}");
        }
        // At the limit it must be served.
        let mandatory = device.mandatory().find(|r| r.words == 8).unwrap().address;
        assert!(predict(&device, mandatory, 8, &refused(3)).is_err());
    }

    #[test]
    fn half_a_register_is_one_with_an_end_outside() {
        let device = device();
        let wide = device.mandatory().find(|r| r.words == 2).unwrap().address;
        assert!(half(&device, &[wide], wide) && half(&device, &[wide + 1], wide + 1));
        assert!(!half(&device, &[wide, wide + 1], wide) && !half(&device, &[wide, wide + 1], wide + 1));
    }

    #[test]
    fn random_numbers_are_those_of_the_seed_and_below_the_bound() {
        let mut random = Random::new(0x0D90);
        let first: Vec<usize> = (0..8).map(|_| random.below(1000)).collect();
        let mut again = Random::new(0x0D90);
        assert_eq!(first, (0..8).map(|_| again.below(1000)).collect::<Vec<_>>());
        assert_eq!(first, FIRST);
        assert_eq!(random.below(0), 0);
        assert!((0..1000).all(|_| random.below(3) < 3));
    }

    /// Of a run of xorshift64* by hand: a report names its seed, and another suite must find the same requests.
    const FIRST: [usize; 8] = [578, 56, 194, 881, 872, 355, 955, 8];
}
