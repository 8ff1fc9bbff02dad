//! The Modbus line between gateway and devices, in virtual time: one request at a time, polls in turn, writes
//! between them.
//!
//! Armed settings are written to each device by itself and not by broadcast: a broadcast is not answered, and
//! the write gate (design section 4) reads back what it wrote. A write is one request of function 16 for each
//! group of registers of the blocks `dpo-psu` and `dpo-bbu`, because the groups do not touch.

use super::present::PsuTold;
use crate::control::orchestrator::io::{Armed, BBU_SLOTS, BbuArmed, PSU_SLOTS, PsuArmed, Recharge};

/// Times of the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineTimes {
    /// Bits a second. AE: up to 115 kbit/s; HPR maps: 115200.
    pub baud: f64,
    /// Bits a character. 8E1: 11.
    pub bits_per_char: f64,
    /// Silence between frames in s. Modbus over serial line: 1.75 ms above 19200 bit/s.
    pub silence_s: f64,
    /// Time a device takes to answer, in s. Assumed.
    pub answer_s: f64,
    /// Words of a poll. Assumed: what a snapshot of one device needs.
    pub poll_words: u32,
    /// How often all settings of a device are written again, in s: a third of the 30 s after which a device falls
    /// back (`dpo-psu`, `dpo-bbu`).
    pub renew_s: f64,
}

impl Default for LineTimes {
    fn default() -> Self {
        Self {
            baud: 115_200.0,
            bits_per_char: 11.0,
            silence_s: 1.75e-3,
            answer_s: 1e-3,
            poll_words: 10,
            renew_s: 10.0,
        }
    }
}

impl LineTimes {
    fn chars_s(&self, chars: u32) -> f64 {
        f64::from(chars) * self.bits_per_char / self.baud
    }

    /// Time of a read of holding registers: 8 characters there, 5 and two a word back.
    pub fn read_s(&self, words: u32) -> f64 {
        self.chars_s(8 + 5 + 2 * words) + 2.0 * self.silence_s + self.answer_s
    }

    /// Time of a write of registers in a row by function 16: 9 characters and two a word there, 8 back.
    pub fn write_s(&self, words: u32) -> f64 {
        self.chars_s(9 + 2 * words + 8) + 2.0 * self.silence_s + self.answer_s
    }
}

/// A device on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// The PSU in a slot, from 0.
    Psu(usize),
    /// The BBU in a slot, from 0.
    Bbu(usize),
}

/// What the line has just finished.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Done {
    /// A device was read; what it said was true so many seconds ago.
    Polled(Device, f64),
    /// A PSU holds these settings now.
    PsuArmed(usize, PsuArmed),
    /// A BBU holds these settings now.
    BbuArmed(usize, BbuArmed),
    /// A PSU was told this by registers of today.
    PsuTold(usize, PsuTold),
}

/// The requests that are due, and the one on the line.
#[derive(Debug, Clone)]
pub struct Wire {
    times: LineTimes,
    psu_blocks: bool,
    bbu_blocks: bool,
    now_s: f64,
    /// The request on the line and when it ends.
    running: Option<(f64, Job)>,
    /// What the gateway wants the devices to hold.
    wanted: Armed,
    psu: [PsuArmed; PSU_SLOTS],
    bbu: [BbuArmed; BBU_SLOTS],
    /// What PSUs should be told by registers of today, and what each was told.
    tell: PsuTold,
    told: [PsuTold; PSU_SLOTS],
    renewed_s: [f64; PSU_SLOTS + BBU_SLOTS],
    next_poll: usize,
    next_write: usize,
    poll_is_due: bool,
    /// Polls that come before the first write.
    reads_first: usize,
    writes: u32,
}

#[derive(Debug, Clone, Copy)]
enum Job {
    Poll(Device, f64),
    Psu(usize, PsuArmed),
    Bbu(usize, BbuArmed),
    Tell(usize, PsuTold),
}

impl Wire {
    /// A line to devices with or without the blocks; a device without one is not written to, but for what the
    /// base map has.
    pub fn new(times: LineTimes, psu_blocks: bool, bbu_blocks: bool) -> Self {
        Self {
            times,
            psu_blocks,
            bbu_blocks,
            now_s: 0.0,
            running: None,
            wanted: Armed::default(),
            psu: [PsuArmed::default(); PSU_SLOTS],
            bbu: [BbuArmed::default(); BBU_SLOTS],
            tell: PsuTold::NOTHING,
            told: [PsuTold::NOTHING; PSU_SLOTS],
            renewed_s: [0.0; PSU_SLOTS + BBU_SLOTS],
            next_poll: 0,
            next_write: 0,
            poll_is_due: false,
            reads_first: 0,
            writes: 0,
        }
    }

    /// What the devices should hold. What a request on the line carries is as it was when that began.
    pub fn want(&mut self, armed: &Armed) {
        self.wanted = *armed;
    }

    /// What the PSUs should be told by their registers of today.
    pub fn tell(&mut self, told: PsuTold) {
        self.tell = told;
    }

    /// The devices were given these settings before the time that is simulated.
    pub fn commissioned(&mut self, armed: &Armed, told: PsuTold) {
        self.wanted = *armed;
        self.psu = [armed.psu; PSU_SLOTS];
        self.bbu = armed.bbu;
        (self.tell, self.told) = (told, [told; PSU_SLOTS]);
    }

    /// The gateway starts again: before it writes anything it reads each device twice, its state and what it holds
    /// (design section 4). What is then known to be held is what is held.
    pub fn restart(&mut self) {
        self.running = None;
        self.wanted = Armed { psu: self.psu[0], bbu: self.bbu };
        self.tell = self.told[0];
        self.reads_first = 2 * (PSU_SLOTS + BBU_SLOTS);
    }

    /// What the devices should hold; after a start, what they were found to hold.
    pub fn wanted(&self) -> Armed {
        self.wanted
    }

    /// Writes done so far.
    pub fn writes(&self) -> u32 {
        self.writes
    }

    /// Lets time pass; what a request brought when it ended, at most one.
    #[inline]
    pub fn advance(&mut self, to_s: f64) -> Option<Done> {
        self.now_s = to_s;
        let Some((end_s, job)) = self.running else {
            self.start();
            return None;
        };
        if to_s < end_s {
            return None;
        }
        self.running = None;
        let done = self.finish(job);
        self.start();
        Some(done)
    }

    fn finish(&mut self, job: Job) -> Done {
        match job {
            Job::Poll(device, asked_s) => Done::Polled(device, self.now_s - asked_s),
            Job::Psu(slot, armed) => {
                self.writes += 1;
                if let Some(held) = self.psu.get_mut(slot) {
                    *held = armed;
                }
                Done::PsuArmed(slot, armed)
            }
            Job::Bbu(slot, armed) => {
                self.writes += 1;
                if let Some(held) = self.bbu.get_mut(slot) {
                    *held = armed;
                }
                Done::BbuArmed(slot, armed)
            }
            Job::Tell(slot, told) => {
                self.writes += 1;
                if let Some(before) = self.told.get_mut(slot) {
                    *before = told;
                }
                Done::PsuTold(slot, told)
            }
        }
    }

    /// Puts the next request on the line: a write, but after each one a poll, so that neither starves.
    fn start(&mut self) {
        let may_write = !self.poll_is_due && self.reads_first == 0;
        let write = if may_write { self.next_write() } else { None };
        self.reads_first = self.reads_first.saturating_sub(1);
        self.poll_is_due = write.is_some();
        let (took_s, job) = write.unwrap_or_else(|| {
            let device = device(self.next_poll);
            self.next_poll = (self.next_poll + 1) % (PSU_SLOTS + BBU_SLOTS);
            (self.times.read_s(self.times.poll_words), Job::Poll(device, self.now_s))
        });
        self.running = Some((self.now_s + took_s, job));
    }

    /// The next device in turn that lacks something.
    fn next_write(&mut self) -> Option<(f64, Job)> {
        for _ in 0..PSU_SLOTS + BBU_SLOTS {
            let index = self.next_write;
            self.next_write = (index + 1) % (PSU_SLOTS + BBU_SLOTS);
            let found = match device(index) {
                Device::Psu(slot) => self.psu_write(slot).or_else(|| self.tell_write(slot)),
                Device::Bbu(slot) => self.bbu_write(slot),
            };
            let renews = match device(index) {
                // A setpoint does not lapse, but a unit that was off may have missed it.
                Device::Psu(_) => self.psu_blocks || self.tell != PsuTold::NOTHING,
                // The charge override of today lapses as well (registers 291 and 300).
                Device::Bbu(slot) => {
                    self.bbu_blocks || self.bbu.get(slot).is_some_and(|bbu| bbu.recharge != Recharge::Base)
                }
            };
            let found = found.or_else(|| {
                let last = self.renewed_s.get_mut(index)?;
                if !renews || self.now_s - *last < self.times.renew_s {
                    return None;
                }
                *last = self.now_s;
                self.renewal(device(index))
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// All groups once more: the timer of the device begins anew, and one that lost its supply and forgot is told
    /// again.
    fn renewal(&self, device: Device) -> Option<(f64, Job)> {
        let took_s = |groups: &[u32]| groups.iter().map(|words| self.times.write_s(*words)).sum();
        Some(match device {
            Device::Psu(slot) if !self.psu_blocks => (took_s(&[1]), Job::Tell(slot, self.tell)),
            Device::Psu(slot) => (took_s(&[2, 2, 3, 3]), Job::Psu(slot, self.wanted.psu)),
            Device::Bbu(slot) => {
                let groups: &[u32] = if self.bbu_blocks { &[4, 3, 6] } else { &[2] };
                let (held, wanted) = (*self.bbu.get(slot)?, *self.wanted.bbu.get(slot)?);
                let recharge = wanted.recharge;
                let next = if self.bbu_blocks { wanted } else { BbuArmed { recharge, ..held } };
                (took_s(groups), Job::Bbu(slot, next))
            }
        })
    }

    /// One group of the block `dpo-psu`: keep-alive 2 registers, restart 2, low line 3, walk-in 3.
    fn psu_write(&self, slot: usize) -> Option<(f64, Job)> {
        if !self.psu_blocks {
            return None;
        }
        let (held, wanted) = (*self.psu.get(slot)?, self.wanted.psu);
        let (words, next) = if held.keep_alive != wanted.keep_alive {
            (2, PsuArmed { keep_alive: wanted.keep_alive, ..held })
        } else if held.restart_delay_s != wanted.restart_delay_s {
            (2, PsuArmed { restart_delay_s: wanted.restart_delay_s, ..held })
        } else if held.low_line != wanted.low_line {
            (3, PsuArmed { low_line: wanted.low_line, ..held })
        } else if held.walk_in != wanted.walk_in {
            (3, PsuArmed { walk_in: wanted.walk_in, ..held })
        } else {
            return None;
        };
        Some((self.times.write_s(words), Job::Psu(slot, next)))
    }

    /// Registers 103 and 94 of a PSU of today: one write of one register for each that differs.
    fn tell_write(&self, slot: usize) -> Option<(f64, Job)> {
        let told = *self.told.get(slot)?;
        let differ =
            u32::from(told.setpoint != self.tell.setpoint) + u32::from(told.ac_loss != self.tell.ac_loss);
        (differ > 0).then(|| (f64::from(differ) * self.times.write_s(1), Job::Tell(slot, self.tell)))
    }

    /// One group of the block `dpo-bbu`: support 4 registers, share 3, recharge 6. A BBU of today takes the
    /// recharge alone: its registers 291 (current) and 312 (delay), counted as one write of 2.
    fn bbu_write(&self, slot: usize) -> Option<(f64, Job)> {
        let (held, wanted) = (*self.bbu.get(slot)?, *self.wanted.bbu.get(slot)?);
        let (words, next) = if self.bbu_blocks && held.support != wanted.support {
            (4, BbuArmed { support: wanted.support, ..held })
        } else if self.bbu_blocks && held.share != wanted.share {
            (3, BbuArmed { share: wanted.share, ..held })
        } else if held.recharge != wanted.recharge {
            (if self.bbu_blocks { 6 } else { 2 }, BbuArmed { recharge: wanted.recharge, ..held })
        } else {
            return None;
        };
        Some((self.times.write_s(words), Job::Bbu(slot, next)))
    }
}

fn device(index: usize) -> Device {
    if index < PSU_SLOTS { Device::Psu(index) } else { Device::Bbu(index - PSU_SLOTS) }
}

#[cfg(test)]
mod tests;
