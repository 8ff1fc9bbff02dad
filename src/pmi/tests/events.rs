//! The event records as clients read them.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use dpo_registers::generated::dpo_pmi::{Event1Flags, Event1Kind, Event1Subject, Event2Subject, Image};

use super::UNIT;
use super::block::{block, refused};
use crate::bus::memory::MemoryBus;
use crate::bus::{read_holding, write_registers};
use crate::gateway::{Event, EventKind, Gateway, GatewayFeed, Severity, Snapshot};
use crate::pmi::{PmiConfig, PmiService};

const HEADER: u16 = 0x4400;
const UNTIL: u16 = 0x4404;

fn service() -> (Arc<PmiService>, GatewayFeed) {
    let (gateway, feed) = Gateway::channel(Snapshot::empty());
    (Arc::new(PmiService::new(gateway, Vec::new(), PmiConfig::default()).unwrap()), feed)
}

fn log(feed: &GatewayFeed, sequence: u64, kind: EventKind, severity: Severity, subject: &str) {
    let time = UNIX_EPOCH + Duration::from_millis(1_700_000_000_000 + sequence);
    feed.log(Event { sequence, time, kind, severity, subject: subject.into(), message: String::new() });
}

#[tokio::test]
async fn the_newest_events_come_first() {
    let (service, feed) = service();
    let bus = MemoryBus::new("memory:pmi", service);
    let empty = block(&bus).await;
    assert_eq!(
        (empty.event_newest, empty.event_records, empty.event_1_sequence),
        (Some(0), Some(0), Some(0))
    );
    log(&feed, 1, EventKind::LeaseGranted, Severity::Ok, "lease");
    log(&feed, 2, EventKind::DeviceLost, Severity::Critical, "psu 3");
    let image = block(&bus).await;
    assert_eq!((image.event_newest, image.event_oldest, image.event_records), (Some(2), Some(1), Some(2)));
    assert_eq!(
        (image.event_1_sequence, image.event_2_sequence, image.event_3_sequence),
        (Some(2), Some(1), Some(0))
    );
    assert_eq!(image.event_1_kind, Some(Event1Kind::DeviceLost));
    assert_eq!((image.event_1_subject, image.event_1_slot), (Some(Event1Subject::Psu), Some(3)));
    assert_eq!(image.event_1_flags, Some(Event1Flags::CRITICAL));
    assert_eq!(image.event_1_time.map(|t| t.0), Some(1_700_000_000.002));
    assert_eq!((image.event_2_subject, image.event_2_slot), (Some(Event2Subject::Lease), None));
    // Header and records come in one request.
    let words = read_holding(&bus, UNIT, HEADER, 115).await.unwrap();
    assert_eq!((&words[..4], words[8 + 1], words[8 + 18 + 1]), (&[0, 2, 0, 1][..], 2, 1));
    assert_eq!((image.event_1_voltage, image.event_1_duration, image.event_1_energy), (None, None, None));
}

#[tokio::test]
async fn each_connection_pages_back_for_itself() {
    let (service, feed) = service();
    let (bus, other) = (MemoryBus::new("a", service.clone()), MemoryBus::new("b", service));
    (1..=20).for_each(|n| log(&feed, n, EventKind::AlarmRaised, Severity::Warning, "bbu 2"));
    let first = |image: &Image| (image.event_1_sequence, image.event_6_sequence, image.event_records);
    assert_eq!(first(&block(&bus).await), (Some(20), Some(15), Some(6)));
    write_registers(&bus, UNIT, UNTIL, &[0, 14]).await.unwrap();
    assert_eq!(first(&block(&bus).await), (Some(14), Some(9), Some(6)));
    assert_eq!(first(&block(&other).await), (Some(20), Some(15), Some(6)));
    write_registers(&bus, UNIT, UNTIL, &[0, 2]).await.unwrap();
    let image = block(&bus).await;
    assert_eq!((first(&image), image.event_until), ((Some(2), Some(0), Some(2)), Some(2)));
    // Not there yet: no records, and the header tells what there is.
    write_registers(&bus, UNIT, UNTIL, &[0, 21]).await.unwrap();
    let image = block(&bus).await;
    assert_eq!((image.event_records, image.event_newest), (Some(0), Some(20)));
    write_registers(&bus, UNIT, UNTIL, &[0xFFFF, 0xFFFF]).await.unwrap();
    assert_eq!(first(&block(&bus).await), (Some(20), Some(15), Some(6)));
    refused(&bus, UNTIL, &[0, 0]).await;
}
