//! Every number of a policy, changed: some property notices, or it is said why none does.

use crate::control::policy::{
    Battery, Devices, Droop, Dynamic, Grid, Policy, Ramp, Recharge as RechargePolicy, Recovery, RideThrough,
    Shelf,
};

use super::helpers::{droop, dynamic, ramps};
use super::{Row, rows};

/// Each number of a policy with its name. A field that is new does not compile until it stands here; the curves have
/// rows of their own (`event`).
fn numbers(policy: &mut Policy) -> Vec<(&'static str, &mut f64)> {
    let Policy { shelf, grid, ride_through, recovery, recharge, ramp, dynamic, frequency, battery, devices } =
        policy;
    let Shelf {
        psu_rated,
        psu_current,
        psu_full_power,
        psu_lowest,
        psu_over,
        efficiency,
        input_accuracy,
        bbu_rated,
        bbu_charge,
        bbu_charger,
        bbu_trigger,
    } = shelf;
    let Grid { nominal, frequency: declared, samples_per_s } = grid;
    let RideThrough { low: _, high: _, current_limit, low_line } = ride_through;
    let Recovery { target, budget, voltage, slope, start, within, confirm, restart_delay, hold } = recovery;
    let RechargePolicy { delay, limit, slope: recharge_slope, below } = recharge;
    let Ramp { up, down } = ramp;
    let Battery { reserve, support_voltage, share_gain, share_most } = battery;
    let Devices { keep_alive, bus_lowest, stale } = devices;
    let mut all = vec![
        ("shelf.psu_rated", &mut psu_rated.0),
        ("shelf.psu_current", &mut psu_current.0),
        ("shelf.psu_full_power", &mut psu_full_power.0),
        ("shelf.psu_lowest", &mut psu_lowest.0),
        ("shelf.psu_over", &mut psu_over.0),
        ("shelf.efficiency", &mut efficiency.0),
        ("shelf.input_accuracy", &mut input_accuracy.0),
        ("shelf.bbu_rated", &mut bbu_rated.0),
        ("shelf.bbu_charge", &mut bbu_charge.0),
        ("shelf.bbu_charger", &mut bbu_charger.0),
        ("shelf.bbu_trigger", &mut bbu_trigger.0),
        ("grid.nominal", &mut nominal.0),
        ("grid.frequency", &mut declared.0),
        ("grid.samples_per_s", samples_per_s),
        ("ride_through.current_limit", &mut current_limit.0),
        ("ride_through.low_line", &mut low_line.0),
        ("recovery.target", &mut target.0),
        ("recovery.budget", &mut budget.0),
        ("recovery.voltage", &mut voltage.0),
        ("recovery.slope", &mut slope.0),
        ("recovery.start", &mut start.0),
        ("recovery.within", &mut within.0),
        ("recovery.confirm", &mut confirm.0),
        ("recovery.restart_delay", &mut restart_delay.0),
        ("recovery.hold", &mut hold.0),
        ("recharge.delay", &mut delay.0),
        ("recharge.limit", &mut limit.0),
        ("recharge.slope", &mut recharge_slope.0),
        ("recharge.below", &mut below.0),
        ("battery.reserve", &mut reserve.0),
        ("battery.support_voltage", &mut support_voltage.0),
        ("battery.share_gain", share_gain),
        ("battery.share_most", share_most),
        ("devices.keep_alive", &mut keep_alive.0),
        ("devices.bus_lowest", &mut bus_lowest.0),
        ("devices.stale", &mut stale.0),
    ];
    let slopes = [("ramp.up", up), ("ramp.down", down)];
    all.extend(slopes.into_iter().filter_map(|(name, slope)| Some((name, &mut slope.as_mut()?.0))));
    if let Some(Dynamic { range, window, band_low }) = dynamic {
        all.extend([
            ("dynamic.range", &mut range.0),
            ("dynamic.window", &mut window.0),
            ("dynamic.band_low", &mut band_low.0),
        ]);
    }
    if let Some(Droop { dead_band, share_per_hz, most }) = frequency {
        all.extend([
            ("frequency.dead_band", &mut dead_band.0),
            ("frequency.share_per_hz", share_per_hz),
            ("frequency.most", &mut most.0),
        ]);
    }
    all
}

/// Changes that no test may notice, each with its reason.
const UNNOTICED: &[(&str, f64, &str)] = &[
    ("shelf.psu_full_power", 0.5, "only starts the clock of recovery.hold earlier, which bounds it anyway"),
    ("shelf.bbu_rated", 2.0, "what a unit says that it can give is the lower limit"),
    (
        "grid.samples_per_s",
        2.0,
        "the executor samples by the same number; the detector bridges what is missing here",
    ),
    (
        "recovery.confirm",
        0.5,
        "5 ms less: the detector ends a sag by a hysteresis and a whole half cycle of its own",
    ),
    ("dynamic.range", 0.5, "less swing than asked for is inside what was asked for"),
    ("dynamic.window", 2.0, "a swing that is kept within 16 s is kept within 8 s"),
    ("dynamic.band_low", 0.5, "slower changes count as well: stricter than asked for"),
];

/// Whether a change of a number by a factor is noticed: the policy is refused, or a property of its group fails.
fn noticed(name: &str, factor: f64) -> bool {
    let group = name.split('.').next().unwrap();
    let mut rows: Vec<&Row> = rows().filter(|row| row.constant.starts_with(group)).collect();
    rows.sort_by_key(|row| !row.constant.starts_with(name));
    rows.into_iter().any(|row| {
        let mut policy = Policy::default();
        (row.setting)(&mut policy);
        let Some((_, number)) = numbers(&mut policy).into_iter().find(|(known, _)| *known == name) else {
            return false;
        };
        // From nothing a factor leads nowhere.
        *number = if *number == 0.0 { factor } else { *number * factor };
        policy.check().is_err() || !(row.holds)(&policy)
    })
}

/// Up and down by what tells: twice and half, more where the properties need more.
fn factors(name: &str) -> (f64, f64) {
    match name {
        "recovery.slope" => (10.0, 0.5),
        "recovery.confirm" => (50.0, 0.5),
        "dynamic.window" => (2.0, 0.025),
        "dynamic.band_low" => (250.0, 0.5),
        _ => (2.0, 0.5),
    }
}

/// Each number of the policy, changed: a test notices, or the change stands in [`UNNOTICED`] with its reason.
#[test]
fn each_number_of_the_policy_matters_or_says_why_not() {
    let mut whole = Policy::default();
    for setting in [ramps, dynamic, droop] {
        setting(&mut whole);
    }
    let mut changes = vec![];
    for (name, _) in numbers(&mut whole) {
        let (up, down) = factors(name);
        changes.extend([(name, up), (name, down)]);
    }
    let survivors: Vec<_> = std::thread::scope(|scope| {
        let half = changes.len() / 2;
        let parts = [&changes[..half], &changes[half..]];
        let runs = parts.map(|part| {
            scope.spawn(|| part.iter().copied().filter(|(name, by)| !noticed(name, *by)).collect::<Vec<_>>())
        });
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    });
    println!("policy: {} changes, survivors {}: {survivors:?}", changes.len(), survivors.len());
    let listed: Vec<_> = UNNOTICED.iter().map(|(name, by, _)| (*name, *by)).collect();
    assert_eq!(survivors, listed);
}
