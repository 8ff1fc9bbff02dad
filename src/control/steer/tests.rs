//! The loop over a shelf whose lines are not those it assumes.

use super::*;

/// A shelf whose true lines differ from the loop's: PSUs set 40 mV high, 20 % more slope, a loss of
/// 4 %, BBUs with 30 mV less, pack power read in steps of 42 W.
struct Shelf {
    load: f64,
    charge: f64,
    setpoint: f64,
    triggered: bool,
}

impl Shelf {
    fn measure(&mut self) -> Measured {
        let plant = Plant {
            psu: Line { drop: Volts(0.6), ..Line::ORV3_PSU },
            psus: 6,
            bbu: Line { no_load: Volts(47.97), ..Line::ORV3_BBU },
            bbus: 6,
        };
        let set = self.setpoint + 0.04;
        let point = plant.settle(Volts(set), Watts(self.load)).unwrap();
        self.triggered = point.bus.0 < 48.5;
        let (output, battery) = if self.triggered {
            (point.psus.0, point.bbus.0)
        } else {
            (self.load + self.charge, -self.charge)
        };
        let battery = (battery / 42.0).round() * 42.0;
        Measured {
            input: Watts(output / 0.96),
            output: Watts(output),
            battery: Watts(battery),
            psus: 6,
            bbus: 6,
        }
    }

    fn run(&mut self, steering: &mut Steering, demand: &Demand, ticks: usize) -> Vec<Measured> {
        (0..ticks)
            .map(|_| {
                let measured = self.measure();
                let decision = steering.step(demand, &measured).unwrap();
                self.setpoint = decision.setpoint().0;
                assert!((47.0..=51.0).contains(&self.setpoint), "{}", self.setpoint);
                measured
            })
            .collect()
    }
}

fn shelf(load: f64) -> Shelf {
    Shelf { load, charge: 0.0, setpoint: 51.0, triggered: false }
}

fn limit(watts: f64) -> Demand {
    Demand { input_limit: Some(Watts(watts)), discharge: None }
}

#[test]
fn an_input_limit_is_reached_and_held_in_spite_of_wrong_lines() {
    let mut steering = Steering::new(SteerConfig::default());
    let mut shelf = shelf(14_000.0);
    let run = shelf.run(&mut steering, &limit(10_000.0), 40);
    assert!(run[0].input.0 > 14_000.0, "no support before the first tick");
    for measured in &run[15..] {
        assert!((measured.input.0 - 10_000.0).abs() < 150.0, "{measured:?}");
    }
}

#[test]
fn a_discharge_request_is_reached_and_ends_at_once() {
    let mut steering = Steering::new(SteerConfig::default());
    let mut shelf = shelf(14_000.0);
    let demand = Demand { input_limit: None, discharge: Some(Watts(4000.0)) };
    let run = shelf.run(&mut steering, &demand, 30);
    for measured in &run[15..] {
        assert!((measured.battery.0 - 4000.0).abs() < 120.0, "{measured:?}");
    }
    assert_eq!(steering.step(&Demand::default(), &run[29]), Ok(Decision::Off));
    assert!(!steering.active());
}

#[test]
fn the_larger_support_wins() {
    let now = Measured { input: Watts(14_000.0), output: Watts(13_440.0), ..shelf(13_440.0).measure() };
    let support = |input_limit, discharge| {
        let demand = Demand { input_limit, discharge };
        match Steering::new(SteerConfig::default()).step(&demand, &now) {
            Ok(Decision::Steer { support, .. }) => support.0,
            other => panic!("{other:?}"),
        }
    };
    let by_limit = support(Some(Watts(10_000.0)), Some(Watts(1000.0)));
    assert!((by_limit - 3840.0).abs() < 1.0, "{by_limit}");
    assert_eq!(support(Some(Watts(10_000.0)), Some(Watts(5000.0))), 5000.0);
}

#[test]
fn a_load_near_the_limit_does_not_chatter() {
    let mut steering = Steering::new(SteerConfig::default());
    let mut shelf = shelf(0.0);
    shelf.charge = 900.0;
    let mut switches = 0;
    let mut before = false;
    for tick in 0..200 {
        // 9.9 to 10.1 kW at the AC side, around the limit.
        shelf.load = 9600.0 + if tick % 2 == 0 { 96.0 } else { -96.0 };
        shelf.run(&mut steering, &limit(10_000.0), 1);
        switches += u32::from(steering.active() != before);
        before = steering.active();
    }
    assert_eq!(switches, 1);
    // Recharging comes on top when support ends: 8.7 + 0.9 kW would be at the limit again.
    shelf.load = 8700.0;
    shelf.run(&mut steering, &limit(10_000.0), 50);
    assert!(steering.active());
    shelf.load = 7000.0;
    let run = shelf.run(&mut steering, &limit(10_000.0), 50);
    assert!(!steering.active());
    assert!(run[49].input.0 < 10_000.0 && run[49].battery.0 < 0.0);
}

#[test]
fn support_beyond_the_bbus_is_named_and_does_not_wind_up() {
    let mut steering = Steering::new(SteerConfig::default());
    let mut now = shelf(17_000.0).measure();
    now.bbus = 1;
    for _ in 0..50 {
        match steering.step(&limit(9000.0), &now).unwrap() {
            Decision::Steer { support, missing, .. } => {
                assert!(support.0 < 3100.0 && missing.0 > 4000.0);
            }
            Decision::Off => panic!("support is needed"),
        }
    }
    assert_eq!(steering.trim, 0.0);
}

#[test]
fn a_step_while_steering_is_bounded() {
    let mut steering = Steering::new(SteerConfig { filter: 1.0, ..SteerConfig::default() });
    let mut shelf = shelf(11_000.0);
    shelf.run(&mut steering, &limit(10_000.0), 20);
    let before = shelf.setpoint;
    shelf.load = 18_000.0;
    shelf.run(&mut steering, &limit(10_000.0), 1);
    assert!((shelf.setpoint - before).abs() <= 0.25 + 1e-9);
    assert!(shelf.setpoint < before);
}

#[test]
fn constants_that_cannot_work_are_named() {
    let good = SteerConfig::default();
    assert_eq!(good.check(), Ok(()));
    let now = shelf(14_000.0).measure();
    for (config, name) in [
        (SteerConfig { slew: Volts(-0.25), ..good }, "slew"),
        (SteerConfig { slew: Volts(f64::NAN), ..good }, "slew"),
        (SteerConfig { trim_limit: Volts(f64::NAN), ..good }, "trim_limit"),
        (SteerConfig { filter: 0.0, ..good }, "filter"),
        (SteerConfig { bbu: Line { drop: Volts(50.0), ..good.bbu }, ..good }, "bbu.drop"),
    ] {
        let mut steering = Steering::new(config);
        for _ in 0..2 {
            let refused = steering.step(&limit(10_000.0), &now);
            assert!(matches!(refused, Err(ControlError::Number { what, .. }) if what == name), "{refused:?}");
        }
    }
}

#[test]
fn bad_numbers_change_nothing() {
    let mut steering = Steering::new(SteerConfig::default());
    let mut shelf = shelf(14_000.0);
    let good = shelf.run(&mut steering, &limit(10_000.0), 5)[4];
    let kept = steering.clone();
    let nan = Watts(f64::NAN);
    for bad in [
        Measured { input: nan, ..good },
        Measured { output: nan, ..good },
        Measured { battery: Watts(f64::INFINITY), ..good },
        Measured { input: Watts(-1.0), ..good },
    ] {
        assert!(steering.step(&limit(10_000.0), &bad).is_err());
    }
    assert!(steering.step(&limit(f64::NAN), &good).is_err());
    let none = Measured { psus: 0, ..good };
    assert_eq!(steering.step(&limit(10_000.0), &none), Err(ControlError::NoPsu));
    assert_eq!(steering, kept);
}
