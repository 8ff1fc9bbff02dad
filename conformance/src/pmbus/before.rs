//! What a case is about to change on a PMBus device, read and noted before the write goes out, and put back when the
//! case has ended, or by `restore` after a kill.
//!
//! Noted is every setting that the map reads and writes, whatever step writes it. Bits that are cleared by writing ones,
//! and commands without data, have nothing that could be put back.

use dpo_gateway::maps::model::Access;
use dpo_gateway::maps::pmbus::model::{Command, Read};
use dpo_registers::codec::pmbus::pec;

use super::{PmbusPlan, PmbusWorld, asks};
use crate::restore::{BusBefore, Restore};
use crate::transport::guard::Allowed;
use crate::transport::smbus::{Came, GENERAL_CALL, Part, SmbusGuard, SmbusLink};
use crate::transport::{LinkError, NoLog, hex};
use crate::world::{Judged, Judgement};

/// Code of PAGE.
const PAGE: u8 = 0x00;
/// PAGE of all pages at once.
const ALL_PAGES: u8 = 0xFF;
/// Code of PAGE_PLUS_WRITE.
const PAGE_PLUS_WRITE: u8 = 0x05;
/// Code of WRITE_PROTECT.
const PROTECT: u8 = 0x10;
/// Its value that lets every write through.
const OPEN: u8 = 0x00;

/// What may be sent to a device, by its map.
pub(crate) fn guard(device: &PmbusPlan, allowed: Allowed) -> SmbusGuard {
    let request = |c: &Command| {
        let bytes = c.request.iter().map(|f| usize::from(f.at) + usize::from(f.bytes)).max().unwrap_or(0);
        (c.code, bytes + 1)
    };
    SmbusGuard {
        allowed,
        addresses: std::iter::once(device.address).chain(device.second).collect(),
        hazards: device.map.hazards.iter().map(|h| (h.first, h.last)).collect(),
        calls: device.map.commands.iter().filter(|c| asks(c)).map(request).collect(),
    }
}

/// A write to a setting: the page if it names one, the bytes behind that.
fn inner(bytes: &[u8]) -> Option<(Option<u8>, &[u8])> {
    match bytes {
        [PAGE_PLUS_WRITE, _, page, rest @ ..] if !rest.is_empty() => Some((Some(*page), rest)),
        [PAGE_PLUS_WRITE, ..] | [] => None,
        bytes => Some((None, bytes)),
    }
}

/// Reads what is there.
async fn raw(link: &SmbusLink, note: &BusBefore, len: usize) -> Result<Option<Vec<u8>>, LinkError> {
    let parts = [Part::Write(note.address, note.request.clone()), Part::Read(note.address, len)];
    match link.transfer(&parts, &NoLog).await? {
        // A device that does not drive the line reads as ones.
        Came::Bytes(bytes) if bytes.iter().any(|byte| *byte != 0xFF) || len < 2 => Ok(Some(bytes)),
        _ => Ok(None),
    }
}

/// Writes with the packet error code, as the cases do.
async fn put(link: &SmbusLink, address: u8, bytes: &[u8]) -> Result<(), LinkError> {
    let code = pec(&[&[address << 1], bytes].concat());
    link.transfer(&[Part::Write(address, [bytes, &[code]].concat())], &NoLog).await.map(drop)
}

/// Writes noted settings back, the last change first. Protection is lifted before and set again behind everything else,
/// PAGE before it.
///
/// # Errors
/// What could not be put back, in words; the rest was.
pub(crate) async fn put_back(link: &SmbusLink, restore: &Restore, notes: &[BusBefore]) -> Result<(), String> {
    let mut left = Vec::new();
    for address in notes.iter().filter(|n| n.request == [PROTECT]).map(|n| n.address) {
        if let Err(error) = put(link, address, &[PROTECT, OPEN]).await {
            left.push(error.to_string());
        }
    }
    let place = |note: &BusBefore| match note.request.as_slice() {
        [PAGE] => 1,
        [PROTECT] => 2,
        _ => 0,
    };
    let mut ordered: Vec<&BusBefore> = notes.iter().rev().collect();
    ordered.sort_by_key(|note| place(note));
    for note in ordered {
        let result = one(link, note).await;
        match result {
            Ok(true) => restore.bus_put_back(note).map_err(|e| e.to_string())?,
            Ok(false) => left.push(format!("{note}: it reads otherwise after the write")),
            Err(error) => left.push(format!("{note}: {error}")),
        }
    }
    if left.is_empty() { Ok(()) } else { Err(left.join("; ")) }
}

/// Puts one setting back, if it is not there already. Whether it then is.
async fn one(link: &SmbusLink, note: &BusBefore) -> Result<bool, LinkError> {
    let own = BusBefore { page: None, request: vec![PAGE], ..note.clone() };
    let page = match note.page {
        Some(page) => {
            let held = raw(link, &own, 1).await?;
            put(link, note.address, &[PAGE, page]).await?;
            held
        }
        None => None,
    };
    let len = note.raw.len();
    let mut held = raw(link, note, len).await?;
    if held.as_ref() != Some(&note.raw) {
        put(link, note.address, &note.write).await?;
        held = raw(link, note, len).await?;
    }
    if let Some(page) = page.as_deref().and_then(<[u8]>::first) {
        put(link, note.address, &[PAGE, *page]).await?;
    }
    Ok(held.as_ref() == Some(&note.raw))
}

impl PmbusWorld {
    /// Notes the settings that a transfer writes, so that [`PmbusWorld::undo`] puts them back.
    ///
    /// # Errors
    /// [`Judgement::Error`] if it cannot be noted, and then nothing may be written.
    pub(crate) async fn note_before(&mut self, parts: &[Part]) -> Judged {
        if !self.context()?.writes {
            return Ok(());
        }
        if !std::mem::replace(&mut self.began, true) {
            self.note_page().await?;
        }
        for (nth, part) in parts.iter().enumerate() {
            let Part::Write(to, bytes) = part else { continue };
            // A write before a read of the same device only asks.
            if matches!(parts.get(nth + 1), Some(Part::Read(from, _)) if from == to) {
                continue;
            }
            let plan = &self.context()?.plan.clone();
            let all = [Some(plan.address), plan.second];
            let addresses = if *to == GENERAL_CALL { all } else { [Some(*to), None] };
            for address in addresses.into_iter().flatten() {
                self.note_one(address, bytes).await?;
            }
        }
        Ok(())
    }

    /// Notes the page that is selected when a case begins, of a device with several.
    async fn note_page(&mut self) -> Judged {
        let context = self.context()?;
        let selects = context.plan.map.commands.iter().find(|c| c.code == PAGE && c.read.is_some());
        let Some(selects) = selects.filter(|_| context.plan.map.bus.pages > 1) else { return Ok(()) };
        let (bus, address) = (context.plan.port.name().to_owned(), context.plan.address);
        let (request, raw, write) = (vec![PAGE], Vec::new(), Vec::new());
        self.note_held(selects, BusBefore { bus, address, page: None, request, raw, write }).await
    }

    async fn note_one(&mut self, address: u8, bytes: &[u8]) -> Judged {
        let context = self.context()?;
        let Some((page, rest)) = inner(bytes) else { return Ok(()) };
        let own = |c: &&Command| Some(&c.code) == rest.first() && context.known.contains(&c.code);
        let setting = |c: &&Command| c.access == Access::Rw && c.write.is_some() && c.extended.is_none();
        let command = context.plan.map.commands.iter().filter(own).find(setting);
        let Some((command, read)) = command.and_then(|c| Some((c, c.read?))) else { return Ok(()) };
        let request = match (read, rest) {
            // SMBALERT_MASK and the like: a setting for each byte that is asked with.
            (Read::BlockProcessCall, [code, asked, ..]) => vec![*code, 1, *asked],
            (read, _) if read.asks() => return Ok(()),
            _ => vec![command.code],
        };
        let paged = context.plan.map.bus.pages > 1 && command.code != PAGE && command.code != PROTECT;
        let note = BusBefore {
            bus: context.plan.port.name().to_owned(),
            address,
            page: None,
            request,
            raw: Vec::new(),
            write: Vec::new(),
        };
        if !paged {
            return self.note_held(command, note).await;
        }
        let held = raw(&context.link, &BusBefore { request: vec![PAGE], ..note.clone() }, 1).await?;
        let held = held.and_then(|bytes| bytes.first().copied());
        let pages = match page.or(held) {
            Some(ALL_PAGES) | None => (0..context.plan.map.bus.pages).collect(),
            Some(page) => vec![page],
        };
        for page in pages {
            if held != Some(page) {
                put(&context.link, address, &[PAGE, page]).await?;
            }
            let looked = self.note_held(command, BusBefore { page: Some(page), ..note.clone() }).await;
            if let Some(held) = held.filter(|held| *held != page) {
                put(&context.link, address, &[PAGE, held]).await?;
            }
            looked?;
        }
        Ok(())
    }

    /// Reads a setting on the page that is selected, and notes it.
    async fn note_held(&mut self, command: &Command, mut note: BusBefore) -> Judged {
        let context = self.context()?;
        if self.changed.iter().any(|known| known.same_place(&note)) {
            return Ok(());
        }
        let block = matches!(command.read, Some(Read::ReadBlock | Read::BlockProcessCall));
        let len = match command.read.and_then(Read::bytes) {
            Some(bytes) if !block => usize::from(bytes),
            _ => match raw(&context.link, &note, 1).await?.as_deref() {
                Some([count]) => 1 + usize::from(*count),
                _ => return Ok(()),
            },
        };
        // What does not answer has nothing that could be put back; the case itself judges that.
        let Some(held) = raw(&context.link, &note, len).await? else { return Ok(()) };
        note.write = match note.request.as_slice() {
            [code, 1, asked] => [&[*code, *asked], held.get(1..).unwrap_or_default()].concat(),
            _ => [&[command.code], held.as_slice()].concat(),
        };
        note.raw = held;
        context.restore.bus_changing(&note).map_err(|e| Judgement::Error(e.to_string()))?;
        self.changed.push(note);
        Ok(())
    }

    /// Puts back what this case has changed. What cannot be put back stays noted.
    ///
    /// # Errors
    /// [`Judgement::Error`] that names what is left.
    pub(crate) async fn undo(&mut self) -> Judged {
        let notes = std::mem::take(&mut self.changed);
        if notes.is_empty() {
            return Ok(());
        }
        let context = self.context()?;
        let done = put_back(&context.link, &context.restore, &notes).await;
        done.map_err(|left| Judgement::Error(format!("not put back: {left}")))
    }
}

impl std::fmt::Display for BusBefore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.request.first().copied().unwrap_or_default();
        write!(f, "command {code:02X}h of {:02X}h on {}", self.address, self.bus)?;
        if let Some(page) = self.page {
            write!(f, ", page {page}")?;
        }
        write!(f, ": {}", hex(&self.raw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::Played;
    use crate::selftest::specimen_supply;

    const VOUT: u8 = 0x21;

    /// A world that writes to a fresh supply of the specimen, and notes in a file.
    fn world(journal: &std::path::Path) -> (PmbusWorld, PmbusPlan) {
        let plan = specimen_supply();
        let allowed = Allowed { writes: true, disruptive: false };
        let link = SmbusLink::new(plan.port.clone(), guard(&plan, allowed), None);
        let context = super::super::PmbusContext {
            known: plan.map.commands.iter().map(|c| c.code).collect(),
            plan: plan.clone(),
            link,
            claims: Default::default(),
            effort: Default::default(),
            writes: true,
            restore: Restore::open(journal).unwrap(),
            logs: Default::default(),
        };
        let mut world = PmbusWorld::default();
        world.begin(std::sync::Arc::new(context), "PM-CMD-001");
        (world, plan)
    }

    /// VOUT_COMMAND of each page, WRITE_PROTECT, PAGE, and the mask of STATUS_CML.
    fn state(plan: &PmbusPlan) -> Vec<Vec<u8>> {
        let ask = |request: &[u8], len| {
            let parts = [Part::Write(plan.address, request.to_vec()), Part::Read(plan.address, len)];
            match plan.port.blocking(&parts) {
                Ok(Came::Bytes(bytes)) => bytes,
                other => panic!("{other:?}"),
            }
        };
        let vout = |page| ask(&[0x06, 2, page, VOUT], 3);
        vec![vout(0), vout(1), ask(&[PROTECT], 1), ask(&[PAGE], 1), ask(&[0x1B, 1, 0x7E], 2)]
    }

    /// What a case might do: both pages at once, one alone, a mask, and protection last.
    async fn meddle(world: &mut PmbusWorld, own: u8) {
        let writes: [&[u8]; 6] = [
            &[PAGE, ALL_PAGES],
            &[VOUT, 0x00, 0x60],
            &[PAGE, 1],
            &[PAGE_PLUS_WRITE, 4, 0, VOUT, 0x10, 0x60],
            &[0x1B, 0x7E, 0x80],
            &[PROTECT, 0x80],
        ];
        for bytes in writes {
            world.transfer(&[Part::Write(own, bytes.to_vec())]).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_case_that_ends_anywhere_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal");
        let (mut world, plan) = world(&journal);
        let before = state(&plan);
        meddle(&mut world, plan.address).await;
        let now = state(&plan);
        assert!(before.iter().zip(&now).all(|(a, b)| a != b), "{before:02X?}, then {now:02X?}");
        assert!(journal.exists());
        world.undo().await.unwrap();
        assert_eq!(state(&plan), before);
        assert!(!journal.exists());
    }

    #[tokio::test]
    async fn what_a_killed_run_has_left_is_put_back_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal");
        let (mut world, plan) = world(&journal);
        let before = state(&plan);
        meddle(&mut world, plan.address).await;
        // Nothing of the run is left but the file.
        drop(world);
        let notes = Restore::open(&journal).unwrap();
        assert!(!notes.is_empty() && notes.pending().is_empty());
        let link = SmbusLink::new(
            plan.port.clone(),
            guard(&plan, Allowed { writes: true, disruptive: false }),
            None,
        );
        put_back(&link, &notes, &notes.bus_pending()).await.unwrap();
        assert_eq!(state(&plan), before);
        assert!(!journal.exists());
    }

    #[tokio::test]
    async fn reads_and_actions_note_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal");
        let (mut world, plan) = world(&journal);
        let own = plan.address;
        world.transfer(&[Part::Write(own, vec![VOUT]), Part::Read(own, 2)]).await.unwrap();
        world.transfer(&[Part::Write(own, vec![0x03])]).await.unwrap();
        world.transfer(&[Part::Write(own, vec![0x7E, 0xFF])]).await.unwrap();
        // The page is noted when a case begins, and nothing else.
        let noted: Vec<_> = world.changed.iter().map(|note| note.request.clone()).collect();
        assert_eq!(noted, [[PAGE]]);
    }
}
