//! What holds the running gateway from outside: signals, systemd, and a restart over the API.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use super::config::Config;
use super::fail;
use crate::gateway::Gateway;
use crate::redfish::Live;

/// Beyond three polls, the time after which a gateway without a new snapshot is taken for stuck.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keeps passwords, keys and tokens out of core dumps: there are none, and no other process of the same user may look
/// into the memory of this one.
///
/// Both, for the limit alone does not hold where the kernel hands dumps to a program (`core_pattern` with `|`).
pub(super) fn no_core_dumps() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let limited = setrlimit(Resource::Core, none);
    let closed = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    if let Err(error) = limited.and(closed) {
        tracing::warn!(%error, "core dumps could not be switched off: one would hold keys and passwords");
    }
}

/// Puts the same program with the same arguments in the place of this process; returns only if that fails.
///
/// The process keeps its number, so that a service manager that watches it goes on watching. A program that was replaced
/// by an update is started in its new version.
pub(super) fn again() -> ExitCode {
    let program = match std::env::current_exe() {
        Ok(program) => there(program),
        Err(error) => return fail(1, &format!("cannot start again: {error}")),
    };
    let mut arguments = std::env::args_os();
    let mut command = Command::new(&program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let error = command.args(arguments).exec();
    fail(1, &format!("cannot start {} again: {error}", program.display()))
}

/// The path of a program; Linux marks one whose file is no longer there.
fn there(program: PathBuf) -> PathBuf {
    let marked = program.to_str().and_then(|path| path.strip_suffix(" (deleted)"));
    marked.map_or_else(|| program.clone(), PathBuf::from)
}

/// Tells systemd; without systemd nobody.
pub(super) fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd could not be told");
    }
}

/// Ready: everything listens.
pub(super) fn tell_ready() {
    tell(&[NotifyState::Ready, NotifyState::Status("serving")]);
}

/// Tells the watchdog of systemd, if it asks, that the gateway lives: its snapshots follow each other. Never returns.
pub(super) async fn watchdog(gateway: Gateway, poll: Duration) {
    let Some(interval) = sd_notify::watchdog_enabled() else { return std::future::pending().await };
    let patience = poll.saturating_mul(3).saturating_add(PATIENCE);
    let mut snapshots = gateway.watch();
    let mut ticks = tokio::time::interval((interval / 3).max(Duration::from_millis(10)));
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            changed = snapshots.changed() => {
                // A gateway that has ended is seen by others.
                if changed.is_err() {
                    return std::future::pending().await;
                }
                heard = Instant::now();
                continue;
            }
        }
        if heard.elapsed() < patience {
            tell(&[NotifyState::Watchdog]);
        } else {
            tracing::error!(silent = ?heard.elapsed(), "no new snapshot: the watchdog is not told that the gateway lives");
        }
    }
}

/// The signals of the process.
pub(super) struct Signals {
    end: Vec<Signal>,
    hangup: Option<Signal>,
    /// Whether a hang-up asks for the configuration; otherwise it ends the process.
    reloads: bool,
}

impl Signals {
    /// Listens from now on.
    ///
    /// A hang-up of the terminal that was closed is no reason to leave lowered setpoints behind: it ends the process, unless
    /// there is a configuration to read again and no terminal.
    pub(super) fn listen(config: Option<&Path>) -> Self {
        // Without a handler a signal ends the process as it always did.
        let end = [SignalKind::interrupt(), SignalKind::terminate()];
        let terminal =
            rustix::termios::isatty(std::io::stdin()) || rustix::termios::isatty(std::io::stdout());
        Self {
            end: end.into_iter().filter_map(|kind| signal(kind).ok()).collect(),
            hangup: signal(SignalKind::hangup()).ok(),
            reloads: config.is_some() && !terminal,
        }
    }

    /// Ready when one comes: whether it asks for the configuration rather than the end.
    pub(super) async fn next(&mut self) -> bool {
        std::future::poll_fn(|context| {
            if self.end.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
                return std::task::Poll::Ready(false);
            }
            match self.hangup.as_mut().map(|signal| signal.poll_recv(context).is_ready()) {
                Some(true) => std::task::Poll::Ready(self.reloads),
                _ => std::task::Poll::Pending,
            }
        })
        .await
    }
}

/// Reads the configuration again: what can change while the gateway runs does, the rest is named and waits for the next
/// start. A configuration that cannot be used changes nothing.
pub(super) fn reload(path: &Path, running: &mut Config, live: &Arc<Live>) {
    let mut state = vec![NotifyState::Reloading];
    state.extend(NotifyState::monotonic_usec_now().ok());
    tell(&state);
    match Config::load(path) {
        Ok(next) => {
            let waiting = take(running, next, live);
            if waiting.is_empty() {
                tracing::info!(file = %path.display(), "configuration read again");
            } else {
                let tables = waiting.join(", ");
                tracing::warn!(file = %path.display(), "configuration read again; {tables} changed, which waits for the next start");
            }
        }
        Err(error) => {
            tracing::error!(%error, "the configuration was not taken: the gateway goes on as it was")
        }
    }
    tell_ready();
}

/// Takes what can change; returns the tables of what else did.
fn take(running: &mut Config, next: Config, live: &Live) -> Vec<&'static str> {
    super::logging::configure(next.log.as_deref());
    running.log.clone_from(&next.log);
    let redfish = &next.redfish;
    live.set(redfish.shelf.identity(), Duration::from_secs(redfish.lease_seconds.into()));
    running.redfish.shelf = redfish.shelf.clone();
    running.redfish.lease_seconds = redfish.lease_seconds;
    // Options of the command line go before the file; they are not part of the comparison.
    let mut given = next.clone();
    given.redfish.listen = running.redfish.listen;
    given.redfish.insecure_http = running.redfish.insecure_http;
    given.pmi.listen = running.pmi.listen;
    given.pmi.pty_link.clone_from(&running.pmi.pty_link);
    given.pmi.serial.clone_from(&running.pmi.serial);
    let tables = [
        ("[redfish]", given.redfish != running.redfish),
        ("[pmi]", given.pmi != running.pmi),
        ("[gateway]", given.gateway != running.gateway),
        ("[shelf]", given.shelf != running.shelf),
        ("[[reading]]", given.reading != running.reading),
        ("[realtime]", given.realtime != running.realtime),
    ];
    tables.into_iter().filter(|(_, changed)| *changed).map(|(table, _)| table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_was_replaced_is_found_under_its_name() {
        assert_eq!(there("/usr/bin/dpo (deleted)".into()), Path::new("/usr/bin/dpo"));
        assert_eq!(there("/usr/bin/dpo".into()), Path::new("/usr/bin/dpo"));
    }

    #[test]
    fn the_memory_of_the_process_is_dumped_nowhere() {
        no_core_dumps();
        assert_eq!(rustix::process::dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        let limit = rustix::process::getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    }

    #[test]
    fn what_can_change_does_and_the_rest_is_named() {
        let parse = |text| Config::parse(Path::new("dpo.toml"), text).unwrap();
        let live = Live::default();
        let mut running = parse("[redfish]\nlisten = \"127.0.0.1:1\"\n");
        // The address came from the command line.
        running.redfish.listen = "127.0.0.1:2".parse().unwrap();
        let next = "[redfish]\nlisten = \"127.0.0.1:1\"\nlease_seconds = 7\n[redfish.shelf]\nmodel = \"M\"\n";
        assert_eq!(take(&mut running, parse(next), &live), Vec::<&str>::new());
        assert_eq!((live.lease(), live.shelf().model.as_deref()), (Duration::from_secs(7), Some("M")));
        let other = format!("{next}[redfish.events]\nretry_attempts = 1\n[gateway]\npoll_ms = 77\n");
        assert_eq!(take(&mut running, parse(&other), &live), ["[redfish]", "[gateway]"]);
        assert_eq!(take(&mut running, parse(&other), &live).len(), 2, "they still wait");
    }
}
