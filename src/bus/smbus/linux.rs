//! An I2C bus of Linux (`/dev/i2c-N`).
//!
//! Every transfer goes by I2C_RDWR: the SMBus calls of the kernel cut a block off silently at 32 bytes, check a
//! packet error code only in those calls, and have no group command. The packet error code is ours, in software.
//! An adapter that knows SMBus calls alone (a PC chipset) refuses I2C_RDWR; that is an error here, not a fallback.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use i2cdev::core::{I2CMessage as _, I2CTransfer as _};
use i2cdev::linux::{LinuxI2CBus, LinuxI2CDevice, LinuxI2CError, LinuxI2CMessage};
use rustix::io::Errno;
use tokio::sync::{mpsc, oneshot};

use super::{BoxFuture, Controller, LineError, Message, holder};

/// Transfers that wait for the bus; more wait in their callers.
const QUEUE: usize = 16;
/// Longest wait for a transfer. The kernel gives up by itself as a rule after a second (`I2C_TIMEOUT`).
const PATIENCE: Duration = Duration::from_secs(3);
/// Most messages of one I2C_RDWR (`I2C_RDWR_IOCTL_MAX_MSGS`).
const MESSAGES: usize = 42;

/// What to do with an address that a kernel driver holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenHeld {
    /// Leave it alone: [`LineError::Held`].
    #[default]
    Refuse,
    /// Use it as well. Driver and gateway may then get in each other's way (PAGE, faults cleared).
    Share,
}

/// A bus behind `/dev/i2c-N`. The ioctls block, so they run on a thread of their own; dropping the controller ends
/// it.
#[derive(Debug)]
pub struct LinuxController {
    name: String,
    jobs: mpsc::Sender<Job>,
}

#[derive(Debug)]
struct Job {
    messages: Vec<Message>,
    reply: oneshot::Sender<Result<Vec<u8>, LineError>>,
}

impl LinuxController {
    /// Opens the bus at `device`.
    ///
    /// # Errors
    /// [`LineError::Io`] if it does not open, or no thread starts.
    pub fn open(device: &Path, when_held: WhenHeld) -> Result<Self, LineError> {
        let name = format!("i2c:{}", device.display());
        let io = |reason: String| LineError::Io { bus: name.clone(), reason };
        let bus = LinuxI2CBus::new(device).map_err(|error| io(error.to_string()))?;
        let (jobs, mut queue) = mpsc::channel::<Job>(QUEUE);
        let mut port = Port {
            name: name.clone(),
            device: device.to_owned(),
            number: holder::bus_number(device),
            when_held,
            claimed: HashSet::new(),
            bus,
        };
        std::thread::Builder::new()
            .name("dpo-i2c".to_owned())
            .spawn(move || {
                while let Some(job) = queue.blocking_recv() {
                    // A caller that went away before its turn wants nothing sent.
                    if !job.reply.is_closed() {
                        let _ = job.reply.send(port.transfer(&job.messages));
                    }
                }
            })
            .map_err(|error| io(error.to_string()))?;
        Ok(Self { name, jobs })
    }
}

impl Controller for LinuxController {
    fn transfer(&self, messages: Vec<Message>) -> BoxFuture<'_, Result<Vec<u8>, LineError>> {
        Box::pin(async move {
            let address = messages.first().map_or(0, |message| message.address().get());
            let stuck = || LineError::Stuck { bus: self.name.clone(), address };
            let gone =
                || LineError::Io { bus: self.name.clone(), reason: "the thread of the bus ended".to_owned() };
            let (reply, answer) = oneshot::channel();
            let job = self.jobs.send_timeout(Job { messages, reply }, PATIENCE).await;
            job.map_err(|error| match error {
                mpsc::error::SendTimeoutError::Timeout(_) => stuck(),
                mpsc::error::SendTimeoutError::Closed(_) => gone(),
            })?;
            match tokio::time::timeout(PATIENCE, answer).await {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(gone()),
                Err(_) => Err(stuck()),
            }
        })
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// The bus as its thread has it.
struct Port {
    name: String,
    device: PathBuf,
    number: Option<u32>,
    when_held: WhenHeld,
    /// Addresses that the kernel did not refuse.
    claimed: HashSet<u8>,
    bus: LinuxI2CBus,
}

impl Port {
    fn transfer(&mut self, messages: &[Message]) -> Result<Vec<u8>, LineError> {
        if messages.is_empty() || messages.len() > MESSAGES {
            let reason = format!("{} messages; Linux sends 1 to {MESSAGES} at once", messages.len());
            return Err(LineError::Io { bus: self.name.clone(), reason });
        }
        if self.when_held == WhenHeld::Refuse {
            messages.iter().try_for_each(|message| self.claim(message.address().get()))?;
        }
        let lengths: Vec<usize> = messages.iter().map(Message::len).collect();
        let mut buffers: Vec<Vec<u8>> = messages
            .iter()
            .map(|message| match message {
                Message::Write { bytes, .. } => bytes.clone(),
                Message::Read { len, .. } => vec![0; *len],
            })
            .collect();
        if lengths.iter().any(|len| *len == 0 || *len > usize::from(u16::MAX)) {
            let reason = "a message of I2C_RDWR has 1 to 65535 bytes".to_owned();
            return Err(LineError::Io { bus: self.name.clone(), reason });
        }
        let mut parts: Vec<LinuxI2CMessage<'_>> = messages
            .iter()
            .zip(&mut buffers)
            .map(|(message, buffer)| match message {
                Message::Write { to, .. } => LinuxI2CMessage::write(buffer).with_address(to.get().into()),
                Message::Read { from, .. } => LinuxI2CMessage::read(buffer).with_address(from.get().into()),
            })
            .collect();
        let address = messages.first().map_or(0, |message| message.address().get());
        match self.bus.transfer(&mut parts) {
            // Some adapters (virtio) report a byte that was refused as fewer messages, and no error.
            Ok(sent) if usize::try_from(sent).is_ok_and(|sent| sent == messages.len()) => {}
            Ok(_) => return Err(LineError::BrokenOff { bus: self.name.clone(), address }),
            Err(error) => return Err(self.explain(error, address)),
        }
        drop(parts);
        let reads = messages.iter().zip(buffers).filter(|(m, _)| matches!(m, Message::Read { .. }));
        Ok(reads.flat_map(|(_, buffer)| buffer).collect())
    }

    /// Makes sure that no kernel driver holds the address: by sysfs each time, since a driver may come at any time,
    /// and by asking the kernel itself the first time.
    fn claim(&mut self, address: u8) -> Result<(), LineError> {
        let driver = || holder::driver(Path::new(holder::DEVICES), self.number?, address);
        let held = |driver: String| LineError::Held { bus: self.name.clone(), address, driver };
        if let Some(driver) = driver() {
            return Err(held(driver));
        }
        if !self.claimed.contains(&address) {
            match LinuxI2CDevice::new(&self.device, address.into()) {
                Ok(_) => drop(self.claimed.insert(address)),
                Err(error) if errno(&error) == Some(Errno::BUSY) => {
                    return Err(held("(unnamed)".to_owned()));
                }
                Err(error) => return Err(self.explain(error, address)),
            }
        }
        Ok(())
    }

    /// The kernel's fault codes (Documentation/i2c/fault-codes.rst).
    fn explain(&self, error: LinuxI2CError, address: u8) -> LineError {
        let bus = self.name.clone();
        match errno(&error) {
            Some(Errno::NXIO) => LineError::Absent { bus, address },
            Some(Errno::AGAIN) => LineError::Arbitration { bus },
            Some(Errno::TIMEDOUT | Errno::BUSY) => LineError::Stuck { bus, address },
            Some(Errno::REMOTEIO | Errno::IO) => LineError::BrokenOff { bus, address },
            Some(Errno::OPNOTSUPP) => {
                let reason =
                    "the adapter does not send I2C messages (I2C_RDWR), only SMBus calls of the kernel";
                LineError::Io { bus, reason: reason.to_owned() }
            }
            _ => LineError::Io { bus, reason: error.to_string() },
        }
    }
}

fn errno(error: &LinuxI2CError) -> Option<Errno> {
    match error {
        LinuxI2CError::Errno(number) => Some(Errno::from_raw_os_error(*number)),
        LinuxI2CError::Io(error) => Errno::from_io_error(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_bus_says_so() {
        let missing = LinuxController::open(Path::new("/dev/i2c-missing"), WhenHeld::Refuse).unwrap_err();
        assert!(missing.to_string().starts_with("i2c:/dev/i2c-missing: "), "{missing}");
        // A file that opens but knows no ioctl of I2C.
        let null = LinuxController::open(Path::new("/dev/null"), WhenHeld::Share).unwrap();
        let to = dpo_registers::codec::pmbus::Address::new(0x58).unwrap();
        let write = || Message::Write { to, bytes: vec![3] };
        let refused = null.transfer(vec![write()]).await.unwrap_err();
        assert!(matches!(refused, LineError::Io { .. }), "{refused}");
        for wrong in [vec![], vec![Message::Read { from: to, len: 0 }], vec![write(); 43]] {
            assert!(matches!(null.transfer(wrong).await, Err(LineError::Io { .. })));
        }
    }
}
