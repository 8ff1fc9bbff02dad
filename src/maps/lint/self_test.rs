//! The lint checked by the examples of its rules.

use std::collections::BTreeSet;
use std::fmt;

use super::example::Run;
use super::help::Help;
use super::{Rule, Site};

/// Outcome of a self-test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfTest {
    /// Rules checked: all of them.
    pub rules: usize,
    /// Examples that must fail, with exactly the findings they state.
    pub failing: usize,
    /// Examples that must pass.
    pub passing: usize,
    /// Places in this program that made a finding.
    pub places: usize,
    /// Examples that had other findings than they state.
    pub wrong: Vec<String>,
}

/// Runs the examples of all rules.
pub fn self_test() -> SelfTest {
    let mut test = SelfTest { rules: Rule::ALL.len(), failing: 0, passing: 0, places: 0, wrong: Vec::new() };
    let mut places: BTreeSet<Site> = BTreeSet::new();
    for run in runs(&mut test) {
        places.extend(run.findings.iter().map(|(site, _)| *site));
        test.wrong.extend(run.judge(|_| true).err());
    }
    test.places = places.len();
    test
}

/// All examples, run.
pub(super) fn runs(test: &mut SelfTest) -> Vec<Run> {
    let mut runs = Vec::new();
    for rule in Rule::ALL {
        for (number, example) in (1..).zip(&Help::of(*rule).examples) {
            *if example.passes() { &mut test.passing } else { &mut test.failing } += 1;
            match Run::of(*rule, number, example) {
                Ok(run) => runs.push(run),
                Err(error) => test.wrong.push(error),
            }
        }
    }
    runs
}

impl fmt::Display for SelfTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for wrong in &self.wrong {
            writeln!(f, "{wrong}")?;
        }
        let Self { rules, failing, passing, places, wrong } = self;
        write!(
            f,
            "{rules} rules, {failing} failing and {passing} passing examples, {places} places that find: "
        )?;
        match wrong.len() {
            0 => write!(f, "all as stated"),
            n => write!(f, "{n} not as stated"),
        }
    }
}
