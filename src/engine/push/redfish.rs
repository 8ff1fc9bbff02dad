//! Setpoints by Redfish: PATCH of the shelf's two controls, under a lease that is taken and given back through the manager. The gateway
//! takes it for the user of the session.

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::time::Instant as Deadline;

use super::{Outcome, Push, expired, sound};
use crate::engine::client::{Client, ClientError};
use crate::engine::intake::redfish::MANAGER;
use crate::engine::setpoint::Setpoint;

/// Limit of the AC input.
const LIMIT: &str = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";
/// Power of the BBUs.
const DISCHARGE: &str = "/redfish/v1/Chassis/PowerShelf/Controls/BBUDischarge";
/// Pause before the second half of a setpoint is tried again: longer than a gateway's time between two writes of a register.
const AGAIN: Duration = Duration::from_millis(600);
/// A power that differs by less is the same, in watts: it went through JSON and registers of whole watts.
const SAME_W: f64 = 1.0;
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
    /// When it was last seen that both are in force: a gateway may have let go of one meanwhile.
    looked: Option<Instant>,
    /// Writes of devices that the last setpoint took.
    moves: u32,
    /// Until when what is sent may be put into force.
    until: Option<Deadline>,
}

/// What a gateway says of writes.
#[derive(Debug, Clone, Copy)]
struct Terms {
    /// For how long a write takes the lease.
    lease_s: f64,
    /// Does a write say so, and is the lease itself a lever? A gateway that does not know the properties would refuse them.
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
            looked: None,
            moves: 0,
            until: None,
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
        self.lease(&terms).await?;
        self.look(&terms).await?;
        let before = (self.limit_w, self.discharge_w);
        if let Some(late) = expired(self.until) {
            if before == (None, None) {
                // A lease under which nothing stands is in the way of others.
                self.release().await?;
            }
            return Ok(late);
        }
        let wanted = (limit_w, (discharge_w > 0.0).then_some(discharge_w));
        self.moves = 0;
        let mut written = self.both(wanted, &terms).await;
        if (self.limit_w, self.discharge_w) != before
            && matches!(&written, Err(error) if error.devices_refused())
            && expired(self.until).is_none()
        {
            // One of two is in force: the other when the devices can be written again.
            tokio::time::sleep(AGAIN).await;
            written = self.both(wanted, &terms).await;
        }
        let reason = match written {
            Ok((limit, discharge)) => {
                if limit.is_some() == wanted.0.is_some() && discharge.is_some() == wanted.1.is_some() {
                    let (input_limit_w, bbu_discharge_w) = (limit, discharge.unwrap_or(0.0));
                    return Ok(Outcome::Held { input_limit_w, bbu_discharge_w, lease_s: terms.lease_s });
                }
                "the devices do not confirm it".to_owned()
            }
            Err(error) => {
                (self.terms, self.looked) = (None, None);
                if (self.limit_w, self.discharge_w) == before {
                    if before == (None, None) && error.refused() {
                        // A lease under which nothing stands is in the way of others.
                        self.release().await?;
                    }
                    // What was in force before still is.
                    return Err(error);
                }
                error.to_string()
            }
        };
        // One of two is in force, or neither is sure: half a setpoint is none.
        Ok(match self.release().await {
            Ok(()) if before == (None, None) => Outcome::Refused { reason },
            Ok(()) => Outcome::Lost { reason: format!("{reason}; what was held is given back, too") },
            Err(error) => Outcome::Lost { reason: format!("{reason}; not given back: {error}") },
        })
    }

    /// Takes or renews the lease. A gateway without that lever takes it with each write of a control.
    async fn lease(&self, terms: &Terms) -> Result<(), ClientError> {
        if terms.said {
            let lease = json!({ "Held": true, "RemainingSeconds": terms.lease_s });
            self.client.patch(MANAGER, &json!({ "Oem": { "DPOGateway": { "Lease": lease } } })).await?;
        }
        Ok(())
    }

    /// Now and then, and after a write whose answer was lost, what the gateway really has: it lets go by itself when the BBUs can give
    /// no more.
    async fn look(&mut self, terms: &Terms) -> Result<(), ClientError> {
        let after = Duration::from_secs_f64(terms.lease_s / 3.0);
        if self.looked.is_some_and(|at| at.elapsed() < after) {
            return Ok(());
        }
        self.limit_w = self.in_force(LIMIT, (self.limit_w, self.held.0), terms).await?;
        self.discharge_w = self.in_force(DISCHARGE, (self.discharge_w, self.held.1), terms).await?;
        self.looked = Some(Instant::now());
        Ok(())
    }

    /// What of a control is in force: what was written, if it is still held as it was. Of a gateway that takes the lease by writes
    /// alone nothing is taken for sure: the write renews it.
    async fn in_force(
        &self,
        control: &str,
        (written, held): (Option<f64>, Option<f64>),
        terms: &Terms,
    ) -> Result<Option<f64>, ClientError> {
        if !terms.said {
            return Ok(None);
        }
        let (control, _) = self.client.get(control).await?;
        let now = control.get("SetPoint").and_then(Value::as_f64);
        let same = now.zip(held).is_some_and(|(now, held)| (now - held).abs() < SAME_W);
        Ok(if same { written } else { now })
    }

    /// Writes what changed: each write moves the devices, which take a register only so often. Gives what they then hold.
    async fn both(
        &mut self,
        (limit_w, discharge_w): (Option<f64>, Option<f64>),
        terms: &Terms,
    ) -> Result<(Option<f64>, Option<f64>), ClientError> {
        if self.limit_w != limit_w {
            self.held.0 = self.control(LIMIT, limit_w, terms).await?;
            self.limit_w = limit_w;
        }
        if self.discharge_w != discharge_w {
            self.held.1 = self.control(DISCHARGE, discharge_w, terms).await?;
            self.discharge_w = discharge_w;
        }
        Ok(self.held)
    }

    /// Writes one control; without a power it is taken back. Gives what the devices then hold.
    async fn control(
        &mut self,
        control: &str,
        power_w: Option<f64>,
        terms: &Terms,
    ) -> Result<Option<f64>, ClientError> {
        let mut body = match power_w {
            Some(power_w) => json!({ "SetPoint": power_w }),
            None => json!({ "ControlMode": "Disabled" }),
        };
        if terms.said
            && let Value::Object(body) = &mut body
        {
            // Without a word of it the write would make the lease as long as the gateway's own.
            body.insert("Oem".to_owned(), json!({ "DPOGateway": { "LeaseSeconds": terms.lease_s } }));
        }
        self.moves += 1;
        let answer = self.client.patch(control, &body).await?;
        Ok(power_w.and(answer.get("SetPoint").and_then(Value::as_f64)))
    }

    /// Does the gateway hold its lease for us? Where it does not say, it may.
    async fn holds(&self) -> Result<bool, ClientError> {
        let (manager, _) = self.client.get(MANAGER).await?;
        let Some(lease) = manager.pointer("/Oem/DPOGateway/Lease") else { return Ok(true) };
        let free = lease.get("Held").and_then(Value::as_bool) == Some(false);
        let other = lease.get("OwnerType").and_then(Value::as_str).is_some_and(|kind| kind != "Redfish")
            || lease.get("UserName").and_then(Value::as_str).is_some_and(|user| user != self.client.user());
        Ok(!(free || other))
    }

    /// Gives the lease back, and with it all that was written under it; the gateway brings the fail-safe values back.
    async fn release(&mut self) -> Result<(), ClientError> {
        let terms = self.terms().await?;
        if terms.said {
            let lease = json!({ "Oem": { "DPOGateway": { "Lease": { "Held": false } } } });
            if let Err(error) = self.client.patch(MANAGER, &lease).await {
                // It may have ended by itself, and what stood under it with it.
                if !error.refused() || self.holds().await? {
                    return Err(error);
                }
            }
        } else {
            // The last of the two that is taken back gives back the lease, too; one that is refused does not keep the other.
            let limit = self.control(LIMIT, None, &terms).await;
            self.control(DISCHARGE, None, &terms).await?;
            limit?;
        }
        (self.limit_w, self.discharge_w, self.held, self.looked) = (None, None, (None, None), None);
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

    fn until(&mut self, deadline: Deadline) {
        self.until = Some(deadline);
    }

    fn moves(&self) -> u32 {
        self.moves
    }

    fn give_back(&mut self) -> BoxFuture<'_, Outcome> {
        Box::pin(async { self.release().await.map_or_else(|e| failed(&e), |()| Outcome::GivenBack) })
    }
}
