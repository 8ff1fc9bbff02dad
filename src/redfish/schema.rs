//! The Redfish schemas this service uses, in the versions of DMTF bundle DSP8010 2025.4.

use std::fmt::Write as _;

use super::oem::{self, grid_event};

/// A Redfish schema: its name and, unless it is a collection, its version.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Schema {
    /// Name, for example `Chassis`.
    pub(crate) name: &'static str,
    /// Version in the form of a namespace, for example `v1_28_0`.
    pub(crate) version: Option<&'static str>,
}

impl Schema {
    const fn new(name: &'static str, version: &'static str) -> Self {
        Self { name, version: Some(version) }
    }

    const fn collection(name: &'static str) -> Self {
        Self { name, version: None }
    }

    /// Name and version, as a namespace.
    pub(crate) fn namespace(&self) -> String {
        match self.version {
            Some(version) => format!("{}.{version}", self.name),
            None => self.name.to_owned(),
        }
    }

    /// The value of `@odata.type`.
    pub(crate) fn odata_type(&self) -> String {
        let name = self.name;
        match self.version {
            Some(version) => format!("#{name}.{version}.{name}"),
            None => format!("#{name}.{name}"),
        }
    }

    /// The published JSON schema, for `Link: …; rel=describedby`.
    pub(crate) fn json_schema(&self) -> String {
        let name = self.name;
        match self.version {
            Some(version) => format!("http://redfish.dmtf.org/schemas/v1/{name}.{version}.json"),
            None => format!("http://redfish.dmtf.org/schemas/v1/{name}.json"),
        }
    }
}

macro_rules! schemas {
    ($($id:ident = $schema:expr;)*) => {
        $(pub(crate) static $id: Schema = $schema;)*
        /// Every schema this service uses.
        pub(crate) static ALL: &[&Schema] = &[$(&$id),*];
    };
}

schemas! {
    ACTION_INFO = Schema::new("ActionInfo", "v1_5_0");
    ACCOUNT = Schema::new("ManagerAccount", "v1_14_1");
    ACCOUNTS = Schema::collection("ManagerAccountCollection");
    ACCOUNT_SERVICE = Schema::new("AccountService", "v1_18_1");
    BATTERIES = Schema::collection("BatteryCollection");
    BATTERY = Schema::new("Battery", "v1_5_0");
    BATTERY_METRICS = Schema::new("BatteryMetrics", "v1_1_0");
    CERTIFICATE = Schema::new("Certificate", "v1_11_0");
    CERTIFICATES = Schema::collection("CertificateCollection");
    CERTIFICATE_LOCATIONS = Schema::new("CertificateLocations", "v1_0_4");
    CERTIFICATE_SERVICE = Schema::new("CertificateService", "v1_2_1");
    CHASSIS = Schema::new("Chassis", "v1_28_0");
    CHASSIS_COLLECTION = Schema::collection("ChassisCollection");
    CIRCUIT = Schema::new("Circuit", "v1_9_0");
    CIRCUITS = Schema::collection("CircuitCollection");
    CONTROL = Schema::new("Control", "v1_7_0");
    CONTROLS = Schema::collection("ControlCollection");
    ENVIRONMENT_METRICS = Schema::new("EnvironmentMetrics", "v1_5_0");
    ETHERNET_INTERFACE = Schema::new("EthernetInterface", "v1_12_4");
    ETHERNET_INTERFACES = Schema::collection("EthernetInterfaceCollection");
    EVENT_DESTINATION = Schema::new("EventDestination", "v1_16_0");
    EVENT_DESTINATIONS = Schema::collection("EventDestinationCollection");
    EVENT_SERVICE = Schema::new("EventService", "v1_12_0");
    JSON_SCHEMA = Schema::new("JsonSchemaFile", "v1_1_5");
    JSON_SCHEMAS = Schema::collection("JsonSchemaFileCollection");
    LOG_ENTRIES = Schema::collection("LogEntryCollection");
    LOG_ENTRY = Schema::new("LogEntry", "v1_21_0");
    LOG_SERVICE = Schema::new("LogService", "v1_9_0");
    LOG_SERVICES = Schema::collection("LogServiceCollection");
    MANAGER = Schema::new("Manager", "v1_24_0");
    MANAGERS = Schema::collection("ManagerCollection");
    METRIC_DEFINITION = Schema::new("MetricReportDefinition", "v1_4_7");
    METRIC_DEFINITIONS = Schema::collection("MetricReportDefinitionCollection");
    METRIC_REPORT = Schema::new("MetricReport", "v1_5_2");
    METRIC_REPORTS = Schema::collection("MetricReportCollection");
    NETWORK_PROTOCOL = Schema::new("ManagerNetworkProtocol", "v1_12_0");
    POWER_DISTRIBUTION = Schema::new("PowerDistribution", "v1_6_0");
    POWER_DISTRIBUTION_METRICS = Schema::new("PowerDistributionMetrics", "v1_4_0");
    POWER_DISTRIBUTIONS = Schema::collection("PowerDistributionCollection");
    POWER_EQUIPMENT = Schema::new("PowerEquipment", "v1_2_3");
    POWER_SUBSYSTEM = Schema::new("PowerSubsystem", "v1_1_3");
    POWER_SUPPLIES = Schema::collection("PowerSupplyCollection");
    POWER_SUPPLY = Schema::new("PowerSupply", "v1_6_0");
    POWER_SUPPLY_METRICS = Schema::new("PowerSupplyMetrics", "v1_2_0");
    PRIVILEGE_REGISTRY = Schema::new("PrivilegeRegistry", "v1_2_0");
    REGISTRIES = Schema::collection("MessageRegistryFileCollection");
    REGISTRY_FILE = Schema::new("MessageRegistryFile", "v1_1_5");
    ROLE = Schema::new("Role", "v1_3_3");
    ROLES = Schema::collection("RoleCollection");
    SENSOR = Schema::new("Sensor", "v1_12_0");
    SENSORS = Schema::collection("SensorCollection");
    SERVICE_ROOT = Schema::new("ServiceRoot", "v1_20_0");
    SESSION = Schema::new("Session", "v1_8_0");
    SESSIONS = Schema::collection("SessionCollection");
    SESSION_SERVICE = Schema::new("SessionService", "v1_2_0");
    SOFTWARE = Schema::new("SoftwareInventory", "v1_13_0");
    SOFTWARE_COLLECTION = Schema::collection("SoftwareInventoryCollection");
    TASK = Schema::new("Task", "v1_7_4");
    TASKS = Schema::collection("TaskCollection");
    TASK_SERVICE = Schema::new("TaskService", "v1_3_0");
    TELEMETRY_SERVICE = Schema::new("TelemetryService", "v1_4_1");
    THERMAL_METRICS = Schema::new("ThermalMetrics", "v1_3_2");
    THERMAL_SUBSYSTEM = Schema::new("ThermalSubsystem", "v1_5_0");
    TRIGGER = Schema::new("Triggers", "v1_4_0");
    TRIGGERS = Schema::collection("TriggersCollection");
    UPDATE_SERVICE = Schema::new("UpdateService", "v1_17_0");
}

/// The `$metadata` document (CSDL, OData 4.0): a reference to every schema in [`ALL`],
/// and to those of this gateway.
pub(crate) fn metadata() -> String {
    let mut xml = String::from(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<edmx:Edmx xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\" Version=\"4.0\">\n",
    ));
    for schema in ALL {
        let name = schema.name;
        // Writing to a String cannot fail.
        let _ = write!(
            xml,
            "  <edmx:Reference Uri=\"http://redfish.dmtf.org/schemas/v1/{name}_v1.xml\">\n    \
             <edmx:Include Namespace=\"{name}\"/>\n"
        );
        if let Some(version) = schema.version {
            let _ = writeln!(xml, "    <edmx:Include Namespace=\"{name}.{version}\"/>");
        }
        xml.push_str("  </edmx:Reference>\n");
    }
    for (csdl, namespace, version) in [
        (oem::CSDL, oem::NAMESPACE, oem::VERSION),
        (grid_event::CSDL, grid_event::NAMESPACE, grid_event::VERSION),
    ] {
        let _ = writeln!(
            xml,
            "  <edmx:Reference Uri=\"{csdl}\">\n    <edmx:Include Namespace=\"{namespace}\"/>\n    \
             <edmx:Include Namespace=\"{version}\"/>\n  </edmx:Reference>",
        );
    }
    let version = SERVICE_ROOT.version.unwrap_or_default();
    let _ = write!(
        xml,
        "  <edmx:Reference Uri=\"http://redfish.dmtf.org/schemas/v1/RedfishExtensions_v1.xml\">\n    \
         <edmx:Include Namespace=\"RedfishExtensions.v1_0_0\" Alias=\"Redfish\"/>\n  \
         </edmx:Reference>\n  \
         <edmx:DataServices>\n    \
         <Schema xmlns=\"http://docs.oasis-open.org/odata/ns/edm\" Namespace=\"Service\">\n      \
         <EntityContainer Name=\"Service\" Extends=\"ServiceRoot.{version}.ServiceContainer\"/>\n    \
         </Schema>\n  \
         </edmx:DataServices>\n</edmx:Edmx>\n"
    );
    xml
}
