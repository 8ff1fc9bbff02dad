//! What the command line names as targets, and what it comes to.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::catalogue::Scope;
use crate::declared::{Declared, LineClaims, Server};
use crate::device::Device;
use crate::pics::Pics;
use crate::pmbus::PmbusPlan;
use crate::secure::{SecurePlan, pki::Pki};
use crate::service::{Account, ServicePlan};
use crate::targets::sim::Reference;
use crate::targets::{DeviceName, Endpoint, Target, TargetParser, named, probe};
use crate::transport::Timing;
use crate::transport::http::{Base, Trust};
use crate::transport::smbus::SharedPort;

/// Targets, and how to get into them.
#[derive(Debug, Clone, Args)]
pub(crate) struct TargetArgs {
    /// tcp://host:port, tls://host:port, rtu:/dev/ttyX?baud=N&parity=even|odd|none, pmbus:/dev/i2c-N@58, https://host[:port],
    /// or sim; may be repeated for several interfaces of one shelf.
    #[arg(long, value_parser = TargetParser)]
    pub(crate) target: Vec<Target>,
    /// Device under test as MAP@UNIT, as orv3-psu@200; may be repeated. Without it every address of
    /// every known map is asked for its probe register.
    #[arg(long, value_name = "MAP@UNIT")]
    pub(crate) device: Vec<DeviceName>,
    #[command(flatten)]
    pub(crate) access: AccessArgs,
    /// Redfish: user who may only read, if there is one. The password is in DPO_CONFORMANCE_READER_PASSWORD.
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
    /// Modbus/TCP Security: folder of the test PKI, as `dpo-conformance pki` makes it.
    #[arg(long, value_name = "DIR")]
    pki: Option<PathBuf>,
    /// Modbus/TCP Security: name that the device's certificate must have. Without it the host of the target.
    #[arg(long, value_name = "NAME")]
    tls_name: Option<String>,
}

/// How to get into a Redfish service.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccessArgs {
    /// Redfish: user who may write set points. The password is in DPO_CONFORMANCE_PASSWORD.
    #[arg(long, value_name = "NAME", default_value = "admin")]
    user: String,
    /// Redfish: file with the certificates (PEM) that the service's own one must chain to.
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// Redfish: take any certificate. Whoever answers gets the password.
    #[arg(long, conflicts_with = "tls_ca")]
    tls_insecure: bool,
}

/// What the targets on the command line come to.
#[derive(Default)]
pub(crate) struct Subjects {
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) devices: Vec<Device>,
    pub(crate) declared: Declared,
    pub(crate) pmbus: Vec<PmbusPlan>,
    pub(crate) secure: Option<SecurePlan>,
    pub(crate) service: Option<ServicePlan>,
    pub(crate) reference: Option<Reference>,
    pub(crate) unreached: Vec<Unreached>,
}

/// Something that a capability statement claims, and no target is: its cases are NOT-RUN, not NOT-APPLICABLE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// Scope of the cases.
    pub scope: Scope,
    /// What would have been tested.
    pub subject: String,
    /// What is claimed, and which target is missing.
    pub why: String,
}

/// What is claimed and has no target.
fn unreached(pics: &Pics, found: &Subjects) -> Vec<Unreached> {
    let mut claims = Vec::new();
    let mut add = |there: bool, scope: Scope, subject: &str, claim: &str, target: &str| {
        if !there {
            let why = format!("--pics claims {claim}, and no target is {target}");
            claims.push(Unreached { scope, subject: subject.to_owned(), why });
        }
    };
    let tcp = found.endpoints.iter().any(|e| matches!(e, Endpoint::Tcp(_)));
    let rtu = found.endpoints.iter().any(|e| matches!(e, Endpoint::Rtu(_)));
    let Server { plain, default_may_read, .. } = pics.declared.server;
    let server = Server { plain: None, default_may_read: false, ..pics.declared.server.clone() };
    let line = pics.declared.line == LineClaims::default();
    add(rtu || line, Scope::SerialDevice, "serial line", "[line]", "rtu:");
    add(tcp || server == Server::default(), Scope::TcpLink, "TCP server", "[server]", "tcp://");
    let secure = found.secure.is_some() || plain.is_none() && !default_may_read;
    let keys = "plain or default_may_read of [server]";
    add(secure, Scope::Secure, "Modbus/TCP Security", keys, "tls://");
    for (address, map) in &pics.supplies {
        let there = found.pmbus.iter().any(|device| device.address == *address);
        let (name, claim) = (format!("{}@{address:02X}h", map.id), format!("a [[supply]] at {address:02X}h"));
        add(there, Scope::Pmbus, &name, &claim, &format!("pmbus: with @{address:02x}"));
    }
    let service = found.service.is_some() || pics.declared.service.is_none();
    add(service, Scope::Service, "Redfish", "[service]", "https://");
    if !pics.devices.is_empty() {
        add(service, Scope::Shelf, "Redfish beside Modbus", "[service]", "https://");
    }
    claims
}

/// Starts, opens and probes what the command line names.
///
/// A capability statement, if there is one, decides which devices there are and what is declared.
///
/// # Errors
/// Why a target cannot be used, in words for the user.
pub(crate) async fn find(
    args: &TargetArgs,
    declared: Declared,
    pics: Option<&Pics>,
    timing: Timing,
) -> Result<Subjects, String> {
    if args.target.is_empty() {
        return Err("name what to judge: --target tcp://host:port, or --help".into());
    }
    let mut found = Subjects { declared, ..Subjects::default() };
    if !args.device.is_empty() {
        if pics.is_some() {
            return Err("--device: the capability statement (--pics) names the devices".into());
        }
        found.devices = named(&args.device).map_err(|e| e.to_string())?;
    }
    if let Some(pics) = pics {
        (found.devices, found.declared) = (pics.devices.clone(), pics.declared.clone());
    }
    for target in &args.target {
        match target {
            Target::Sim => {
                let started = Reference::start().await.map_err(|e| e.to_string())?;
                if args.device.is_empty() && pics.is_none() {
                    found.devices = named(&started.devices).map_err(|e| e.to_string())?;
                }
                if pics.is_none() {
                    found.declared = started.declared.clone();
                }
                found.endpoints = started.endpoints();
                found.pmbus = vec![started.pmbus.clone()];
                found.secure = Some(started.secure.clone());
                found.service = Some(started.service.clone());
                found.reference = Some(started);
            }
            Target::Link(endpoint) => {
                if args.device.is_empty() && found.devices.is_empty() {
                    // An address without a device costs a time-out: a short one.
                    let answer = timing.answer.min(Duration::from_millis(150));
                    let quick = Timing { answer, ..timing };
                    found.devices = probe(endpoint, quick).await.map_err(|e| e.to_string())?;
                }
                if found.devices.is_empty() {
                    let none = "no device answered its probe register; name one with --device MAP@UNIT";
                    return Err(format!("{endpoint}: {none}"));
                }
                found.endpoints.push(endpoint.clone());
            }
            Target::Pmbus(device, address) => found.pmbus.push(supply(device, *address)?),
            Target::Secure(address) if found.secure.is_none() => {
                found.secure = Some(secure(args, address, &found, timing.answer)?);
            }
            Target::Secure(address) => return Err(format!("tls://{address}: one secure server a run")),
            Target::Service(base) if found.service.is_none() => {
                found.service = Some(service(args, base, timing.answer)?);
            }
            Target::Service(base) => return Err(format!("{base}: one Redfish service a run")),
        }
    }
    couple(&mut found.pmbus);
    if let Some(pics) = pics.filter(|pics| !pics.supplies.is_empty()) {
        for device in &mut found.pmbus {
            let own = pics.supplies.iter().find(|(address, _)| *address == device.address);
            let (_, map) = own.ok_or_else(|| {
                format!("--pics states no supply at {:02X}h, where {} is", device.address, device.name())
            })?;
            (device.map, device.claimed) = (map.clone(), true);
        }
    }
    if args.target.contains(&Target::Sim) && args.target.len() > 1 {
        return Err("the simulated shelf has all its interfaces already: --target sim stands alone".into());
    }
    let states = |part: fn(&Pics) -> bool| pics.is_some_and(part);
    if found.endpoints.is_empty() && found.secure.is_none() && states(|p| !p.devices.is_empty()) {
        return Err("--pics states Modbus devices, but no target is tcp:// or rtu:".into());
    }
    if found.endpoints.is_empty() && found.secure.is_none() && !args.device.is_empty() {
        return Err("--device names Modbus devices, but no target is tcp:// or rtu:".into());
    }
    found.unreached = pics.map(|pics| unreached(pics, &found)).unwrap_or_default();
    Ok(found)
}

/// A server of Modbus/TCP Security: its first device is read through it.
fn secure(args: &TargetArgs, address: &str, found: &Subjects, wait: Duration) -> Result<SecurePlan, String> {
    let folder = args.pki.as_ref();
    let folder =
        folder.ok_or_else(|| format!("tls://{address}: say --pki DIR; `dpo-conformance pki` makes one"))?;
    let device = found.devices.first().cloned();
    let device =
        device.ok_or_else(|| format!("tls://{address}: name a device behind it with --device MAP@UNIT"))?;
    let roots = args
        .access
        .tls_ca
        .as_ref()
        .map(|file| std::fs::read(file).map_err(|e| format!("--tls-ca {}: {e}", file.display())));
    let plain = found.endpoints.iter().find_map(|endpoint| match endpoint {
        Endpoint::Tcp(address) => Some(address.clone()),
        Endpoint::Rtu(_) => None,
    });
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host).trim_matches(['[', ']']);
    Ok(SecurePlan {
        address: address.to_owned(),
        pki: Arc::new(Pki::read(folder)?),
        name: args.tls_name.clone().unwrap_or_else(|| host.to_owned()),
        roots: roots.transpose()?,
        device,
        plain,
        wait: wait.max(Duration::from_secs(1)),
    })
}

/// A PMBus supply on a bus of Linux.
pub(crate) fn supply(device: &PathBuf, address: u8) -> Result<PmbusPlan, String> {
    let maps = dpo_gateway::maps::pmbus::builtin().map_err(|e| e.to_string())?;
    let map = maps.into_iter().find(|map| map.id == "pmbus-psu").ok_or("there is no map pmbus-psu")?;
    let port = SharedPort::linux(device).map_err(|e| e.to_string())?;
    Ok(PmbusPlan { port, map: Arc::new(map), address, second: None, claimed: false })
}

/// Tells each device the next one on the same bus, for cases that need two.
fn couple(devices: &mut [PmbusPlan]) {
    for nth in 0..devices.len() {
        let Some(own) = devices.get(nth).cloned() else { continue };
        let others = devices.iter().filter(|other| other.port.name() == own.port.name());
        let second = others.map(|other| other.address).filter(|address| *address > own.address).min();
        if let Some(device) = devices.get_mut(nth) {
            device.second = device.second.or(second);
        }
    }
}

/// The password in a variable of the environment, where no process list shows it.
fn password(base: &Base, variable: &str) -> Result<String, String> {
    std::env::var(variable).map_err(|_| format!("{base}: the password must be in {variable}"))
}

impl AccessArgs {
    /// A Redfish service as the options say.
    ///
    /// # Errors
    /// What is missing, in words for the user.
    pub(crate) fn service(&self, base: &Base, answer: Duration) -> Result<ServicePlan, String> {
        let trust = match (&self.tls_ca, self.tls_insecure) {
            (Some(file), _) => {
                Trust::Roots(std::fs::read(file).map_err(|e| format!("--tls-ca {}: {e}", file.display()))?)
            }
            (None, insecure) if insecure || !base.tls => Trust::Anyone,
            _ => return Err(format!("{base}: say --tls-ca FILE, or --tls-insecure on a bench")),
        };
        let own = password(base, "DPO_CONFORMANCE_PASSWORD")?;
        crate::redact::hide(Some(&self.user), &own);
        let account = Account { user: self.user.clone(), password: own };
        // A write is answered when the devices have confirmed it.
        let wait = answer.max(Duration::from_secs(1)) * 10;
        Ok(ServicePlan { base: base.clone(), trust, account, reader: None, wait })
    }
}

/// The Redfish service of a run, with the user who may only read.
fn service(args: &TargetArgs, base: &Base, answer: Duration) -> Result<ServicePlan, String> {
    let mut service = args.access.service(base, answer)?;
    if let Some(user) = &args.reader {
        let password = password(base, "DPO_CONFORMANCE_READER_PASSWORD")?;
        crate::redact::hide(Some(user), &password);
        service.reader = Some(Account { user: user.clone(), password });
    }
    Ok(service)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{LeftOut, Outcome, Record, Verdict};
    use crate::run::{Effort, Plan, Selection, run};

    const STATEMENT: &str = "version = 1
        [product]\norganisation = 'Example'\nname = 'shelf'\nfirmware = '1'
        [[device]]\nmap = 'orv3-psu'\nunit = 200\nfunctions = [3]\nmax_read_words = 100
        [[supply]]\nmap = 'pmbus-psu'\naddress = 0x40
        [[supply]]\nmap = 'pmbus-psu'\naddress = 0x41
        [server]\nconnections = 4\ndefault_may_read = true
        [line]\nsettings = true
        [service]\nversion = '1.20.0'";

    #[tokio::test]
    async fn what_is_claimed_and_has_no_target_is_not_run_and_so_not_conformant() {
        let pics = Pics::parse(STATEMENT).unwrap();
        let mut found = Subjects {
            endpoints: vec![Endpoint::Tcp("192.0.2.1:502".into())],
            devices: pics.devices.clone(),
            pmbus: vec![crate::selftest::specimen_supply()],
            ..Subjects::default()
        };
        assert_eq!(found.pmbus.iter().map(|device| device.address).collect::<Vec<_>>(), [0x40]);
        let claims = unreached(&pics, &found);
        let whys: Vec<&str> = claims.iter().map(|claim| claim.why.as_str()).collect();
        assert_eq!(
            whys,
            [
                "--pics claims [line], and no target is rtu:",
                "--pics claims plain or default_may_read of [server], and no target is tls://",
                "--pics claims a [[supply]] at 41h, and no target is pmbus: with @41",
                "--pics claims [service], and no target is https://",
                "--pics claims [service], and no target is https://",
            ]
        );
        let plan = Plan {
            endpoints: found.endpoints.clone(),
            devices: found.devices.clone(),
            companions: Vec::new(),
            // Nothing is sent: there is no device.
            selection: Selection { dry: true, ..Selection::default() },
            effort: Effort::default(),
            tcp: crate::cli::local_timing(),
            rtu: crate::cli::local_timing(),
            declared: pics.declared.clone(),
            pmbus: found.pmbus.clone(),
            secure: None,
            service: None,
            restore: crate::restore::Restore::in_memory(),
            instrument: None,
            unreached: claims,
        };
        let mut records: Vec<Record> = Vec::new();
        run(&plan, &mut |record| records.push(record.clone())).await.unwrap();
        let of = |id: &str, subject: &str| {
            let mut own = records.iter().filter(|r| r.id == id && r.subject.contains(subject));
            own.next().map(|r| (r.outcome, r.left_out)).unwrap()
        };
        let target = (Outcome::NotRun, Some(LeftOut::Target));
        for (id, subject) in [
            ("MB-RTU-009", "serial line"),
            ("PM-CMD-001", "pmbus-psu@41h"),
            ("RF-003", "Redfish"),
            ("XIF-002", "Redfish beside Modbus"),
        ] {
            assert_eq!(of(id, subject), target, "{id}");
        }
        assert_eq!(of("MB-TCP-001", "tcp://"), (Outcome::NotRun, Some(LeftOut::DryRun)));
        // As if all that could be played had passed.
        for record in &mut records {
            if record.left_out != Some(LeftOut::Target) {
                (record.outcome, record.left_out) = (Outcome::Pass, None);
            }
        }
        let verdict = Verdict::of(&records);
        assert_eq!(
            verdict,
            Verdict::Selected { classes_not_run: Vec::new(), filtered: false, untargeted: true }
        );
        assert!(verdict.to_string().contains("claimed have no target"), "{verdict}");

        // Nothing of PMBus and Redfish is claimed: it does not apply.
        let plain = STATEMENT.split("[[supply]]").next().unwrap();
        assert_eq!(unreached(&Pics::parse(plain).unwrap(), &found), []);
        // Every supply has its target, and no port of Modbus TCP has one.
        found.pmbus[0].address = 0x41;
        found.endpoints.clear();
        let whys: Vec<String> = unreached(&pics, &found).into_iter().map(|claim| claim.why).collect();
        assert!(whys.contains(&"--pics claims [server], and no target is tcp://".to_owned()), "{whys:?}");
        assert!(
            whys.contains(&"--pics claims a [[supply]] at 40h, and no target is pmbus: with @40".to_owned())
        );
    }
}
