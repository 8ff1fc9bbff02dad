//! An I2C bus with PMBus supplies, as a gateway has it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use dpo_registers::codec::pmbus::{Address, VoutFormat};
use dpo_registers::generated::pmbus_psu;
use dpo_registers::pmbus::CommandSet;

use crate::bus::pmbus::{Device, PmbusError};
use crate::bus::smbus::Controller;

/// Command set of the supplies.
pub static SET: &CommandSet = &pmbus_psu::SET;

/// The first and the last address that a target may have; the others are reserved (SM 5.2).
pub const ADDRESSES: std::ops::RangeInclusive<u8> = 0x08..=0x77;

/// A bus, and the supplies that were found on it. Cheap to clone; the clones share both.
///
/// No arbiter stands before it: a transfer takes less than a millisecond, each caller has one under way at most, and
/// the port serves them in turn.
#[derive(Clone)]
pub struct PmbusLine {
    controller: Arc<dyn Controller>,
    found: Arc<Mutex<BTreeMap<u8, Arc<Device>>>>,
}

/// Why there is no supply at an address.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No target has such an address.
    #[error("address {0:02X}h is none of a target (08h to 77h)")]
    Address(u8),
    /// It does not answer, or not as the map says.
    #[error(transparent)]
    Device(#[from] PmbusError),
    /// Its setpoint is coded in a way in which nothing is steered here.
    #[error("{at}: VOUT_MODE holds {mode:02X}h: only a linear, absolute mode is steered")]
    Mode {
        /// Bus and address.
        at: String,
        /// What it holds.
        mode: u8,
    },
}

impl PmbusLine {
    /// The bus behind a port. Nothing is sent.
    pub fn new(controller: Arc<dyn Controller>) -> Self {
        Self { controller, found: Arc::default() }
    }

    /// Name for logs, errors and the journal, for example `i2c:/dev/i2c-1`.
    pub fn name(&self) -> &str {
        self.controller.name()
    }

    /// The supply at `unit`, if one was found there.
    pub fn device(&self, unit: u8) -> Option<Arc<Device>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).get(&unit).cloned()
    }

    /// Looks for a supply at `unit`: whether it answers, sends packet error codes, and how it codes voltages.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn connect(&self, unit: u8) -> Result<Arc<Device>, ConnectError> {
        let valid = Address::new(unit).filter(|at| ADDRESSES.contains(&at.get()));
        let address = valid.ok_or(ConnectError::Address(unit))?;
        let device = Device::probe(Arc::clone(&self.controller), address, SET).await?;
        let mode = device.vout_mode().await?;
        if mode.relative() || !matches!(mode.format(), VoutFormat::Linear { .. }) {
            let at = format!("{} {unit:02X}h", self.name());
            return Err(ConnectError::Mode { at, mode: mode.0 });
        }
        let device = Arc::new(device);
        self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(unit, Arc::clone(&device));
        Ok(device)
    }
}

impl std::fmt::Debug for PmbusLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PmbusLine").field(&self.name()).finish()
    }
}
