//! What a thread asks of the operating system so that its ticks come in time, and what it got.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::num::NonZeroU64;

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::thread::{CpuSet, sched_setaffinity, set_current_timer_slack};
use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

use super::clock::Monotonic;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Priority under SCHED_FIFO, 1 to 99; `None` keeps the scheduling of other threads. 80 is above interrupt
    /// threads (50) and below the kernel's own watchdogs (99).
    pub priority: Option<u8>,
    /// Keep all memory of the process resident: a page that must come from a disk costs milliseconds.
    pub lock_memory: bool,
    /// Run on this processor only.
    pub cpu: Option<u16>,
    /// Keep processors out of sleep states from which they wake slowly, for as long as the thread runs.
    pub hold_cpu_latency: bool,
}

impl Default for Request {
    fn default() -> Self {
        Self { priority: Some(80), lock_memory: true, cpu: None, hold_cpu_latency: true }
    }
}

/// What became of one part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in force.
    Granted,
    /// It was not asked for.
    NotAsked,
    /// The operating system refused: why, and what would mend it.
    Refused(String),
}

impl Outcome {
    fn of(result: io::Result<()>, mend: &str) -> Self {
        match result {
            Ok(()) => Self::Granted,
            Err(error) => Self::Refused(format!("{error}; {mend}")),
        }
    }

    /// Whether it is in force.
    pub fn granted(&self) -> bool {
        *self == Self::Granted
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Granted => f.write_str("yes"),
            Self::NotAsked => f.write_str("not asked for"),
            Self::Refused(why) => write!(f, "no ({why})"),
        }
    }
}

/// What a thread got of its [`Request`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// SCHED_FIFO at the priority asked for.
    pub fifo: Outcome,
    /// Memory of the process locked.
    pub locked_memory: Outcome,
    /// Resolution of the absolute timer in ns. Above 1 the kernel has no high-resolution timers, and a period
    /// that is no multiple of it jitters by as much.
    pub timer_resolution_ns: u64,
    /// Bound to the processor asked for.
    pub cpu: Outcome,
    /// Processors kept awake.
    pub cpu_latency: Outcome,
}

impl Granted {
    /// One line: what is in force, and what was refused and why.
    pub fn summary(&self) -> String {
        let parts = [
            ("SCHED_FIFO", &self.fifo),
            ("locked memory", &self.locked_memory),
            ("own processor", &self.cpu),
            ("processors kept awake", &self.cpu_latency),
        ];
        let mut text = if self.fifo.granted() { "SCHED_FIFO" } else { "ordinary scheduling" }.to_owned();
        for (name, outcome) in parts {
            match outcome {
                Outcome::Granted if name != "SCHED_FIFO" => text += &format!(", {name}"),
                Outcome::Refused(why) => text += &format!(", no {name} ({why})"),
                Outcome::Granted | Outcome::NotAsked => {}
            }
        }
        text
    }
}

impl fmt::Display for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "SCHED_FIFO:      {}", self.fifo)?;
        writeln!(f, "locked memory:   {}", self.locked_memory)?;
        writeln!(f, "absolute timer:  yes, resolution {} ns", self.timer_resolution_ns)?;
        writeln!(f, "own processor:   {}", self.cpu)?;
        write!(f, "cpu_dma_latency: {}", self.cpu_latency)
    }
}

/// Holds what ends with the thread.
#[derive(Debug)]
pub(super) struct Held {
    _cpu_latency: Option<File>,
}

/// Asks for everything in `request`, for the calling thread.
pub(super) fn ask(request: &Request) -> (Granted, Held) {
    let cpu = request.cpu.map_or(Outcome::NotAsked, |cpu| {
        Outcome::of(bind(cpu), "name a processor that exists and that the process may use")
    });
    // Before the priority is raised: this may take milliseconds, and nobody should have to wait for them.
    let locked_memory = if request.lock_memory {
        Outcome::of(lock_memory(), "it needs CAP_IPC_LOCK, or a larger limit (ulimit -l, LimitMEMLOCK=)")
    } else {
        Outcome::NotAsked
    };
    let (cpu_latency, file) =
        if request.hold_cpu_latency { hold_cpu_latency() } else { (Outcome::NotAsked, None) };
    let fifo = request.priority.map_or(Outcome::NotAsked, |priority| {
        let mend = "it needs CAP_SYS_NICE, or a larger limit (ulimit -r, LimitRTPRIO=)";
        Outcome::of(fifo(priority), mend)
    });
    if !fifo.granted() {
        // Timers of other threads may be late by 50 us on purpose. Refused, it stays so: nothing to report.
        let _ = set_current_timer_slack(NonZeroU64::new(1));
    }
    let timer_resolution_ns = Monotonic::resolution_ns();
    (Granted { fifo, locked_memory, timer_resolution_ns, cpu, cpu_latency }, Held { _cpu_latency: file })
}

/// Locks what is there now, which also brings it in: the program's text, the stack of this thread, the code of the
/// sag that has not come yet. What is mapped later is locked as it is touched, so that a stack of 8 MiB of some
/// other thread does not cost 8 MiB.
fn lock_memory() -> io::Result<()> {
    mlockall(MlockAllFlags::CURRENT)?;
    Ok(mlockall(MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT)?)
}

fn fifo(priority: u8) -> io::Result<()> {
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    let value = ThreadPriorityValue::try_from(priority)
        .map_err(|text| io::Error::new(io::ErrorKind::InvalidInput, text))?;
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Crossplatform(value), policy).map_err(
        |error| match error {
            thread_priority::Error::OS(code) => io::Error::from_raw_os_error(code),
            other => io::Error::other(format!("{other:?}")),
        },
    )
}

fn bind(cpu: u16) -> io::Result<()> {
    let cpu = usize::from(cpu);
    if cpu >= CpuSet::MAX_CPU {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    let mut set = CpuSet::new();
    set.set(cpu);
    Ok(sched_setaffinity(None, &set)?)
}

/// The kernel keeps the request for as long as the file is open.
fn hold_cpu_latency() -> (Outcome, Option<File>) {
    let path = "/dev/cpu_dma_latency";
    let opened = OpenOptions::new().write(true).open(path).and_then(|mut file| {
        file.write_all(&0u32.to_ne_bytes())?;
        Ok(file)
    });
    match opened {
        Ok(file) => (Outcome::Granted, Some(file)),
        Err(error) => (Outcome::Refused(format!("{path}: {error}")), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused_with_its_mend_and_stops_nothing() {
        // In a thread of its own: what is granted stays with it.
        let (granted, _held) = std::thread::spawn(|| {
            ask(&Request {
                priority: Some(200),
                lock_memory: false,
                cpu: Some(u16::MAX),
                hold_cpu_latency: false,
            })
        })
        .join()
        .unwrap();
        assert!(matches!(&granted.fifo, Outcome::Refused(why) if why.contains("LimitRTPRIO")), "{granted}");
        assert!(matches!(&granted.cpu, Outcome::Refused(why) if why.contains("exists")), "{granted}");
        assert_eq!(granted.locked_memory, Outcome::NotAsked);
        assert!(granted.timer_resolution_ns > 0);
        let line = granted.summary();
        assert!(
            line.starts_with("ordinary scheduling, no SCHED_FIFO (") && line.contains("no own processor"),
            "{line}"
        );
        let text = granted.to_string();
        assert!(
            text.contains("SCHED_FIFO:      no (") && text.contains("locked memory:   not asked for"),
            "{text}"
        );
    }
}
