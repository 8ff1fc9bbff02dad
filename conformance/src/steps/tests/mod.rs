//! Steps judged for given exchanges, without a device: what they call good and what not.

mod block;
mod device;
mod map;
mod map_block;
mod pdu;
mod played;
mod pmbus;
mod pmbus_energy;
mod pmbus_faults;
mod pmbus_formats;
mod pmbus_line;
mod pmbus_write;
mod redfish;
mod redfish_model;
mod redfish_write;
mod ride;
mod ride_bench;
mod ride_records;
mod rtu;
mod rtu_instrument;
mod rtu_line;
mod secure;
mod service;
mod service_tree;
mod settings;
mod supply;
mod tcp;
mod tcp_server;
mod writes;
mod xif;
mod xif_write;

use std::sync::Arc;
use std::time::Duration;

use super::answers::{self, Kind, kind};
use crate::device::Device;
use crate::outcome::Outcome;
use crate::play::Played;
use crate::restore::Restore;
use crate::run::{Declared, Effort};
use crate::service::{ROOT, ServiceWorld};
use crate::transport::guard::Guard;
use crate::transport::http::{Answer, Request};
use crate::transport::tcp::TcpLink;
use crate::transport::{Link, Seen, Timing};
use crate::world::{CaseEnded, CaseWorld, Context, Exchange, Judgement, Judging};

/// A world of a device of a map that is not there: what is asked of it fails.
fn modbus(map: &str) -> CaseWorld {
    let map = device::map_of(map);
    let wait = Duration::from_millis(100);
    let timing = Timing { answer: wait, silence: wait, quiet: wait };
    let context = Context {
        device: Device { map, unit: 200 },
        link: tokio::sync::Mutex::new(Link::Tcp(TcpLink::new("127.0.0.1:9", timing, Guard::default()))),
        timing,
        effort: Effort::default(),
        declared: Declared::default(),
        foreign_unit: None,
        others: Vec::new(),
        instrument: None,
        restore: Restore::in_memory(),
        logs: Arc::default(),
        totals: std::sync::Mutex::default(),
    };
    let mut world = CaseWorld::default();
    world.begin(Arc::new(context), "test");
    world
}

/// What a step came to.
fn outcome(world: &impl Judging, result: Result<(), CaseEnded>) -> Outcome {
    let log = world.log();
    let entries = log.lock();
    match (&entries.judgement, result) {
        (Some(Judgement::Fail(_)), Err(_)) => Outcome::Fail,
        (Some(Judgement::Inconclusive(_)), Err(_)) => Outcome::Inconclusive,
        (Some(Judgement::Error(_)), Err(_)) => Outcome::Error,
        (None, Ok(())) if entries.non_strict => Outcome::NonStrict,
        (None, Ok(())) => Outcome::Pass,
        (judgement, result) => panic!("{judgement:?} {result:?}"),
    }
}

fn asked(request: &[u8], seen: Seen) -> CaseWorld {
    let mut world = modbus("orv3-psu");
    world.pending = vec![Exchange { request: request.to_vec(), seen }];
    world
}

fn pdu(bytes: &[u8]) -> Seen {
    Seen::Pdu(bytes.to_vec())
}

const READ: [u8; 5] = [3, 0, 0, 0, 1];
use Outcome::{Error, Fail, NonStrict, Pass};

#[test]
fn an_answer_is_normal_an_exception_none_or_wrong() {
    let of = |request: &[u8], seen: Seen| match kind(&Exchange { request: request.to_vec(), seen }) {
        Kind::Normal(_) => "normal",
        Kind::Exception(Some(_)) => "exception",
        Kind::Exception(None) => "exception of another length",
        Kind::None => "none",
        Kind::Wrong => "wrong",
    };
    for (seen, wanted) in [
        (pdu(&[3, 2, 0, 0]), "normal"),
        (pdu(&[0x83, 2]), "exception"),
        (pdu(&[0x83]), "exception of another length"),
        (pdu(&[0x83, 2, 0]), "exception of another length"),
        (pdu(&[4, 2, 0, 0]), "wrong"),
        (pdu(&[0x84, 2]), "wrong"),
        (pdu(&[]), "wrong"),
        (Seen::Broken("CRC".into()), "wrong"),
        (Seen::Nothing, "none"),
        (Seen::Closed, "none"),
    ] {
        assert_eq!(of(&READ, seen.clone()), wanted, "{seen:?}");
    }
    // A request that has the bit of exceptions already.
    assert_eq!(of(&[0x83], pdu(&[0x83, 1])), "exception");
}

#[tokio::test]
async fn exceptions_are_those_that_are_wanted_tolerated_or_of_a_gateway() {
    for (seen, strict, tolerated, none) in [
        (pdu(&[0x83, 2]), Pass, Pass, Pass),
        (pdu(&[0x83, 4]), Fail, NonStrict, Fail),
        (pdu(&[0x83, 3]), Fail, Fail, Fail),
        (pdu(&[0x83, 0x0A]), Fail, Fail, Pass),
        (pdu(&[0x83, 0x0B]), Fail, Fail, Pass),
        (pdu(&[0x83, 2, 0]), Fail, Fail, Fail),
        (pdu(&[3, 2, 0, 0]), Fail, Fail, Fail),
        (Seen::Nothing, Fail, Fail, Pass),
        (Seen::Broken("CRC".into()), Fail, Fail, Fail),
    ] {
        let mut world = asked(&READ, seen.clone());
        let result = answers::exception(&mut world, "02".into()).await;
        assert_eq!(outcome(&world, result), strict, "{seen:?}");
        let mut world = asked(&READ, seen.clone());
        let result = answers::exception_tolerated(&mut world, "02".into(), "04".into()).await;
        assert_eq!(outcome(&world, result), tolerated, "{seen:?}");
        let mut world = asked(&READ, seen.clone());
        let result = answers::exception_or_none(&mut world, "02 or 01".into()).await;
        assert_eq!(outcome(&world, result), none, "{seen:?}");
    }
    // A step that has nothing to judge is an error of the procedure, never a pass.
    let mut world = modbus("orv3-psu");
    let result = answers::exception(&mut world, "02".into()).await;
    assert_eq!(outcome(&world, result), Error);
}

#[tokio::test]
async fn answers_are_silence_data_or_an_echo() {
    for (seen, silence, abnormal, data, echo) in [
        (Seen::Nothing, Pass, Pass, Fail, Fail),
        (Seen::Closed, Pass, Pass, Fail, Fail),
        (Seen::Broken("CRC".into()), Fail, Fail, Fail, Fail),
        (pdu(&[0x86, 2]), Fail, Pass, Fail, Fail),
        (pdu(&[0x86, 4]), Fail, Pass, Fail, Outcome::Inconclusive),
        (pdu(&[6, 2, 0, 1]), Fail, Fail, Pass, Fail),
        (pdu(&[6, 3, 0, 1]), Fail, Fail, Fail, Fail),
        (pdu(&[6, 2, 0, 1, 0]), Fail, Fail, Fail, Fail),
        (pdu(&[6, 0, 0, 0, 1]), Fail, Fail, Fail, Pass),
    ] {
        let request = [6, 0, 0, 0, 1];
        let mut world = asked(&request, seen.clone());
        let result = answers::silence(&mut world).await;
        assert_eq!(outcome(&world, result), silence, "silence: {seen:?}");
        let mut world = asked(&request, seen.clone());
        let result = answers::no_normal_answer(&mut world).await;
        assert_eq!(outcome(&world, result), abnormal, "no normal answer: {seen:?}");
        let mut world = asked(&request, seen.clone());
        let result = answers::normal(&mut world, 2).await;
        assert_eq!(outcome(&world, result), data, "data: {seen:?}");
        let mut world = asked(&request, seen.clone());
        let result = answers::echo(&mut world).await;
        assert_eq!(outcome(&world, result), echo, "echo: {seen:?}");
    }
    // A code with the bit of exceptions: an answer of two bytes is one, an echo is not.
    for (seen, wanted) in [(pdu(&[0x83, 1]), Pass), (pdu(&[0x83]), Fail), (pdu(&[0x83, 0, 0]), Fail)] {
        let mut world = asked(&[0x83], seen.clone());
        let result = answers::no_normal_answer(&mut world).await;
        assert_eq!(outcome(&world, result), wanted, "{seen:?}");
    }
}

#[tokio::test]
async fn half_a_register_answers_the_same_each_time() {
    let good = pdu(&[3, 2, 0x12, 0x34]);
    for (seen, wanted) in [
        (vec![good.clone(), good.clone()], Pass),
        (vec![pdu(&[0x83, 2]), pdu(&[0x83, 2])], Pass),
        (vec![pdu(&[0x83, 3]), pdu(&[0x83, 3])], Fail),
        (vec![good.clone(), pdu(&[0x83, 2])], Fail),
        (vec![pdu(&[3, 2, 0x12, 0x35])], Fail),
        (vec![Seen::Nothing], Fail),
    ] {
        let mut world = modbus("orv3-psu");
        world.kept = vec![0x1234];
        let exchange = |seen: &Seen| Exchange { request: READ.to_vec(), seen: seen.clone() };
        world.pending = seen.iter().map(exchange).collect();
        let result = answers::stable(&mut world).await;
        assert_eq!(outcome(&world, result), wanted, "{seen:?}");
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn redfish(answers: Vec<Answer>) -> ServiceWorld {
    let request = Request::new("GET", ROOT);
    let mut world = ServiceWorld::default();
    world.pending = answers.into_iter().map(|answer| (request.clone(), answer)).collect();
    world
}

#[tokio::test]
async fn the_root_has_its_name_its_version_and_its_uri() {
    let v1 = r#"{"v1": "/redfish/v1/"}"#;
    let root = r##"{"@odata.id": "/redfish/v1", "RedfishVersion": "1.20.0"}"##;
    for (versions, own, wanted) in [
        (v1, root, Pass),
        (r#"{"v1": "/redfish/v2/"}"#, root, Fail),
        ("{}", root, Fail),
        (v1, r##"{"@odata.id": "/redfish/v1/"}"##, Fail),
        (v1, r##"{"@odata.id": "/redfish", "RedfishVersion": "1.20.0"}"##, Fail),
        (v1, "", Fail),
    ] {
        let mut world = redfish(vec![answer(200, versions), answer(200, own)]);
        let result = super::redfish::names_root(&mut world).await;
        assert_eq!(outcome(&world, result), wanted, "{versions} {own}");
    }
}

#[tokio::test]
async fn two_wrong_logins_cannot_be_told_apart() {
    let token = |status| {
        let headers = vec![("x-auth-token".to_owned(), "0123456789abcdef".to_owned())];
        Answer { headers, ..answer(status, "no") }
    };
    for (first, second, wanted) in [
        (answer(401, "no"), answer(401, "no"), Pass),
        (answer(403, "no"), answer(403, "no"), Pass),
        (answer(401, "no"), answer(400, "no"), Fail),
        (answer(401, "no"), answer(401, "no such user"), Fail),
        (answer(201, "no"), answer(201, "no"), Fail),
        (token(401), token(401), Fail),
        (answer(401, "no"), token(401), Fail),
    ] {
        let told = format!("{} {} {:?}", first.status, second.status, second.headers);
        let mut world = redfish(vec![first, second]);
        let result = super::redfish::refused_alike(&mut world).await;
        assert_eq!(outcome(&world, result), wanted, "{told}");
    }
}
