//! Playing one job of the self-test: what stands between suite and reference, and which cases it is judged by.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::faults::PMI;
use super::flat::{self, Flat};
use super::mutant::{Fault, HttpFault, Mutant, Side, TcpFault};
use super::specimen::{Quirk, Specimen, SpecimenSupply, SupplyQuirk};
use super::{Job, Narrow, Task, listed, proxy_http, proxy_rtu, proxy_smbus, proxy_tcp};
use crate::catalogue::{self, Case, Class, Scope};
use crate::declared::Declared;
use crate::device::Device;
use crate::instrument::{Act, Instrument, Measured, SharedInstrument};
use crate::outcome::{Record, Verdict};
use crate::pmbus::PmbusPlan;
use crate::run::{self, Effort, Plan, Selection};
use crate::secure::SecurePlan;
use crate::service::ServicePlan;
use crate::steps::dpo::{STRANGER, TOKEN};
use crate::targets::ride::RideReference;
use crate::targets::sim::Reference;
use crate::targets::{Endpoint, named};
use crate::transport::guard::{Allowed, Guard};
use crate::transport::http::Base;
use crate::transport::smbus::{Part, SharedPort};
use crate::transport::tcp::TcpLink;
use crate::transport::{NoLog, Timing};
use crate::world::write_pdu;

/// What a job is judged on.
#[derive(Default)]
struct Subject {
    endpoints: Vec<Endpoint>,
    devices: Vec<Device>,
    companions: Vec<Device>,
    pmbus: Vec<PmbusPlan>,
    service: Option<ServicePlan>,
    secure: Option<SecurePlan>,
    /// What a device declares that is not the reference.
    declared: Option<Declared>,
    instrument: Option<SharedInstrument>,
    /// What stands in between ends with the job.
    _task: Option<Task>,
    _specimen: Option<Specimen>,
    _ride: Option<RideReference>,
}

/// Short waits: everything is in this process.
fn timing(answer: u64) -> Timing {
    Timing {
        answer: Duration::from_millis(answer),
        silence: Duration::from_millis(70),
        quiet: Duration::from_millis(5),
    }
}

pub(super) fn effort() -> Effort {
    Effort {
        random_reads: 100,
        timed_requests: 50,
        random_requests: 60,
        soak: 200,
        samples: 12,
        sample_interval: Duration::from_millis(2),
        listen: Duration::from_millis(300),
        energy: Duration::from_millis(300),
        start: Duration::from_secs(15),
        settle: Duration::from_secs(5),
        record: Duration::from_millis(1500),
        charge: Duration::from_millis(500),
        full_sweep: false,
        sweep_sample: 20,
        seed: 0x0D90,
    }
}

fn text(error: io::Error) -> String {
    error.to_string()
}

fn device(reference: &Reference, map: &str) -> Result<Device, String> {
    let name = reference.devices.iter().find(|d| d.map == map);
    let name = name.ok_or_else(|| format!("the reference has no {map}"))?;
    let mut devices = named(std::slice::from_ref(name)).map_err(|e| e.to_string())?;
    devices.pop().ok_or_else(|| format!("no map {map}"))
}

/// The service of the reference behind another address.
fn service_at(reference: &Reference, address: std::net::SocketAddr) -> ServicePlan {
    let base = Base { tls: false, host: address.ip().to_string(), port: address.port() };
    ServicePlan { base, ..reference.service.clone() }
}

/// The service of a reference behind a proxy with a fault or none.
async fn service_through(
    reference: &Reference,
    fault: Option<HttpFault>,
) -> Result<(ServicePlan, Task), String> {
    let upstream = format!("{}:{}", reference.service.base.host, reference.service.base.port);
    let upstream = upstream.parse().map_err(|_| format!("{upstream} is no address"))?;
    let (address, task) = proxy_http::start(upstream, fault).await.map_err(text)?;
    Ok((service_at(reference, address), task))
}

/// A simulated shelf behind a simulated AC source, with a fault or none.
async fn ride(fault: Option<Fault>) -> Result<Subject, String> {
    let (quirk, http) = match fault {
        Some(Fault::Ride(quirk)) => (Some(quirk), None),
        Some(Fault::RideHttp(http)) => (None, Some(http)),
        _ => (None, None),
    };
    let own = RideReference::start(quirk).await.map_err(|e| e.to_string())?;
    let (service, task) = service_through(&own.reference, http).await?;
    Ok(Subject {
        endpoints: vec![Endpoint::Tcp(own.reference.tcp.to_string())],
        devices: vec![device(&own.reference, "dpo-pmi")?],
        service: Some(service),
        declared: Some(Declared { ride: Some(own.claims.clone()), ..Declared::default() }),
        instrument: Some(own.instrument.clone()),
        _task: Some(task),
        _ride: Some(own),
        ..Subject::default()
    })
}

/// One device, or the service, behind a proxy with a fault or none.
async fn through(
    reference: &Reference,
    side: Side,
    map: &str,
    fault: Option<Fault>,
) -> Result<Subject, String> {
    match side {
        Side::Tcp => {
            let device = device(reference, map)?;
            let started = proxy_tcp::start(reference.tcp, device.map.clone(), fault).await;
            let (address, task) = started.map_err(text)?;
            let endpoints = vec![Endpoint::Tcp(address.to_string())];
            // What a gateway steers stands behind it.
            let companions = if device.is_dpo_block() { named(&reference.devices) } else { Ok(Vec::new()) };
            let companions = companions.map_err(|e| e.to_string())?;
            let devices = vec![device];
            Ok(Subject { endpoints, devices, companions, _task: Some(task), ..Subject::default() })
        }
        Side::Rtu => {
            let device = device(reference, map)?;
            let (own, unit) = (device.map.clone(), device.unit);
            let started = proxy_rtu::start(&reference.pty, own, unit, fault, timing(500).answer);
            let (line, task) = started.map_err(text)?;
            let endpoints = vec![Endpoint::Rtu(line)];
            let companions = named(&reference.devices).map_err(|e| e.to_string())?;
            Ok(Subject {
                endpoints,
                devices: vec![device],
                companions,
                _task: Some(task),
                ..Subject::default()
            })
        }
        Side::Http => {
            let fault = match fault {
                Some(Fault::Http(fault)) => Some(fault),
                _ => None,
            };
            let (service, task) = service_through(reference, fault).await?;
            Ok(Subject {
                endpoints: vec![Endpoint::Tcp(reference.tcp.to_string())],
                devices: named(&reference.devices).map_err(|e| e.to_string())?,
                service: Some(service),
                _task: Some(task),
                ..Subject::default()
            })
        }
        Side::Smbus => {
            let fault = match fault {
                Some(Fault::Smbus(fault)) => Some(fault),
                _ => None,
            };
            let port = proxy_smbus::start(&reference.pmbus.port, fault);
            let supply = PmbusPlan { port, ..reference.pmbus.clone() };
            Ok(Subject { pmbus: vec![supply], ..Subject::default() })
        }
        // Nothing stands in between: TLS shows it. The specimen has the faults.
        Side::Secure => Ok(Subject { secure: Some(reference.secure.clone()), ..Subject::default() }),
        Side::Ride => ride(fault).await,
    }
}

/// The specimen on both transports, or on the one of its fault.
async fn specimen(fault: Option<(Side, Quirk)>) -> Result<Subject, String> {
    let specimen = Specimen::start(fault.map(|(_, quirk)| quirk)).await.map_err(text)?;
    let (tcp, rtu) = (Endpoint::Tcp(specimen.tcp.to_string()), Endpoint::Rtu(specimen.line.clone()));
    let endpoints = match fault {
        None => vec![tcp, rtu],
        Some((Side::Rtu, _)) => vec![rtu],
        Some((Side::Secure, _)) => Vec::new(),
        Some(_) => vec![tcp],
    };
    let mut subject = if fault.is_none() { supplies(None)? } else { Subject::default() };
    let pmbus = subject.declared.take().map(|own| own.pmbus).unwrap_or_default();
    subject.endpoints = endpoints;
    subject.devices.push(specimen.device.clone());
    subject.declared = Some(Declared { pmbus, ..specimen.declared.clone() });
    subject.secure = match fault {
        None | Some((Side::Secure, _)) => Some(specimen.secure.clone()),
        Some(_) => None,
    };
    let line = specimen.instrument.clone();
    subject.instrument = Some(match subject.instrument.take() {
        None => line,
        Some(bus) => SharedInstrument::new("the specimen's instruments", Both { bus, line }),
    });
    subject._specimen = Some(specimen);
    Ok(subject)
}

/// An instrument on a serial line and one on an SMBus.
struct Both {
    bus: SharedInstrument,
    line: SharedInstrument,
}

impl Instrument for Both {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        let own = if matches!(act, Act::Frames { .. }) { &self.line } else { &self.bus };
        own.blocking(act)
    }
}

/// The supplies of the specimen, with their instrument.
fn supplies(quirk: Option<SupplyQuirk>) -> Result<Subject, String> {
    let own = SpecimenSupply::new(quirk)?;
    Ok(Subject {
        pmbus: vec![own.plan],
        declared: Some(Declared { pmbus: own.claims, ..Declared::default() }),
        instrument: Some(own.instrument),
        ..Subject::default()
    })
}

/// A device that is none.
async fn flat(reference: &Reference, flat: Flat, side: Side) -> Result<Subject, String> {
    let mut subject = Subject::default();
    let task = match side {
        Side::Tcp => {
            let (address, task) = flat::tcp(flat, None).await.map_err(text)?;
            subject.endpoints.push(Endpoint::Tcp(address.to_string()));
            task
        }
        Side::Rtu => {
            let (line, task) = flat::rtu(flat).map_err(text)?;
            subject.endpoints.push(Endpoint::Rtu(line));
            task
        }
        Side::Http if flat == Flat::Null => {
            let (address, task) = flat::tcp(flat, None).await.map_err(text)?;
            let wait = Duration::from_millis(40);
            subject.service = Some(ServicePlan { wait, ..service_at(reference, address) });
            task
        }
        Side::Http => {
            let nowhere = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
            let yes = HttpFault::Instead(flat::service);
            let (address, task) = proxy_http::start(nowhere, Some(yes)).await.map_err(text)?;
            subject.service = Some(service_at(reference, address));
            task
        }
        Side::Smbus => {
            let port = SharedPort::new(flat.name(), flat::Supply(flat));
            subject.pmbus.push(PmbusPlan { port, ..reference.pmbus.clone() });
            return Ok(subject);
        }
        Side::Ride => {
            let (address, task) = flat::tcp(flat, None).await.map_err(text)?;
            subject.endpoints.push(Endpoint::Tcp(address.to_string()));
            subject.instrument = Some(SharedInstrument::new(flat.name(), flat::Source(flat)));
            let claims = crate::targets::ride::claims();
            subject.declared = Some(Declared { ride: Some(claims), ..Declared::default() });
            task
        }
        Side::Secure => {
            let (address, task) = flat::tcp(flat, None).await.map_err(text)?;
            let wait = Duration::from_millis(100);
            let secure = SecurePlan { address: address.to_string(), wait, ..reference.secure.clone() };
            subject.secure = Some(secure);
            task
        }
    };
    if side == Side::Ride {
        subject.devices.push(device(reference, "dpo-pmi")?);
    } else if !matches!(side, Side::Http | Side::Secure) {
        subject.devices.push(device(reference, "orv3-psu")?);
    }
    subject._task = Some(task);
    Ok(subject)
}

/// A device that is none, where a DPO block is looked for.
async fn flat_block(reference: &Reference, what: Flat) -> Result<Subject, String> {
    let block = device(reference, "dpo-pmi")?;
    // Nobody holds the lease: else no case would get beyond its first step.
    let holder = block.named("lease_holder").map(|register| register.address);
    let (address, task) = flat::tcp(what, holder).await.map_err(text)?;
    Ok(Subject {
        endpoints: vec![Endpoint::Tcp(address.to_string())],
        devices: vec![block],
        companions: named(&reference.devices).map_err(|e| e.to_string())?,
        _task: Some(task),
        ..Subject::default()
    })
}

/// Cases that wait for the output or the fan of a simulated supply.
const SLOW: [&str; 3] = ["PM-CMD-031", "PM-CMD-033", "PM-CMD-050"];

/// Cases that wait until a lease has run out or battery units give power.
const WAITING: [&str; 4] = ["DPO-FSF-002", "DPO-LSE-007", "DPO-STA-002", "MAP-028"];

/// Whether a case belongs to a job; the rest would only take time.
fn belongs(job: Job, case: &Case, narrow: &Narrow) -> bool {
    let own = match case.scope {
        Scope::Service | Scope::Shelf => Side::Http,
        Scope::Pmbus => Side::Smbus,
        Scope::Secure => Side::Secure,
        Scope::Ride => Side::Ride,
        _ => Side::Tcp,
    };
    let fits = |side: Side| own == if side == Side::Rtu { Side::Tcp } else { side };
    let writes = matches!(case.class, Class::N | Class::W | Class::D);
    match job {
        Job::Ride | Job::Flat(_, Side::Ride) => own == Side::Ride,
        Job::Reference | Job::Flat(..) => true,
        Job::FlatBlock(_) => case.scope == Scope::Block,
        Job::Writes | Job::Specimen { writes: true } => writes,
        Job::Specimen { writes: false } => !writes,
        Job::Mutant(mutant) => {
            let side = mutant.fault.side();
            // The registers were compared over TCP; on the line they would only take time.
            let line = side == Side::Rtu && matches!(case.scope, Scope::Map | Scope::Block);
            // Each answer waits for an acknowledgement: only cases of connections are worth that time.
            let line = line
                || matches!(mutant.fault, Fault::Tcp(TcpFault::TwoParts)) && case.scope != Scope::TcpLink;
            // The specimen switches at once; the simulated supply takes seconds to start.
            let slow = matches!(mutant.fault, Fault::Smbus(_)) && SLOW.contains(&case.id.as_str());
            // Without these a mutant of the block takes a fifth of the time; `--mutant NAME` plays them, too.
            let all = narrow.mutant.as_deref() == Some(mutant.name)
                || listed(mutant.name).0.contains(case.id.as_str());
            let waits = mutant.device == PMI && WAITING.contains(&case.id.as_str()) && !all;
            // What an AC source plays is of both kinds.
            let kind = writes == mutant.writes || side == Side::Ride;
            fits(side) && kind && !line && !slow && !waits
        }
        Job::Control(side, _) => {
            fits(side) && !(side == Side::Rtu && matches!(case.scope, Scope::Map | Scope::Block))
        }
    }
}

/// Plays a job.
pub(super) async fn play(
    job: Job,
    narrow: &Narrow,
    reference: &Reference,
) -> Result<(Vec<Record>, Verdict), String> {
    let subject = match job {
        Job::Reference | Job::Writes => Subject {
            endpoints: reference.endpoints(),
            devices: named(&reference.devices).map_err(|e| e.to_string())?,
            pmbus: vec![reference.pmbus.clone()],
            service: Some(reference.service.clone()),
            secure: Some(reference.secure.clone()),
            ..Subject::default()
        },
        Job::Specimen { .. } => specimen(None).await?,
        Job::Ride => ride(None).await?,
        Job::Control(side, map) => through(reference, side, map, None).await?,
        Job::Flat(what, side) => flat(reference, what, side).await?,
        Job::FlatBlock(what) => flat_block(reference, what).await?,
        Job::Mutant(Mutant { fault: Fault::Specimen(side, quirk), .. }) => {
            specimen(Some((*side, *quirk))).await?
        }
        Job::Mutant(Mutant { fault: Fault::Supply(quirk), .. }) => supplies(Some(*quirk))?,
        Job::Mutant(mutant) => {
            through(reference, mutant.fault.side(), mutant.device, Some(mutant.fault)).await?
        }
    };
    let answer = match job {
        Job::Flat(Flat::Null, _) | Job::FlatBlock(Flat::Null) => 40,
        Job::Flat(..) | Job::FlatBlock(_) => 500,
        // Links that lose answers are waited for often; on the others nothing but a busy machine is late.
        Job::Mutant(mutant) if matches!(mutant.fault, Fault::Tcp(_) | Fault::Rtu(_)) => 500,
        Job::Mutant(mutant) if mutant.fault.side() == Side::Rtu => 500,
        Job::Specimen { .. } => 1500,
        _ => 5000,
    };
    let declared = match (job, &subject.declared) {
        (Job::FlatBlock(_), _) => Declared::default(),
        (_, Some(own)) => own.clone(),
        (Job::Flat(..), None) => Declared::default(),
        _ => reference.declared.clone(),
    };
    let writes = match job {
        Job::Mutant(mutant) => mutant.writes,
        other => matches!(other, Job::Writes | Job::FlatBlock(_) | Job::Specimen { writes: true }),
    };
    let ride = subject.declared.as_ref().is_some_and(|own| own.ride.is_some());
    let cases = catalogue::cases().map_err(|e| e.to_string())?;
    let ids = cases.iter().filter(|case| belongs(job, case, narrow) && narrow.plays(&case.id));
    let ids: BTreeSet<String> = ids.map(|case| case.id.clone()).collect();
    if ids.is_empty() {
        // No id would be all ids.
        return Ok((Vec::new(), Verdict::NothingJudged));
    }
    let mut effort = effort();
    match job {
        // Its outputs start at once, or never.
        Job::Mutant(Mutant { fault: Fault::Supply(_), .. }) => effort.start = Duration::from_millis(400),
        // A ghost alarm would be waited for at length.
        Job::Mutant(Mutant { fault: Fault::Http(_), .. }) => effort.start = Duration::from_secs(3),
        // What is not in force within milliseconds never is, and would be waited for in every case.
        Job::Mutant(mutant) if mutant.device == PMI => effort.settle = Duration::from_secs(1),
        _ => {}
    }
    let plan = Plan {
        endpoints: subject.endpoints.clone(),
        devices: subject.devices.clone(),
        companions: subject.companions.clone(),
        selection: Selection {
            writes,
            disruptive: writes || ride,
            instrument: subject.instrument.is_some(),
            dry: false,
            strict: false,
            ids,
        },
        effort,
        tcp: timing(answer),
        rtu: timing(answer),
        declared,
        pmbus: subject.pmbus.clone(),
        secure: subject.secure.clone(),
        service: subject.service.clone(),
        instrument: subject.instrument.clone(),
        unreached: Vec::new(),
        restore: crate::restore::Restore::in_memory(),
    };
    let records = Arc::new(Mutex::new(Vec::new()));
    let mut sink = |record: &Record| {
        records.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
    };
    let verdict = run::run(&plan, &mut sink).await.map_err(|e| e.to_string())?;
    drop(subject);
    if writes {
        // A mutant may have kept a set point in force.
        crate::service::release(&reference.service).await;
        release_block(reference).await;
        tidy(reference);
    }
    let records = std::mem::take(&mut *records.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((records, verdict))
}

/// Gives the lease of the block back, past the mutant: it may not have let the suite.
async fn release_block(reference: &Reference) {
    // What cannot be given back shows in the next job as INCONCLUSIVE.
    let Ok(device) = device(reference, "dpo-pmi") else { return };
    let Some(token) = device.named("lease_token").map(|r| r.address) else { return };
    let mut link = TcpLink::new(
        &reference.tcp.to_string(),
        timing(5000),
        Guard::new(Allowed { writes: true, disruptive: false }),
    );
    for own in [TOKEN, STRANGER] {
        let request = write_pdu(token, &[(own >> 16) as u16, own as u16, 0], false);
        let _ = link.exchange(device.unit, &request, timing(5000).answer, &NoLog).await;
    }
}

/// Gives the simulated supplies back what they had: a mutant may have kept protection, a setpoint or a fault.
fn tidy(reference: &Reference) {
    let supply = &reference.pmbus;
    for address in std::iter::once(supply.address).chain(supply.second) {
        // WRITE_PROTECT, PAGE, OPERATION, VOUT_COMMAND (51 V), SMBALERT_MASK of STATUS_CML, CLEAR_FAULTS.
        let writes: [&[u8]; 6] =
            [&[0x10, 0x00], &[0x00, 0x00], &[0x01, 0x80], &[0x21, 0x00, 0x66], &[0x1B, 0x7E, 0x00], &[0x03]];
        for bytes in writes {
            // What cannot be put back shows in the next job.
            let _ = supply.port.blocking(&[Part::Write(address, bytes.to_vec())]);
        }
    }
}
