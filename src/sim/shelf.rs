//! The handle of a simulated shelf, and its run in real time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dpo_registers::units::{Hertz, Volts};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::bus::Service;
use crate::bus::smbus::Wire;

use super::clock::{SECOND, ns_of};
use super::front::Front;
use super::front::pmbus::PmbusFront;
use super::load::LoadProfile;
use super::parameters::ShelfConfig;
use super::plant::Plant;
use super::truth::Truth;

/// A simulated shelf. Clones are handles of the same shelf.
///
/// Time only passes in [`step`](Self::step), or while [`run`] is running.
#[derive(Debug, Clone)]
pub struct SimShelf {
    plant: Arc<Mutex<Plant>>,
}

impl SimShelf {
    /// A shelf in steady operation. A configuration that [`ShelfConfig::check`] refuses gives a shelf
    /// that makes no sense, but no panic.
    pub fn new(config: ShelfConfig) -> Self {
        Self { plant: Arc::new(Mutex::new(Plant::new(&config))) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Plant> {
        // A panic elsewhere leaves the plant as it was between two steps.
        self.plant.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Advances the model by `time`, as fast as the machine can. Devices can be read in between: the
    /// lock is held for at most 1 s of model time.
    pub fn step(&self, time: Duration) {
        let mut left = ns_of(time);
        while left > 0 {
            let part = left.min(SECOND);
            self.lock().step(part);
            left -= part;
        }
    }

    /// Takes the device at `unit` out of its slot: its current leaves the bus, and it answers no more.
    /// Returns false if the shelf has no slot with that address.
    pub fn remove(&self, unit: u8) -> bool {
        self.lock().remove(unit)
    }

    /// Puts the device at `unit` back. It answers after its boot; a PSU then starts as after AC loss.
    /// Its settings are at their defaults; the charge in a pack stays. Returns false if the shelf has no
    /// slot with that address.
    pub fn insert(&self, unit: u8) -> bool {
        self.lock().insert(unit)
    }

    /// Changes the load; a profile over time starts at its beginning.
    pub fn set_load(&self, load: LoadProfile) {
        self.lock().set_load(load);
    }

    /// Changes the AC input voltage of all PSUs.
    pub fn set_ac(&self, voltage: Volts) {
        self.lock().set_ac(voltage.0);
    }

    /// Changes the frequency of the AC input; what is below 40 or above 70 Hz is set to the nearer of the two.
    pub fn set_ac_frequency(&self, frequency: Hertz) {
        self.lock().set_ac_frequency(frequency.0);
    }

    /// The devices as a Modbus service: PSUs at 200 to 205, BBUs at 64 to 69.
    pub fn service(&self) -> Arc<dyn Service> {
        Arc::new(Front::new(self.clone()))
    }

    /// The PSUs as SMBus targets that speak PMBus, at 58h to 5Dh. Status bits and settings that PMBus alone has
    /// belong to what is returned: take it once for a bus.
    pub fn smbus(&self) -> impl Wire + use<> {
        PmbusFront::new(self.clone())
    }

    /// The true state now.
    pub fn truth(&self) -> Truth {
        Truth::of(&self.lock())
    }
}

/// How often real time is handed to the model.
const TICK: Duration = Duration::from_millis(20);
/// Most real time that is caught up at once. A process that slept longer (a suspended machine) goes on
/// from where the shelf was: model time then lags behind.
const CATCH_UP: Duration = Duration::from_secs(1);

/// Steps `shelf` in real time until `token` is cancelled.
///
/// Each 20 ms the time that passed is handed to the model (about 1 % of a core). Inside, the model takes one step while
/// nothing happens, steps of 1 ms while a trigger, a ramp or a trip is timing, and shorter ones to meet the end
/// of a hold-up exactly. So an event that comes from outside (AC, a write) is seen up to 20 ms late, and
/// what follows is timed as in virtual time.
pub async fn run(shelf: SimShelf, token: CancellationToken) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut last = Instant::now();
    loop {
        tokio::select! {
            () = token.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let now = Instant::now();
        let passed = now - last;
        last = now;
        if passed > CATCH_UP {
            tracing::warn!(?passed, "the simulated shelf was not stepped; it goes on from where it was");
        }
        shelf.step(passed.min(CATCH_UP));
    }
}
