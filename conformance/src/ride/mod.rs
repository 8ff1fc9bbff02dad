//! Ride-through: an AC source disturbs the input of a shelf, meters show what the shelf does (cases RIDE). What is played
//! comes from the grid codes that the capability statement names (`profile`), read by a reader of the suite's own
//! (`code`), and stays inside them (`inside`); the packs are charged first (`charge`); what was measured is judged here (`judge`), with nothing of the gateway's own judging.

mod charge;
pub(crate) mod code;
pub(crate) mod inside;
pub(crate) mod judge;
pub(crate) mod play;
pub(crate) mod profile;
pub(crate) mod record;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cucumber::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::instrument::ac::AcRecord;
use crate::instrument::{Act, SharedInstrument};
use crate::play::Played;
use crate::service::{ModbusSide, ServiceContext};
use crate::world::{CaseLog, Judged, Judgement, Judging, Logs};
use code::GridCode;
use judge::Seen;
use profile::{Play, Profile};
use record::Event;

/// What a shelf claims to ride through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RideClaims {
    /// Grid codes that it is judged by, as `ercot-nogrr282@2026-02`, of those in `spec/grid-codes`. Where Redfish does not tell
    /// which one is in force in the gateway, it is the first one: its records are judged by it.
    pub grid_codes: Vec<String>,
    /// Nominal voltage of a phase against neutral, in volts: 1 p.u.
    pub nominal_v: f64,
    /// Nominal frequency, in hertz.
    pub nominal_hz: f64,
    /// Largest slope of the AC input power on its way back, in watts a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_slope_w_per_s: Option<f64>,
    /// Lowest voltage, in p.u., at which its supplies draw power, where that is below their rated range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draws_from_pu: Option<f64>,
    /// Longest time until the shelf has come back by itself from a sag that is longer than the curve, in seconds.
    #[serde(default = "back_s")]
    pub back_s: f64,
    /// Mean state of charge of the packs, in percent, from which they are taken to be charged: it is waited for before
    /// something is played.
    #[serde(default = "charged_percent")]
    pub charged_percent: f64,
    /// How it recharges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recharge: Option<RechargeClaims>,
}

fn back_s() -> f64 {
    30.0
}

fn charged_percent() -> f64 {
    90.0
}

/// How a shelf recharges after a support.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RechargeClaims {
    /// Shortest time from the end of the sag to the recharge, in seconds.
    pub delay_s: f64,
    /// Largest slope of the input power with it, in watts a second.
    pub slope_w_per_s: f64,
    /// Largest power that it adds to the input, in watts.
    pub limit_w: f64,
}

impl RideClaims {
    /// The codes by their names.
    ///
    /// # Errors
    /// A name that is none.
    pub(crate) fn codes(&self) -> Result<Vec<GridCode>, String> {
        self.grid_codes.iter().map(|name| code::find(name)).collect()
    }

    /// The first thing that cannot be so: key, reason.
    pub(crate) fn fault(&self) -> Option<(&'static str, String)> {
        let recharge = |value: fn(&RechargeClaims) -> f64| self.recharge.as_ref().map(value);
        let numbers = [
            ("ride.nominal_v", Some(self.nominal_v), (50.0, 1000.0)),
            ("ride.nominal_hz", Some(self.nominal_hz), (40.0, 70.0)),
            ("ride.recovery_slope_w_per_s", self.recovery_slope_w_per_s, (1.0, 1e9)),
            ("ride.draws_from_pu", self.draws_from_pu, (0.0, 0.9)),
            ("ride.back_s", Some(self.back_s), (1.0, 600.0)),
            ("ride.charged_percent", Some(self.charged_percent), (0.0, 100.0)),
            ("ride.recharge.delay_s", recharge(|r| r.delay_s), (0.0, 600.0)),
            ("ride.recharge.slope_w_per_s", recharge(|r| r.slope_w_per_s), (0.1, 1e9)),
            ("ride.recharge.limit_w", recharge(|r| r.limit_w), (1.0, 1e9)),
        ];
        for (key, value, (low, high)) in numbers {
            if let Some(value) = value.filter(|value| !(low..=high).contains(value)) {
                return Some((key, format!("{value}: wants {low} to {high}")));
            }
        }
        let codes = match self.codes() {
            Ok(codes) => codes,
            Err(reason) => return Some(("ride.grid_codes", reason)),
        };
        if codes.is_empty() {
            return Some(("ride.grid_codes", "is empty: name the codes to be judged by".into()));
        }
        let other = codes.iter().find(|code| !code.is_for(self.nominal_hz))?;
        Some(("ride.grid_codes", format!("{} is not for {} Hz", other.name(), self.nominal_hz)))
    }
}

/// What the cases of one shelf share.
pub(crate) struct RideContext {
    pub(crate) claims: RideClaims,
    pub(crate) codes: Vec<GridCode>,
    pub(crate) instrument: SharedInstrument,
    /// Whether sags beyond the curve may be played.
    pub(crate) disruptive: bool,
    /// Modbus of the shelf, for its records of events.
    pub(crate) modbus: Option<ModbusSide>,
    /// Redfish of the shelf.
    pub(crate) service: Option<Arc<ServiceContext>>,
    /// How long a record of an event may take to be there.
    pub(crate) wait: Duration,
    /// How long the packs may take to be charged before something is played.
    pub(crate) charge: Duration,
    pub(crate) logs: Arc<Logs>,
}

/// The state of one case.
#[derive(World, Default)]
#[world(init = Self::default)]
pub(crate) struct RideWorld {
    context: Option<Arc<RideContext>>,
    log: Arc<CaseLog>,
    /// What was played, and measured.
    played: Option<(Profile, AcRecord)>,
    /// Number of the newest event before that.
    pub(crate) newest: u32,
    /// The record of the gateway on Modbus.
    pub(crate) event: Option<Event>,
}

impl fmt::Debug for RideWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RideWorld").finish_non_exhaustive()
    }
}

impl Judging for RideWorld {
    fn log(&self) -> Arc<CaseLog> {
        self.log.clone()
    }
}

impl Played for RideWorld {
    type Context = RideContext;

    fn begin(&mut self, context: Arc<RideContext>, id: &str) {
        self.log = context.logs.log(id);
        self.context = Some(context);
    }
}

impl RideWorld {
    pub(crate) fn context(&self) -> Result<Arc<RideContext>, Judgement> {
        self.context.clone().ok_or_else(|| Judgement::Error("the case has no subject".into()))
    }

    /// Has the AC source play something, and keeps what was measured.
    pub(crate) async fn play(&mut self, play: Play) -> Judged {
        let context = self.context()?;
        let profile = profile::profile(play, &context.codes, &context.claims)
            .ok_or_else(|| Judgement::Error("no grid code says what to play".into()))?;
        let inside = inside::inside_curve(&profile, &context.codes, &context.claims);
        if !inside && !context.disruptive {
            return Err(Judgement::Error("what leaves the curve needs --allow-disruptive".into()));
        }
        self.charged().await?;
        self.note(format!("by {}: {:.3} p.u.", profile.code, profile.extreme));
        let act = Act::AcPlay {
            points: profile.points.clone(),
            length_ms: profile.length_ms,
            every_ms: profile.every_ms,
        };
        let measured = context.instrument.act(&act, &*self.log()).await?;
        let record =
            measured.ac.ok_or_else(|| Judgement::Inconclusive("the instrument tells no record".into()))?;
        record.check().map_err(|why| Judgement::Inconclusive(format!("the record of the meters: {why}")))?;
        if record.every_ms > profile.every_ms {
            let told = format!(
                "the record has a value each {} ms, {} were asked for",
                record.every_ms, profile.every_ms
            );
            return Err(Judgement::Inconclusive(told));
        }
        Seen { profile: &profile, record: &record }.source()?;
        self.played = Some((profile, record));
        Ok(())
    }

    /// What was played and measured.
    pub(crate) fn seen(&self) -> Result<Seen<'_>, Judgement> {
        let played = self.played.as_ref();
        let (profile, record) =
            played.ok_or_else(|| Judgement::Error("nothing was played before this step".into()))?;
        Ok(Seen { profile, record })
    }

    /// Judges what was seen, and notes it.
    pub(crate) fn judge(&mut self, by: impl FnOnce(&Seen<'_>) -> Result<String, Judgement>) -> Judged {
        let told = by(&self.seen()?)?;
        self.note(told);
        Ok(())
    }
}

/// Claims for tests: the grid code whose data is most complete.
#[cfg(test)]
pub(crate) fn some_claims() -> RideClaims {
    RideClaims {
        grid_codes: vec!["ercot-nogrr282@2026-02".into()],
        nominal_v: 240.0,
        nominal_hz: 60.0,
        recovery_slope_w_per_s: Some(40_000.0),
        draws_from_pu: Some(0.5),
        back_s: 10.0,
        charged_percent: 90.0,
        recharge: Some(RechargeClaims { delay_s: 60.0, slope_w_per_s: 80.0, limit_w: 780.0 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::{Instrument, Measured};

    /// An AC source that tells that it was asked.
    struct Asked;

    impl Instrument for Asked {
        fn act(&mut self, _: &Act) -> Result<Measured, String> {
            Err("it was asked".into())
        }
    }

    #[tokio::test]
    async fn what_leaves_the_curve_is_not_played_without_leave() {
        let claims = some_claims();
        let played = async |disruptive: bool, play: Play| {
            let context = RideContext {
                codes: claims.codes().unwrap(),
                claims: claims.clone(),
                instrument: SharedInstrument::new("asked", Asked),
                disruptive,
                modbus: None,
                service: None,
                wait: Duration::ZERO,
                charge: Duration::ZERO,
                logs: Arc::default(),
            };
            let mut world = RideWorld::default();
            world.begin(Arc::new(context), "RIDE-021");
            format!("{:?}", world.play(play).await)
        };
        assert!(played(false, Play::Beyond).await.contains("--allow-disruptive"));
        assert!(played(true, Play::Beyond).await.contains("it was asked"));
        assert!(played(false, Play::AlongCurve).await.contains("it was asked"));
    }

    #[test]
    fn a_statement_may_leave_out_what_has_a_default() {
        let short = r#"{"grid_codes": ["ercot-nogrr282@2026-02"], "nominal_v": 240.0, "nominal_hz": 60.0}"#;
        let claims: RideClaims = serde_json::from_str(short).unwrap();
        assert_eq!((claims.back_s, claims.charged_percent, claims.recharge), (30.0, 90.0, None));
        assert!(format!("{:?}", RideWorld::default()).starts_with("RideWorld"));
    }

    #[test]
    fn claims_that_cannot_be_are_named_by_their_key() {
        assert_eq!(some_claims().fault(), None);
        let of = |change: &dyn Fn(&mut RideClaims)| {
            let mut claims = some_claims();
            change(&mut claims);
            claims.fault().map(|(key, _)| key)
        };
        assert_eq!(of(&|c| c.nominal_v = 0.0), Some("ride.nominal_v"));
        assert_eq!(of(&|c| c.nominal_hz = f64::NAN), Some("ride.nominal_hz"));
        assert_eq!(of(&|c| c.draws_from_pu = Some(1.5)), Some("ride.draws_from_pu"));
        assert_eq!(of(&|c| c.back_s = 1e9), Some("ride.back_s"));
        assert_eq!(of(&|c| c.charged_percent = 100.5), Some("ride.charged_percent"));
        assert_eq!(of(&|c| c.grid_codes.clear()), Some("ride.grid_codes"));
        assert_eq!(of(&|c| c.grid_codes = vec!["ercot@1".into()]), Some("ride.grid_codes"));
        assert_eq!(of(&|c| c.nominal_hz = 50.0), Some("ride.grid_codes"), "the code is for 60 Hz");
        assert_eq!(
            of(&|c| c.recharge = Some(RechargeClaims { delay_s: -1.0, slope_w_per_s: 1.0, limit_w: 1.0 })),
            Some("ride.recharge.delay_s")
        );
    }
}
