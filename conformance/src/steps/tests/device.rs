//! A Modbus device that a test makes up: that of the specimen, or a memory of words, with an answer changed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use dpo_gateway::maps::model::{Register, RegisterMap};

use super::played::played;
use crate::declared::{Bench, Declared, Restart};
use crate::device::Device;
use crate::instrument::{Act, Instrument, Measured, Piece, SharedInstrument};
use crate::outcome::Outcome;
use crate::restore::Restore;
use crate::run::Effort;
use crate::selftest::specimen_memory;
use crate::transport::guard::{Allowed, Guard};
use crate::transport::script::{Frames, Script};
use crate::transport::serial::Settings;
use crate::transport::{Link, Seen, Timing};
use crate::world::{CaseWorld, Context};

/// The address it has.
pub(super) const UNIT: u8 = 20;

type Twist = Box<dyn FnMut(&[u8]) -> Option<Seen> + Send>;
type Own = Box<dyn FnMut(&[u8]) -> Option<Vec<u8>> + Send>;
type Sight = Box<dyn FnMut(&[Piece]) -> Measured + Send>;
type After = Box<dyn FnMut(&[u8], Seen) -> Seen + Send>;

/// A device that is right but for what a test changes.
pub(super) struct Fake {
    map: RegisterMap,
    own: Own,
    pub(super) declared: Declared,
    pub(super) effort: Effort,
    pub(super) others: Vec<Device>,
    twists: Vec<Twist>,
    after: Vec<After>,
    frames: Option<Frames>,
    pub(super) foreign_unit: Option<u8>,
    eyes: Option<Eyes>,
}

/// An instrument on its line.
struct Eyes(Sight);

impl Instrument for Eyes {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        match act {
            Act::Frames { pieces, .. } => Ok((self.0)(pieces)),
            other => Err(format!("{other:?}")),
        }
    }
}

/// A map of this project; they are read once, which takes longer than most tests.
pub(super) fn map_of(id: &str) -> Arc<RegisterMap> {
    static MAPS: OnceLock<Vec<Arc<RegisterMap>>> = OnceLock::new();
    let maps = MAPS.get_or_init(|| crate::targets::maps().unwrap());
    maps.iter().find(|map| map.id == id).unwrap().clone()
}

/// An answer.
pub(super) fn pdu(bytes: &[u8]) -> Seen {
    Seen::Pdu(bytes.to_vec())
}

/// Address and number of words of a read of holding registers.
pub(super) fn asked(request: &[u8]) -> Option<(u16, u16)> {
    match request {
        [3, a, b, q, r] => Some((u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*q, *r]))),
        _ => None,
    }
}

/// Address and words of a write with function 06 or 16.
pub(super) fn written(request: &[u8]) -> Option<(u16, Vec<u16>)> {
    let (at, data) = match request {
        [6, a, b, data @ ..] => ([*a, *b], data),
        [0x10, a, b, _, _, _, data @ ..] => ([*a, *b], data),
        _ => return None,
    };
    Some((
        u16::from_be_bytes(at),
        data.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
    ))
}

impl Fake {
    /// As the specimen is.
    pub(super) fn right() -> Self {
        let (map, own) = specimen_memory();
        let restart = Restart { register: "restart".into(), value: 0x5A5A, back_s: 2 };
        let declared =
            Declared { bench: Bench { coil: Some(16), restart: Some(restart) }, ..Declared::default() };
        Self::of(map.as_ref().clone(), declared, own)
    }

    fn of(
        map: RegisterMap,
        declared: Declared,
        own: impl FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        let effort = Effort {
            random_reads: 200,
            random_requests: 100,
            samples: 12,
            sweep_sample: 20,
            soak: 60,
            ..Effort::default()
        };
        let (twists, after, others) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            map,
            own: Box::new(own),
            declared,
            effort,
            others,
            twists,
            after,
            frames: None,
            foreign_unit: None,
            eyes: None,
        }
    }

    /// A device of a map of this project that holds words and takes writes of any; what is not mapped gets exception 02.
    pub(super) fn holding(map: &str, words: &[(&str, u64)]) -> Self {
        let map = map_of(map).as_ref().clone();
        let mut memory = BTreeMap::new();
        for (id, value) in words {
            let own = map.registers.iter().find(|r| r.id == *id).unwrap_or_else(|| panic!("no {id}"));
            for nth in 0..own.words {
                memory.insert(own.address + nth, (value >> (16 * (own.words - 1 - nth))) as u16);
            }
        }
        let mapped = Device { map: Arc::new(map.clone()), unit: UNIT };
        Self::of(map, Declared::default(), move |request| {
            if let Some((at, count)) = asked(request) {
                if !(0..count).all(|nth| mapped.readable(at + nth)) {
                    return Some(vec![0x83, 2]);
                }
                let words = (0..count).map(|nth| memory.get(&(at + nth)).copied().unwrap_or_default());
                return Some(
                    [&[3, 2 * count as u8][..], &words.flat_map(u16::to_be_bytes).collect::<Vec<_>>()]
                        .concat(),
                );
            }
            let (at, words) = written(request)?;
            memory.extend((at..).zip(words));
            Some(request[..5].to_vec())
        })
    }

    /// Another map.
    pub(super) fn map(mut self, change: impl FnOnce(&mut RegisterMap)) -> Self {
        change(&mut self.map);
        self
    }

    /// Another register in the map.
    pub(super) fn register(self, id: &str, change: impl FnOnce(&mut Register)) -> Self {
        self.map(|map| change(map.registers.iter_mut().find(|r| r.id == id).unwrap()))
    }

    /// The address of a register.
    pub(super) fn at(&self, id: &str) -> u16 {
        self.map.registers.iter().find(|r| r.id == id).unwrap().address
    }

    /// Another effort.
    pub(super) fn effort(mut self, change: impl FnOnce(&mut Effort)) -> Self {
        change(&mut self.effort);
        self
    }

    /// Other claims.
    pub(super) fn declares(mut self, change: impl FnOnce(&mut Declared)) -> Self {
        change(&mut self.declared);
        self
    }

    /// Answers requests in its own way where it gives an answer.
    pub(super) fn when(mut self, twist: impl FnMut(&[u8]) -> Option<Seen> + Send + 'static) -> Self {
        self.twists.push(Box::new(twist));
        self
    }

    /// Answers as another one does, behind its own ways.
    pub(super) fn beside(mut self, other: Self) -> Self {
        self.twists.extend(other.twists);
        self
    }

    /// Keeps every request, before all else.
    pub(super) fn first(mut self, list: Arc<Mutex<Vec<Vec<u8>>>>) -> Self {
        let keep = move |request: &[u8]| {
            list.lock().unwrap().push(request.to_vec());
            None
        };
        self.twists.insert(0, Box::new(keep));
        self
    }

    /// Shows a number of two words at an address, before all else.
    pub(super) fn shows_word(mut self, at: u16, value: u32) -> Self {
        let shown = move |request: &[u8]| {
            (asked(request)?.0 == at).then(|| pdu(&[&[3, 4][..], &value.to_be_bytes()].concat()))
        };
        self.twists.insert(0, Box::new(shown));
        self
    }

    /// Answers writes of a register in its own way.
    pub(super) fn writes(self, id: &str, seen: Seen) -> Self {
        let own = self.at(id);
        self.when(move |request| written(request).filter(|(at, _)| *at == own).map(|_| seen.clone()))
    }

    /// Acknowledges writes of a register, and does nothing.
    pub(super) fn ignores(self, id: &str) -> Self {
        let own = self.at(id);
        self.when(move |request| {
            written(request).filter(|(at, _)| *at == own).map(|_| pdu(request.get(..5).unwrap_or_default()))
        })
    }

    /// Answers reads that begin at a register in its own way.
    pub(super) fn reads(self, id: &str, seen: Seen) -> Self {
        let own = self.at(id);
        self.when(move |request| asked(request).filter(|(at, _)| *at == own).map(|_| seen.clone()))
    }

    /// Changes what comes.
    pub(super) fn then(mut self, after: impl FnMut(&[u8], Seen) -> Seen + Send + 'static) -> Self {
        self.after.push(Box::new(after));
        self
    }

    /// Shows a word at an address, for the nth read of it; `None` is what it holds.
    pub(super) fn shows_at(
        self,
        at: u16,
        mut word: impl FnMut(usize) -> Option<u16> + Send + 'static,
    ) -> Self {
        let mut nth = 0;
        self.then(move |request, seen| match (asked(request), seen) {
            (Some((first, count)), Seen::Pdu(mut bytes))
                if bytes.first() == Some(&3) && (first..first + count).contains(&at) =>
            {
                nth += 1;
                if let Some(word) = word(nth - 1) {
                    let from = 2 + 2 * usize::from(at - first);
                    bytes[from..from + 2].copy_from_slice(&word.to_be_bytes());
                }
                Seen::Pdu(bytes)
            }
            (_, seen) => seen,
        })
    }

    /// Shows a word in a register of one word.
    pub(super) fn shows(self, id: &str, word: u16) -> Self {
        let at = self.at(id);
        self.shows_at(at, move |_| Some(word))
    }

    /// Keeps every request that fits.
    pub(super) fn keeps(self, list: &Arc<Mutex<Vec<Vec<u8>>>>, fits: fn(&[u8]) -> bool) -> Self {
        let list = list.clone();
        self.when(move |request| {
            if fits(request) {
                list.lock().unwrap().push(request.to_vec());
            }
            None
        })
    }

    /// On a serial line: what comes back for a frame; `None` is what it answers.
    pub(super) fn line(
        mut self,
        frames: impl FnMut(&[u8], &Settings) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        self.frames = Some(Box::new(frames));
        self
    }

    /// Has an instrument see this.
    pub(super) fn measures(mut self, eyes: impl FnMut(&[Piece]) -> Measured + Send + 'static) -> Self {
        self.eyes = Some(Eyes(Box::new(eyes)));
        self
    }

    /// The context of its cases.
    pub(super) fn context(self) -> Context {
        let Self {
            map,
            mut own,
            declared,
            effort,
            others,
            mut twists,
            mut after,
            frames,
            foreign_unit,
            eyes,
        } = self;
        let peer = move |unit: u8, request: &[u8]| {
            if unit != UNIT {
                return Seen::Nothing;
            }
            if let Some(seen) = twists.iter_mut().find_map(|twist| twist(request)) {
                return seen;
            }
            let seen = own(request).map_or(Seen::Nothing, Seen::Pdu);
            after.iter_mut().fold(seen, |seen, after| after(request, seen))
        };
        let wait = Duration::from_millis(100);
        let timing = Timing { answer: wait, silence: wait, quiet: wait };
        let guard = Guard::new(Allowed { writes: true, disruptive: true });
        Context {
            device: Device { map: Arc::new(map), unit: UNIT },
            link: tokio::sync::Mutex::new(Link::Script(Script {
                frames,
                ..Script::new(guard.clone(), timing, Box::new(peer))
            })),
            timing,
            effort,
            declared,
            foreign_unit,
            others,
            instrument: eyes.map(|eyes| SharedInstrument::new("eyes", eyes).guarded(&guard)),
            restore: Restore::in_memory(),
            logs: Arc::default(),
            totals: Mutex::default(),
        }
    }

    /// What a case comes to on it, and what was seen.
    pub(super) async fn plays(self, id: &str) -> (Outcome, String) {
        played::<CaseWorld>(Arc::new(self.context()), id).await
    }
}

/// Plays a case on each device of a table.
pub(super) async fn table(id: &str, rows: impl IntoIterator<Item = (&'static str, Fake, Outcome)>) {
    for (what, device, wanted) in rows {
        let (outcome, seen) = device.plays(id).await;
        assert_eq!(outcome, wanted, "{id}, a device that {what}: {seen}");
    }
}
