//! Commands on reports that were written before: `verify`, `render`, `results`, `keygen`.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::outcome::Verdict;
use crate::report::key::{SigningKey, check_public};
use crate::report::verify::{Handed, VerifyError};
use crate::report::{Format, Report};
use crate::results;

pub(super) fn verify(path: &Path, key: Option<&str>) -> Result<u8, String> {
    let key = key.map(check_public).transpose().map_err(|e| e.to_string())?;
    let checked = match Handed::open(path) {
        Ok(handed) => handed.check(key.as_deref()),
        Err(error @ VerifyError::Io(_)) => return Err(format!("{}: {error}", path.display())),
        // It was read, and it does not hold.
        Err(error) => {
            writeln!(std::io::stdout(), "report:    {}: {error}", path.display())
                .map_err(|e| e.to_string())?;
            return Ok(1);
        }
    };
    write!(std::io::stdout(), "{checked}").map_err(|e| e.to_string())?;
    if checked.holds() && !checked.signer_known() {
        return Err(format!(
            "{}: the report is whole, but anybody can sign one anew: say with --key whose it must be",
            path.display()
        ));
    }
    Ok(u8::from(!checked.holds()))
}

fn handed(path: &Path) -> Result<Handed, String> {
    Handed::open(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(super) fn render(path: &Path, format: Format, output: Option<&PathBuf>) -> Result<u8, String> {
    if format == Format::Json {
        return Err("a JSON report is signed by who ran it and cannot be made again".into());
    }
    let handed = handed(path)?;
    let mut report = Report::open(format, output).map_err(|e| e.to_string())?;
    let write = |report: &mut Report| {
        report.begin(&handed.header)?;
        handed.records.iter().try_for_each(|record| report.record(record))?;
        report.end(&handed.header, &handed.records, &Verdict::judge(&handed.records, handed.header.strict))
    };
    write(&mut report).map_err(|e| e.to_string())?;
    Ok(0)
}

pub(super) fn handed_in(folder: &Path) -> Result<u8, String> {
    let entries = results::check(folder).map_err(|e| e.to_string())?;
    let mut out = std::io::stdout().lock();
    let mut wrong = 0;
    for entry in &entries {
        wrong += entry.findings.len();
        writeln!(out, "{entry}").map_err(|e| e.to_string())?;
    }
    writeln!(out, "{} results, {wrong} findings", entries.len()).map_err(|e| e.to_string())?;
    Ok(u8::from(wrong > 0))
}

pub(super) fn keygen(path: &Path) -> Result<u8, String> {
    let key = SigningKey::generate(path).map_err(|e| e.to_string())?;
    writeln!(std::io::stdout(), "{}", key.public()).map_err(|e| e.to_string())?;
    Ok(0)
}
