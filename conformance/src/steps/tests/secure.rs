//! What steps of Modbus/TCP Security judge. Handshakes themselves are for the self-test.

use std::sync::Arc;
use std::time::Duration;

use super::device::{Fake, UNIT};
use super::played::judged;
use crate::declared::{Declared, Plain};
use crate::outcome::Outcome::{self, Fail, Inconclusive, Pass};
use crate::play::Played as _;
use crate::secure::hello::Answer;
use crate::secure::pki::{Pki, Who};
use crate::secure::{Got, SecureContext, SecurePlan, SecureWorld};
use crate::transport::guard::Guard;

/// A world of a device that declares this, in which requests got these.
fn world(declared: Declared, got: Vec<(&str, Got)>, answers: Vec<Answer>) -> SecureWorld {
    static PKI: std::sync::OnceLock<Arc<Pki>> = std::sync::OnceLock::new();
    let pki = PKI.get_or_init(|| Arc::new(Pki::make("operator", "viewer", "shelf").unwrap())).clone();
    let mut device = Fake::right().context().device;
    device.unit = UNIT;
    let plan = SecurePlan {
        address: "127.0.0.1:9".into(),
        pki,
        name: "shelf".into(),
        roots: None,
        device,
        plain: None,
        wait: Duration::from_secs(1),
    };
    let context = SecureContext { plan, guard: Guard::default(), declared, logs: Arc::default() };
    let mut world = SecureWorld::default();
    world.begin(Arc::new(context), "test");
    world.got = got.into_iter().map(|(name, got)| (name.to_owned(), got)).collect();
    world.answers = answers;
    world
}

fn model() -> Got {
    Got::Pdu([&[3, 16][..], b"SPECIMEN\0\0\0\0\0\0\0\0"].concat())
}

fn exception(function: u8, code: u8) -> Got {
    Got::Pdu(vec![function | 0x80, code])
}

fn nothing() -> Got {
    Got::Nothing("closed".into())
}

async fn row(id: &str, nth: usize, world: SecureWorld, wanted: Outcome) {
    let (outcome, seen) = judged(world, id, nth).await;
    assert_eq!(outcome, wanted, "{id}: {seen}");
}

#[tokio::test]
async fn clients_are_served_or_not() {
    let other = || Got::Pdu([&[3, 16][..], &[0; 16]].concat());
    for (got, served, refused) in
        [(model(), Pass, Fail), (other(), Fail, Fail), (exception(3, 1), Fail, Fail), (nothing(), Fail, Pass)]
    {
        let one = || world(Declared::default(), vec![("operator", got.clone())], Vec::new());
        row("MB-SEC-013", 1, one(), served).await;
        row("MB-SEC-003", 1, one(), served).await;
        row("MB-SEC-004", 1, one(), refused).await;
        // Served, but there is no connection whose suite could be looked at.
        row("MB-SEC-009", 1, one(), Fail).await;
    }
    row("MB-SEC-003", 1, world(Declared::default(), Vec::new(), Vec::new()), Fail).await;
    let both = vec![("TLS 1.2", nothing()), ("TLS 1.3", model())];
    row("MB-SEC-003", 1, world(Declared::default(), both, Vec::new()), Fail).await;
}

#[tokio::test]
async fn rights_are_those_that_are_declared() {
    let (none, two) = (Who::NoRole.file(), Who::TwoRoles.file());
    for (name, may_read, got, wanted) in [
        (none, false, exception(3, 1), Pass),
        (none, false, model(), Fail),
        (none, false, nothing(), Pass),
        (none, false, exception(3, 2), Fail),
        (none, true, exception(3, 1), Fail),
        (none, true, model(), Pass),
        (none, true, nothing(), Fail),
        (none, true, exception(3, 2), Fail),
        (two, false, exception(3, 1), Pass),
        (two, true, exception(3, 1), Pass),
        (two, true, nothing(), Pass),
        (two, true, model(), Pass),
        (two, false, model(), Fail),
    ] {
        let mut declared = Declared::default();
        declared.server.default_may_read = may_read;
        row("MB-SEC-014", 1, world(declared, vec![(name, got)], Vec::new()), wanted).await;
    }
    for (got, wanted) in [
        (exception(6, 1), Pass),
        (exception(0x10, 1), Pass),
        (exception(6, 2), Fail),
        (exception(3, 1), Fail),
        (Got::Pdu(vec![6, 0, 24, 0, 1]), Fail),
        (nothing(), Fail),
    ] {
        row("MB-SEC-012", 1, world(Declared::default(), vec![("viewer", got)], Vec::new()), wanted).await;
    }
    for (plain, got, wanted) in [
        (Some(Plain::Closed), nothing(), Pass),
        (Some(Plain::Closed), model(), Fail),
        (Some(Plain::Closed), exception(3, 1), Fail),
        (Some(Plain::ReadOnly), model(), Pass),
        (Some(Plain::ReadOnly), exception(3, 1), Fail),
        (Some(Plain::ReadOnly), nothing(), Fail),
        (None, model(), Inconclusive),
    ] {
        let mut declared = Declared::default();
        declared.server.plain = plain;
        row("MB-SEC-017", 1, world(declared, vec![("a plain request", got)], Vec::new()), wanted).await;
    }
}

#[tokio::test]
async fn offers_are_refused_or_taken_as_they_must() {
    let accepted = |compression: u8, renegotiation_info: bool| Answer::Accepted {
        version: 0x0303,
        suite: 0xC02F,
        compression,
        renegotiation_info,
    };
    for (answer, refused, plain, renegotiation) in [
        (Answer::Alert(2, 70), Pass, Pass, Pass),
        (Answer::Nothing, Pass, Fail, Fail),
        (accepted(0, true), Fail, Pass, Pass),
        (accepted(0, false), Fail, Pass, Fail),
        (accepted(1, true), Fail, Fail, Pass),
    ] {
        let offered = || world(Declared::default(), Vec::new(), vec![answer.clone()]);
        row("MB-SEC-002", 1, offered(), refused).await;
        row("MB-SEC-008", 1, offered(), refused).await;
        row("MB-SEC-010", 1, offered(), plain).await;
        row("MB-SEC-011", 1, offered(), renegotiation).await;
    }
}
