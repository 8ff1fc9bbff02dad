//! Outcomes of cases and the verdict of a run.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::answers::AnswerTimes;
use crate::catalogue::{Class, Level};
use crate::profile::Profile;

/// What became of one case on one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// The device did what the clause asks.
    #[serde(rename = "PASS")]
    Pass,
    /// The device did something else.
    #[serde(rename = "FAIL")]
    Fail,
    /// Accepted, but not what the clause asks first.
    #[serde(rename = "NON-STRICT")]
    NonStrict,
    /// The case does not apply to this device or transport.
    #[serde(rename = "NOT-APPLICABLE")]
    NotApplicable,
    /// Left out by class or filter.
    #[serde(rename = "NOT-RUN")]
    NotRun,
    /// The device gave no chance to judge.
    #[serde(rename = "INCONCLUSIVE")]
    Inconclusive,
    /// The suite or the link failed.
    #[serde(rename = "ERROR")]
    Error,
}

impl Outcome {
    /// All outcomes, in the order of reports.
    pub const ALL: [Self; 7] = [
        Self::Pass,
        Self::NonStrict,
        Self::Fail,
        Self::Error,
        Self::Inconclusive,
        Self::NotRun,
        Self::NotApplicable,
    ];

    /// Whether a case with this outcome makes the run fail; see [`Verdict::judge`].
    pub fn fails(self, level: Level, strict: bool) -> bool {
        match self {
            Self::Fail => strict || level == Level::Must,
            Self::NonStrict => strict,
            _ => false,
        }
    }

    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::NonStrict => "NON-STRICT",
            Self::NotApplicable => "NOT-APPLICABLE",
            Self::NotRun => "NOT-RUN",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::Error => "ERROR",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Why a case was not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// Its class was not selected.
    Class,
    /// `--id` selected other cases.
    Filter,
    /// It needs an instrument on the line, and there is none.
    Instrument,
    /// The capability statement claims the interface, and no target is one.
    Target,
    /// `--dry-run` plays nothing.
    DryRun,
}

/// Bytes that went over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireBytes {
    /// `>` sent by the suite, `<` received, `!` an event such as a closed connection.
    pub direction: char,
    /// Hexadecimal bytes, or the event.
    pub bytes: String,
}

/// One case on one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Permanent id, for example `MB-PDU-003`.
    pub id: String,
    /// Title of the case.
    pub title: String,
    /// Requirement level.
    pub level: Level,
    /// Class.
    pub class: Class,
    /// Clauses, for example `AP 6.3`.
    pub clause: String,
    /// What is expected, in a sentence.
    pub expectation: String,
    /// What was tested: `orv3-psu@200 over tcp://…`, or the link alone.
    pub subject: String,
    /// Profiles of the specification to which it counts; reports of before do not tell.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub profiles: BTreeSet<Profile>,
    /// Outcome.
    pub outcome: Outcome,
    /// Why the case was left out, for [`Outcome::NotRun`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
    /// What was seen, or why there is nothing to see.
    pub seen: Vec<String>,
    /// Steps of the procedure.
    pub procedure: Vec<String>,
    /// Raw bytes, oldest first; long logs keep their end.
    pub frames: Vec<WireBytes>,
    /// Time taken in milliseconds.
    pub elapsed_ms: u64,
    /// How long the device took to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<AnswerTimes>,
}

/// Verdict of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// Each applicable MUST case of every class was run and passed.
    Conformant,
    /// Each applicable MUST case that was selected passed, but some were not selected.
    Selected {
        /// Classes that were left out, with the number of cases.
        classes_not_run: Vec<String>,
        /// Whether `--id` left cases out.
        filtered: bool,
        /// Whether an interface that the capability statement claims had no target.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        untargeted: bool,
    },
    /// Each MUST case that could be judged passed, but some could not.
    Partial {
        /// Ids that were ERROR or INCONCLUSIVE, or NOT-RUN for no reason that a user may have.
        not_judged: Vec<String>,
    },
    /// A MUST case failed.
    NotConformant {
        /// Ids that failed.
        failed: Vec<String>,
    },
    /// Nothing was judged at all.
    NothingJudged,
}

impl Verdict {
    /// Verdict over the records of a run. SHOULD cases never change it.
    pub fn of(records: &[Record]) -> Self {
        Self::judge(records, false)
    }

    /// Verdict over the records of a run. If `strict`, SHOULD cases decide as MUST cases do, and NON-STRICT fails.
    pub fn judge<'a>(records: impl IntoIterator<Item = &'a Record, IntoIter: Clone>, strict: bool) -> Self {
        let records = records.into_iter();
        let must = || records.clone().filter(|r| strict || r.level == Level::Must);
        let ids = |wanted: &[Outcome]| -> Vec<String> {
            let set: BTreeSet<&String> =
                must().filter(|r| wanted.contains(&r.outcome)).map(|r| &r.id).collect();
            set.into_iter().cloned().collect()
        };
        let failed: BTreeSet<&String> =
            records.clone().filter(|r| r.outcome.fails(r.level, strict)).map(|r| &r.id).collect();
        let failed: Vec<String> = failed.into_iter().cloned().collect();
        if !failed.is_empty() {
            return Self::NotConformant { failed };
        }
        let mut not_judged = ids(&[Outcome::Error, Outcome::Inconclusive]);
        // Nothing is left out of a run silently: who left out what is said, or it counts as not judged.
        let unexplained = must()
            .filter(|r| r.outcome == Outcome::NotRun && r.left_out.is_none_or(|why| why == LeftOut::DryRun));
        not_judged.extend(unexplained.map(|r| r.id.clone()));
        not_judged.sort();
        not_judged.dedup();
        let judged = must().any(|r| matches!(r.outcome, Outcome::Pass | Outcome::NonStrict));
        if !judged {
            return if not_judged.is_empty() { Self::NothingJudged } else { Self::Partial { not_judged } };
        }
        if !not_judged.is_empty() {
            return Self::Partial { not_judged };
        }
        let left =
            |why: LeftOut| must().filter(move |r| r.outcome == Outcome::NotRun && r.left_out == Some(why));
        let mut classes: BTreeSet<char> = left(LeftOut::Class).map(|r| r.class.letter()).collect();
        if left(LeftOut::Instrument).next().is_some() {
            classes.insert(Class::T.letter());
        }
        let filtered = left(LeftOut::Filter).next().is_some();
        let untargeted = left(LeftOut::Target).next().is_some();
        if classes.is_empty() && !filtered && !untargeted {
            return Self::Conformant;
        }
        Self::Selected {
            classes_not_run: classes.into_iter().map(String::from).collect(),
            filtered,
            untargeted,
        }
    }

    /// Exit code: 0 what was selected conforms, 1 it does not, 2 it could not be judged.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Conformant | Self::Selected { .. } => 0,
            Self::NotConformant { .. } => 1,
            Self::Partial { .. } | Self::NothingJudged => 2,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conformant => f.write_str("CONFORMANT"),
            Self::Selected { classes_not_run, filtered, untargeted } => {
                f.write_str("PARTIAL: what was run conforms")?;
                if !classes_not_run.is_empty() {
                    write!(f, " (classes not run: {})", classes_not_run.join(", "))?;
                }
                if *filtered {
                    f.write_str(" (only the ids that were asked for)")?;
                }
                if *untargeted {
                    f.write_str(" (interfaces that are claimed have no target)")?;
                }
                Ok(())
            }
            Self::Partial { not_judged } => {
                write!(f, "PARTIAL: could not judge {}", not_judged.join(", "))
            }
            Self::NotConformant { failed } => write!(f, "NOT CONFORMANT: {}", failed.join(", ")),
            Self::NothingJudged => f.write_str("COULD NOT JUDGE: no case was exercised"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, level: Level, class: Class, outcome: Outcome, left_out: Option<LeftOut>) -> Record {
        Record {
            id: id.into(),
            title: String::new(),
            level,
            class,
            clause: String::new(),
            expectation: String::new(),
            subject: String::new(),
            profiles: BTreeSet::new(),
            outcome,
            left_out,
            seen: Vec::new(),
            procedure: Vec::new(),
            frames: Vec::new(),
            elapsed_ms: 0,
            answers: None,
        }
    }

    #[test]
    fn a_strict_run_counts_what_is_tolerated_and_what_only_should_be() {
        let pass = record("A", Level::Must, Class::R, Outcome::Pass, None);
        let should = record("B", Level::Should, Class::R, Outcome::Fail, None);
        let tolerated = record("C", Level::Must, Class::R, Outcome::NonStrict, None);
        let open = record("D", Level::Should, Class::R, Outcome::Inconclusive, None);
        let left = record("E", Level::Should, Class::T, Outcome::NotRun, Some(LeftOut::Instrument));
        for (one, wanted) in [
            (&should, Verdict::NotConformant { failed: vec!["B".into()] }),
            (&tolerated, Verdict::NotConformant { failed: vec!["C".into()] }),
            (&open, Verdict::Partial { not_judged: vec!["D".into()] }),
            (
                &left,
                Verdict::Selected { classes_not_run: vec!["T".into()], filtered: false, untargeted: false },
            ),
        ] {
            let records = [pass.clone(), one.clone()];
            assert_eq!(Verdict::judge(&records, true), wanted);
            assert_eq!(Verdict::judge(&records, false), Verdict::Conformant, "{}", one.id);
        }
    }

    #[test]
    fn a_failed_must_outranks_everything_and_a_failed_should_nothing() {
        let pass = record("A", Level::Must, Class::R, Outcome::Pass, None);
        let should = record("B", Level::Should, Class::R, Outcome::Fail, None);
        let error = record("C", Level::Must, Class::R, Outcome::Error, None);
        let fail = record("D", Level::Must, Class::R, Outcome::Fail, None);
        let of = |r: &[&Record]| Verdict::of(&r.iter().map(|r| (*r).clone()).collect::<Vec<_>>());
        assert_eq!(of(&[&pass, &should]), Verdict::Conformant);
        assert_eq!(of(&[&pass, &error]).exit_code(), 2);
        assert_eq!(of(&[&pass, &error, &fail]), Verdict::NotConformant { failed: vec!["D".into()] });
        assert_eq!(of(&[&fail]).exit_code(), 1);
    }

    #[test]
    fn a_class_that_was_not_selected_is_named_but_keeps_exit_code_0() {
        let pass = record("A", Level::Must, Class::R, Outcome::Pass, None);
        let left = record("B", Level::Must, Class::W, Outcome::NotRun, Some(LeftOut::Class));
        let verdict = Verdict::of(&[pass, left]);
        assert_eq!(verdict.exit_code(), 0);
        assert!(verdict.to_string().contains("classes not run: W"), "{verdict}");
    }

    #[test]
    fn a_must_that_was_not_run_is_never_conformant_whatever_the_reason() {
        let pass = record("A", Level::Must, Class::R, Outcome::Pass, None);
        let of = |why| Verdict::of(&[pass.clone(), record("B", Level::Must, Class::R, Outcome::NotRun, why)]);
        for why in [None, Some(LeftOut::DryRun)] {
            assert_eq!(of(why), Verdict::Partial { not_judged: vec!["B".into()] }, "{why:?}");
        }
        for why in [LeftOut::Class, LeftOut::Filter, LeftOut::Instrument, LeftOut::Target] {
            assert!(matches!(of(Some(why)), Verdict::Selected { .. }), "{why:?}");
        }
    }

    #[test]
    fn nothing_judged_is_never_success() {
        assert_eq!(Verdict::of(&[]).exit_code(), 2);
        let na = record("A", Level::Must, Class::R, Outcome::NotApplicable, None);
        let should = record("B", Level::Should, Class::R, Outcome::Pass, None);
        assert_eq!(Verdict::of(&[na, should]), Verdict::NothingJudged);
        let inconclusive = record("A", Level::Must, Class::R, Outcome::Inconclusive, None);
        assert_eq!(Verdict::of(&[inconclusive]).exit_code(), 2);
    }
}
