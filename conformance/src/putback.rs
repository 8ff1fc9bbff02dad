//! What a case changes on a Modbus device: noted before the write goes out, and put back by the case, or by `restore` after a
//! kill.

use std::time::Duration;

use crate::restore::{Before, Elsewhere};
use crate::transport::serial::Settings;
use crate::transport::{Link, LinkError, Seen, WireLog};
use crate::world::{CaseWorld, Judged, Judgement, data_words, read_pdu, write_pdu};

/// Writes what a note says and reads it again, wherever the device is found.
///
/// # Errors
/// Why it is not put back, in words.
pub(crate) async fn modbus(
    link: &mut Link,
    before: &Before,
    wait: Duration,
    log: &dyn WireLog,
) -> Result<(), String> {
    let mut device = Found { link, wait, log };
    // A device that answers where it belongs is not looked for: another one may be at the other places.
    let home = device.read(before.unit, before).await?;
    if home.as_ref() == Some(&before.words) {
        return Ok(());
    }
    if home.is_none() && !before.elsewhere.is_empty() {
        let brought = device.bring_home(before).await;
        device.set(None)?;
        brought?;
    } else {
        device.write(before.unit, before).await?;
    }
    match device.read(before.unit, before).await? {
        Some(now) if now == before.words => Ok(()),
        Some(now) => Err(format!("it was written, and holds {now:04X?}")),
        None => Err("it was written, and cannot be read".into()),
    }
}

/// A device that is looked for.
struct Found<'a> {
    link: &'a mut Link,
    wait: Duration,
    log: &'a dyn WireLog,
}

impl Found<'_> {
    async fn ask(&mut self, unit: u8, pdu: &[u8]) -> Result<Seen, String> {
        self.link.exchange(unit, pdu, self.wait, self.log).await.map_err(|e| e.to_string())
    }

    /// What the place holds; `None` without a good answer. Asked twice: after a change of rate the line may hold noise.
    async fn read(&mut self, unit: u8, before: &Before) -> Result<Option<Vec<u16>>, String> {
        let words = u16::try_from(before.words.len()).ok().filter(|n| (1..=123).contains(n));
        let words = words.ok_or("the journal wants more words than a write can hold")?;
        let [a, b] = before.address.to_be_bytes();
        for _ in 0..2 {
            let held = if before.coil {
                match self.ask(unit, &[1, a, b, 0, 1]).await? {
                    Seen::Pdu(pdu) => match pdu.as_slice() {
                        [1, 1, bits] => Some(vec![u16::from(bits & 1)]),
                        _ => None,
                    },
                    _ => None,
                }
            } else {
                data_words(&self.ask(unit, &read_pdu(before.address, words)).await?, words)
            };
            if held.is_some() {
                return Ok(held);
            }
        }
        Ok(None)
    }

    /// Writes: a coil by function 05, one word by function 06, and by 16 where a device does not have it.
    async fn write(&mut self, unit: u8, before: &Before) -> Result<(), String> {
        let [a, b] = before.address.to_be_bytes();
        let requests = if before.coil {
            let on = before.words.first().is_some_and(|word| *word != 0);
            vec![vec![5, a, b, if on { 0xFF } else { 0 }, 0]]
        } else {
            [true, false].map(|single| write_pdu(before.address, &before.words, single)).to_vec()
        };
        let mut seen = Seen::Nothing;
        for request in requests {
            seen = self.ask(unit, &request).await?;
            let taken = matches!(&seen, Seen::Pdu(pdu) if pdu.first() == request.first());
            // A device that moves may do so before it answers.
            if taken || !before.elsewhere.is_empty() && seen == Seen::Nothing {
                return Ok(());
            }
        }
        Err(format!("the write got {seen:?}"))
    }

    /// Looks for the device where the change may have taken it, and writes there.
    async fn bring_home(&mut self, before: &Before) -> Result<(), String> {
        for place in &before.elsewhere {
            let unit = match place {
                Elsewhere::Unit(unit) => *unit,
                Elsewhere::Baud(baud) => {
                    self.set(Some(*baud))?;
                    before.unit
                }
            };
            let Some(held) = self.read(unit, before).await? else { continue };
            // Whoever is at that address must be the one that was sent there.
            if matches!(place, Elsewhere::Unit(unit) if held != [u16::from(*unit)]) {
                continue;
            }
            return self.write(unit, before).await;
        }
        Err("the device answers neither where it was nor where it may have gone".into())
    }

    /// Sets the line to a baud rate, or as it was opened.
    fn set(&mut self, baud: Option<u32>) -> Result<(), String> {
        let Link::Rtu(line) = &mut *self.link else { return Ok(()) };
        let opened = line.opened().clone();
        let baud = baud.unwrap_or(opened.baud);
        line.set(&Settings { baud, ..opened }).map_err(|e: LinkError| e.to_string())
    }
}

impl CaseWorld {
    /// Notes what `words` registers hold, so that [`CaseWorld::undo`] puts it back, and returns it.
    ///
    /// # Errors
    /// As [`CaseWorld::read`]; [`Judgement::Error`] if it cannot be noted, and then nothing may be written.
    pub(crate) async fn note_before(&mut self, at: u16, words: u16) -> Result<Vec<u16>, Judgement> {
        self.note_moving(at, words, Vec::new()).await
    }

    /// As [`CaseWorld::note_before`], of a register whose change takes the device to another address or baud rate.
    ///
    /// # Errors
    /// As [`CaseWorld::note_before`].
    pub(crate) async fn note_moving(
        &mut self,
        at: u16,
        words: u16,
        elsewhere: Vec<Elsewhere>,
    ) -> Result<Vec<u16>, Judgement> {
        let before = self.read(at, words).await?;
        let (link, unit) = self.place().await?;
        self.noted(Before { elsewhere, ..Before::register(link, unit, at, before.clone()) })?;
        Ok(before)
    }

    /// As [`CaseWorld::note_before`], of a coil that was read.
    ///
    /// # Errors
    /// [`Judgement::Error`] if it cannot be noted, and then nothing may be written.
    pub(crate) async fn note_coil(&mut self, at: u16, on: bool) -> Judged {
        let (link, unit) = self.place().await?;
        self.noted(Before { coil: true, ..Before::register(link, unit, at, vec![on.into()]) })
    }

    /// Notes what a request may change although a device that conforms refuses it: registers that the suite may write, of
    /// those that the request has words for.
    ///
    /// # Errors
    /// [`Judgement::Error`] if it cannot be noted, and then nothing may be written.
    pub(crate) async fn note_suspects(&mut self, pdu: &[u8]) -> Judged {
        let (at, words) = match pdu {
            [6 | 0x16, a, b, ..] => (u16::from_be_bytes([*a, *b]), 1),
            [0x10, a, b, _, _, _, data @ ..] => (u16::from_be_bytes([*a, *b]), data.len().div_ceil(2)),
            [0x17, _, _, _, _, a, b, _, _, _, data @ ..] => {
                (u16::from_be_bytes([*a, *b]), data.len().div_ceil(2))
            }
            _ => return Ok(()),
        };
        let context = self.context()?;
        let last = usize::from(at).saturating_add(words);
        let own = context
            .device
            .kept()
            .filter(|r| usize::from(r.address) < last && r.address.saturating_add(r.words) > at);
        for register in own {
            if self.changed.iter().any(|note| note.address == register.address && !note.coil) {
                continue;
            }
            // What does not answer has nothing that could be put back.
            let Ok(held) = self.try_read(register.address, register.words).await? else { continue };
            let (link, unit) = self.place().await?;
            self.noted(Before { suspect: true, ..Before::register(link, unit, register.address, held) })?;
        }
        Ok(())
    }

    /// The name of the link, and the address of the device under test.
    async fn place(&self) -> Result<(String, u8), Judgement> {
        let context = self.context()?;
        let link = context.link.lock().await.name().to_owned();
        Ok((link, context.device.unit))
    }

    fn noted(&mut self, note: Before) -> Judged {
        let context = self.context()?;
        context.restore.changing(&note).map_err(|e| Judgement::Error(e.to_string()))?;
        self.changed.push(note);
        Ok(())
    }

    /// Forgets what was noted, after a look has shown that the device has not changed it.
    ///
    /// # Errors
    /// [`Judgement::Error`] if the journal cannot be written.
    pub(crate) fn forget(&mut self) -> Judged {
        let context = self.context()?;
        for before in self.changed.drain(..) {
            context.restore.put_back(&before).map_err(|e| Judgement::Error(e.to_string()))?;
        }
        Ok(())
    }

    /// Puts back what this case has changed, the last change first. What cannot be put back stays noted.
    ///
    /// # Errors
    /// [`Judgement::Error`] that names what is left.
    pub(crate) async fn undo(&mut self) -> Judged {
        let mut left = Vec::new();
        while let Some(before) = self.changed.pop() {
            let context = self.context()?;
            let result = if before.coil || before.suspect || !before.elsewhere.is_empty() {
                let mut link = context.link.lock().await;
                modbus(&mut link, &before, context.timing.answer, &*self.log).await
            } else {
                let exchange = self.put(before.address, &before.words).await?;
                let taken =
                    matches!(&exchange.seen, Seen::Pdu(pdu) if pdu.first().is_some_and(|c| *c < 0x80));
                if taken { Ok(()) } else { Err(exchange.to_string()) }
            };
            match result {
                Ok(()) => {
                    context.restore.put_back(&before).map_err(|e| Judgement::Error(e.to_string()))?;
                }
                Err(why) => left.push(format!("{before}: {why}")),
            }
        }
        if left.is_empty() {
            Ok(())
        } else {
            Err(Judgement::Error(format!("not put back: {}", left.join("; "))))
        }
    }
}
