//! The supplies of the specimen, with an answer or a deed of theirs changed, under cases of PMBus.

use std::sync::{Arc, Mutex};

use dpo_gateway::maps::pmbus::model::PmbusMap;
use dpo_registers::codec::pmbus::{Linear11, pec};

use super::played::played;
use crate::declared::PmbusClaims;
use crate::instrument::{Act, Instrument, Measured, SharedInstrument};
use crate::outcome::Outcome;
use crate::pmbus::before::guard;
use crate::pmbus::{PmbusContext, PmbusPlan, PmbusWorld};
use crate::restore::Restore;
use crate::run::Effort;
use crate::selftest::specimen_bench;
use crate::transport::guard::Allowed;
use crate::transport::smbus::{Came, Part, Port, SharedPort, SmbusLink};

/// Addresses of the two supplies.
pub(super) const OWN: u8 = 0x40;
pub(super) const OTHER: u8 = 0x41;

type Twist = Box<dyn FnMut(&[Part]) -> Option<Came> + Send>;
type After = Box<dyn FnMut(&[Part], Came) -> Came + Send>;
type Bytes = Box<dyn FnMut(&[u8]) -> Option<Vec<u8>> + Send>;
type Sight = Box<dyn FnMut(&Act) -> Measured + Send>;
type Hand = Box<dyn FnMut(&Act, Measured) -> Measured + Send>;

/// A supply that is right but for what a test changes.
pub(super) struct Supply {
    plan: PmbusPlan,
    claims: PmbusClaims,
    instrument: SharedInstrument,
    known: Option<Vec<u8>>,
    effort: Effort,
    twists: Vec<Twist>,
    after: Vec<After>,
    writes: Vec<(u8, Bytes)>,
    raw: Vec<(u8, Bytes)>,
    hand: Option<Hand>,
    eyes: Option<Sight>,
}

/// A word, low byte first.
pub(super) fn word(word: u16) -> Vec<u8> {
    word.to_le_bytes().to_vec()
}

/// A number in LINEAR11.
pub(super) fn linear(value: f64) -> Vec<u8> {
    word(Linear11::from_value(value).unwrap().0)
}

/// Volts in the mode of the specimen: linear, exponent -9.
pub(super) fn volts(value: f64) -> Vec<u8> {
    word((value * 512.0).round() as u16)
}

/// An answer as a supply sends it: data, packet error code, and ones behind that.
fn answered(to: u8, request: &[u8], data: &[u8], len: usize) -> Came {
    let code = pec(&[&[to << 1], request, &[to << 1 | 1], data].concat());
    let mut bytes = [data, &[code]].concat();
    bytes.resize(bytes.len().max(len), 0xFF);
    bytes.truncate(len);
    Came::Bytes(bytes)
}

impl Supply {
    /// As the specimen is.
    pub(super) fn right() -> Self {
        let (plan, claims, instrument) = specimen_bench();
        let (twists, after, writes) = (Vec::new(), Vec::new(), Vec::new());
        let effort = Effort { random_reads: 20, ..Effort::default() };
        Self {
            plan,
            claims,
            instrument,
            known: None,
            effort,
            twists,
            after,
            writes,
            raw: Vec::new(),
            hand: None,
            eyes: None,
        }
    }

    /// Another map.
    pub(super) fn map(mut self, change: impl FnOnce(&mut PmbusMap)) -> Self {
        let mut map = self.plan.map.as_ref().clone();
        change(&mut map);
        self.plan.map = Arc::new(map);
        self
    }

    /// Without a command, and told so by QUERY.
    pub(super) fn without(mut self, code: u8) -> Self {
        let known =
            self.known.take().unwrap_or_else(|| self.plan.map.commands.iter().map(|c| c.code).collect());
        self.known = Some(known.into_iter().filter(|own| *own != code).collect());
        self
    }

    /// Other claims.
    pub(super) fn claims(mut self, change: impl FnOnce(&mut PmbusClaims)) -> Self {
        change(&mut self.claims);
        self
    }

    /// Another effort.
    pub(super) fn effort(mut self, change: impl FnOnce(&mut Effort)) -> Self {
        change(&mut self.effort);
        self
    }

    /// In the state behind a write.
    pub(super) fn behind(self, write: &[u8]) -> Self {
        self.plan.port.blocking(&[Part::Write(OWN, write.to_vec())]).unwrap();
        self
    }

    /// Shows STATUS_CML in another way: from how often it was read before and what it is.
    pub(super) fn cml(self, mut change: impl FnMut(usize, u8) -> u8 + Send + 'static) -> Self {
        let mut nth = 0;
        self.then(move |parts, came| match (parts, came) {
            ([Part::Write(OWN, request), Part::Read(OWN, 1)], Came::Bytes(bytes)) if request == &[0x7E] => {
                nth += 1;
                Came::Bytes(vec![change(nth - 1, bytes[0])])
            }
            (_, came) => came,
        })
    }

    /// What QUERY says of a command.
    pub(super) fn queried(self, code: u8, data: impl Into<Vec<u8>>) -> Self {
        let data = data.into();
        self.when(move |parts| match parts {
            [Part::Write(OWN, request), Part::Read(OWN, len)] if request == &[0x1A, 1, code] => {
                Some(answered(OWN, request, &data, *len))
            }
            _ => None,
        })
    }

    /// Who answers the alert response address, by how often that was asked since a command was read.
    pub(super) fn alerts_behind(
        self,
        code: u8,
        mut who: impl FnMut(usize) -> Option<u8> + Send + 'static,
    ) -> Self {
        let mut asked = None;
        self.then(move |parts, came| match (parts, &mut asked) {
            ([Part::Write(OWN, request), Part::Read(..)], asked) if request == &[code] => {
                *asked = Some(0);
                came
            }
            ([Part::Read(0x0C, _)], Some(nth)) => {
                *nth += 1;
                who(*nth - 1).map_or(Came::Refused, |address| Came::Bytes(vec![address << 1]))
            }
            _ => came,
        })
    }

    /// Answers transfers in its own way where it gives an answer.
    pub(super) fn when(mut self, twist: impl FnMut(&[Part]) -> Option<Came> + Send + 'static) -> Self {
        self.twists.push(Box::new(twist));
        self
    }

    /// Changes what comes.
    pub(super) fn then(mut self, after: impl FnMut(&[Part], Came) -> Came + Send + 'static) -> Self {
        self.after.push(Box::new(after));
        self
    }

    /// Shows these data where a command is read (with the count of a block), for the nth transfer; `None` is what it holds.
    pub(super) fn shows_at(
        self,
        code: u8,
        mut data: impl FnMut(usize) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        let mut nth = 0;
        self.when(move |parts| match parts {
            [Part::Write(OWN, request), Part::Read(OWN, len)] if request.first() == Some(&code) => {
                nth += 1;
                data(nth - 1).map(|data| answered(OWN, request, &data, *len))
            }
            _ => None,
        })
    }

    /// Shows these data where a command is read (with the count of a block).
    pub(super) fn shows(self, code: u8, data: impl Into<Vec<u8>>) -> Self {
        let data = data.into();
        self.shows_at(code, move |_| Some(data.clone()))
    }

    /// Shows data made of those that it holds, from the nth read on.
    pub(super) fn reads(
        mut self,
        code: u8,
        from: usize,
        change: impl Fn(&mut Vec<u8>) + Send + 'static,
    ) -> Self {
        let mut nth = 0;
        self.after.push(Box::new(move |parts, came| match (parts, came) {
            ([Part::Write(OWN, request), Part::Read(OWN, len)], Came::Bytes(mut bytes))
                if request.first() == Some(&code) =>
            {
                nth += 1;
                if nth <= from || *len < 2 {
                    return Came::Bytes(bytes);
                }
                bytes.pop();
                change(&mut bytes);
                answered(OWN, request, &bytes, *len)
            }
            (_, came) => came,
        }));
        self
    }

    /// Does not acknowledge reads of a command.
    pub(super) fn refuses(self, code: u8) -> Self {
        self.when(move |parts| match parts {
            [Part::Write(_, request), Part::Read(..)] if request.first() == Some(&code) => {
                Some(Came::Refused)
            }
            _ => None,
        })
    }

    /// Makes something else of a write of a command: the bytes without their packet error code; `None` leaves them.
    pub(super) fn takes(
        mut self,
        code: u8,
        change: impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        self.writes.push((code, Box::new(change)));
        self
    }

    /// As [`takes`](Self::takes), of all bytes, whether a code is among them or not.
    pub(super) fn when_written(
        mut self,
        code: u8,
        change: impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        self.raw.push((code, Box::new(change)));
        self
    }

    /// Acknowledges writes of a command, and does nothing.
    pub(super) fn ignores(self, code: u8) -> Self {
        self.when(move |parts| match parts {
            [Part::Write(_, bytes)] if bytes.first() == Some(&code) => Some(Came::Bytes(Vec::new())),
            _ => None,
        })
    }

    /// Has the instrument see something else.
    pub(super) fn measured(mut self, hand: impl FnMut(&Act, Measured) -> Measured + Send + 'static) -> Self {
        self.hand = Some(Box::new(hand));
        self
    }

    /// Has the instrument see this, and do nothing.
    pub(super) fn measures(mut self, eyes: impl FnMut(&Act) -> Measured + Send + 'static) -> Self {
        self.eyes = Some(Box::new(eyes));
        self
    }

    /// What a case comes to on it, and what was seen.
    pub(super) async fn plays(self, id: &str) -> (Outcome, String) {
        let Self { mut plan, claims, instrument, known, effort, twists, after, writes, raw, hand, eyes } =
            self;
        let inner = plan.port.clone();
        let wire = Wire { inner, twists, after, writes, raw };
        plan.port = SharedPort::new("the bus of the specimen", wire);
        let eyes = Eyes { inner: instrument, hand, eyes };
        let allowed = Allowed { writes: true, disruptive: true };
        let link = SmbusLink::new(
            plan.port.clone(),
            guard(&plan, allowed),
            Some(SharedInstrument::new("eyes", eyes)),
        );
        let known = known.unwrap_or_else(|| plan.map.commands.iter().map(|c| c.code).collect());
        let (restore, logs) = (Restore::in_memory(), Arc::default());
        let context = PmbusContext { plan, link, claims, known, effort, writes: true, restore, logs };
        played::<PmbusWorld>(Arc::new(context), id).await
    }
}

/// The bus with what a test has changed.
struct Wire {
    inner: SharedPort,
    twists: Vec<Twist>,
    after: Vec<After>,
    writes: Vec<(u8, Bytes)>,
    raw: Vec<(u8, Bytes)>,
}

impl Port for Wire {
    fn transfer(&mut self, parts: &[Part]) -> Result<Came, String> {
        if let Some(came) = self.twists.iter_mut().find_map(|twist| twist(parts)) {
            return Ok(came);
        }
        let mut own = parts.to_vec();
        if let [Part::Write(_, bytes)] = own.as_mut_slice()
            && let Some((_, change)) = self.writes.iter_mut().find(|(code, _)| bytes.first() == Some(code))
            && let Some(changed) = change(bytes.get(..bytes.len() - 1).unwrap_or_default())
        {
            *bytes = changed;
        }
        if let [Part::Write(_, bytes)] = own.as_mut_slice()
            && let Some((_, change)) = self.raw.iter_mut().find(|(code, _)| bytes.first() == Some(code))
            && let Some(changed) = change(bytes)
        {
            *bytes = changed;
        }
        let came = self.inner.blocking(&own)?;
        Ok(self.after.iter_mut().fold(came, |came, after| after(parts, came)))
    }
}

/// The instrument with what a test has changed.
struct Eyes {
    inner: SharedInstrument,
    hand: Option<Hand>,
    eyes: Option<Sight>,
}

impl Instrument for Eyes {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        if let Some(eyes) = &mut self.eyes {
            return Ok(eyes(act));
        }
        let seen = self.inner.blocking(act)?;
        Ok(match &mut self.hand {
            Some(hand) => hand(act, seen),
            None => seen,
        })
    }
}

/// Plays a case on each supply of a table.
pub(super) async fn table(id: &str, rows: impl IntoIterator<Item = (&'static str, Supply, Outcome)>) {
    for (what, supply, wanted) in rows {
        let (outcome, seen) = supply.plays(id).await;
        assert_eq!(outcome, wanted, "{id}, a supply that {what}: {seen}");
    }
}

/// A memory that closures of one supply share.
pub(super) fn shared<T>(value: T) -> Arc<Mutex<T>> {
    Arc::new(Mutex::new(value))
}
