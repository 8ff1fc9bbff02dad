//! The binary `dpo`: see `dpo --help`.

fn main() -> std::process::ExitCode {
    dpo_gateway::cli::main()
}
