//! What people write on the shelf and its circuits. The gateway keeps it, and does nothing with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Labels of the shelf; the chassis and the power shelf are the same hardware, so they share them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct ShelfLabels {
    /// Tag of the owner. Writable.
    pub(crate) asset_tag: Option<String>,
    /// Name that people give it. Writable.
    pub(crate) user_label: String,
    /// Where it is. Writable.
    pub(crate) location: Location,
}

/// Where the shelf is, and whom to call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
#[schema(as = OwnerLocation)]
pub(crate) struct Location {
    placement: Placement,
    contacts: Vec<Contact>,
}

/// The place in the building.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
struct Placement {
    rack: Option<String>,
    row: Option<String>,
    /// Units from the bottom of the rack.
    rack_offset: Option<i64>,
    rack_offset_units: Option<RackUnits>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
enum RackUnits {
    /// OpenU, 48 mm.
    OpenU,
    /// 44.45 mm.
    #[serde(rename = "EIA_310")]
    Eia310,
}

/// Whom to call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
struct Contact {
    contact_name: Option<String>,
    email_address: Option<String>,
    phone_number: Option<String>,
}

/// Labels of a circuit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct CircuitLabels {
    /// Name that people give it. Writable.
    user_label: String,
    /// What feeds it. Writable.
    electrical_source_name: String,
    /// Who manages what feeds it. Writable.
    #[serde(rename = "ElectricalSourceManagerURI")]
    electrical_source_manager_uri: String,
    /// What it feeds. Writable.
    electrical_consumer_names: Vec<String>,
}

/// The properties of [`CircuitLabels`].
pub(crate) const OF_CIRCUIT: [&str; 4] =
    ["UserLabel", "ElectricalSourceName", "ElectricalSourceManagerURI", "ElectricalConsumerNames"];
/// The properties of [`ShelfLabels`] that a power shelf has.
pub(crate) const OF_SHELF: [&str; 3] = ["AssetTag", "UserLabel", "Location"];
/// Those that a chassis has.
pub(crate) const OF_CHASSIS: [&str; 2] = ["AssetTag", "Location"];
