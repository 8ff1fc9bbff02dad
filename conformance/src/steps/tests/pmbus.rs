//! Cases that read, of `pmbus.rs` and `pmbus_values.rs`.

use super::supply::{OTHER, OWN, Supply, linear, table, volts, word};
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};
use crate::transport::smbus::{Came, Part};

/// What the specimen does not have, and cases read for that.
const UNKNOWN: u8 = 0x95;

fn bytes(bytes: &[u8]) -> Option<Came> {
    Some(Came::Bytes(bytes.to_vec()))
}

/// Whether a transfer reads a command.
fn reads(parts: &[Part], code: u8) -> bool {
    matches!(parts, [Part::Write(OWN, request), Part::Read(..)] if request == &[code])
}

#[tokio::test(start_paused = true)]
async fn byte_word_and_block_have_their_length() {
    let right = Supply::right;
    table(
        "PM-XP-001",
        [
            ("is right", right(), Pass),
            ("has seven bytes in READ_EIN", right().shows(0x86, [7, 0, 0, 0, 0, 0, 0, 0]), Fail),
            ("has five bytes in READ_EIN", right().shows(0x86, [5, 0, 0, 0, 0, 0]), Fail),
        ],
    )
    .await;
    let long = |len: u8| right().shows(0x99, [&[len][..], &vec![0x41; len.into()]].concat());
    table(
        "PM-XP-025",
        [
            ("is right", right(), Pass),
            ("has no letter in MFR_ID", long(0), Fail),
            ("has 32 letters", long(32), Pass),
            ("has 33 letters", long(33), Fail),
        ],
    )
    .await;
    table(
        "PM-XP-028",
        [
            ("is right", right(), Pass),
            ("does not know QUERY", right().queried(0x1A, [1, 0x60]), Fail),
            ("says two bytes", right().queried(0x1A, [2, 0x80, 0]), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn codes_are_right_or_not_there() {
    let right = Supply::right;
    let wrong = right().then(|parts, came| match (parts, came) {
        (parts, Came::Bytes(mut bytes)) if reads(parts, 0x88) && bytes.len() == 3 => {
            bytes[2] ^= 1;
            Came::Bytes(bytes)
        }
        (_, came) => came,
    });
    table(
        "PM-XP-002",
        [
            ("is right", right(), Pass),
            ("says that it knows no codes", right().shows(0x19, [0x30]), Inconclusive),
            ("has a wrong code behind READ_VIN", wrong, Fail),
            ("does not acknowledge READ_VIN", right().refuses(0x88), Fail),
        ],
    )
    .await;
    let short = right().when(|parts| match parts {
        [Part::Write(OWN, request), Part::Read(_, 1)] if request == &[0x98] => bytes(&[0x22]),
        _ => None,
    });
    table("PM-XP-006", [("is right", right(), Pass), ("gives other data without a code", short, Fail)]).await;
}

#[tokio::test(start_paused = true)]
async fn bad_reads_get_ones_and_a_flag() {
    let right = Supply::right;
    let alone = |came: Option<Came>| {
        right().when(move |parts| matches!(parts, [Part::Read(OWN, 1)]).then(|| came.clone()).flatten())
    };
    table(
        "PM-XP-007",
        [
            ("is right", right(), Pass),
            ("gives a byte, and a flag", alone(bytes(&[0x33])).shows(0x7E, [0x40]), Fail),
            ("gives ones without a flag", alone(bytes(&[0xFF])), Fail),
            ("does not acknowledge, without a flag", alone(Some(Came::Refused)), Pass),
            ("does not answer any more", right().refuses(0x98), Fail),
        ],
    )
    .await;
    let unknown =
        |came: Option<Came>| right().when(move |p| reads(p, UNKNOWN).then(|| came.clone()).flatten());
    table(
        "PM-XP-009",
        [
            ("is right", right(), Pass),
            ("does not acknowledge, with a flag", unknown(Some(Came::Refused)).shows(0x7E, [0x80]), Pass),
            ("sets another bit", right().shows(0x7E, [0x02]), Fail),
            ("gives data with a flag", unknown(bytes(&[0xFF, 0x12])).shows(0x7E, [0x80]), Fail),
        ],
    )
    .await;
    let beyond = |at: usize| {
        right().then(move |parts, came| match (parts, came) {
            ([_, Part::Read(_, 7)], Came::Bytes(mut bytes)) => {
                bytes[at] = 0x12;
                Came::Bytes(bytes)
            }
            (_, came) => came,
        })
    };
    table(
        "PM-XP-015",
        [
            ("is right", right(), Pass),
            ("sends something behind the code", beyond(3), Fail),
            ("sends something at the end", beyond(6), Fail),
            ("does not acknowledge", right().refuses(0x88), Fail),
            ("does not answer any more", right().refuses(0x98), Fail),
        ],
    )
    .await;
    let called = right()
        .when(|parts| matches!(parts, [Part::Write(_, bytes)] if bytes.is_empty()).then_some(Came::Refused));
    table(
        "PM-XP-037",
        [
            ("is right", right(), Pass),
            ("does not acknowledge its address", called, Fail),
            ("flags it", right().cml(|nth, _| if nth == 0 { 0 } else { 0x80 }), Fail),
            ("has a flag before", right().shows(0x7E, [0x02]), Pass),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn many_reads_are_all_good() {
    let right = Supply::right;
    table("PM-XP-040", [("is right", right(), Pass)]).await;
    let (outcome, seen) = right().refuses(0x88).refuses(0x89).plays("PM-XP-040").await;
    // 20 reads of 10 readings; those that fail are counted.
    assert!(outcome == Fail && seen.contains("(and 3 more)"), "{outcome} {seen}");
    let none = right().map(|map| map.commands.retain(|c| !c.id.starts_with("read_")));
    table("PM-XP-040", [("has no readings", none, Inconclusive)]).await;
}

#[tokio::test(start_paused = true)]
async fn alerts_are_answered_once_and_in_order() {
    let right = Supply::right;
    let behind = |who: fn(usize) -> Option<u8>| right().alerts_behind(UNKNOWN, who);
    table(
        "PM-XP-032",
        [
            ("is right", right(), Pass),
            ("does not alert", behind(|_| None), Fail),
            ("is not the one that alerts", behind(|nth| (nth == 0).then_some(OTHER)), Fail),
            ("alerts again", behind(|_| Some(OWN)), Fail),
        ],
    )
    .await;
    let asked = |from: usize| {
        let mut nth = 0;
        right().when(move |parts| {
            let alert = matches!(parts, [Part::Read(0x0C, _)]);
            nth += usize::from(alert);
            (alert && nth > from).then(|| Came::Bytes(vec![OWN << 1]))
        })
    };
    table(
        "PM-XP-033",
        [
            ("is right", right(), Pass),
            ("alerts without an end", asked(0), Fail),
            ("alerts out of nothing", asked(1), Fail),
        ],
    )
    .await;
    let order = |first, second| behind_both(move |nth| if nth == 0 { first } else { second });
    table(
        "PM-XP-034",
        [
            ("is right", right(), Pass),
            ("comes last", order(Some(OTHER), Some(OWN)), Fail),
            ("is alone", order(Some(OWN), None), Fail),
        ],
    )
    .await;
}

/// As `alerts_behind`, behind reads of both supplies: the last one is that of the first.
fn behind_both(who: impl FnMut(usize) -> Option<u8> + Send + 'static) -> Supply {
    Supply::right().alerts_behind(UNKNOWN, who)
}

#[tokio::test(start_paused = true)]
async fn capability_is_true() {
    let right = Supply::right;
    let clock = |bits: u8, hz| right().shows(0x19, [bits]).map(move |map| map.bus.clock_hz_max = hz);
    let coded = |bits: u8, code: u8| {
        right().shows(0x19, [bits]).when(move |parts| match parts {
            [Part::Write(OWN, request), Part::Read(_, 2)] if request == &[0x98] => bytes(&[0x33, code]),
            _ => None,
        })
    };
    table(
        "PM-CMD-002",
        [
            ("is right", right(), Pass),
            ("says 100 kHz of a bus of 400 kHz", clock(0x90, 400_000), Fail),
            ("says 1 MHz of a bus of 400 kHz", clock(0xD0, 400_000), Fail),
            ("says a speed that is not defined", clock(0xF0, 400_000), Fail),
            ("says 100 kHz", clock(0x90, 100_000), Pass),
            ("says 1 MHz", clock(0xD0, 1_000_000), Pass),
            ("sets reserved bit 0", clock(0xB1, 400_000), Fail),
            ("sets reserved bit 1", clock(0xB2, 400_000), Fail),
            ("sends codes that it does not know", clock(0x30, 400_000), Fail),
            ("knows no codes", coded(0x30, 0xFF), Pass),
            ("says codes that it does not send", coded(0xB0, 0xFF), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn identity_is_text_that_stays() {
    let right = Supply::right;
    table(
        "PM-CMD-006",
        [
            ("is right", right(), Pass),
            ("has no letter in MFR_ID", right().shows(0x99, [0]), Fail),
            ("rings a bell", right().shows(0x99, [2, 0x41, 0x07]), Fail),
            // A block takes two transfers a read.
            (
                "has another serial number the tenth time",
                right().shows_at(0x9E, |nth| Some(vec![1, if nth < 18 { 0x41 } else { 0x42 }])),
                Fail,
            ),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn query_says_what_the_map_says() {
    let right = Supply::right;
    let said = |code: u8, bits: u8| right().queried(code, [1, bits]);
    table(
        "PM-CMD-003",
        [
            ("is right", right(), Pass),
            ("does not know VOUT_COMMAND", said(0x21, 0x60), Fail),
            ("does not write VOUT_COMMAND", said(0x21, 0xA0), Fail),
            ("does not read VOUT_COMMAND", said(0x21, 0xC0), Fail),
            ("writes READ_VIN", said(0x88, 0xE0), Fail),
            ("reads CLEAR_FAULTS", said(0x03, 0xE0), Fail),
        ],
    )
    .await;
    table(
        "PM-CMD-004",
        [
            ("is right", right(), Pass),
            ("knows a reserved code", said(0xAC, 0x80), Fail),
            ("says two bytes of it", right().queried(0xAC, [2, 0, 0]), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn revisions_are_known() {
    let right = Supply::right;
    for (bits, outcome) in
        [(0x00, Pass), (0x55, Pass), (0x33, Pass), (0x63, Fail), (0x36, Fail), (0xF0, Fail)]
    {
        table("PM-CMD-001", [("has a revision", right().shows(0x98, [bits]), outcome)]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn voltages_are_those_of_the_bus() {
    let right = Supply::right;
    let set = |value| right().shows(0x21, volts(value));
    table(
        "PM-CMD-012",
        [
            ("is right", right(), Pass),
            ("has VID", right().shows(0x20, [0x3E]), Fail),
            ("is set to 46 V", set(46.0), Pass),
            ("is set to 45.9 V", set(45.9), Fail),
            ("is set to 54 V", set(54.0), Pass),
            ("is set to 54.1 V", set(54.1), Fail),
            ("has no VOUT_COMMAND", set(45.9).without(0x21), Pass),
        ],
    )
    .await;
    let at = |value, status: u16| right().shows(0x8B, volts(value)).shows(0x79, word(status));
    table(
        "PM-CMD-013",
        [
            ("is right", right(), Pass),
            ("has 39 V", at(39.0, 0), Fail),
            ("has 40 V", at(40.0, 0), Pass),
            ("has 60 V", at(60.0, 0), Pass),
            ("has 61 V", at(61.0, 0), Fail),
            ("is off and has 1 V", at(1.0, 0x0040), Pass),
            ("has no power good and 1 V", at(1.0, 0x0800), Fail),
            ("is off and has 61 V", at(61.0, 0x0040), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn readings_are_in_the_window_of_their_unit() {
    let right = Supply::right;
    // READ_VIN, READ_IOUT, READ_TEMPERATURE_1, READ_FAN_SPEED_1, READ_POUT.
    for (code, inside, outside) in [
        (0x88, 600.0, 601.0),
        (0x88, 0.0, -1.0),
        (0x8C, 200.0, 201.0),
        (0x8C, -200.0, -201.0),
        (0x8D, 150.0, 151.0),
        (0x8D, -40.0, -41.0),
        (0x90, 59_968.0, 60_032.0),
        (0x90, 0.0, -1.0),
        (0x96, 20_000.0, 20_100.0),
        (0x96, -20_000.0, -20_100.0),
    ] {
        for id in ["PM-CMD-014", "PM-CMD-035"] {
            let rows = [
                ("is at the end of the window", right().shows(code, linear(inside)), Pass),
                ("is beyond the window", right().shows(code, linear(outside)), Fail),
            ];
            table(id, rows).await;
        }
    }
    let frequency = |value| {
        right().shows(0x88, linear(value)).map(|map| {
            let own = map.commands.iter_mut().find(|c| c.code == 0x88).unwrap();
            own.unit = Some("kHz".into());
        })
    };
    let unknown = |map: &mut dpo_gateway::maps::pmbus::model::PmbusMap| {
        map.commands.iter_mut().find(|c| c.code == 0x88).unwrap().unit = Some("1".into());
    };
    table(
        "PM-CMD-014",
        [
            ("has 5000 kHz", frequency(5000.0), Pass),
            ("has 5010 kHz", frequency(5010.0), Fail),
            ("has a unit without a window", right().shows(0x88, linear(30_000.0)).map(unknown), Pass),
        ],
    )
    .await;
    // READ_VOUT is not in LINEAR11, and its window is narrower.
    table(
        "PM-CMD-035",
        [
            ("has 60 V", right().shows(0x8B, volts(60.0)), Pass),
            ("has 61 V", right().shows(0x8B, volts(61.0)), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn powers_agree_at_least_once() {
    let right = Supply::right;
    // 50 V and 30 A.
    let pout = |until: usize, first: f64, then: f64| {
        right().shows_at(0x96, move |nth| Some(linear(if nth < until { first } else { then })))
    };
    let pin = |until: usize, first: f64, then: f64| {
        right().shows_at(0x97, move |nth| Some(linear(if nth < until { first } else { then })))
    };
    table(
        "PM-CMD-036",
        [
            ("is right", right(), Pass),
            ("never has volts times amperes", pout(9999, 1700.0, 0.0), Fail),
            ("gives more than it takes", pin(9999, 1000.0, 0.0), Fail),
            ("shows its output power later", pout(20, 1570.0, 1500.0), Pass),
            ("shows its input power later", pin(20, 1000.0, 1580.0), Pass),
            ("is right at first", pout(1, 1500.0, 1000.0), Pass),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn status_word_sums_up() {
    let right = Supply::right;
    let words =
        |list: &'static [u16]| right().shows_at(0x79, move |nth| Some(word(list[nth.min(list.len() - 1)])));
    table(
        "PM-CMD-028",
        [
            ("is right", right(), Pass),
            ("has another low byte", right().shows(0x78, [0x42]), Fail),
            ("has no bit for STATUS_CML", words(&[0]).shows(0x78, [0]), Fail),
            ("has a bit in the high byte", words(&[0x2002]), Pass),
            ("changes once", words(&[0x0002, 0x2002]), Pass),
            ("changes with every read", words(&[1, 2, 3, 4, 5, 6]), Inconclusive),
        ],
    )
    .await;
    table("PM-CMD-030", [("is right", right(), Pass)]).await;
    for (code, bit) in [(0x7A, 0x8000), (0x7B, 0x4000), (0x7C, 0x2000), (0x7D, 0x0004), (0x7E, 0x0002)] {
        let rows = [
            ("has a cause without its bit", right().shows(code, [0x10]), Fail),
            ("has a bit without its cause", right().shows(0x79, word(bit)), Fail),
            ("has both", right().shows(code, [0x10]).shows(0x79, word(bit)), Pass),
        ];
        table("PM-CMD-030", rows).await;
    }
    table(
        "PM-CMD-030",
        [
            ("gives power and is off", right().shows(0x79, word(0x0040)), Fail),
            ("is off", right().shows(0x79, word(0x0840)).shows(0x96, linear(0.0)), Pass),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn faults_of_the_protocol_set_their_own_bit() {
    let right = Supply::right;
    // STATUS_CML is read before and behind each of three faults.
    let bits = |list: [u8; 6]| right().cml(move |nth, _| list[nth]);
    let refused = |wanted: fn(&[Part]) -> bool| right().when(move |p| wanted(p).then_some(Came::Refused));
    table(
        "PM-CMD-032",
        [
            ("is right", right(), Pass),
            ("sets a second bit for an unknown command", bits([0, 0x82, 0, 0x40, 0, 0x40]), Fail),
            ("had that bit before", bits([0x02, 0x82, 0x82, 0xC2, 0xC2, 0xC2]), Pass),
            ("sets the wrong bit for a read beyond the end", bits([0, 0x80, 0x80, 0xA0, 0xA0, 0xE0]), Fail),
            ("sets any bit of those for it", bits([0, 0x80, 0, 0x01, 0, 0x02]), Pass),
            ("does not tell an unknown command", bits([0, 0, 0, 0x40, 0, 0x40]), Fail),
            ("does not tell a read without a command", bits([0, 0x80, 0, 0x40, 0, 0]), Fail),
            (
                "does not acknowledge a read without a command, and no flag",
                refused(|p| matches!(p, [Part::Read(OWN, 1)])).cml(|nth, _| [0, 0x80, 0, 0x40, 0, 0][nth]),
                Pass,
            ),
            (
                "does not acknowledge an unknown command, and no flag",
                refused(|p| reads(p, UNKNOWN)).cml(|nth, _| [0, 0, 0, 0x40, 0, 0x40][nth]),
                Fail,
            ),
        ],
    )
    .await;
}
