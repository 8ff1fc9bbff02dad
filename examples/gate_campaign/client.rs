//! Two owners that want the shelf at the same time, and what they were told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dpo_gateway::gateway::{GateError, Gateway, Owner, Setpoint};
use dpo_registers::units::{Volts, Watts};

use crate::rng::Rng;
use crate::world::{Hitch, World};

/// What an owner asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Lease(Duration),
    Release,
    Setpoints(Vec<Setpoint>),
    /// The voltage of the busbar without load, in volts.
    BusVoltage(Option<f64>),
    /// Of the PSU in this slot.
    PowerCycle(u8),
}

/// What an owner asked for and was told.
#[derive(Debug, Clone)]
pub struct Op {
    /// Which gateway it asked: 0 is the first.
    pub life: usize,
    pub owner: String,
    pub asked: Asked,
    pub start: Duration,
    pub end: Duration,
    /// Place in the order of all that happened, when it was told.
    pub order: u64,
    pub answer: Result<(), GateError>,
    /// Setpoints of the PSUs when it asked and when it was told, in volts.
    pub before: [f64; 6],
    pub after: [f64; 6],
    /// PSUs that were in their slots for a while.
    pub steady: [bool; 6],
}

impl Op {
    /// Whether it was told that something that is asked of the BBUs is in force.
    pub fn acknowledged(&self) -> bool {
        self.answer.is_ok() && self.demands()
    }

    pub fn demands(&self) -> bool {
        let wanted =
            |s: &Setpoint| matches!(s, Setpoint::InputPowerLimit(Some(_)) | Setpoint::BbuDischarge(Some(_)));
        match &self.asked {
            Asked::Setpoints(all) => all.iter().any(wanted),
            Asked::BusVoltage(volts) => volts.is_some(),
            Asked::Lease(_) | Asked::Release | Asked::PowerCycle(_) => false,
        }
    }
}

pub type Ops = Arc<Mutex<Vec<Op>>>;

/// Asks for this and that until the time is over. With a share of the setpoints one PSU has a hitch: it refuses, or
/// keeps what it has. So each kind of run has commits that fail in the middle.
#[expect(clippy::too_many_arguments)]
pub async fn owner(
    at: (usize, &'static str),
    gateway: Gateway,
    world: World,
    ops: Ops,
    mut rng: Rng,
    until: Duration,
    busy: f64,
    hitches: f64,
) {
    let (life, name) = at;
    let owner = Owner::Local { name: name.to_owned() };
    let mut held = false;
    while world.time.now() < until {
        tokio::time::sleep(rng.seconds(0.02, 4.0 / busy)).await;
        let asked = match rng.below(13) {
            // An owner that has none asks for a lease most of the time, and for setpoints all the same.
            0..=5 if !held => Asked::Lease(rng.seconds(2.0, 10.0)),
            0 | 1 => Asked::Lease(rng.seconds(2.0, 10.0)),
            2 => Asked::Release,
            3 => Asked::Setpoints(vec![Setpoint::InputPowerLimit(None), Setpoint::BbuDischarge(None)]),
            4..=6 => Asked::Setpoints(vec![limit(&mut rng)]),
            7 => Asked::Setpoints(vec![discharge(&mut rng)]),
            8 | 9 => Asked::Setpoints(vec![limit(&mut rng), discharge(&mut rng)]),
            // Now and then below what is allowed.
            10 => Asked::BusVoltage(Some((100.0 * rng.between(49.2, 51.0)).round() / 100.0)),
            11 => Asked::BusVoltage(None),
            _ => Asked::PowerCycle(1 + rng.below(6) as u8),
        };
        let hitching =
            matches!(asked, Asked::Setpoints(_) | Asked::BusVoltage(_)) && rng.chance(hitches) && {
                let hitch = if rng.chance(0.5) { Hitch::Refuses } else { Hitch::Keeps };
                // The first setpoint of a commit is a small step. One that takes it and not the next is found when it
                // refuses; if it only says that it took it, the others have been low for too long.
                let after = u8::from(hitch == Hitch::Refuses && rng.chance(0.5));
                world.hitch(200 + rng.below(6) as u8, hitch, after)
            };
        let (start, before) = (world.time.now(), world.setpoints());
        let answer = match &asked {
            Asked::Lease(time) => gateway.acquire(owner.clone(), *time).await.map(|_| ()),
            Asked::Release => gateway.release(owner.clone()).await.map(|_| ()),
            Asked::BusVoltage(volts) => {
                gateway.set_bus_voltage(owner.clone(), volts.map(Volts)).await.map(|_| ())
            }
            Asked::PowerCycle(psu) => gateway.power_cycle(owner.clone(), *psu).await.map(|_| ()),
            Asked::Setpoints(all) => match all.as_slice() {
                [one] => gateway.set(owner.clone(), *one).await.map(|_| ()),
                _ => gateway.commit(owner.clone(), all.clone()).await.map(|_| ()).map_err(|e| e.error),
            },
        };
        if hitching {
            world.end_hitch();
        }
        match (&asked, &answer) {
            (Asked::Lease(_), answer) => held = answer.is_ok(),
            (Asked::Release, Ok(())) | (_, Err(GateError::NoLease | GateError::HeldByOther { .. })) => {
                held = false
            }
            _ => {}
        }
        let after = world.setpoints();
        let steady = world.steady(start.saturating_sub(Duration::from_secs(15)));
        let (end, order) = (world.time.now(), world.time.tick());
        let name = name.to_owned();
        let op = Op { life, owner: name, asked, start, end, order, answer, before, after, steady };
        ops.lock().unwrap_or_else(PoisonError::into_inner).push(op);
    }
}

fn limit(rng: &mut Rng) -> Setpoint {
    // Now and then outside what the shelf can do.
    Setpoint::InputPowerLimit(Some(Watts(rng.between(500.0, 20_000.0).round())))
}

fn discharge(rng: &mut Rng) -> Setpoint {
    Setpoint::BbuDischarge(Some(Watts(rng.between(-500.0, 12_000.0).round())))
}
