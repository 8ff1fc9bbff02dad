//! Bodies of Redfish requests.
#![no_main]

use dpo_gateway::redfish::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzzing::json(bytes));
