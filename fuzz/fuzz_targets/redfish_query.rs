//! Query strings, `$filter`, `$select` and `excerpt` of Redfish, on a resource that is anything.
#![no_main]

use dpo_gateway::redfish::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    // The text up to the first NUL is the query or expression, the rest the resource.
    let (query, body) = text.split_once('\0').unwrap_or((&text, "{}"));
    fuzzing::query(query);
    fuzzing::filter(query, &serde_json::from_str(body).unwrap_or_default());
});
