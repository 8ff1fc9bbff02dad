//! What reaches the bus, what is on record, and what is said about it.

use super::*;
use crate::shelf::journal::MemoryJournal;
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
    assert_eq!((entries[0].before.as_slice(), entries[0].after.as_slice()), (&[41][..], &[700][..]));
    assert_eq!((&entries[0].phase, &entries[1].phase), (&Phase::Intent, &Phase::Confirmed));
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
    assert!(matches!(write("level", &[1001]).await, WriteError::Map { .. }), "limits");
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
    assert!(matches!(journal.entries()[1].phase, Phase::Failed { .. }));
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

#[derive(Debug)]
struct Full;
impl Journal for Full {
    fn record(&self, _: &Entry) -> Result<(), JournalError> {
        // A path that cannot be opened is the plainest failing journal.
        crate::shelf::journal::FileJournal::open(std::path::Path::new("/")).map(|_| ())
    }
}

/// A disk that hangs until the sender is dropped.
#[derive(Debug)]
struct Hung(std::sync::Mutex<std::sync::mpsc::Receiver<()>>);
impl Journal for Hung {
    fn record(&self, _: &Entry) -> Result<(), JournalError> {
        let _ = self.0.lock().unwrap().recv();
        Ok(())
    }
}

#[tokio::test]
async fn a_journal_that_hangs_holds_nothing_up_for_ever() {
    let (bus, fake) = Fake::on_bus(5);
    let (disk, hung) = std::sync::mpsc::channel();
    let patience = Duration::from_millis(10);
    let writer = Writer { patience, ..Writer::new(&ALLOWED, Arc::new(Hung(hung.into()))) };
    let to = Target { bus: &*bus, unit: 5, map: &MAP };
    let error = writer.write(to, "level", &[700], "test", Record::Must).await.unwrap_err();
    assert!(matches!(error, WriteError::Journal(_)) && !error.uncertain(), "{error}");
    assert!(fake.writes().is_empty());
    writer.write(to, "level", &[500], "test", Record::Try).await.unwrap();
    assert_eq!(fake.get(41), 500);
    // The runtime waits for its blocking tasks.
    drop(disk);
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
