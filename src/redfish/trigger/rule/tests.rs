use std::time::SystemTime;

use serde_json::json;

use super::*;
use crate::gateway::ShelfState;
use crate::shelf::reading::{DeviceView, Presence};

const INPUT: &str = "/redfish/v1/Chassis/PowerShelf/Sensors/ShelfInputPower#/Reading";
const STATE: &str = "/redfish/v1/Managers/Gateway#/Oem/DPOGateway/State";
const HEALTH: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/PSU1#/Status/Health";

fn snapshot(second: u64, watts: Option<f64>, state: ShelfState) -> Snapshot {
    let mut snapshot = Snapshot::empty();
    snapshot.time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
    snapshot.totals.input_power = watts.map(dpo_registers::units::Watts);
    snapshot.state = state;
    snapshot.psus = vec![DeviceView { slot: 1, presence: Presence::Present, ..DeviceView::default() }];
    snapshot
}

fn create(body: Value) -> Result<Trigger, Error> {
    let Value::Object(members) = body else { panic!() };
    Trigger::create(&snapshot(0, Some(1.0), ShelfState::Normal), members.into_iter().collect())
}

/// What fires, second by second.
fn run(body: Value, values: &[(Option<f64>, ShelfState)]) -> Vec<Vec<(Severity, String)>> {
    let triggers = [create(body).unwrap()];
    let mut watch = Watch::default();
    let look = |(second, (watts, state)): (usize, &(Option<f64>, ShelfState))| {
        let fired = watch.look(&triggers, &snapshot(second as u64, *watts, *state));
        fired.into_iter().map(|f| (f.severity, f.message)).collect()
    };
    values.iter().enumerate().map(look).collect()
}

fn watts(values: &[f64]) -> Vec<(Option<f64>, ShelfState)> {
    values.iter().map(|w| (w.is_finite().then_some(*w), ShelfState::Normal)).collect()
}

fn counts(body: Value, values: &[f64]) -> Vec<usize> {
    run(body, &watts(values)).iter().map(Vec::len).collect()
}

#[test]
fn a_threshold_fires_once_when_it_is_passed_in_its_direction() {
    let body = |thresholds: Value| json!({"MetricProperties": [INPUT], "NumericThresholds": thresholds});
    let upper = body(json!({"UpperCritical": {"Reading": 100.0}}));
    assert_eq!(counts(upper.clone(), &[50.0, 100.0, 120.0, 99.0, 101.0]), [0, 1, 0, 0, 1]);
    assert_eq!(counts(upper.clone(), &[150.0, 150.0]), [1, 0], "beyond it from the beginning");
    let fired = run(upper, &watts(&[150.0]));
    assert_eq!(
        fired[0],
        [(Severity::Critical, "ShelfInputPower is 150, above UpperCritical 100".to_owned())]
    );
    let lower = body(json!({"LowerWarning": {"Reading": 10.0, "Activation": "Either"}}));
    let fired = run(lower, &watts(&[50.0, 5.0, 5.0, 20.0]));
    let severities: Vec<Vec<Severity>> = fired.iter().map(|f| f.iter().map(|f| f.0).collect()).collect();
    assert_eq!(severities, [vec![], vec![Severity::Warning], vec![], vec![Severity::Ok]]);
    let back = body(json!({"UpperWarning": {"Reading": 10.0, "Activation": "Decreasing"}}));
    assert_eq!(counts(back, &[50.0, 5.0, 50.0, 5.0]), [0, 1, 0, 1]);
    let off = body(json!({"UpperWarning": {"Reading": 10.0, "Activation": "Disabled"}}));
    assert_eq!(counts(off, &[5.0, 50.0, 5.0]), [0, 0, 0]);
}

#[test]
fn what_does_not_stay_or_is_not_known_does_not_fire() {
    let threshold = json!({"UpperWarning": {"Reading": 10.0, "DwellTime": "PT2S"}});
    let body = json!({"MetricProperties": [INPUT], "NumericThresholds": threshold});
    assert_eq!(counts(body.clone(), &[5.0, 50.0, 50.0, 50.0, 50.0]), [0, 0, 0, 1, 0]);
    assert_eq!(counts(body.clone(), &[50.0, 50.0, 5.0, 50.0, 50.0, 50.0]), [0, 0, 0, 0, 0, 1]);
    assert_eq!(counts(body, &[50.0, f64::NAN, f64::NAN, 50.0]), [0, 0, 0, 1]);
}

#[test]
fn states_fire_by_their_value_or_by_their_change() {
    use ShelfState::{Normal, SagDetected, Supporting};
    let path = [Normal, SagDetected, SagDetected, Supporting, Normal, SagDetected];
    let states: Vec<_> = path.map(|s| (None, s)).to_vec();
    let told = |body| -> Vec<usize> { run(body, &states).iter().map(Vec::len).collect() };
    let one = json!({"MetricProperties": [STATE], "DiscreteTriggers": [{"Value": "SagDetected", "Severity": "Critical"}]});
    assert_eq!(told(one), [0, 1, 0, 0, 0, 1]);
    let any = json!({"MetricProperties": [STATE], "DiscreteTriggerCondition": "Changed"});
    assert_eq!(told(any.clone()), [0, 1, 0, 1, 1, 1]);
    assert_eq!(
        run(any, &states)[1][0].1,
        "Managers/Gateway#/Oem/DPOGateway/State is SagDetected, was Normal"
    );
    let healthy = json!({"MetricProperties": [HEALTH], "DiscreteTriggers": [{"Value": "OK"}]});
    assert_eq!(told(healthy), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn what_cannot_be_a_trigger_is_refused_by_name() {
    let some = json!({"UpperWarning": {"Reading": 1.0}});
    for (body, property) in [
        (json!({}), "MetricProperties"),
        (json!({"MetricProperties": []}), "MetricProperties"),
        (json!({"MetricProperties": [INPUT]}), "MetricProperties"),
        (json!({"MetricProperties": [INPUT], "MetricType": "Numeric"}), "NumericThresholds"),
        (json!({"MetricProperties": [STATE], "NumericThresholds": some}), "MetricProperties"),
        (json!({"MetricProperties": ["/etc/passwd"], "NumericThresholds": some}), "MetricProperties"),
        (json!({"MetricProperties": vec![INPUT; 17], "NumericThresholds": some}), "MetricProperties"),
        (
            json!({"MetricProperties": [INPUT], "NumericThresholds": {"Top": {"Reading": 1}}}),
            "NumericThresholds",
        ),
        (
            json!({"MetricProperties": [INPUT], "NumericThresholds": {"UpperWarning": {"Reading": 1, "DwellTime": "1 s"}}}),
            "NumericThresholds",
        ),
        (json!({"MetricProperties": [STATE]}), "DiscreteTriggers"),
        (
            json!({"MetricProperties": [STATE], "DiscreteTriggerCondition": "Never"}),
            "DiscreteTriggerCondition",
        ),
        (
            json!({"MetricProperties": [STATE], "DiscreteTriggerCondition": "Changed", "DiscreteTriggers": [{"Value": "x"}]}),
            "DiscreteTriggers",
        ),
        (
            json!({"MetricProperties": [INPUT], "NumericThresholds": some, "TriggerActions": ["Boom"]}),
            "TriggerActions",
        ),
        (json!({"MetricProperties": [INPUT], "NumericThresholds": some, "Colour": "red"}), "Colour"),
    ] {
        match create(body.clone()) {
            Err(Error::Properties(faults)) => assert_eq!(faults[0].0, property, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn spans_are_read_and_bounded() {
    for (text, seconds) in
        [("PT10S", 10.0), ("PT1M30.5S", 90.5), ("P1D", 86_400.0), ("PT2H", 7200.0), ("PT0S", 0.0)]
    {
        assert_eq!(span(text), Some(Duration::from_secs_f64(seconds)), "{text}");
    }
    for text in ["", "P", "PT", "10S", "PT-1S", "PTS", "PT1S1H", "P2D", "PT1e9S", "PTNaNS", "PT1S "] {
        assert_eq!(span(text), None, "{text}");
    }
}
