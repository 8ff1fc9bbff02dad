//! Real kills: a child process with a real journal file is ended by SIGKILL at a random instant, in real time. The
//! shelf is simulated, and lives in the parent behind Modbus TCP.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use dpo_gateway::bus::arbiter::Arbiter;
use dpo_gateway::bus::tcp::{TcpBus, TcpClientConfig, TcpServerConfig, serve};
use dpo_gateway::gateway::{GatewayConfig, Owner, Setpoint, spawn};
use dpo_gateway::shelf::journal::look::look;
use dpo_gateway::shelf::journal::store::Retention;
use dpo_gateway::shelf::journal::tracker::Tracker;
use dpo_gateway::shelf::journal::{CommitEnd, Item, StoreJournal, Stored, Write};
use dpo_registers::units::Watts;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::rng::Rng;
use crate::time::Time;
use crate::world::{Devices, World};

const CHILD: &str = "--child";

/// If this process is the child: runs until it is killed.
pub fn child() -> Option<ExitCode> {
    let args: Vec<String> = std::env::args().collect();
    let [_, flag, address, journal, seed, mode] = args.as_slice() else { return None };
    if flag != CHILD {
        return None;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()?;
    let seed = seed.parse().ok()?;
    match runtime.block_on(steer(address, Path::new(journal), seed, mode == "steer")) {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("child: {error}");
            Some(ExitCode::FAILURE)
        }
    }
}

fn say(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).map_err(|e| e.to_string())
}

async fn steer(address: &str, journal: &Path, seed: u64, steers: bool) -> Result<(), String> {
    let journal = StoreJournal::open(journal, Retention::default()).map_err(|e| e.to_string())?;
    let config = GatewayConfig {
        journal: Arc::new(journal),
        poll_interval: Duration::from_millis(300),
        ..GatewayConfig::default()
    };
    let bus = Arc::new(TcpBus::new(address, TcpClientConfig::default()));
    let (gateway, _running) =
        spawn(config, vec![Arbiter::new(bus)], CancellationToken::new()).map_err(|e| e.to_string())?;
    let mut seen = gateway.watch();
    let ready = seen.wait_for(|s| s.counters.polls >= 2).await;
    drop(ready.map_err(|e| e.to_string())?);
    say("ready\n")?;
    if !steers {
        return std::future::pending().await;
    }
    let owner = Owner::Local { name: "child".to_owned() };
    let mut rng = Rng::new(seed);
    loop {
        gateway.acquire(owner.clone(), Duration::from_secs(60)).await.map_err(|e| e.to_string())?;
        // A value of its own for each, so that its commit can be found.
        let watts = 8_000.0 + rng.below(5_000_000) as f64 / 1000.0;
        let setpoint = Setpoint::InputPowerLimit(Some(Watts(watts)));
        match gateway.set(owner.clone(), setpoint).await {
            Ok(_) => say(&format!("ack {}\n", Watts(watts)))?,
            Err(error) => say(&format!("refused {error}\n"))?,
        }
        // The rate of each register is limited.
        tokio::time::sleep(rng.seconds(0.2, 0.9)).await;
    }
}

/// A child and what it says.
struct Killed {
    child: Child,
    lines: Receiver<String>,
}

impl Killed {
    fn start(address: &str, journal: &Path, seed: u64, mode: &str) -> std::io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([CHILD, address, &journal.display().to_string(), &seed.to_string(), mode])
            .stdout(Stdio::piped())
            .spawn()?;
        let (sender, lines) = channel();
        if let Some(out) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Ok(Self { child, lines })
    }

    /// Waits for a line that begins so.
    fn wait(&self, start: &str, said: &mut Vec<String>) -> bool {
        let until = Instant::now() + Duration::from_secs(60);
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            said.push(line);
            if said.last().is_some_and(|l| l.starts_with(start)) {
                return true;
            }
        }
        false
    }

    /// SIGKILL; gives what it had said.
    fn kill(mut self, said: &mut Vec<String>) -> std::io::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        said.extend(self.lines.iter());
        Ok(())
    }
}

#[derive(Default)]
struct Count {
    kills: u64,
    acknowledged: usize,
    unfinished: usize,
    writes: usize,
    entries: usize,
    violations: Vec<String>,
}

/// So many kills; prints what held.
pub fn campaign(kills: u64, seed: u64) -> bool {
    if kills == 0 {
        return true;
    }
    println!(
        "\nReal kills (SIGKILL of a child, journal on a file, shelf simulated behind Modbus TCP, real time):"
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let folder = std::env::temp_dir().join(format!("gate-campaign-{}", std::process::id()));
    let done = match (runtime, std::fs::create_dir_all(&folder)) {
        (Ok(runtime), Ok(())) => run(&runtime, &folder.join("journal.redb"), kills, seed),
        (Err(error), _) | (_, Err(error)) => Err(error.to_string()),
    };
    // What is left is a folder in the temporary one.
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(count) => {
            println!(
                "{} kills: {} acknowledged, {} device writes, {} entries, {} writes left unfinished and found out, {} violations",
                count.kills,
                count.acknowledged,
                count.writes,
                count.entries,
                count.unfinished,
                count.violations.len()
            );
            count.violations.iter().for_each(|v| println!("VIOLATION {v}"));
            count.violations.is_empty() && count.acknowledged > 0
        }
        Err(error) => {
            println!("FAILED: {error}");
            false
        }
    }
}

fn run(runtime: &tokio::runtime::Runtime, journal: &Path, kills: u64, seed: u64) -> Result<Count, String> {
    let text = |e: std::io::Error| e.to_string();
    let (world, address) = runtime.block_on(async {
        let time = Arc::new(Time::default());
        time.begin();
        let world = World::new(seed, 14_000.0, time);
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(text)?;
        let address = listener.local_addr().map_err(text)?.to_string();
        let service = Arc::new(Devices::new(&world));
        tokio::spawn(serve(listener, service, TcpServerConfig::default(), CancellationToken::new()));
        Ok::<_, String>((world, address))
    })?;
    let _inside = runtime.enter();
    let mut rng = Rng::new(seed);
    let mut count = Count::default();
    for number in 0..kills {
        let mut said = Vec::new();
        let child = Killed::start(&address, journal, rng.next() >> 1, "steer").map_err(text)?;
        if !child.wait("ack", &mut said) {
            child.kill(&mut said).map_err(text)?;
            return Err(format!("kill {number}: nothing was acknowledged: {said:?}"));
        }
        std::thread::sleep(rng.seconds(0.0, 1.6));
        child.kill(&mut said).map_err(text)?;
        count.kills += 1;
        let entries = look(journal).map_err(|e| e.to_string())?;
        for ack in said.iter().filter_map(|line| line.strip_prefix("ack ")) {
            count.acknowledged += 1;
            if !applied(&entries, ack) {
                count.violations.push(format!("kill {number}: acknowledged and not on record: {ack}"));
            }
        }
        count.unfinished += open(&entries).len();
        // The next one writes nothing, and finds out.
        let (held, before) = (world.setpoints(), world.seen().len());
        let child = Killed::start(&address, journal, 0, "watch").map_err(text)?;
        let ready = child.wait("ready", &mut Vec::new());
        std::thread::sleep(Duration::from_millis(500));
        child.kill(&mut Vec::new()).map_err(text)?;
        if !ready || world.seen().len() != before || world.setpoints() != held {
            count.violations.push(format!("kill {number}: a restart changed something"));
        }
        let left = open(&look(journal).map_err(|e| e.to_string())?);
        if !left.is_empty() {
            count.violations.push(format!("kill {number}: still not found out: {left:?}"));
        }
    }
    let entries = look(journal).map_err(|e| e.to_string())?;
    (count.entries, count.writes) = (entries.len(), world.seen().len());
    let mut intents: Vec<&Write> =
        entries.iter().filter(|e| matches!(e.item, Item::Intent { .. })).filter_map(Stored::write).collect();
    for seen in world.seen() {
        let fits = |w: &&Write| (w.unit, w.address) == (seen.unit, seen.address) && w.after == seen.words;
        let banded = |w: &Write| {
            w.trims.is_some_and(|(low, high)| seen.words.first().is_some_and(|w| (low..=high).contains(w)))
        };
        if let Some(at) = intents.iter().position(fits) {
            intents.remove(at);
        } else if !entries
            .iter()
            .filter_map(Stored::write)
            .any(|w| w.unit == seen.unit && w.address == seen.address && banded(w))
        {
            count.violations.push(format!("a write without an intent: {seen:?}"));
        }
    }
    let (low, high) = world.bus();
    if low < 46.0 || high > 52.0 {
        count.violations.push(format!("the bus was at {low} V to {high} V"));
    }
    Ok(count)
}

/// Whether a commit of this value ended well.
fn applied(entries: &[Stored], watts: &str) -> bool {
    let number = entries.iter().find_map(|e| match &e.item {
        Item::Commit { commit, asked } if asked.ends_with(watts) => Some(*commit),
        _ => None,
    });
    let well = |e: &Stored| matches!(e.item, Item::CommitEnded { commit, end: CommitEnd::Applied } if Some(commit) == number);
    number.is_some() && entries.iter().any(well)
}

fn open(entries: &[Stored]) -> Vec<u64> {
    let mut tracker = Tracker::default();
    entries.iter().for_each(|e| tracker.follow(e));
    tracker.recovery().unfinished.iter().map(|s| s.sequence).collect()
}
