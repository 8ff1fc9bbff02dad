//! Which requests a map allows.

use super::{MapInfo, RegisterInfo};
use crate::codec::{Exception, MAX_READ_QUANTITY, MAX_WRITE_QUANTITY};

impl MapInfo {
    /// The register with the identifier `id`.
    pub fn register(&self, id: &str) -> Option<&'static RegisterInfo> {
        self.registers.iter().find(|r| r.id == id)
    }

    /// The register that covers `address`.
    pub fn register_at(&self, address: u16) -> Option<&'static RegisterInfo> {
        let after = self.registers.partition_point(|r| r.address <= address);
        let register = self.registers.get(after.checked_sub(1)?)?;
        (u32::from(address) < register.end()).then_some(register)
    }

    /// Whether a read of `address` is answered: a mapped word or a readable gap.
    pub fn readable(&self, address: u16) -> bool {
        self.register_at(address).is_some() || contains(self.readable_gaps, address)
    }

    /// Whether `address` lies in a hazard range.
    pub fn hazardous(&self, address: u16) -> bool {
        contains(self.hazards, address)
    }

    /// Whether a device of this map may answer at the Modbus address `unit`.
    pub fn has_address(&self, unit: u8) -> bool {
        self.addresses.iter().any(|(first, last)| (*first..=*last).contains(&unit))
    }

    /// Checks a read in the order of the state diagram: quantity, then address
    /// (MODBUS Application Protocol V1.1b3, 6.3).
    ///
    /// # Errors
    /// [`Exception::IllegalDataValue`] for a quantity of 0 or above 125,
    /// [`Exception::IllegalDataAddress`] if any word is unmapped.
    pub fn check_read(&self, address: u16, quantity: u16) -> Result<(), Exception> {
        if quantity == 0 || quantity > MAX_READ_QUANTITY {
            return Err(Exception::IllegalDataValue);
        }
        let last = address.checked_add(quantity - 1).ok_or(Exception::IllegalDataAddress)?;
        if (address..=last).all(|a| self.readable(a)) { Ok(()) } else { Err(Exception::IllegalDataAddress) }
    }

    /// Checks a write of `words` from `address`: quantity, whole writable registers, limits, reserved
    /// bits, enumerations. Nothing may be applied if this fails.
    ///
    /// # Errors
    /// [`Exception::IllegalDataValue`] for the quantity or a value out of range,
    /// [`Exception::IllegalDataAddress`] for an unmapped, read-only, hazardous or half-written register.
    pub fn check_write(&self, address: u16, words: &[u16]) -> Result<(), Exception> {
        let quantity = u16::try_from(words.len()).map_err(|_| Exception::IllegalDataValue)?;
        if quantity == 0 || quantity > MAX_WRITE_QUANTITY {
            return Err(Exception::IllegalDataValue);
        }
        let last = address.checked_add(quantity - 1).ok_or(Exception::IllegalDataAddress)?;
        let mut at = u32::from(address);
        // Addresses first, for the whole span: a bad address outranks a bad value (AP 6.12).
        while at <= u32::from(last) {
            let register = self.whole_register(at, u32::from(last))?;
            at = register.end();
        }
        let mut at = u32::from(address);
        while at <= u32::from(last) {
            let register = self.whole_register(at, u32::from(last))?;
            let from = (at - u32::from(address)) as usize;
            let value = words.get(from..from + usize::from(register.words));
            register.check_words(value.ok_or(Exception::IllegalDataAddress)?)?;
            at = register.end();
        }
        Ok(())
    }

    fn whole_register(&self, at: u32, last: u32) -> Result<&'static RegisterInfo, Exception> {
        let address = u16::try_from(at).map_err(|_| Exception::IllegalDataAddress)?;
        let register = self.register_at(address).ok_or(Exception::IllegalDataAddress)?;
        let whole = register.address == address && register.end() <= last + 1;
        if whole && register.access.writable() && !self.hazardous(address) {
            Ok(register)
        } else {
            Err(Exception::IllegalDataAddress)
        }
    }
}

fn contains(ranges: &[(u16, u16)], address: u16) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&address))
}
