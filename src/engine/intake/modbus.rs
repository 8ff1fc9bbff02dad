//! Readings from a gateway's PMI block over Modbus TCP, polled: quicker than the event stream, and without a login.
//!
//! The block is one snapshot of the gateway however often it is read (`snapshot_sequence`), so polls that find the same one
//! again give no reading. Plain Modbus has no authentication: see SECURITY.md.

use std::net::SocketAddr;
use std::time::Duration;

use dpo_registers::generated::dpo_pmi::{self as pmi, Image, State, StateCause};
use dpo_registers::map::RegisterInfo;
use dpo_registers::register::{Register, Words};
use futures::future::BoxFuture;
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_modbus::client::{Context, Reader as _, tcp};
use tokio_modbus::{ExceptionCode, Slave};

use super::{AcInput, Pause, Reading, Report, Said, Telemetry, power};
use crate::engine::clock::Clock;
use crate::engine::setpoint::{GridState, ShelfState};

/// Unit of the block unless told otherwise.
pub const UNIT: u8 = 7;
/// Longest time for a connection or for an answer.
pub(crate) const ANSWER: Duration = Duration::from_secs(2);

/// Where a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockAt {
    /// Modbus TCP server.
    pub address: SocketAddr,
    /// Unit.
    pub unit: u8,
}

/// Why the block was not read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BlockError {
    /// The server cannot be reached, or the connection broke.
    #[error("{at}: {reason}")]
    Transport {
        /// Server.
        at: SocketAddr,
        /// The words of the layers below.
        reason: String,
    },
    /// The server refused.
    #[error("{at}: register {register}: exception {code:02}")]
    Exception {
        /// Server.
        at: SocketAddr,
        /// First register of the request.
        register: u16,
        /// Code of the exception.
        code: u8,
    },
    /// This is no such block.
    #[error("{at}: {reason}")]
    NoBlock {
        /// Server.
        at: SocketAddr,
        /// What is wrong.
        reason: String,
    },
}

/// A connection to a block.
pub(crate) struct Block {
    context: Context,
    at: BlockAt,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Block {
    /// Connects, and makes sure that there is a DPO block of this major version.
    pub(crate) async fn connect(at: BlockAt) -> Result<Self, BlockError> {
        let lost = |reason: String| BlockError::Transport { at: at.address, reason };
        let socket = timeout(ANSWER, TcpStream::connect(at.address))
            .await
            .map_err(|_| lost("no connection in time".to_owned()))?
            .map_err(|e| lost(e.to_string()))?;
        socket.set_nodelay(true).map_err(|e| lost(e.to_string()))?;
        let mut block = Self { context: tcp::attach_slave(socket, Slave(at.unit)), at };
        let head = block.read(pmi::MAP.identification.address, 4).await?;
        let image = Image::read(&Rows(&[(pmi::MAP.identification.address, head)]));
        let major = pmi::MAP.version.0;
        if image.block_magic.is_none_or(|m| m != MAGIC) {
            let reason = format!("unit {} carries no DPO block", at.unit);
            return Err(BlockError::NoBlock { at: at.address, reason });
        }
        if image.map_version_major.map(u32::from) != Some(u32::from(major)) {
            let reason = format!("its DPO block is of another major version than {major}");
            return Err(BlockError::NoBlock { at: at.address, reason });
        }
        Ok(block)
    }

    /// Reads registers; what fails ends the connection, but for an exception.
    pub(crate) async fn read(&mut self, address: u16, count: u16) -> Result<Vec<u16>, BlockError> {
        let asked = timeout(ANSWER, self.context.read_holding_registers(address, count)).await;
        let words = self.answer(address, asked)?;
        if words.len() != usize::from(count) {
            return Err(self.lost(format!("{count} words asked for, {} came", words.len())));
        }
        Ok(words)
    }

    /// Writes registers by one function 16.
    pub(crate) async fn write(&mut self, address: u16, words: &[u16]) -> Result<(), BlockError> {
        use tokio_modbus::client::Writer as _;
        let asked = timeout(ANSWER, self.context.write_multiple_registers(address, words)).await;
        self.answer(address, asked)
    }

    fn answer<T>(
        &self,
        register: u16,
        answer: Result<tokio_modbus::Result<T>, tokio::time::error::Elapsed>,
    ) -> Result<T, BlockError> {
        match answer {
            Err(_) => Err(self.lost("no answer in time".to_owned())),
            Ok(Err(error)) => Err(self.lost(error.to_string().chars().take(200).collect())),
            Ok(Ok(Err(code))) => {
                Err(BlockError::Exception { at: self.at.address, register, code: ExceptionCode::into(code) })
            }
            Ok(Ok(Ok(value))) => Ok(value),
        }
    }

    fn lost(&self, reason: String) -> BlockError {
        BlockError::Transport { at: self.at.address, reason }
    }
}

/// What `block_magic` reads: "DPO1".
const MAGIC: u32 = 0x4450_4F31;

/// Words that were read in some requests.
pub(crate) struct Rows<'a>(pub(crate) &'a [(u16, Vec<u16>)]);

impl Words for Rows<'_> {
    fn word(&self, address: u16) -> Option<u16> {
        self.0.iter().find_map(|(first, words)| words.get(usize::from(address.checked_sub(*first)?)).copied())
    }
}

/// From the first to the last of some registers: address and number of words.
fn span(first: &RegisterInfo, last: &RegisterInfo) -> (u16, u16) {
    (first.address, last.address + last.words - first.address)
}

/// What seldom changes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Rated {
    /// Rating of the PSUs, W.
    power_w: f64,
    /// Nominal AC voltage that the gateway declares, V; without a measurement of its own it declares none.
    nominal_v: Option<f64>,
}

/// A gateway's PMI block as a source.
#[derive(Debug)]
pub struct ModbusTelemetry {
    at: BlockAt,
    clock: Clock,
    block: Option<Block>,
    ticks: tokio::time::Interval,
    pause: Pause,
    sequence: Option<u32>,
    last_s: f64,
    /// What seldom changes, and when it was read.
    rated: Option<(Rated, Instant)>,
}

impl ModbusTelemetry {
    /// Polls the block each `period` (20 ms to 10 s; beyond that it is cut).
    pub fn new(at: BlockAt, period: Duration, clock: Clock) -> Self {
        let mut ticks = interval(period.clamp(Duration::from_millis(20), Duration::from_secs(10)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let last_s = f64::NEG_INFINITY;
        Self { at, clock, block: None, ticks, pause: Pause::new(), sequence: None, last_s, rated: None }
    }

    async fn report(&mut self) -> Report {
        loop {
            self.ticks.tick().await;
            match self.poll().await {
                Ok(Some(reading)) => {
                    self.pause.reset();
                    return Report::Reading(Box::new(reading));
                }
                Ok(None) => (),
                Err(error) => {
                    (self.block, self.rated) = (None, None);
                    tracing::info!(%error, "engine: the PMI block does not answer");
                    tokio::time::sleep(self.pause.take()).await;
                    return Report::Lost(error.to_string());
                }
            }
        }
    }

    async fn poll(&mut self) -> Result<Option<Reading>, BlockError> {
        if self.block.is_none() {
            self.block = Some(Block::connect(self.at).await?);
        }
        let Some(block) = &mut self.block else { return Ok(None) };
        // The number of the snapshot first; the rest is of it, or of one that came in between. Each request takes a row
        // without holes: what lies between is no word of the map.
        let (from, count) = span(pmi::reg::SnapshotSequence::INFO, pmi::reg::StateBefore::INFO);
        let mut rows = vec![(from, block.read(from, count).await?)];
        let received_s = self.clock.now_s();
        let image = Image::read(&Rows(&rows));
        if image.snapshot_sequence.is_some() && image.snapshot_sequence == self.sequence {
            return Ok(None);
        }
        self.sequence = image.snapshot_sequence;
        let (from, count) = span(pmi::reg::State::INFO, pmi::reg::State::INFO);
        rows.push((from, block.read(from, count).await?));
        let (from, count) = span(pmi::reg::InputVoltage::INFO, pmi::reg::TimeLeft::INFO);
        rows.push((from, block.read(from, count).await?));
        let (from, count) = span(pmi::reg::DeliverablePower::INFO, pmi::reg::ReserveCharge::INFO);
        rows.push((from, block.read(from, count).await?));
        if self.rated.is_none_or(|(_, at)| at.elapsed() > Duration::from_secs(1)) {
            let mut seldom = Vec::new();
            for register in [&pmi::reg::RatedPower::INFO, &pmi::reg::AcNominalVoltage::INFO] {
                let (from, count) = span(register, register);
                match block.read(from, count).await {
                    Ok(words) => seldom.push((from, words)),
                    // A block may be older than the register, or have none of what it is about.
                    Err(error @ BlockError::Exception { .. }) => {
                        tracing::debug!(%error, register = register.name, "engine: not in this block");
                    }
                    Err(error) => return Err(error),
                }
            }
            let image = Image::read(&Rows(&seldom));
            let power_w = image.rated_power.map_or(0.0, |w| w.0);
            let nominal_v = image.ac_nominal_voltage.map(|v| v.0);
            self.rated = Some((Rated { power_w, nominal_v }, Instant::now()));
        }
        let rated = self.rated.map(|(rated, _)| rated).unwrap_or_default();
        Ok(self.reading(&Image::read(&Rows(&rows)), received_s, rated))
    }

    fn reading(&mut self, image: &Image, received_s: f64, rated: Rated) -> Option<Reading> {
        let input_w = power(image.input_power?.0)?;
        let bbu_w = image.battery_power.and_then(|w| power(w.0)).unwrap_or(0.0);
        let load_w = power(image.output_power?.0)? + bbu_w;
        // The gateway says how old its snapshot is, so no clock of its own is needed.
        let age_s = image.snapshot_age.map_or(0.0, |age| age.0.clamp(0.0, 60.0));
        let t_s = received_s - age_s;
        if t_s <= self.last_s {
            return None;
        }
        self.last_s = t_s;
        let volts = image.input_voltage.map(|v| v.0);
        let mut ac = AcInput::of(volts.into_iter(), image.input_frequency.map(|f| f.0));
        ac.nominal_v = rated.nominal_v;
        let state = ShelfState {
            t_s,
            load_w,
            input_w,
            bbu_w,
            state_of_charge: image.state_of_charge.map_or(0.0, |p| (p.0 / 100.0).clamp(0.0, 1.0)),
            bbu_available_w: image.deliverable_power.map_or(0.0, |w| w.0),
            psu_available_w: rated.power_w,
            grid: said(image.state, image.state_cause).with(&ac),
        };
        Some(Reading { state, received_s, stamp_s: None, clock_ahead_s: None, ac })
    }
}

/// State and cause in the words that Redfish has for them.
fn said(state: Option<State>, cause: Option<StateCause>) -> Said {
    let name = match state {
        Some(State::Normal) => "Normal",
        Some(State::SagDetected) => "SagDetected",
        Some(State::Supporting) => "Supporting",
        Some(State::Recovering) => "Recovering",
        Some(State::Recharging) => "Recharging",
        Some(State::FailSafe) => "FailSafe",
        _ => return Said::Grid(GridState::Unknown),
    };
    let cause = match cause {
        Some(StateCause::Setpoint) => Some("Setpoint"),
        Some(StateCause::LeaseExpired) => Some("LeaseExpired"),
        Some(StateCause::Battery) => Some("Battery"),
        _ => None,
    };
    Said::of(name, cause)
}

impl Telemetry for ModbusTelemetry {
    fn next(&mut self) -> BoxFuture<'_, Report> {
        Box::pin(self.report())
    }
}
