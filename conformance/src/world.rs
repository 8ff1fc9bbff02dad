//! What the steps of one case share, and how a step judges.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cucumber::World;
use tokio::sync::Mutex as AsyncMutex;

use crate::declared::Declared;
use crate::device::Device;
use crate::instrument::{Measured, SharedInstrument};
use crate::outcome::WireBytes;
use crate::play::Played;
use crate::restore::{Before, Restore};
use crate::run::Effort;
use crate::transport::{Link, LinkError, Seen, Timing, WireLog, hex};

/// Longest time of a step that does not say it needs more.
const STEP_LIMIT: Duration = Duration::from_secs(60);
/// How long a device may say that it is busy.
const BUSY_LIMIT: Duration = Duration::from_secs(5);
/// Answer times kept of each case.
const ANSWERS_LIMIT: usize = 100_000;
/// Entries kept of each case's wire log.
const LOG_LIMIT: usize = 400;

/// Why a case ends before its last step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The device did something else than the clause asks.
    Fail(String),
    /// The device gave no chance to judge.
    Inconclusive(String),
    /// The device says that it does not have what the case is about.
    Lacks(String),
    /// The suite or the link failed.
    Error(String),
}

impl Judgement {
    /// What was seen.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Fail(text) | Self::Inconclusive(text) | Self::Lacks(text) | Self::Error(text) => text,
        }
    }
}

impl From<LinkError> for Judgement {
    fn from(error: LinkError) -> Self {
        Self::Error(error.to_string())
    }
}

/// Result of the body of a step.
pub(crate) type Judged = Result<(), Judgement>;

/// Tells cucumber that the case ended; the judgement itself is in the log.
#[derive(Debug, thiserror::Error)]
#[error("the case ended")]
pub(crate) struct CaseEnded;

/// What happened in one case.
#[derive(Debug, Default)]
pub(crate) struct CaseLog(Mutex<CaseEntries>);

/// See [`CaseLog`].
#[derive(Debug, Default, Clone)]
pub(crate) struct CaseEntries {
    /// Wire bytes, oldest first.
    pub frames: Vec<WireBytes>,
    /// How many older entries were dropped.
    pub dropped: u64,
    /// What was seen, in words.
    pub seen: Vec<String>,
    /// Deviations that are tolerated.
    pub non_strict: bool,
    /// Why the case ended early.
    pub judgement: Option<Judgement>,
    /// How long each answer took from the last request before it, in microseconds; the first of very many.
    pub answers_us: Vec<u32>,
    /// When the request went out that was not answered yet.
    asked: Option<Instant>,
}

impl CaseEntries {
    /// The first byte of an answer is there, or all of it.
    fn answered(&mut self) {
        if let Some(asked) = self.asked.take()
            && self.answers_us.len() < ANSWERS_LIMIT
        {
            self.answers_us.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }

    /// Tells what could not be put back. It makes an error of what would have passed.
    pub(crate) fn left(&mut self, why: Judgement) {
        match (&self.judgement, &why) {
            (None, _) => self.judgement = Some(why),
            (Some(_), why) => self.seen.push(why.text().to_owned()),
        }
    }
}

impl CaseLog {
    pub(crate) fn lock(&self) -> MutexGuard<'_, CaseEntries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WireLog for CaseLog {
    fn answer_begins(&self) {
        self.lock().answered();
    }

    fn note(&self, entry: WireBytes) {
        let mut entries = self.lock();
        match entry.direction {
            '>' => entries.asked = Some(Instant::now()),
            '<' => entries.answered(),
            // What was awaited did not come.
            _ => entries.asked = None,
        }
        if entries.frames.len() >= LOG_LIMIT {
            entries.frames.remove(0);
            entries.dropped += 1;
        }
        entries.frames.push(entry);
    }
}

/// The logs of the cases of one subject, by id.
#[derive(Debug, Default)]
pub(crate) struct Logs(Mutex<BTreeMap<String, Arc<CaseLog>>>);

impl Logs {
    /// The log of a case, made at first use.
    pub(crate) fn log(&self, id: &str) -> Arc<CaseLog> {
        let mut logs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logs.entry(id.to_owned()).or_default().clone()
    }
}

/// A world whose steps judge.
pub(crate) trait Judging {
    /// The log of the case.
    fn log(&self) -> Arc<CaseLog>;

    /// Notes something worth telling in the report.
    fn note(&self, text: impl Into<String>) {
        self.log().lock().seen.push(text.into());
    }

    /// Notes a deviation that is tolerated.
    fn non_strict(&self, text: impl Into<String>) {
        let log = self.log();
        let mut entries = log.lock();
        entries.non_strict = true;
        entries.seen.push(text.into());
    }
}

/// What was seen over all cases on one subject.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// Each distinct exception response, with how often it came.
    pub exceptions: BTreeMap<Vec<u8>, u32>,
    /// Answers with good framing.
    pub good: u64,
    /// Answers with bad framing, as described by the transport.
    pub broken: Vec<String>,
}

/// What is tested, and with what effort.
pub(crate) struct Context {
    pub device: Device,
    pub link: AsyncMutex<Link>,
    pub timing: Timing,
    pub effort: Effort,
    pub declared: Declared,
    /// A serial address that belongs to no known device.
    pub foreign_unit: Option<u8>,
    /// The other devices of the run, which answer on the same link.
    pub others: Vec<Device>,
    /// An instrument on the line.
    pub instrument: Option<SharedInstrument>,
    /// What must be put back.
    pub restore: Arc<Restore>,
    pub logs: Arc<Logs>,
    pub totals: Mutex<Totals>,
}

impl Context {
    pub(crate) fn totals(&self) -> MutexGuard<'_, Totals> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request and what came.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// PDU of the request.
    pub request: Vec<u8>,
    /// What came.
    pub seen: Seen,
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {}: ", hex(&self.request))?;
        match &self.seen {
            Seen::Pdu(pdu) => write!(f, "answer {}", hex(pdu)),
            Seen::Nothing => f.write_str("no answer"),
            Seen::Closed => f.write_str("connection closed"),
            Seen::Broken(why) => f.write_str(why),
        }
    }
}

/// The state of one case.
#[derive(World, Default)]
#[world(init = Self::default)]
pub(crate) struct CaseWorld {
    context: Option<Arc<Context>>,
    pub(crate) log: Arc<CaseLog>,
    /// Exchanges that no Then step has judged yet.
    pub pending: Vec<Exchange>,
    /// Words that a step keeps for a later one.
    pub kept: Vec<u16>,
    /// A register that a step keeps for a later one.
    pub target: Option<u16>,
    /// Words of the registers that were read, by address.
    pub image: BTreeMap<u16, Vec<u16>>,
    /// Numbers that a step keeps for a later one, by the register or what they are.
    pub numbers: BTreeMap<&'static str, i128>,
    /// When the last lease was asked for: before the request went out.
    pub leased: Option<tokio::time::Instant>,
    /// Tokens whose lease this case took and did not give back.
    pub tokens: BTreeSet<u32>,
    /// Whether this case has written a set point of a gateway.
    pub steered: bool,
    /// A further connection to the gateway.
    pub second: Option<crate::steps::dpo::Second>,
    /// Samples of counters, by address.
    pub samples: BTreeMap<u16, Vec<i128>>,
    /// What an instrument has measured.
    pub measured: Option<Measured>,
    /// How long answers took.
    pub times: Vec<Duration>,
    /// What this case has changed and not put back.
    pub changed: Vec<Before>,
    /// Frames on TCP connections that a later step judges.
    pub tcp: crate::steps::tcp::TcpState,
}

impl fmt::Debug for CaseWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseWorld").field("pending", &self.pending).finish_non_exhaustive()
    }
}

impl Judging for CaseWorld {
    fn log(&self) -> Arc<CaseLog> {
        self.log.clone()
    }
}

impl Played for CaseWorld {
    type Context = Context;

    fn begin(&mut self, context: Arc<Context>, id: &str) {
        self.log = context.logs.log(id);
        self.context = Some(context);
    }

    async fn ready(&mut self) {
        let Some(context) = self.context.clone() else { return };
        // A link that cannot be reset shows in the first step.
        if let Err(error) = context.link.lock().await.reset().await {
            self.note(error.to_string());
        }
    }

    async fn undo(&mut self) -> Judged {
        crate::steps::dpo::end_leases(self).await;
        CaseWorld::undo(self).await
    }
}

impl CaseWorld {
    pub(crate) fn context(&self) -> Result<Arc<Context>, Judgement> {
        self.context.clone().ok_or_else(|| Judgement::Error("the case has no subject".into()))
    }

    /// Sends a PDU to the device under test and keeps what came for the next Then step.
    pub(crate) async fn send(&mut self, pdu: &[u8], wait: Duration) -> Judged {
        self.note_suspects(pdu).await?;
        let seen = self.ask(pdu, wait).await?;
        self.pending.push(Exchange { request: pdu.to_vec(), seen });
        Ok(())
    }

    /// Sends a PDU to the device under test and returns what came.
    pub(crate) async fn ask(&mut self, pdu: &[u8], wait: Duration) -> Result<Seen, Judgement> {
        let context = self.context()?;
        let seen = {
            let mut link = context.link.lock().await;
            link.exchange(context.device.unit, pdu, wait, &*self.log).await?
        };
        let mut totals = context.totals();
        match &seen {
            Seen::Pdu(answer) => {
                totals.good += 1;
                if answer.first().is_some_and(|code| *code >= 0x80) {
                    *totals.exceptions.entry(answer.clone()).or_default() += 1;
                }
            }
            Seen::Broken(why) if totals.broken.len() < 16 => totals.broken.push(why.clone()),
            _ => {}
        }
        drop(totals);
        Ok(seen)
    }

    /// Reads holding registers and wants data.
    pub(crate) async fn read(&mut self, address: u16, quantity: u16) -> Result<Vec<u16>, Judgement> {
        match self.try_read(address, quantity).await? {
            Ok(words) => Ok(words),
            Err(seen) => Err(Judgement::Fail(format!(
                "reading {quantity} registers at {address:04X}: {}",
                Exchange { request: read_pdu(address, quantity), seen }
            ))),
        }
    }

    /// Reads holding registers; anything but well-formed data is returned as seen.
    pub(crate) async fn try_read(
        &mut self,
        address: u16,
        quantity: u16,
    ) -> Result<Result<Vec<u16>, Seen>, Judgement> {
        let wait = self.context()?.timing.answer;
        let seen = self.ask(&read_pdu(address, quantity), wait).await?;
        Ok(data_words(&seen, quantity).ok_or(seen))
    }

    /// Sends a write: function 06 for one word where the device has it, else function 16. A device that is busy is
    /// asked again for some seconds.
    ///
    /// # Errors
    /// [`Judgement::Error`] if the link failed.
    pub(crate) async fn put(&mut self, at: u16, words: &[u16]) -> Result<Exchange, Judgement> {
        let context = self.context()?;
        let request = write_pdu(at, words, context.device.has_function(6));
        let deadline = tokio::time::Instant::now() + BUSY_LIMIT;
        loop {
            let seen = self.ask(&request, context.timing.answer).await?;
            let busy = matches!(&seen, Seen::Pdu(pdu) if pdu.get(1) == Some(&6) && pdu.len() == 2);
            if !busy || tokio::time::Instant::now() > deadline {
                return Ok(Exchange { request, seen });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What was exchanged since the last Then step.
    ///
    /// # Errors
    /// An error of the feature file if nothing was.
    pub(crate) fn take_pending(&mut self) -> Result<Vec<Exchange>, Judgement> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Err(Judgement::Error("no request was sent before this step".into()));
        }
        Ok(pending)
    }
}

/// PDU of a write of registers: function 06 for one word if `single`, else function 16.
pub(crate) fn write_pdu(at: u16, words: &[u16], single: bool) -> Vec<u8> {
    let [a, b] = at.to_be_bytes();
    if let ([word], true) = (words, single) {
        let [v, x] = word.to_be_bytes();
        return vec![6, a, b, v, x];
    }
    let ([q, r], bytes) = ((words.len() as u16).to_be_bytes(), (2 * words.len()) as u8);
    let mut pdu = vec![0x10, a, b, q, r, bytes];
    pdu.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    pdu
}

/// PDU of a read of holding registers, with any quantity.
pub(crate) fn read_pdu(address: u16, quantity: u16) -> Vec<u8> {
    let ([a, b], [q, r]) = (address.to_be_bytes(), quantity.to_be_bytes());
    vec![3, a, b, q, r]
}

/// The words of a well-formed answer to a read of holding registers.
pub(crate) fn data_words(seen: &Seen, quantity: u16) -> Option<Vec<u16>> {
    let Seen::Pdu(pdu) = seen else { return None };
    let [3, count, data @ ..] = pdu.as_slice() else { return None };
    let fits = usize::from(*count) == data.len() && data.len() == 2 * usize::from(quantity);
    fits.then(|| {
        data.chunks_exact(2).map(|pair| pair.iter().fold(0, |w, b| (w << 8) | u16::from(*b))).collect()
    })
}

/// The deadline of something that may take so long from now on.
pub(crate) fn ends_in(limit: Duration) -> tokio::time::Instant {
    tokio::time::Instant::now() + limit
}

/// Whether a deadline is over.
pub(crate) fn over(deadline: tokio::time::Instant) -> bool {
    tokio::time::Instant::now() >= deadline
}

/// Runs the body of a step under the time limit and keeps its judgement.
pub(crate) async fn step<W: Judging>(
    world: &mut W,
    body: impl AsyncFnOnce(&mut W) -> Judged,
) -> Result<(), CaseEnded> {
    step_within(STEP_LIMIT, world, body).await
}

/// As [`step`], with a limit of its own.
pub(crate) async fn step_within<W: Judging>(
    limit: Duration,
    world: &mut W,
    body: impl AsyncFnOnce(&mut W) -> Judged,
) -> Result<(), CaseEnded> {
    let log = world.log();
    let result = tokio::time::timeout(limit, body(world)).await;
    let result = result.unwrap_or_else(|_| Err(Judgement::Error(format!("the step took over {limit:?}"))));
    result.map_err(|judgement| {
        log.lock().judgement = Some(judgement);
        CaseEnded
    })
}
