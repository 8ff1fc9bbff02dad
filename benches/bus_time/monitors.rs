//! HPR shelves, whose monitoring module (PMM) republishes a few registers of its modules: whether reading them there
//! saves bus time. Printed, without a bar: the figure behind `spec/decisions/0008-poll-schedule.md`.

use std::time::Duration;

use dpo_gateway::registers::generated::{orv3_hpr_bbu, orv3_hpr_pmm_bbu, orv3_hpr_pmm_psu, orv3_hpr_psu};
use dpo_gateway::registers::map::{MapInfo, PollClass};
use dpo_gateway::shelf::planner::{Learned, cost, plan, total};

use crate::{TURNAROUND, formula};

const MODULES: u32 = 6;
/// The rate of the HPR maps.
const BAUD: u32 = 115_200;

/// The register of a module that the monitor's register is a copy of.
fn original<'a>(monitor: &str, module: &'a MapInfo) -> Option<&'a dpo_gateway::registers::map::RegisterInfo> {
    let rest = monitor.strip_prefix("module")?;
    module.register(rest.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix('_')?)
}

/// Prints what the fast class costs with and without the copies.
pub fn report() {
    let time = formula(BAUD, TURNAROUND);
    println!("Fast class of an HPR shelf of {MODULES} modules at {BAUD} baud, by the wire-time formula");
    for (name, module, monitor) in [
        ("PSU", &orv3_hpr_psu::MAP, &orv3_hpr_pmm_psu::MAP),
        ("BBU", &orv3_hpr_bbu::MAP, &orv3_hpr_pmm_bbu::MAP),
    ] {
        let copies: Vec<_> = monitor.registers.iter().filter(|r| original(r.id, module).is_some()).collect();
        let mut without = Learned::nothing(module);
        without.disabled.extend(copies.iter().filter_map(|r| original(r.id, module)).map(|r| r.address));
        let mut only_copies = Learned::nothing(monitor);
        only_copies
            .disabled
            .extend(monitor.registers.iter().filter(|r| original(r.id, module).is_none()).map(|r| r.address));
        let each =
            |learned: &Learned| total(&plan(module, &[PollClass::Fast], learned, &time), &time) * MODULES;
        let blocks = total(&plan(monitor, &[PollClass::Fast], &only_copies, &time), &time);
        let words = copies
            .last()
            .zip(copies.first())
            .map_or(0, |(last, first)| last.address + last.words - first.address);
        let ms = |d: Duration| d.as_secs_f64() * 1e3;
        let (alone, rest) = (each(&Learned::nothing(module)), each(&without));
        println!(
            "  {name}: each module {:.1} ms; without the {} copied registers {:.1} ms and the copies {:.1} ms, or {:.1} \
             ms if the words between the blocks could be read: {:.3} or {:.3} of it",
            ms(alone),
            copies.len() / MODULES as usize,
            ms(rest),
            ms(blocks),
            ms(cost(words, &time)),
            ms(rest + blocks) / ms(alone),
            ms(rest + cost(words, &time)) / ms(alone),
        );
    }
    println!();
}
