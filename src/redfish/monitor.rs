//! For what watches the gateway itself: metrics in the text format of Prometheus, and whether it lives and is ready.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context, Service};
use super::quantity::{self, Kind, Quantity};
use crate::gateway::{LineView, ShelfState, Snapshot};

/// Where the metrics are.
pub(crate) const METRICS: &str = "/metrics";
/// Whether the process serves.
pub(crate) const HEALTH: &str = "/healthz";
/// Whether its readings are of now.
pub(crate) const READY: &str = "/readyz";
/// Polls after which readings are not of now.
const POLLS: u32 = 10;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(metrics)).routes(routes!(health)).routes(routes!(ready))
}

/// The readings of the newest snapshot, the state, the lease, the use of the lines and the counters, in the text format
/// of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "Monitoring",
    responses((status = 200, description = "Metrics, text format 0.0.4.", body = String, content_type = "text/plain"))
)]
async fn metrics(context: Context) -> impl IntoResponse {
    let text = Exposition::of(&context.app, &context.snapshot).text();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

/// Whether the process serves requests: 200, or no answer.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "Monitoring",
    security(()),
    responses((status = 200, description = "It serves.", body = String, content_type = "text/plain"))
)]
async fn health() -> impl IntoResponse {
    "ok\n"
}

/// Whether the gateway has read the shelf, and lately.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "Monitoring",
    security(()),
    responses(
        (status = 200, description = "Readings are of now.", body = String, content_type = "text/plain"),
        (status = 503, description = "No readings yet, or old ones; the text says which.", body = String,
            content_type = "text/plain"),
    )
)]
async fn ready(State(app): State<App>) -> impl IntoResponse {
    let snapshot = app.gateway.snapshot();
    let age = snapshot.time.elapsed().unwrap_or_default();
    let longest = app.poll_interval.unwrap_or(Duration::from_secs(1)) * POLLS;
    if snapshot.sequence == 0 {
        (StatusCode::SERVICE_UNAVAILABLE, "the shelf has not been read yet\n".to_owned())
    } else if age > longest {
        (StatusCode::SERVICE_UNAVAILABLE, format!("the newest readings are {} s old\n", age.as_secs()))
    } else {
        (StatusCode::OK, "ready\n".to_owned())
    }
}

/// Metric families by name: what they are, and their samples with labels.
#[derive(Default)]
struct Exposition(BTreeMap<String, Family>);

struct Family {
    kind: &'static str,
    help: String,
    samples: Vec<(String, f64)>,
}

impl Exposition {
    fn of(app: &Service, snapshot: &Snapshot) -> Self {
        let mut all = Self::default();
        for quantity in quantity::all(snapshot) {
            all.quantity(&quantity);
        }
        all.state(snapshot);
        all.lease(snapshot);
        all.counters(snapshot);
        for line in &snapshot.lines {
            all.line(line);
        }
        let sessions = app.sessions.list().len() as f64;
        all.gauge("dpo_redfish_sessions", "Login sessions.", "", sessions);
        all.gauge("dpo_redfish_event_streams", "Open event streams.", "", app.streams.list().len() as f64);
        all.gauge("dpo_build_info", "Version.", &label("version", env!("CARGO_PKG_VERSION")), 1.0);
        all
    }

    fn add(&mut self, kind: &'static str, name: &str, help: &str, labels: &str, value: f64) {
        let new = || Family { kind, help: help.to_owned(), samples: Vec::new() };
        self.0.entry(name.to_owned()).or_insert_with(new).samples.push((labels.to_owned(), value));
    }

    fn gauge(&mut self, name: &str, help: &str, labels: &str, value: f64) {
        self.add("gauge", name, help, labels, value);
    }

    fn counter(&mut self, name: &str, help: &str, labels: &str, value: f64) {
        self.add("counter", name, help, labels, value);
    }

    /// A sensor. Devices and numbered parts become labels: `dpo_bbu_cell_voltage_volts{slot="1",number="3"}`.
    fn quantity(&mut self, quantity: &Quantity) {
        let Some(reading) = quantity.reading else { return };
        let prefix = quantity.id.strip_suffix(&quantity.key).unwrap_or_default();
        let (device, slot) =
            prefix.split_at(prefix.find(|c: char| c.is_ascii_digit()).unwrap_or(prefix.len()));
        let name = quantity.key.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = quantity.key.strip_prefix(name).unwrap_or_default();
        let labels: Vec<String> = [("slot", slot), ("number", number)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| label(name, value))
            .collect();
        let (unit, factor) = unit(quantity.kind);
        let metric = format!("dpo_{}_{}_{unit}", device.to_ascii_lowercase(), snake(name));
        let help = format!("{}, {}.", quantity.kind.reading_type(), quantity.origin.id());
        self.gauge(&metric, &help, &labels.join(","), reading * factor);
    }

    fn state(&mut self, snapshot: &Snapshot) {
        for state in [
            ShelfState::Normal,
            ShelfState::SagDetected,
            ShelfState::Supporting,
            ShelfState::Recovering,
            ShelfState::Recharging,
            ShelfState::FailSafe,
        ] {
            let now = if state == snapshot.state { 1.0 } else { 0.0 };
            self.gauge(
                "dpo_state",
                "1 for the state of the gateway.",
                &label("state", &format!("{state:?}")),
                now,
            );
        }
        let age = snapshot.time.elapsed().unwrap_or_default().as_secs_f64();
        self.gauge("dpo_snapshot_age_seconds", "Age of the newest readings.", "", age);
    }

    fn lease(&mut self, snapshot: &Snapshot) {
        let lease = &snapshot.lease;
        let left = lease.remaining.as_secs_f64();
        self.gauge(
            "dpo_lease_held",
            "1 while somebody holds the lease.",
            "",
            f64::from(u8::from(lease.owner.is_some())),
        );
        self.gauge("dpo_lease_remaining_seconds", "Until the lease ends, as of the snapshot.", "", left);
        self.counter("dpo_lease_grants_total", "Leases granted to a new owner.", "", lease.grants.into());
        self.counter(
            "dpo_lease_expiries_total",
            "Leases that ended without renewal.",
            "",
            lease.expiries.into(),
        );
        for (name, view) in
            [("input_power_limit", &snapshot.input_power_limit), ("bbu_discharge", &snapshot.bbu_discharge)]
        {
            let Some(applied) = view.applied else { continue };
            let metric = format!("dpo_setpoint_{name}_watts");
            self.gauge(&metric, "Setpoint that the devices hold; missing without one.", "", applied.0);
        }
    }

    fn counters(&mut self, snapshot: &Snapshot) {
        let c = &snapshot.counters;
        for (name, help, value) in [
            ("polls", "Poll cycles.", c.polls as f64),
            ("bus_errors", "Transactions that failed.", c.bus_errors.into()),
            ("devices_lost", "Devices that stopped answering.", c.devices_lost.into()),
            ("devices_returned", "Devices that came back.", c.devices_returned.into()),
            ("writes_refused", "Writes refused by the gate.", c.writes_refused.into()),
            ("setpoints_applied", "Setpoints applied and read back.", c.setpoints_applied.into()),
            ("fail_safes", "Entries into the fail-safe state.", c.fail_safes.into()),
            ("sags", "Sags of the AC input.", c.sags.into()),
            ("events", "Events logged.", c.events as f64),
        ] {
            self.counter(&format!("dpo_{name}_total"), help, "", value);
        }
    }

    fn line(&mut self, line: &LineView) {
        let bus = label("bus", &line.name);
        self.gauge(
            "dpo_bus_dormant_addresses",
            "Addresses that are asked only now and then.",
            &bus,
            line.dormant as f64,
        );
        for (priority, class) in line.classes() {
            let labels = format!("{bus},{}", label("class", &snake(&format!("{priority:?}"))));
            let mut count = |name: &str, help: &str, value: f64| {
                self.counter(&format!("dpo_bus_{name}_total"), help, &labels, value);
            };
            count("transactions", "Transactions on a line.", class.transactions as f64);
            count("failed", "Transactions without a good answer.", class.failed as f64);
            count("busy_seconds", "Time on the line.", class.busy.as_secs_f64());
            count(
                "waited_seconds",
                "Time for which requests waited for the line.",
                class.waited.as_secs_f64(),
            );
            let longest = class.longest_wait.as_secs_f64();
            self.gauge("dpo_bus_longest_wait_seconds", "Longest wait for the line.", &labels, longest);
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (name, Family { kind, help, samples }) in &self.0 {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in samples {
                let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        }
        text
    }
}

/// A label. Its value is escaped as the format asks.
fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

/// The base unit that Prometheus wants in a name, and what one unit of the quantity is in it.
fn unit(kind: Kind) -> (&'static str, f64) {
    match kind {
        Kind::Voltage => ("volts", 1.0),
        Kind::Current => ("amperes", 1.0),
        Kind::Power => ("watts", 1.0),
        Kind::Frequency => ("hertz", 1.0),
        Kind::Temperature => ("celsius", 1.0),
        Kind::Rotational => ("revolutions_per_minute", 1.0),
        Kind::Percent => ("ratio", 0.01),
        Kind::ChargeAh => ("coulombs", 3600.0),
        Kind::EnergyJoules => ("joules", 1.0),
        Kind::EnergykWh => ("joules", 3.6e6),
    }
}

/// `OutputVoltageSetpoint` as `output_voltage_setpoint`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
