//! What holds whatever is seen.

use dpo_registers::units::{Hertz, Joules, Ratio, Seconds, Volts, Watts, WattsPerSecond};
use proptest::prelude::*;

use crate::control::orchestrator::Orchestrator;
use crate::control::orchestrator::io::*;
use crate::control::policy::{Droop, Dynamic, Policy, Ramp, Recharge as RechargePolicy};
use crate::control::state::ShelfState;

use super::plant::Plant;

/// A number that a good measurement gives, mostly; else one that it may not.
fn number(good: std::ops::Range<f64>) -> impl Strategy<Value = f64> {
    prop_oneof![
        12 => good,
        1 => prop_oneof![
            Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(-1.0), Just(0.0), Just(1e300), Just(-1e300)
        ],
    ]
}

prop_compose! {
    fn psu()(present in any::<bool>(), healthy in prop::bool::weighted(0.8), output in number(0.0..3500.0), age in 0_u32..4000)
        -> PsuSeen {
        PsuSeen { present, healthy, output: Watts(output), input: Watts(output / 0.97), age_ticks: age }
    }
}

prop_compose! {
    fn bbu()(
        present in prop::bool::weighted(0.8),
        healthy in prop::bool::weighted(0.8),
        output in number(-300.0..3500.0),
        charge in number(0.0..1.0),
        available in number(0.0..5000.0),
        energy in number(0.0..720_000.0),
        age in 0_u32..3000,
    ) -> BbuSeen {
        BbuSeen {
            present, healthy, output: Watts(output), state_of_charge: Ratio(charge), available: Watts(available),
            energy: Joules(energy), age_ticks: age,
        }
    }
}

/// What is seen for some ticks.
#[derive(Debug, Clone)]
struct Episode {
    ticks: u32,
    pu: f64,
    bad_samples: bool,
    seen: Seen<'static>,
}

prop_compose! {
    fn episode()(
        ticks in 1_u32..60,
        pu in number(0.0..1.2),
        bad_samples in prop::bool::weighted(0.1),
        bus in number(44.0..52.0),
        input in prop::option::of(number(0.0..20_000.0)),
        frequency in prop::option::of(number(55.0..65.0)),
        psus in prop::array::uniform6(psu().boxed()),
        bbus in prop::array::uniform6(bbu().boxed()),
        demand in (prop::option::of(number(0.0..20_000.0)), prop::option::of(number(-5000.0..20_000.0)), prop::option::of(number(0.0..20_000.0))),
    ) -> Episode {
        Episode {
            ticks, pu, bad_samples,
            seen: Seen {
                ac: &[], bus: Volts(bus), input: input.map(Watts), frequency: frequency.map(Hertz), psus, bbus,
                demand: Demand {
                    input_limit: demand.0.map(Watts), battery: demand.1.map(Watts), forecast: demand.2.map(Watts),
                },
            },
        }
    }
}

fn policy() -> Policy {
    let slope = Some(WattsPerSecond(500.0));
    Policy {
        ramp: Ramp { up: slope, down: slope },
        dynamic: Some(Dynamic { range: Watts(1000.0), window: Seconds(0.1), band_low: Hertz(0.1) }),
        frequency: Some(Droop { dead_band: Hertz(0.1), share_per_hz: 0.1, most: Ratio(0.1) }),
        recharge: RechargePolicy { delay: Seconds(0.02), ..RechargePolicy::default() },
        ..Policy::default()
    }
}

fn check(action: &Action, capabilities: Capabilities) {
    assert!(action.ride_through_s >= 0.0, "{}", action.ride_through_s);
    let psu = &action.armed.psu;
    assert!(capabilities.psu_block || *psu == PsuArmed::default());
    assert!(psu.restart_delay_s.is_none_or(|delay| (0.0..=10.0).contains(&delay)));
    if let Some(low) = psu.low_line {
        assert!((0.0..=180.0).contains(&low.lowest.0) && (0.0..=1.5).contains(&low.current.0), "{low:?}");
        assert!((0.0..=60.0).contains(&low.longest_s));
    }
    if let Some(walk) = psu.walk_in {
        assert!((0.0..=1.0).contains(&walk.start.0) && (1.0..=1e7).contains(&walk.slope_w_per_s), "{walk:?}");
    }
    let mut gives = action.lines.support;
    let mut takes = false;
    for bbu in &action.armed.bbu {
        match bbu.support {
            Support::Base => {}
            Support::Power(power) => {
                assert!(capabilities.bbu_block && (0.0..=3000.0).contains(&power.0), "{power}");
                gives |= power.0 > 0.0;
            }
            Support::Voltage { bus, most } => {
                assert!(capabilities.bbu_block && (46.0..=49.5).contains(&bus.0), "{bus}");
                assert!((0.0..=3000.0).contains(&most.0), "{most}");
            }
        }
        if let Recharge::Limited { power, slope_w_per_s } = bbu.recharge {
            takes = true;
            assert!((0.0..=265.0).contains(&power.0) && (1.0..=100_000.0).contains(&slope_w_per_s));
        }
        assert!(
            bbu.share.is_none_or(|share| (0.0..=1.0).contains(&share.reference.0) && share.gain.is_finite())
        );
    }
    assert!(!(gives && takes), "support and recharge at once: {action:?}");
    let event =
        matches!(action.state, ShelfState::SagDetected | ShelfState::Supporting | ShelfState::Recovering);
    assert!(!(event && takes), "recharge in an event: {action:?}");
    assert!(capabilities.support_line || !action.lines.support);
    assert!(capabilities.psu_block && capabilities.ac_samples || !action.lines.hold);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_seen_brings_forth_nonsense(
        episodes in prop::collection::vec(episode().boxed(), 1..12),
        modified in any::<bool>(),
    ) {
        let capabilities = if modified { Capabilities::MODIFIED } else { Capabilities::TODAY };
        let mut orchestrator = Orchestrator::new(&policy(), capabilities).unwrap();
        let mut angle = 0.0_f64;
        for episode in &episodes {
            for tick in 0..episode.ticks {
                let mut ac = [[0.0; 3]; 5];
                for (at, sample) in ac.iter_mut().enumerate() {
                    angle += std::f64::consts::TAU * 60.0 / 5000.0;
                    for (phase, v) in sample.iter_mut().enumerate() {
                        let shift = std::f64::consts::TAU * phase as f64 / 3.0;
                        *v = episode.pu * 240.0 * std::f64::consts::SQRT_2 * (angle - shift).sin();
                        if episode.bad_samples && (at + tick as usize).is_multiple_of(3) {
                            *v = f64::NAN;
                        }
                    }
                }
                let seen = Seen { ac: if tick % 7 == 6 && episode.bad_samples { &[] } else { &ac }, ..episode.seen };
                check(&orchestrator.tick(&seen), capabilities);
            }
        }
    }
}

prop_compose! {
    /// Up to three sags, each `after` s after the one before, and a load and charges.
    fn events()(
        sags in prop::collection::vec((0.3_f64..12.0, 0.0_f64..0.95, 0.02_f64..0.4), 1..4),
        load in 3000.0_f64..14_000.0,
        charge in prop::array::uniform6(0.05_f64..1.0),
        slope in 52.0_f64..300.0,
        limit in 100.0_f64..2000.0,
        ramp in prop::option::of(52.0_f64..300.0),
    ) -> (Vec<(f64, f64, f64)>, f64, [f64; BBU_SLOTS], f64, f64, Option<f64>) {
        (sags, load, charge, slope, limit, ramp)
    }
}

/// The largest rise of the chargers' power at the input within a second, over a run with sags; and how much they
/// charged at most.
fn recharge_rise(
    policy: &Policy,
    capabilities: Capabilities,
    sags: &[(f64, f64, f64)],
    load: f64,
    charge: [f64; BBU_SLOTS],
) -> (f64, f64) {
    let mut plant = Plant::new(policy, capabilities);
    (plant.load, plant.charge) = (load, charge);
    let mut powers: Vec<f64> = vec![];
    let mut note = |plant: &Plant| powers.push(plant.charging.iter().sum::<f64>() / 0.97);
    plant.run(1.0, &mut note);
    for (after, pu, seconds) in sags {
        plant.run(*after, &mut note);
        plant.pu = [*pu; 3];
        plant.run(*seconds, &mut note);
        plant.pu = [1.0; 3];
    }
    plant.run(12.0, &mut note);
    let rise = powers.windows(1001).map(|second| second[1000] - second[0]).fold(0.0, f64::max);
    (rise, powers.iter().fold(0.0, |most, power| power.max(most)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn recharge_never_breaks_the_ramp_limit(
        (sags, load, charge, slope, limit, ramp) in events(),
        modified in any::<bool>(),
    ) {
        let policy = Policy {
            ramp: Ramp { up: ramp.map(WattsPerSecond), down: None },
            recharge: RechargePolicy {
                delay: Seconds(0.5), limit: Watts(limit), slope: WattsPerSecond(slope), ..RechargePolicy::default()
            },
            ..Policy::default()
        };
        // A charger of today knows no slope: it takes what it is told at once.
        let capabilities = if modified { Capabilities::MODIFIED } else { Capabilities::TODAY };
        let allowed = ramp.map_or(slope, |ramp| ramp.min(slope));
        let (rise, most) = recharge_rise(&policy, capabilities, &sags, load, charge);
        prop_assert!(rise <= allowed, "{rise} W in a second of {allowed}");
        // It does recharge, where there is room for a charger.
        let empty = charge.iter().any(|charge| *charge < 0.9);
        prop_assert!(most > 40.0 || !empty || limit < 83.0 || load > 14_500.0, "nothing was charged");
    }
}
