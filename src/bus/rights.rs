//! What a request does by its function code, and who may ask for it.

use dpo_registers::codec::{Pdu, function};

/// What a request does, as far as its function code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionClass {
    /// Changes nothing on a device.
    Read,
    /// Writes holding registers: functions 06 and 16, the only ones that the ORv3 maps declare.
    Write,
    /// Changes what no map declares, may start flash programming, or nobody knows what it does.
    Other,
}

impl FunctionClass {
    /// The class of a request.
    pub fn of(request: &Pdu) -> Self {
        match request.as_slice() {
            [1..=4 | 7 | 0x0B | 0x0C | 0x11 | 0x14 | 0x18, ..] => Self::Read,
            [function::ENCAPSULATED, function::MEI_DEVICE_ID, ..] => Self::Read,
            // No device has these as functions: its refusal is passed on as it comes.
            [0 | 0x80.., ..] => Self::Read,
            [function::WRITE_SINGLE | function::WRITE_MULTIPLE, ..] => Self::Write,
            _ => Self::Other,
        }
    }
}

/// What a peer may ask for. On plain Modbus nobody proves who he is, so everybody has all rights, and the
/// lease and the write policy decide; over TLS the role in the certificate gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Requests that change nothing.
    pub read: bool,
    /// All others.
    pub write: bool,
}

impl Rights {
    /// Everything.
    pub const ALL: Self = Self { read: true, write: true };
    /// Reading only.
    pub const READ: Self = Self { read: true, write: false };
    /// Nothing.
    pub const NONE: Self = Self { read: false, write: false };

    /// Whether they cover a request.
    pub fn permit(self, request: &Pdu) -> bool {
        // Most peers have all rights; then nothing is looked at.
        self == Self::ALL
            || match FunctionClass::of(request) {
                FunctionClass::Read => self.read,
                FunctionClass::Write | FunctionClass::Other => self.write,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_not_writing_whatever_the_function() {
        for function in 0..=255u8 {
            for sub in [0x0E, 0x0D] {
                let request = Pdu::new(&[function, sub, 1, 0]).unwrap();
                let device_id = function == 0x2B && sub == 0x0E;
                let known_read = matches!(function, 1..=4 | 7 | 0x0B | 0x0C | 0x11 | 0x14 | 0x18);
                let reads = device_id || known_read || function == 0 || function >= 0x80;
                assert_eq!(Rights::READ.permit(&request), reads, "{request:?}");
                assert_eq!(Rights { read: false, write: true }.permit(&request), !reads);
                assert!(Rights::ALL.permit(&request) && !Rights::NONE.permit(&request));
            }
        }
    }
}
