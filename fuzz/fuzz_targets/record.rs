//! Any bytes as a record: CSV, COMTRADE in two files, COMTRADE in one. What is read goes on to the signals of a grid code
//! and its verdict.
//!
//! The first byte chooses the form; for two files, the configuration ends at the first byte FFh.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use dpo_gateway::gridcode::record::{Mapping, comtrade, csv, signals};
use dpo_gateway::gridcode::verdict::{Options, judge};
use dpo_gateway::gridcode::{GridCode, builtin};
use libfuzzer_sys::fuzz_target;

static CODE: LazyLock<GridCode> = LazyLock::new(|| builtin().expect("codes that ship").remove(0));

fuzz_target!(|data: &[u8]| {
    let Some((form, bytes)) = data.split_first() else { return };
    let read = match form % 3 {
        0 => csv::parse(Path::new("r.csv"), bytes, None),
        1 => {
            let end = bytes.iter().position(|b| *b == 0xFF).unwrap_or(bytes.len());
            let dat = bytes.get(end + 1..).unwrap_or_default();
            comtrade::parse(Path::new("r.cfg"), &bytes[..end], Path::new("r.dat"), dat)
        }
        _ => comtrade::parse_cff(Path::new("r.cff"), bytes),
    };
    let Ok(record) = read else { return };
    let count = record.time_s.len();
    assert!(record.time_s.windows(2).all(|w| w[0] <= w[1]), "time runs back");
    assert!(record.channels.iter().all(|c| c.values.len() == count));
    assert!(record.status.iter().all(|c| c.states.len() == count));
    // "Never more memory than a small multiple of the file": 17 bytes a value at the worst, for an ASCII file of
    // single digits and commas, and the list of instants.
    let held = 8 * count * (1 + record.channels.len()) + count * record.status.len();
    assert!(held <= 64 * (data.len() + 64), "{held} bytes held for a file of {}", data.len());
    if let Ok(signals) = signals(&record, &Mapping::default(), &CODE.measurement) {
        let _ = judge(&CODE, &signals, &Options::default());
    }
});
