//! Where the resources are. The handlers repeat these as literals because the OpenAPI macros need
//! them; the crawler test proves that every link resolves.

pub(crate) const ROOT: &str = "/redfish/v1/";
pub(crate) const METADATA: &str = "/redfish/v1/$metadata";
pub(crate) const SESSION_SERVICE: &str = "/redfish/v1/SessionService";
pub(crate) const SESSIONS: &str = "/redfish/v1/SessionService/Sessions";
pub(crate) const ACCOUNT_SERVICE: &str = "/redfish/v1/AccountService";
pub(crate) const ACCOUNTS: &str = "/redfish/v1/AccountService/Accounts";
pub(crate) const ROLES: &str = "/redfish/v1/AccountService/Roles";
pub(crate) const CHASSIS: &str = "/redfish/v1/Chassis";
pub(crate) const SHELF: &str = "/redfish/v1/Chassis/PowerShelf";
pub(crate) const ENVIRONMENT: &str = "/redfish/v1/Chassis/PowerShelf/EnvironmentMetrics";
pub(crate) const POWER_SUBSYSTEM: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem";
pub(crate) const POWER_SUPPLIES: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies";
pub(crate) const BATTERIES: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/Batteries";
pub(crate) const SENSORS: &str = "/redfish/v1/Chassis/PowerShelf/Sensors";
pub(crate) const CONTROLS: &str = "/redfish/v1/Chassis/PowerShelf/Controls";
pub(crate) const POWER_EQUIPMENT: &str = "/redfish/v1/PowerEquipment";
pub(crate) const POWER_SHELVES: &str = "/redfish/v1/PowerEquipment/PowerShelves";
pub(crate) const POWER_SHELF: &str = "/redfish/v1/PowerEquipment/PowerShelves/1";
pub(crate) const POWER_SHELF_METRICS: &str = "/redfish/v1/PowerEquipment/PowerShelves/1/Metrics";
pub(crate) const MAINS: &str = "/redfish/v1/PowerEquipment/PowerShelves/1/Mains";
pub(crate) const BRANCHES: &str = "/redfish/v1/PowerEquipment/PowerShelves/1/Branches";
pub(crate) const THERMAL_SUBSYSTEM: &str = "/redfish/v1/Chassis/PowerShelf/ThermalSubsystem";
pub(crate) const THERMAL_METRICS: &str = "/redfish/v1/Chassis/PowerShelf/ThermalSubsystem/ThermalMetrics";
pub(crate) const MANAGERS: &str = "/redfish/v1/Managers";
pub(crate) const MANAGER: &str = "/redfish/v1/Managers/Gateway";
pub(crate) const LOG_SERVICES: &str = "/redfish/v1/Managers/Gateway/LogServices";
pub(crate) const EVENT_LOG: &str = "/redfish/v1/Managers/Gateway/LogServices/Events";
pub(crate) const EVENT_SERVICE: &str = "/redfish/v1/EventService";
pub(crate) const EVENT_STREAM: &str = "/redfish/v1/EventService/SSE";
pub(crate) const SUBSCRIPTIONS: &str = "/redfish/v1/EventService/Subscriptions";
pub(crate) const TELEMETRY: &str = "/redfish/v1/TelemetryService";
pub(crate) const METRIC_DEFINITIONS: &str = "/redfish/v1/TelemetryService/MetricReportDefinitions";
pub(crate) const METRIC_REPORTS: &str = "/redfish/v1/TelemetryService/MetricReports";
pub(crate) const REGISTRIES: &str = "/redfish/v1/Registries";
pub(crate) const EVENT_ENTRIES: &str = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries";
