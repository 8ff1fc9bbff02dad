//! Messages of a command, and when they are sent again.
//!
//! A read is repeated: it changes nothing. A write is repeated only if it is certain that nobody took it (the address
//! was not acknowledged, another controller won the bus); in any other case its sender looks first.

use std::time::Duration;

use dpo_registers::codec::pmbus::{Block, FrameError, Transaction};
use dpo_registers::pmbus::{CommandInfo, DecodeError, EncodeError, Read, Write};

use super::{Device, PmbusError};
use crate::bus::smbus::{LineError, Message};

/// How often a message is sent at most.
const ATTEMPTS: u32 = 3;
/// Pause before it is sent again; a busy supply needs some milliseconds.
const PAUSE: Duration = Duration::from_millis(2);

impl Device {
    /// The data bytes of a command, without their count. `request` is what a process call asks with.
    ///
    /// # Errors
    /// [`PmbusError`] of the last attempt.
    pub async fn read_bytes(&self, info: &CommandInfo, request: &[u8]) -> Result<Block, PmbusError> {
        let _turn = self.paging.lock().await;
        self.read_frame(info, request).await
    }

    /// Writes data bytes (without their count) behind those of a request.
    ///
    /// # Errors
    /// [`PmbusError`]; see [`PmbusError::uncertain`].
    pub async fn write_bytes(
        &self,
        info: &CommandInfo,
        request: &[u8],
        data: &[u8],
    ) -> Result<(), PmbusError> {
        let _turn = self.paging.lock().await;
        self.write_frame(info, request, data).await
    }

    pub(super) async fn read_frame(&self, info: &CommandInfo, request: &[u8]) -> Result<Block, PmbusError> {
        let read = info.read.ok_or_else(|| self.direction(info, "reads"))?;
        let begin = self.begin(info)?;
        let begin = match read {
            Read::BlockCall => begin.with_block(request),
            _ => begin.with_data(request),
        }
        .map_err(|source| PmbusError::Frame { at: self.place(info), source })?;
        let mut attempt = 1;
        loop {
            match self.read_once(info, read, &begin).await {
                Err(error) if error.passing() && attempt < ATTEMPTS => {
                    tracing::debug!(%error, attempt, "read again");
                    attempt += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                result => return result,
            }
        }
    }

    async fn read_once(
        &self,
        info: &CommandInfo,
        read: Read,
        begin: &Transaction,
    ) -> Result<Block, PmbusError> {
        let (min, max) = (usize::from(info.length.0), usize::from(info.length.1));
        let frame = |source| PmbusError::Frame { at: self.place(info), source };
        let code = usize::from(self.pec);
        let len = match (read.counted(), min == max) {
            (false, _) => max + code,
            (true, true) => 1 + max + code,
            // Reading beyond the end is a fault to the target (P2 10.8.6), ending early is none: so the count
            // first. The second answer is checked as a whole.
            (true, false) => {
                let count = usize::from(self.exchange(info, begin, 1).await?.first().copied().unwrap_or(0));
                if !(min..=max).contains(&count) {
                    return Err(if count == 0xFF && max < 0xFF {
                        PmbusError::NotDriven { at: self.place(info) }
                    } else {
                        frame(FrameError::Length { expected: max, got: count })
                    });
                }
                1 + count + code
            }
        };
        let bytes = self.exchange(info, begin, len).await?;
        let answer = if read.counted() {
            begin.block_answer(&bytes, self.pec)
        } else {
            begin.answer(&bytes, max, self.pec)
        };
        match answer {
            Ok(data) => Block::new(data).map_err(frame),
            Err(_) if bytes.iter().all(|byte| *byte == 0xFF) => {
                Err(PmbusError::NotDriven { at: self.place(info) })
            }
            Err(FrameError::Pec { expected, got }) => {
                Err(PmbusError::Pec { at: self.place(info), expected, got })
            }
            Err(error) => Err(frame(error)),
        }
    }

    async fn exchange(
        &self,
        info: &CommandInfo,
        begin: &Transaction,
        len: usize,
    ) -> Result<Vec<u8>, PmbusError> {
        let write = Message::Write { to: self.address, bytes: begin.as_slice().to_vec() };
        let read = Message::Read { from: self.address, len };
        self.controller.transfer(vec![write, read]).await.map_err(|source| self.line(info, source))
    }

    pub(super) async fn write_frame(
        &self,
        info: &CommandInfo,
        request: &[u8],
        data: &[u8],
    ) -> Result<(), PmbusError> {
        let message = self.write_message(info, request, data)?;
        let mut attempt = 1;
        loop {
            match self.controller.transfer(vec![message.clone()]).await {
                Ok(_) => return Ok(()),
                Err(LineError::Absent { .. } | LineError::Arbitration { .. }) if attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(source) => return Err(self.line(info, source)),
            }
        }
    }

    /// The message that writes a command, with its packet error code.
    pub(super) fn write_message(
        &self,
        info: &CommandInfo,
        request: &[u8],
        data: &[u8],
    ) -> Result<Message, PmbusError> {
        let write = info.write.ok_or_else(|| self.direction(info, "writes"))?;
        let begin = self.begin(info)?;
        let whole = match write {
            Write::Block if request.is_empty() => begin.with_block(data),
            _ => begin.with_data(request).and_then(|begin| begin.with_data(data)),
        }
        .map_err(|source| PmbusError::Frame { at: self.place(info), source })?;
        let whole = if self.pec { whole.with_pec() } else { whole };
        Ok(Message::Write { to: self.address, bytes: whole.as_slice().to_vec() })
    }

    /// The code of a command, if it may be sent at all.
    fn begin(&self, info: &CommandInfo) -> Result<Transaction, PmbusError> {
        if self.set.hazardous(info.code.first) {
            return Err(PmbusError::Hazard { at: self.place(info) });
        }
        if self.set.by_code(info.code).is_none() {
            return Err(PmbusError::NotInMap { set: self.set.id, command: info.id.to_owned() });
        }
        Ok(match info.code.extended {
            Some(second) => Transaction::extended(self.address, info.code.first, second),
            None => Transaction::command(self.address, info.code.first),
        })
    }

    /// Bus, target and command for an error.
    pub(super) fn place(&self, info: &CommandInfo) -> String {
        format!("{}, {:02X}h, {}", self.controller.name(), self.address.get(), info.name)
    }

    fn line(&self, info: &CommandInfo, source: LineError) -> PmbusError {
        PmbusError::Line { at: info.name.to_owned(), source }
    }

    fn direction(&self, info: &CommandInfo, what: &'static str) -> PmbusError {
        PmbusError::Direction { at: self.place(info), what }
    }

    pub(super) fn encode_error(&self, info: &CommandInfo, source: EncodeError) -> PmbusError {
        PmbusError::Encode { at: self.place(info), source }
    }

    pub(super) fn decode_error(&self, info: &CommandInfo, source: DecodeError) -> PmbusError {
        PmbusError::Decode { at: self.place(info), source }
    }
}
