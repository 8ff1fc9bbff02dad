//! Request lines, headers, URIs and bodies of Redfish, as the bytes of a connection to the whole service.
#![no_main]

use dpo_gateway::redfish::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzzing::connection(bytes));
