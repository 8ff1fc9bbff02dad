//! A run: which cases apply to which subject, and playing them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::maps::model::DeviceClass;
use tokio::sync::Mutex as AsyncMutex;

use crate::catalogue::{self, Case, CatalogueError, Class, Scope};
use crate::collector::{blank, unopened};
pub use crate::declared::Declared;
use crate::device::Device;
use crate::instrument::SharedInstrument;
use crate::needs::{left_out, missing, unreached};
use crate::outcome::{Outcome, Record, Verdict};
use crate::pmbus::{self, PmbusPlan};
use crate::profile::profiles;
use crate::restore::Restore;
use crate::ride;
use crate::secure::{self, SecurePlan};
use crate::service::{self, ServicePlan};
pub use crate::subjects::Unreached;
use crate::targets::{self, Endpoint};
use crate::transport::Timing;
use crate::world::{CaseWorld, Context};

/// How much a run repeats what can only be sampled.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Random reads of MB-PDU-066.
    pub random_reads: u32,
    /// Requests of MB-RTU-019.
    pub timed_requests: u32,
    /// Random requests of MB-PDU-067.
    pub random_requests: u32,
    /// Requests of MB-RTU-041, of MB-TCP-029 and of the poller of MAP-027.
    pub soak: u32,
    /// Samples of values that change by themselves.
    pub samples: u32,
    /// Time between two samples.
    pub sample_interval: Duration,
    /// How long MB-RTU-031 listens.
    pub listen: Duration,
    /// How long PM-CMD-038 to -041 watch energy counters.
    pub energy: Duration,
    /// How long an output may take to start: input relay, soft start and the common start of a shelf.
    pub start: Duration,
    /// How long a set point of a gateway may take until it is in force.
    pub settle: Duration,
    /// How long the record of a grid event may take to be there, once its source is calm again.
    pub record: Duration,
    /// How long the packs of a shelf may take to be charged before a case of ride-through.
    pub charge: Duration,
    /// Whether MAP-021 reads all unmapped addresses or a sample.
    pub full_sweep: bool,
    /// Addresses of the sample of MAP-021 that are not next to the map.
    pub sweep_sample: u32,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            random_reads: 1000,
            timed_requests: 500,
            random_requests: 10_000,
            soak: 500,
            samples: 100,
            sample_interval: Duration::from_millis(20),
            listen: Duration::from_secs(60),
            energy: Duration::from_secs(10),
            start: Duration::from_secs(15),
            settle: Duration::from_secs(5),
            record: Duration::from_secs(10),
            charge: Duration::from_secs(3600),
            full_sweep: false,
            sweep_sample: 300,
            seed: 0x0D90,
        }
    }
}

impl Effort {
    /// What is repeated less often than by default, one line each.
    pub fn less(&self) -> Vec<String> {
        let whole = Self::default();
        let counts = [
            ("random reads", self.random_reads, whole.random_reads),
            ("timed requests", self.timed_requests, whole.timed_requests),
            ("random requests", self.random_requests, whole.random_requests),
            ("requests of long runs", self.soak, whole.soak),
            ("samples", self.samples, whole.samples),
        ];
        let fewer = counts.iter().filter(|(_, now, usual)| now < usual);
        let mut lines: Vec<String> =
            fewer.map(|(what, now, usual)| format!("{now} {what} instead of {usual}")).collect();
        if self.listen < whole.listen {
            lines.push(format!("listened {:?} instead of {:?}", self.listen, whole.listen));
        }
        lines
    }
}

/// What the user selected.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Run classes N and W.
    pub writes: bool,
    /// Run class D.
    pub disruptive: bool,
    /// There is an instrument: run class T, and what else needs one.
    pub instrument: bool,
    /// Play nothing: say what would be played.
    pub dry: bool,
    /// SHOULD cases decide, too, and NON-STRICT fails.
    pub strict: bool,
    /// Run only these ids; empty means all.
    pub ids: BTreeSet<String>,
}

impl Selection {
    /// Why a class is left out; `None` if it is run.
    pub(crate) fn leaves(&self, class: Class) -> Option<String> {
        let (runs, how) = match class {
            Class::R => (true, ""),
            Class::N | Class::W => (self.writes, "--allow-writes"),
            Class::D => (self.disruptive, "--allow-disruptive"),
            Class::T => (self.instrument, "--instrument"),
        };
        (!runs).then(|| format!("class {} was not selected ({how})", class.letter()))
    }
}

/// Everything a run needs.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Links, in order.
    pub endpoints: Vec<Endpoint>,
    /// Devices under test.
    pub devices: Vec<Device>,
    /// Devices of the same links that are read beside those, and not judged.
    pub companions: Vec<Device>,
    /// Classes and ids.
    pub selection: Selection,
    /// Repetitions.
    pub effort: Effort,
    /// Time-outs on TCP.
    pub tcp: Timing,
    /// Time-outs on a serial line.
    pub rtu: Timing,
    /// What the user declared.
    pub declared: Declared,
    /// PMBus devices.
    pub pmbus: Vec<PmbusPlan>,
    /// The server of Modbus/TCP Security, if there is one.
    pub secure: Option<SecurePlan>,
    /// What must be put back.
    pub restore: Arc<Restore>,
    /// The Redfish service of the shelf, if it has one.
    pub service: Option<ServicePlan>,
    /// An instrument on the line of the devices under test.
    pub instrument: Option<SharedInstrument>,
    /// What a capability statement claims, and no target is.
    pub unreached: Vec<Unreached>,
}

/// Why a run could not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The feature files are faulty.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// `--id` names no case.
    #[error("no case has the id {0}; `dpo-conformance list` shows all")]
    UnknownId(String),
}

/// Plays all selected cases and hands each record to `sink` as soon as it is there.
///
/// # Errors
/// [`RunError`] before any case was played.
pub async fn run(plan: &Plan, sink: &mut dyn FnMut(&Record)) -> Result<Verdict, RunError> {
    let cases = catalogue::cases()?;
    if let Some(unknown) = plan.selection.ids.iter().find(|id| !cases.iter().any(|c| c.id == **id)) {
        return Err(RunError::UnknownId(unknown.clone()));
    }
    let scopes: BTreeMap<&str, Scope> = cases.iter().map(|case| (case.id.as_str(), case.scope)).collect();
    let mut records = Vec::new();
    let mut hand_on = |record: Record| {
        sink(&record);
        records.push(record);
    };
    let mut counted = |mut record: Record, endpoint: Option<&Endpoint>| {
        let scope = scopes.get(record.id.as_str());
        record.profiles = scope.map(|scope| profiles(plan, *scope, endpoint)).unwrap_or_default();
        hand_on(record);
    };
    for group in groups(plan) {
        play(plan, &cases, &group, &mut |record| counted(record, Some(group.endpoint))).await;
    }
    let mut keep = |record: Record| counted(record, None);
    if let Some(server) = &plan.secure {
        secure::play::play(plan, server, &cases, &mut keep).await;
    }
    for device in &plan.pmbus {
        pmbus::play::play(plan, device, &cases, &mut keep).await;
    }
    if let Some(service) = &plan.service {
        service::play::play(plan, service, &cases, &mut keep).await;
    }
    if let Some(claims) = &plan.declared.ride {
        ride::play::play(plan, claims, &cases, &mut keep).await;
    }
    for claim in &plan.unreached {
        for case in cases.iter().filter(|c| c.scope == claim.scope) {
            keep(unreached(case, claim, &plan.selection));
        }
    }
    for (scope, reason) in missing_scopes(plan) {
        for case in cases.iter().filter(|c| c.scope == scope) {
            let mut record = blank(case, "target", Outcome::NotApplicable);
            record.seen.push(reason.to_owned());
            hand_on(record);
        }
    }
    Ok(Verdict::judge(&records, plan.selection.strict))
}

/// Cases of some scopes on one device over one link.
struct Group<'a> {
    endpoint: &'a Endpoint,
    device: &'a Device,
    scopes: Vec<Scope>,
    /// Place of the device in the plan.
    nth_device: usize,
}

/// Place of the device on which a case of a TCP link is played: the first one, or the block of the gateway.
fn link_device(plan: &Plan, case: &Case) -> usize {
    let block = case.needs.iter().any(|need| need == "pmi");
    plan.devices.iter().position(|device| block && device.is_dpo_block()).unwrap_or(0)
}

fn groups(plan: &Plan) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    // Some cases want a second connection, which a line does not have.
    let block_link = plan.endpoints.iter().position(|e| matches!(e, Endpoint::Tcp(_))).unwrap_or(0);
    for (nth_link, endpoint) in plan.endpoints.iter().enumerate() {
        for (nth_device, device) in plan.devices.iter().enumerate() {
            let mut scopes = vec![Scope::Device];
            match endpoint {
                Endpoint::Tcp(_) => scopes.push(Scope::TcpLink),
                Endpoint::Rtu(_) => scopes.push(Scope::SerialDevice),
            }
            if nth_link == 0 {
                scopes.push(Scope::Map);
            }
            if nth_link == block_link && device.is_dpo_block() {
                scopes.push(Scope::Block);
            }
            groups.push(Group { endpoint, device, scopes, nth_device });
        }
    }
    groups
}

fn missing_scopes(plan: &Plan) -> Vec<(Scope, &'static str)> {
    let has = |wanted: fn(&Endpoint) -> bool| !plan.devices.is_empty() && plan.endpoints.iter().any(wanted);
    let service = plan.service.is_some();
    let scopes = [
        (Scope::Device, has(|_| true), "the target has no Modbus"),
        (Scope::Map, has(|_| true), "the target has no Modbus"),
        (Scope::Block, plan.devices.iter().any(Device::is_dpo_block), "the target has no DPO block"),
        (Scope::SerialDevice, has(|e| matches!(e, Endpoint::Rtu(_))), "the target has no serial line"),
        (Scope::TcpLink, has(|e| matches!(e, Endpoint::Tcp(_))), "the target has no TCP port"),
        (Scope::Secure, plan.secure.is_some(), "the target has no Modbus/TCP Security"),
        (Scope::Pmbus, !plan.pmbus.is_empty(), "the target has no PMBus"),
        (Scope::Service, service, "the target has no Redfish service"),
        (Scope::Shelf, service && has(|_| true), "the target has no Redfish service beside Modbus"),
        (Scope::Ride, plan.declared.ride.is_some(), "no ride-through is claimed ([ride] of --pics)"),
    ];
    let claimed = |scope: Scope| plan.unreached.iter().any(|claim| claim.scope == scope);
    let missing = scopes.into_iter().filter(|(scope, there, _)| !there && !claimed(*scope));
    missing.map(|(scope, _, why)| (scope, why)).collect()
}

async fn play(plan: &Plan, cases: &[Case], group: &Group<'_>, keep: &mut dyn FnMut(Record)) {
    let (device, endpoint) = (group.device, group.endpoint);
    let timing = if matches!(endpoint, Endpoint::Tcp(_)) { plan.tcp } else { plan.rtu };
    let subject = format!("{} over {endpoint}", device.name());
    let others = plan.devices.iter().chain(&plan.companions).filter(|d| d.unit != device.unit);
    let others: Vec<Device> = others.cloned().collect();
    let mut selected = BTreeSet::new();
    let here = |c: &Case| c.scope != Scope::TcpLink || link_device(plan, c) == group.nth_device;
    for case in cases.iter().filter(|c| group.scopes.contains(&c.scope) && here(c)) {
        let alone = others.is_empty().then(|| "there is no other device on the link".to_owned());
        let missing = case.needs.iter().find_map(|need| match need.as_str() {
            "other-device" => alone.clone(),
            "tcp" => {
                matches!(endpoint, Endpoint::Rtu(_)).then(|| "a serial line has no connections".to_owned())
            }
            "supply" => {
                let there = others.iter().any(|d| d.map.device_class == DeviceClass::Psu);
                (!there).then(|| "there is no supply on the link".to_owned())
            }
            need => missing(need, device, &plan.declared),
        });
        match left_out(case, &subject, missing, &plan.selection) {
            Some(record) => keep(record),
            None => drop(selected.insert(case.id.clone())),
        }
    }
    if selected.is_empty() {
        return;
    }
    let mut link = match endpoint.open(timing, &plan.selection) {
        Ok(link) => link,
        Err(error) => {
            unopened(cases, &subject, &selected, &error, keep);
            return;
        }
    };
    for map in plan.devices.iter().map(|d| &d.map) {
        for hazard in &map.hazards {
            link.guard_mut().forbid(hazard.first, hazard.last);
        }
    }
    let instrument = plan.instrument.as_ref().map(|instrument| instrument.guarded(link.guard_mut()));
    let context = Arc::new(Context {
        device: device.clone(),
        link: AsyncMutex::new(link),
        timing,
        effort: plan.effort,
        declared: plan.declared.clone(),
        others,
        instrument,
        restore: plan.restore.clone(),
        foreign_unit: foreign_unit(plan),
        logs: Arc::default(),
        totals: std::sync::Mutex::default(),
    });
    let logs = context.logs.clone();
    crate::play::play::<CaseWorld>(context, logs, cases, subject, selected, keep).await;
}

/// An address where no device of a known map can be.
fn foreign_unit(plan: &Plan) -> Option<u8> {
    let maps = targets::maps().unwrap_or_default();
    let known = |unit: u8| {
        let ranges = maps.iter().chain(plan.devices.iter().map(|d| &d.map));
        let mut ranges = ranges.flat_map(|m| m.bus.addresses.iter());
        ranges.any(|r| (r.first..=r.last).contains(&unit)) || plan.devices.iter().any(|d| d.unit == unit)
    };
    (1..=247).rev().find(|unit| !known(*unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_link_that_does_not_open_gives_errors_and_the_run_ends() {
        let endpoint = |text: &str| match text.parse() {
            Ok(targets::Target::Link(endpoint)) => endpoint,
            other => panic!("{other:?}"),
        };
        let account = service::Account { user: "u".into(), password: "not-a-password".into() };
        let service = ServicePlan {
            base: "http://127.0.0.1:9".parse().unwrap(),
            trust: crate::transport::http::Trust::Anyone,
            account,
            reader: None,
            wait: Duration::from_millis(200),
        };
        let ids = ["MB-PDU-001", "MB-RTU-009", "XIF-002", "MB-TCP-001"];
        let plan = Plan {
            endpoints: ["/dev/no-such-line", "/dev/no-such-second"]
                .map(|path| endpoint(&format!("rtu:{path}?baud=19200&parity=even")))
                .to_vec(),
            devices: targets::named(&["orv3-psu@200".parse().unwrap()]).unwrap(),
            companions: Vec::new(),
            selection: Selection { ids: ids.map(str::to_owned).into(), ..Selection::default() },
            effort: Effort::default(),
            tcp: crate::cli::local_timing(),
            rtu: crate::cli::local_timing(),
            declared: Declared::default(),
            pmbus: Vec::new(),
            secure: None,
            service: Some(service),
            restore: Restore::in_memory(),
            instrument: None,
            unreached: Vec::new(),
        };
        let mut records: Vec<Record> = Vec::new();
        let verdict = run(&plan, &mut |record| records.push(record.clone())).await.unwrap();
        for (id, line) in [
            ("MB-PDU-001", "/dev/no-such-line?"),
            ("MB-PDU-001", "/dev/no-such-second?"),
            ("MB-RTU-009", "/dev/no-such-second?"),
            ("XIF-002", "/dev/no-such-line?"),
        ] {
            let mut own = records.iter().filter(|r| r.id == id && r.seen.concat().contains(line));
            assert_eq!(own.next().map(|r| r.outcome), Some(Outcome::Error), "{id} {line}");
        }
        assert!(records.iter().any(|r| r.id == "MB-TCP-001" && r.outcome == Outcome::NotApplicable));
        let Verdict::Partial { not_judged } = verdict else { panic!("{verdict}") };
        assert_eq!(not_judged, ["MB-PDU-001", "MB-RTU-009", "XIF-002"]);
    }
}
