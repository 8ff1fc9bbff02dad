//! The block from a snapshot, without a bus.

use super::*;
use crate::gateway::{Owner, ShelfState};
use crate::pmi::shadow::Shadow;
use crate::shelf::reading::{DeviceView, Presence};
use dpo_registers::generated::dpo_pmi::{Image, LeaseHolder, State};
use dpo_registers::register::Words;
use dpo_registers::units::{Hertz, Joules, Percent, Volts, Watts};

impl Words for Block {
    fn word(&self, address: u16) -> Option<u16> {
        self.words.get(usize::from(address.checked_sub(first_address())?)).copied()
    }
}

fn block(snapshot: &Snapshot) -> Block {
    let identity = Identity::new(&PmiIdentity::default()).unwrap();
    Block::new(&Source {
        identity: &identity,
        snapshot,
        session: Session::default(),
        uptime: Duration::from_millis(61_900),
        refused_here: 2,
        shadow: Shadow::default().view(snapshot),
        events: EventWindow::default(),
    })
}

fn image(snapshot: &Snapshot) -> Image {
    Image::read(&block(snapshot))
}

fn words(snapshot: &Snapshot, address: u16, count: u16) -> Vec<u16> {
    let block = block(snapshot);
    (address..address + count).map(|at| Words::word(&block, at).unwrap()).collect()
}

#[test]
fn nothing_known_is_shown_as_not_available() {
    let image = image(&Snapshot::empty());
    assert_eq!(image.block_magic, Some(0x4450_4F31));
    let last = dpo_pmi::REGISTERS.last().unwrap();
    assert_eq!(image.block_words, u16::try_from(last.end() - 0x4000).ok());
    assert_eq!(image.model.unwrap().to_string(), "DPO Gateway");
    assert_eq!(image.lease_holder, Some(LeaseHolder::None));
    assert_eq!(image.input_power_limit, None);
    assert_eq!(image.input_power, None);
    assert_eq!(image.battery_power, None);
    assert_eq!(image.uptime, Some(Seconds(61.0)));
    assert_eq!(image.writes_refused, Some(2));
}

#[test]
fn a_snapshot_is_shown_in_the_units_of_the_map() {
    let mut snapshot = Snapshot::empty();
    snapshot.state = ShelfState::Supporting;
    snapshot.totals.input_voltage = Some(Volts(230.12));
    snapshot.totals.input_frequency = Some(Hertz(49.98));
    snapshot.totals.input_power = Some(Watts(12_345.4));
    snapshot.totals.bus_voltage = Some(Volts(47.512));
    snapshot.totals.battery_power = Some(Watts(-1_500.0));
    snapshot.energy.stored = Some(Joules(4.0e6));
    snapshot.energy.state_of_charge = Some(Percent(87.5));
    snapshot.input_power_limit.requested = Some(Watts(15_000.0));
    snapshot.lease.owner = Some(Owner::Redfish { user: "admin".to_owned() });
    snapshot.lease.remaining = Duration::from_secs(3600);
    snapshot.counters.polls = (1 << 32) + 5;
    snapshot.psus = vec![DeviceView::default(); 6];
    snapshot.psus[2].presence = Presence::Present;
    let image = image(&snapshot);
    assert_eq!(image.state, Some(State::Supporting));
    assert_eq!(words(&snapshot, 0x4070, 2), [23_012, 4_998]);
    assert_eq!(image.input_power, Some(Watts(12_345.0)));
    assert_eq!(words(&snapshot, 0x4076, 1), [47_512]);
    assert_eq!(image.battery_power, Some(Watts(-1_500.0)));
    assert_eq!(image.stored_energy, Some(Joules(4.0e6)));
    assert_eq!(image.state_of_charge, Some(Percent(87.5)));
    assert_eq!(image.input_power_limit, Some(Watts(15_000.0)));
    assert_eq!(image.lease_holder, Some(LeaseHolder::Redfish));
    assert!(matches!(image.lease_remaining, Some(Seconds(s)) if s > 3_500.0 && s <= 3_600.0));
    assert_eq!(image.polls, Some(5));
    assert_eq!((image.psu_slots, image.psus_present), (Some(6), Some(1)));
}

#[test]
fn a_value_beyond_its_format_is_not_available_and_spoils_nothing_else() {
    let mut snapshot = Snapshot::empty();
    snapshot.totals.input_voltage = Some(Volts(1_000.0));
    snapshot.totals.input_power = Some(Watts(f64::NAN));
    snapshot.totals.output_power = Some(Watts(-5.0));
    snapshot.totals.bus_voltage = Some(Volts(50.0));
    let image = image(&snapshot);
    assert_eq!(image.input_voltage, None);
    assert_eq!(image.input_power, None);
    assert_eq!(image.output_power, None);
    assert_eq!(image.bus_voltage, Some(Volts(50.0)));
}

#[test]
fn identity_strings_must_fit() {
    let long = PmiIdentity { serial: "12345678901234567".to_owned(), ..PmiIdentity::default() };
    let error = Identity::new(&long).unwrap_err().to_string();
    assert!(error.starts_with("pmi.identity.serial: \"12345678901234567\" is not"), "{error}");
}
