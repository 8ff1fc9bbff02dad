//! A bus inside this process: a controller that drives a [`Wire`] directly.

use std::sync::{Mutex, PoisonError};

use super::{BoxFuture, Controller, Fault, LineError, Message, Wire};

/// A bus without a line, for tests and the simulated shelf. Each byte goes to the targets as it would on the wire;
/// no time passes.
pub struct MemoryController {
    name: String,
    wire: Mutex<Box<dyn Wire>>,
}

impl MemoryController {
    /// A bus with the targets of `wire`; `name` appears in errors.
    pub fn new(name: impl Into<String>, wire: impl Wire + 'static) -> Self {
        Self { name: name.into(), wire: Mutex::new(Box::new(wire)) }
    }

    /// Whether a target pulls SMBALERT#.
    pub fn alert(&self) -> bool {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner).alert()
    }
}

impl Controller for MemoryController {
    fn transfer(&self, messages: Vec<Message>) -> BoxFuture<'_, Result<Vec<u8>, LineError>> {
        let mut wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        let result = drive(&mut **wire, &self.name, &messages);
        Box::pin(std::future::ready(result))
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// Sends messages as one occupation of `wire`, and stops whatever happens.
///
/// # Errors
/// As of [`Controller::transfer`]; `bus` is the name in the error.
pub fn drive(wire: &mut dyn Wire, bus: &str, messages: &[Message]) -> Result<Vec<u8>, LineError> {
    let mut read = Vec::new();
    let result = messages.iter().try_for_each(|message| part(wire, bus, message, &mut read));
    wire.stop();
    result.map(|()| read)
}

fn part(wire: &mut dyn Wire, bus: &str, message: &Message, read: &mut Vec<u8>) -> Result<(), LineError> {
    let target = message.address();
    let address = target.get();
    let failed = |fault| match fault {
        Fault::Arbitration => LineError::Arbitration { bus: bus.to_owned() },
        Fault::Stretched => LineError::Stuck { bus: bus.to_owned(), address },
    };
    let absent = || LineError::Absent { bus: bus.to_owned(), address };
    match message {
        Message::Write { bytes, .. } => {
            if !wire.start(target.write_byte()).map_err(failed)? {
                return Err(absent());
            }
            for byte in bytes {
                if !wire.write(*byte).map_err(failed)? {
                    return Err(LineError::Refused { bus: bus.to_owned(), address });
                }
            }
        }
        Message::Read { len, .. } => {
            if !wire.start(target.read_byte()).map_err(failed)? {
                return Err(absent());
            }
            for at in 1..=*len {
                read.push(wire.read(at < *len).map_err(failed)?);
            }
        }
    }
    Ok(())
}
