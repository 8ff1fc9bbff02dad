//! What a rack is built of: the designs that are compared, and single modifications switched on and off.

use super::present::Present;
use crate::control::orchestrator::io::{Armed, BbuArmed, Capabilities, Lines, PsuArmed, Recharge, Support};

/// The modifications that act on a simulated event, by their numbers in `spec/modifications.json`. The others
/// (MOD-01, 02, 08, 12) are documents, limits and registers: they make these possible and act through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Mods {
    /// MOD-03: the shelf measures its AC input.
    pub ac_samples: bool,
    /// MOD-04: the PSU's controller lives from the busbar.
    pub keep_alive: bool,
    /// MOD-05: the restart is deterministic.
    pub restart: bool,
    /// MOD-06: the PSU draws power below 180 V.
    pub low_line: bool,
    /// MOD-07: the output walks in along a slope.
    pub walk_in: bool,
    /// MOD-09: battery units share by their charge.
    pub share: bool,
    /// MOD-10: battery units support on command.
    pub support: bool,
    /// MOD-11: recharge is staged.
    pub recharge: bool,
}

impl Mods {
    /// None of them.
    pub const NONE: Self = Self {
        ac_samples: false,
        keep_alive: false,
        restart: false,
        low_line: false,
        walk_in: false,
        share: false,
        support: false,
        recharge: false,
    };
    /// All of them.
    pub const ALL: Self = Self {
        ac_samples: true,
        keep_alive: true,
        restart: true,
        low_line: true,
        walk_in: true,
        share: true,
        support: true,
        recharge: true,
    };

    /// Those that are there, by name.
    pub fn names(&self) -> Vec<&'static str> {
        [
            (self.ac_samples, "MOD-03"),
            (self.keep_alive, "MOD-04"),
            (self.restart, "MOD-05"),
            (self.low_line, "MOD-06"),
            (self.walk_in, "MOD-07"),
            (self.share, "MOD-09"),
            (self.support, "MOD-10"),
            (self.recharge, "MOD-11"),
        ]
        .into_iter()
        .filter_map(|(there, name)| there.then_some(name))
        .collect()
    }

    /// Whether a PSU needs the block `dpo-psu` for them.
    pub fn psu_block(&self) -> bool {
        self.keep_alive || self.restart || self.low_line || self.walk_in
    }

    /// Whether a BBU needs the block `dpo-bbu` for them.
    pub fn bbu_block(&self) -> bool {
        self.share || self.support || self.recharge
    }

    /// What a gateway of these modifications can do.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities {
            ac_samples: self.ac_samples,
            support_line: self.support,
            psu_block: self.psu_block(),
            bbu_block: self.bbu_block(),
        }
    }

    /// What is left of settings where a device lacks the modification that knows them.
    pub fn armed(&self, armed: &Armed) -> Armed {
        let psu = PsuArmed {
            keep_alive: armed.psu.keep_alive.filter(|_| self.keep_alive),
            restart_delay_s: armed.psu.restart_delay_s.filter(|_| self.restart),
            low_line: armed.psu.low_line.filter(|_| self.low_line),
            walk_in: armed.psu.walk_in.filter(|_| self.walk_in),
        };
        let bbu = armed.bbu.map(|bbu| BbuArmed {
            support: if self.support { bbu.support } else { Support::Base },
            share: bbu.share.filter(|_| self.share),
            // Today's registers hold and limit the charge as well (delay and current), without a slope.
            recharge: if self.recharge || !self.bbu_block() { bbu.recharge } else { Recharge::Base },
        });
        Armed { psu, bbu }
    }

    /// What the devices see of the lines: the hold line belongs to the walk-in.
    pub fn lines(&self, lines: Lines) -> Lines {
        Lines { support: lines.support && self.support, hold: lines.hold && self.walk_in }
    }
}

/// A design to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Design {
    /// Devices of today and no gateway.
    Conventional,
    /// Devices of today behind a gateway that uses their present registers and lines.
    Today,
    /// The twelve modifications.
    Modified,
    /// A gateway with some of the modifications.
    Some(Mods),
    /// Devices of today behind a gateway that tries another strategy with their present registers.
    Present(Present),
}

impl Design {
    /// The three that every scenario is run for.
    pub const ALL: [Self; 3] = [Self::Conventional, Self::Today, Self::Modified];

    /// The name in files.
    pub fn id(&self) -> String {
        match self {
            Self::Conventional => "conventional".to_owned(),
            Self::Today => "today".to_owned(),
            Self::Modified => "modified".to_owned(),
            Self::Some(mods) if *mods == Mods::NONE => "gateway".to_owned(),
            Self::Some(mods) => mods.names().join("+").to_lowercase(),
            Self::Present(present) => present.id().to_owned(),
        }
    }

    /// The name for people.
    pub fn title(&self) -> String {
        match self {
            Self::Conventional => "conventional: no gateway".to_owned(),
            Self::Today => "DPO on today's devices".to_owned(),
            Self::Modified => "DPO with the modifications".to_owned(),
            Self::Some(mods) if *mods == Mods::NONE => "DPO without modifications".to_owned(),
            Self::Some(mods) => format!("DPO with {}", mods.names().join(", ")),
            Self::Present(present) => format!("DPO on today's devices: {}", present.title()),
        }
    }

    /// The modifications; `None` without a gateway.
    pub fn mods(&self) -> Option<Mods> {
        match self {
            Self::Conventional => None,
            Self::Today | Self::Present(_) => Some(Mods::NONE),
            Self::Modified => Some(Mods::ALL),
            Self::Some(mods) => Some(*mods),
        }
    }

    /// What the gateway does with registers of today besides; the recharge alone but for [`Self::Present`].
    pub const fn present(&self) -> Present {
        match self {
            Self::Present(present) => *present,
            _ => Present::Recharge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dpo_registers::units::{Volts, Watts};

    #[test]
    fn the_ends_are_the_capabilities_of_the_contract() {
        assert_eq!(Mods::NONE.capabilities(), Capabilities::TODAY);
        assert_eq!(Mods::ALL.capabilities(), Capabilities::MODIFIED);
        assert_eq!(Mods::ALL.names().len(), 8);
    }

    #[test]
    fn a_setting_reaches_only_a_device_with_its_modification() {
        let mut armed = Armed::default();
        armed.psu.keep_alive = Some(Volts(44.0));
        armed.psu.restart_delay_s = Some(0.0);
        armed.bbu[1].support = Support::Power(Watts(100.0));
        armed.bbu[1].recharge = Recharge::Hold;
        assert_eq!(Mods::ALL.armed(&armed), armed);
        let only = Mods { keep_alive: true, ..Mods::NONE }.armed(&armed);
        assert_eq!(only.psu, PsuArmed { keep_alive: armed.psu.keep_alive, ..PsuArmed::default() });
        assert_eq!(only.bbu[1], BbuArmed { recharge: Recharge::Hold, ..BbuArmed::default() });
        let support = Mods { support: true, ..Mods::NONE }.armed(&armed);
        assert_eq!(support.bbu[1].recharge, Recharge::Base);
        assert_eq!(support.bbu[1].support, armed.bbu[1].support);
    }
}
