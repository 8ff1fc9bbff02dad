//! A simulated shelf, its gateway and its PMI in one process: what `dpo serve` runs without a
//! configuration, and what the conformance suite's target `sim` judges. On request with a local fast path.

mod fast;
mod judge;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::bus::arbiter::{Arbiter, Priority};
use crate::bus::memory::MemoryBus;
use crate::bus::tcp::TcpServerConfig;
use crate::gateway::{self, BusLine, Gateway, GatewayConfig};
use crate::pmi::{Front, FrontConfig, FrontError, Line, PmiConfig, PmiError, PmiService, Route};
use crate::realtime::{ExecutorConfig, Granted, StatisticsView};
use crate::sim::{self, ShelfConfig, SimShelf};
use fast::Fast;
pub use fast::{FastError, sample_work};
pub use judge::CodeJudge;

/// What to simulate and where to serve it.
#[derive(Debug, Clone)]
pub struct EmbeddedConfig {
    /// The simulated shelf.
    pub shelf: ShelfConfig,
    /// The gateway.
    pub gateway: GatewayConfig,
    /// The PMI.
    pub pmi: PmiConfig,
    /// Where the PMI is served.
    pub front: FrontConfig,
    /// How the local fast path runs; `None`: there is none but what `gateway` brings along.
    pub fast: Option<ExecutorConfig>,
}

impl Default for EmbeddedConfig {
    /// A free TCP port on loopback and a pseudo-terminal without a link.
    fn default() -> Self {
        Self {
            shelf: ShelfConfig::default(),
            gateway: GatewayConfig::default(),
            pmi: PmiConfig::default(),
            front: FrontConfig {
                modbus: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                limits: TcpServerConfig::default(),
                #[cfg(feature = "secure")]
                secure: None,
                line: Line::Pty(None),
            },
            fast: None,
        }
    }
}

/// Why the embedded shelf cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The simulated shelf's settings are wrong.
    #[error("shelf: {0}")]
    Shelf(#[from] sim::ConfigError),
    /// The gateway's settings are wrong.
    #[error("gateway: {0}")]
    Gateway(#[from] gateway::ConfigError),
    /// The PMI's settings are wrong.
    #[error(transparent)]
    Pmi(#[from] PmiError),
    /// A socket or line cannot be opened.
    #[error(transparent)]
    Front(#[from] FrontError),
    /// The local fast path cannot be started.
    #[error("fast path: {0}")]
    Fast(#[from] FastError),
}

/// A running simulated shelf with its gateway and PMI.
#[derive(Debug)]
pub struct Embedded {
    /// The gateway.
    pub gateway: Gateway,
    /// The simulated shelf, to pull devices out of it or to change the load.
    pub shelf: SimShelf,
    fast: Option<Fast>,
    front: Front,
    tasks: Vec<JoinHandle<()>>,
    stop: Stop,
}

/// Ends the tasks even if [`Embedded`] is dropped without [`Embedded::stop`].
#[derive(Debug)]
struct Stop {
    /// The shelf outlives the gateway, which brings the fail-safe values back when it ends.
    gateway: CancellationToken,
    shelf: CancellationToken,
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.gateway.cancel();
        self.shelf.cancel();
    }
}

impl Embedded {
    /// Starts everything; the shelf runs in real time.
    ///
    /// # Errors
    /// [`EmbeddedError`] if the settings are wrong or a socket cannot be opened.
    pub async fn start(config: EmbeddedConfig) -> Result<Self, EmbeddedError> {
        config.shelf.check()?;
        let mut config = config;
        let fast = config
            .fast
            .map(|executor| {
                let ShelfConfig { ac_voltage, ac_frequency, .. } = config.shelf;
                Fast::start(executor, ac_voltage, ac_frequency, config.gateway.poll_interval)
            })
            .transpose()?;
        if let Some(fast) = &fast {
            config.gateway.fast = Some(Arc::clone(&fast.source));
        }
        let stop = Stop { gateway: CancellationToken::new(), shelf: CancellationToken::new() };
        let shelf = SimShelf::new(config.shelf);
        let line = Arbiter::from(Arc::new(MemoryBus::new("simulated shelf", shelf.service())));
        let lines = vec![BusLine::from(line)];
        let routes = routes(&config.gateway, &lines);
        let (gateway, polling) = gateway::spawn(config.gateway, lines, stop.gateway.clone())?;
        let ticking = tokio::spawn(sim::run(shelf.clone(), stop.shelf.clone()));
        let mut tasks = vec![polling, ticking];
        if let Some(fast) = &fast {
            tasks.push(tokio::spawn(fast.feed(shelf.clone(), gateway.clone(), stop.shelf.clone())));
        }
        let service = Arc::new(PmiService::new(gateway.clone(), routes, config.pmi)?);
        let front = Front::start(service, &config.front, &stop.gateway).await?;
        Ok(Self { gateway, shelf, fast, front, tasks, stop })
    }

    /// Where Modbus TCP is served.
    pub fn modbus(&self) -> SocketAddr {
        self.front.modbus
    }

    /// The serial device that clients open.
    pub fn line(&self) -> &std::path::Path {
        &self.front.line
    }

    /// The symbolic link to the serial device, if one was asked for.
    pub fn link(&self) -> Option<&PathBuf> {
        self.front.link.as_ref()
    }

    /// Where Modbus/TCP Security is served, if it is.
    pub fn secure(&self) -> Option<SocketAddr> {
        self.front.secure
    }

    /// What the operating system gave to the local fast path; `None` without one.
    pub fn granted(&self) -> Option<&Granted> {
        self.fast.as_ref().map(|fast| fast.executor.granted())
    }

    /// How well the ticks of the local fast path are kept; `None` without one.
    pub fn ticks(&self) -> Option<StatisticsView> {
        self.fast.as_ref().map(|fast| fast.executor.statistics().view())
    }

    /// Ends the servers, then the gateway (which brings the fail-safe values back), then the shelf.
    pub async fn stop(self) {
        self.stop.gateway.cancel();
        self.front.ended().await;
        for task in self.tasks {
            if let Err(error) = task.await {
                warn!(%error, "a task of the embedded shelf ended badly");
            }
            // The first task is the gateway; only then may the shelf go.
            self.stop.shelf.cancel();
        }
        if let Some(Err(error)) = self.fast.map(|fast| fast.executor.stop()) {
            warn!(%error, "the fast path ended badly");
        }
    }
}

/// The routes of a PMI to the devices a gateway knows: the same addresses on both sides, over the same lines as the
/// gateway's own reads and writes.
///
/// Devices on a bus that does not speak Modbus have none.
pub fn routes(config: &GatewayConfig, lines: &[BusLine]) -> Vec<Route> {
    let range = |slots: &gateway::SlotRange| {
        let last = slots.first_unit.saturating_add(slots.count.checked_sub(1)?);
        let bus = lines.get(slots.bus)?.modbus()?.port(Priority::PassThrough);
        Some(Route::new(slots.first_unit..=last, bus).with_map(slots.kind.map()))
    };
    config.slots.iter().filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use dpo_registers::generated::dpo_pmi::reg;
    use dpo_registers::register::Register;
    use dpo_registers::units::{Hertz, Volts};

    use super::*;
    use crate::bus::read_holding;
    use crate::bus::rtu::{RtuBus, RtuClientConfig};
    use crate::bus::serial::SerialSettings;
    use crate::bus::tcp::{TcpBus, TcpClientConfig};
    use crate::gateway::ShelfState;
    use crate::realtime::Request;

    #[tokio::test]
    async fn settings_that_cannot_work_start_nothing() {
        let error = |config| async { Embedded::start(config).await.unwrap_err().to_string() };
        let gateway = GatewayConfig { poll_interval: Duration::ZERO, ..GatewayConfig::default() };
        let config = EmbeddedConfig { gateway, ..EmbeddedConfig::default() };
        assert!(error(config).await.starts_with("gateway: poll_interval = 0ns"));
        let shelf = ShelfConfig { state_of_charge: f64::NAN, ..ShelfConfig::default() };
        let config = EmbeddedConfig { shelf, ..EmbeddedConfig::default() };
        assert!(error(config).await.starts_with("shelf: state_of_charge is NaN"));
    }

    #[tokio::test]
    async fn the_same_device_answers_over_tcp_and_the_serial_line() {
        let embedded = Embedded::start(EmbeddedConfig::default()).await.unwrap();
        let tcp = TcpBus::new(embedded.modbus().to_string(), TcpClientConfig::default());
        let patient =
            RtuClientConfig { response_timeout: Duration::from_secs(5), ..RtuClientConfig::default() };
        let rtu = RtuBus::open(embedded.line(), SerialSettings::default(), patient).unwrap();
        // The serial number of PSU 1, and the mark of the DPO block.
        for (unit, address, quantity) in [(200, 24, 16), (7, 0x4000, 2)] {
            let over_tcp = read_holding(&tcp, unit, address, quantity).await.unwrap();
            assert_eq!(over_tcp, read_holding(&rtu, unit, address, quantity).await.unwrap());
            assert!(over_tcp.iter().any(|word| *word != 0));
        }
        embedded.stop().await;
    }

    #[tokio::test]
    async fn a_sag_of_the_simulated_input_shows_on_the_pmi_while_it_lasts() {
        let unprivileged = Request { priority: None, lock_memory: false, cpu: None, hold_cpu_latency: false };
        let fast = ExecutorConfig { request: unprivileged, ..ExecutorConfig::default() };
        let code = crate::gridcode::find("ercot-nogrr282@2026-02").unwrap();
        let judge = CodeJudge::new(code, dpo_registers::units::Watts(18_000.0));
        let gateway = GatewayConfig { judge: Some(Arc::new(judge)), ..GatewayConfig::default() };
        let config = EmbeddedConfig { fast: Some(fast), gateway, ..EmbeddedConfig::default() };
        let embedded = Embedded::start(config).await.unwrap();
        assert_eq!(embedded.granted().map(|g| g.fifo.granted()), Some(false));
        let mut watch = embedded.gateway.watch();
        // The fast path knows the devices when a poll has told it: with them the shelf can ride.
        let rides = |s: &Arc<crate::gateway::Snapshot>| s.fast.and_then(|fast| fast.ride_through).is_some();
        watch.wait_for(rides).await.unwrap();
        let tcp = TcpBus::new(embedded.modbus().to_string(), TcpClientConfig::default());
        let rms = || async {
            let words = read_holding(&tcp, 7, reg::AcRmsL1::INFO.address, 3).await.unwrap();
            f64::from(words[1]) / 100.0
        };
        while (rms().await - 277.0).abs() > 1.0 {
            tokio::task::yield_now().await;
        }

        embedded.shelf.set_ac(Volts(120.0));
        watch
            .wait_for(|s| s.state == ShelfState::SagDetected || s.state == ShelfState::Supporting)
            .await
            .unwrap();
        while (rms().await - 120.0).abs() > 1.0 {
            tokio::task::yield_now().await;
        }
        embedded.shelf.set_ac(Volts(277.0));
        watch.wait_for(|s| s.state == ShelfState::Recovering || s.state == ShelfState::Normal).await.unwrap();
        // Counted where it was found, whether or not a snapshot fell into it.
        assert_eq!(embedded.gateway.snapshot().counters.sags, 1);

        // The record of the block tells what the recording tells: depth, duration, energy and verdict.
        let mut newest = embedded.gateway.newest_event();
        let recording = loop {
            if let Some(recording) = embedded.gateway.recordings().pop() {
                break recording;
            }
            newest.changed().await.unwrap();
        };
        assert!((recording.extreme.0 - 120.0 / 277.0).abs() < 0.01 && recording.simulated);
        assert_eq!(recording.judged.code, "ercot-nogrr282@2026-02");
        assert!(recording.energy.is_some() && recording.points.len() > 100);
        let from = reg::Event1Sequence::INFO.address;
        let each = reg::Event2Sequence::INFO.address - from;
        let last = reg::Event1Verdict::INFO.address - from + 1;
        let words = read_holding(&tcp, 7, from, 5 * each + last).await.unwrap();
        let at = |address: u16| usize::from(address - from);
        let record = words
            .chunks(each.into())
            .find(|r| r[1] == recording.event as u16 && r[at(reg::Event1Kind::INFO.address)] == 1);
        let record = record.expect("a record of a sag");
        let depth = f64::from(record[at(reg::Event1Voltage::INFO.address)]) / 1000.0;
        assert!((depth - recording.extreme.0).abs() < 0.001);
        let verdict = match recording.judged.verdict {
            gateway::RideVerdict::NotJudged => 0,
            gateway::RideVerdict::RiddenThrough => 1,
            gateway::RideVerdict::BeyondCurve => 2,
            gateway::RideVerdict::Failed => 3,
            gateway::RideVerdict::Late => 4,
        };
        assert_eq!(record[at(reg::Event1Verdict::INFO.address)], verdict);

        // A frequency that leaves the band is found by the meter of the waveform, recorded and judged as well.
        watch.wait_for(|s| s.state == ShelfState::Normal).await.unwrap();
        embedded.shelf.set_ac_frequency(Hertz(58.9));
        tokio::time::sleep(Duration::from_secs(1)).await;
        embedded.shelf.set_ac_frequency(Hertz(60.0));
        let recording = loop {
            let kind = gateway::GridEventKind::Frequency;
            if let Some(recording) = embedded.gateway.recordings().into_iter().find(|r| r.kind == kind) {
                break recording;
            }
            newest.changed().await.unwrap();
        };
        assert!((recording.extreme.0 - 58.9 / 60.0).abs() < 0.001, "{}", recording.extreme.0);
        assert!(recording.duration >= Duration::from_millis(500), "{:?}", recording.duration);
        assert_ne!(recording.judged.verdict, gateway::RideVerdict::Failed, "{:?}", recording.judged);
        assert_eq!(recording.judged.code, "ercot-nogrr282@2026-02");
        let ticks = embedded.ticks().unwrap();
        assert!(ticks.ticks > 0 && ticks.ticks == ticks.jitter.count);
        embedded.stop().await;
    }
}
