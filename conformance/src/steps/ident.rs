//! Steps on Read Device Identification and Report Server ID.

use std::collections::BTreeMap;

use cucumber::{then, when};

use crate::device::printable;
use crate::transport::{Seen, hex};
use crate::world::{CaseEnded, CaseWorld, Exchange, Judgement, Judging, step};

/// A decoded answer to function 43, MEI type 14.
struct Identification {
    more: bool,
    next: u8,
    objects: BTreeMap<u8, Vec<u8>>,
}

/// Decodes an answer to the byte: the lengths of the objects must use up the PDU.
fn decode(exchange: &Exchange) -> Result<Identification, Judgement> {
    let fail = |why: &str| Judgement::Fail(format!("{exchange}; {why}"));
    let Seen::Pdu(pdu) = &exchange.seen else { return Err(fail("expected the identification")) };
    let [0x2B, 0x0E, code, conformity, more, next, count, list @ ..] = pdu.as_slice() else {
        return Err(fail("expected the identification"));
    };
    if exchange.request.get(2) != Some(code) {
        return Err(fail("the access type is not that of the request"));
    }
    if !matches!(conformity, 0x01..=0x03 | 0x81..=0x83) {
        return Err(fail("no such conformity level"));
    }
    if !matches!(more, 0x00 | 0xFF) {
        return Err(fail("MoreFollows is neither 00 nor FF"));
    }
    let mut objects = BTreeMap::new();
    let mut rest = list;
    while let [id, length, tail @ ..] = rest {
        let value = tail.get(..usize::from(*length)).ok_or_else(|| fail("an object is cut off"))?;
        if objects.insert(*id, value.to_vec()).is_some() {
            return Err(fail("an object comes twice"));
        }
        rest = tail.get(usize::from(*length)..).unwrap_or_default();
    }
    if !rest.is_empty() || objects.len() != usize::from(*count) {
        return Err(fail("the number of objects is not what the answer holds"));
    }
    Ok(Identification { more: *more == 0xFF, next: *next, objects })
}

#[then("the identification holds the objects 0 to 2")]
async fn basic(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            let identification = decode(&exchange)?;
            if !(0..=2).all(|id| identification.objects.contains_key(&id)) {
                return Err(Judgement::Fail(format!("{exchange}; a basic object is missing")));
            }
            w.note(format!("objects {:?}", identification.objects.keys().collect::<Vec<_>>()));
        }
        Ok(())
    })
    .await
}

#[then("each object of the identification is printable text")]
async fn printable_objects(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            let identification = decode(&exchange)?;
            if !(0..=2).all(|id| identification.objects.contains_key(&id)) {
                return Err(Judgement::Fail(format!("{exchange}; a basic object is missing")));
            }
            for (id, value) in &identification.objects {
                if *id <= 2 && (value.is_empty() || !value.iter().copied().all(printable)) {
                    return Err(Judgement::Fail(format!("object {id} is {}", hex(value))));
                }
                w.note(format!("object {id}: {}", String::from_utf8_lossy(value)));
            }
        }
        Ok(())
    })
    .await
}

#[then(regex = r"^the identification holds object (\d+) alone$")]
async fn alone(world: &mut CaseWorld, id: u8) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            let identification = decode(&exchange)?;
            if identification.objects.len() != 1 || !identification.objects.contains_key(&id) {
                return Err(Judgement::Fail(format!("{exchange}; expected object {id} alone")));
            }
        }
        Ok(())
    })
    .await
}

#[when("the client follows the stream of identification objects")]
async fn follow(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let context = w.context()?;
        let mut next = 0;
        // More answers than there are objects never end.
        for _ in 0..=255u16 {
            let request = vec![0x2B, 0x0E, 0x03, next];
            let seen = w.ask(&request, context.timing.answer).await?;
            let exchange = Exchange { request, seen };
            let identification = decode(&exchange)?;
            w.pending.push(exchange);
            if !identification.more {
                return Ok(());
            }
            next = identification.next;
        }
        Err(Judgement::Fail("the stream does not end".into()))
    })
    .await
}

#[then("every object came once")]
async fn once(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let mut all = BTreeMap::new();
        for exchange in w.take_pending()? {
            for (id, value) in decode(&exchange)?.objects {
                if all.insert(id, value).is_some() {
                    return Err(Judgement::Fail(format!("object {id} came twice")));
                }
            }
        }
        if all.is_empty() {
            return Err(Judgement::Fail("no object came".into()));
        }
        w.note(format!("objects {:?}", all.keys().collect::<Vec<_>>()));
        Ok(())
    })
    .await
}

#[then("the server id is well formed")]
async fn server_id(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for exchange in w.take_pending()? {
            let good = matches!(&exchange.seen, Seen::Pdu(pdu) if matches!(pdu.as_slice(),
                [0x11, count, rest @ ..] if usize::from(*count) == rest.len()
                    && rest.last().is_some_and(|run| matches!(run, 0x00 | 0xFF))));
            if !good {
                return Err(Judgement::Fail(format!("{exchange}; expected a server id")));
            }
        }
        Ok(())
    })
    .await
}
