//! What each operation needs, as clients can read it (`PrivilegeRegistry.v1_2_0`): for the schemas of this service, what
//! DMTF's registry 1.8.0 says. The handlers check it; `tests/redfish/accounts.rs` holds the two against each other.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::auth::Privilege;
use super::resource::{Answer, Head, Resource};
use super::{schema, uri};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(map))
}

/// Privileges of which one is enough.
type AnyOf = &'static [&'static str];

const LOGIN: AnyOf = &["Login"];
const OPEN: AnyOf = &["Login", "NoAuth"];
const MANAGER: AnyOf = &["ConfigureManager"];
const USERS: AnyOf = &["ConfigureUsers"];
const COMPONENTS: AnyOf = &["ConfigureComponents"];
const OWN_ACCOUNT: AnyOf = &["ConfigureManager", "ConfigureUsers", "ConfigureSelf"];
const OWN: AnyOf = &["ConfigureManager", "ConfigureSelf"];
const EITHER: AnyOf = &["ConfigureManager", "ConfigureComponents"];

/// What reading and writing resources of a schema needs.
fn needs(schema: &str) -> (AnyOf, AnyOf) {
    match schema {
        "ServiceRoot" => (OPEN, MANAGER),
        "ManagerAccount" => (OWN_ACCOUNT, USERS),
        "ManagerAccountCollection" | "AccountService" => (LOGIN, USERS),
        "Certificate" | "CertificateCollection" | "CertificateLocations" => (MANAGER, MANAGER),
        "Chassis"
        | "ChassisCollection"
        | "Circuit"
        | "CircuitCollection"
        | "EthernetInterface"
        | "EthernetInterfaceCollection"
        | "PowerDistribution"
        | "PowerDistributionCollection"
        | "PowerDistributionMetrics"
        | "Sensor"
        | "SensorCollection"
        | "SoftwareInventory"
        | "SoftwareInventoryCollection"
        | "UpdateService" => (LOGIN, COMPONENTS),
        "EventDestination" => (LOGIN, OWN),
        "EventDestinationCollection" => (LOGIN, EITHER),
        "Session" => (OWN, OWN),
        _ => (LOGIN, MANAGER),
    }
}

/// What each operation needs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PrivilegeRegistry {
    #[serde(flatten)]
    head: Head,
    privileges_used: [&'static str; 5],
    #[serde(rename = "OEMPrivilegesUsed")]
    oem_privileges_used: [String; 0],
    mappings: Vec<Mapping>,
}

/// What the operations on resources of one schema need.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct Mapping {
    entity: &'static str,
    operation_map: OperationMap,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    property_overrides: Vec<PropertyOverride>,
}

/// For each operation, privileges of which one is enough.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
struct OperationMap {
    get: Vec<OperationPrivilege>,
    head: Vec<OperationPrivilege>,
    patch: Vec<OperationPrivilege>,
    post: Vec<OperationPrivilege>,
    put: Vec<OperationPrivilege>,
    delete: Vec<OperationPrivilege>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct OperationPrivilege {
    privilege: [&'static str; 1],
}

/// What a write of these properties alone needs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct PropertyOverride {
    targets: [&'static str; 1],
    operation_map: PatchMap,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
struct PatchMap {
    patch: Vec<OperationPrivilege>,
}

fn one_of(privileges: AnyOf) -> Vec<OperationPrivilege> {
    privileges.iter().map(|privilege| OperationPrivilege { privilege: [privilege] }).collect()
}

fn mapping(entity: &'static str) -> Mapping {
    let (read, write) = needs(entity);
    let (post, change) = match entity {
        // A login needs no privilege but to log in.
        "SessionCollection" => (LOGIN, MANAGER),
        // One's own may be ended, and changed by nobody.
        "Session" => (MANAGER, MANAGER),
        _ => (write, write),
    };
    let own = PropertyOverride {
        targets: ["Password"],
        operation_map: PatchMap { patch: one_of(&["ConfigureUsers", "ConfigureSelf"]) },
    };
    Mapping {
        entity,
        operation_map: OperationMap {
            get: one_of(read),
            head: one_of(read),
            patch: one_of(change),
            post: one_of(post),
            put: one_of(change),
            delete: one_of(if entity == "Session" { write } else { change }),
        },
        property_overrides: if entity == "ManagerAccount" { vec![own] } else { Vec::new() },
    }
}

/// What each operation needs.
#[utoipa::path(
    get,
    path = "/redfish/v1/AccountService/PrivilegeMap",
    tag = "Accounts",
    responses((status = 200, description = "The privileges.", body = PrivilegeRegistry))
)]
async fn map() -> Answer {
    use Privilege::{ConfigureComponents, ConfigureManager, ConfigureSelf, ConfigureUsers, Login};
    let schema = &schema::PRIVILEGE_REGISTRY;
    Resource::new(
        schema,
        &PrivilegeRegistry {
            head: Head::new(schema, uri::PRIVILEGE_MAP, "What each operation needs"),
            privileges_used: [Login, ConfigureManager, ConfigureUsers, ConfigureComponents, ConfigureSelf]
                .map(Privilege::id),
            oem_privileges_used: [],
            mappings: schema::ALL.iter().map(|schema| mapping(schema.name)).collect(),
        },
    )
}
