//! `dpo registers watch`: the registers of one device, again and again.
//!
//! Only function 03 is ever sent. Write-only registers and commands are not read, and no request covers an
//! address of a hazard range.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use dpo_registers::codec::Exception;

use super::view::{Line, Select, State, plain, table};
use super::{FAILED, FOUND, OK, export, say};
use crate::bus::retry::{RetryBus, RetryConfig};
use crate::bus::rtu::{RtuBus, RtuClientConfig};
use crate::bus::serial::{Parity as LineParity, SerialSettings};
use crate::bus::tcp::{TcpBus, TcpClientConfig};
use crate::bus::{Bus, TransactError, read_holding};
use crate::maps::RegisterMap;
use crate::maps::decode::decode;
use crate::maps::model::{Access, Expect, Parity, PollClass, Register};

/// What to watch.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct WatchArgs {
    /// The map: a file, or the identifier of a map that ships with this program (`orv3-psu`).
    map: String,
    /// Where the device is: tcp://HOST:PORT or rtu:/dev/tty….
    #[arg(long, value_name = "TARGET")]
    target: String,
    /// Modbus address of the device.
    #[arg(long, value_name = "N")]
    unit: u8,
    /// Seconds between two rounds of reads.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    interval: Duration,
    /// Read once and end.
    #[arg(long)]
    once: bool,
    /// Baud rate of a serial line [default: the first of the map].
    #[arg(long, value_name = "BAUD")]
    baud: Option<u32>,
    /// Poll classes to read; may be repeated [default: all].
    #[arg(long, value_name = "CLASS")]
    class: Vec<Class>,
    #[command(flatten)]
    select: Select,
}

const AFTER_HELP: &str = "Marks: * changed since the round before, ~ stale (the last read failed), ! unreadable. On \
    a terminal the picture is renewed in place; in a pipe each round is a block of lines without colours.\n\n\
    Nothing is ever written, and hazard ranges are never read.\n\nExit codes: 0 done, 1 nothing could be read \
    (with --once), 2 wrong use or the port cannot be opened.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Class {
    Fast,
    Slow,
    Static,
    OnDemand,
}

impl Class {
    fn poll(self) -> PollClass {
        match self {
            Self::Fast => PollClass::Fast,
            Self::Slow => PollClass::Slow,
            Self::Static => PollClass::Static,
            Self::OnDemand => PollClass::OnDemand,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if time >= Duration::from_millis(50) && time <= Duration::from_secs(86_400) => Ok(time),
        _ => Err("give 0.05 to 86400 seconds".to_owned()),
    }
}

pub(super) fn run(args: &WatchArgs, out: &mut dyn Write) -> io::Result<u8> {
    let map = match export::registers(&args.map, "watch") {
        Ok(map) => map,
        Err(error) => return Ok(say(FAILED, &error)),
    };
    if let Err(error) = args.select.check(&map) {
        return Ok(say(FAILED, &error));
    }
    let chosen: Vec<&Register> = map.registers.iter().filter(|r| wanted(&map, r, args)).collect();
    if chosen.is_empty() {
        return Ok(say(FAILED, &format!("no register of {} that can be read is chosen", map.id)));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // A serial port is opened inside the runtime.
        let bus = match open(args, &map) {
            Ok(bus) => bus,
            Err(error) => return Ok(say(FAILED, &error)),
        };
        let mut device = Device::new(bus, args.unit, map.bus.max_read_words.clamp(1, 125));
        if let Some(warning) = device.foreign(&map).await {
            say(OK, &format!("warning: {warning}"));
        }
        // Ctrl-C ends the program between two lines; there is nothing to put back.
        loop {
            device.round(&map, &chosen).await;
            device.show(&map, &chosen, args, out)?;
            if args.once {
                return Ok(if device.words.is_empty() { FOUND } else { OK });
            }
            tokio::time::sleep(args.interval).await;
        }
    })
}

/// Whether the register is chosen and may be read.
fn wanted(map: &RegisterMap, r: &Register, args: &WatchArgs) -> bool {
    let class = args.class.is_empty() || args.class.iter().any(|c| c.poll() == r.poll);
    class && readable(map, r) && args.select.takes(r)
}

/// Whether the register may be read.
fn readable(map: &RegisterMap, r: &Register) -> bool {
    let first = u32::from(r.address);
    let hazard = map.hazards.iter().any(|h| u32::from(h.first) < end(r) && first <= u32::from(h.last));
    let readable = !matches!(r.access, Access::Wo | Access::Command) && (1..=125).contains(&r.words);
    readable && !hazard && end(r) <= 0x1_0000
}

fn end(r: &Register) -> u32 {
    u32::from(r.address) + u32::from(r.words)
}

fn open(args: &WatchArgs, map: &RegisterMap) -> Result<Arc<dyn Bus>, String> {
    if let Some(address) = args.target.strip_prefix("tcp://") {
        if !host_and_port(address) {
            return Err(format!("--target {}: write tcp://HOST:PORT", args.target));
        }
        return Ok(Arc::new(TcpBus::new(address, TcpClientConfig::default())));
    }
    let Some(path) = args.target.strip_prefix("rtu:") else {
        return Err(format!("--target {}: write tcp://HOST:PORT or rtu:/dev/tty…", args.target));
    };
    let parity = match map.bus.parity {
        Parity::Even => LineParity::Even,
        Parity::Odd => LineParity::Odd,
        Parity::None => LineParity::None,
    };
    let baud = args.baud.or_else(|| map.bus.baud.first().copied()).unwrap_or(19_200);
    let settings = SerialSettings { baud, parity, ..SerialSettings::default() };
    // Whoever names an address above 247 means it; the map says whether such devices exist.
    let config = RtuClientConfig { last_unit: u8::MAX, ..RtuClientConfig::default() };
    let bus = RtuBus::open(path, settings, config).map_err(|e| e.to_string())?;
    Ok(Arc::new(RetryBus::new(Arc::new(bus), RetryConfig::default())))
}

/// Whether a text is `HOST:PORT`; an IPv6 address stands in brackets.
fn host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let host = match bracketed {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-._".contains(c)),
    };
    host && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|p| p > 0)
}

/// One read request: first address and words.
type Span = (u16, u16);

/// The reads that fetch the registers: touching ones in one, up to `longest` words. Words between registers
/// are read along only where the map declares them readable; a register in `alone` is read by itself.
fn spans(map: &RegisterMap, chosen: &[&Register], alone: &BTreeSet<u16>, longest: u16) -> Vec<Span> {
    let gap = |from: u32, to: u32| {
        from <= to
            && (from..to).all(|a| {
                map.readable_gaps.iter().any(|g| (u32::from(g.first)..=u32::from(g.last)).contains(&a))
            })
    };
    let mut spans: Vec<Span> = Vec::new();
    let mut joinable = false;
    for r in chosen {
        let single = alone.contains(&r.address);
        if let Some((first, words)) = spans.last_mut().filter(|_| joinable && !single) {
            let last = u32::from(*first) + u32::from(*words);
            let length = end(r).saturating_sub(u32::from(*first));
            if let (true, Ok(length)) = (gap(last, u32::from(r.address)), u16::try_from(length))
                && length <= longest
            {
                *words = length;
                continue;
            }
        }
        spans.push((r.address, r.words));
        joinable = !single;
    }
    spans
}

/// What is known of a device.
struct Device {
    bus: Arc<dyn Bus>,
    unit: u8,
    longest: u16,
    words: BTreeMap<u16, u16>,
    /// Words that the last round changed.
    changed: BTreeSet<u16>,
    /// First addresses of registers that are read by themselves, since a longer read was refused.
    alone: BTreeSet<u16>,
    /// Why the last read of a word failed.
    failed: BTreeMap<u16, String>,
    rounds: u64,
    requests: u64,
}

impl Device {
    fn new(bus: Arc<dyn Bus>, unit: u8, longest: u16) -> Self {
        Self {
            bus,
            unit,
            longest,
            words: BTreeMap::new(),
            changed: BTreeSet::new(),
            alone: BTreeSet::new(),
            failed: BTreeMap::new(),
            rounds: 0,
            requests: 0,
        }
    }

    /// Reads the probe register; why the device is not the one of the map, if it answers otherwise.
    async fn foreign(&self, map: &RegisterMap) -> Option<String> {
        let probe = map.registers.iter().find(|r| r.id == map.identification.probe)?;
        if !readable(map, probe) {
            return None;
        }
        // A device that does not answer is told of by the first round.
        let words = read_holding(&*self.bus, self.unit, probe.address, probe.words).await.ok()?;
        let fits = match &map.identification.expect {
            Expect::Words(expected) => *expected == words,
            Expect::AsciiText => {
                let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).collect();
                let text = bytes.trim_ascii_end().split(|b| *b == 0).next().unwrap_or_default();
                !text.is_empty() && text.iter().all(|b| (0x20..0x7f).contains(b))
            }
        };
        let words: Vec<String> = words.iter().map(|w| format!("{w:04X}")).collect();
        (!fits).then(|| {
            format!("`{}` holds {}: is unit {} a device of {}?", probe.id, words.join(" "), self.unit, map.id)
        })
    }

    /// Reads every chosen register once.
    async fn round(&mut self, map: &RegisterMap, chosen: &[&Register]) {
        self.rounds += 1;
        self.changed.clear();
        let mut todo = spans(map, chosen, &self.alone, self.longest);
        todo.reverse();
        while let Some((address, words)) = todo.pop() {
            self.requests += 1;
            match read_holding(&*self.bus, self.unit, address, words).await {
                Ok(read) => {
                    for (at, word) in (address..=u16::MAX).zip(read) {
                        self.failed.remove(&at);
                        if self.words.insert(at, word).is_some_and(|before| before != word) {
                            self.changed.insert(at);
                        }
                    }
                }
                Err(error) => {
                    let inside: Vec<&&Register> = chosen
                        .iter()
                        .filter(|r| r.address >= address && end(r) <= u32::from(address) + u32::from(words))
                        .collect();
                    let refused = matches!(
                        error,
                        TransactError::Refused { exception: Exception::IllegalDataAddress, .. }
                    );
                    if refused && inside.len() > 1 {
                        // One of them is missing: from now on each is asked for by itself.
                        self.alone.extend(inside.iter().map(|r| r.address));
                        todo.extend(inside.iter().rev().map(|r| (r.address, r.words)));
                        continue;
                    }
                    let why = match error {
                        TransactError::Refused { exception, .. } => exception.to_string(),
                        other => other.to_string(),
                    };
                    self.failed.extend((address..=u16::MAX).take(words.into()).map(|at| (at, why.clone())));
                }
            }
        }
    }

    fn show(
        &self,
        map: &RegisterMap,
        chosen: &[&Register],
        args: &WatchArgs,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let decoded = decode(map, |address| self.words.get(&address).copied());
        let shown: Vec<_> = decoded.iter().filter(|d| chosen.iter().any(|r| r.id == d.register.id)).collect();
        let lines: Vec<Line<'_>> = shown
            .iter()
            .map(|d| {
                let r = d.register;
                let at = || (r.address..=u16::MAX).take(r.words.into());
                let why = at().find_map(|a| self.failed.get(&a));
                let state = match (why, d.value.is_some()) {
                    (Some(why), true) => State::Stale(why.clone()),
                    (Some(why), false) => State::Unreadable(why.clone()),
                    (None, false) => State::Unreadable("not read".to_owned()),
                    (None, true) if at().any(|a| self.changed.contains(&a)) => State::Changed,
                    (None, true) => State::Fresh,
                };
                Line { decoded: d, state }
            })
            .collect();
        let terminal = io::stdout().is_terminal() && !args.once;
        let failed = lines.iter().filter(|l| !matches!(l.state, State::Fresh | State::Changed)).count();
        let head = format!(
            "{} at {} unit {}: round {}, {} requests, {} of {} registers read",
            map.id,
            args.target,
            self.unit,
            self.rounds,
            self.requests,
            lines.len() - failed,
            lines.len()
        );
        let mut text = table(&lines, terminal);
        text.insert(0, plain(&head));
        if terminal {
            fit(&mut text);
            // Clear below and go home, in one write, so that the picture does not flicker.
            let picture = text.join("\u{1b}[K\n");
            write!(out, "\u{1b}[H{picture}\u{1b}[K\u{1b}[J")?;
        } else {
            writeln!(out, "{}", text.join("\n"))?;
            if !args.once {
                writeln!(out)?;
            }
        }
        out.flush()
    }
}

/// Cuts what does not fit on the screen, and says so.
fn fit(text: &mut Vec<String>) {
    let Ok(size) = rustix::termios::tcgetwinsize(io::stdout()) else { return };
    // A pseudo-terminal that nobody has sized says 0.
    let rows = match size.ws_row {
        0 => return,
        rows => usize::from(rows).max(3),
    };
    if text.len() > rows {
        let hidden = text.len() - (rows - 1);
        text.truncate(rows - 1);
        text.push(format!("… {hidden} more: choose with --filter, --group or --class"));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn map() -> RegisterMap {
        let text = include_str!("../../maps/export/fixtures/full.json");
        crate::maps::parse(Path::new("full.json"), text).unwrap()
    }

    fn args(more: &[&str]) -> WatchArgs {
        #[derive(clap::Parser)]
        struct Cli {
            #[command(flatten)]
            watch: WatchArgs,
        }
        let fixed = ["watch", "full-map", "--target", "tcp://127.0.0.1:1", "--unit", "10"];
        <Cli as clap::Parser>::try_parse_from(fixed.iter().chain(more)).unwrap().watch
    }

    #[test]
    fn only_what_may_be_read_is_read() {
        let mut map = map();
        let ids = |map: &RegisterMap, more: &[&str]| -> Vec<String> {
            let args = args(more);
            map.registers.iter().filter(|r| wanted(map, r, &args)).map(|r| r.id.clone()).collect()
        };
        // Not the clock, which is only written.
        assert_eq!(ids(&map, &[]), ["model", "settings", "setpoint", "state", "flow", "blob", "power"]);
        assert_eq!(ids(&map, &["--group", "one"]), ["setpoint"]);
        assert_eq!(ids(&map, &["--class", "static", "--class", "slow"]), ["model", "setpoint"]);
        assert_eq!(ids(&map, &["--filter", "SET", "--filter", "30"]), ["settings", "setpoint", "power"]);
        map.hazards[0].first = 24;
        map.hazards[0].last = 24;
        assert!(!ids(&map, &[]).contains(&"blob".to_owned()), "a hazard range is never read");
        map.registers.last_mut().unwrap().address = 65535;
        map.registers.last_mut().unwrap().words = 2;
        assert!(!ids(&map, &[]).contains(&"power".to_owned()), "beyond the last address");
    }

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for good in ["127.0.0.1:502", "psu-1.lab:1502", "[::1]:502"] {
            assert!(host_and_port(good), "{good}");
        }
        for bad in [
            "",
            "host",
            ":502",
            "host:",
            "host:0",
            "host:65536",
            "host:502/",
            "::1:502",
            "h ost:1",
            "host:+1",
        ] {
            assert!(!host_and_port(bad), "{bad}");
        }
    }

    #[test]
    fn touching_registers_and_declared_gaps_are_one_read() {
        let mut map = map();
        let read = |map: &RegisterMap, alone: &[u16], longest| {
            let chosen: Vec<&Register> = map.registers.iter().filter(|r| r.id != "clock").collect();
            spans(map, &chosen, &alone.iter().copied().collect(), longest)
        };
        assert_eq!(read(&map, &[], 16), [(0, 8), (10, 6), (22, 5), (30, 1)]);
        assert_eq!(read(&map, &[11], 16), [(0, 8), (10, 1), (11, 1), (12, 4), (22, 5), (30, 1)]);
        assert_eq!(read(&map, &[], 4), [(0, 8), (10, 2), (12, 4), (22, 2), (24, 3), (30, 1)]);
        map.readable_gaps[0].first = 8;
        map.readable_gaps[0].last = 9;
        assert_eq!(read(&map, &[], 16)[0], (0, 16));
    }
}
