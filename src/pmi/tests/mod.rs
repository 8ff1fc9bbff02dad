//! The service as clients see it: over the bus in memory, over TCP and over RTU.

mod block;
mod commit;
mod device_writes;
mod events;
mod passthrough;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_registers::map::MapInfo;
use dpo_registers::register::Words;
use dpo_registers::units::Watts;
use tokio::time::sleep;

use super::{PmiConfig, PmiService, Route};
use crate::bus::testing::Direct;
use crate::bus::{Bus, read_holding};
use crate::gateway::{
    Applied, CommandKind, CommitError, Committed, GateError, Gateway, GatewayFeed, LeaseView, Owner,
    Setpoint, SetpointView, Snapshot,
};

const UNIT: u8 = 7;

/// What the fake gate says to a setpoint.
fn judge(snapshot: &Snapshot, setpoint: Setpoint) -> Result<(), GateError> {
    match setpoint {
        _ if snapshot.lease.owner.is_none() => Err(GateError::NoLease),
        Setpoint::InputPowerLimit(Some(Watts(w))) if w > 18_000.0 => {
            let (minimum, maximum) = (Watts(0.0), Watts(18_000.0));
            Err(GateError::OutOfRange { value: Watts(w), minimum, maximum })
        }
        Setpoint::BbuDischarge(Some(Watts(13.0))) => {
            Err(GateError::Device { reason: "psu 3 answered exception 04".to_owned() })
        }
        Setpoint::BbuDischarge(Some(Watts(14.0))) => {
            Err(GateError::State { reason: "no BBU is present".to_owned() })
        }
        _ => Ok(()),
    }
}

/// Puts a setpoint into force.
fn stand(snapshot: &mut Snapshot, setpoint: Setpoint) -> SetpointView {
    let view = |watts| SetpointView { requested: watts, applied: watts, ..Default::default() };
    match setpoint {
        Setpoint::InputPowerLimit(watts) => {
            snapshot.input_power_limit = view(watts);
            snapshot.input_power_limit
        }
        Setpoint::BbuDischarge(watts) => {
            snapshot.bbu_discharge = view(watts);
            snapshot.bbu_discharge
        }
    }
}

/// Plays the gateway: a lease of one owner and setpoints that are applied after `delay`.
async fn fake_gateway(mut feed: GatewayFeed, delay: Duration, asked: Arc<Mutex<Vec<(Owner, String)>>>) {
    let mut snapshot = Snapshot::empty();
    while let Some(command) = feed.commands.recv().await {
        asked.lock().unwrap().push((command.owner.clone(), format!("{:?}", command.kind)));
        let held_by_other = snapshot.lease.owner.as_ref().is_some_and(|owner| *owner != command.owner);
        let gate = if held_by_other {
            let owner = snapshot.lease.owner.clone().unwrap();
            Err(GateError::HeldByOther { owner, remaining: Duration::from_secs(1) })
        } else {
            Ok(())
        };
        match command.kind {
            CommandKind::Acquire { duration, answer } => {
                let granted = gate.map(|()| {
                    snapshot.lease.owner = Some(command.owner);
                    snapshot.lease.remaining = duration;
                    snapshot.lease.clone()
                });
                let _ = answer.send(granted);
            }
            CommandKind::Release { answer } => {
                let freed = gate.map(|()| {
                    snapshot.lease = LeaseView::default();
                    snapshot.lease.clone()
                });
                let _ = answer.send(freed);
            }
            CommandKind::Set { setpoint, answer } => {
                let done = gate.and_then(|()| judge(&snapshot, setpoint));
                sleep(delay).await;
                let applied = done.map(|()| {
                    let setpoint = stand(&mut snapshot, setpoint);
                    Applied { setpoint, lease: snapshot.lease.clone() }
                });
                let _ = answer.send(applied);
            }
            CommandKind::Note { .. } => {}
            CommandKind::Indicate { answer, .. } => {
                let _ = answer.send(Err(GateError::Stopped));
            }
            CommandKind::BusVoltage { answer, .. } => {
                let _ = answer.send(Err(GateError::Stopped));
            }
            CommandKind::PowerCycle { answer, .. } => {
                let _ = answer.send(Err(GateError::Stopped));
            }
            CommandKind::Commit { setpoints, answer } => {
                let one =
                    |s: &Setpoint| judge(&snapshot, *s).map_err(|e| CommitError { at: Some(*s), error: e });
                let done = gate.map_err(CommitError::from).and_then(|()| setpoints.iter().try_for_each(one));
                sleep(delay).await;
                let committed = done.map(|()| {
                    for setpoint in setpoints {
                        stand(&mut snapshot, setpoint);
                    }
                    let (limit, discharge) = (snapshot.input_power_limit, snapshot.bbu_discharge);
                    let lease = snapshot.lease.clone();
                    Committed { input_power_limit: limit, bbu_discharge: discharge, lease }
                });
                let _ = answer.send(committed);
            }
        }
        snapshot.sequence += 1;
        let _ = feed.snapshots.send(Arc::new(snapshot.clone()));
    }
}

struct Rig {
    service: Arc<PmiService>,
    asked: Arc<Mutex<Vec<(Owner, String)>>>,
}

fn rig(routes: Vec<Route>, config: PmiConfig, delay: Duration) -> Rig {
    let (gateway, feed) = Gateway::channel(Snapshot::empty());
    let asked = Arc::default();
    tokio::spawn(fake_gateway(feed, delay, Arc::clone(&asked)));
    Rig { service: Arc::new(PmiService::new(gateway, routes, config).unwrap()), asked }
}

impl Rig {
    /// A connection of its own.
    fn connect(&self) -> Direct {
        Direct::new(self.service.clone())
    }
}

#[derive(Clone)]
struct Image(Vec<(u16, u16)>);

impl Words for Image {
    fn word(&self, address: u16) -> Option<u16> {
        self.0.iter().find(|(at, _)| *at == address).map(|(_, word)| *word)
    }
}

/// Reads every mapped span of a map, at most 125 registers at a time.
async fn read_all(bus: &dyn Bus, unit: u8, map: &MapInfo) -> Image {
    let mut words = Vec::new();
    for register in map.registers {
        let read = read_holding(bus, unit, register.address, register.words).await.unwrap();
        words.extend((register.address..).zip(read));
    }
    Image(words)
}
