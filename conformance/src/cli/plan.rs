//! What `run` and `watch` are told about a run, and the plan it comes to.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::{local_timing, restore, statement};
use crate::pics::Pics;
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

/// A plan, and what must live as long as it is played.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) pics: Option<Pics>,
    pub(super) _reference: Option<Reference>,
}

impl PlanArgs {
    /// Whether the target is the simulated shelf in this process.
    fn local(&self) -> bool {
        self.targets.target.contains(&Target::Sim)
    }

    fn timing(&self) -> Timing {
        let (base, local) = (local_timing(), self.local());
        let millis = |given: Option<u64>, default: Duration| given.map_or(default, Duration::from_millis);
        let answer = millis(self.timeout, base.answer);
        Timing {
            answer,
            silence: millis(self.silence, if local { base.silence } else { answer }),
            quiet: millis(self.quiet, if local { base.quiet } else { Duration::from_millis(25) }),
        }
    }

    fn effort(&self) -> Effort {
        let (whole, local) = (Effort::default(), self.local());
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

    /// Starts, opens and probes the targets, and puts back first what an earlier run has left.
    ///
    /// # Errors
    /// Why nothing can be played, in words for the user.
    pub(super) async fn prepare(&self, dry: bool) -> Result<Prepared, String> {
        let timing = self.timing();
        let pics = self.pics.as_deref().map(statement::read).transpose()?;
        let declared = Declared {
            absent_unit: self.absent_unit,
            unrouted_unit: self.unrouted_unit,
            ..Declared::default()
        };
        let found = subjects::find(&self.targets, declared, pics.as_ref(), timing).await?;
        let Subjects { endpoints, devices, declared, pmbus, secure, service, reference } = found;
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
            effort: self.effort(),
            tcp: timing,
            rtu: timing,
            declared,
            pmbus,
            secure,
            service,
            restore: self.notes(timing).await?,
            instrument,
        };
        Ok(Prepared { plan, pics, _reference: reference })
    }

    /// Notes of what is changed. What an earlier run has left is put back first.
    async fn notes(&self, timing: Timing) -> Result<Arc<Restore>, String> {
        if self.local() {
            // The simulated shelf ends with the run.
            return Ok(Restore::in_memory());
        }
        let notes = Restore::open(&self.journal).map_err(|e| e.to_string())?;
        if notes.is_empty() {
            return Ok(notes);
        }
        if !self.allow_writes {
            return Err(format!(
                "{}: an earlier run was ended before it had put back what it changed: `dpo-conformance restore` does",
                self.journal.display()
            ));
        }
        for line in restore::put_back(&notes, timing).await? {
            let _ = writeln!(std::io::stderr(), "dpo-conformance: {line}");
        }
        Ok(notes)
    }
}
