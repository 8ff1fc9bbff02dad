//! Age of the fast class while others share the line.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::arbiter::{Arbiter, LineUse, Priority};
use dpo_gateway::bus::line::run;
use dpo_gateway::bus::{Bus, read_holding, write_registers};
use dpo_gateway::gateway::{GatewayConfig, Snapshot, spawn};
use dpo_gateway::registers::map::{MapInfo, PollClass};
use dpo_gateway::shelf::planner::{Learned, cost, plan};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::devices::{NOMINAL, SETPOINT, inferred, line, shelf};
use crate::refresh::merged;
use crate::{TURNAROUND, bar, formula};

/// Time between the setpoints that are written.
const PERIOD: Duration = Duration::from_secs(1);
/// Cycles that count, after those in which devices are found.
const CYCLES: u64 = 120;
const WARM_UP: u64 = 10;

/// Who else is on the line.
#[derive(Clone, Copy)]
struct Traffic {
    slow: bool,
    /// Clients that pass through, and how long each waits before it asks again, in times on its own line.
    managers: usize,
    pause: f64,
    writes: bool,
}

/// What was seen of the fast class.
struct Seen {
    /// Largest and mean age of a device's readings at the instant at which newer ones are complete.
    peak: Duration,
    mean: Duration,
    /// Largest age that a snapshot showed before the next one came.
    shown: Duration,
    /// Longest time between two complete passes over the slow registers of a device.
    slow: Duration,
    usage: LineUse,
}

/// A rack manager: reads everything of every device, one request at a time, as rackmond merges them.
async fn manage(bus: Arc<dyn Bus>, baud: u32, pause: f64, first: usize) {
    let time = formula(baud, Duration::ZERO);
    let devices = shelf();
    loop {
        for (unit, map) in devices.iter().cycle().skip(first).take(devices.len()) {
            for span in merged(map) {
                let _ = read_holding(&*bus, *unit, span.address, span.words).await;
                sleep(cost(span.words, &time).mul_f64(pause) + Duration::from_millis(3)).await;
            }
        }
    }
}

/// Setpoints for every PSU, each second: read, written, read back.
async fn write(bus: Arc<dyn Bus>) {
    loop {
        sleep(PERIOD).await;
        for unit in 200..206 {
            let _ = read_holding(&*bus, unit, SETPOINT, 1).await;
            let _ = write_registers(&*bus, unit, SETPOINT, &[NOMINAL]).await;
            sleep(Duration::from_millis(5)).await;
            let _ = read_holding(&*bus, unit, SETPOINT, 1).await;
        }
    }
}

/// Oldest and newest instant among the registers of a class.
fn instants(taken: &BTreeMap<u16, Instant>, map: &MapInfo, class: PollClass) -> Option<(Instant, Instant)> {
    let of = || map.registers.iter().filter(|r| r.poll == class).filter_map(|r| taken.get(&r.address));
    Some((*of().min()?, *of().max()?))
}

#[derive(Default)]
struct Watch {
    fast: BTreeMap<u8, Instant>,
    slow: BTreeMap<u8, Instant>,
    ages: Vec<Duration>,
    shown: Duration,
    slowest: Duration,
    before: Option<Instant>,
}

impl Watch {
    fn take(&mut self, snapshot: &Snapshot, now: Instant, ends: &BTreeMap<u8, Duration>, counts: bool) {
        let psus = snapshot.psus.iter().map(|v| (v.unit, &v.taken));
        let all = psus.chain(snapshot.bbus.iter().map(|v| (v.unit, &v.taken)));
        let maps: BTreeMap<u8, &'static MapInfo> = shelf().into_iter().collect();
        let mut oldest_shown = None;
        for (unit, taken) in all {
            let map = maps[&unit];
            let Some((oldest, newest)) = instants(taken, map, PollClass::Fast) else { continue };
            oldest_shown = oldest_shown.into_iter().chain([oldest]).min();
            if let Some(before) = self.fast.insert(unit, oldest).filter(|before| *before != oldest && counts)
            {
                self.ages.push(newest + ends[&unit] - before);
            }
            if let Some((oldest, _)) = instants(taken, map, PollClass::Slow)
                && let Some(before) = self.slow.insert(unit, oldest).filter(|b| *b != oldest && counts)
            {
                self.slowest = self.slowest.max(oldest - before);
            }
        }
        if let Some(before) = self.before.filter(|_| counts) {
            self.shown = self.shown.max(now - before);
        }
        self.before = oldest_shown;
    }
}

fn observe(baud: u32, cycle: Duration, traffic: Traffic) -> Seen {
    run(move |clock| async move {
        let line = Arbiter::from(Arc::new(line(&clock, baud, TURNAROUND, true)));
        let time = formula(baud, TURNAROUND);
        // From the instant a read begins to that of its last word.
        let ends = shelf()
            .into_iter()
            .filter_map(|(unit, map)| {
                let spans = plan(map, &[PollClass::Fast], &Learned::inferring(map, inferred(map)), &time);
                Some((unit, cost(spans.last()?.words, &time)))
            })
            .collect();
        let config = GatewayConfig {
            poll_interval: cycle,
            slow_every: if traffic.slow { 5 } else { 1_000_000 },
            turnaround: TURNAROUND,
            ..GatewayConfig::default()
        };
        let stop = CancellationToken::new();
        let (gateway, ended) = spawn(config, vec![line.clone()], stop.clone()).unwrap();
        let mut snapshots = gateway.watch();
        let mut watch = Watch::default();
        let mut others = Vec::new();
        let mut polls = 0;
        while polls < WARM_UP + CYCLES {
            snapshots.changed().await.unwrap();
            let snapshot = Arc::clone(&snapshots.borrow_and_update());
            if snapshot.counters.polls == polls {
                continue;
            }
            polls = snapshot.counters.polls;
            if polls == 2 {
                for i in 0..traffic.managers {
                    let port = line.port(Priority::PassThrough);
                    others.push(tokio::spawn(manage(port, baud, traffic.pause, i * 3)));
                }
                if traffic.writes {
                    others.push(tokio::spawn(write(line.port(Priority::Write))));
                }
            }
            watch.take(&snapshot, Instant::now(), &ends, polls > WARM_UP);
        }
        others.iter().for_each(tokio::task::JoinHandle::abort);
        stop.cancel();
        let _ = ended.await;
        let usage = line.usage();
        let count = u32::try_from(watch.ages.len()).unwrap();
        Seen {
            peak: watch.ages.iter().max().copied().unwrap(),
            mean: watch.ages.iter().sum::<Duration>() / count,
            shown: watch.shown,
            slow: watch.slowest,
            usage,
        }
    })
    .unwrap()
}

/// Prints the table of a baud rate; whether the bars are kept. The bar holds for traffic that the line can carry: at
/// 19200 baud that is not so with a cycle of 1 s, where the same requests are printed with what they ask for.
pub fn report(baud: u32, cycle: Duration) -> bool {
    println!("Age of the fast class at {baud} baud, a cycle each {cycle:?}, {CYCLES} cycles");
    println!(
        "  {:<44} {:>9} {:>9} {:>9} {:>9} {:>6} {:>6} {:>6} {:>6} {:>9}",
        "on the line", "peak", "mean", "shown", "slow", "fast", "slow", "pass", "write", "pass wait"
    );
    let row = |name: &str, traffic: Traffic| {
        let seen = observe(baud, cycle, traffic);
        let ms = |d: Duration| d.as_secs_f64() * 1e3;
        let share = |classes: &[Priority]| {
            100.0 * classes.iter().map(|class| seen.usage.utilisation(*class)).sum::<f64>()
        };
        println!(
            "  {name:<44} {:>6.0} ms {:>6.0} ms {:>6.0} ms {:>6.1} s {:>5.1}% {:>5.1}% {:>5.1}% {:>5.1}% {:>6.0} ms",
            ms(seen.peak),
            ms(seen.mean),
            ms(seen.shown),
            seen.slow.as_secs_f64(),
            share(&[Priority::Fast]),
            share(&[Priority::Slow]),
            share(&[Priority::PassThrough]),
            share(&[Priority::Write]),
            ms(seen.usage.class(Priority::PassThrough).longest_wait),
        );
        seen
    };
    let nobody = Traffic { slow: false, managers: 0, pause: 0.0, writes: false };
    let alone = row("the fast class alone", nobody);
    let slow = row("and slow reads", Traffic { slow: true, ..nobody });
    // What it asks for has to go over its own line of the same rate, too.
    let manager = Traffic { slow: true, managers: 1, pause: 1.0, writes: true };
    let mixed = row("and a rack manager, and writes each second", manager);
    let greedy =
        row("and four managers over TCP that never pause", Traffic { managers: 4, pause: 0.0, ..manager });
    let over = |seen: &Seen| seen.peak.as_secs_f64() / alone.peak.as_secs_f64();
    // A read that has begun cannot be interrupted: this much later than planned nobody can help.
    let blocking = [Priority::PassThrough, Priority::Write, Priority::Slow]
        .map(|class| mixed.usage.class(class).longest)
        .into_iter()
        .max()
        .unwrap();
    println!(
        "  with the longest foreign read ({:.0} ms) that may be in its way: {:.3} of that optimum; no bar",
        blocking.as_secs_f64() * 1e3,
        mixed.peak.as_secs_f64() / (alone.peak + blocking).as_secs_f64()
    );
    println!("  under four managers that never pause: {:.3} of the optimum; no bar", over(&greedy));
    // Slow reads have what the others leave; what they ask for is what they have without them. The manager asks for
    // more than it gets, too.
    let used = |seen: &Seen, class| seen.usage.utilisation(class);
    let asked = used(&alone, Priority::Fast)
        + used(&slow, Priority::Slow)
        + used(&mixed, Priority::PassThrough)
        + used(&mixed, Priority::Write);
    println!("  mixed traffic asks for at least {:.0} % of the line", 100.0 * asked);
    let what = "peak age under mixed traffic over the fast class alone";
    let kept = if asked > 1.0 {
        println!("  {what:<66} {:>6.3}  no bar: more is asked for than the line carries", over(&mixed));
        true
    } else {
        bar(what, over(&mixed), 1.1)
    };
    println!();
    kept
}
