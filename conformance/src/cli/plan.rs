//! What `run` and `watch` are told about a run, and the plan it comes to.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::{confirm, local_timing, restore, statement};
use crate::pics::Pics;
use crate::rack::{self, Named, Shelf};
use crate::restore::Restore;
use crate::run::{Declared, Effort, Plan, Selection};
use crate::subjects::{self, Subjects, TargetArgs};
use crate::targets::Target;
use crate::targets::sim::Reference;
use crate::transport::Timing;

/// Targets, cases, leave to write, times and repetitions.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) targets: TargetArgs,
    /// Several shelves instead of one target: a TOML file with a table [[shelf]] for each, which has `name`, `targets`, and
    /// `devices` or `pics` if need be. Each is judged by itself, one after the other; there is one report.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["target", "device", "pics"])]
    rack: Option<PathBuf>,
    /// Only these cases, as MB-PDU-003.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Only these cases; may be repeated.
    #[arg(long)]
    id: Vec<String>,
    /// Capability statement (TOML, as `init` writes it). It alone decides which devices and cases apply.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["absent_unit", "unrouted_unit"])]
    pics: Option<PathBuf>,
    /// Also run classes N (writes that must be refused) and W (writes that are undone).
    #[arg(long)]
    allow_writes: bool,
    /// Also run class D (disruptive). Only on a bench unit.
    #[arg(long)]
    allow_disruptive: bool,
    /// Also run class T, and what else needs an instrument on the line: the adapter of one, as tcp://host:port. What it
    /// is asked, and answers, stands in conformance/README.md.
    #[arg(long, value_name = "ADDRESS")]
    instrument: Option<String>,
    /// Do not ask before the first write. Without it the plan of what is written is shown, and asked for on standard input.
    #[arg(short, long)]
    yes: bool,
    /// SHOULD cases decide as MUST cases do, and NON-STRICT fails.
    #[arg(long)]
    strict: bool,
    /// File that notes what the run changes until it is put back; it goes when nothing is left.
    #[arg(long, value_name = "FILE", default_value = restore::JOURNAL)]
    journal: PathBuf,
    /// Longest time to an answer in milliseconds. Default 1000.
    #[arg(long, value_name = "MS")]
    timeout: Option<u64>,
    /// How long nothing must come to be called silence, in milliseconds. Default: as the time-out; 100
    /// for the simulator.
    #[arg(long, value_name = "MS")]
    silence: Option<u64>,
    /// Serial line: quiet time that ends a frame, in milliseconds. Default 25; 4 for the simulator.
    #[arg(long, value_name = "MS")]
    quiet: Option<u64>,
    /// An address that the gateway routes but where no device is.
    #[arg(long, value_name = "UNIT")]
    absent_unit: Option<u8>,
    /// An address that the gateway does not route.
    #[arg(long, value_name = "UNIT")]
    unrouted_unit: Option<u8>,
    /// How long MB-RTU-031 listens, in seconds. Default 60; 1 for the simulator.
    #[arg(long, value_name = "S")]
    listen: Option<u64>,
    /// Requests of the long runs MB-RTU-041, MB-TCP-029 and MAP-027. Default 500; 200 for the simulator.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    soak: Option<u32>,
    /// Samples of each counter in MAP-009 and MAP-010. Default 100; 50 for the simulator.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(5..))]
    samples: Option<u32>,
    /// Requests of MB-RTU-019. Default 500; 200 for the simulator.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    timed_requests: Option<u32>,
    /// Random reads of MB-PDU-066. Default 1000; 500 for the simulator.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    random_reads: Option<u32>,
    /// Random requests of MB-PDU-067. Default 10000; 200 for the simulator.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    random_requests: Option<u32>,
    /// MAP-021 reads all unmapped addresses instead of a sample.
    #[arg(long)]
    full_sweep: bool,
    /// Seed of random requests.
    #[arg(long, default_value_t = 0x0D90)]
    seed: u64,
}

/// What is played, and what must live as long as it is.
pub(super) struct Prepared {
    pub(super) shelves: Vec<Shelf>,
    /// The shelves that are simulated in this process and end with it.
    simulated: Vec<bool>,
    /// The capability statement, if there is one shelf.
    pub(super) pics: Option<Pics>,
    /// Whether any shelf has a capability statement.
    pub(super) stated: bool,
    /// The targets in words.
    pub(super) target: String,
    notes: Arc<Restore>,
    _references: Vec<Reference>,
}

/// Whether a target is the simulated shelf in this process.
fn local(targets: &[Target]) -> bool {
    targets.contains(&Target::Sim)
}

impl PlanArgs {
    fn timing(&self, local: bool) -> Timing {
        let base = local_timing();
        let millis = |given: Option<u64>, default: Duration| given.map_or(default, Duration::from_millis);
        let answer = millis(self.timeout, base.answer);
        Timing {
            answer,
            silence: millis(self.silence, if local { base.silence } else { answer }),
            quiet: millis(self.quiet, if local { base.quiet } else { Duration::from_millis(25) }),
        }
    }

    fn effort(&self, local: bool) -> Effort {
        let whole = Effort::default();
        // The simulated shelf is in this process: less of what can only be sampled shows the same.
        let times =
            |given: Option<u32>, sim: u32, usual: u32| given.unwrap_or(if local { sim } else { usual });
        Effort {
            listen: self
                .listen
                .map_or(if local { Duration::from_secs(1) } else { whole.listen }, Duration::from_secs),
            full_sweep: self.full_sweep,
            seed: self.seed,
            soak: times(self.soak, 200, whole.soak),
            random_requests: times(self.random_requests, 200, whole.random_requests),
            random_reads: times(self.random_reads, 500, whole.random_reads),
            timed_requests: times(self.timed_requests, 200, whole.timed_requests),
            samples: times(self.samples, 50, whole.samples),
            sample_interval: if local { whole.sample_interval / 4 } else { whole.sample_interval },
            ..whole
        }
    }

    /// Starts, opens and probes the targets. Nothing is written.
    ///
    /// # Errors
    /// Why nothing can be played, in words for the user.
    pub(super) async fn prepare(&self, dry: bool) -> Result<Prepared, String> {
        let named = match &self.rack {
            Some(file) => rack::read(file)?,
            None => {
                let (targets, devices) = (self.targets.target.clone(), self.targets.device.clone());
                vec![Named { name: String::new(), targets, devices, pics: self.pics.clone() }]
            }
        };
        let notes = self.notes(named.iter().all(|shelf| local(&shelf.targets)))?;
        let simulated = named.iter().map(|shelf| local(&shelf.targets)).collect();
        let targets = |shelf: &Named| {
            let all: Vec<String> = shelf.targets.iter().map(ToString::to_string).collect();
            let all = all.join(", ");
            if shelf.name.is_empty() { all } else { format!("{} ({all})", shelf.name) }
        };
        let target = named.iter().map(targets).collect::<Vec<_>>().join("; ");
        let stated = named.iter().any(|shelf| shelf.pics.is_some());
        let (mut shelves, mut references, mut last) = (Vec::new(), Vec::new(), None);
        for shelf in named {
            let pics = shelf.pics.as_deref().map(statement::read).transpose()?;
            let mut targets = self.targets.clone();
            (targets.target, targets.device) = (shelf.targets, shelf.devices);
            let of = |reason: String| {
                if shelf.name.is_empty() { reason } else { format!("{}: {reason}", shelf.name) }
            };
            let (plan, reference) =
                self.plan(&targets, pics.as_ref(), notes.clone(), dry).await.map_err(of)?;
            shelves.push(Shelf { name: shelf.name, plan });
            references.extend(reference);
            last = pics;
        }
        let pics = last.filter(|_| self.rack.is_none());
        Ok(Prepared { shelves, simulated, pics, stated, target, notes, _references: references })
    }

    async fn plan(
        &self,
        targets: &TargetArgs,
        pics: Option<&Pics>,
        restore: Arc<Restore>,
        dry: bool,
    ) -> Result<(Plan, Option<Reference>), String> {
        let local = local(&targets.target);
        let timing = self.timing(local);
        let declared = Declared {
            absent_unit: self.absent_unit,
            unrouted_unit: self.unrouted_unit,
            ..Declared::default()
        };
        let found = subjects::find(targets, declared, pics, timing).await?;
        let Subjects { endpoints, devices, declared, pmbus, secure, service, reference, unreached } = found;
        let instrument = self.instrument.as_deref().map(crate::instrument::remote::connect).transpose()?;
        let plan = Plan {
            endpoints,
            devices,
            companions: Vec::new(),
            selection: Selection {
                writes: self.allow_writes,
                disruptive: self.allow_disruptive,
                instrument: self.instrument.is_some(),
                dry,
                strict: self.strict,
                ids: self.ids.iter().chain(&self.id).cloned().collect(),
            },
            effort: self.effort(local),
            tcp: timing,
            rtu: timing,
            declared,
            pmbus,
            secure,
            service,
            restore,
            instrument,
            unreached,
        };
        Ok((plan, reference))
    }

    /// Notes of what is changed, with what an earlier run has left.
    fn notes(&self, local: bool) -> Result<Arc<Restore>, String> {
        if local {
            // The simulated shelf ends with the run.
            return Ok(Restore::in_memory());
        }
        let notes = Restore::open(&self.journal).map_err(|e| e.to_string())?;
        if !notes.is_empty() && !self.allow_writes {
            return Err(format!(
                "{}: an earlier run was ended before it had put back what it changed: `dpo-conformance restore` does",
                self.journal.display()
            ));
        }
        Ok(notes)
    }

    /// Shows what is going to be written and asks whether to go on; then puts back what an earlier run has left. Only
    /// after this anything is written.
    ///
    /// # Errors
    /// Whoever was asked did not say yes, or something could not be put back.
    pub(super) async fn confirm(&self, prepared: &Prepared) -> Result<(), String> {
        // Of a simulated shelf nothing lasts.
        let lasting = prepared.shelves.iter().zip(&prepared.simulated).filter(|(_, simulated)| !**simulated);
        let shelves: Vec<&Shelf> = lasting.map(|(shelf, _)| shelf).collect();
        let lines = confirm::lines(&shelves, &prepared.notes, &self.journal).await?;
        if lines.is_empty() {
            return Ok(());
        }
        confirm::ask(&lines, self.yes)?;
        let restored = restore::put_back(&prepared.notes, self.timing(false), &self.targets.access).await;
        for line in restored.done {
            let _ = writeln!(std::io::stderr(), "dpo-conformance: {line}");
        }
        if restored.left.is_empty() { Ok(()) } else { Err(restored.left.join("\n")) }
    }
}
