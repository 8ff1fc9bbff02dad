//! The running engine: how long from a step of the load to the setpoint that the devices hold, and what many gateways cost.
//!
//! ```text
//! cargo bench --bench engine            # both
//! cargo bench --bench engine -- step    # the first
//! cargo bench --bench engine -- many    # the second
//! ```
//!
//! The first uses the embedded gateway around the SIMULATED shelf, with its servers on loopback. The second uses FAKE
//! gateways: one process of its own that sends each client a report a second, as a gateway with its default poll interval
//! does, and takes no setpoints. What is measured there is the engine's process alone.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod fake;
mod many;
mod step;

use std::process::Command;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let wants = |name: &str| args.iter().any(|a| a == name);
    if wants("fake-gateways") {
        return fake::main();
    }
    // `cargo test --benches` runs this too, and wants no measurement.
    let measure = wants("--bench");
    let both = ["step", "many", "one"].iter().all(|name| !wants(name));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if both || wants("step") {
        runtime.block_on(step::run(if measure { 10 } else { 1 }));
    }
    if let Some(at) = args.iter().position(|a| a == "one") {
        let count = args[at + 1].parse().unwrap();
        let seconds = args[at + 2].parse().unwrap();
        return runtime.block_on(many::run(count, seconds, args[at + 3] == "optimizer"));
    }
    if both || wants("many") {
        let (counts, seconds): (&[usize], _) = if measure { (&[1, 100, 1000], 30) } else { (&[2], 1) };
        for planner in ["nothing", "optimizer"] {
            for count in counts {
                // In a process of its own: memory that one run had does not come back before the next.
                let mut one = Command::new(std::env::current_exe().unwrap());
                one.args(["one", &count.to_string(), &seconds.to_string(), planner]);
                assert!(one.status().unwrap().success());
            }
        }
    }
}
