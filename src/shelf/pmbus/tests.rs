use std::collections::BTreeMap;
use std::sync::Mutex;

use dpo_registers::codec::pmbus::Address;
use dpo_registers::generated::pmbus_psu::SET;
use dpo_registers::pmbus::EncodeError;

use super::*;
use crate::bus::BoxFuture;
use crate::bus::smbus::{Controller, LineError, Message};
use crate::shelf::journal::{MemoryJournal, Stored};

/// A supply that holds bytes by code; without packet error codes.
#[derive(Default)]
struct Supply {
    held: Mutex<BTreeMap<u8, Vec<u8>>>,
    writes: Mutex<Vec<Vec<u8>>>,
    /// What a write ends with, and whether the supply takes it all the same.
    fate: Mutex<Option<(LineError, bool)>>,
    deaf: bool,
}

impl Supply {
    fn new() -> Arc<Self> {
        let supply = Self::default();
        let held = [(0x10, vec![0]), (0x20, vec![0x17]), (0x21, vec![0x00, 0x66]), (0x7C, vec![0x30])];
        *supply.held.lock().unwrap() = held.into();
        Arc::new(supply)
    }

    fn hold(&self, code: u8, data: &[u8]) {
        self.held.lock().unwrap().insert(code, data.to_vec());
    }

    fn answer(&self, messages: &[Message]) -> Result<Vec<u8>, LineError> {
        match messages {
            [Message::Write { bytes, .. }, Message::Read { len, .. }] => {
                let held = self.held.lock().unwrap().get(&bytes[0]).cloned();
                let mut data = held.ok_or(LineError::Refused { bus: "supply".into(), address: 0x58 })?;
                data.resize(*len, 0xFF);
                Ok(data)
            }
            [Message::Write { bytes, .. }] => {
                self.writes.lock().unwrap().push(bytes.clone());
                let fate = self.fate.lock().unwrap().take();
                let taken = fate.as_ref().is_none_or(|(_, taken)| *taken) && !self.deaf;
                if taken && bytes.len() > 1 {
                    let data = if bytes[0] == 0x7C { vec![0x20] } else { bytes[1..].to_vec() };
                    self.hold(bytes[0], &data);
                }
                fate.map_or(Ok(Vec::new()), |(error, _)| Err(error))
            }
            other => panic!("{other:?}"),
        }
    }
}

impl Controller for Supply {
    fn transfer(&self, messages: Vec<Message>) -> BoxFuture<'_, Result<Vec<u8>, LineError>> {
        Box::pin(std::future::ready(self.answer(&messages)))
    }

    fn name(&self) -> &str {
        "supply"
    }
}

async fn write(
    supply: &Arc<Supply>,
    command: &str,
    value: Any,
) -> (Result<Vec<u8>, PmbusWriteError>, Vec<Stored>) {
    let journal = Arc::new(MemoryJournal::default());
    let bus = Arc::clone(supply) as Arc<dyn Controller>;
    let device = Device::new(bus, Address::new(0x58).unwrap(), &SET, false);
    let writer = PmbusWriter::new(ALLOWED, Arc::clone(&journal) as Arc<dyn Journal>);
    (writer.write(&device, command, &value, &By::new("local", "test"), "a test").await, journal.entries())
}

fn outcome_of(entry: &Stored) -> &Outcome {
    match &entry.item {
        Item::Outcome { outcome, .. } => outcome,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_setpoint_is_recorded_sent_and_read_back() {
    let supply = Supply::new();
    let (result, entries) = write(&supply, "vout_command", Any::Number(50.5)).await;
    assert_eq!(result.unwrap(), [0x00, 0x65]);
    assert_eq!(*supply.writes.lock().unwrap(), [[0x21, 0x00, 0x65]]);
    let [intent, outcome] = entries.as_slice() else { panic!("{entries:?}") };
    assert!(matches!(intent.item, Item::Intent { .. }) && outcome_of(outcome) == &Outcome::Confirmed);
    let first = intent.write().unwrap();
    assert_eq!((first.unit, first.register.as_ref(), first.address), (0x58, "vout_command", 0x21));
    assert_eq!((&first.before[..], &first.after[..]), (&[0x6600][..], &[0x6500][..]));
    // What it holds already is not written again.
    let (result, entries) = write(&supply, "vout_command", Any::Number(50.5)).await;
    assert_eq!((result.unwrap(), entries.len()), (vec![0x00, 0x65], 0));
    assert_eq!(supply.writes.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_allowed_is_not_sent() {
    let supply = Supply::new();
    for (command, value) in [
        ("operation", Any::Bits(0)),
        ("vout_ov_fault_limit", Any::Number(60.0)),
        ("read_vin", Any::Number(1.0)),
        ("vout_trim", Any::Number(0.0)),
    ] {
        let (result, _) = write(&supply, command, value).await;
        assert!(matches!(result, Err(PmbusWriteError::NotAllowed { .. })), "{command}");
    }
    let (result, entries) = write(&supply, "vout_command", Any::Number(52.5)).await;
    let limits = EncodeError::Limits { value: 52.5 };
    assert!(
        matches!(&result, Err(PmbusWriteError::Device(PmbusError::Encode { source, .. })) if *source == limits),
        "{result:?}"
    );
    assert!(entries.is_empty() && supply.writes.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn protection_is_honoured() {
    let supply = Supply::new();
    for (setting, refused) in [(0x20, false), (0x40, true), (0x80, true), (0x03, true)] {
        supply.hold(0x10, &[setting]);
        supply.hold(0x21, &[0x00, 0x66]);
        let (result, _) = write(&supply, "vout_command", Any::Number(50.0)).await;
        let protected = matches!(result, Err(PmbusWriteError::Protected { setting: s, .. }) if s == setting);
        assert_eq!(protected, refused, "{setting:02X}h");
    }
    // What lifts it is never protected, and neither is the clearing of faults.
    supply.hold(0x10, &[0x80]);
    assert_eq!(write(&supply, "status_input", Any::Bits(0x10)).await.0.unwrap(), [0x20]);
    assert!(write(&supply, "clear_faults", Any::None).await.0.unwrap().is_empty());
    assert_eq!(write(&supply, "write_protect", Any::Bits(0)).await.0.unwrap(), [0]);
}

#[tokio::test(start_paused = true)]
async fn an_open_fate_is_settled_by_reading_back() {
    let stuck = || LineError::Stuck { bus: "supply".into(), address: 0x58 };
    for taken in [true, false] {
        let supply = Supply::new();
        *supply.fate.lock().unwrap() = Some((stuck(), taken));
        let (result, entries) = write(&supply, "vout_command", Any::Number(50.0)).await;
        assert_eq!(supply.writes.lock().unwrap().len(), 1, "never sent twice");
        match (taken, result) {
            (true, Ok(holds)) => assert_eq!(holds, [0x00, 0x64]),
            (false, Err(PmbusWriteError::ReadBack { holds, .. })) => {
                assert_eq!(holds, [0x00, 0x66]);
                assert!(matches!(outcome_of(&entries[1]), Outcome::Failed { .. }));
            }
            (_, other) => panic!("{taken}: {other:?}"),
        }
    }
    // A refusal is none.
    let supply = Supply::new();
    let refused = LineError::Refused { bus: "supply".into(), address: 0x58 };
    *supply.fate.lock().unwrap() = Some((refused, false));
    let (result, entries) = write(&supply, "vout_command", Any::Number(50.0)).await;
    assert!(matches!(result, Err(PmbusWriteError::Device(_))));
    assert!(matches!(outcome_of(&entries[1]), Outcome::Failed { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_supply_that_drops_a_write_is_found_out() {
    let supply = Arc::new(Supply {
        deaf: true,
        held: Mutex::new(Supply::new().held.lock().unwrap().clone()),
        ..Supply::default()
    });
    let (result, _) = write(&supply, "vout_command", Any::Number(50.0)).await;
    assert!(matches!(result, Err(PmbusWriteError::ReadBack { command: "vout_command", .. })));
}

#[test]
fn the_allow_list_names_commands_of_the_maps() {
    use dpo_registers::map::SafetyClass;
    for (set, command) in ALLOWED {
        let sets = [&SET, &dpo_registers::generated::dpo_pmbus::SET];
        let info = sets.into_iter().find(|s| s.id == *set).and_then(|s| s.command(command)).unwrap();
        assert!(info.access.writable() && info.safety.class != SafetyClass::Disruptive, "{set} {command}");
    }
}
