//! An I2C adapter for QEMU (`vhost-user-i2c-pci`) whose targets are the simulated PSUs of a shelf.
//!
//! `i2c-backend SOCKET` listens for QEMU. Commands come on standard input, a line each; each is answered by a line:
//!
//! - `ac VOLTS` sets the AC voltage, `step MILLISECONDS` lets model time pass (it does not pass by itself),
//! - `corrupt COUNT` flips a bit of the last byte of the next COUNT transfers that read at least two bytes,
//! - `truth` tells the true state of PSU 1 as `key=value`, `counts` the transfers, reads and corruptions so far.

mod adapter;
mod bus;

use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex, RwLock};

use dpo_gateway::sim::{LoadProfile, ShelfConfig, SimShelf};
use dpo_registers::units::{Volts, Watts};
use vhost_user_backend::VhostUserDaemon;
use vm_memory::{GuestMemoryAtomic, GuestMemoryMmap};

use adapter::Adapter;
use bus::Bus;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let socket = std::env::args().nth(1).ok_or("usage: i2c-backend SOCKET")?;
    let shelf = SimShelf::new(ShelfConfig {
        ac_voltage: Volts(230.0),
        load: LoadProfile::Constant(Watts(12_000.0)),
        ..ShelfConfig::default()
    });
    let bus = Arc::new(Mutex::new(Bus::new(shelf.smbus())));
    let commands = Arc::clone(&bus);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let answer = obey(&line, &shelf, &commands).unwrap_or_else(|error| format!("error {error}"));
            let mut out = std::io::stdout().lock();
            if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    });
    let adapter = Arc::new(RwLock::new(Adapter::new(bus)));
    let memory = GuestMemoryAtomic::new(GuestMemoryMmap::<()>::new());
    let mut daemon = VhostUserDaemon::new("i2c-backend".to_owned(), adapter, memory)
        .map_err(|error| format!("vhost-user: {error:?}"))?;
    daemon.serve(socket).map_err(|error| format!("vhost-user: {error:?}"))?;
    Ok(())
}

fn obey(line: &str, shelf: &SimShelf, bus: &Mutex<Bus>) -> Result<String, Error> {
    let bus = || bus.lock().map_err(|_| "the bus panicked");
    match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["ac", volts] => shelf.set_ac(Volts(volts.parse()?)),
        ["step", ms] => shelf.step(std::time::Duration::from_millis(ms.parse()?)),
        ["corrupt", count] => bus()?.corrupt(count.parse()?),
        ["counts"] => return Ok(bus()?.counts()),
        ["truth"] => {
            let truth = shelf.truth();
            let psu = truth.psus.first().ok_or("no PSU")?;
            return Ok(format!(
                "vin={} iin={} pin={} vout={} iout={} pout={}",
                truth.ac_voltage.0,
                psu.input_current.0,
                psu.input_power.0,
                truth.bus_voltage.0,
                psu.output_current.0,
                psu.output_power.0
            ));
        }
        _ => return Err(format!("{line:?} is no command").into()),
    }
    Ok("ok".to_owned())
}
