//! The lint of grid codes: what the types cannot say.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::load::{self, LoadError};
use super::model::{
    Band, Bands, Choice, Clause, Confidence, Filter, GridCode, Measurement, PhaseRule, Rule, SourceKind,
};

/// One defect of a grid code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// JSON pointer of the place.
    pub pointer: String,
    /// The rule that is broken, a permanent name.
    pub rule: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: #{}: {}: {}", self.path.display(), self.pointer, self.rule, self.message)
    }
}

/// Checks files, each by itself and then against each other.
///
/// # Errors
/// [`LoadError`] if a file cannot be read or is no grid code.
pub fn lint(paths: &[PathBuf]) -> Result<Vec<Finding>, LoadError> {
    let codes: Vec<(PathBuf, GridCode)> =
        paths.iter().map(|path| Ok((path.clone(), load::load(path)?))).collect::<Result<_, LoadError>>()?;
    Ok(lint_codes(&codes))
}

/// Checks codes that were read, with the files they are from.
pub fn lint_codes(codes: &[(PathBuf, GridCode)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, code) in codes {
        let mut check = Check { path, code, findings: &mut findings };
        check.document();
        check.measurement(&code.measurement);
        check.clauses();
    }
    versions(codes, &mut findings);
    findings
}

/// Of one code exactly one version is the current one, and the others name a version that is there.
fn versions(codes: &[(PathBuf, GridCode)], findings: &mut Vec<Finding>) {
    let mut by_id: BTreeMap<&str, Vec<&(PathBuf, GridCode)>> = BTreeMap::new();
    for entry in codes {
        by_id.entry(&entry.1.id).or_default().push(entry);
    }
    for (id, family) in by_id {
        let current = family.iter().filter(|(_, code)| code.superseded_by.is_none()).count();
        for (path, code) in &family {
            let mut found = |pointer: &str, message: String| {
                findings.push(Finding {
                    path: path.clone(),
                    pointer: pointer.to_owned(),
                    rule: "versions",
                    message,
                });
            };
            if current != 1 {
                found(
                    "/superseded_by",
                    format!("{current} versions of `{id}` are current; leave one without superseded_by"),
                );
            }
            if family.iter().filter(|(_, other)| other.version == code.version).count() > 1 {
                found("/version", format!("`{}` is in two files", code.name()));
            }
            if let Some(next) = &code.superseded_by
                && (*next == code.version || !family.iter().any(|(_, other)| other.version == *next))
            {
                found("/superseded_by", format!("`{id}` has no other version `{next}`"));
            }
        }
    }
}

struct Check<'a> {
    path: &'a Path,
    code: &'a GridCode,
    findings: &'a mut Vec<Finding>,
}

impl Check<'_> {
    fn found(&mut self, pointer: impl Into<String>, rule: &'static str, message: impl Into<String>) {
        self.findings.push(Finding {
            path: self.path.to_owned(),
            pointer: pointer.into(),
            rule,
            message: message.into(),
        });
    }

    fn document(&mut self) {
        let code = self.code;
        for (pointer, text) in [("/id", &code.id), ("/version", &code.version)] {
            let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
            if text.is_empty() || !text.chars().all(good) {
                self.found(pointer, "name", "use small letters, digits, `-` and `.` only");
            }
        }
        let name = format!("{}-{}.json", code.id, code.version);
        if self.path.file_name().is_none_or(|file| file != name.as_str()) {
            self.found("/id", "file-name", format!("call the file {name}"));
        }
        for (pointer, text) in [
            ("/title", &code.title),
            ("/authority", &code.authority),
            ("/measurement/point", &code.measurement.point),
        ] {
            self.blank(pointer, text);
        }
        if code.nominal_hz.is_empty() || !code.nominal_hz.iter().all(|f| (40.0..=70.0).contains(f)) {
            self.found("/nominal_hz", "nominal-hz", "name the nominal frequencies, between 40 and 70 Hz");
        }
        for (index, source) in code.sources.iter().enumerate() {
            let pointer = format!("/sources/{index}");
            self.blank(&format!("{pointer}/title"), &source.title);
            self.blank(&format!("{pointer}/at"), &source.at);
            if code.sources.iter().take(index).any(|other| other.key == source.key) {
                self.found(
                    format!("{pointer}/key"),
                    "sources",
                    format!("`{}` stands here a second time", source.key),
                );
            }
        }
        for (index, gap) in code.missing.iter().enumerate() {
            self.blank(&format!("/missing/{index}/what"), &gap.what);
            self.blank(&format!("/missing/{index}/why"), &gap.why);
        }
        for (index, fact) in code.facts.iter().enumerate() {
            let pointer = format!("/facts/{index}");
            self.blank(&format!("{pointer}/text"), &fact.text);
            self.blank(&format!("{pointer}/why"), &fact.why);
            self.origin(&pointer, fact.confidence, fact.source.as_slice(), Some(&fact.why));
        }
        let least = code.clauses.iter().map(least_sure).max().unwrap_or(code.confidence);
        if code.confidence != least {
            self.found(
                "/confidence",
                "confidence",
                format!("the least sure clause is {least:?}: say the same here"),
            );
        }
    }

    fn blank(&mut self, pointer: &str, text: &str) {
        if text.trim().is_empty() {
            self.found(pointer, "blank", "say something here");
        }
    }

    /// A fact that was read names where; a fact that was not says why it stands here.
    fn origin(&mut self, pointer: &str, confidence: Confidence, sources: &[String], note: Option<&str>) {
        for key in sources {
            if !self.code.sources.iter().any(|source| source.key == *key) {
                self.found(pointer, "sources", format!("no source has the key `{key}`"));
            }
        }
        let primary = sources.iter().any(|key| {
            self.code.sources.iter().any(|source| source.key == *key && source.kind == SourceKind::Primary)
        });
        match confidence {
            Confidence::Stated if !primary => {
                self.found(
                    pointer,
                    "confidence",
                    "`stated` needs a primary source; a second-hand fact is `reported`",
                );
            }
            Confidence::Reported | Confidence::Conflicting if sources.is_empty() => {
                self.found(pointer, "sources", "name the source that this was read in");
            }
            _ => {}
        }
        let noted = note.is_some_and(|note| !note.trim().is_empty());
        if confidence > Confidence::Reported && !noted {
            self.found(pointer, "note", format!("`{confidence:?}`: say in a note why, or how"));
        }
    }

    fn measurement(&mut self, m: &Measurement) {
        self.choice("phase_rule", &m.phase_rule);
        self.choice("filter", &m.filter);
        self.choice("timing", &m.timing);
        self.choice("at_level", &m.at_level);
        self.choice("at_limit", &m.at_limit);
        self.choice("hysteresis_pu", &m.hysteresis_pu);
        self.choice("ridden", &m.ridden);
        if m.phase_rule.value == PhaseRule::PositiveSequence && m.filter.value != Filter::Fundamental {
            self.found(
                "/measurement/filter",
                "filter",
                "a positive sequence is one of fundamentals: use `fundamental`",
            );
        }
        if !(0.0..0.1).contains(&m.hysteresis_pu.value) {
            self.found("/measurement/hysteresis_pu", "number", "use 0 up to 0.1 p.u.");
        }
        self.share("/measurement/ridden/value/share", m.ridden.value.share);
        self.positive("/measurement/ridden/value/within_s", m.ridden.value.within_s);
    }

    fn choice<T>(&mut self, key: &str, choice: &Choice<T>) {
        let pointer = format!("/measurement/{key}");
        self.origin(&pointer, choice.confidence, choice.source.as_slice(), choice.note.as_deref());
    }

    fn positive(&mut self, pointer: &str, value: f64) {
        if !(value.is_finite() && value > 0.0) {
            self.found(pointer, "number", format!("{value} is not above 0"));
        }
    }

    fn share(&mut self, pointer: &str, value: f64) {
        if !(value > 0.0 && value <= 1.0) {
            self.found(pointer, "number", format!("{value} is no share: use 0 to 1, as 0.9 for 90 %"));
        }
    }

    fn clauses(&mut self) {
        let clauses = &self.code.clauses;
        if clauses.is_empty() {
            self.found("/clauses", "clauses", "a code without a clause judges nothing");
        }
        for (index, clause) in clauses.iter().enumerate() {
            let pointer = format!("/clauses/{index}");
            self.blank(&format!("{pointer}/id"), &clause.id);
            self.blank(&format!("{pointer}/title"), &clause.title);
            if clauses.iter().take(index).any(|other| other.id == clause.id) {
                self.found(
                    format!("{pointer}/id"),
                    "clauses",
                    format!("`{}` stands here a second time", clause.id),
                );
            }
            let single = matches!(clause.rule, Rule::Voltage(_) | Rule::Frequency(_));
            if single && clauses.iter().take(index).any(|other| other.rule.kind() == clause.rule.kind()) {
                self.found(
                    &pointer,
                    "clauses",
                    format!("a second clause of the kind {}", clause.rule.kind()),
                );
            }
            self.origin(&pointer, clause.confidence, &clause.sources, clause.note.as_deref());
            self.rule(&format!("{pointer}/rule"), clause);
        }
    }

    fn rule(&mut self, pointer: &str, clause: &Clause) {
        match &clause.rule {
            Rule::Voltage(bands) | Rule::Frequency(bands) => self.bands(pointer, clause, bands),
            Rule::Rocof(rocof) => {
                self.positive(&format!("{pointer}/max_hz_per_s"), rocof.max_hz_per_s);
                self.positive(&format!("{pointer}/window_s"), rocof.window_s.unwrap_or(1.0));
            }
            Rule::Recovery(recovery) => {
                self.share(&format!("{pointer}/share"), recovery.share);
                self.positive(&format!("{pointer}/budget_s"), recovery.budget_s);
                self.positive(&format!("{pointer}/from_above_pu"), recovery.from_above_pu);
                if recovery.upper_share.is_some_and(|upper| !(upper.is_finite() && upper >= 1.0)) {
                    self.found(format!("{pointer}/upper_share"), "number", "an upper share is 1 or more");
                }
            }
            Rule::Successive(successive) => {
                if successive.events.is_some() != successive.window_s.is_some() {
                    self.found(pointer, "successive", "give events and window_s, or neither");
                }
                self.positive(&format!("{pointer}/events"), successive.events.map_or(1.0, f64::from));
                self.positive(&format!("{pointer}/window_s"), successive.window_s.unwrap_or(1.0));
            }
            Rule::Ramp(ramp) => {
                self.positive(&format!("{pointer}/max_change_mw"), ramp.max_change_mw);
                self.positive(&format!("{pointer}/window_s"), ramp.window_s);
            }
            Rule::Oscillation(limit) => {
                self.positive(&format!("{pointer}/max_peak_to_peak_mw"), limit.max_peak_to_peak_mw);
                self.positive(&format!("{pointer}/from_hz"), limit.from_hz);
                self.positive(&format!("{pointer}/window_s"), limit.window_s);
                if !(limit.to_hz.is_finite() && limit.to_hz > limit.from_hz) {
                    self.found(format!("{pointer}/to_hz"), "number", "the band ends above where it begins");
                }
            }
            Rule::Missing(gap) => {
                self.blank(&format!("{pointer}/what"), &gap.what);
                self.blank(&format!("{pointer}/why"), &gap.why);
            }
        }
    }

    fn bands(&mut self, pointer: &str, clause: &Clause, bands: &Bands) {
        if bands.low.is_empty() && bands.high.is_empty() {
            self.found(pointer, "bands", "no band on either side: write a clause of the kind missing");
        }
        if let (Some(low), Some(high)) = (bands.low.first(), bands.high.first())
            && low.level >= high.level
        {
            self.found(format!("{pointer}/high/0/level"), "bands", "the continuous range is empty");
        }
        if let Some(share) = bands.power_within_share {
            self.share(&format!("{pointer}/power_within_share"), share);
        }
        for (side, list, sign) in [("low", &bands.low, -1.0), ("high", &bands.high, 1.0)] {
            for (index, band) in list.iter().enumerate() {
                let at = format!("{pointer}/{side}/{index}");
                self.band(&at, clause, band);
                let Some(before) = index.checked_sub(1).and_then(|i| list.get(i)) else { continue };
                if sign * (band.level - before.level) <= 0.0 {
                    self.found(
                        format!("{at}/level"),
                        "bands",
                        "each level lies further out than the one before",
                    );
                }
                // At 40 Hz a cycle is longest and at 70 Hz shortest: the order must hold at both.
                let grows = [40.0, 70.0].iter().any(|hz| match (before.minimum(*hz), band.minimum(*hz)) {
                    (Some(outer), Some(inner)) => inner > outer,
                    _ => false,
                });
                if grows {
                    self.found(
                        &at,
                        "bands",
                        "a worse voltage or frequency cannot have a longer minimum time",
                    );
                }
            }
        }
    }

    fn band(&mut self, pointer: &str, clause: &Clause, band: &Band) {
        if !(band.level.is_finite() && band.level > 0.0) {
            self.found(format!("{pointer}/level"), "number", format!("{} is no level", band.level));
        }
        let times = [band.minimum_s, band.minimum_cycles];
        if times.iter().flatten().count() + usize::from(band.missing.is_some()) != 1 {
            self.found(pointer, "bands", "give exactly one of minimum_s, minimum_cycles, missing");
        }
        for time in times.into_iter().flatten() {
            if !(time.is_finite() && time >= 0.0) {
                self.found(pointer, "number", format!("{time} is no time"));
            }
        }
        if let Some(why) = &band.missing {
            self.blank(&format!("{pointer}/missing"), why);
        }
        if let Some(confidence) = band.confidence {
            self.origin(pointer, confidence, &clause.sources, band.note.as_deref());
        }
    }
}

/// How sure the least sure number of a clause is.
fn least_sure(clause: &Clause) -> Confidence {
    let bands = match &clause.rule {
        Rule::Voltage(bands) | Rule::Frequency(bands) => Some(bands),
        _ => None,
    };
    let of_bands = bands.into_iter().flat_map(|b| b.low.iter().chain(&b.high)).filter_map(|b| b.confidence);
    of_bands.fold(clause.confidence, Confidence::max)
}

#[cfg(test)]
mod tests;
