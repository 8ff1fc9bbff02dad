use proptest::prelude::*;

use super::super::hint::{Hint, HintKind, Hints};
use super::*;

const RACK: RackModel = RackModel {
    charge_w: 9000.0,
    holds_limit: true,
    grid: GridLimits {
        ramp_up_w_per_s: 900.0,
        ramp_down_w_per_s: 900.0,
        range_w: 3600.0,
        ..GridLimits::NONE
    },
    ..RackModel::ORV3
};

fn config(mode: Mode) -> PlanConfig {
    PlanConfig { mode, deadline_s: f64::INFINITY, ..PlanConfig::default() }
}

fn state(t_s: f64, load_w: f64, bbu_w: f64) -> ShelfState {
    ShelfState {
        t_s,
        load_w,
        input_w: RACK.input_w((load_w - bbu_w).max(0.0)),
        bbu_w,
        state_of_charge: 0.9,
        bbu_available_w: 18_000.0,
        psu_available_w: 18_000.0,
        grid: GridState::Normal,
    }
}

fn flat(load_w: f64) -> Vec<Ahead> {
    [0.3, 1.0, 5.0]
        .map(|horizon_s| Ahead { horizon_s, mean_w: load_w, low_w: load_w, high_w: load_w })
        .to_vec()
}

/// Is it inside every limit of the shelf, whatever led to it?
fn inside(rack: &RackModel, setpoint: &Setpoint, give_w: f64) -> Result<(), String> {
    let near = 1e-6;
    // A limit that is to be held is told; devices that act by none have it by their rating.
    let told = rack.holds_limit || rack.input_limit_w.is_some() || setpoint.input_limit_w.is_some();
    let event = setpoint.source == Source::Limiter(Reason::Grid) && rack.input_limit_w.is_none();
    let limit = setpoint.input_limit_w.unwrap_or(if told && !event { f64::NAN } else { 0.0 });
    let charge = setpoint.bbu_charge_limit_w.unwrap_or(0.0);
    let checks = [
        ("limit of the input", (0.0..=rack.input_w(rack.most_output_w()) + near).contains(&limit)),
        ("discharge", (0.0..=give_w.clamp(0.0, rack.discharge_w) + near).contains(&setpoint.bbu_discharge_w)),
        ("charge", (0.0..=rack.charge_w + near).contains(&charge)),
        ("one of both", setpoint.bbu_discharge_w == 0.0 || charge == 0.0),
        ("age", setpoint.valid_until_s - setpoint.made_s <= 60.0 || !setpoint.made_s.is_finite()),
    ];
    checks.iter().find(|(_, ok)| !ok).map_or(Ok(()), |(what, _)| Err(format!("{what}: {setpoint:?}")))
}

#[test]
fn a_steady_load_is_left_alone() {
    let mut plan = Plan::new(RACK, config(Mode::Forecast)).unwrap();
    for i in 0..50 {
        let t_s = f64::from(i) * 0.1;
        let setpoint = plan.plan(t_s + 0.05, &state(t_s, 9000.0, 0.0), &flat(9000.0));
        assert_eq!(setpoint.source, Source::Optimizer);
        assert!(setpoint.bbu_discharge_w < 60.0, "{setpoint:?}");
        assert!((setpoint.input_limit_w.unwrap() - RACK.input_w(9000.0)).abs() < 60.0, "{setpoint:?}");
    }
    assert_eq!((plan.tally().optimizer, plan.tally().limiter_share()), (50, 0.0));
}

#[test]
fn full_or_empty_batteries_are_left_alone() {
    let held = RackModel { holds_limit: true, ..RackModel::ORV3 };
    for rack in [RackModel::ORV3, held] {
        for state_of_charge in [1.0, rack.full, 0.9, rack.reserve, 0.0] {
            let mut plan = Plan::new(rack, config(Mode::Forecast)).unwrap();
            for i in 0..3 {
                let t_s = f64::from(i) * 0.1;
                let load_w = 13_000.0 + 60.0 * (t_s * 3.0).sin();
                let state = ShelfState { state_of_charge, ..state(t_s, load_w, 0.0) };
                let setpoint = plan.plan(t_s + 0.05, &state, &flat(load_w));
                assert_eq!(setpoint.source, Source::Optimizer, "{state_of_charge}");
                // The PSUs carry the load, and the grid wants nothing smooth: there is no reason to give any.
                assert!(setpoint.bbu_discharge_w <= 5.0, "{state_of_charge}: {setpoint:?}");
            }
        }
    }
}

#[test]
fn a_rise_that_is_foreseen_begins_before_it() {
    // In 2 s the load rises by 6 kW, and the batteries give 4.55 kW only: at 900 W/s the power of the grid must begin to
    // rise now, into the chargers.
    let told = |horizon_s: f64| if horizon_s < 2.0 { 6000.0 } else { 12_000.0 };
    let ahead: Vec<Ahead> = [0.5, 1.0, 1.5, 1.9, 2.0, 2.5, 5.5]
        .map(|horizon_s| Ahead {
            horizon_s,
            mean_w: told(horizon_s),
            low_w: told(horizon_s),
            high_w: told(horizon_s),
        })
        .to_vec();
    let mut plan = Plan::new(RACK, config(Mode::Forecast)).unwrap();
    let weak = ShelfState { bbu_available_w: 4550.0, ..state(0.0, 6000.0, 0.0) };
    let foreseen = plan.plan(0.0, &weak, &ahead);
    assert_eq!(foreseen.source, Source::Optimizer);
    let mut flat_plan = Plan::new(RACK, config(Mode::Flat)).unwrap();
    let blind = flat_plan.plan(0.0, &weak, &[]);
    assert_eq!(blind.source, Source::Optimizer);
    let (foreseen, blind) = (foreseen.bbu_charge_limit_w.unwrap(), blind.bbu_charge_limit_w.unwrap());
    assert!(blind < 5.0 && foreseen > 20.0 && foreseen <= 95.0, "{foreseen} W against {blind} W");
}

#[test]
fn the_energy_of_the_band_is_bounded() {
    // The PSUs are to go to and fro by 4 kW each 3 s, and ramps and range allow it. What is bounded is the band.
    let effective_w = |band_rms_w: f64, delay: usize| {
        let grid =
            GridLimits { ramp_up_w_per_s: 4000.0, ramp_down_w_per_s: 4000.0, band_rms_w, ..GridLimits::NONE };
        let rack = RackModel { grid, ..RACK };
        let steps_s = PlanConfig::default().lengths_s();
        let mut mpc = mpc::Mpc::new(rack, &steps_s, f64::INFINITY);
        let mut band = band::Meter::default();
        let mut steps = Steps::default();
        steps.set(0.0, &steps_s);
        let mut outlook = Outlook::default();
        outlook.fill(&steps, 10_000.0, &[]);
        // What was told acts some ticks later, and is read then.
        let mut told_w = VecDeque::from(vec![10_000.0; delay + 1]);
        let mut worst_w = 0.0f64;
        for i in 0..200 {
            let t_s = f64::from(i) * 0.1;
            let psu_w = *told_w.back().unwrap();
            band.reading(t_s, told_w.pop_front().unwrap(), grid.window_s);
            worst_w = worst_w.max((band.energy_w2s(t_s - grid.window_s) / grid.window_s).sqrt());
            let wanted = |at_s: f64| if (t_s + at_s) % 3.0 < 1.5 { 8000.0 } else { 12_000.0 };
            let reference_w: Vec<f64> = steps.middles_s.iter().map(|s| wanted(*s)).collect();
            let problem = Problem {
                outlook: &outlook,
                reference_w: &reference_w,
                until_w: 10_000.0,
                before_w: psu_w,
                window_w: (psu_w, psu_w),
                band: &band,
                from_s: t_s + 0.1 * delay as f64,
                state_of_charge: 0.8,
                battery_w: (9000.0, 9000.0),
                psu_w: 18_000.0,
            };
            told_w.push_back(mpc.solve(&problem).unwrap().psu_w);
        }
        worst_w
    };
    let free = effective_w(GridLimits::NONE.band_rms_w, 0);
    assert!(free > 450.0, "{free}");
    for delay in [0, 3] {
        let bound = effective_w(250.0 * RACK.slope(), delay);
        assert!((150.0..=252.0).contains(&bound), "{bound} with a delay of {delay} ticks");
    }
}

#[test]
fn the_upper_end_is_what_the_rating_is_kept_by() {
    // Devices that do not hold a limit by themselves: the mean is below the rating, the upper end is 2 kW above it.
    let rack = RackModel { holds_limit: false, grid: GridLimits::NONE, ..RackModel::ORV3 };
    let sure = PlanConfig { earns: false, ..config(Mode::Forecast) };
    let mut plan = Plan::new(rack, sure).unwrap();
    let ahead = [Ahead { horizon_s: 1.0, mean_w: 17_000.0, low_w: 16_000.0, high_w: 20_000.0 }];
    let mut ahead_flat = ahead.to_vec();
    ahead_flat.insert(0, Ahead { horizon_s: 0.01, ..ahead[0] });
    let setpoint = plan.plan(0.0, &state(0.0, 17_000.0, 0.0), &ahead_flat);
    assert_eq!(setpoint.source, Source::Optimizer);
    assert!((setpoint.bbu_discharge_w - 2000.0).abs() < 20.0, "{setpoint:?}");
}

#[test]
fn an_upper_end_is_covered_once_it_has_been_worth_it() {
    let rack = RackModel { holds_limit: false, grid: GridLimits::NONE, ..RackModel::ORV3 };
    let mut plan = Plan::new(rack, config(Mode::Forecast)).unwrap();
    // The forecast tells each edge, 1 s long and each 3 s, to 20 kW; PSUs have 18.
    let load = |t_s: f64, peak_w: f64| if t_s % 3.0 < 1.0 { peak_w } else { 12_000.0 };
    let mut asked = |from_s: f64, peak_w: f64, told_w: f64| {
        let mut most = 0.0f64;
        for i in 0..200 {
            let t_s = from_s + f64::from(i) * 0.1;
            let ahead: Vec<Ahead> = (1..30)
                .map(|k| {
                    let horizon_s = f64::from(k) * 0.1;
                    let (mean_w, high_w) = (load(t_s + horizon_s, peak_w), load(t_s + horizon_s, told_w));
                    Ahead { horizon_s, mean_w, low_w: mean_w, high_w }
                })
                .collect();
            let state = state(t_s, load(t_s, peak_w), 0.0);
            let now_before_an_edge = load(t_s, peak_w) < 13_000.0;
            let setpoint = plan.plan(t_s, &state, &ahead);
            if now_before_an_edge && i >= 100 {
                most = most.max(setpoint.bbu_discharge_w);
            }
        }
        most
    };
    // What it says never comes: nothing is asked for before an edge. Then it comes, and is covered ahead of time.
    let (idle, worth) = (asked(0.0, 17_000.0, 20_000.0), asked(21.0, 20_000.0, 20_000.0));
    assert!(idle < 90.0 && worth > 1500.0, "{idle} W and {worth} W");
}

#[test]
fn a_forecast_of_what_nobody_could_carry_leaves_the_ramp_alone() {
    let rack = RackModel { charger_follows: true, charge_w: 18_000.0, ..RACK };
    let mut plan = Plan::new(rack, config(Mode::Forecast)).unwrap();
    let ahead = |w: f64| [Ahead { horizon_s: 0.3, mean_w: w, low_w: w, high_w: w }];
    let first = plan.plan(0.0, &state(0.0, 9000.0, 0.0), &ahead(9000.0)).input_limit_w.unwrap();
    let wild = plan.plan(0.1, &state(0.1, 9000.0, 0.0), &ahead(60_000.0)).input_limit_w.unwrap();
    let fall = plan.plan(0.2, &state(0.2, 9000.0, 0.0), &ahead(0.0)).input_limit_w.unwrap();
    assert!((wild - first).abs() <= 90.0 + 1.0 && (fall - wild).abs() <= 90.0 + 1.0, "{first} {wild} {fall}");
}

#[test]
fn the_limiter_takes_over_for_each_reason() {
    struct Fails(Fault);
    impl Solve for Fails {
        fn solve(&mut self, _: &Problem<'_>) -> Result<Action, Fault> {
            Err(self.0)
        }
    }
    struct Lies;
    impl Solve for Lies {
        fn solve(&mut self, _: &Problem<'_>) -> Result<Action, Fault> {
            Ok(Action { psu_w: 1e6, discharge_w: 1e6, charge_w: f64::NAN })
        }
    }
    let source = |plan: &mut Plan, state: &ShelfState, ahead: &[Ahead]| {
        let setpoint = plan.plan(1.0, state, ahead);
        inside(&RACK, &setpoint, 18_000.0).unwrap();
        setpoint.source
    };
    let plan = || Plan::new(RACK, config(Mode::Forecast)).unwrap();
    let good = state(0.95, 9000.0, 0.0);
    let limiter = |reason| Source::Limiter(reason);
    assert_eq!(source(&mut plan(), &good, &flat(9000.0)), Source::Optimizer);
    let mut late = plan().with_solver(Box::new(Fails(Fault::Late)));
    assert_eq!(source(&mut late, &good, &flat(9000.0)), limiter(Reason::Late));
    let mut failed = plan().with_solver(Box::new(Fails(Fault::NoSolution)));
    assert_eq!(source(&mut failed, &good, &flat(9000.0)), limiter(Reason::NoSolution));
    let mut lies = plan().with_solver(Box::new(Lies));
    assert_eq!(source(&mut lies, &good, &flat(9000.0)), limiter(Reason::NoSolution));
    assert_eq!(source(&mut plan(), &good, &[]), limiter(Reason::BadForecast));
    assert_eq!(source(&mut plan(), &good, &flat(f64::NAN)), limiter(Reason::BadForecast));
    let old = ShelfState { t_s: -0.5, ..good };
    assert_eq!(source(&mut plan(), &old, &flat(9000.0)), limiter(Reason::StaleState));
    let damaged = ShelfState { load_w: f64::NAN, ..good };
    assert_eq!(source(&mut plan(), &damaged, &flat(9000.0)), limiter(Reason::StaleState));
    for grid in [GridState::Event, GridState::Unknown] {
        let event = ShelfState { grid, ..good };
        let mut plan = plan();
        assert_eq!(source(&mut plan, &event, &flat(9000.0)), limiter(Reason::Grid));
        assert_eq!(plan.tally().limiter, [0, 0, 0, 0, 1, 0]);
    }
    let mut alone = Plan::new(RACK, config(Mode::Limiter)).unwrap();
    assert_eq!(source(&mut alone, &good, &flat(9000.0)), limiter(Reason::Configured));
}

#[test]
fn a_solver_without_time_is_late() {
    let mut plan = Plan::new(RACK, PlanConfig { deadline_s: 1e-4, ..config(Mode::Forecast) }).unwrap();
    // 200 steps take more than a tenth of a millisecond on any machine; if one day not, they are solved.
    let mut slow =
        Plan::new(RACK, PlanConfig { deadline_s: 1e-4, steps: 200, growth: 1.0, ..config(Mode::Forecast) })
            .unwrap();
    for plan in [&mut plan, &mut slow] {
        let setpoint = plan.plan(0.0, &state(0.0, 9000.0, 0.0), &flat(9000.0));
        assert!(matches!(setpoint.source, Source::Optimizer | Source::Limiter(Reason::Late)), "{setpoint:?}");
        inside(&RACK, &setpoint, 18_000.0).unwrap();
    }
}

#[test]
fn a_lying_forecast_loses_its_trust_and_gets_it_back() {
    let mut plan = Plan::new(RACK, config(Mode::Forecast)).unwrap();
    let load = |t_s: f64| 9000.0 + 4000.0 * (t_s * 2.0).sin();
    let told = |t_s: f64, sign: f64| -> Vec<Ahead> {
        [0.1, 0.3, 1.0, 2.0]
            .map(|horizon_s| {
                let mean_w = load(t_s) + sign * (load(t_s + horizon_s) - load(t_s));
                Ahead { horizon_s, mean_w, low_w: mean_w, high_w: mean_w }
            })
            .to_vec()
    };
    let (mut last, mut t_s) = (Source::Optimizer, 0.0);
    for _ in 0..100 {
        last = plan.plan(t_s, &state(t_s, load(t_s), 0.0), &told(t_s, -1.0)).source;
        t_s += 0.1;
    }
    assert_eq!(last, Source::Limiter(Reason::BadForecast));
    for _ in 0..150 {
        last = plan.plan(t_s, &state(t_s, load(t_s), 0.0), &told(t_s, 1.0)).source;
        t_s += 0.1;
    }
    assert_eq!(last, Source::Optimizer);
}

#[test]
fn without_readings_the_battery_fades_out_along_the_ramp() {
    let mut plan = Plan::new(RACK, config(Mode::Limiter)).unwrap();
    plan.plan(0.0, &state(0.0, 6000.0, 0.0), &[]);
    let first = plan.plan(0.1, &state(0.1, 9000.0, 0.0), &[]);
    assert!(first.bbu_discharge_w > 2500.0, "{first:?}");
    let mut before = first.bbu_discharge_w;
    let mut ticks = 0;
    while before > 0.0 {
        ticks += 1;
        let now_s = 0.1 + 1.1 + f64::from(ticks) * 0.1;
        let next = plan.plan(now_s, &state(0.1, 9000.0, 0.0), &[]);
        assert_eq!(next.source, Source::Limiter(Reason::StaleState));
        // The first tick without a reading comes late and counts as two.
        assert!(before - next.bbu_discharge_w <= 180.0 + 1e-9, "{before} to {next:?}");
        before = next.bbu_discharge_w;
        assert!(ticks < 100);
    }
    assert!(ticks > 10);
}

#[test]
fn in_an_event_the_batteries_are_the_gateways() {
    let mut plan = Plan::new(RACK, config(Mode::Limiter)).unwrap();
    plan.plan(0.0, &state(0.0, 6000.0, 0.0), &[]);
    assert!(plan.plan(0.1, &state(0.1, 9000.0, 0.0), &[]).bbu_discharge_w > 0.0);
    let event = ShelfState { grid: GridState::Event, ..state(0.2, 9000.0, 0.0) };
    let setpoint = plan.plan(0.2, &event, &[]);
    assert_eq!((setpoint.bbu_discharge_w, setpoint.bbu_charge_limit_w), (0.0, None));
    assert_eq!(setpoint.input_limit_w, None);
    // After it the limit goes on from where the supplies are, not from where they were.
    let over = plan.plan(0.3, &state(0.3, 14_000.0, 0.0), &[]);
    assert!(over.input_limit_w.unwrap() > RACK.input_w(13_500.0), "{over:?}");
    // What was contracted holds in an event, too.
    let rack = RackModel { input_limit_w: Some(15e3), ..RackModel::ORV3 };
    let mut plan = Plan::new(rack, config(Mode::Limiter)).unwrap();
    assert!((plan.plan(0.2, &event, &[]).input_limit_w.unwrap() - 15e3).abs() < 1e-6);
}

#[test]
fn a_gateway_whose_support_could_not_go_on_is_left_alone_for_a_while() {
    let mut plan = Plan::new(RACK, config(Mode::Flat)).unwrap();
    let halted = |t_s: f64| ShelfState { grid: GridState::Halted, ..state(t_s, 9000.0, 0.0) };
    for second in 0..30 {
        let t_s = f64::from(second);
        assert_eq!(plan.plan(t_s, &halted(t_s), &[]).source, Source::Limiter(Reason::Grid));
    }
    assert_eq!(plan.plan(30.0, &halted(30.0), &[]).source, Source::Optimizer);
    plan.plan(31.0, &state(31.0, 9000.0, 0.0), &[]);
    assert_eq!(plan.plan(32.0, &halted(32.0), &[]).source, Source::Limiter(Reason::Grid));
}

#[test]
fn next_to_nothing_is_not_asked_of_devices_that_follow_a_command() {
    // Packs above their target, as in standby, and a grid that wants a smooth power.
    let grid = GridLimits { band_rms_w: 400.0, ..RACK.grid };
    let rack = RackModel { grid, ..RackModel::ORV3 };
    for mode in [Mode::Limiter, Mode::Flat, Mode::Forecast] {
        for state_of_charge in [0.93, 1.0] {
            let mut plan = Plan::new(rack, config(mode)).unwrap();
            for i in 0..30 {
                let t_s = f64::from(i) * 0.1;
                let load_w = 12_000.0 + 40.0 * (3.0 * t_s).sin();
                let state = ShelfState { state_of_charge, ..state(t_s, load_w, 0.0) };
                let setpoint = plan.plan(t_s, &state, &flat(load_w));
                assert_eq!(setpoint.bbu_discharge_w, 0.0, "{mode:?} at {state_of_charge}");
            }
        }
    }
    // What the supplies do not carry is asked for all the same.
    let mut plan = Plan::new(rack, config(Mode::Flat)).unwrap();
    for i in 0..3 {
        let t_s = f64::from(i) * 0.1;
        let setpoint = plan.plan(t_s, &state(t_s, 18_150.0, 0.0), &[]);
        assert!((100.0..300.0).contains(&setpoint.bbu_discharge_w), "{setpoint:?}");
    }
    // What begins goes on down to half of the least power, so that it does not come and go.
    let action = |discharge_w: f64| Action { psu_w: 9000.0, discharge_w, charge_w: 0.0 };
    let worth = |w: f64, gives| guard::worth(&rack, action(w), gives);
    assert_eq!(worth(299.0, false), Action { psu_w: 9299.0, discharge_w: 0.0, charge_w: 0.0 });
    assert_eq!((worth(301.0, false), worth(151.0, true)), (action(301.0), action(151.0)));
    assert_eq!(worth(149.0, true).discharge_w, 0.0);
}

#[test]
fn without_readings_a_limit_that_devices_hold_is_lifted_along_the_ramp() {
    let mut plan = Plan::new(RACK, config(Mode::Limiter)).unwrap();
    plan.plan(0.0, &state(0.0, 6000.0, 0.0), &[]);
    let mut before = plan.plan(0.1, &state(0.1, 9000.0, 0.0), &[]).input_limit_w.unwrap();
    let first = before;
    for tick in 1..=40 {
        let next =
            plan.plan(1.2 + f64::from(tick) * 0.1, &state(0.1, 9000.0, 0.0), &[]).input_limit_w.unwrap();
        assert!(next >= before && next - before <= 180.0 + 1e-6, "{before} to {next}");
        before = next;
    }
    assert!(before > first + 3000.0, "{first} to {before}");
}

#[test]
fn a_limit_is_asked_for_only_where_somebody_is_to_hold_one() {
    let limit = |rack: RackModel| {
        let mut plan = Plan::new(rack, config(Mode::Flat)).unwrap();
        plan.plan(0.0, &state(0.0, 9000.0, 0.0), &[]).input_limit_w
    };
    assert_eq!(limit(RackModel::ORV3), None);
    let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-6);
    assert!(near(limit(RackModel { input_limit_w: Some(15e3), ..RackModel::ORV3 }), 15e3));
    let held = RackModel { holds_limit: true, ..RackModel::ORV3 };
    assert!(near(limit(held), held.input_w(18e3)));
}

#[test]
fn hints_move_a_plan_and_wrong_ones_lose_their_trust() {
    struct Job(f64);
    impl Hints for Job {
        fn between(&self, _: f64, _: f64, each: &mut dyn FnMut(&Hint)) {
            each(&Hint {
                job: "train".to_owned(),
                kind: HintKind::Start { at_s: self.0, rise_w: Some(6000.0) },
            });
        }
    }
    let charge = |hints: Box<dyn Hints>| {
        let mut plan = Plan::new(RACK, config(Mode::Forecast)).unwrap().with_hints(hints);
        let weak = ShelfState { bbu_available_w: 3000.0, ..state(0.0, 6000.0, 0.0) };
        plan.plan(0.0, &weak, &flat(6000.0)).bbu_charge_limit_w.unwrap()
    };
    assert!(charge(Box::new(Job(2.0))) > charge(Box::new(NoHints)) + 50.0);
    // A scheduler that announces a start each moment, and none comes.
    struct Always;
    impl Hints for Always {
        fn between(&self, now_s: f64, _: f64, each: &mut dyn FnMut(&Hint)) {
            Job(now_s + 0.2).between(now_s, now_s, each);
        }
    }
    let mut plan = Plan::new(RACK, config(Mode::Forecast)).unwrap().with_hints(Box::new(Always));
    let mut told = Vec::new();
    for i in 0..80 {
        let t_s = f64::from(i) * 0.1;
        plan.plan(t_s, &state(t_s, 6000.0, 0.0), &flat(6000.0));
        told.push(plan.outlook().mean_w.last().copied().unwrap());
    }
    assert_eq!((told[0], told[79]), (12_000.0, 6000.0));
}

#[test]
fn bad_configurations_are_named() {
    let named = |config: PlanConfig| Plan::new(RACK, config).err().unwrap().what;
    assert_eq!(named(PlanConfig { steps: 0, ..PlanConfig::default() }), "steps");
    assert_eq!(named(PlanConfig { deadline_s: f64::NAN, ..PlanConfig::default() }), "deadline_s");
    let rack = RackModel { psu_rating_w: 0.0, ..RACK };
    assert_eq!(Plan::new(rack, PlanConfig::default()).err().unwrap().what, "psu_rating_w");
}

/// Numbers as they come, and as they should never come.
fn any_number(likely: std::ops::Range<f64>) -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => likely,
        1 => prop::sample::select(vec![
            f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -1.0, 1e300, -1e300, f64::MIN_POSITIVE
        ]),
    ]
}

prop_compose! {
    fn any_state(t_s: f64)(
        t in any_number(t_s - 0.5..t_s),
        load_w in any_number(0.0..30_000.0),
        input_w in any_number(0.0..30_000.0),
        bbu_w in any_number(-9000.0..18_000.0),
        state_of_charge in any_number(0.0..1.0),
        bbu_available_w in any_number(0.0..18_000.0),
        psu_available_w in any_number(0.0..18_000.0),
        grid in prop::sample::select(vec![GridState::Normal, GridState::Normal, GridState::Normal, GridState::Event, GridState::Unknown]),
    ) -> ShelfState {
        ShelfState { t_s: t, load_w, input_w, bbu_w, state_of_charge, bbu_available_w, psu_available_w, grid }
    }
}

prop_compose! {
    fn any_ahead()(
        points in prop::collection::vec((any_number(0.0..6.0), any_number(0.0..30_000.0), any_number(0.0..5000.0), any_number(0.0..5000.0)), 0..6),
        tidy in any::<bool>(),
    ) -> Vec<Ahead> {
        let mut ahead: Vec<Ahead> = points
            .into_iter()
            .map(|(horizon_s, mean_w, below, above)| Ahead { horizon_s, mean_w, low_w: mean_w - below, high_w: mean_w + above })
            .collect();
        if tidy {
            ahead.retain(outlook_point);
            ahead.sort_by(|a, b| a.horizon_s.total_cmp(&b.horizon_s));
            ahead.dedup_by(|a, b| a.horizon_s == b.horizon_s);
        }
        ahead
    }
}

fn outlook_point(point: &Ahead) -> bool {
    outlook::sound(std::slice::from_ref(point))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_the_setpoint_is_inside_the_limits(
        ticks in prop::collection::vec((any_state(1.0), any_ahead()), 1..12),
        holds_limit in any::<bool>(),
        limited in any::<bool>(),
        mode in prop::sample::select(vec![Mode::Limiter, Mode::Flat, Mode::Forecast]),
    ) {
        let rack = RackModel {
            holds_limit,
            grid: if limited { GridLimits { band_rms_w: 500.0, ..RACK.grid } } else { GridLimits::NONE },
            input_limit_w: limited.then_some(15_000.0),
            ..RACK
        };
        let mut plan = Plan::new(rack, config(mode)).unwrap();
        for (tick, (state, ahead)) in ticks.iter().enumerate() {
            let now_s = 1.0 + tick as f64 * 0.1;
            let state = ShelfState { t_s: state.t_s + tick as f64 * 0.1, ..*state };
            let setpoint = plan.plan(now_s, &state, ahead);
            let give_w = match setpoint.source {
                // Without a reading nobody knows what is available: the devices bound it.
                Source::Limiter(Reason::StaleState) => rack.discharge_w,
                _ => state.bbu_available_w.min(rack.give_w(state.state_of_charge, 2.0)),
            };
            prop_assert_eq!(inside(&rack, &setpoint, give_w), Ok(()));
        }
        prop_assert_eq!(plan.tally().total(), ticks.len() as u64);
    }
}
