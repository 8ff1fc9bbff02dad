//! The journal on a real file: across openings, damaged, in use, and growing.

use super::super::look::look;
use super::super::{By, Item, Outcome, Write};
use super::*;

fn entry(item: Item) -> Entry {
    Entry { by: By::new("local", "test"), cause: "line\nbreak".into(), item }
}

fn intent(unit: u8, after: u16) -> Item {
    Item::Intent { write: write(unit, after) }
}

fn write(unit: u8, after: u16) -> Write {
    Write {
        commit: None,
        bus: "b".into(),
        unit,
        map: "orv3-psu".into(),
        register: "vout_setpoint_h".into(),
        address: 103,
        before: vec![52224],
        after: vec![after],
        trims: Some((after - 1, after + 1)),
    }
}

fn open(path: &Path) -> StoreJournal {
    StoreJournal::open(path, Retention::default()).unwrap()
}

#[tokio::test]
async fn entries_survive_and_what_is_open_is_known_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.redb");
    let journal = open(&path);
    assert_eq!(journal.recover().await.unwrap(), Recovery::default());
    let lease = journal.record(entry(Item::LeaseGranted { duration_ms: 5 })).await.unwrap();
    assert_eq!(lease, 1);
    let commit = Item::Commit { commit: 41, asked: "none".into() };
    journal.record(entry(commit)).await.unwrap();
    let (done, open_one) = (intent(200, 49_000), intent(201, 49_000));
    let number = journal.record(entry(done)).await.unwrap();
    let outcome = Item::Outcome { intent: number, write: write(200, 49_000), outcome: Outcome::Confirmed };
    journal.record(entry(outcome)).await.unwrap();
    journal.record(entry(open_one)).await.unwrap();
    // While it is in use it can be read, and not opened.
    assert_eq!(look(&path).unwrap().len(), 5);
    let error = StoreJournal::open(&path, Retention::default()).unwrap_err();
    assert!(error.to_string().contains("another process has it open"), "{error}");
    drop(journal);

    let journal = open(&path);
    let open = journal.recover().await.unwrap();
    assert_eq!(open.unfinished.iter().map(|s| s.sequence).collect::<Vec<_>>(), [5]);
    assert_eq!(open.latest.iter().map(|s| s.sequence).collect::<Vec<_>>(), [3, 5]);
    assert_eq!((open.lease.unwrap().sequence, open.commit.unwrap().sequence, open.commits), (1, 2, 41));
    assert_eq!(journal.record(entry(Item::Stopped)).await.unwrap(), 6);
    let read = look(&path).unwrap();
    assert_eq!((read[0].cause.as_str(), &read[4].item), ("line\nbreak", &intent(201, 49_000)));
}

#[tokio::test]
async fn a_damaged_journal_is_set_aside_and_none_is_begun_until_a_person_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.redb");
    for (name, damage) in [("no journal", None), ("torn", Some(0.5)), ("flipped", Some(1.0))] {
        let journal = open(&path);
        for _ in 0..200 {
            journal.record(entry(intent(200, 49_000))).await.unwrap();
        }
        drop(journal);
        let mut bytes = std::fs::read(&path).unwrap();
        match damage {
            None => bytes = b"1.5 bus=\"b\" unit=200 register=vout_setpoint_h\n".to_vec(),
            Some(share) if share < 1.0 => bytes.truncate((bytes.len() as f64 * share) as usize),
            Some(_) => {
                // Every page is touched: a flip in a free page harms nothing, and none is reported.
                bytes.iter_mut().step_by(512).for_each(|byte| *byte ^= 0x10);
            }
        }
        std::fs::write(&path, &bytes).unwrap();
        assert!(look(&path).is_err(), "{name}");
        let journal = open(&path);
        let error = journal.recover().await.unwrap_err();
        assert!(matches!(error, JournalError::Broken { .. }), "{name}: {error}");
        assert!(error.to_string().contains("dpo journal init --file"), "{name}: {error}");
        assert!(matches!(journal.record(entry(Item::Stopped)).await, Err(JournalError::Broken { .. })));
        let aside = aside(&path).unwrap();
        assert_eq!(std::fs::read(&aside).unwrap(), bytes, "{name}: nothing is lost");
        assert!(!path.exists());
        // Nor does the next start begin one.
        drop(journal);
        let journal = open(&path);
        assert!(matches!(journal.recover().await, Err(JournalError::Broken { .. })), "{name}");
        make(&path).unwrap();
        assert!(make(&path).unwrap_err().to_string().contains("left as it is"));
        assert_eq!(journal.record(entry(Item::Stopped)).await, Ok(1), "{name}: taken up while running");
        drop(journal);
        std::fs::remove_file(&path).unwrap();
        std::fs::remove_file(&aside).unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let error = StoreJournal::open(Path::new("/nonexistent/journal"), Retention::default()).unwrap_err();
    assert!(error.to_string().starts_with("journal /nonexistent/journal: "), "{error}");
}

#[tokio::test]
async fn entries_that_come_together_go_to_the_disk_together_and_keep_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(&dir.path().join("journal.redb"));
    let all = (0..50).map(|_| journal.record(entry(Item::Stopped)));
    let numbers: Vec<_> = futures::future::join_all(all).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_file_stops_growing_and_keeps_what_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.redb");
    let retention = Retention { most: 200, least: 100, ..Retention::default() };
    let journal = StoreJournal::open(&path, retention).unwrap();
    journal.record(entry(intent(201, 49_000))).await.unwrap();
    let mut sizes = Vec::new();
    for _ in 0..4 {
        let all = (0..250).map(|_| journal.record(entry(Item::Stopped)));
        assert!(futures::future::join_all(all).await.iter().all(|r| r.is_ok()));
        sizes.push(std::fs::metadata(&path).unwrap().len());
    }
    let kept = look(&path).unwrap();
    assert_eq!(kept.len(), 200);
    assert_eq!((kept[0].sequence, kept[199].sequence), (1, 1001));
    assert_eq!(sizes[1], sizes[3], "{sizes:?}");
    assert_eq!(journal.recover().await.unwrap().unfinished.len(), 1);
}
