//! Records of grid events as the shelf tells them: in the block of its gateway over Modbus, and on Redfish.

use dpo_gateway::maps::model::Register;
use serde_json::Value;
use tokio::time::Instant;

use super::RideWorld;
use crate::device::{last_of, raw_number};
use crate::service::xif::{engineering, plain};
use crate::service::{ServiceWorld, tree};
use crate::transport::Seen;
use crate::world::{Judgement, Judging, data_words, over, read_pdu};

/// Kinds of events that are of the grid.
const GRID: [&str; 5] = ["sag", "swell", "interruption", "frequency", "rocof"];
/// Records that the block shows at a time.
const RECORDS: usize = 6;
/// Time between two looks for a record.
const LOOK: std::time::Duration = std::time::Duration::from_millis(50);

/// A record of a grid event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// Its number.
    pub number: u32,
    /// What happened, by the symbol of the map.
    pub kind: String,
    /// The voltage furthest out, in p.u.; `None` where the record has none.
    pub extreme_pu: Option<f64>,
    /// How long it was, in seconds.
    pub duration_s: Option<f64>,
    /// The verdict, by the symbol of the map.
    pub verdict: String,
}

impl RideWorld {
    /// The registers of the block from the first to the last of the event log, in one request.
    async fn log_page(&self) -> Result<Vec<(Register, Vec<u16>)>, Judgement> {
        let context = self.context()?;
        let no_block = || Judgement::Error("the target has no DPO block".into());
        let side = context.modbus.as_ref().ok_or_else(no_block)?;
        let block = side.block().ok_or_else(no_block)?;
        let named =
            |id: &str| block.named(id).ok_or_else(|| Judgement::Error(format!("the block has no {id}")));
        let (first, last) =
            (named("event_newest")?.address, last_of(named(&format!("event_{RECORDS}_verdict"))?));
        let quantity = last.saturating_sub(first) + 1;
        let mut link = side.link.lock().await;
        let pdu = read_pdu(first, quantity);
        let seen = link.exchange(block.unit, &pdu, side.timing.answer, &*self.log()).await?;
        let words = data_words(&seen, quantity).ok_or_else(|| {
            let told =
                if let Seen::Pdu(pdu) = &seen { crate::transport::hex(pdu) } else { format!("{seen:?}") };
            Judgement::Fail(format!("the event log was not read: {told}"))
        })?;
        let inside = |r: &&Register| r.address >= first && last_of(r) <= last;
        let of = |r: &Register| {
            let at = usize::from(r.address - first);
            Some((r.clone(), words.get(at..at + usize::from(r.words))?.to_vec()))
        };
        Ok(block.map.registers.iter().filter(inside).filter_map(of).collect())
    }

    /// Number of the newest event.
    pub(crate) async fn newest_event(&mut self) -> Result<u32, Judgement> {
        let page = self.log_page().await?;
        number(&page, "event_newest").ok_or_else(|| Judgement::Fail("event_newest is no number".into()))
    }

    /// The first record of a grid event after a number; waits until there is one.
    ///
    /// # Errors
    /// [`Judgement::Fail`] if none comes in the time that a record may take.
    pub(crate) async fn event_after(&mut self, before: u32) -> Result<Event, Judgement> {
        let wait = self.context()?.wait;
        let deadline = Instant::now() + wait;
        loop {
            let page = self.log_page().await?;
            let mut events: Vec<Event> = (1..=RECORDS).filter_map(|nth| event(&page, nth)).collect();
            // Numbers roll over: the later one is less than half of them ahead.
            events.retain(|e| {
                (1..1 << 31).contains(&e.number.wrapping_sub(before)) && GRID.contains(&e.kind.as_str())
            });
            if let Some(event) = events.into_iter().next_back() {
                return Ok(event);
            }
            if over(deadline) {
                return Err(Judgement::Fail(format!("no record of the event within {wait:?}")));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The record of the same number on Redfish: the object of the event.
    ///
    /// # Errors
    /// [`Judgement::Fail`] if there is none.
    pub(crate) async fn on_redfish(&mut self, number: u32) -> Result<Value, Judgement> {
        let context = self.context()?;
        let service = context.service.clone();
        let service = service.ok_or_else(|| Judgement::Error("the target has no Redfish service".into()))?;
        let mut world = ServiceWorld::within(service, self.log());
        for manager in tree::managers(&mut world).await? {
            for entry in tree::entries(&mut world, &manager).await? {
                if entry.get("Id").and_then(Value::as_str) == Some(number.to_string().as_str()) {
                    let found = tree::typed(&entry, "#DPOGatewayLogEntry.").cloned();
                    let none = || Judgement::Fail(format!("entry {number} on Redfish has no grid event"));
                    return found.ok_or_else(none);
                }
            }
        }
        Err(Judgement::Fail(format!("no log on Redfish has an entry {number}")))
    }
}

fn find<'a>(page: &'a [(Register, Vec<u16>)], id: &str) -> Option<&'a (Register, Vec<u16>)> {
    page.iter().find(|(register, _)| register.id == id)
}

fn number(page: &[(Register, Vec<u16>)], id: &str) -> Option<u32> {
    let (register, words) = find(page, id)?;
    raw_number(register, words).and_then(|raw| u32::try_from(raw).ok())
}

fn symbol(page: &[(Register, Vec<u16>)], id: &str) -> Option<String> {
    let (register, words) = find(page, id)?;
    let raw = raw_number(register, words)?;
    register.symbols.iter().find(|s| i128::from(s.value) == raw).map(|s| s.id.clone())
}

/// A record of the page; `None` if it is not filled.
fn event(page: &[(Register, Vec<u16>)], nth: usize) -> Option<Event> {
    let of = |what: &str| format!("event_{nth}_{what}");
    let quantity = |what: &str| find(page, &of(what)).and_then(|(r, words)| engineering(r, words));
    Some(Event {
        number: number(page, &of("sequence")).filter(|number| *number != 0)?,
        kind: symbol(page, &of("kind"))?,
        extreme_pu: quantity("voltage"),
        duration_s: quantity("duration"),
        verdict: symbol(page, &of("verdict"))?,
    })
}

/// What both interfaces tell of an event and is not the same; empty if all is.
pub(crate) fn differences(event: &Event, shown: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let text = |name: &str| shown.get(name).and_then(Value::as_str).map(plain);
    for (name, own) in [("Kind", &event.kind), ("Verdict", &event.verdict)] {
        // The block has a number that says no verdict, Redfish a word.
        let own = if own == "none" { "notjudged".to_owned() } else { plain(own) };
        if text(name).as_deref() != Some(own.as_str()) {
            found.push(format!("{name}: Modbus {own}, Redfish {:?}", shown.get(name)));
        }
    }
    for (name, own) in [("ExtremePerUnit", event.extreme_pu), ("DurationSeconds", event.duration_s)] {
        let Some(own) = own else { continue };
        let redfish = shown.get(name).and_then(Value::as_f64);
        // Both have three digits behind the point.
        if redfish.is_none_or(|redfish| (redfish - own).abs() > 0.0011) {
            found.push(format!("{name}: Modbus {own}, Redfish {redfish:?}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_between_the_interfaces_is_named() {
        let event = Event {
            number: 7,
            kind: "sag".into(),
            extreme_pu: Some(0.82),
            duration_s: Some(1.984),
            verdict: "ridden_through".into(),
        };
        let shown = json!({"Kind": "Sag", "Verdict": "RiddenThrough", "ExtremePerUnit": 0.82, "DurationSeconds": 1.984});
        assert_eq!(differences(&event, &shown), Vec::<String>::new());
        for (name, value) in [
            ("Kind", json!("Swell")),
            ("Verdict", json!("NotJudged")),
            ("ExtremePerUnit", json!(82.0)),
            ("DurationSeconds", json!(null)),
        ] {
            let mut other = shown.clone();
            other[name] = value;
            let found = differences(&event, &other);
            assert!(found.len() == 1 && found[0].starts_with(name), "{found:?}");
        }
        // No verdict is a number in the block and a word on Redfish; a frequency has no place in the block.
        let hertz = Event { kind: "frequency".into(), extreme_pu: None, verdict: "none".into(), ..event };
        let shown = json!({"Kind": "Frequency", "Verdict": "NotJudged", "ExtremePerUnit": 0.95, "DurationSeconds": 1.984});
        assert_eq!(differences(&hertz, &shown), Vec::<String>::new());
    }
}
