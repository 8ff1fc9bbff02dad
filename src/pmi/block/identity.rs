//! Who the gateway is, what it can do, and how large the shelf is.

use dpo_registers::generated::dpo_pmi::{self, Capabilities, reg};

use super::{Block, Source, length};
use crate::shelf::reading::{DeviceView, Presence};

const MAGIC: u32 = 0x4450_4F31;

/// What each gateway of this project does. A register that depends on another capability takes no write.
pub(in crate::pmi) const CLAIMED: Capabilities = Capabilities::LEASE
    .union(Capabilities::INPUT_POWER_LIMIT)
    .union(Capabilities::BBU_DISCHARGE)
    .union(Capabilities::MEASUREMENTS)
    .union(Capabilities::EVENT_COUNTERS)
    .union(Capabilities::TIME)
    .union(Capabilities::STATE_DETAIL)
    .union(Capabilities::DELIVERABLE)
    .union(Capabilities::EVENT_LOG)
    .union(Capabilities::SETPOINT_COMMIT);

/// What a local fast path adds, whether or not its measurement works at the moment. Nothing of it can be written.
const FAST: Capabilities = Capabilities::AC_HALF_CYCLE.union(Capabilities::ROCOF);

impl Block {
    pub(super) fn fill_identity(&mut self, source: &Source<'_>) {
        let (major, minor, _) = dpo_pmi::MAP.version;
        self.put::<reg::BlockMagic>(Some(MAGIC));
        self.put::<reg::MapVersionMajor>(Some(major));
        self.put::<reg::MapVersionMinor>(Some(minor));
        self.put::<reg::BlockWords>(Some(length()));
        self.put::<reg::Manufacturer>(Some(source.identity.manufacturer));
        self.put::<reg::Model>(Some(source.identity.model));
        self.put::<reg::Serial>(Some(source.identity.serial));
        self.put::<reg::Firmware>(Some(source.identity.firmware));
        let fast = if source.fast.is_some() { FAST } else { Capabilities(0) };
        self.put::<reg::Capabilities>(Some(CLAIMED.union(fast)));
        let snapshot = source.snapshot;
        self.put::<reg::PsuSlots>(u16::try_from(snapshot.psus.len()).ok());
        self.put::<reg::BbuSlots>(u16::try_from(snapshot.bbus.len()).ok());
        self.put::<reg::PsusPresent>(present(&snapshot.psus));
        self.put::<reg::BbusPresent>(present(&snapshot.bbus));
        self.put::<reg::RatedPower>(Some(snapshot.totals.rated_power));
    }
}

fn present<T>(devices: &[DeviceView<T>]) -> Option<u16> {
    u16::try_from(devices.iter().filter(|d| d.presence == Presence::Present).count()).ok()
}
