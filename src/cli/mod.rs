//! The command line of `dpo`, one module a subcommand.

pub mod registers;
