//! Cases of writes that both interfaces show.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::device::{asked, pdu, written};
use super::service::{CONTROL, MANAGER, MAX, SUPPLY, Service, answer, error, table};
use super::supply::shared;
use super::xif::{BLOCK, PSU, right};
use crate::outcome::Outcome::{Error, Fail, Inconclusive, Pass};
use crate::transport::Seen;

/// Answers the nth write of a register of the block in its own way.
fn says(at: u16, wanted: usize, seen: Seen) -> Service {
    let mut nth = 0;
    right().wire(move |_, unit, request| {
        (unit == BLOCK && written(request)?.0 == at).then(|| nth += 1)?;
        (nth == wanted).then(|| seen.clone())
    })
}

/// Shows something else of the block for so long since the first write on either interface.
fn late(register: u16, words: &'static [u8], ms: u64) -> Service {
    let since = shared(None::<Instant>);
    let (one, other) = (since.clone(), since.clone());
    right()
        .acts(move |_, r| {
            if r.method == "PATCH" {
                one.lock().unwrap().get_or_insert_with(Instant::now);
            }
            None
        })
        .wire(move |_, unit, request| {
            if unit != BLOCK {
                return None;
            }
            if written(request).is_some() {
                other.lock().unwrap().get_or_insert_with(Instant::now);
            }
            let late = since.lock().unwrap().is_some_and(|at| at.elapsed() < Duration::from_millis(ms));
            (late && asked(request)?.0 == register)
                .then(|| pdu(&[&[3, words.len() as u8][..], words].concat()))
        })
}

const LEASE: u16 = 16448;
const HOLDER: u16 = 16451;
const LIMIT: u16 = 16464;
const APPLIED: u16 = 16466;

#[tokio::test(start_paused = true)]
async fn a_set_point_shows_on_the_other_interface() {
    let patch = |said| right().says("PATCH", CONTROL, said);
    let control = |from: usize, change: fn(&mut Value)| right().body_from(CONTROL, from, change);
    let held = |watts: u32| {
        right().wire_then(move |unit, request, seen| {
            let own = pdu(&[&[3, 4][..], &watts.to_be_bytes()].concat());
            if unit == BLOCK && asked(request) == Some((LIMIT, 2)) && seen == pdu(&[3, 4, 0, 0, 0x46, 0x50]) {
                own
            } else {
                seen
            }
        })
    };
    table(
        "XIF-004",
        [
            ("is right", right(), Pass),
            ("refuses on Redfish", patch(error(400, "X")), Fail),
            (
                "says 300 on Redfish",
                right().then(|r, mut a| {
                    if r.method == "PATCH" {
                        a.status = 300;
                    }
                    a
                }),
                Fail,
            ),
            ("forgets it on Redfish", patch(answer(200, &json!({}))), Fail),
            ("holds a watt less on Modbus", held(17_999), Pass),
            ("holds two watts less on Modbus", held(17_998), Fail),
            ("shows it in 4 s", late(LIMIT, &[0, 0, 0, 0], 4000), Pass),
            ("shows it in 6 s", late(LIMIT, &[0, 0, 0, 0], 6000), Fail),
            ("shows another holder for 6 s", late(HOLDER, &[0, 3], 6000), Fail),
            ("does not give the lease", says(LEASE, 1, pdu(&[0x90, 4])), Fail),
            ("does not take the limit", says(LIMIT, 1, pdu(&[0x90, 3])), Fail),
            ("says that the limit goes on, and forgets it", says(LIMIT, 1, pdu(&[0x90, 5])), Fail),
            ("refuses the end of the lease", says(LEASE, 2, pdu(&[0x90, 3])), Fail),
            ("does not end the lease", says(LEASE, 2, pdu(&[0x10, 0x40, 0x40, 0, 3])), Fail),
            (
                "is steered by somebody",
                right().wire_then(|unit, r, seen| {
                    if unit == BLOCK && asked(r) == Some((HOLDER, 1)) { pdu(&[3, 2, 0, 3]) } else { seen }
                }),
                Inconclusive,
            ),
            // Read when it is found, behind Disabled, and then until it shows what was written on Modbus.
            (
                "shows two watts less on Redfish",
                control(2, |body| {
                    if !body["SetPoint"].is_null() {
                        body["SetPoint"] = json!(MAX - 2.0)
                    }
                }),
                Fail,
            ),
            (
                "shows a watt less on Redfish",
                control(2, |body| {
                    if !body["SetPoint"].is_null() {
                        body["SetPoint"] = json!(MAX - 1.0)
                    }
                }),
                Pass,
            ),
            (
                "shows another owner on Redfish",
                right()
                    .body(MANAGER, |body| body["Oem"]["DPOGateway"]["Lease"]["OwnerType"] = json!("Local")),
                Fail,
            ),
        ],
    )
    .await;
    let behind = {
        let mut nth = 0;
        right().then(move |r, mut a| {
            nth += usize::from(r.method == "GET" && r.path == CONTROL);
            if r.method == "GET" && r.path == CONTROL && (3..=10).contains(&nth) {
                let mut body = a.json().unwrap();
                body["SetPoint"] = Value::Null;
                a.body = body.to_string().into_bytes();
            }
            a
        })
    };
    table("XIF-004", [("shows it on Redfish a little later", behind, Pass)]).await;
    // That the limit goes on is no fault.
    let goes_on = right().wire(|shelf, unit, request| {
        let (at, words) = written(request).filter(|_| unit == BLOCK)?;
        (at == LIMIT).then(|| {
            shelf.limit = Some(f64::from(words[1]));
            pdu(&[0x90, 5])
        })
    });
    table("XIF-004", [("acknowledges the limit", goes_on, Pass)]).await;
    let list = shared(Vec::new());
    let kept = list.clone();
    let seen = right().wire(move |_, unit, request| {
        kept.lock().unwrap().extend(written(request).filter(|_| unit == BLOCK));
        None
    });
    table("XIF-004", [("is right", seen, Pass)]).await;
    assert_eq!(
        *list.lock().unwrap(),
        [(LEASE, vec![0, 0x0D90, 30]), (LIMIT, vec![0, 18_000]), (LEASE, vec![0, 0x0D90, 0])]
    );
    // A limit above 16 bits, and with a fraction.
    let list = shared(Vec::new());
    let kept = list.clone();
    let large =
        right().body(CONTROL, |body| body["AllowableMax"] = json!(70_000.9)).wire(move |_, unit, request| {
            kept.lock().unwrap().extend(written(request).filter(|(at, _)| unit == BLOCK && *at == LIMIT));
            None
        });
    large.plays("XIF-007").await;
    assert_eq!(*list.lock().unwrap(), [(LIMIT, vec![1, 4464])]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_without_the_right_and_one_owner_stays() {
    table(
        "XIF-007",
        [
            ("is right", right(), Pass),
            ("says another exception", says(LIMIT, 1, pdu(&[0x90, 6])), Fail),
            ("takes it on Modbus", says(LIMIT, 1, pdu(&[0x10, 0x40, 0x50, 0, 2])), Fail),
            ("says 403", right().says("PATCH", CONTROL, error(403, "X")), Fail),
            ("refuses and takes it", late(APPLIED, &[0, 0, 0x46, 0x50], 10), Fail),
            (
                "refuses and shows it on Redfish",
                right().body_from(CONTROL, 1, |body| body["SetPoint"] = json!(MAX)),
                Fail,
            ),
            (
                "refuses and has an owner on Redfish",
                right().body_from(MANAGER, 1, |body| {
                    body["Oem"]["DPOGateway"]["Lease"]["OwnerType"] = json!("Modbus")
                }),
                Fail,
            ),
        ],
    )
    .await;
    // Two PATCH requests and two leases: the loser first, and then the owner.
    let nth_patch = |wanted: usize, said: crate::transport::http::Answer| {
        let mut nth = 0;
        right().when(move |r| {
            nth += usize::from(r.method == "PATCH");
            (r.method == "PATCH" && nth == wanted).then(|| said.clone())
        })
    };
    let moved = |on: u8| {
        right()
            .acts(move |shelf, r| {
                if r.method == "PATCH" && on == 0 && shelf.limit.is_some() {
                    shelf.limit = Some(MAX - 100.0);
                }
                None
            })
            .wire(move |shelf, unit, request| {
                let (at, words) = written(request).filter(|_| unit == BLOCK)?;
                if at == LEASE && words[2] == 30 && on == 1 && shelf.limit.is_some() {
                    shelf.limit = Some(MAX - 2.0);
                }
                None
            })
    };
    table(
        "XIF-008",
        [
            ("is right", right(), Pass),
            ("says 400 to the other one", nth_patch(1, error(400, "X")), Fail),
            ("says 409 and moves the limit", moved(0), Fail),
            ("says wrong data to the other one", says(LEASE, 3, pdu(&[0x90, 3])), Fail),
            ("gives the lease to the other one", says(LEASE, 3, pdu(&[0x10, 0x40, 0x40, 0, 3])), Fail),
            ("says 04 and moves the limit", moved(1), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_falls_silent_loses_the_lease() {
    let entries = "/redfish/v1/Managers/1/LogServices/Log/Entries";
    let as_many =
        right().body(entries, |body| body["Members"] = json!([{"MessageId": "DPO.1.0.LeaseExpired"}]));
    let other = right().body(entries, |body| {
        for entry in body["Members"].as_array_mut().unwrap() {
            entry["MessageId"] = json!("DPO.1.0.LeaseEnded");
        }
    });
    let rolled = right().body_from(entries, 1, |body| body["Members"] = json!([]));
    table(
        "XIF-010",
        [
            ("is right", right(), Pass),
            ("keeps the lease for 9 s", late(HOLDER, &[0, 1], 9000), Pass),
            ("keeps the lease for 11 s", late(HOLDER, &[0, 1], 11_000), Fail),
            ("keeps the limit for 11 s", late(APPLIED, &[0, 0, 0x46, 0x50], 11_000), Fail),
            ("logs nothing", as_many, Fail),
            ("logs something else", other, Fail),
            ("has a log that was cleared", rolled, Fail),
        ],
    )
    .await;
}

/// The smallest input voltage, 180 V in steps of 1/64 V.
const LEAST: u16 = 101;

#[tokio::test(start_paused = true)]
async fn a_fault_shows_on_both_interfaces_and_goes() {
    // Both interfaces for so long since the limit was moved, or put back.
    let behind = |back: bool, ms: u64| {
        let since = shared(None::<Instant>);
        let at = since.clone();
        (since, move |_: &mut super::service::Shelf, unit: u8, request: &[u8]| {
            let (own, words) = written(request).filter(|_| unit == PSU)?;
            if own == LEAST && (words[0] == 11_520) == back {
                *at.lock().unwrap() = Some(Instant::now() + Duration::from_millis(ms));
            }
            None::<Seen>
        })
    };
    let modbus = |back: bool, ms: u64, alarm: u8| {
        let (since, mark) = behind(back, ms);
        right().wire(mark).wire(move |_, unit, request| {
            let late = since.lock().unwrap().is_some_and(|until| Instant::now() < until);
            (late && unit == PSU && asked(request) == Some((60, 1))).then(|| pdu(&[3, 2, 0, alarm]))
        })
    };
    let redfish = |back: bool, ms: u64, health: &'static str| {
        let (since, mark) = behind(back, ms);
        right().wire(mark).then(move |r, mut a| {
            let late = since.lock().unwrap().is_some_and(|until| Instant::now() < until);
            if late && r.path == SUPPLY {
                let mut body = a.json().unwrap();
                body["Status"]["Health"] = json!(health);
                a.body = body.to_string().into_bytes();
            }
            a
        })
    };
    let refuses = |at: u16, nth_wanted: usize, seen: Seen| {
        let mut nth = 0;
        right().wire(move |_, unit, request| {
            (unit == PSU && written(request)?.0 == at).then(|| nth += 1)?;
            (nth == nth_wanted).then(|| seen.clone())
        })
    };
    for id in ["XIF-005", "XIF-006"] {
        let rows = [
            ("is right", right(), Pass),
            ("has an alarm before", right().word(LEAST, 15_000), Inconclusive),
            (
                "has an alarm on Redfish before",
                right().body_from(SUPPLY, 1, |body| body["Status"]["Health"] = json!("Critical")),
                Inconclusive,
            ),
            ("has no input voltage", right().word(88, 0).word(LEAST, 0), Inconclusive),
            ("has a high input voltage", right().word(88, 17_750), Inconclusive),
            ("has an input voltage below that", right().word(88, 17_740), Pass),
            ("refuses the limit", refuses(LEAST, 1, pdu(&[0x90, 3])), Inconclusive),
            ("does not answer the limit", refuses(LEAST, 1, Seen::Nothing), Inconclusive),
            ("does not put it back", refuses(LEAST, 2, pdu(&[0x90, 4])), Error),
        ];
        table(id, rows).await;
    }
    table(
        "XIF-005",
        [
            ("shows it in 9 s on Modbus", modbus(false, 9000, 0), Pass),
            ("shows it in 11 s on Modbus", modbus(false, 11_000, 0), Fail),
            ("shows it in 9 s on Redfish", redfish(false, 9000, "OK"), Pass),
            ("shows it in 11 s on Redfish", redfish(false, 11_000, "OK"), Fail),
            ("lets go in 13 s", modbus(true, 13_000, 1), Pass),
        ],
    )
    .await;
    // Four times as long as a start takes, which is 3 s here.
    table(
        "XIF-006",
        [
            ("shows it in 11 s", modbus(false, 11_000, 0), Pass),
            ("lets go in 11 s on Modbus", modbus(true, 11_000, 1), Pass),
            ("lets go in 13 s on Modbus", modbus(true, 13_000, 1), Fail),
            ("lets go in 11 s on Redfish", redfish(true, 11_000, "Warning"), Pass),
            ("lets go in 13 s on Redfish", redfish(true, 13_000, "Warning"), Fail),
        ],
    )
    .await;
    // The lock is opened with its other bits as they were; the limit goes a tenth above the input; all is put back.
    let list = shared(Vec::new());
    let kept = list.clone();
    let lock = super::service::lock();
    let seen = right().word(lock.0, 0x4000 | lock.1).wire(move |_, unit, request| {
        kept.lock().unwrap().extend(written(request).filter(|_| unit == PSU));
        None
    });
    table("XIF-005", [("is right", seen, Pass)]).await;
    let open = 0x4000 | lock.1;
    assert_eq!(
        *list.lock().unwrap(),
        [(lock.0, vec![open]), (LEAST, vec![16_192]), (LEAST, vec![11_520]), (lock.0, vec![open])]
    );
}
