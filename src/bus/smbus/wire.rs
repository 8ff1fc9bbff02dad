//! The targets of a bus, byte by byte.

/// Something that happened to a message on the wire, other than a missing acknowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Another controller won the bus.
    Arbitration,
    /// A target holds the clock beyond the time-out.
    Stretched,
}

/// Targets on one bus, as a controller drives them.
///
/// The order is that of the wire: [`start`](Self::start), then bytes in the direction of the address byte; perhaps
/// [`start`](Self::start) again; [`stop`](Self::stop). A controller that gave up (no acknowledge, a fault) stops
/// too.
pub trait Wire: Send {
    /// START or repeated START with the address byte; true if a target acknowledges.
    ///
    /// # Errors
    /// [`Fault`], after which only [`stop`](Self::stop) may follow.
    fn start(&mut self, address_byte: u8) -> Result<bool, Fault>;

    /// A byte of the controller; true if the target acknowledges.
    ///
    /// # Errors
    /// As of [`start`](Self::start).
    fn write(&mut self, byte: u8) -> Result<bool, Fault>;

    /// A byte of the target; 0xFF if nobody drives the line. `more` is the acknowledge of the controller.
    ///
    /// # Errors
    /// As of [`start`](Self::start).
    fn read(&mut self, more: bool) -> Result<u8, Fault>;

    /// STOP. What was written takes effect now.
    fn stop(&mut self);

    /// Whether a target pulls SMBALERT#.
    fn alert(&mut self) -> bool {
        false
    }
}

impl<W: Wire + ?Sized> Wire for Box<W> {
    fn start(&mut self, address_byte: u8) -> Result<bool, Fault> {
        (**self).start(address_byte)
    }
    fn write(&mut self, byte: u8) -> Result<bool, Fault> {
        (**self).write(byte)
    }
    fn read(&mut self, more: bool) -> Result<u8, Fault> {
        (**self).read(more)
    }
    fn stop(&mut self) {
        (**self).stop();
    }
    fn alert(&mut self) -> bool {
        (**self).alert()
    }
}
