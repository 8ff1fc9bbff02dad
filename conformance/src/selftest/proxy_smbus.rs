//! A man in the middle on SMBus.

use crate::transport::smbus::{Came, Part, Port, SharedPort};

/// What a fault does to a transfer: it may change the parts, send them on (`on`) as often as it likes, and change what
/// came. The number is that of the transfer.
pub(crate) type SmbusFault = fn(&[Part], &mut Passed<'_>) -> Result<Came, String>;

/// The bus behind a fault, and what the fault remembers.
pub(crate) struct Passed<'a> {
    port: &'a SharedPort,
    /// Number of the transfer since the mutant was started.
    pub nth: u32,
    /// A value that lasts from transfer to transfer.
    pub memory: &'a mut u64,
}

impl Passed<'_> {
    /// Sends parts on.
    pub(crate) fn on(&self, parts: &[Part]) -> Result<Came, String> {
        self.port.blocking(parts)
    }
}

/// A port with a fault in front of another one.
struct Proxy {
    port: SharedPort,
    fault: Option<SmbusFault>,
    nth: u32,
    memory: u64,
}

impl Port for Proxy {
    fn transfer(&mut self, parts: &[Part]) -> Result<Came, String> {
        self.nth += 1;
        match self.fault {
            None => self.port.blocking(parts),
            Some(fault) => {
                let mut passed = Passed { port: &self.port, nth: self.nth, memory: &mut self.memory };
                fault(parts, &mut passed)
            }
        }
    }
}

/// Puts a fault in front of a port; without one nothing is changed.
pub(super) fn start(port: &SharedPort, fault: Option<SmbusFault>) -> SharedPort {
    let proxy = Proxy { port: port.clone(), fault, nth: 0, memory: 0 };
    SharedPort::new(format!("{} through the proxy", port.name()), proxy)
}
