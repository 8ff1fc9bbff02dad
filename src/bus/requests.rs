//! Typed requests over a [`Bus`]: what is sent, and the check that the answer belongs to it, to the byte.

use std::collections::BTreeMap;

use dpo_registers::client::{
    AnswerError, check_file_record, check_identification, check_read, check_read_input, check_write,
};
use dpo_registers::codec::{Exception, FileRecord, MAX_RECORD_WORDS, Pdu, PduError};

use super::{Bus, BusError};

/// Why a typed read or write failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransactError {
    /// Below the PDU.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The device refused.
    #[error("address {unit}, register {address}: {exception}")]
    Refused {
        /// Modbus address.
        unit: u8,
        /// First register.
        address: u16,
        /// The device's exception.
        exception: Exception,
    },
    /// The answer does not fit the request.
    #[error("address {unit}, register {address}: the answer does not fit the request")]
    Mismatch {
        /// Modbus address.
        unit: u8,
        /// First register.
        address: u16,
    },
    /// The request cannot be built.
    #[error("address {unit}, register {address}: {source}")]
    Request {
        /// Modbus address.
        unit: u8,
        /// First register.
        address: u16,
        /// Why.
        source: PduError,
    },
}

fn answer_error(error: AnswerError, bus: &dyn Bus, unit: u8, address: u16) -> TransactError {
    match error {
        // These do not come from the device, but from a gateway on the way that did not reach it, or did
        // not hear its answer: nobody knows whether the device is there, or whether it took a write.
        AnswerError::Exception(
            exception @ (Exception::GatewayPathUnavailable | Exception::GatewayTargetFailed),
        ) => TransactError::Bus(BusError::Frame {
            bus: bus.name().to_owned(),
            unit,
            reason: exception.to_string(),
        }),
        AnswerError::Exception(exception) => TransactError::Refused { unit, address, exception },
        AnswerError::Mismatch => TransactError::Mismatch { unit, address },
    }
}

fn built(request: Result<Pdu, PduError>, unit: u8, address: u16) -> Result<Pdu, TransactError> {
    request.map_err(|source| TransactError::Request { unit, address, source })
}

/// Reads holding registers (function 03).
///
/// # Errors
/// [`TransactError`]; an answer with too few registers is an error, never a shorter result. The exceptions
/// 0A and 0B of a gateway on the way are a [`BusError`]: the device did not answer.
pub async fn read_holding(
    bus: &dyn Bus,
    unit: u8,
    address: u16,
    quantity: u16,
) -> Result<Vec<u16>, TransactError> {
    let request = built(Pdu::read_holding(address, quantity), unit, address)?;
    let answer = bus.transact(unit, request).await?;
    let words = check_read(&answer, quantity).map_err(|e| answer_error(e, bus, unit, address))?;
    Ok(words.collect())
}

/// Reads input registers (function 04).
///
/// # Errors
/// As of [`read_holding`].
pub async fn read_input(
    bus: &dyn Bus,
    unit: u8,
    address: u16,
    quantity: u16,
) -> Result<Vec<u16>, TransactError> {
    let request = built(Pdu::read_input(address, quantity), unit, address)?;
    let answer = bus.transact(unit, request).await?;
    let words = check_read_input(&answer, quantity).map_err(|e| answer_error(e, bus, unit, address))?;
    Ok(words.collect())
}

/// Writes registers (function 06 for one word, 16 for more). Only the safe writer of a shelf calls
/// this; everything else goes through the gate.
///
/// # Errors
/// [`TransactError`] if the device refused or echoed something else; exceptions 0A and 0B as of
/// [`read_holding`].
pub async fn write_registers(
    bus: &dyn Bus,
    unit: u8,
    address: u16,
    words: &[u16],
) -> Result<(), TransactError> {
    let request = match words {
        [word] => Pdu::write_single(address, *word),
        _ => built(Pdu::write_multiple(address, words), unit, address)?,
    };
    let answer = bus.transact(unit, request).await?;
    check_write(&request, &answer).map_err(|e| answer_error(e, bus, unit, address))
}

/// Reads a stretch of a file (function 20, AP 6.14), such as a log or a black box, in as many requests as it takes.
///
/// # Errors
/// [`TransactError`], of which the register is the record; what was read before is lost with it.
pub async fn read_file(bus: &dyn Bus, unit: u8, what: FileRecord) -> Result<Vec<u16>, TransactError> {
    let mut words = Vec::with_capacity(usize::from(what.words));
    let (mut record, mut left) = (what.record, what.words);
    while left > 0 || words.is_empty() {
        let part = FileRecord { record, words: left.min(MAX_RECORD_WORDS), ..what };
        let request = built(Pdu::read_file_record(part), unit, record)?;
        let answer = bus.transact(unit, request).await?;
        words.extend(check_file_record(&answer, part.words).map_err(|e| answer_error(e, bus, unit, record))?);
        left -= part.words;
        record = record.saturating_add(part.words);
    }
    Ok(words)
}

/// Most answers of which one identification may consist: there are 256 objects, and each answer brings one.
const MOST_PARTS: usize = 256;

/// Reads the identification of a device (function 43, MEI type 14; AP 6.21): its objects by number, 0 the vendor, 1 the
/// product code, 2 the revision. `category` is 1 (basic), 2 (regular) or 3 (extended).
///
/// # Errors
/// [`TransactError`], of which the register is the object asked for; also for a device whose parts do not end.
pub async fn read_identification(
    bus: &dyn Bus,
    unit: u8,
    category: u8,
) -> Result<BTreeMap<u8, Vec<u8>>, TransactError> {
    let mut objects = BTreeMap::new();
    let mut next = 0;
    for _ in 0..MOST_PARTS {
        let answer = bus.transact(unit, Pdu::identification(category, next)).await?;
        let failed = |e| answer_error(e, bus, unit, next.into());
        let part = check_identification(&answer, category).map_err(failed)?;
        for (id, value) in part.objects() {
            objects.insert(id, value.to_vec());
        }
        match part.next {
            // A device that goes back would never end.
            Some(object) if object > next => next = object,
            Some(_) => break,
            None => return Ok(objects),
        }
    }
    Err(TransactError::Mismatch { unit, address: next.into() })
}
