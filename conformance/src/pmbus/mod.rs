//! A PMBus device under test, as its map describes it.

pub(crate) mod before;
pub(crate) mod play;
pub(crate) mod talk;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use cucumber::World;
use dpo_gateway::maps::pmbus::PmbusMap;
use dpo_gateway::maps::pmbus::model::{Command, Read};

use crate::declared::PmbusClaims;
use crate::play::Played;
use crate::restore::{BusBefore, Restore};
use crate::run::Effort;
use crate::transport::smbus::{SharedPort, SmbusLink};
use crate::world::{CaseLog, Judged, Judgement, Judging, Logs};

/// A PMBus device to judge.
#[derive(Debug, Clone)]
pub struct PmbusPlan {
    /// The bus.
    pub port: SharedPort,
    /// The map it claims to implement.
    pub map: Arc<PmbusMap>,
    /// Its address (7 bits).
    pub address: u8,
    /// Another device of the same map on the same bus, at a higher address.
    pub second: Option<u8>,
    /// Whether the map is as a capability statement claims it: then it alone tells which commands there are.
    pub claimed: bool,
}

impl PmbusPlan {
    /// `pmbus-psu@58h`.
    pub fn name(&self) -> String {
        format!("{}@{:02X}h", self.map.id, self.address)
    }
}

/// What the cases of one device share.
pub(crate) struct PmbusContext {
    pub(crate) plan: PmbusPlan,
    pub(crate) link: SmbusLink,
    pub(crate) claims: PmbusClaims,
    /// Codes of the commands that the device has, of those in its map.
    pub(crate) known: Vec<u8>,
    pub(crate) effort: Effort,
    /// Whether cases that write are played.
    pub(crate) writes: bool,
    /// What must be put back.
    pub(crate) restore: Arc<Restore>,
    pub(crate) logs: Arc<Logs>,
}

impl PmbusContext {
    /// A command of the map.
    pub(crate) fn command(&self, id: &str) -> Result<&Command, Judgement> {
        let own = self.plan.map.commands.iter().find(|c| c.id == id);
        own.ok_or_else(|| Judgement::Error(format!("{} has no {id}", self.plan.map.id)))
    }

    /// Codes of the map that are never sent.
    pub(crate) fn hazardous(&self, code: u8) -> bool {
        self.plan.map.hazards.iter().any(|h| (h.first..=h.last).contains(&code))
    }

    /// A read-only standard code that the map does not have, or else the highest reserved code below D0h that it
    /// does not have. Writing it changes nothing even where it exists.
    pub(crate) fn unsupported(&self, supported: impl Fn(u8) -> bool) -> Option<u8> {
        let reads = [0x86, 0x87, 0x83, 0x84, 0x95, 0x8F, 0x92, 0x93];
        let reserved = (0xAC..=0xAF).rev();
        reads.into_iter().chain(reserved).find(|code| !supported(*code) && !self.hazardous(*code))
    }
}

/// Whether a read of a command asks with data.
pub(crate) fn asks(command: &Command) -> bool {
    command.read.is_some_and(Read::asks)
}

/// The state of one case.
#[derive(World, Default)]
#[world(init = Self::default)]
pub(crate) struct PmbusWorld {
    context: Option<Arc<PmbusContext>>,
    log: Arc<CaseLog>,
    /// What was seen, in words, that the Then step judges as wrong.
    pub(crate) wrong: Vec<String>,
    /// Things that were looked at.
    pub(crate) judged: usize,
    /// Numbers that a step keeps for a later one.
    pub(crate) kept: BTreeMap<&'static str, u64>,
    /// Settings that this case has changed, as they were.
    pub(crate) changed: Vec<BusBefore>,
    /// Whether anything was sent.
    pub(crate) began: bool,
}

impl fmt::Debug for PmbusWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PmbusWorld").finish_non_exhaustive()
    }
}

impl Judging for PmbusWorld {
    fn log(&self) -> Arc<CaseLog> {
        self.log.clone()
    }
}

impl Played for PmbusWorld {
    type Context = PmbusContext;

    fn begin(&mut self, context: Arc<PmbusContext>, id: &str) {
        self.log = context.logs.log(id);
        self.context = Some(context);
    }

    async fn undo(&mut self) -> Judged {
        PmbusWorld::undo(self).await
    }
}

impl PmbusWorld {
    pub(crate) fn context(&self) -> Result<Arc<PmbusContext>, Judgement> {
        self.context.clone().ok_or_else(|| Judgement::Error("the case has no subject".into()))
    }
}
