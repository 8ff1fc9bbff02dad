//! The matrix of faults on the line: what is sent again, what is not, and what the caller hears.

use dpo_gateway::bus::pmbus::{Device, PmbusError};
use dpo_gateway::bus::smbus::{Fault, LineError};
use dpo_registers::codec::pmbus::pec;
use dpo_registers::generated::pmbus_psu::{QueryRequest, cmd};
use dpo_registers::units::Volts;

use crate::rig::{Faulty, Hit, PSU, Plan, device, run, shelf};

/// A way to talk to the supply, and how many bytes are on the wire, address bytes included.
#[derive(Debug, Clone, Copy)]
enum Talk {
    ReadWord,
    Call,
    WriteWord,
    Send,
}

async fn talk(psu: &Device, talk: Talk) -> Result<String, PmbusError> {
    Ok(match talk {
        Talk::ReadWord => psu.read::<cmd::ReadVin>().await?.to_string(),
        Talk::Call => format!("{:?}", psu.ask::<cmd::Query>(&QueryRequest { command: 0x21 }).await?),
        Talk::WriteWord => psu.write::<cmd::VoutCommand>(&(), &Volts(50.5)).await.map(|()| String::new())?,
        Talk::Send => psu.clear_faults().await.map(|()| String::new())?,
    })
}

/// Bytes of the transfer; the first of the answer, if there is one.
fn shape(talk: Talk) -> (usize, usize) {
    match talk {
        // Address, code, address; two bytes and their code.
        Talk::ReadWord => (6, 3),
        // Address, code, count, request, address; count, byte, code.
        Talk::Call => (8, 5),
        Talk::WriteWord => (5, 5),
        Talk::Send => (3, 3),
    }
}

struct Outcome {
    result: Result<String, PmbusError>,
    transfers: usize,
    setpoint: f64,
}

fn outcome(way: Talk, at: usize, hit: Hit, times: usize) -> Outcome {
    let (bus, plan) = Faulty::bus(shelf().smbus());
    run(async {
        let psu = device(&bus, PSU);
        psu.vout_mode().await.unwrap();
        *plan.lock().unwrap() = Plan { hit: Some((at, hit)), times, ..Plan::default() };
        let result = talk(&psu, way).await;
        let transfers = plan.lock().unwrap().transfers;
        plan.lock().unwrap().times = 0;
        let setpoint = psu.read::<cmd::VoutCommand>().await.unwrap().0;
        Outcome { result, transfers, setpoint }
    })
}

#[test]
fn reads_recover_from_what_passes() {
    let right = |way| outcome(way, 0, Hit::Flip(0), 1).result.unwrap();
    let mut cases = 0;
    for way in [Talk::ReadWord, Talk::Call] {
        let (bytes, answer) = shape(way);
        for at in 0..bytes {
            let mut hits = vec![Hit::Line(Fault::Arbitration), Hit::Flip(0x04), Hit::Flip(0x01)];
            if at < answer {
                hits.push(Hit::Nack);
            }
            for hit in hits {
                let once = outcome(way, at, hit, 1);
                assert_eq!(once.result.unwrap(), right(way), "{way:?} byte {at} {hit:?}");
                assert_eq!(once.transfers, 2, "{way:?} byte {at} {hit:?}");
                // For good: three attempts, then an error.
                let always = outcome(way, at, hit, 99);
                assert!(always.result.is_err(), "{way:?} byte {at} {hit:?}");
                assert_eq!(always.transfers, 3, "{way:?} byte {at} {hit:?}");
                cases += 2;
            }
            let stuck = outcome(way, at, Hit::Line(Fault::Stretched), 1);
            assert!(
                matches!(stuck.result, Err(PmbusError::Line { source: LineError::Stuck { .. }, .. })),
                "{way:?} byte {at}"
            );
            assert_eq!(stuck.transfers, 1);
            cases += 1;
        }
    }
    assert_eq!(cases, 2 * (4 * 6 + 4 * 8) - 2 * (3 + 3) + 14);
}

#[test]
fn errors_of_reads_are_told_apart() {
    let error = |at, hit| outcome(Talk::ReadWord, at, hit, 99).result.unwrap_err();
    let code = |error: PmbusError| matches!(error, PmbusError::Pec { .. });
    assert!(code(error(3, Hit::Flip(0x10))) && code(error(5, Hit::Flip(0x10))));
    let line = |at, hit| match error(at, hit) {
        PmbusError::Line { source, .. } => source,
        other => panic!("{other}"),
    };
    assert!(matches!(line(0, Hit::Nack), LineError::Absent { address: 0x58, .. }));
    assert!(matches!(line(1, Hit::Nack), LineError::Refused { .. }));
    assert!(matches!(line(2, Hit::Line(Fault::Arbitration)), LineError::Arbitration { .. }));
}

#[test]
fn writes_are_sent_again_only_if_nobody_took_them() {
    for way in [Talk::WriteWord, Talk::Send] {
        let (bytes, _) = shape(way);
        for at in 0..bytes {
            // Nobody acknowledged the address, or the bus was another's: sent again, and done.
            let lost = outcome(way, at, Hit::Line(Fault::Arbitration), 1);
            assert_eq!((lost.result, lost.transfers), (Ok(String::new()), 2), "{way:?} byte {at}");
            let nack = outcome(way, at, Hit::Nack, 1);
            if at == 0 {
                assert_eq!((nack.result, nack.transfers), (Ok(String::new()), 2));
            } else {
                let error = nack.result.unwrap_err();
                assert!(error.refused() && !error.uncertain(), "{way:?} byte {at}: {error}");
                assert_eq!((nack.transfers, nack.setpoint), (1, if at == 4 { nack.setpoint } else { 51.0 }));
            }
            // The clock hangs: nobody knows, and nothing is sent again.
            let stuck = outcome(way, at, Hit::Line(Fault::Stretched), 1);
            assert!(stuck.result.unwrap_err().uncertain() && stuck.transfers == 1, "{way:?} byte {at}");
            // A bit flips behind the address: the target sees that the code does not fit.
            if at > 0 {
                let flipped = outcome(way, at, Hit::Flip(0x20), 1);
                assert!(flipped.result.is_err(), "{way:?} byte {at}");
                assert_eq!((flipped.transfers, flipped.setpoint), (1, 51.0), "{way:?} byte {at}");
            }
        }
    }
}

#[test]
fn bytes_on_the_wire_are_the_known_ones() {
    let (bus, plan) = Faulty::bus(shelf().smbus());
    run(async {
        let psu = device(&bus, PSU);
        let bytes = || plan.lock().unwrap().bytes.clone();
        psu.read::<cmd::ReadVin>().await.unwrap();
        assert_eq!(bytes(), [0xB0, 0x88, 0xB1, 0x98, 0xF3, pec(&[0xB0, 0x88, 0xB1, 0x98, 0xF3])]);
        psu.vout_mode().await.unwrap();
        psu.write::<cmd::VoutCommand>(&(), &Volts(51.0)).await.unwrap();
        assert_eq!(bytes(), [0xB0, 0x21, 0x00, 0x66, pec(&[0xB0, 0x21, 0x00, 0x66])]);
        psu.clear_faults().await.unwrap();
        assert_eq!(bytes(), [0xB0, 0x03, pec(&[0xB0, 0x03])]);
        psu.ask::<cmd::Query>(&QueryRequest { command: 0x21 }).await.unwrap();
        let call = [0xB0, 0x1A, 0x01, 0x21, 0xB1, 0x01, 0xE0];
        assert_eq!(bytes(), [&call[..], &[pec(&call)]].concat());
        // A block of unknown length: the count alone first, then all of it.
        let before = plan.lock().unwrap().transfers;
        psu.read::<cmd::MfrId>().await.unwrap();
        assert_eq!(plan.lock().unwrap().transfers, before + 2);
        assert_eq!(bytes()[..4], [0xB0, 0x99, 0xB1, 7]);
    });
}
