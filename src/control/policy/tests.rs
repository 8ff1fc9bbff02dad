//! Policies that cannot be kept are named.

use super::*;

#[test]
fn the_defaults_can_be_kept() {
    Policy::default().check().unwrap();
    Policy {
        shelf: Shelf::HPR,
        recovery: Recovery { slope: WattsPerSecond(80_000.0), ..Recovery::default() },
        ..Policy::default()
    }
    .check()
    .unwrap();
}

#[test]
fn what_is_wrong_is_named() {
    let mut policy = Policy::default();
    policy.recovery.budget = Seconds(0.2);
    assert_eq!(
        policy.check().unwrap_err().to_string(),
        "policy: a full shelf needs 0.325 s to its target at recovery.slope, but has 0.2 s; raise the slope or the budget"
    );
    let mut policy = Policy::default();
    policy.battery.support_voltage = Volts(f64::NAN);
    assert_eq!(
        policy.check().unwrap_err().to_string(),
        "policy: battery.support_voltage is NaN; it must be from 46 to 49.5"
    );
    // A charger begins with 40 W at the bus: a slope below 1.2 times that at the input cannot be kept.
    let mut policy = Policy::default();
    policy.recharge.slope = WattsPerSecond(49.0);
    assert!(matches!(policy.check(), Err(PolicyError::Number { field: "recharge.slope", .. })));
    let mut policy = Policy::default();
    policy.ramp.up = Some(WattsPerSecond(49.0));
    assert!(matches!(policy.check(), Err(PolicyError::Number { field: "ramp.up", .. })));
    let mut policy = Policy::default();
    policy.grid.nominal = Volts(277.0);
    assert!(matches!(policy.check(), Err(PolicyError::OverVoltage { .. })));
    let mut policy = Policy::default();
    policy.ride_through.low = Curve::of([(0.9, f64::INFINITY), (0.95, 1.0)]);
    assert_eq!(policy.check(), Err(PolicyError::PointOrder { name: "ride_through.low", number: 2 }));
    let mut policy = Policy::default();
    policy.recovery.voltage = Ratio(0.95);
    assert!(matches!(policy.check(), Err(PolicyError::Return { .. })));
    assert_eq!(Curve::new(&[CurvePoint::default(); 7]), Err(PolicyError::Points { points: 7 }));
}
