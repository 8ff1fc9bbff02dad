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
        fast: snapshot.fast,
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

#[test]
fn the_ac_side_is_what_the_fast_path_measures_and_nothing_without_one() {
    use crate::gateway::{AcReading, AcView, FastView, TickView};
    use dpo_registers::generated::dpo_pmi::{AcConnection, Capabilities};

    let mut snapshot = Snapshot::empty();
    let without = image(&snapshot);
    assert_eq!((without.ac_rms_l1, without.ac_nominal_voltage, without.ac_phases), (None, None, Some(0)));
    assert!(!without.capabilities.unwrap().contains(Capabilities::AC_HALF_CYCLE));

    let reading = AcReading {
        rms: [Volts(240.01), Volts(96.0), Volts(0.0)],
        half_cycles: (1 << 32) + 7,
        samples_since: 3.0,
        frequency: Some(Hertz(59.987)),
        rocof_hz_per_s: Some(-0.125),
        lowest: [Some(Volts(239.5)), Some(Volts(95.0)), None],
        highest: [Some(Volts(240.5)), None, None],
        seconds: 12,
    };
    let view = FastView {
        ac: Some(AcView { reading, time: UNIX_EPOCH + Duration::from_millis(1_800_000_000_123) }),
        nominal: Volts(240.0),
        nominal_frequency: Hertz(60.0),
        state: ShelfState::Normal,
        cause: None,
        sags: 0,
        ride_through: None,
        support_line: false,
        hold_line: false,
        ticks: TickView::default(),
    };
    snapshot.fast = Some(view);
    let shown = image(&snapshot);
    assert!(shown.capabilities.unwrap().contains(Capabilities::AC_HALF_CYCLE.union(Capabilities::ROCOF)));
    assert_eq!((shown.ac_phases, shown.ac_connection), (Some(3), Some(AcConnection::PhaseToNeutral)));
    assert_eq!((shown.ac_half_cycles, shown.ac_seconds), (Some(7), Some(12)));
    assert_eq!(shown.ac_time, Some(Seconds(1_800_000_000.123)));
    let volts = |v: f64| Some(Volts(v));
    assert_eq!((shown.ac_rms_l1, shown.ac_rms_l2, shown.ac_rms_l3), (volts(240.01), volts(96.0), volts(0.0)));
    assert_eq!(shown.ac_frequency, Some(Hertz(59.987)));
    assert_eq!(words(&snapshot, 0x4111, 1), [(-125i16) as u16]);
    assert_eq!(
        (shown.ac_rms_min_l1, shown.ac_rms_min_l3, shown.ac_rms_max_l1),
        (volts(239.5), None, volts(240.5))
    );
    // Nothing measures the currents.
    assert_eq!(shown.ac_current_l1, None);

    // The measurement fails: what is declared stays, what is measured goes.
    snapshot.fast = Some(FastView { ac: None, ..view });
    let lost = image(&snapshot);
    assert_eq!((lost.ac_phases, lost.ac_rms_l1, lost.ac_nominal_voltage), (Some(0), None, volts(240.0)));
    assert!(lost.capabilities.unwrap().contains(Capabilities::AC_HALF_CYCLE));
}
