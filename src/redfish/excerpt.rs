//! `excerpt` (DSP0266, "The excerpt query parameter"): of a sensor or a control the properties that its schema marks as
//! `Redfish.Excerpt`. A resource without any such property stays whole.

use serde_json::{Map, Value};

/// What a sensor of any kind is about, and what belongs to one kind (`Sensor.v1_12_0`).
const SENSOR: &[&str] = &["Reading"];
const SENSOR_POWER: &[&str] = &["ApparentVA", "PhaseAngleDegrees", "PowerFactor", "ReactiveVAR"];
const SENSOR_WAVE: &[&str] = &["CrestFactor", "THDPercent"];
const SENSOR_ENERGY: &[&str] = &["ApparentkVAh", "LifetimeReading", "ReactivekVARh", "SensorResetTime"];
/// Of a control with one set point (`Control.v1_7_0`).
const CONTROL: &[&str] = &["AllowableMax", "AllowableMin", "ControlMode", "DefaultSetPoint", "SetPoint"];

/// The excerpt of a resource, and of each member of a collection whose content is there.
pub(crate) fn of(mut body: Value) -> Value {
    if let Some(Value::Array(members)) = body.get_mut("Members") {
        *members = std::mem::take(members).into_iter().map(one).collect();
        return body;
    }
    one(body)
}

fn one(body: Value) -> Value {
    let Some(lists) = marked(&body) else { return body };
    let Value::Object(properties) = body else { return body };
    let kept = |name: &str| name.starts_with("@odata.") || lists.iter().any(|list| list.contains(&name));
    Value::Object(properties.into_iter().filter(|(name, _)| kept(name)).collect::<Map<_, _>>())
}

/// The properties that the schema of the resource marks; `None` if it marks none.
fn marked(body: &Value) -> Option<Vec<&'static [&'static str]>> {
    let name = body.get("@odata.type")?.as_str()?.trim_start_matches('#').split('.').next()?;
    match name {
        "Sensor" => {
            let more = match body.get("ReadingType").and_then(Value::as_str) {
                Some("Power") => SENSOR_POWER,
                Some("Current" | "Voltage") => SENSOR_WAVE,
                Some("EnergykWh") => SENSOR_ENERGY,
                _ => &[],
            };
            Some(vec![SENSOR, more])
        }
        "Control" => Some(vec![CONTROL]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_schema_marks_stays_and_other_resources_stay_whole() {
        let sensor = json!({"@odata.id": "x", "@odata.type": "#Sensor.v1_12_0.Sensor", "Name": "n", "Reading": 1.5,
            "ReadingType": "Power", "PowerFactor": 0.98, "SensorResetTime": "t"});
        let short = json!({"@odata.id": "x", "@odata.type": "#Sensor.v1_12_0.Sensor", "Reading": 1.5, "PowerFactor": 0.98});
        assert_eq!(of(sensor.clone()), short);
        let collection = json!({"Name": "c", "Members": [sensor, {"@odata.id": "y"}]});
        assert_eq!(of(collection), json!({"Name": "c", "Members": [short, {"@odata.id": "y"}]}));
        let other = json!({"@odata.type": "#Chassis.v1_28_0.Chassis", "Name": "n"});
        assert_eq!(of(other.clone()), other);
        assert_eq!(of(Value::Null), Value::Null);
    }
}
