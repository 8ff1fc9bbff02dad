//! The journal: any bytes as its file, a real journal with edits, and entries whose JSON is anything.
//!
//! It opens or is refused; and an entry that was on record is given as it was recorded or not at all: what opens is the
//! journal up to some entry. A panic of redb over a damaged file is caught in the gateway, so it is no finding here.
#![no_main]

use std::io::{Error, ErrorKind};
use std::sync::{Arc, LazyLock, Mutex, Once};

use dpo_gateway::shelf::journal::look::entries;
use dpo_gateway::shelf::journal::store::{Retention, Store};
use dpo_gateway::shelf::journal::{
    By, CommitEnd, Entry, Item, LeaseEnd, Outcome, Stored, SystemClock, Write,
};
use dpo_gateway_fuzz::Bytes;
use libfuzzer_sys::fuzz_target;
use redb::{Builder, StorageBackend, TableDefinition};

/// A file in memory that outlives its store.
#[derive(Debug, Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl StorageBackend for File {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.0.lock().expect("not poisoned").len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let bytes = self.0.lock().expect("not poisoned");
        let start = offset as usize;
        out.copy_from_slice(bytes.get(start..start + out.len()).ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        self.0.lock().expect("not poisoned").resize(len as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let start = offset as usize;
        self.0.lock().expect("not poisoned")[start..start + data.len()].copy_from_slice(data);
        Ok(())
    }
}

fn write(register: &'static str, after: u16) -> Write {
    Write {
        commit: Some(1),
        bus: "rtu:1".into(),
        unit: 200,
        map: "orv3-psu".into(),
        register: register.into(),
        address: 103,
        before: vec![0xCC00],
        after: vec![after],
        trims: None,
    }
}

/// A journal of a few appends, and what it holds.
static JOURNAL: LazyLock<(Vec<u8>, Vec<Stored>)> = LazyLock::new(|| {
    let file = File::default();
    let mut store =
        Store::open(file.clone(), Retention::default(), Arc::new(SystemClock)).expect("an empty store");
    let by = By::new("modbus", "");
    let items = [
        vec![Item::Started { version: "0.1.0".into() }],
        vec![Item::LeaseGranted { duration_ms: 30_000 }, Item::Commit { commit: 1, asked: "10 kW".into() }],
        vec![Item::Intent { write: write("vout_setpoint_h", 0xC0B7) }],
        vec![Item::Outcome {
            intent: 4,
            write: write("vout_setpoint_h", 0xC0B7),
            outcome: Outcome::Confirmed,
        }],
        vec![Item::CommitEnded { commit: 1, end: CommitEnd::Applied }],
        vec![Item::LeaseEnded { how: LeaseEnd::Expired }],
        vec![Item::Intent { write: write("vout_setpoint_h", 0xCC00) }],
    ];
    for items in items {
        let entry = |item| Entry { by: by.clone(), cause: "fuzz".into(), item };
        store.append(items.into_iter().map(entry).collect()).expect("on record");
    }
    let held = store.entries().expect("readable");
    drop(store);
    let bytes = file.0.lock().expect("not poisoned").clone();
    (bytes, held)
});

fn edited(script: &mut Bytes<'_>) -> Vec<u8> {
    let mut bytes = JOURNAL.0.clone();
    for _ in 0..16 {
        if script.is_empty() || bytes.is_empty() {
            break;
        }
        let kind = script.byte();
        // Half of the edits hit the head of the file, where the lengths and the roots stand.
        let far = usize::from(script.byte()) << 16 | usize::from(script.word());
        let at = if kind & 0x80 == 0 { far % 512 } else { far } % bytes.len();
        match kind % 6 {
            0 => bytes[at] ^= 1 << (script.byte() % 8),
            1 | 2 => {
                for (slot, byte) in bytes[at..].iter_mut().zip(script.take(8)) {
                    *slot = *byte;
                }
            }
            3 => bytes.truncate(at),
            4 => {
                let end = bytes.len().min(at + 4096);
                bytes[at..end].fill(script.byte());
            }
            // A page of an older state, or of somewhere else.
            _ => {
                let (from, to) = (at / 4096 * 4096, usize::from(script.byte()) * 4096);
                if from.max(to) + 4096 <= bytes.len() {
                    bytes.copy_within(from..from + 4096, to);
                }
            }
        }
    }
    bytes
}

/// A good file in which the entries are what the input says.
fn entries_of(script: &mut Bytes<'_>) -> Vec<u8> {
    const TABLE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("journal-1");
    let file = File::default();
    let database = Builder::new().create_with_backend(file.clone()).expect("a database");
    let transaction = database.begin_write().expect("a transaction");
    {
        let mut table = transaction.open_table(TABLE).expect("a table");
        while !script.is_empty() {
            let (key, length) = (u64::from(script.byte()), usize::from(script.word()));
            table.insert(key, script.take(length)).expect("an entry");
        }
    }
    transaction.commit().expect("a commit");
    drop(database);
    file.0.lock().expect("not poisoned").clone()
}

/// Aborts on a panic as libFuzzer wants it, unless it is one of redb, which the store catches.
fn tell_panics_apart() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let redb = panic.location().is_some_and(|place| place.file().contains("/redb-"));
            if !redb {
                abort(panic);
            }
        }));
    });
}

fuzz_target!(|data: &[u8]| {
    tell_panics_apart();
    let mut script = Bytes(data);
    match script.byte() % 3 {
        0 => _ = entries(script.0.to_vec()),
        1 => {
            if let Ok(read) = entries(edited(&mut script)) {
                assert_eq!(read[..], JOURNAL.1[..read.len()], "an entry is given as it never was");
            }
        }
        _ => {
            if let Ok(read) = entries(entries_of(&mut script)) {
                assert!(read.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
            }
        }
    }
});
