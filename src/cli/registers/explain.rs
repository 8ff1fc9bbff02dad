//! `dpo registers explain`.

use std::io::{self, Write};

use clap::Args;

use super::{OK, fail};
use crate::maps::{Help, Rule};

/// What to explain.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Code (`M033`) or name (`overlap`) of a rule; without it all are listed.
    rule: Option<String>,
    /// All rules as a page in Markdown, as in registers/RULES.md.
    #[arg(long, conflicts_with = "rule")]
    page: bool,
}

pub(super) fn run(args: &ExplainArgs, out: &mut dyn Write) -> io::Result<u8> {
    if args.page {
        write!(out, "{}", Help::page())?;
        return Ok(OK);
    }
    let Some(asked) = &args.rule else {
        let width = Rule::ALL.iter().map(|r| r.name().len()).max().unwrap_or_default();
        for rule in Rule::ALL {
            writeln!(out, "{}  {:width$}  {}", rule.code(), rule.name(), rule.summary())?;
        }
        return Ok(OK);
    };
    match Rule::find(asked) {
        Ok(rule) => {
            write!(out, "{}", Help::of(rule))?;
            Ok(OK)
        }
        Err(unknown) => fail(out, &unknown.to_string()),
    }
}
