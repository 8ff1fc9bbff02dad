//! Setpoints by the PMI block: lease, shadow, commit, and what the devices then hold.
//!
//! The lease is as short as the engine likes, so a lost engine is noticed in seconds. The two setpoints of a commit come into
//! force as one or not at all (`spec/decisions/0004`).

use std::time::Duration;

use dpo_registers::generated::dpo_pmi::{Image, SetpointCommitResult, reg};
use dpo_registers::register::Register as _;
use futures::future::BoxFuture;
use tokio::time::Instant;

use super::{Outcome, Push, expired, sound};
use crate::engine::intake::modbus::{Block, BlockAt, BlockError, Rows};
use crate::engine::setpoint::Setpoint;

/// Exception: the write is under way; its result is to be polled.
const ACKNOWLEDGE: u8 = 5;
/// Exception: the server has no time for it now.
const BUSY: u8 = 6;
/// How often and how many times the result is polled.
const POLL: Duration = Duration::from_millis(50);
const POLLS: u32 = 60;
/// What no limit is in words.
const NONE: [u16; 2] = [u16::MAX; 2];

/// A gateway's PMI block.
#[derive(Debug)]
pub struct ModbusPush {
    at: BlockAt,
    block: Option<Block>,
    token: [u16; 2],
    lease_s: u16,
    /// Until when what is sent may be committed.
    until: Option<Instant>,
}

impl ModbusPush {
    /// Writes to the block under leases of `lease_s` seconds (2 to 3600), by a token made now.
    ///
    /// # Errors
    /// If the machine has no random numbers: a token that can be guessed is none.
    pub fn new(at: BlockAt, lease_s: u16) -> Result<Self, getrandom::Error> {
        let mut bytes = [0u8; 4];
        getrandom::fill(&mut bytes)?;
        // 0 is what a client that forgot the token sends.
        bytes[3] |= 1;
        let [a, b, c, d] = bytes;
        let token = [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])];
        Ok(Self { at, block: None, token, lease_s: lease_s.clamp(2, 3600), until: None })
    }

    async fn lease(block: &mut Block, token: [u16; 2], seconds: u16) -> Result<(), BlockError> {
        let [high, low] = token;
        match block.write(reg::LeaseToken::INFO.address, &[high, low, seconds]).await {
            // Taken over; whoever needs it finds out at the next write.
            Err(BlockError::Exception { code: ACKNOWLEDGE, .. }) => Ok(()),
            other => other,
        }
    }

    /// Gives back a lease under which nothing stands: it is in the way of others, and taken anew it ends a fail-safe.
    async fn free(block: &mut Block, token: [u16; 2]) -> Result<(), BlockError> {
        let held = applied(block).await?;
        if held.input_power_limit_applied.is_none() && held.bbu_discharge_applied.is_none_or(|w| w.0 == 0.0) {
            Self::lease(block, token, 0).await?;
        }
        Ok(())
    }

    async fn write(&mut self, setpoint: &Setpoint) -> Result<Outcome, BlockError> {
        let (token, lease_s, until) = (self.token, self.lease_s, self.until);
        let block = match &mut self.block {
            Some(block) => block,
            none => none.insert(Block::connect(self.at).await?),
        };
        let most_w = applied(block).await?.input_power_limit_max.map_or(f64::INFINITY, |w| w.0);
        let (limit_w, discharge_w) = match sound(setpoint, most_w) {
            Ok(sound) => sound,
            Err(outcome) => return Ok(outcome),
        };
        if let Err(error) = Self::lease(block, token, lease_s).await {
            return refused(block, error, "lease").await;
        }
        let words = |w: f64| {
            // Whole watts; `sound` keeps it below 1e6.
            let raw = w.round() as u32;
            [(raw >> 16) as u16, raw as u16]
        };
        let limit = limit_w.map_or(NONE, words);
        // 0 W would be a request that the gateway weighs: none is meant.
        let discharge = if discharge_w > 0.0 { words(discharge_w) } else { NONE };
        let shadow = [limit[0], limit[1], discharge[0], discharge[1]];
        if let Err(error) = block.write(reg::ShadowInputPowerLimit::INFO.address, &shadow).await {
            return refused(block, error, "shadow").await;
        }
        let before = status(block).await?;
        if let Some(late) = expired(until) {
            Self::free(block, token).await?;
            return Ok(late);
        }
        // 1 follows 65535.
        let number = before.setpoint_sequence.unwrap_or(0).checked_add(1).unwrap_or(1);
        match block.write(reg::SetpointCommit::INFO.address, &[number]).await {
            Ok(()) | Err(BlockError::Exception { code: ACKNOWLEDGE, .. }) => (),
            Err(error) => return refused(block, error, "commit").await,
        }
        for _ in 0..POLLS {
            let now = status(block).await?;
            match now.setpoint_commit_result {
                Some(SetpointCommitResult::Pending) => tokio::time::sleep(POLL).await,
                Some(SetpointCommitResult::Applied) if now.setpoint_sequence == Some(number) => {
                    let held = applied(block).await?;
                    return Ok(Outcome::Held {
                        input_limit_w: held.input_power_limit_applied.map(|w| w.0),
                        bbu_discharge_w: held.bbu_discharge_applied.map_or(0.0, |w| w.0),
                        lease_s: f64::from(lease_s),
                    });
                }
                _ => {
                    Self::free(block, token).await?;
                    return Ok(Outcome::Refused { reason: commit_reason(&now) });
                }
            }
        }
        let reason = format!("the commit {number} is not confirmed after {:?}", POLL * POLLS);
        Ok(Outcome::Lost { reason })
    }

    async fn release(&mut self) -> Result<(), BlockError> {
        let block = match &mut self.block {
            Some(block) => block,
            none => none.insert(Block::connect(self.at).await?),
        };
        match Self::lease(block, self.token, 0).await {
            // It is not ours any more: it ended, or somebody else has it.
            Err(BlockError::Exception { code, .. }) if code != BUSY => Ok(()),
            other => other,
        }
    }
}

/// Number, result and fault of the last commit.
async fn status(block: &mut Block) -> Result<Image, BlockError> {
    let first = reg::SetpointSequence::INFO.address;
    let last = reg::SetpointCommitFault::INFO.address;
    let words = block.read(first, last - first + 1).await?;
    Ok(Image::read(&Rows(&[(first, words)])))
}

/// What the devices hold, and the range of the limit.
async fn applied(block: &mut Block) -> Result<Image, BlockError> {
    let first = reg::InputPowerLimitApplied::INFO.address;
    let last = reg::BbuDischargeApplied::INFO.address + reg::BbuDischargeApplied::INFO.words;
    let words = block.read(first, last - first).await?;
    Ok(Image::read(&Rows(&[(first, words)])))
}

/// The refusal behind an exception; anything else stays an error.
async fn refused(block: &mut Block, error: BlockError, step: &str) -> Result<Outcome, BlockError> {
    let BlockError::Exception { code, .. } = error else { return Err(error) };
    let (first, count) = (reg::LeaseHolder::INFO.address, 1);
    let holder = Image::read(&Rows(&[(first, block.read(first, count).await?)])).lease_holder;
    let reason = match step {
        "commit" => commit_reason(&status(block).await?),
        _ => format!("{step}: exception {code:02}, the lease is held by {holder:?}"),
    };
    Ok(Outcome::Refused { reason })
}

fn commit_reason(image: &Image) -> String {
    let (result, fault) = (image.setpoint_commit_result, image.setpoint_commit_fault);
    format!("commit: {result:?} at register {}", fault.map_or(0, u32::from))
}

fn failed(error: &BlockError) -> Outcome {
    let reason = error.to_string();
    match error {
        BlockError::Exception { .. } | BlockError::NoBlock { .. } => Outcome::Refused { reason },
        BlockError::Transport { .. } => Outcome::Lost { reason },
    }
}

impl Push for ModbusPush {
    fn send<'a>(&'a mut self, setpoint: &'a Setpoint) -> BoxFuture<'a, Outcome> {
        Box::pin(async {
            self.write(setpoint).await.unwrap_or_else(|error| {
                if matches!(error, BlockError::Transport { .. }) {
                    self.block = None;
                }
                failed(&error)
            })
        })
    }

    fn until(&mut self, deadline: Instant) {
        self.until = Some(deadline);
    }

    fn give_back(&mut self) -> BoxFuture<'_, Outcome> {
        Box::pin(async {
            match self.release().await {
                Ok(()) => Outcome::GivenBack,
                Err(error) => {
                    self.block = None;
                    failed(&error)
                }
            }
        })
    }
}
