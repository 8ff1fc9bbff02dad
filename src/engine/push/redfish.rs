//! Setpoints by Redfish: PATCH of the shelf's two controls. The gateway takes its lease for the user of the session.

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{Outcome, Push, sound};
use crate::engine::client::{Client, ClientError};
use crate::engine::intake::redfish::MANAGER;
use crate::engine::setpoint::Setpoint;

/// Limit of the AC input.
const LIMIT: &str = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";
/// Power of the BBUs.
const DISCHARGE: &str = "/redfish/v1/Chassis/PowerShelf/Controls/BBUDischarge";
/// A lease longer than this, in seconds, is worth a warning: so long may a shelf stay as a lost engine left it.
const LONG_LEASE_S: f64 = 60.0;

/// The controls of a gateway's Redfish service.
#[derive(Debug)]
pub struct RedfishPush {
    client: Client,
    /// How long a lease is asked for, s.
    wanted_s: f64,
    /// What the gateway says of its lease and its range.
    terms: Option<Terms>,
    /// What was written last: limit, and power of the BBUs above 0.
    limit_w: Option<f64>,
    discharge_w: Option<f64>,
    /// What the devices held then.
    held: (Option<f64>, Option<f64>),
    /// When both were last written: a gateway may have let go of one meanwhile.
    whole: Option<Instant>,
}

/// What a gateway says of writes.
#[derive(Debug, Clone, Copy)]
struct Terms {
    /// For how long a write takes the lease.
    lease_s: f64,
    /// Does a write say so? A gateway that does not know the property would refuse it.
    said: bool,
    /// Highest limit that it takes.
    most_w: f64,
}

impl RedfishPush {
    /// Writes to the service of `client`, under leases of `lease_s` seconds where the gateway allows so short a one. Its user
    /// needs the role Administrator.
    pub fn new(client: Client, lease_s: f64) -> Self {
        let wanted_s = if lease_s.is_finite() { lease_s.clamp(2.0, 3600.0) } else { 5.0 };
        Self {
            client,
            wanted_s,
            terms: None,
            limit_w: None,
            discharge_w: None,
            held: (None, None),
            whole: None,
        }
    }

    /// What the gateway says of writes; asked once, and again after a failure.
    async fn terms(&mut self) -> Result<Terms, ClientError> {
        if let Some(terms) = self.terms {
            return Ok(terms);
        }
        let (manager, _) = self.client.get(MANAGER).await?;
        let number = |path: &str| manager.pointer("/Oem/DPOGateway")?.pointer(path)?.as_f64();
        let seconds = |path: &str| number(path).filter(|s| (1.0..=86_400.0).contains(s));
        // A gateway that does not say so is written to often.
        let most_s = seconds("/Lease/WriteSeconds").unwrap_or(5.0);
        let least_s = seconds("/Lease/MinWriteSeconds");
        let lease_s = least_s.map_or(most_s, |least_s| self.wanted_s.max(least_s).min(most_s));
        if lease_s > LONG_LEASE_S {
            tracing::warn!(
                gateway = self.client.name(),
                lease_s,
                "engine: a lost engine leaves its setpoints for this long: lower redfish.lease_seconds of the gateway"
            );
        }
        let most_w = number("/Setpoints/InputPowerLimit/AllowableMaxWatts").unwrap_or(f64::INFINITY);
        Ok(*self.terms.insert(Terms { lease_s, said: least_s.is_some(), most_w }))
    }

    async fn write(&mut self, setpoint: &Setpoint) -> Result<Outcome, ClientError> {
        let terms = self.terms().await?;
        let (limit_w, discharge_w) = match sound(setpoint, terms.most_w) {
            Ok(sound) => sound,
            Err(outcome) => return Ok(outcome),
        };
        let before = (self.limit_w, self.discharge_w);
        let discharge_w = (discharge_w > 0.0).then_some(discharge_w);
        let written = self.both(limit_w, discharge_w, terms).await;
        let reason = match written {
            Ok((limit, discharge)) => {
                if limit.is_some() == limit_w.is_some() && discharge.is_some() == discharge_w.is_some() {
                    let (input_limit_w, bbu_discharge_w) = (limit, discharge.unwrap_or(0.0));
                    return Ok(Outcome::Held { input_limit_w, bbu_discharge_w, lease_s: terms.lease_s });
                }
                "the devices do not confirm it".to_owned()
            }
            Err(error) => {
                (self.terms, self.whole) = (None, None);
                if (self.limit_w, self.discharge_w) == before {
                    return Err(error);
                }
                error.to_string()
            }
        };
        // One of two is in force, or neither is sure: half a setpoint is none.
        self.release().await?;
        Ok(Outcome::Refused { reason })
    }

    /// Writes what changed, and now and then both: any write renews the lease, but each moves the devices, which take a register
    /// only so often. Gives what they then hold.
    async fn both(
        &mut self,
        limit_w: Option<f64>,
        discharge_w: Option<f64>,
        terms: Terms,
    ) -> Result<(Option<f64>, Option<f64>), ClientError> {
        let whole_after = Duration::from_secs_f64(terms.lease_s / 3.0);
        let body = |set_point: Option<f64>| {
            let mut body = json!({ "SetPoint": set_point });
            if terms.said
                && let Value::Object(body) = &mut body
            {
                body.insert("Oem".to_owned(), json!({ "DPOGateway": { "LeaseSeconds": terms.lease_s } }));
            }
            body
        };
        let held = |body: &Value| body.get("SetPoint").and_then(Value::as_f64);
        let same = (self.limit_w, self.discharge_w) == (limit_w, discharge_w);
        let whole = same || self.whole.is_none_or(|at| at.elapsed() >= whole_after);
        if limit_w.is_some() && (self.limit_w != limit_w || whole) {
            self.held.0 = held(&self.client.patch(LIMIT, &body(limit_w)).await?);
            self.limit_w = limit_w;
        }
        if discharge_w.is_some() && (self.discharge_w != discharge_w || whole) {
            self.held.1 = held(&self.client.patch(DISCHARGE, &body(discharge_w)).await?);
            self.discharge_w = discharge_w;
        }
        if limit_w.is_none() && self.limit_w.is_some() {
            self.client.patch(LIMIT, &json!({ "ControlMode": "Disabled" })).await?;
            (self.limit_w, self.held.0) = (None, None);
        }
        if discharge_w.is_none() && self.discharge_w.is_some() {
            self.client.patch(DISCHARGE, &json!({ "ControlMode": "Disabled" })).await?;
            (self.discharge_w, self.held.1) = (None, None);
        }
        if whole {
            self.whole = Some(Instant::now());
        }
        Ok(self.held)
    }

    async fn release(&mut self) -> Result<(), ClientError> {
        // The last of the two that is taken back gives back the lease, too.
        for control in [LIMIT, DISCHARGE] {
            self.client.patch(control, &json!({ "ControlMode": "Disabled" })).await?;
        }
        (self.limit_w, self.discharge_w, self.held, self.whole) = (None, None, (None, None), None);
        Ok(())
    }
}

fn failed(error: &ClientError) -> Outcome {
    let reason = error.to_string();
    if error.refused() { Outcome::Refused { reason } } else { Outcome::Lost { reason } }
}

impl Push for RedfishPush {
    fn send<'a>(&'a mut self, setpoint: &'a Setpoint) -> BoxFuture<'a, Outcome> {
        Box::pin(async { self.write(setpoint).await.unwrap_or_else(|e| failed(&e)) })
    }

    fn give_back(&mut self) -> BoxFuture<'_, Outcome> {
        Box::pin(async { self.release().await.map_or_else(|e| failed(&e), |()| Outcome::GivenBack) })
    }
}
