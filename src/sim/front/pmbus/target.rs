//! The protocol of a PMBus target: bytes in, acknowledges and bytes out, and what becomes of broken messages.
//!
//! | fault | answer | bit of STATUS_CML |
//! | --- | --- | --- |
//! | packet error code does not fit (P2 10.8.1) | not acknowledged, nothing done | 5 |
//! | too few data bytes in a write (10.8.4) | nothing done | 1 |
//! | too many bytes in a write (10.8.5) | not acknowledged, nothing done | 6 |
//! | read beyond the end (10.8.6) | ones | 6 |
//! | read without a command (10.9.1) | ones | 6 |
//! | unknown command (10.9.2) | not acknowledged | 7 |
//! | data that is not supported, out of range, or protected (10.9.3, 10.9.4) | nothing done | 6 |
//! | two commands to one target in a group (5.3) | second not acknowledged, nothing done | 1 |
//!
//! The clauses are known, their text was not at hand: for 10.8.5, 10.8.6 and 10.9.1 the bit is that of a data sheet
//! (MAX34451, page 19), for 10.8.4 and 5.3 it is our choice. A read that ends early is none, as there.

use dpo_registers::codec::pmbus::{Address, MAX_TRANSACTION, Pec, Transaction};
use dpo_registers::generated::pmbus_psu::StatusCml;
use dpo_registers::map::Access;
use dpo_registers::pmbus::{Code, CommandInfo, CommandSet, PecUse, Read, Write};

use crate::bus::smbus::alert::ALERT_RESPONSE;

/// What a target can do: its commands during one message.
pub(in crate::sim) trait Commands {
    /// The map.
    fn set(&self) -> &'static CommandSet;
    /// Whether this device knows a command of the map.
    fn knows(&self, info: &CommandInfo) -> bool;
    /// The data bytes of a command, without their count; `None` for a request that it does not support.
    fn read(&mut self, info: &'static CommandInfo, request: &[u8]) -> Option<Vec<u8>>;
    /// Takes data bytes; false if it does not support them.
    fn write(&mut self, info: &'static CommandInfo, request: &[u8], data: &[u8]) -> bool;
    /// What WRITE_PROTECT holds.
    fn protection(&self) -> u8;
    /// A fault of the communication.
    fn fault(&mut self, bit: StatusCml);
}

/// What a target is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    /// A command comes in.
    Writing,
    /// The command was flawed so far, and is dropped; its fault is already told.
    Dropped,
    /// Bytes go out.
    Reading,
}

/// One target.
#[derive(Debug)]
pub(in crate::sim) struct Target {
    address: Address,
    phase: Phase,
    received: Vec<u8>,
    answer: Vec<u8>,
    sent: usize,
    /// Bytes of the answer to the alert response address that went out.
    alert_sent: u8,
}

impl Target {
    pub(in crate::sim) fn new(address: Address) -> Self {
        let received = Vec::with_capacity(MAX_TRANSACTION);
        Self { address, phase: Phase::Idle, received, answer: Vec::new(), sent: 0, alert_sent: 0 }
    }

    /// Whether a message with it is under way.
    pub(in crate::sim) fn busy(&self) -> bool {
        self.phase != Phase::Idle || self.alert_sent > 0
    }

    /// Its address was called.
    pub(in crate::sim) fn start(&mut self, read: bool, commands: &mut dyn Commands) {
        match (self.phase, read) {
            (Phase::Idle, false) => {
                self.received.clear();
                self.phase = Phase::Writing;
            }
            (Phase::Writing, true) if !self.received.is_empty() => self.prepare(commands),
            // A flawed command is not answered.
            (Phase::Dropped, true) => self.answer_with(Vec::new()),
            (Phase::Idle | Phase::Writing | Phase::Reading, true) => {
                commands.fault(StatusCml::INVALID_DATA);
                self.answer_with(Vec::new());
            }
            (Phase::Writing | Phase::Reading | Phase::Dropped, false) => {
                commands.fault(StatusCml::OTHER_COMMUNICATION);
                self.phase = Phase::Dropped;
            }
        }
    }

    /// A byte comes in; true to acknowledge.
    pub(in crate::sim) fn write(&mut self, byte: u8, commands: &mut dyn Commands) -> bool {
        if self.phase != Phase::Writing {
            return false;
        }
        self.received.push(byte);
        let Some(info) = self.command(commands) else {
            commands.fault(StatusCml::INVALID_COMMAND);
            self.phase = Phase::Dropped;
            return false;
        };
        if self.received.len() > self.longest(info) {
            commands.fault(StatusCml::INVALID_DATA);
            self.phase = Phase::Dropped;
            return false;
        }
        // Where only a packet error code can stand, a wrong one is seen at once.
        let code_here = self.write_length(info).is_some_and(|length| self.received.len() == length + 1)
            && info.read.is_none_or(|read| !asks(read));
        !code_here || self.fits()
    }

    /// The next byte out.
    pub(in crate::sim) fn read(&mut self) -> u8 {
        if self.phase != Phase::Reading {
            return 0xFF;
        }
        let byte = self.answer.get(self.sent).copied().unwrap_or(0xFF);
        self.sent = self.sent.saturating_add(1);
        byte
    }

    /// The next byte to a read of the alert response address, and whether the address went out with it.
    pub(in crate::sim) fn alert_byte(&mut self) -> (u8, bool) {
        let own = self.address.write_byte();
        let at = self.alert_sent;
        self.alert_sent = at.saturating_add(1);
        match at {
            0 => (own, true),
            1 => (Pec::new().update(&[ALERT_RESPONSE << 1 | 1, own]).value(), false),
            _ => (0xFF, false),
        }
    }

    /// STOP: a write is carried out now.
    pub(in crate::sim) fn stop(&mut self, commands: &mut dyn Commands) {
        match self.phase {
            Phase::Writing if !self.received.is_empty() => {
                if let Err(bit) = self.finish(commands) {
                    commands.fault(bit);
                }
            }
            // What has no answer was told before.
            Phase::Reading if !self.answer.is_empty() && self.sent > self.answer.len() => {
                commands.fault(StatusCml::INVALID_DATA);
            }
            _ => {}
        }
        self.phase = Phase::Idle;
        self.received.clear();
        self.answer.clear();
        self.sent = 0;
        self.alert_sent = 0;
    }

    fn command(&self, commands: &dyn Commands) -> Option<&'static CommandInfo> {
        let first = *self.received.first()?;
        let set = commands.set();
        let info = set.by_code(Code { first, extended: None })?;
        (!set.hazardous(first) && commands.knows(info)).then_some(info)
    }

    /// Bytes of a whole write, code and count included, without the packet error code; `None` while the count is not
    /// there, or for a command that is not written.
    fn write_length(&self, info: &CommandInfo) -> Option<usize> {
        Some(match info.write? {
            Write::Send => 1,
            Write::Block if info.request.is_empty() => 2 + usize::from(*self.received.get(1)?),
            _ => 1 + request_length(info) + usize::from(info.length.1),
        })
    }

    /// Most bytes that any message of the command has.
    fn longest(&self, info: &CommandInfo) -> usize {
        let write = match info.write {
            // One more: the packet error code.
            Some(Write::Block) => self.write_length(info).unwrap_or(MAX_TRANSACTION) + 1,
            Some(_) => self.write_length(info).unwrap_or(1) + 1,
            // Data for a command that is only read is taken in, and refused at the end.
            None => 1 + usize::from(info.length.1) + 1,
        };
        write.max(2 + request_length(info)).min(MAX_TRANSACTION)
    }

    fn fits(&self) -> bool {
        Transaction::received(self.address, &self.received, true).is_ok()
    }

    fn answer_with(&mut self, answer: Vec<u8>) {
        self.answer = answer;
        self.sent = 0;
        self.phase = Phase::Reading;
    }

    /// A repeated start asks for the command that came.
    fn prepare(&mut self, commands: &mut dyn Commands) {
        let answer = match self.answer_bytes(commands) {
            Ok(answer) => answer,
            Err(bit) => {
                commands.fault(bit);
                Vec::new()
            }
        };
        self.answer_with(answer);
    }

    fn answer_bytes(&self, commands: &mut dyn Commands) -> Result<Vec<u8>, StatusCml> {
        let info = self.command(commands).ok_or(StatusCml::INVALID_COMMAND)?;
        let (code, body) = self.received.split_first().ok_or(StatusCml::INVALID_COMMAND)?;
        let read = info.read.ok_or(StatusCml::INVALID_COMMAND)?;
        let request = match (read, body) {
            (Read::BlockCall, [count, data @ ..]) if usize::from(*count) == data.len() => data,
            (Read::BlockCall, _) => return Err(StatusCml::INVALID_DATA),
            (_, data) => data,
        };
        if request.len() != request_length(info) {
            return Err(StatusCml::INVALID_DATA);
        }
        let data = commands.read(info, request).ok_or(StatusCml::INVALID_DATA)?;
        let mut answer = Vec::with_capacity(data.len() + 2);
        if read.counted() {
            answer.push(u8::try_from(data.len()).map_err(|_| StatusCml::OTHER_MEMORY_OR_LOGIC)?);
        }
        answer.extend_from_slice(&data);
        let asked = Transaction::command(self.address, *code)
            .with_data(body)
            .map_err(|_| StatusCml::OTHER_MEMORY_OR_LOGIC)?;
        // Who wants no packet error code ends before it.
        answer.push(asked.answer_pec(&answer));
        Ok(answer)
    }

    /// Carries a write out.
    fn finish(&self, commands: &mut dyn Commands) -> Result<(), StatusCml> {
        let info = self.command(commands).ok_or(StatusCml::INVALID_COMMAND)?;
        if info.write.is_none() {
            // The code alone is a read that was not gone on with.
            return if self.received.len() == 1 { Ok(()) } else { Err(StatusCml::INVALID_DATA) };
        }
        let length = self.write_length(info).ok_or(StatusCml::OTHER_COMMUNICATION)?;
        let with_code = match self.received.len() {
            got if got < length => return Err(StatusCml::OTHER_COMMUNICATION),
            got => got > length,
        };
        if with_code && !self.fits() || !with_code && commands.set().pec == PecUse::Required {
            return Err(StatusCml::PEC);
        }
        let counted = matches!(info.write, Some(Write::Block)) && info.request.is_empty();
        let body =
            self.received.get(1 + usize::from(counted)..length).ok_or(StatusCml::OTHER_COMMUNICATION)?;
        let (request, data) =
            body.split_at_checked(request_length(info)).ok_or(StatusCml::OTHER_COMMUNICATION)?;
        // An action with data (a commit) has its length too; one without has none.
        let plain = matches!(info.write, Some(Write::Send));
        let sizes = usize::from(info.length.0)..=usize::from(info.length.1);
        let protected = info.protect.refuses(commands.protection()) != Some(false);
        // Clearing what is not set harms nobody (P2 10.2.4): status bits are not protected.
        let protected = protected && info.access != Access::WriteOneToClear && !plain;
        let taken =
            !protected && (plain || sizes.contains(&data.len())) && commands.write(info, request, data);
        if taken { Ok(()) } else { Err(StatusCml::INVALID_DATA) }
    }
}

fn asks(read: Read) -> bool {
    matches!(read, Read::Call | Read::BlockCall)
}

fn request_length(info: &CommandInfo) -> usize {
    info.request.iter().map(|field| usize::from(field.at) + usize::from(field.bytes)).max().unwrap_or(0)
}
