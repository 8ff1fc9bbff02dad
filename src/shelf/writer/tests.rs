//! What reaches the bus, what is on record, and what is said about it.

use super::*;
use crate::bus::BoxFuture;
use crate::shelf::journal::{MemoryJournal, Recovery};
use crate::shelf::testing::{Fake, MAP};

static ALLOWED: [Allowed; 3] = [
    Allowed { map: "test", register: "level", bits: 0xFFFF, never: 0 },
    Allowed { map: "test", register: "a", bits: 0xFFFF, never: 0 },
    Allowed { map: "test", register: "unlock", bits: 0xFFFF, never: 0 },
];
static ONE_BIT: [Allowed; 1] = [Allowed { map: "test", register: "level", bits: 1, never: 0x0200 }];

fn writer(allowed: &'static [Allowed]) -> (Writer, Arc<MemoryJournal>) {
    let journal = Arc::new(MemoryJournal::default());
    let shared: Arc<dyn Journal> = journal.clone();
    (Writer::new(allowed, shared), journal)
}

#[tokio::test(start_paused = true)]
async fn a_write_is_recorded_sent_and_read_back() {
    let (bus, fake) = Fake::on_bus(5);
    let (writer, journal) = writer(&ALLOWED);
    let to = Target { bus: &*bus, unit: 5, map: &MAP };
    assert_eq!(writer.write(to, "level", &[700], "test", Record::Must).await.unwrap(), [700]);
    assert_eq!(fake.get(41), 700);
    let entries = journal.entries();
    assert_eq!(entries.len(), 2);
    let written = entries[0].write().unwrap();
    assert_eq!((written.before.as_slice(), written.after.as_slice()), (&[41][..], &[700][..]));
    assert_eq!((&*written.map, &*written.register, written.unit), ("test", "level", 5));
    assert!(matches!(entries[0].item, Item::Intent { .. }));
    assert!(matches!(entries[1].item, Item::Outcome { intent: 1, outcome: Outcome::Confirmed, .. }));
    // The same value again is not sent.
    writer.write(to, "level", &[700], "test", Record::Must).await.unwrap();
    assert_eq!(fake.writes(), [41]);
}

#[tokio::test(start_paused = true)]
async fn nothing_forbidden_reaches_the_bus() {
    let (bus, fake) = Fake::on_bus(5);
    let (writer, journal) = writer(&ALLOWED);
    let to = Target { bus: &*bus, unit: 5, map: &MAP };
    let write = |register, words| {
        let writer = writer.clone();
        async move { writer.write(to, register, words, "test", Record::Must).await.unwrap_err() }
    };
    assert!(matches!(write("b", &[1]).await, WriteError::NotAllowed { .. }), "not on the list");
    assert!(matches!(write("none", &[1]).await, WriteError::NotAllowed { .. }), "not in the map");
    assert!(matches!(write("a", &[1]).await, WriteError::NotAllowed { .. }), "read only");
    assert!(matches!(write("unlock", &[0x55AA]).await, WriteError::Map { .. }), "hazard range");
    let error = write("level", &[1001]).await;
    assert!(
        matches!(error, WriteError::Range { raw: 1001, raw_minimum: 0, raw_maximum: 1000, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("not within 0 to 1000"), "{error}");
    assert!(matches!(write("level", &[1, 2]).await, WriteError::Map { .. }), "length");
    assert!(fake.writes().is_empty());
    assert!(journal.entries().is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_the_allowed_bits_change() {
    let (bus, fake) = Fake::on_bus(5);
    fake.set(41, 0x0100);
    let (writer, _) = writer(&ONE_BIT);
    let to = Target { bus: &*bus, unit: 5, map: &MAP };
    let error = writer.write(to, "level", &[0x0001], "test", Record::Must).await.unwrap_err();
    assert!(matches!(error, WriteError::NotAllowed { .. }), "{error}");
    assert!(writer.set_bits(to, "level", 1, 1, "test", Record::Must).await.unwrap());
    assert_eq!(fake.get(41), 0x0101);
    // A bit that starts an action is not written back, even if the device shows it as set.
    fake.set(41, 0x0200);
    let error = writer.set_bits(to, "level", 1, 1, "test", Record::Must).await.unwrap_err();
    assert!(matches!(error, WriteError::NotAllowed { .. }), "{error}");
    assert_eq!(fake.get(41), 0x0200);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_does_not_take_the_value_is_reported() {
    let (bus, fake) = Fake::on_bus(5);
    let (writer, journal) = writer(&ALLOWED);
    let to = Target { bus: &*bus, unit: 5, map: &MAP };
    fake.deaf(true);
    match writer.write(to, "level", &[700], "test", Record::Must).await.unwrap_err() {
        WriteError::ReadBack { unit: 5, register: "level", wrote, holds } => {
            assert_eq!((wrote, holds), (vec![700], vec![41]));
        }
        other => panic!("{other}"),
    }
    let failed = |e: &Item| matches!(e, Item::Outcome { outcome: Outcome::Failed { .. }, .. });
    assert!(failed(&journal.entries()[1].item));
    fake.refuse_writes(Some(Exception::ServerDeviceFailure));
    let error = writer.write(to, "level", &[700], "test", Record::Must).await.unwrap_err();
    assert!(matches!(error, WriteError::Device { .. }) && !error.uncertain());
    // "Still working on it", and a gateway on the way that heard no answer: it may hold the value.
    for exception in [Exception::Acknowledge, Exception::GatewayTargetFailed] {
        fake.refuse_writes(Some(exception));
        let error = writer.write(to, "level", &[700], "test", Record::Must).await.unwrap_err();
        assert!(error.uncertain(), "{exception}");
    }
    fake.silence(true);
    let error = writer.write(to, "level", &[700], "test", Record::Must).await.unwrap_err();
    assert!(error.silent() && error.uncertain());
}

/// A journal that takes nothing.
#[derive(Debug)]
struct Full;
impl Journal for Full {
    fn record(&self, _: Entry) -> BoxFuture<'_, Result<u64, JournalError>> {
        let error = JournalError::Storage { path: "test".into(), reason: "No space left on device".into() };
        Box::pin(std::future::ready(Err(error)))
    }
    fn recover(&self) -> BoxFuture<'_, Result<Recovery, JournalError>> {
        Box::pin(std::future::ready(Ok(Recovery::default())))
    }
}

/// A journal on a disk that hangs.
#[derive(Debug)]
struct Hung;
impl Journal for Hung {
    fn record(&self, _: Entry) -> BoxFuture<'_, Result<u64, JournalError>> {
        Box::pin(std::future::pending())
    }
    fn recover(&self) -> BoxFuture<'_, Result<Recovery, JournalError>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_hangs_holds_nothing_up_for_ever() {
    let (bus, fake) = Fake::on_bus(5);
    let writer = Writer::new(&ALLOWED, Arc::new(Hung));
    let to = Target { bus: &*bus, unit: 5, map: &MAP };
    let error = writer.write(to, "level", &[700], "test", Record::Must).await.unwrap_err();
    assert!(matches!(error, WriteError::Journal(_)) && !error.uncertain(), "{error}");
    assert!(fake.writes().is_empty());
    let start = Instant::now();
    for value in [500, 600, 700] {
        writer.write(to, "level", &[value], "test", Record::Try).await.unwrap();
        assert_eq!(fake.get(41), value);
    }
    // One waited; the others knew.
    assert!(start.elapsed() < 2 * SHORT_PATIENCE, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn without_a_record_only_the_way_to_the_fail_safe_value_is_open() {
    let (bus, fake) = Fake::on_bus(5);
    let writer = Writer::new(&ALLOWED, Arc::new(Full));
    let to = Target { bus: &*bus, unit: 5, map: &MAP };
    let error = writer.write(to, "level", &[700], "test", Record::Must).await.unwrap_err();
    assert!(matches!(error, WriteError::Journal(_)));
    assert!(fake.writes().is_empty());
    writer.write(to, "level", &[500], "test", Record::Try).await.unwrap();
    assert_eq!(fake.get(41), 500);
}

#[tokio::test(start_paused = true)]
async fn a_register_is_written_at_a_bounded_rate_but_the_way_back_is_open() {
    let (bus, fake) = Fake::on_bus(5);
    let journal = Arc::new(MemoryJournal::default());
    let rate = RateLimit { burst: 2, interval: Duration::from_secs(1) };
    let writer = Writer::new(&ALLOWED, journal.clone()).with_rate(rate);
    let to = Target { bus: &*bus, unit: 5, map: &MAP };
    for value in [1, 2] {
        writer.write(to, "level", &[value], "test", Record::Must).await.unwrap();
    }
    let error = writer.write(to, "level", &[3], "test", Record::Must).await.unwrap_err();
    assert!(matches!(error, WriteError::Rate { unit: 5, register: "level", .. }) && !error.uncertain());
    assert_eq!((fake.get(41), journal.entries().len()), (2, 4), "neither sent nor recorded");
    writer.write(to, "level", &[0], "test", Record::Try).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    writer.write(to, "level", &[3], "test", Record::Must).await.unwrap();
}
