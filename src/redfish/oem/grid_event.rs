//! What the gateway saw of a grid event, in `Oem` of the log entry that tells of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::gateway::{GridEventKind, Recording, RideVerdict};

/// Where the schema is in CSDL.
pub(crate) const CSDL: &str = "/redfish/v1/schemas/DPOGatewayLogEntry_v1.xml";
/// Where it is in JSON Schema.
pub(crate) const JSON_SCHEMA: &str = "/redfish/v1/schemas/DPOGatewayLogEntry.v1_0_0.json";
/// The type that it describes.
pub(crate) const TYPE: &str = "#DPOGatewayLogEntry.v1_0_0.GridEvent";
/// Namespace of the schema.
pub(crate) const NAMESPACE: &str = "DPOGatewayLogEntry";
/// Namespace of its newest version.
pub(crate) const VERSION: &str = "DPOGatewayLogEntry.v1_0_0";

/// A grid event, and how the shelf did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct GridEvent {
    #[serde(rename = "@odata.type")]
    odata_type: String,
    kind: Kind,
    /// The voltage furthest out, in p.u. of the nominal voltage; of an event of the frequency, that in p.u. of the nominal one.
    extreme_per_unit: f64,
    /// How long a phase was outside 0.9 to 1.1 p.u., or the frequency more than 1 % off.
    duration_seconds: f64,
    /// Energy that the BBUs gave to the busbar; null if nothing measured it.
    energy_joules: Option<f64>,
    /// 1 p.u., from phase to neutral.
    nominal_volts: f64,
    nominal_hertz: f64,
    /// Whether grid and shelf are simulated.
    simulated: bool,
    /// Whether the recording ended before the event did.
    recording_cut: bool,
    verdict: Verdict,
    /// The grid code in force, with its version; null where none judges.
    grid_code: Option<String>,
    /// One sentence for each clause that says something.
    reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = GridEventKind)]
enum Kind {
    Sag,
    Interruption,
    Swell,
    Frequency,
}

/// How the shelf did against the ride-through curve in force.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RideThroughVerdict)]
enum Verdict {
    NotJudged,
    RiddenThrough,
    BeyondCurve,
    Failed,
    Late,
}

impl GridEvent {
    /// Of a recording.
    pub(crate) fn of(recording: &Recording) -> Self {
        let judged = &recording.judged;
        // To the digits that the measurement has.
        let round = |value: f64, by: f64| (value * by).round() / by;
        Self {
            odata_type: TYPE.to_owned(),
            kind: match recording.kind {
                GridEventKind::Sag => Kind::Sag,
                GridEventKind::Interruption => Kind::Interruption,
                GridEventKind::Swell => Kind::Swell,
                GridEventKind::Frequency => Kind::Frequency,
            },
            extreme_per_unit: round(recording.extreme.0, 1000.0),
            duration_seconds: round(recording.duration.as_secs_f64(), 1000.0),
            energy_joules: recording.energy.map(|e| round(e.0, 1.0)),
            nominal_volts: recording.nominal.0,
            nominal_hertz: recording.nominal_frequency.0,
            simulated: recording.simulated,
            recording_cut: recording.cut,
            verdict: match judged.verdict {
                RideVerdict::NotJudged => Verdict::NotJudged,
                RideVerdict::RiddenThrough => Verdict::RiddenThrough,
                RideVerdict::BeyondCurve => Verdict::BeyondCurve,
                RideVerdict::Failed => Verdict::Failed,
                RideVerdict::Late => Verdict::Late,
            },
            grid_code: (!judged.code.is_empty()).then(|| judged.code.clone()),
            reasons: judged.reasons.clone(),
        }
    }
}
