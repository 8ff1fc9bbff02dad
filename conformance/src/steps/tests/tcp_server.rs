//! The specimen behind a server of Modbus TCP on loopback that does one thing otherwise than a right one. Time is real here:
//! most of it is waiting, so the cases of a test are played at once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use super::device::{Fake, UNIT};
use super::played::played;
use crate::declared::Declared;
use crate::outcome::Outcome::{self, Fail, NonStrict, Pass};
use crate::selftest::specimen_memory;
use crate::transport::tcp::{TcpLink, adu, good_adu};
use crate::transport::{Link, Timing};
use crate::world::CaseWorld;

/// What the server does otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// Nothing.
    Right,
    /// Closes what comes beyond so many connections.
    Most(usize),
    /// Gives the place of the oldest of so many to a new one.
    Replaces(usize),
    /// Closes all of so many when one more comes.
    Panics(usize),
    /// Serves so many, and closes a connection that says nothing for 0.3 s.
    Idle(usize),
    /// Says nothing to a frame that is none, and keeps the connection.
    Silent,
    /// Takes whatever comes for a request of its model.
    AnswersAll,
    /// Answers a frame whose length is too small with exception 03.
    Exception,
    /// Serves nobody after a frame that is none.
    Dies,
    /// Serves one connection after the other.
    OneByOne,
    /// Takes what comes at once for one frame.
    Segments,
    /// Looks at the first frame alone of what comes at once.
    FirstOnly,
    /// Closes after so many answers on a connection.
    ClosesAfter(usize),
    /// Answers twice.
    Twice,
    /// Answers with the transaction identifier 0.
    Zero,
    /// Sends nothing for what must be refused.
    NeverRefuses,
    /// Shows no text where its model stands.
    Other,
    /// Swaps the first bytes of data between two connections.
    Mixes,
    /// Closes all connections when one is reset.
    ResetTakesAll,
    /// Keeps its side open when the client has closed its own.
    HalfOpen,
    /// Answers to units FF and 00 as itself.
    AnyUnit,
    /// Answers to unit FF as itself, and not to 00.
    UnitFf,
    /// Says that there is no such unit.
    NoUnit,
    /// Acknowledges writes of a client that is not the first, and does not do them.
    IgnoresSecond,
    /// Refuses the second write.
    RefusesOne,
}

type Memory = Box<dyn FnMut(&[u8]) -> Option<Vec<u8>> + Send>;

struct Shared {
    memory: Memory,
    open: Vec<(usize, AbortHandle)>,
    dead: bool,
    served: usize,
    writes: usize,
}

/// Starts a server; its address.
pub(super) async fn serve(odd: Odd) -> String {
    let (_, memory) = specimen_memory();
    let memory: Memory = Box::new(memory);
    let shared = Arc::new(Mutex::new(Shared { memory, open: Vec::new(), dead: false, served: 0, writes: 0 }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        for nth in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            if shared.lock().unwrap().dead || !room(odd, &shared) {
                continue;
            }
            let client = connection(odd, nth, stream, shared.clone());
            if odd == Odd::OneByOne {
                client.await;
                continue;
            }
            let task = tokio::spawn(client).abort_handle();
            shared.lock().unwrap().open.push((nth, task));
        }
    });
    address
}

/// Whether there is a place for one more, once what must go has gone.
fn room(odd: Odd, shared: &Mutex<Shared>) -> bool {
    let mut shared = shared.lock().unwrap();
    shared.open.retain(|(_, task)| !task.is_finished());
    let open = shared.open.len();
    match odd {
        Odd::Most(most) | Odd::Idle(most) => open < most,
        Odd::Replaces(most) if open >= most => {
            shared.open.remove(0).1.abort();
            true
        }
        Odd::Panics(most) if open >= most => {
            shared.open.drain(..).for_each(|(_, task)| task.abort());
            true
        }
        _ => true,
    }
}

async fn connection(odd: Odd, nth: usize, mut stream: TcpStream, shared: Arc<Mutex<Shared>>) {
    let (mut bytes, mut answered) = (Vec::new(), 0);
    let patience = if matches!(odd, Odd::Idle(_)) { 300 } else { 600_000 };
    loop {
        let mut chunk = [0; 4096];
        let read = tokio::time::timeout(Duration::from_millis(patience), stream.read(&mut chunk)).await;
        match read {
            Ok(Ok(count @ 1..)) => bytes.extend_from_slice(&chunk[..count]),
            Ok(Err(_)) if odd == Odd::ResetTakesAll => {
                shared.lock().unwrap().open.drain(..).for_each(|(own, task)| {
                    if own != nth {
                        task.abort();
                    }
                });
                return;
            }
            Ok(Ok(0)) if odd == Odd::HalfOpen => return std::future::pending().await,
            _ => return,
        }
        while let Some((used, answer)) = next(odd, nth, &bytes, &shared) {
            bytes.drain(..used);
            match answer {
                Some(answer) if stream.write_all(&answer).await.is_ok() => answered += 1,
                Some(_) => return,
                None if used == 0 => return,
                None => {}
            }
            if odd == Odd::ClosesAfter(answered) {
                return;
            }
            if odd == Odd::FirstOnly {
                bytes.clear();
            }
        }
        if odd == Odd::Segments {
            bytes.clear();
        }
    }
}

/// What comes of the bytes that are there: how many are done, and the answer; nothing and no answer closes.
fn next(odd: Odd, nth: usize, bytes: &[u8], shared: &Mutex<Shared>) -> Option<(usize, Option<Vec<u8>>)> {
    let [t0, t1, p0, p1, l0, l1, unit, ..] = *bytes else { return None };
    let (transaction, length) = (u16::from_be_bytes([t0, t1]), usize::from(u16::from_be_bytes([l0, l1])));
    let mut shared = shared.lock().unwrap();
    let model = [3, 0, 0, 0, 8];
    if odd == Odd::AnswersAll {
        let answer = (shared.memory)(&model)?;
        return Some((bytes.len(), Some(good_adu(transaction, UNIT, &answer))));
    }
    let too_short = length < 6 && bytes.get(7) == Some(&3);
    if [p0, p1] != [0, 0] || !(2..=254).contains(&length) || too_short {
        shared.dead |= odd == Odd::Dies;
        return match odd {
            Odd::Exception if too_short => Some((bytes.len(), Some(good_adu(transaction, unit, &[0x83, 3])))),
            Odd::Silent => Some((bytes.len(), None)),
            _ => Some((0, None)),
        };
    }
    let request = bytes.get(7..6 + length)?;
    let used = 6 + length;
    let mut answer = own(odd, nth, unit, request, &mut shared);
    if odd == Odd::Mixes {
        shared.served += 1;
        // What the other client gets, in one of four answers.
        if shared.served.is_multiple_of(4) {
            answer = (shared.memory)(&model);
        }
    }
    if odd == Odd::NeverRefuses {
        answer = answer.filter(|pdu| pdu.first().is_some_and(|code| *code < 0x80));
    }
    let transaction = if odd == Odd::Zero { 0 } else { transaction };
    let answer = answer.map(|pdu| {
        let one = adu(transaction, 0, pdu.len() as u16 + 1, unit, &pdu);
        if odd == Odd::Twice { one.repeat(2) } else { one }
    });
    Some((used, answer))
}

/// The answer of the device.
fn own(odd: Odd, nth: usize, unit: u8, request: &[u8], shared: &mut Shared) -> Option<Vec<u8>> {
    if unit != UNIT {
        let itself = odd == Odd::AnyUnit || odd == Odd::UnitFf && unit == 0xFF;
        return match odd {
            Odd::NoUnit => Some(vec![request.first()? | 0x80, 0x0B]),
            _ if itself => (shared.memory)(request),
            _ => None,
        };
    }
    if request.first() == Some(&6) {
        shared.writes += 1;
        match odd {
            // The first connection is that of the link.
            Odd::IgnoresSecond if nth > 1 => return Some(request.to_vec()),
            Odd::RefusesOne if shared.writes == 2 => return Some(vec![0x86, 4]),
            _ => {}
        }
    }
    let mut answer = (shared.memory)(request)?;
    if odd == Odd::Other && request == [3, 0, 0, 0, 8] {
        answer[2] = 0;
    }
    Some(answer)
}

type Claims = fn(&mut Declared);
type Rows = &'static [(Odd, Outcome)];

/// What a case comes to on a server, with what it declares, and what was seen.
async fn on(id: &str, odd: Odd, declares: impl FnOnce(&mut Declared)) -> (Outcome, String) {
    let address = serve(odd).await;
    let mut context = Fake::right().declares(declares).context();
    let wait = Duration::from_secs(3);
    let timing = Timing { answer: wait, silence: Duration::from_secs(1), quiet: wait };
    let guard = context.link.get_mut().guard_mut().clone();
    context.timing = timing;
    *context.link.get_mut() = Link::Tcp(TcpLink::new(&address, timing, guard));
    played::<CaseWorld>(Arc::new(context), id).await
}

/// Plays cases, each on the servers of its table: all at once, since most of it is waiting.
async fn tables(tables: &[(&str, Claims, Rows)]) {
    let rows = tables.iter().flat_map(|(id, claims, rows)| rows.iter().map(move |row| (*id, *claims, row)));
    let each = rows.map(|(id, claims, (odd, wanted))| async move {
        let (found, seen) = on(id, *odd, claims).await;
        assert_eq!(found, *wanted, "{id} on a server that is {odd:?}: {seen}");
    });
    futures::future::join_all(each).await;
}

const NONE: Claims = |_| ();

#[tokio::test]
async fn headers_over_connections() {
    const REFUSED: Rows = &[(Odd::Right, Pass), (Odd::NeverRefuses, Fail)];
    tables(&[
        ("MB-TCP-001", NONE, &[(Odd::Right, Pass), (Odd::Other, Fail), (Odd::Most(0), Fail)]),
        ("MB-TCP-002", NONE, &[(Odd::Right, Pass), (Odd::Zero, Fail), (Odd::ClosesAfter(2), Fail)]),
        ("MB-TCP-003", NONE, REFUSED),
        ("MB-TCP-004", NONE, REFUSED),
        ("MB-TCP-004", NONE, &[(Odd::Twice, Fail)]),
        ("MB-TCP-005", NONE, REFUSED),
    ])
    .await;
}

#[tokio::test]
async fn frames_that_are_none() {
    const ODD: Rows = &[
        (Odd::Right, Pass),
        (Odd::Silent, Pass),
        (Odd::AnswersAll, Fail),
        (Odd::Dies, Fail),
        (Odd::Other, Fail),
    ];
    tables(&[
        ("MB-TCP-006", NONE, ODD),
        ("MB-TCP-007", NONE, ODD),
        ("MB-TCP-007", NONE, &[(Odd::Exception, Fail)]),
        ("MB-TCP-008", NONE, ODD),
        ("MB-TCP-009", NONE, &[(Odd::Right, Pass), (Odd::OneByOne, Fail), (Odd::AnswersAll, Fail)]),
        (
            "MB-TCP-010",
            NONE,
            &[
                (Odd::Right, Pass),
                (Odd::Silent, Pass),
                (Odd::Exception, Pass),
                (Odd::AnswersAll, Fail),
                (Odd::Dies, Fail),
            ],
        ),
        ("MB-TCP-033", NONE, ODD),
    ])
    .await;
}

#[tokio::test]
async fn streams() {
    const PIECES: Rows = &[(Odd::Right, Pass), (Odd::Segments, Fail), (Odd::Twice, Fail), (Odd::Other, Fail)];
    const PIPELINE: Rows = &[
        (Odd::Right, Pass),
        (Odd::FirstOnly, Fail),
        (Odd::ClosesAfter(1), Fail),
        (Odd::Twice, Fail),
        (Odd::Zero, Fail),
    ];
    tables(&[
        ("MB-TCP-011", NONE, PIECES),
        ("MB-TCP-011", NONE, &[(Odd::Zero, Fail)]),
        ("MB-TCP-012", NONE, PIECES),
        ("MB-TCP-013", NONE, PIPELINE),
        ("MB-TCP-014", NONE, PIPELINE),
        ("MB-TCP-015", NONE, &[(Odd::Right, Pass), (Odd::FirstOnly, Fail), (Odd::ClosesAfter(16), Pass)]),
        ("MB-TCP-025", NONE, &[(Odd::Right, Pass), (Odd::Mixes, Fail), (Odd::Most(1), Fail)]),
    ])
    .await;
}

#[tokio::test]
async fn connections() {
    let three: Claims = |d| d.server.connections = Some(3);
    let two: Claims = |d| (d.server.connections, d.server.idle_s) = (Some(2), Some(1));
    tables(&[
        ("MB-TCP-016", NONE, &[(Odd::Right, Pass), (Odd::Most(3), Fail), (Odd::Replaces(3), Fail)]),
        (
            "MB-TCP-017",
            three,
            &[
                (Odd::Most(3), Pass),
                (Odd::Replaces(3), Pass),
                (Odd::Right, NonStrict),
                (Odd::Most(4), NonStrict),
                (Odd::Most(2), Fail),
                (Odd::Panics(3), Fail),
            ],
        ),
        ("MB-TCP-018", NONE, &[(Odd::Right, Pass), (Odd::ResetTakesAll, Fail), (Odd::Most(1), Fail)]),
        (
            "MB-TCP-019",
            two,
            &[(Odd::Right, Pass), (Odd::Idle(2), Pass), (Odd::Most(2), Fail), (Odd::Most(1), Fail)],
        ),
        ("MB-TCP-020", NONE, &[(Odd::Right, Pass), (Odd::HalfOpen, Fail), (Odd::Other, Fail)]),
    ])
    .await;
}

#[tokio::test]
async fn units_writers_and_garbage() {
    const WRITERS: Rows =
        &[(Odd::Right, Pass), (Odd::IgnoresSecond, Fail), (Odd::RefusesOne, Fail), (Odd::Zero, Fail)];
    tables(&[
        (
            "MB-TCP-022",
            NONE,
            &[(Odd::Right, Pass), (Odd::AnyUnit, Pass), (Odd::NoUnit, Pass), (Odd::UnitFf, Fail)],
        ),
        ("MB-TCP-026", NONE, WRITERS),
        ("MB-TCP-030", NONE, &[(Odd::Right, Pass), (Odd::Dies, Fail), (Odd::Panics(1), Fail)]),
    ])
    .await;
}

#[tokio::test]
async fn other_addresses_and_ports() {
    for (there, wanted) in [(Odd::Right, Pass), (Odd::Other, Fail), (Odd::NeverRefuses, Fail)] {
        let other = serve(there).await;
        let (found, seen) = on("MB-TCP-032", Odd::Right, |d| d.server.other_address = Some(other)).await;
        assert_eq!(found, wanted, "MB-TCP-032 beside a server that is {there:?}: {seen}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let (found, seen) = on("MB-TCP-032", Odd::Right, |d| d.server.other_address = Some(nobody)).await;
    assert_eq!(found, Fail, "{seen}");
    // A port that is often open, and is open here. Which others are on this computer is not known.
    let often = [47_808, 44_818, 62_078, 20_000, 10_001, 5060, 3389];
    let mut open = None;
    for port in often {
        open = open.or(TcpListener::bind(("127.0.0.1", port)).await.ok());
    }
    assert!(open.is_some(), "all of {often:?} are taken");
    let (found, seen) = on("MB-TCP-031", Odd::Right, |d| d.server.ports = (1..=u16::MAX).collect()).await;
    assert_eq!(found, Pass, "{seen}");
    let (found, seen) = on("MB-TCP-031", Odd::Right, |d| d.server.ports = vec![1]).await;
    assert_eq!(found, Fail, "{seen}");
}
