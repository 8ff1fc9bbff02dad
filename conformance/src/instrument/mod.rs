//! An instrument on the line: what a client of a bus cannot do with messages alone (gaps inside a frame, a clock that is
//! held, a STOP inside a byte) and what a bench does to a device (power, plugs, pins).
//!
//! The suite says in an [`Act`] what is to be done, and the instrument answers with a [`Measured`]: what it does not tell
//! it leaves out, and a case that needs it then is INCONCLUSIVE. Acts that send bytes pass the guard of the bus first.
//! [`remote`] is the adapter for real instruments; the self-test has a simulated one.

pub mod ac;
pub mod remote;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::transport::guard::Guard;
use crate::transport::smbus::Part;
use crate::transport::{LinkError, WireLog, event, hex};
use ac::{AcPoint, AcRecord};

/// Longest time of an act besides what it plays: somebody may have to pull a plug.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What an instrument is asked to do. Addresses of SMBus have 7 bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// SMBus: START, the address, the bytes, so many 1 bits of one more byte, STOP.
    CutWrite {
        /// Address.
        address: u8,
        /// Whole bytes, the command first.
        bytes: Vec<u8>,
        /// Bits of the byte that is cut (1 to 7).
        bits: u8,
    },
    /// SMBus: the command, a repeated START, whole bytes of the answer, so many bits of the next byte, then STOP.
    CutRead {
        /// Address.
        address: u8,
        /// Command.
        command: u8,
        /// Whole bytes read before.
        bytes: u8,
        /// Bits of the byte that is cut (1 to 7).
        bits: u8,
    },
    /// SMBus: a read in which the clock is held low behind the first byte of the answer.
    HeldRead {
        /// Address.
        address: u8,
        /// Command.
        command: u8,
        /// Bytes read.
        bytes: u8,
        /// How long the clock is held, in microseconds.
        hold_us: u32,
    },
    /// SMBus: a read at a clock rate, with the stretching of the clock measured.
    TimedRead {
        /// Address.
        address: u8,
        /// Command.
        command: u8,
        /// Bytes read.
        bytes: u8,
        /// Clock, in hertz.
        clock_hz: u32,
    },
    /// SMBus: a read that is left inside a byte while the device drives a 0, then clock pulses until SDA is high, nine at
    /// most, and a STOP.
    BusClear {
        /// Address.
        address: u8,
        /// Command.
        command: u8,
    },
    /// Takes a module out of its slot.
    Remove {
        /// Address.
        address: u8,
    },
    /// Puts it back.
    Insert {
        /// Address.
        address: u8,
    },
    /// Takes the input power away and gives it back, and waits until the device answers again.
    PowerCycle {
        /// Address.
        address: u8,
    },
    /// Drives the CONTROL pin.
    ControlPin {
        /// Address.
        address: u8,
        /// Whether it is high.
        high: bool,
    },
    /// Serial line: pieces of a frame, or of several, each followed by a gap, and then what comes back.
    Frames {
        /// The pieces.
        pieces: Vec<Piece>,
        /// How long to listen behind the last piece, in microseconds.
        listen_us: u32,
    },
    /// AC source: plays points of voltage and frequency, and measures from the start on.
    AcPlay {
        /// The points, in the order of their times; the first is at 0 ms.
        points: Vec<AcPoint>,
        /// How long to play and measure, in milliseconds.
        length_ms: u32,
        /// Length of an interval of the record, in milliseconds.
        every_ms: u32,
    },
}

/// A piece of what is sent on a serial line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// The bytes, without a gap between them.
    pub bytes: Vec<u8>,
    /// Quiet time behind them, in microseconds.
    pub gap_us: u32,
    /// Whether the gap begins behind what the device answers to the piece.
    #[serde(default)]
    pub after_answer: bool,
}

/// What an instrument saw; what it does not know is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Measured {
    /// Bytes that the device sent, of all answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Vec<u8>>,
    /// Whether SDA is high at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sda_high: Option<bool>,
    /// Stretching of the clock by the device, for each byte, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stretch_us: Option<Vec<u32>>,
    /// Clock pulses until SDA was high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulses: Option<u8>,
    /// From the end of the last piece to the first byte of the answer, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_us: Option<u32>,
    /// Longest quiet time between two bytes of one answer, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap_us: Option<u32>,
    /// From the end of the last stop bit until the line driver is off, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_us: Option<u32>,
    /// What was measured while an AC source played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ac: Option<AcRecord>,
}

impl Measured {
    /// What was seen, for logs.
    fn told(&self) -> String {
        match &self.ac {
            Some(record) => record.told(),
            None => json(self),
        }
    }
}

/// An instrument.
pub trait Instrument: Send {
    /// Does what is asked.
    ///
    /// # Errors
    /// Why it could not; it says so, too, for an act that it does not know.
    fn act(&mut self, act: &Act) -> Result<Measured, String>;
}

/// An instrument that several subjects share.
#[derive(Clone)]
pub struct SharedInstrument {
    name: String,
    inner: Arc<Mutex<Box<dyn Instrument>>>,
    /// What may go over a serial line; without it nothing may.
    guard: Option<Guard>,
}

impl fmt::Debug for SharedInstrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl SharedInstrument {
    /// An instrument under a name for reports.
    pub fn new(name: impl Into<String>, instrument: impl Instrument + 'static) -> Self {
        Self { name: name.into(), inner: Arc::new(Mutex::new(Box::new(instrument))), guard: None }
    }

    /// Name for reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same instrument on the line of a link that has this guard.
    #[must_use]
    pub fn guarded(&self, guard: &Guard) -> Self {
        Self { guard: Some(guard.clone()), ..self.clone() }
    }

    /// Whether an act may be done on a serial line.
    fn check(&self, act: &Act) -> Result<(), LinkError> {
        let refused = |reason: &str| LinkError::Http { request: json(act), reason: reason.to_owned() };
        match (act, &self.guard) {
            (Act::Frames { .. }, None) => Err(refused("no guard stands before this line")),
            (Act::Frames { pieces, .. }, Some(guard)) => {
                let parts = pieces.iter().map(|piece| (piece.bytes.as_slice(), piece.after_answer));
                guard.check_pieces(parts).map_err(|reason| {
                    let bytes: Vec<u8> = pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
                    LinkError::Hazard { bytes: hex(&bytes), reason }
                })
            }
            (_, Some(guard)) if act.disruptive() && !guard.allowed().disruptive => {
                Err(refused("it needs --allow-disruptive"))
            }
            _ => Ok(()),
        }
    }

    /// Does what is asked on this thread.
    ///
    /// # Errors
    /// As of [`Instrument::act`].
    pub(crate) fn blocking(&self, act: &Act) -> Result<Measured, String> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).act(act)
    }

    /// Does what is asked.
    ///
    /// # Errors
    /// [`LinkError::Io`] if it could not, or did not in time; [`LinkError::Hazard`] and [`LinkError::Http`] if the guard
    /// refused. Acts on SMBus pass the guard of their bus before.
    pub async fn act(&self, act: &Act, log: &dyn WireLog) -> Result<Measured, LinkError> {
        self.check(act)?;
        event(log, &format!("instrument: {}", json(act)));
        let (inner, own) = (self.clone(), act.clone());
        let fault = |reason: String| LinkError::Io { link: self.name.clone(), reason };
        let job = tokio::task::spawn_blocking(move || inner.blocking(&own));
        let patience = act.patience();
        let measured = match tokio::time::timeout(patience, job).await {
            Ok(Ok(result)) => result.map_err(fault)?,
            Ok(Err(error)) => return Err(fault(error.to_string())),
            Err(_) => return Err(fault(format!("no answer within {patience:?}"))),
        };
        event(log, &format!("instrument saw {}", measured.told()));
        Ok(measured)
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Act {
    /// What goes over an SMBus, for its guard; `None` for an act that sends nothing there.
    pub(crate) fn parts(&self) -> Option<Vec<Part>> {
        let read = |address: u8, command: u8, bytes: usize| {
            Some(vec![Part::Write(address, vec![command]), Part::Read(address, bytes)])
        };
        match self {
            Self::CutWrite { address, bytes, .. } => {
                // As if the byte that is cut were whole.
                Some(vec![Part::Write(*address, [bytes.as_slice(), &[0xFF]].concat())])
            }
            Self::CutRead { address, command, bytes, .. } => {
                read(*address, *command, usize::from(*bytes) + 1)
            }
            Self::HeldRead { address, command, bytes, .. }
            | Self::TimedRead { address, command, bytes, .. } => {
                read(*address, *command, usize::from(*bytes))
            }
            Self::BusClear { address, command } => read(*address, *command, 1),
            _ => None,
        }
    }

    /// Longest time until it is done.
    pub(crate) fn patience(&self) -> Duration {
        match self {
            Self::AcPlay { length_ms, .. } => PATIENCE + Duration::from_millis(u64::from(*length_ms)),
            _ => PATIENCE,
        }
    }

    /// Whether it does something to the device that only a bench unit should bear. What an AC source plays is checked where
    /// it is known what the device claims to ride through (`ride`).
    pub(crate) fn disruptive(&self) -> bool {
        matches!(
            self,
            Self::Remove { .. } | Self::Insert { .. } | Self::PowerCycle { .. } | Self::ControlPin { .. }
        )
    }
}
