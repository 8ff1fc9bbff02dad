//! Buses for the tests, and a wire on which things go wrong.

use std::sync::{Arc, Mutex};

use dpo_gateway::bus::pmbus::Device;
use dpo_gateway::bus::smbus::memory::MemoryController;
use dpo_gateway::bus::smbus::{Controller, Fault, Wire};
use dpo_gateway::sim::{LoadProfile, ShelfConfig, SimShelf};
use dpo_registers::codec::pmbus::Address;
use dpo_registers::generated::pmbus_psu::SET;
use dpo_registers::units::{Volts, Watts};

pub const PSU: Address = Address::new(0x58).unwrap();
pub const LAST_PSU: Address = Address::new(0x5D).unwrap();
pub const NOBODY: Address = Address::new(0x5E).unwrap();

pub fn shelf() -> SimShelf {
    SimShelf::new(ShelfConfig {
        ac_voltage: Volts(230.0),
        load: LoadProfile::Constant(Watts(12_000.0)),
        ..ShelfConfig::default()
    })
}

/// The bus of the suite: the one that `DPO_PMBUS_BUS` names, or a simulated one.
pub fn any_bus() -> Arc<dyn Controller> {
    match std::env::var_os("DPO_PMBUS_BUS") {
        #[cfg(feature = "i2c")]
        Some(device) => {
            use dpo_gateway::bus::smbus::linux::{LinuxController, WhenHeld};
            Arc::new(LinuxController::open(device.as_ref(), WhenHeld::Refuse).expect("the bus opens"))
        }
        #[cfg(not(feature = "i2c"))]
        Some(_) => panic!("built without the feature i2c"),
        None => Arc::new(MemoryController::new("memory:pmbus", shelf().smbus())),
    }
}

pub fn device(bus: &Arc<dyn Controller>, address: Address) -> Device {
    Device::new(Arc::clone(bus), address, &SET, true)
}

/// What goes wrong with a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// Bits of a byte flip on the wire, in either direction.
    Flip(u8),
    /// Nobody acknowledges it, and nobody sees it.
    Nack,
    Line(Fault),
}

/// What goes wrong: the byte of that place in a transfer (0 is the first address byte), in the next `times`.
#[derive(Debug, Default)]
pub struct Plan {
    pub hit: Option<(usize, Hit)>,
    pub times: usize,
    /// Transfers so far, and the bytes of the last one.
    pub transfers: usize,
    pub bytes: Vec<u8>,
}

/// A wire on which one byte of a transfer goes wrong.
pub struct Faulty<W> {
    inner: W,
    plan: Arc<Mutex<Plan>>,
    at: usize,
}

impl<W: Wire + 'static> Faulty<W> {
    pub fn bus(inner: W) -> (Arc<dyn Controller>, Arc<Mutex<Plan>>) {
        let plan = Arc::new(Mutex::new(Plan::default()));
        let wire = Self { inner, plan: Arc::clone(&plan), at: 0 };
        (Arc::new(MemoryController::new("memory:faulty", wire)), plan)
    }

    /// What happens to the byte at hand.
    fn hit(&mut self) -> Option<Hit> {
        let plan = self.plan.lock().unwrap();
        let at = self.at;
        self.at += 1;
        plan.hit.filter(|(place, _)| *place == at && plan.times > 0).map(|(_, hit)| hit)
    }

    fn log(&self, byte: u8) -> u8 {
        self.plan.lock().unwrap().bytes.push(byte);
        byte
    }
}

impl<W: Wire + 'static> Wire for Faulty<W> {
    fn start(&mut self, address_byte: u8) -> Result<bool, Fault> {
        if self.at == 0 {
            self.plan.lock().unwrap().bytes.clear();
        }
        self.log(address_byte);
        match self.hit() {
            Some(Hit::Line(fault)) => Err(fault),
            Some(Hit::Nack) => Ok(false),
            Some(Hit::Flip(bits)) => self.inner.start(address_byte ^ bits),
            None => self.inner.start(address_byte),
        }
    }

    fn write(&mut self, byte: u8) -> Result<bool, Fault> {
        self.log(byte);
        match self.hit() {
            Some(Hit::Line(fault)) => Err(fault),
            Some(Hit::Nack) => Ok(false),
            Some(Hit::Flip(bits)) => self.inner.write(byte ^ bits),
            None => self.inner.write(byte),
        }
    }

    fn read(&mut self, more: bool) -> Result<u8, Fault> {
        let hit = self.hit();
        if let Some(Hit::Line(fault)) = hit {
            return Err(fault);
        }
        let byte = self.inner.read(more)?;
        let flipped = if let Some(Hit::Flip(bits)) = hit { byte ^ bits } else { byte };
        Ok(self.log(flipped))
    }

    fn stop(&mut self) {
        self.inner.stop();
        self.at = 0;
        let mut plan = self.plan.lock().unwrap();
        plan.transfers += 1;
        plan.times = plan.times.saturating_sub(1);
    }

    fn alert(&mut self) -> bool {
        self.inner.alert()
    }
}

/// Runs a future to its end; pauses take no time.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let clock = std::env::var_os("DPO_PMBUS_BUS").is_none();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(clock).build();
    runtime.expect("a runtime").block_on(future)
}
