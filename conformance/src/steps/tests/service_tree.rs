//! The resources of the Redfish service that a test makes up, as they are now.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::service::{CONTROL, MANAGER, MAX, METRICS, SUPPLY, Shelf};
use crate::service::ROOT;

impl Shelf {
    /// All resources by their URI.
    pub(super) fn tree(&self) -> BTreeMap<String, Value> {
        let link = |uri: &str| json!({"@odata.id": uri});
        let mut tree = BTreeMap::new();
        let mut put = |uri: &str, kind: &str, mut body: Value| {
            let own = body.as_object_mut().unwrap();
            own.insert("@odata.id".into(), json!(uri));
            own.insert("@odata.type".into(), json!(format!("#{kind}.v1_0_0.{kind}")));
            own.insert(
                "@odata.etag".into(),
                json!(if uri == CONTROL { format!("\"{}\"", self.tag) } else { "\"t\"".into() }),
            );
            own.insert("Name".into(), json!(kind));
            if !kind.ends_with("Collection") {
                own.insert("Id".into(), json!("1"));
            }
            tree.insert(uri.to_owned(), body);
        };
        let collection = |uris: &[&str]| json!({"Members": uris.iter().map(|uri| link(uri)).collect::<Vec<_>>(), "Members@odata.count": uris.len()});
        let chassis = "/redfish/v1/Chassis/1";
        put(
            ROOT,
            "ServiceRoot",
            json!({"RedfishVersion": "1.20.0", "Chassis": link("/redfish/v1/Chassis"),
            "Managers": link("/redfish/v1/Managers"), "SessionService": link("/redfish/v1/SessionService"),
            "AccountService": link("/redfish/v1/AccountService")}),
        );
        put("/redfish/v1/SessionService", "SessionService", json!({}));
        put("/redfish/v1/AccountService", "AccountService", json!({}));
        put("/redfish/v1/Chassis", "ChassisCollection", collection(&[chassis]));
        put(
            chassis,
            "Chassis",
            json!({"Sensors": link("/redfish/v1/Chassis/1/Sensors"), "EnvironmentMetrics": link(METRICS),
            "PowerSubsystem": link("/redfish/v1/Chassis/1/PowerSubsystem")}),
        );
        put(
            "/redfish/v1/Chassis/1/Sensors",
            "SensorCollection",
            collection(&["/redfish/v1/Chassis/1/Sensors/A", "/redfish/v1/Chassis/1/Sensors/B"]),
        );
        put(
            "/redfish/v1/Chassis/1/Sensors/A",
            "Sensor",
            json!({"Reading": 50.0, "ReadingUnits": "V", "ReadingRangeMin": 0.0, "ReadingRangeMax": 60.0}),
        );
        put(
            "/redfish/v1/Chassis/1/Sensors/B",
            "Sensor",
            json!({"Reading": 1500.0, "ReadingUnits": "W", "Status": {"State": "Enabled"}}),
        );
        put(
            METRICS,
            "EnvironmentMetrics",
            json!({"PowerLimitWatts": {"DataSourceUri": CONTROL, "SetPoint": self.limit}}),
        );
        put(
            CONTROL,
            "Control",
            json!({"SetPoint": self.limit, "SetPointUnits": "W", "AllowableMin": 0.0, "AllowableMax": MAX,
            "ControlMode": if self.limit.is_some() { "Automatic" } else { "Disabled" }}),
        );
        put(
            "/redfish/v1/Chassis/1/PowerSubsystem",
            "PowerSubsystem",
            json!({"PowerSupplies": link("/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies")}),
        );
        put(
            "/redfish/v1/Chassis/1/PowerSubsystem/PowerSupplies",
            "PowerSupplyCollection",
            collection(&[SUPPLY]),
        );
        let metrics = format!("{SUPPLY}/Metrics");
        put(
            SUPPLY,
            "PowerSupply",
            json!({"Model": "MODEL", "SerialNumber": "S1", "FirmwareVersion": "1.0", "Metrics": link(&metrics),
            "Status": {"State": "Enabled", "Health": if self.alarm() { "Warning" } else { "OK" }}}),
        );
        let sensor = |value: f64, nth: &str| json!({"Reading": value, "DataSourceUri": format!("/redfish/v1/Chassis/1/Sensors/{nth}")});
        put(
            &metrics,
            "PowerSupplyMetrics",
            json!({"RailVoltage": [sensor(50.0, "A")], "OutputPowerWatts": sensor(1500.0, "B"),
            "RailCurrentAmps": [{"Reading": 30.0}], "InputPowerWatts": {"Reading": 1600.0}, "InputVoltage": {"Reading": 230.0}}),
        );
        put("/redfish/v1/Managers", "ManagerCollection", collection(&[MANAGER]));
        let owner = match self.owner {
            "none" => Value::Null,
            "redfish" => json!("Redfish"),
            _ => json!("Modbus"),
        };
        put(
            MANAGER,
            "Manager",
            json!({"DateTime": "2026-11-30T12:00:00Z", "LogServices": link("/redfish/v1/Managers/1/LogServices"),
            "Oem": {"DPOGateway": {"@odata.type": "#DPOGatewayManager.v1_0_0.DPOGatewayManager", "State": "Normal",
                "Lease": {"Held": self.owner != "none", "OwnerType": owner}}}}),
        );
        put(
            "/redfish/v1/Managers/1/LogServices",
            "LogServiceCollection",
            collection(&["/redfish/v1/Managers/1/LogServices/Log"]),
        );
        put(
            "/redfish/v1/Managers/1/LogServices/Log",
            "LogService",
            json!({"Entries": link("/redfish/v1/Managers/1/LogServices/Log/Entries")}),
        );
        let entries: Vec<Value> = (0..self.expiries)
            .map(|nth| json!({"@odata.id": format!("/redfish/v1/Managers/1/LogServices/Log/Entries/{nth}"), "MessageId": "DPO.1.0.LeaseExpired"}))
            .collect();
        put(
            "/redfish/v1/Managers/1/LogServices/Log/Entries",
            "LogEntryCollection",
            json!({"Members@odata.count": entries.len(), "Members": entries}),
        );
        for nth in 0..self.expiries {
            put(
                &format!("/redfish/v1/Managers/1/LogServices/Log/Entries/{nth}"),
                "LogEntry",
                json!({"MessageId": "DPO.1.0.LeaseExpired"}),
            );
        }
        tree
    }
}
