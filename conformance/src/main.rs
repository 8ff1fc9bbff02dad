//! The conformance suite's command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    dpo_conformance::cli::main()
}
