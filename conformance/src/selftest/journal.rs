//! Tests of what the suite notes before it writes, and puts back: on the specimen, which has what no reference has.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::specimen::Specimen;
use crate::device::Device;
use crate::outcome::{Outcome, Record};
use crate::pmbus::PmbusPlan;
use crate::putback;
use crate::restore::{Before, Elsewhere, Restore};
use crate::run::{Plan, Selection, run};
use crate::targets::Endpoint;
use crate::transport::{Link, NoLog, Seen, Timing};
use crate::world::{data_words, read_pdu, write_pdu};

const WAIT: Duration = Duration::from_secs(2);

fn timing() -> Timing {
    Timing { answer: WAIT, silence: Duration::from_millis(70), quiet: Duration::from_millis(5) }
}

fn writes() -> Selection {
    Selection { writes: true, disruptive: true, ..Selection::default() }
}

async fn held(link: &mut Link, unit: u8, at: u16, wait: Duration) -> Option<Vec<u16>> {
    data_words(&link.exchange(unit, &read_pdu(at, 1), wait, &NoLog).await.unwrap(), 1)
}

#[tokio::test]
async fn a_device_that_was_left_at_another_rate_or_address_is_found_and_brought_home() {
    let specimen = Specimen::start(None).await.unwrap();
    let endpoint = Endpoint::Rtu(specimen.line.clone());
    let unit = specimen.device.unit;
    let at = |id: &str| specimen.device.named(id).unwrap().address;
    let rates = vec![Elsewhere::Baud(9600), Elsewhere::Baud(115_200)];
    let units = vec![Elsewhere::Unit(1), Elsewhere::Unit(247)];
    for (id, elsewhere, moved) in [("baud_code", rates, 2), ("address", units, 247)] {
        let (at, short) = (at(id), timing().silence);
        let mut link = endpoint.open(timing(), &writes()).unwrap();
        let words = held(&mut link, unit, at, WAIT).await.unwrap();
        let note = Before { elsewhere, ..Before::register(endpoint.to_string(), unit, at, words.clone()) };
        link.exchange(unit, &write_pdu(at, &[moved], true), short, &NoLog).await.unwrap();
        // The run is gone; the next one opens the line anew, and nobody is there.
        drop(link);
        let mut link = endpoint.open(timing(), &writes()).unwrap();
        assert_eq!(held(&mut link, unit, at, short).await, None, "{id}");
        putback::modbus(&mut link, &note, Duration::from_millis(200), &NoLog).await.unwrap();
        assert_eq!(held(&mut link, unit, at, WAIT).await, Some(words), "{id}");
        // Where it is at home nothing is written.
        putback::modbus(&mut link, &note, WAIT, &NoLog).await.unwrap();
    }
    // Nobody anywhere is an error that says so.
    let mut link = endpoint.open(timing(), &writes()).unwrap();
    let elsewhere = vec![Elsewhere::Unit(1)];
    let nobody = Before { elsewhere, ..Before::register(endpoint.to_string(), 99, at("address"), vec![99]) };
    let error = putback::modbus(&mut link, &nobody, timing().silence, &NoLog).await.unwrap_err();
    assert!(error.contains("neither"), "{error}");
}

#[tokio::test]
async fn a_coil_is_put_back() {
    let specimen = Specimen::start(None).await.unwrap();
    let endpoint = Endpoint::Tcp(specimen.tcp.to_string());
    let (unit, coil) = (specimen.device.unit, specimen.declared.bench.coil.unwrap());
    let [a, b] = coil.to_be_bytes();
    let mut link = endpoint.open(timing(), &writes()).unwrap();
    for on in [false, true] {
        let other = if on { 0 } else { 0xFF };
        link.exchange(unit, &[5, a, b, other, 0], WAIT, &NoLog).await.unwrap();
        let note =
            Before { coil: true, ..Before::register(endpoint.to_string(), unit, coil, vec![on.into()]) };
        putback::modbus(&mut link, &note, WAIT, &NoLog).await.unwrap();
        let seen = link.exchange(unit, &[1, a, b, 0, 1], WAIT, &NoLog).await.unwrap();
        assert_eq!(seen, Seen::Pdu(vec![1, 1, on.into()]));
    }
}

fn plan(device: &Device, specimen: &Specimen, restore: Arc<Restore>, pmbus: Vec<PmbusPlan>) -> Plan {
    Plan {
        endpoints: vec![Endpoint::Tcp(specimen.tcp.to_string()), Endpoint::Rtu(specimen.line.clone())],
        devices: vec![device.clone()],
        companions: Vec::new(),
        selection: writes(),
        effort: super::play::effort(),
        tcp: timing(),
        rtu: timing(),
        declared: specimen.declared.clone(),
        pmbus,
        secure: None,
        service: None,
        restore,
        instrument: None,
        unreached: Vec::new(),
    }
}

async fn settings(specimen: &Specimen) -> Vec<Option<Vec<u16>>> {
    let mut link = Endpoint::Tcp(specimen.tcp.to_string()).open(timing(), &Selection::default()).unwrap();
    let mut all = Vec::new();
    for register in specimen.device.kept() {
        let pdu = read_pdu(register.address, register.words);
        let seen = link.exchange(specimen.device.unit, &pdu, WAIT, &NoLog).await.unwrap();
        all.push(data_words(&seen, register.words));
    }
    all
}

/// Cases of the classes that write which have nothing that could be put back: read-only registers (MAP-015, MB-PDU-018, -039,
/// -041), bits that are cleared for good (MAP-017), no data at all (MB-PDU-022), a read (MB-TCP-028), function codes and requests that write
/// nothing (MB-PDU-033, -057, -067, MB-TCP-030), diagnostics (MB-RTU-035, -036).
const NOTHING_TO_PUT_BACK: [&str; 13] = [
    "MAP-015",
    "MAP-017",
    "MB-PDU-018",
    "MB-PDU-022",
    "MB-PDU-033",
    "MB-PDU-039",
    "MB-PDU-041",
    "MB-PDU-057",
    "MB-PDU-067",
    "MB-RTU-035",
    "MB-RTU-036",
    "MB-TCP-028",
    "MB-TCP-030",
];

#[tokio::test]
async fn what_cannot_be_noted_is_not_written() {
    let specimen = Specimen::start(None).await.unwrap();
    // A folder that is not there: the journal cannot be made.
    let folder = tempfile::tempdir().unwrap();
    let notes = Restore::open(&folder.path().join("no/journal")).unwrap();
    let supply = super::specimen_supply();
    let mut plan = plan(&specimen.device, &specimen, notes, vec![supply]);
    let cases = crate::catalogue::cases().unwrap();
    let classes = cases.iter().filter(|c| matches!(c.class.letter(), 'N' | 'W' | 'D'));
    plan.selection.ids = classes.map(|c| c.id.clone()).collect();
    let before = settings(&specimen).await;
    let mut records: Vec<Record> = Vec::new();
    run(&plan, &mut |record| records.push(record.clone())).await.unwrap();
    assert_eq!(settings(&specimen).await, before);
    let of = |wanted: Outcome| -> BTreeSet<&str> {
        records.iter().filter(|r| r.outcome == wanted).map(|r| r.id.as_str()).collect()
    };
    let (stopped, played) = (of(Outcome::Error), of(Outcome::Pass));
    assert!(stopped.len() > 40, "{stopped:?}");
    let named = |record: &Record| record.seen.iter().any(|text| text.contains("no/journal"));
    let other: Vec<_> = records.iter().filter(|r| r.outcome == Outcome::Error && !named(r)).collect();
    assert!(other.is_empty(), "{other:#?}");
    assert_eq!(played.into_iter().collect::<Vec<_>>(), NOTHING_TO_PUT_BACK);
}
