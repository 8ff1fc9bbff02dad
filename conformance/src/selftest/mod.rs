//! Tests the tests.

use std::io::Write;

/// Lists the mutants.
///
/// # Errors
/// Why the list could not be written.
pub fn list(_: &mut dyn Write) -> Result<u8, String> {
    Err("no mutants yet".into())
}

/// Runs the self-test.
///
/// # Errors
/// Why nothing could be judged.
pub async fn run(_: Option<&str>, _: &mut dyn Write) -> Result<u8, String> {
    Err("no mutants yet".into())
}
