//! The bus behind the adapter: messages to the wire of the simulated targets, and corrupted answers.

use dpo_gateway::bus::smbus::Wire;

/// The wire, and what went over it.
pub struct Bus {
    wire: Box<dyn Wire>,
    /// A message of the transfer under way failed: those behind it fail too.
    failed: bool,
    corrupt: u32,
    transfers: u64,
    reads: u64,
    corrupted: u64,
}

impl Bus {
    pub fn new(wire: impl Wire + 'static) -> Self {
        let wire = Box::new(wire);
        Self { wire, failed: false, corrupt: 0, transfers: 0, reads: 0, corrupted: 0 }
    }

    pub fn corrupt(&mut self, count: u32) {
        self.corrupt = count;
    }

    pub fn counts(&self) -> String {
        format!("transfers={} reads={} corrupted={}", self.transfers, self.reads, self.corrupted)
    }

    /// One message of a transfer; `more` says that another one follows by a repeated start. False if it failed.
    pub fn message(&mut self, address: u8, data: Data<'_>, more: bool) -> bool {
        let done = !self.failed && self.send(address, data);
        self.failed = !done;
        if !more {
            self.wire.stop();
            self.failed = false;
            self.transfers += 1;
        }
        done
    }

    fn send(&mut self, address: u8, data: Data<'_>) -> bool {
        let read = matches!(data, Data::Read(_));
        if self.wire.start(address << 1 | u8::from(read)) != Ok(true) {
            return false;
        }
        match data {
            Data::Write(bytes) => bytes.iter().all(|byte| self.wire.write(*byte) == Ok(true)),
            Data::Read(bytes) => {
                let len = bytes.len();
                for (at, byte) in bytes.iter_mut().enumerate() {
                    let Ok(value) = self.wire.read(at + 1 < len) else { return false };
                    *byte = value;
                }
                self.reads += 1;
                if self.corrupt > 0 && len >= 2 {
                    self.corrupt -= 1;
                    self.corrupted += 1;
                    if let Some(last) = bytes.last_mut() {
                        *last ^= 0x10;
                    }
                }
                true
            }
        }
    }
}

/// The bytes of a message.
pub enum Data<'a> {
    Write(&'a [u8]),
    Read(&'a mut [u8]),
}
