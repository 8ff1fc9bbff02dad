//! Device side: answers Modbus requests for anything that implements a register map.
//!
//! A firmware or a simulator implements [`Device`] over its own memory; [`respond`] does the protocol:
//! which function codes exist, in which order a request is checked, and that nothing is applied unless
//! the whole request is good.

use crate::codec::{Exception, FileRecord, FileResponse, MAX_READ_QUANTITY, MAX_RECORD_WORDS};
use crate::codec::{MAX_WRITE_QUANTITY, Pdu, Request, exception_response};
use crate::codec::{function, read_response, write_response};
use crate::map::{Access, MapInfo};

/// Something that holds the registers of a map.
pub trait Device {
    /// The map the device implements.
    fn map(&self) -> &'static MapInfo;

    /// The word at a mapped address (never called for another one).
    ///
    /// # Errors
    /// An exception if the value cannot be had now.
    fn word(&mut self, address: u16) -> Result<u16, Exception>;

    /// Applies words that the map allows, all or none.
    ///
    /// # Errors
    /// An exception if the device refuses; nothing has changed then.
    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception>;

    /// Registers of a file (function 20), into all of `words`. Devices without function 20 keep the default.
    ///
    /// # Errors
    /// [`Exception::IllegalDataAddress`] if the device has no such file, or the file ends before.
    fn file_record(&mut self, what: FileRecord, words: &mut [u16]) -> Result<(), Exception> {
        let _ = (what, words);
        Err(Exception::IllegalDataAddress)
    }

    /// An object of Read Device Identification (0 vendor, 1 product code, 2 revision); `None` if the
    /// device does not have it. Devices without function 43 keep the default.
    fn identity(&self, object: u8) -> Option<&[u8]> {
        let _ = object;
        None
    }
}

/// Answers one request.
pub fn respond(device: &mut impl Device, request: &Pdu) -> Pdu {
    match answer(device, request) {
        Ok(response) => response,
        Err(exception) => exception_response(request.function(), exception),
    }
}

fn answer(device: &mut impl Device, request: &Pdu) -> Result<Pdu, Exception> {
    let map = device.map();
    if !map.bus.functions.contains(&request.function()) {
        return Err(Exception::IllegalFunction);
    }
    match Request::decode(request.as_slice())? {
        Request::ReadHolding { address, quantity } | Request::ReadInput { address, quantity } => {
            map.check_read(address, quantity)?;
            let mut words = [0; MAX_READ_QUANTITY as usize];
            let words = words.get_mut(..usize::from(quantity)).ok_or(Exception::IllegalDataValue)?;
            for (at, word) in (address..=u16::MAX).zip(words.iter_mut()) {
                *word = match map.register_at(at) {
                    Some(register) if register.access == Access::WriteOnly => 0,
                    Some(_) => device.word(at)?,
                    None => 0,
                };
            }
            read_response(request.function(), words).map_err(|_| Exception::IllegalDataValue)
        }
        Request::WriteSingle { address, word } => {
            map.check_write(address, &[word])?;
            device.apply(address, &[word])?;
            Ok(write_response(function::WRITE_SINGLE, address, word))
        }
        Request::WriteMultiple { address, data } => {
            let mut words = [0; MAX_WRITE_QUANTITY as usize];
            let quantity = data.len() / 2;
            let words = words.get_mut(..quantity).ok_or(Exception::IllegalDataValue)?;
            for (word, pair) in words.iter_mut().zip(data.chunks_exact(2)) {
                *word = pair.iter().fold(0, |acc, byte| (acc << 8) | u16::from(*byte));
            }
            map.check_write(address, words)?;
            device.apply(address, words)?;
            Ok(write_response(function::WRITE_MULTIPLE, address, quantity as u16))
        }
        Request::ReadFileRecord { groups } => {
            let mut response = FileResponse::default();
            for group in groups.iter() {
                let mut words = [0; MAX_RECORD_WORDS as usize];
                let words = words.get_mut(..usize::from(group.words)).ok_or(Exception::IllegalDataAddress)?;
                device.file_record(group, words)?;
                response.push(words).map_err(|_| Exception::IllegalDataAddress)?;
            }
            response.finish().map_err(|_| Exception::ServerDeviceFailure)
        }
        Request::DeviceIdentification { code, object } => identification(device, code, object),
    }
}

/// Objects of the basic category: vendor, product code, revision (AP 6.21).
const BASIC_OBJECTS: u8 = 3;

fn identification(device: &impl Device, code: u8, object: u8) -> Result<Pdu, Exception> {
    // Conformity level 0x81: basic identification, stream and individual access.
    const CONFORMITY: u8 = 0x81;
    let (first, last, echoed) = match code {
        // A higher category than the device has is answered with what it has (AP 6.21).
        1..=3 => {
            // An unknown first object restarts at the beginning.
            let first = if object < BASIC_OBJECTS { object } else { 0 };
            (first, BASIC_OBJECTS - 1, code)
        }
        4 if object < BASIC_OBJECTS => (object, object, code),
        4 => return Err(Exception::IllegalDataAddress),
        _ => return Err(Exception::IllegalDataValue),
    };
    let mut bytes = [0u8; crate::codec::MAX_PDU];
    let head = [function::ENCAPSULATED, function::MEI_DEVICE_ID, echoed, CONFORMITY, 0, 0, last - first + 1];
    let mut len = 0;
    let mut push = |byte: u8| match bytes.get_mut(len) {
        Some(slot) => {
            *slot = byte;
            len += 1;
            Ok(())
        }
        None => Err(Exception::ServerDeviceFailure),
    };
    head.iter().try_for_each(|byte| push(*byte))?;
    for id in first..=last {
        let value = device.identity(id).ok_or(Exception::IllegalDataAddress)?;
        push(id)?;
        push(u8::try_from(value.len()).map_err(|_| Exception::ServerDeviceFailure)?)?;
        value.iter().try_for_each(|byte| push(*byte))?;
    }
    Pdu::new(bytes.get(..len).unwrap_or_default()).map_err(|_| Exception::ServerDeviceFailure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{AnswerError, check_file_record};
    use crate::generated::dpo_pmi;
    use crate::map::BusInfo;
    use std::vec::Vec;

    const WITH_FILES: MapInfo = MapInfo {
        bus: BusInfo { functions: &[3, function::READ_FILE_RECORD], ..dpo_pmi::MAP.bus },
        ..dpo_pmi::MAP
    };

    /// File 1 has 200 records, each of which is its own number.
    struct BlackBox(&'static MapInfo);

    impl Device for BlackBox {
        fn map(&self) -> &'static MapInfo {
            self.0
        }

        fn word(&mut self, _: u16) -> Result<u16, Exception> {
            Ok(0)
        }

        fn apply(&mut self, _: u16, _: &[u16]) -> Result<(), Exception> {
            Err(Exception::IllegalDataAddress)
        }

        fn file_record(&mut self, what: FileRecord, words: &mut [u16]) -> Result<(), Exception> {
            if what.file != 1 || what.record + what.words > 200 {
                return Err(Exception::IllegalDataAddress);
            }
            for (word, at) in words.iter_mut().zip(what.record..) {
                *word = at;
            }
            Ok(())
        }
    }

    #[test]
    fn file_records_are_read_by_a_device_whose_map_declares_the_function() {
        static WITH: MapInfo = WITH_FILES;
        let mut device = BlackBox(&WITH);
        let ask = |file, record, words| Pdu::read_file_record(FileRecord { file, record, words }).unwrap();
        let answer = respond(&mut device, &ask(1, 10, 121));
        assert_eq!(
            check_file_record(&answer, 121).unwrap().collect::<Vec<_>>(),
            (10..131).collect::<Vec<u16>>()
        );
        for (file, record) in [(2, 0), (1, 199)] {
            let answer = respond(&mut device, &ask(file, record, 2));
            let refused = AnswerError::Exception(Exception::IllegalDataAddress);
            assert_eq!(check_file_record(&answer, 2).map(|_| ()), Err(refused));
        }
        // Two groups in one request, as the specification's example has them.
        let two = Pdu::new(&[0x14, 14, 6, 0, 1, 0, 3, 0, 1, 6, 0, 1, 0, 9, 0, 2]).unwrap();
        assert_eq!(respond(&mut device, &two).as_slice(), [0x14, 10, 3, 6, 0, 3, 5, 6, 0, 9, 0, 10]);
        let answer = respond(&mut BlackBox(&dpo_pmi::MAP), &ask(1, 0, 1));
        assert_eq!(answer.exception(), Some(Exception::IllegalFunction));
    }
}
