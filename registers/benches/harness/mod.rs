//! Two ways of doing the same, timed in turns in one run, or one of them run so often for an instruction
//! counter.
//!
//! A shared machine is noisy and flips between speeds, so a figure alone says little: the two alternate
//! for many short rounds, and the medians are compared. For figures without noise,
//! `interop/instructions.py` runs the bench under callgrind with `--count NAME TIMES`, twice with
//! different times; the difference is what one call costs.

use std::time::Instant;

/// Rounds of each way.
const ROUNDS: usize = 101;
/// Time of one round.
const ROUND_S: f64 = 0.002;

/// A named peer and our way, and how much of the peer's time ours may take.
pub struct Pair<'f> {
    /// What both do.
    pub name: &'static str,
    /// The peer's name and one call of it.
    pub peer: (&'static str, &'f mut dyn FnMut()),
    /// Our name and one call of it.
    pub ours: (&'static str, &'f mut dyn FnMut()),
    /// Most of our time over the peer's.
    pub bar: f64,
    /// Most of our instructions over the peer's. It is no second form of `bar`: a way that waits for each
    /// step to end takes longer with fewer instructions.
    pub instructions: f64,
}

/// Runs the pairs as the arguments of the program say.
pub fn run(pairs: &mut [Pair<'_>]) {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [_, "--list", ..] => list(pairs),
        [_, "--count", name, times, ..] => count(pairs, name, times.parse().expect("a number of calls")),
        // `cargo test --benches` passes no `--bench`: prove that it works, measure nothing.
        words if words.contains(&"--bench") => pairs.iter_mut().for_each(compare),
        _ => pairs.iter_mut().for_each(|pair| {
            (pair.peer.1)();
            (pair.ours.1)();
            println!("{}: both work", pair.name);
        }),
    }
}

/// Peer, ours and instructions of each pair, for the instruction counter.
fn list(pairs: &[Pair<'_>]) {
    for pair in pairs {
        println!("{}\t{}\t{}\t{}", pair.name, pair.peer.0, pair.ours.0, pair.instructions);
    }
}

fn count(pairs: &mut [Pair<'_>], name: &str, times: usize) {
    let mut ways = pairs.iter_mut().flat_map(|pair| [&mut pair.peer, &mut pair.ours]);
    let (_, call) = ways.find(|(way, _)| *way == name).expect("the name of a way");
    for _ in 0..times {
        call();
    }
}

/// Seconds a call.
fn round(call: &mut dyn FnMut(), calls: usize) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        call();
    }
    start.elapsed().as_secs_f64() / calls as f64
}

fn compare(pair: &mut Pair<'_>) {
    let calls = (ROUND_S / round(pair.peer.1, 100)).max(1.0) as usize;
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for turn in 0..ROUNDS {
        // Neither is always first.
        if turn % 2 == 0 {
            theirs.push(round(pair.peer.1, calls));
            ours.push(round(pair.ours.1, calls));
        } else {
            ours.push(round(pair.ours.1, calls));
            theirs.push(round(pair.peer.1, calls));
        }
    }
    let (theirs, ours) = (median(theirs), median(ours));
    let ratio = ours / theirs;
    println!("{}, median of {ROUNDS} rounds of {calls} calls", pair.name);
    println!("  {:24} {:9.1} ns", pair.peer.0, theirs * 1e9);
    println!("  {:24} {:9.1} ns", pair.ours.0, ours * 1e9);
    let verdict = if ratio <= pair.bar { "met" } else { "MISSED" };
    println!("  ratio                    {ratio:9.3}  bar {} {verdict}", pair.bar);
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
