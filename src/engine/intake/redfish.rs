//! Readings from a gateway's Redfish service: the metric report `Shelf` of its event stream, and the manager's own state.
//!
//! Two connections: the stream, which brings a report with each poll of the shelf, and a look at the manager once a second
//! and with each event, for what no report holds (state and its cause, ranges, lease).

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::offset::Placed;
use super::{AcInput, Offset, Pause, Reading, Report, Said, Telemetry, power};
use crate::engine::client::sse::{Event, Stream};
use crate::engine::client::{Client, ClientError};
use crate::engine::clock::Clock;
use crate::engine::setpoint::{GridState, ShelfState};

/// The stream: events, and reports of the sums over the shelf.
const STREAM: &str = "/redfish/v1/EventService/SSE?$filter=EventFormatType%20eq%20'Event'%20or%20\
    MetricReportDefinition%20eq%20'/redfish/v1/TelemetryService/MetricReportDefinitions/Shelf'";
/// The manager, whose extension tells of the gateway.
pub const MANAGER: &str = "/redfish/v1/Managers/Gateway";
/// Its power subsystem, which tells the rating.
const POWER: &str = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem";
/// How often the manager is looked at, if nothing happens.
const LOOK: Duration = Duration::from_secs(1);
/// Least time between two looks, whatever happens.
const LEAST_LOOK: Duration = Duration::from_millis(150);
/// What was seen of the manager longer ago than this is not known any more.
const LOOK_AGE_S: f64 = 5.0;

/// What the manager says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// When it said so, in seconds on the engine's clock.
    pub t_s: f64,
    /// What its state says of the grid.
    pub(crate) grid: Said,
    /// Power that the BBUs can give.
    pub deliverable_w: Option<f64>,
    /// Rated output of the PSUs that are there.
    pub rated_w: Option<f64>,
    /// For how long a write of a control takes the lease, in seconds.
    pub write_lease_s: Option<f64>,
}

impl Facts {
    /// What the documents of manager and power subsystem say.
    fn of(t_s: f64, manager: &Value, power_subsystem: &Value) -> Self {
        let ours = manager.pointer("/Oem/DPOGateway");
        let text = |name: &str| ours?.get(name)?.as_str();
        let number = |path: &str| ours?.pointer(path)?.as_f64();
        Self {
            t_s,
            grid: text("State")
                .map_or(Said::Grid(GridState::Unknown), |state| Said::of(state, text("StateCause"))),
            deliverable_w: number("/Energy/DeliverableWatts").and_then(power).filter(|w| *w >= 0.0),
            rated_w: power_subsystem.get("CapacityWatts").and_then(Value::as_f64).and_then(power),
            write_lease_s: number("/Lease/WriteSeconds").filter(|s| (0.0..=86_400.0).contains(s)),
        }
    }
}

/// A gateway's Redfish service as a source.
#[derive(Debug)]
pub struct RedfishTelemetry {
    client: Client,
    clock: Clock,
    stream: Option<Stream>,
    last_id: Option<String>,
    offset: Offset,
    pause: Pause,
    facts: watch::Receiver<Option<Facts>>,
    look: Arc<Notify>,
    looking: JoinHandle<()>,
    /// To be told before anything else.
    pending: Option<Report>,
}

impl RedfishTelemetry {
    /// Reads the service of `client`. Must be called on a runtime; connects when it is first asked.
    pub fn new(client: Client, clock: Clock) -> Self {
        let (told, facts) = watch::channel(None);
        let look = Arc::new(Notify::new());
        let looking = tokio::spawn(looking(client.clone(), clock, told, Arc::clone(&look)));
        let (offset, pause) = (Offset::default(), Pause::new());
        Self {
            client,
            clock,
            stream: None,
            last_id: None,
            offset,
            pause,
            facts,
            look,
            looking,
            pending: None,
        }
    }

    /// What the manager said last.
    pub fn facts(&self) -> watch::Receiver<Option<Facts>> {
        self.facts.clone()
    }

    /// Opens the stream; a failure pauses first, so that whoever asks again at once does not hurt.
    async fn open(&mut self) -> Result<(), ClientError> {
        match self.client.stream(STREAM, self.last_id.as_deref()).await {
            Ok(stream) => {
                self.stream = Some(stream);
                Ok(())
            }
            Err(error) => {
                tokio::time::sleep(self.pause.take()).await;
                Err(error)
            }
        }
    }

    async fn report(&mut self) -> Report {
        loop {
            if let Some(report) = self.pending.take() {
                return report;
            }
            let Some(stream) = &mut self.stream else {
                if let Err(error) = self.open().await {
                    tracing::info!(gateway = self.client.name(), %error, "engine: no event stream");
                    return Report::Lost(error.to_string());
                }
                continue;
            };
            match stream.next().await {
                Ok(event) => {
                    if let Some(report) = self.take(&event) {
                        return report;
                    }
                }
                Err(error) => {
                    self.stream = None;
                    tracing::info!(gateway = self.client.name(), %error, "engine: the event stream ended");
                    // Short after a stream that gave readings, longer and longer after such as give none.
                    tokio::time::sleep(self.pause.take()).await;
                    return Report::Lost(error.to_string());
                }
            }
        }
    }

    fn take(&mut self, event: &Event) -> Option<Report> {
        if event.id.is_some() {
            self.last_id.clone_from(&event.id);
        }
        let body: Value = serde_json::from_str(&event.data).ok()?;
        if body.get("MetricValues").is_none() {
            // Something happened: the state may be another one.
            self.look.notify_one();
            return None;
        }
        let (readings, stamp_s) = Readings::of(&body)?;
        self.pause.reset();
        let received_s = self.clock.now_s();
        let t_s = match self.offset.place(stamp_s, received_s) {
            Placed::At(t_s) => t_s,
            Placed::NotLater => return None,
            Placed::Set(t_s) => {
                self.pending = Some(self.reading(&readings, t_s, received_s, stamp_s));
                return Some(Report::Gap("the gateway's clock was set".to_owned()));
            }
        };
        Some(self.reading(&readings, t_s, received_s, stamp_s))
    }

    fn reading(&self, readings: &Readings, t_s: f64, received_s: f64, stamp_s: f64) -> Report {
        let facts = (*self.facts.borrow()).filter(|facts| received_s - facts.t_s <= LOOK_AGE_S);
        let state = ShelfState {
            t_s,
            load_w: readings.load_w,
            input_w: readings.input_w,
            bbu_w: readings.bbu_w,
            state_of_charge: readings.state_of_charge,
            bbu_available_w: facts.and_then(|f| f.deliverable_w).unwrap_or(0.0),
            psu_available_w: facts.and_then(|f| f.rated_w).unwrap_or(0.0),
            grid: facts.map_or(GridState::Unknown, |f| f.grid.with(&readings.ac)),
        };
        let ahead = self.offset.smallest().map(|smallest| self.clock.of_unix_s(0.0) - smallest);
        Report::Reading(Box::new(Reading {
            state,
            received_s,
            stamp_s: Some(stamp_s),
            clock_ahead_s: ahead,
            ac: readings.ac,
        }))
    }
}

impl Drop for RedfishTelemetry {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

impl Telemetry for RedfishTelemetry {
    fn next(&mut self) -> BoxFuture<'_, Report> {
        Box::pin(self.report())
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.stream = None;
            self.looking.abort();
            self.client.log_out().await;
        })
    }
}

/// Looks at the manager as long as somebody wants to know.
async fn looking(client: Client, clock: Clock, told: watch::Sender<Option<Facts>>, look: Arc<Notify>) {
    let mut pause = Pause::new();
    // The rating changes only with the devices, which are found one by one at the start, and with whatever is told.
    let (mut power_subsystem, mut rounds) = (Value::Null, 0u32);
    loop {
        let read = async {
            if rounds < 30 || rounds.is_multiple_of(10) {
                power_subsystem = client.get(POWER).await?.0;
            }
            client.get(MANAGER).await
        };
        match read.await {
            Ok((manager, _)) => {
                pause.reset();
                rounds = rounds.wrapping_add(1);
                told.send_replace(Some(Facts::of(clock.now_s(), &manager, &power_subsystem)));
                tokio::select! {
                    () = look.notified() => {
                        rounds = 0;
                        // A storm of events is no storm of requests.
                        tokio::time::sleep(LEAST_LOOK).await;
                    }
                    () = tokio::time::sleep(LOOK) => (),
                }
            }
            Err(error) => {
                rounds = 0;
                tracing::debug!(gateway = client.name(), %error, "engine: the manager does not answer");
                tokio::time::sleep(pause.take()).await;
            }
        }
    }
}

/// What a report of the shelf holds, as far as the engine wants it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Readings {
    load_w: f64,
    input_w: f64,
    bbu_w: f64,
    state_of_charge: f64,
    ac: AcInput,
}

/// Most values of a report that are looked at.
const MOST_VALUES: usize = 256;

impl Readings {
    /// Reads a report; its readings, and its time in seconds since 1970. `None` if a power is missing: half a shelf is no
    /// reading.
    fn of(report: &Value) -> Option<(Self, f64)> {
        let stamp = OffsetDateTime::parse(report.get("Timestamp")?.as_str()?, &Rfc3339).ok()?;
        let stamp_s = stamp.unix_timestamp_nanos() as f64 / 1e9;
        let values = report.get("MetricValues")?.as_array()?;
        let value = |id: &str| {
            let found =
                values.iter().take(MOST_VALUES).find(|v| v.get("MetricId").is_some_and(|m| m == id))?;
            found.get("MetricValue")?.as_str()?.parse::<f64>().ok().filter(|v| v.is_finite())
        };
        let input_w = power(value("ShelfInputPower")?)?;
        let output_w = power(value("ShelfOutputPower")?)?;
        let bbu_w = value("ShelfBatteryPower").and_then(power).unwrap_or(0.0);
        let phases = ["ShelfInputVoltageL1", "ShelfInputVoltageL2", "ShelfInputVoltageL3"].map(&value);
        let mean = value("ShelfInputVoltage").filter(|_| phases.iter().all(Option::is_none));
        let frequency = value("ShelfMeasuredFrequency").or_else(|| value("ShelfInputFrequency"));
        let state_of_charge = value("ShelfStateOfCharge").map_or(0.0, |p| (p / 100.0).clamp(0.0, 1.0));
        let readings = Self {
            // What the PSUs give and the BBUs add goes to the load; what the BBUs take, too, came from the PSUs.
            load_w: output_w + bbu_w,
            input_w,
            bbu_w,
            state_of_charge,
            ac: AcInput::of(phases.into_iter().flatten().chain(mean), frequency),
        };
        Some((readings, stamp_s))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(values: &[(&str, &str)]) -> Value {
        let values: Vec<Value> =
            values.iter().map(|(id, value)| json!({"MetricId": id, "MetricValue": value})).collect();
        json!({ "Timestamp": "2026-11-30T00:10:00.25Z", "MetricValues": values })
    }

    #[test]
    fn a_report_becomes_readings() {
        let whole = report(&[
            ("ShelfInputPower", "8000"),
            ("ShelfOutputPower", "7500.5"),
            ("ShelfBatteryPower", "1500"),
            ("ShelfInputVoltage", "240"),
            ("ShelfInputVoltageL1", "230.1"),
            ("ShelfInputVoltageL3", "239"),
            ("ShelfInputFrequency", "60"),
            ("ShelfStateOfCharge", "75"),
        ]);
        let (r, stamp_s) = Readings::of(&whole).unwrap();
        assert_eq!((r.load_w, r.input_w, r.bbu_w, r.state_of_charge), (9000.5, 8000.0, 1500.0, 0.75));
        assert_eq!((r.ac.low_v, r.ac.high_v, r.ac.frequency_hz), (Some(230.1), Some(239.0), Some(60.0)));
        assert!((stamp_s - 1_795_997_400.25).abs() < 1e-6);
    }

    #[test]
    fn half_a_report_and_nonsense_are_no_readings() {
        let input = ("ShelfInputPower", "8000");
        for other in [None, Some("NaN"), Some("inf"), Some("1e30"), Some(""), Some("7 kW")] {
            let mut values = vec![input];
            values.extend(other.map(|v| ("ShelfOutputPower", v)));
            assert_eq!(Readings::of(&report(&values)), None, "{other:?}");
        }
        for body in [json!([]), json!({"Timestamp": 5, "MetricValues": {}}), json!({"MetricValues": []})] {
            assert_eq!(Readings::of(&body), None);
        }
    }

    #[test]
    fn the_manager_tells_of_the_gateway_and_nonsense_is_unknown() {
        let manager = json!({"Oem": {"DPOGateway": {
            "State": "Supporting", "StateCause": "Setpoint",
            "Energy": {"DeliverableWatts": 18000.0}, "Lease": {"WriteSeconds": 30.0},
        }}});
        let facts = Facts::of(1.0, &manager, &json!({"CapacityWatts": 18000.0}));
        assert_eq!((facts.grid, facts.deliverable_w), (Said::Grid(GridState::Normal), Some(18e3)));
        assert_eq!((facts.rated_w, facts.write_lease_s), (Some(18e3), Some(30.0)));
        let nonsense = json!({"Oem": {"DPOGateway": {"State": 5, "Energy": {"DeliverableWatts": -1.0}}}});
        let facts = Facts::of(1.0, &nonsense, &json!(null));
        assert_eq!(
            (facts.grid, facts.deliverable_w, facts.rated_w),
            (Said::Grid(GridState::Unknown), None, None)
        );
    }
}
