//! One run: a shelf, a gateway, two owners, a fault at a random instant, most often the death of the gateway
//! at another, a second gateway, and silence at the end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dpo_gateway::bus::arbiter::Arbiter;
use dpo_gateway::gateway::{Gateway, GatewayConfig, spawn};
use dpo_gateway::shelf::journal::Stored;
use dpo_gateway::shelf::journal::keeper::Keeper;
use dpo_gateway::shelf::journal::store::Retention;
use tokio_util::sync::CancellationToken;

use crate::check::{Finding, check};
use crate::client::{Asked, Ops, owner};
use crate::disk::Disk;
use crate::journal::{SimJournal, Told};
use crate::rng::Rng;
use crate::time::Time;
use crate::world::World;

/// Time for which a setpoint from before the start stands while nobody takes the lease.
pub const GRACE: Duration = Duration::from_secs(20);
/// Silence at the end: leases run out, and everything comes back.
const SILENCE: Duration = Duration::from_secs(45);

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Kill,
    DiskFull,
    TornJournal,
    BusUnplugged,
    DeviceReset,
    DeviceRefuses,
    ClockJump,
    TwoOwners,
    DiskError,
    SlowDisk,
}

impl Class {
    pub const ALL: [Self; 10] = [
        Self::Kill,
        Self::DiskFull,
        Self::TornJournal,
        Self::BusUnplugged,
        Self::DeviceReset,
        Self::DeviceRefuses,
        Self::ClockJump,
        Self::TwoOwners,
        Self::DiskError,
        Self::SlowDisk,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill at a random instant",
            Self::DiskFull => "disk full",
            Self::TornJournal => "journal torn or damaged",
            Self::BusUnplugged => "bus unplugged in mid-write",
            Self::DeviceReset => "device reset",
            Self::DeviceRefuses => "device refuses or does not take",
            Self::ClockJump => "clock jump",
            Self::TwoOwners => "two owners at once",
            Self::DiskError => "journal I/O error",
            Self::SlowDisk => "slow disk",
        }
    }
}

/// The start of a gateway.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    pub start: Duration,
    /// Place in the order of all that happened.
    pub order: u64,
}

/// All that is known of a run at its end.
pub struct Record {
    /// Whether to print what a finding rests on.
    pub explain: bool,
    pub class: Class,
    pub lives: Vec<Life>,
    pub ops: Vec<crate::client::Op>,
    pub told: Vec<Told>,
    pub seen: Vec<crate::world::Seen>,
    /// What is on the disk at the end, after a power cut.
    pub entries: Result<Vec<Stored>, String>,
    /// Files that were set aside.
    pub aside: usize,
    pub bus: (f64, f64),
    /// When the bus first left its limits.
    pub left: Option<Duration>,
    /// Setpoints at the end, in volts.
    pub end: [f64; 6],
    /// When the bus or a device was at fault.
    pub faulty: Vec<(Duration, Duration)>,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    pub findings: Vec<Finding>,
    pub acknowledged: usize,
    /// Power cycles that were begun, and setpoints of the busbar's voltage among what was acknowledged.
    pub cycled: usize,
    pub moved: usize,
    pub refused: usize,
    pub writes: usize,
    pub entries: usize,
    pub kills: usize,
    pub aside: usize,
    /// Of everything that happened: the same seed gives the same.
    pub digest: u64,
}

/// Runs one seed.
pub fn run(class: Class, seed: u64) -> Outcome {
    run_explained(class, seed, false)
}

/// Runs one seed, and prints what its findings rest on if that is asked for.
pub fn run_explained(class: Class, seed: u64, explain: bool) -> Outcome {
    let mut rng = Rng::new(seed.wrapping_mul(0x0001_0000_01B3) ^ (class as u64) << 56);
    let time = Arc::new(Time::default());
    let load = rng.between(9_000.0, 15_000.0);
    let world = World::new(seed, load, Arc::clone(&time));
    let (disk, told, ops) = (Disk::default(), Arc::<Mutex<Vec<Told>>>::default(), Ops::default());
    let mut lives: Vec<Life> = Vec::new();
    let mut faulty = Vec::new();
    let killed = matches!(class, Class::Kill | Class::TornJournal) || rng.chance(0.5);
    let calm_after = rng.chance(0.5);
    let asking = Duration::from_secs(20);

    for life in 0..=usize::from(killed) {
        let last = life == usize::from(killed);
        let asked = life == 0 || !calm_after;
        let journal = Arc::new(SimJournal::new(
            disk.clone(),
            Arc::clone(&time),
            Arc::clone(&told),
            Rng::new(rng.next()),
        ));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let Ok(runtime) = runtime else { return Outcome::default() };
        let start = time.now();
        lives.push(Life { start, order: time.tick() });
        // The fault of the class is in the first life; the second one begins on what it left.
        let fault_at = start + rng.seconds(3.0, 15.0);
        let fault_for = rng.seconds(0.5, 6.0);
        let die_at =
            start + if class == Class::Kill { rng.seconds(1.0, 18.0) } else { rng.seconds(6.0, 20.0) };
        let stop_asking = start + asking;
        let quiet = if asked { stop_asking } else { start };
        let busy = if class == Class::TwoOwners { 8.0 } else { 2.0 };
        let hitches = if class == Class::DeviceRefuses { 0.6 } else { 0.25 };
        let (a, b, mut dice) = (Rng::new(rng.next()), Rng::new(rng.next()), Rng::new(rng.next()));
        let config = GatewayConfig {
            journal: journal.clone(),
            orphan_grace: GRACE,
            psu_reset: true,
            reprobe_interval: Duration::from_secs(2),
            ..GatewayConfig::default()
        };
        let (world, time, disk, ops, faulty) = (&world, &time, &disk, &ops, &mut faulty);
        runtime.block_on(async {
            time.begin();
            let Ok((gateway, _)) = spawn(config, vec![Arbiter::new(world.line())], CancellationToken::new())
            else {
                return;
            };
            if asked {
                for (name, rng) in [("a", a), ("b", b)] {
                    let (gateway, world, ops): (Gateway, World, Ops) =
                        (gateway.clone(), world.clone(), ops.clone());
                    tokio::spawn(owner((life, name), gateway, world, ops, rng, stop_asking, busy, hitches));
                }
            }
            let work = async {
                if life == 0 {
                    sleep_until(time, fault_at).await;
                    faulty.push((time.now(), time.now() + fault_for + Duration::from_secs(8)));
                    fault(class, world, disk, &journal, &mut dice, fault_for).await;
                } else if class == Class::TornJournal {
                    // A person looks after it.
                    sleep_until(time, start + Duration::from_secs(12)).await;
                    disk.make();
                }
                sleep_until(time, quiet + SILENCE).await;
            };
            if last {
                work.await;
            } else {
                tokio::select! {
                    biased;
                    () = sleep_until(time, die_at) => {}
                    () = work => {}
                }
            }
            world.step();
            time.end();
        });
        // Nothing of the gateway is left but what is on the disk.
        drop(runtime);
        disk.fill(false);
        disk.fail(false);
        world.fault(|f| *f = Default::default());
        world.put_back();
        disk.crash(&mut rng);
        if class == Class::TornJournal && !last {
            disk.damage(&mut rng);
        }
    }
    let end = world.setpoints();
    let clock: Arc<dyn dpo_gateway::shelf::journal::Clock> = time.clone();
    let mut keeper = Keeper::new(disk.clone(), Retention::default(), clock);
    let entries = keeper.entries().map_err(|e| e.to_string());
    let record = Record {
        explain,
        class,
        lives,
        ops: ops.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        told: told.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        seen: world.seen(),
        entries,
        aside: disk.set_aside_count(),
        bus: world.bus(),
        left: world.left(),
        end,
        faulty,
    };
    Outcome {
        findings: check(&record),
        acknowledged: record.ops.iter().filter(|o| o.acknowledged()).count(),
        cycled: taken(&record, |asked| matches!(asked, Asked::PowerCycle(_))),
        moved: taken(&record, |asked| matches!(asked, Asked::BusVoltage(Some(_)))),
        refused: record.ops.iter().filter(|o| o.answer.is_err()).count(),
        writes: record.seen.len(),
        entries: record.entries.as_ref().map_or(0, Vec::len),
        kills: usize::from(killed),
        aside: record.aside,
        digest: digest(&record),
    }
}

/// How much of what was asked for was not refused.
fn taken(record: &Record, kind: impl Fn(&Asked) -> bool) -> usize {
    record.ops.iter().filter(|op| op.answer.is_ok() && kind(&op.asked)).count()
}

async fn sleep_until(time: &Time, at: Duration) {
    tokio::time::sleep(at.saturating_sub(time.now())).await;
}

async fn fault(
    class: Class,
    world: &World,
    disk: &Disk,
    journal: &SimJournal,
    dice: &mut Rng,
    lasts: Duration,
) {
    let (slot, unit) = (dice.below(6) as usize, 200 + dice.below(6) as u8);
    match class {
        Class::Kill | Class::TornJournal | Class::TwoOwners => {}
        Class::DiskFull => disk.fill(true),
        Class::DiskError => disk.fail(true),
        Class::SlowDisk => journal.slow(dice.seconds(0.05, 4.0)),
        Class::BusUnplugged => world.fault(|f| f.unplug_in_write = true),
        Class::DeviceReset => world.pull(slot, true),
        Class::DeviceRefuses if dice.chance(0.5) => world.fault(|f| f.refuses = Some(unit)),
        Class::DeviceRefuses => world.fault(|f| f.deaf = Some(unit)),
        Class::ClockJump => {
            let seconds = dice.between(-40_000_000.0, 40_000_000.0) as i64;
            world.time.jump.store(seconds, std::sync::atomic::Ordering::Relaxed);
        }
    }
    tokio::time::sleep(lasts).await;
    disk.fill(false);
    disk.fail(false);
    journal.slow(Duration::ZERO);
    world.fault(|f| *f = Default::default());
    if class == Class::DeviceReset {
        world.pull(slot, false);
    }
}

/// FNV-1a over what happened.
fn digest(record: &Record) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |text: String| {
        for byte in text.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    record.ops.iter().for_each(|op| add(format!("{op:?}")));
    record.seen.iter().for_each(|seen| add(format!("{seen:?}")));
    record.told.iter().for_each(|told| add(format!("{told:?}")));
    add(format!("{:?} {:?}", record.bus, record.end));
    hash
}
