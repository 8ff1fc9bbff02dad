//! The shelf as typed devices, whatever map they implement.
//!
//! - [`reading`]: what a PSU or BBU reports.
//! - [`discover`]: which addresses hold which map.
//! - [`planner`] and [`link`]: merged reads, and registers a device turns out not to have.
//! - [`psu`] and [`bbu`]: from register words to readings.
//! - [`choice`]: which reading holds where the sources of a map disagree.
//! - [`writer`] and [`journal`]: the only way a register is written; [`pmbus`]: the same for PMBus commands;
//!   [`setpoint`]: the setpoint of a PSU over either.

pub mod bbu;
pub mod choice;
pub mod discover;
pub mod journal;
pub mod link;
pub mod mutant;
pub mod planner;
pub mod pmbus;
pub mod psu;
pub mod reading;
pub mod setpoint;
#[cfg(test)]
pub(crate) mod testing;
pub mod writer;

use dpo_registers::codec::Text;
use dpo_registers::map::MapInfo;
use dpo_registers::register::Words;

use link::WordView;
use reading::Alarm;

/// Text that holds something.
fn text<const N: usize>(text: Option<Text<N>>) -> Option<String> {
    text?.as_str().map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned)
}

/// The bits that are set in the named flag registers, with their names from the map. `quiet` names bits
/// that are not alarms, as (register, bit).
fn alarms(
    map: &'static MapInfo,
    registers: &[&str],
    quiet: &[(&str, &str)],
    words: WordView<'_>,
) -> Vec<Alarm> {
    let mut set = Vec::new();
    for info in registers.iter().filter_map(|id| map.register(id)) {
        let last = info.address.saturating_add(info.words.saturating_sub(1));
        let Some(held) = (info.address..=last).map(|at| words.word(at)).collect::<Option<Vec<_>>>() else {
            continue;
        };
        let Some(raw) = info.raw(&held) else { continue };
        for bit in info.bits.iter().filter(|b| b.width == 1 && (raw >> b.bit) & 1 == 1) {
            if !quiet.contains(&(info.id, bit.id)) {
                set.push(Alarm { register: info.id, bit: bit.id, name: bit.name });
            }
        }
    }
    set
}
