//! Bus time to refresh every register that is polled and not static.

use std::time::Duration;

use dpo_gateway::bus::line::run;
use dpo_gateway::bus::read_holding;
use dpo_gateway::registers::map::{Access, MapInfo, PollClass, RegisterInfo};
use dpo_gateway::shelf::planner::{Learned, Span, plan, total};

use crate::devices::{inferred, line, shelf};
use crate::{TURNAROUND, bar, formula};

const CLASSES: [PollClass; 2] = [PollClass::Fast, PollClass::Slow];
/// Words in one read of rackmond.
const RACKMOND: u16 = 120;

fn polled(map: &MapInfo) -> impl Iterator<Item = &RegisterInfo> {
    let readable = |r: &&RegisterInfo| !matches!(r.access, Access::WriteOnly | Access::Command);
    map.registers.iter().filter(|r| CLASSES.contains(&r.poll)).filter(readable)
}

/// One read a register.
fn single(map: &MapInfo) -> Vec<Span> {
    polled(map).map(|r| Span { address: r.address, words: r.words }).collect()
}

/// Touching registers merged.
pub fn merged(map: &MapInfo) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for r in polled(map) {
        match spans.last_mut() {
            Some(last) if last.end() == u32::from(r.address) && last.words + r.words <= RACKMOND => {
                last.words += r.words;
            }
            _ => spans.push(Span { address: r.address, words: r.words }),
        }
    }
    spans
}

/// Least time for the registers of a map, by a dynamic program from the back over single words: independent of the
/// planner's own, which goes forward over registers.
fn optimum(map: &MapInfo, wire_time: impl Fn(usize, usize) -> Duration) -> Duration {
    let wanted: Vec<(u32, u32)> =
        polled(map).map(|r| (u32::from(r.address), u32::from(r.address + r.words))).collect();
    let free = |at: u32| {
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        match map.register_at(at) {
            Some(r) => !matches!(r.access, Access::WriteOnly | Access::Command),
            None => {
                (map.readable(at) || inferred(map).iter().any(|(a, b)| (*a..=*b).contains(&at)))
                    && !map.hazardous(at)
            }
        }
    };
    let mut least = vec![Duration::ZERO; wanted.len() + 1];
    for (k, (first, own)) in wanted.iter().enumerate().rev() {
        let mut best = Duration::MAX;
        for end in *own..=first + u32::from(map.bus.max_read_words) {
            if !(*first..end).all(free) {
                break;
            }
            let done = wanted.iter().filter(|(_, e)| *e <= end).count();
            best = best.min(wire_time(5, 2 + 2 * (end - first) as usize) + least[done]);
        }
        least[k] = best;
    }
    least[0]
}

/// Virtual time that reads take on the line: the refused ones and their parts included, as the link sends them.
fn measured(
    baud: u32,
    turnaround: Duration,
    inferred: bool,
    reads: Vec<(u8, Vec<Span>)>,
) -> (Duration, usize) {
    run(move |clock| async move {
        let bus = line(&clock, baud, turnaround, inferred);
        let begin = clock.now();
        let mut requests = 0;
        for (unit, spans) in reads {
            for span in spans {
                read_holding(&bus, unit, span.address, span.words).await.unwrap();
                requests += 1;
            }
        }
        (clock.now() - begin, requests)
    })
    .unwrap()
}

fn all(of: impl Fn(&'static MapInfo) -> Vec<Span>) -> Vec<(u8, Vec<Span>)> {
    shelf().into_iter().map(|(unit, map)| (unit, of(map))).collect()
}

/// Prints the table of a baud rate; whether the bars are kept.
pub fn report(baud: u32, most_single: f64, most_merged: f64) -> bool {
    let time = formula(baud, TURNAROUND);
    println!("Refresh at {baud} baud, 8E1, devices that take {TURNAROUND:?} beyond t3.5");
    println!("  {:<52} {:>8} {:>12} {:>12}", "", "requests", "measured", "formula");
    let row = |name: &str, inferred: bool, reads: Vec<(u8, Vec<Span>)>| {
        let by_formula: Duration = reads.iter().map(|(_, spans)| total(spans, &time)).sum();
        let (took, requests) = measured(baud, TURNAROUND, inferred, reads);
        let ms = |d: Duration| d.as_secs_f64() * 1e3;
        println!("  {name:<52} {requests:>8} {:>9.1} ms {:>9.1} ms", ms(took), ms(by_formula));
        (took.as_secs_f64(), by_formula)
    };
    let (one, _) = row("(a) one read a register", true, all(single));
    let (touching, _) = row("(b) touching registers, at most 120 words", true, all(merged));
    let planned = |map: &'static MapInfo| plan(map, &CLASSES, &Learned::inferring(map, inferred(map)), &time);
    let (took, by_formula) = row("planned", true, all(planned));
    // What a device that refuses every inferred gap has taught.
    let refusing = |map: &'static MapInfo| plan(map, &CLASSES, &Learned::nothing(map), &time);
    let (without, _) = row("planned, where devices refuse the inferred gaps", false, all(refusing));
    let best: Duration = shelf().iter().map(|(_, map)| optimum(map, time)).sum();
    println!("  optimum by an independent dynamic program: {:.1} ms", best.as_secs_f64() * 1e3);
    println!(
        "  without the inferred gaps: {:.3} of (a), {:.3} of (b); no bar",
        without / one,
        without / touching
    );
    let kept = [
        bar("planned over (a)", took / one, most_single),
        bar("planned over (b)", took / touching, most_merged),
        bar("measured over formula", took / by_formula.as_secs_f64(), 1.05),
        bar("plan over optimum", by_formula.as_secs_f64() / best.as_secs_f64(), 1.0),
    ];
    println!();
    kept.into_iter().all(|kept| kept)
}
