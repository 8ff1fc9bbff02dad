//! Bodies of Redfish requests, and triggers made of them.
#![no_main]

use dpo_gateway::redfish::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::json(bytes);
    fuzzing::trigger(bytes);
});
