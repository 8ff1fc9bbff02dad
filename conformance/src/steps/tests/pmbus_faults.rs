//! Cases on outputs that are switched, on warnings and on faults.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::supply::{OTHER, OWN, Supply, linear, shared, table, word};
use crate::instrument::Act;
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::smbus::{Came, Part};

const OPERATION: u8 = 0x01;
const OT_FAULT: u8 = 0x4F;
const RESPONSE: u8 = 0x50;
const OT_WARN: u8 = 0x51;
const OFF: u16 = 0x0840;

fn right() -> Supply {
    Supply::right()
}

/// Since when a command is as it was written, if that fits.
fn since(
    supply: Supply,
    code: u8,
    fits: impl Fn(&[u8]) -> bool + Send + 'static,
) -> (Supply, Arc<Mutex<Option<Instant>>>) {
    let at = shared(None);
    let mark = at.clone();
    let supply = supply.takes(code, move |bytes| {
        *mark.lock().unwrap() = fits(bytes).then(Instant::now);
        None
    });
    (supply, at)
}

/// STATUS_WORD of a supply whose output follows a write of a command so much later; `from` and `to` before and behind that.
fn late(code: u8, fits: fn(&[u8]) -> bool, ms: u64, from: u16, to: u16) -> Supply {
    let (supply, at) = since(right(), code, fits);
    supply.shows_at(0x79, move |_| {
        let at = *at.lock().unwrap();
        Some(word(if at?.elapsed() < Duration::from_millis(ms) { from } else { to }))
    })
}

/// Changes STATUS_WORD.
fn status(change: fn(u16) -> u16) -> Supply {
    right().reads(0x79, 0, move |bytes| {
        let now = change(u16::from_le_bytes([bytes[0], bytes[1]]));
        bytes.copy_from_slice(&now.to_le_bytes());
    })
}

/// Does nothing where a command is written with a value.
fn deaf(code: u8, value: u8) -> Supply {
    right().takes(code, move |bytes| (bytes == [code, value]).then(|| vec![0x21]))
}

#[tokio::test(start_paused = true)]
async fn bits_follow_the_output() {
    table(
        "PM-CMD-031",
        [
            ("is right", right(), Pass),
            ("is off before", right().behind(&[OPERATION, 0x00]), Inconclusive),
            ("does not turn off", deaf(OPERATION, 0x00), Fail),
            ("does not turn on", deaf(OPERATION, 0x80), Fail),
            ("says power good while it is off", status(|word| word & !0x0800), Fail),
            ("says that power is not good while it is on", status(|word| word | 0x0800), Fail),
            ("has other bits, too", status(|word| word | 0xB004), Pass),
            // The map says 500 ms, and as much again is borne.
            ("turns off behind 900 ms", late(OPERATION, |b| b == [OPERATION, 0x00], 900, 0, OFF), Pass),
            ("turns off behind 1100 ms", late(OPERATION, |b| b == [OPERATION, 0x00], 1100, 0, OFF), Fail),
            ("turns on behind 14 s", late(OPERATION, |b| b == [OPERATION, 0x80], 14_000, OFF, 0), Pass),
            ("turns on behind 16 s", late(OPERATION, |b| b == [OPERATION, 0x80], 16_000, OFF, 0), Fail),
        ],
    )
    .await;
    table(
        "PM-CMD-033",
        [
            ("is right", right(), Pass),
            ("does not turn off softly", deaf(OPERATION, 0x40), Fail),
            ("does not turn off at once", deaf(OPERATION, 0x00), Fail),
            ("does not turn on", deaf(OPERATION, 0x80), Fail),
            (
                "does not flag a reserved value",
                right().cml(|nth, bits| if nth == 2 { 0 } else { bits }),
                Fail,
            ),
            ("says another fault", right().cml(|nth, bits| if nth == 2 { 0x80 } else { bits }), Fail),
            ("keeps a flag", right().cml(|nth, bits| if nth == 3 { 0x40 } else { bits }), Fail),
        ],
    )
    .await;
}

/// Who answers the alert response address behind a write of a command.
fn alert_behind(supply: Supply, code: u8, who: Option<u8>) -> Supply {
    let mut wrote = false;
    let mut asked = 0;
    supply.when(move |parts| match parts {
        [Part::Write(OWN, bytes)] => {
            wrote |= bytes.first() == Some(&code);
            None
        }
        [Part::Read(0x0C, _)] if wrote => {
            asked += 1;
            Some(who.filter(|_| asked == 1).map_or(Came::Refused, |address| Came::Bytes(vec![address << 1])))
        }
        _ => None,
    })
}

#[tokio::test(start_paused = true)]
async fn a_warning_comes_again_while_its_cause_is_there() {
    let temperature = |value: f64| right().shows(0x8D, linear(value));
    let cleared = right().shows_at(0x7D, {
        let mut reads = 0;
        move |_| {
            reads += 1;
            (reads > 1).then(|| vec![0])
        }
    });
    // Neither OT_WARN_LIMIT nor another warning of the output: the first is VIN_UV_WARN_LIMIT then.
    let input = |value: f64| right().without(OT_WARN).shows(0x88, linear(value));
    table(
        "PM-CMD-025",
        [
            ("is right", right(), Pass),
            ("has no warning", right().shows(0x7D, [0]), Inconclusive),
            ("has another warning", right().shows(0x7D, [0x80]), Inconclusive),
            ("is cleared for good", cleared, Fail),
            ("does not alert again", alert_behind(right(), 0x03, None), Fail),
            ("has a neighbour that alerts", alert_behind(right(), 0x03, Some(OTHER)), Fail),
            ("cannot be put back", right().takes(OT_WARN, nth(2)), Fail),
            ("is at 20.5 degrees", temperature(20.5), Pass),
            ("is below zero", temperature(-5.0), Inconclusive),
            ("has no input", input(0.0), Inconclusive),
            ("has an input above the range of the limit", input(230.0), Inconclusive),
            ("has an input below zero", input(-1.0), Inconclusive),
        ],
    )
    .await;
    // Where the limit goes: above the input by a twentieth, below the temperature by a tenth, and into the range.
    for (supply, code, value) in [
        (right(), OT_WARN, 31.5),
        (temperature(20.5), OT_WARN, 20.0),
        (input(160.0), 0x58, 168.0),
        (input(195.0), 0x58, 200.0),
    ] {
        let sent = shared(Vec::new());
        let kept = sent.clone();
        let seen = supply.takes(code, move |bytes| {
            kept.lock().unwrap().push(bytes[1..].to_vec());
            None
        });
        seen.plays("PM-CMD-025").await;
        assert_eq!(sent.lock().unwrap().first(), Some(&linear(value)));
    }
    for (supply, code) in [(temperature(20.0), OT_WARN), (input(200.0), 0x58)] {
        let sent = shared(0);
        let kept = sent.clone();
        let seen = supply.takes(code, move |_| {
            *kept.lock().unwrap() += 1;
            None
        });
        table("PM-CMD-025", [("has its limit at the reading", seen, Inconclusive)]).await;
        assert_eq!(*sent.lock().unwrap(), 0);
    }
}

/// Makes the nth write of a command one that does nothing.
fn nth(n: usize) -> impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static {
    let mut count = 0;
    move |_| {
        count += 1;
        (count == n).then(|| vec![0x21])
    }
}

#[tokio::test(start_paused = true)]
async fn a_warning_alerts_and_leaves_the_output_on() {
    let comes = |ms: u64| {
        let (supply, at) = since(right(), OT_WARN, |_| true);
        supply.shows_at(0x7D, move |_| {
            let since = at.lock().unwrap().map_or(Duration::ZERO, |at| at.elapsed());
            (since < Duration::from_millis(ms)).then(|| vec![0x80])
        })
    };
    table(
        "PM-CMD-045",
        [
            ("is right", right(), Pass),
            ("warns behind 4 s", comes(4000), Pass),
            ("warns behind 6 s", comes(6000), Fail),
            ("does not alert", alert_behind(right(), OT_WARN, None), Fail),
            ("has a neighbour that alerts", alert_behind(right(), OT_WARN, Some(OTHER)), Fail),
            ("turns off", status(|word| word | OFF), Fail),
            ("says that power is not good", status(|word| word | 0x0800), Pass),
            ("cannot be put back", right().takes(OT_WARN, nth(2)), Fail),
        ],
    )
    .await;
}

/// The response that it has whatever is written.
fn responds(response: u8) -> Supply {
    right().takes(RESPONSE, move |_| Some(vec![RESPONSE, response]))
}

#[tokio::test(start_paused = true)]
async fn a_latched_output_stays_off_until_operation_says_otherwise() {
    let restarts = {
        // CLEAR_FAULTS as OPERATION off and on: two writes, of which the first is made of it.
        let (supply, at) = since(right(), 0x03, |_| true);
        supply.shows_at(0x79, move |_| at.lock().unwrap().map(|_| vec![0, 0]))
    };
    let temperature = |value: f64| right().shows(0x8D, linear(value));
    table(
        "PM-CMD-026",
        [
            ("is right", right(), Pass),
            ("restarts at CLEAR_FAULTS", restarts, Fail),
            ("does not turn off", right().ignores(OT_FAULT), Inconclusive),
            ("tries again", responds(0xC0), Inconclusive),
            ("is cold", temperature(5.0), Inconclusive),
            ("keeps the limit", right().takes(OT_FAULT, nth(2)), Fail),
            ("keeps the response", right().behind(&[RESPONSE, 0xC0]).takes(RESPONSE, nth(2)), Fail),
            ("does not come back by OPERATION", deaf(OPERATION, 0x80), Fail),
            ("does not turn off by OPERATION", deaf(OPERATION, 0x00), Fail),
        ],
    )
    .await;
    let sent = shared(Vec::new());
    let kept = sent.clone();
    let seen = temperature(6.0).takes(OT_FAULT, move |bytes| {
        kept.lock().unwrap().push(bytes[1..].to_vec());
        None
    });
    table("PM-CMD-026", [("is at six degrees", seen, Pass)]).await;
    // Half of what it reads, and back.
    assert_eq!(sent.lock().unwrap().get(..2), Some(&[linear(3.0), linear(90.0)][..]));
}

#[tokio::test(start_paused = true)]
async fn an_output_does_what_its_fault_response_says() {
    // Comes back so much later than the limit is put back.
    let retries = |ms: u64| {
        let (supply, at) = since(right(), OT_FAULT, |bytes| bytes[1..] == linear(90.0));
        let retry = shared(false);
        let now = retry.clone();
        supply
            .takes(RESPONSE, move |bytes| {
                *retry.lock().unwrap() = bytes == [RESPONSE, 0xC0];
                None
            })
            .shows_at(0x79, move |_| {
                let at = at.lock().unwrap().filter(|at| at.elapsed() < Duration::from_millis(ms));
                (at.is_some() && *now.lock().unwrap()).then(|| word(OFF))
            })
    };
    // Turns off so much later than the limit is moved.
    let reacts = |ms: u64| {
        let (supply, at) = since(right(), OT_FAULT, |bytes| bytes[1..] == linear(17.5));
        supply.shows_at(0x79, move |_| {
            let at = at.lock().unwrap().filter(|at| at.elapsed() < Duration::from_millis(ms));
            at.map(|_| word(0))
        })
    };
    table(
        "PM-CMD-046",
        [
            ("is right", right(), Pass),
            (
                "turns off where it is to go on",
                right().takes(RESPONSE, |b| (b == [RESPONSE, 0]).then(|| vec![RESPONSE, 0xC0])),
                Fail,
            ),
            (
                "goes on where it is to turn off",
                right().takes(RESPONSE, |b| (b == [RESPONSE, 0x80]).then(|| vec![RESPONSE, 0])),
                Fail,
            ),
            (
                "tries again where it is to stay off",
                right().takes(RESPONSE, |b| (b == [RESPONSE, 0x80]).then(|| vec![RESPONSE, 0xC0])),
                Fail,
            ),
            (
                "stays off where it is to try again",
                right().takes(RESPONSE, |b| (b == [RESPONSE, 0xC0]).then(|| vec![RESPONSE, 0x80])),
                Fail,
            ),
            (
                "goes on where it is to try again",
                right().takes(RESPONSE, |b| (b == [RESPONSE, 0xC0]).then(|| vec![RESPONSE, 0])),
                Fail,
            ),
            ("tries again behind 14 s", retries(14_000), Pass),
            ("tries again behind 16 s", retries(16_000), Fail),
            ("turns off behind 4 s", reacts(4000), Pass),
            ("turns off behind 6 s", reacts(6000), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn pin_and_operation_are_obeyed_as_coded() {
    // Without the coding that only one of the two is obeyed, the output follows both or nothing.
    let coded = |wanted: u8, other: u8| {
        right().takes(0x02, move |bytes| (bytes == [0x02, wanted]).then(|| vec![0x02, other])).shows_at(
            0x02,
            {
                let mut first = true;
                move |_| (!std::mem::take(&mut first)).then(|| vec![wanted])
            },
        )
    };
    table(
        "PM-CMD-034",
        [
            ("is right", right(), Pass),
            ("obeys the pin where it is to obey OPERATION", coded(0x18, 0x16), Fail),
            ("obeys OPERATION where it is to obey the pin", coded(0x16, 0x18), Fail),
            ("obeys OPERATION alone where it is to obey both", coded(0x1E, 0x18), Fail),
            ("obeys the pin alone where it is to obey both", coded(0x1E, 0x16), Fail),
            ("takes none of them", right().shows(0x02, [0x00]), Inconclusive),
            (
                "has only one of them",
                right().takes(0x02, |bytes| (bytes != [0x02, 0x18]).then(|| vec![0x21])),
                Pass,
            ),
            ("turns off behind 900 ms", late(OPERATION, |b| b == [OPERATION, 0x00], 900, 0, OFF), Pass),
            ("turns off behind 1100 ms", late(OPERATION, |b| b == [OPERATION, 0x00], 1100, 0, OFF), Fail),
        ],
    )
    .await;
    // What the instrument does with the pin, and what OPERATION is, one after the other; both are on at first and at last.
    let done = shared(Vec::new());
    let (pin, operation) = (done.clone(), done.clone());
    let seen = right()
        .measured(move |act, seen| {
            if let Act::ControlPin { address: OWN, high } = act {
                pin.lock().unwrap().push(if *high { "high" } else { "low" });
            }
            seen
        })
        .takes(OPERATION, move |bytes| {
            operation.lock().unwrap().push(if bytes[1] == 0x80 { "on" } else { "off" });
            None
        });
    table("PM-CMD-034", [("is right", seen, Pass)]).await;
    let mut wanted = Vec::new();
    for pair in [
        ["low", "on"],
        ["high", "off"],
        ["high", "on"],
        ["low", "on"],
        ["high", "on"],
        ["high", "off"],
        ["low", "on"],
    ] {
        wanted.extend(["high", "on"]);
        wanted.extend(pair);
    }
    wanted.extend(["high", "on"]);
    assert_eq!(*done.lock().unwrap(), wanted);
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_stays_and_what_the_factory_set_comes_back() {
    let vout = |list: &'static [Option<u16>]| {
        // From the first read behind a write on.
        let wrote = shared(0);
        let count = wrote.clone();
        right()
            .takes(0x21, move |_| {
                *count.lock().unwrap() += 1;
                None
            })
            .shows_at(0x21, move |_| list.get(*wrote.lock().unwrap()).copied().flatten().map(word))
    };
    let gone = |ms: u64| {
        let (supply, at) = since(right(), 0x15, |_| true);
        supply.when(move |parts| {
            let read = matches!(parts, [Part::Write(OWN, bytes), ..] if bytes == &[0x98]);
            let at = at.lock().unwrap().filter(|at| at.elapsed() < Duration::from_millis(ms));
            at.filter(|_| read).map(|_| Came::Refused)
        })
    };
    table(
        "PM-CMD-047",
        [
            ("is right", right(), Pass),
            ("forgets", right().ignores(0x15), Fail),
            ("has something else behind the power cycle", vout(&[None, Some(0x6400)]), Fail),
            ("is not put back", vout(&[None, None, Some(0x63FF)]), Fail),
            ("comes back behind 9 s", gone(9_000), Pass),
            ("comes back behind 11 s", gone(11_000), Fail),
        ],
    )
    .await;
    // Eight steps away from 50 V, and back to less than half of that.
    let restored = |word_then: u16| {
        let back = shared(0);
        let count = back.clone();
        right()
            .takes(0x12, move |_| {
                *count.lock().unwrap() = 1;
                None
            })
            .shows_at(0x21, move |_| {
                let mut back = back.lock().unwrap();
                *back += u8::from(*back > 0);
                // Read once behind RESTORE_DEFAULT_ALL, in volts; then it is put back.
                (*back == 2).then(|| word(word_then))
            })
    };
    table(
        "PM-CMD-048",
        [
            ("is right", right(), Pass),
            ("restores nothing", right().ignores(0x12), Fail),
            ("comes back to three steps", restored(0x63FD), Pass),
            ("comes back to four steps", restored(0x63FC), Fail),
            ("comes back to three steps above", restored(0x6403), Pass),
            ("comes back to four steps above", restored(0x6404), Fail),
            ("is eight steps above before", right().behind(&[0x21, 0x08, 0x64]), Pass),
            ("cannot be moved", right().ignores(0x21), Fail),
            ("does not take back what it had", right().takes(0x21, nth(2)).behind(&[0x21, 0x00, 0x65]), Fail),
            (
                "says another factory",
                right().claims(|claims| claims.defaults.extend([("vout_command".into(), 51.0)])),
                Fail,
            ),
        ],
    )
    .await;
}
