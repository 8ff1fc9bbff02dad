//! OCP's test and validation output, by OCP's own library: the run is a test run, each case on each subject a step
//! with a diagnosis and its duration as a measurement.
//!
//! | outcome | step | diagnosis |
//! | --- | --- | --- |
//! | PASS, NON-STRICT | COMPLETE | PASS; FAIL for NON-STRICT in a strict run |
//! | FAIL | COMPLETE | FAIL; UNKNOWN for a SHOULD, which does not change the verdict of a run that is not strict |
//! | INCONCLUSIVE | COMPLETE | UNKNOWN |
//! | ERROR | ERROR, with an error artifact | none |
//! | NOT-RUN, NOT-APPLICABLE | SKIP | none |
//!
//! The verdict of a diagnosis is the id of the case and its outcome, as `MB-PDU-003-pass`. The run ends COMPLETE with
//! PASS if it is CONFORMANT, FAIL if it is not, NOT_APPLICABLE if it is PARTIAL because cases were left out, and ERROR with
//! NOT_APPLICABLE if it could not be judged.

use std::io::Write;
use std::sync::Arc;

use ocptv::output as tv;
use tokio::sync::Mutex;
use tokio::task::unconstrained;

use super::Header;
use crate::outcome::{Outcome, Record, Verdict};
use crate::profile;

/// A test run being written. The library writes asynchronously and into its own file; here it writes into memory,
/// never waits, and each line goes out at once.
#[derive(Default)]
pub(super) struct Run {
    lines: Arc<Mutex<Vec<String>>>,
    run: Option<tv::StartedTestRun>,
    strict: bool,
}

impl Run {
    pub(super) fn begin(&mut self, out: &mut dyn Write, header: &Header) -> Result<(), String> {
        let mut dut = tv::DutInfo::builder("target").name(&header.target);
        for device in &header.devices {
            dut = dut.add_platform_info(tv::PlatformInfo::builder(device).build());
        }
        let config = tv::Config::builder().with_buffer_output(Arc::clone(&self.lines)).build();
        let mut run = tv::TestRun::builder("dpo-conformance", &header.suite)
            .command_line(&format!("dpo-conformance run --target {}", header.target))
            .add_parameter("target", header.target.clone())
            .add_parameter("devices", header.devices.clone())
            .add_parameter("maps", header.maps.clone())
            .add_parameter("writes", header.writes)
            .add_parameter("disruptive", header.disruptive)
            .add_parameter("strict", header.strict)
            .add_parameter("sampled", header.sampled.clone())
            .add_parameter("seed", header.seed)
            .add_parameter("cases_sha256", header.digests.cases.clone())
            .config(config);
        if !header.specification.is_empty() {
            run = run.add_parameter("specification", header.specification.clone());
        }
        if let Some(waits) = header.waits {
            let waits = [
                ("answer_ms", waits.answer_ms),
                ("silence_ms", waits.silence_ms),
                ("quiet_ms", waits.quiet_ms),
            ];
            for (name, millis) in waits {
                run = run.add_parameter(name, millis);
            }
        }
        let run = run.build();
        self.strict = header.strict;
        self.run = Some(block_on(run.start(dut.build())).map_err(|e| e.to_string())?);
        self.flush(out)
    }

    pub(super) fn record(&mut self, out: &mut dyn Write, record: &Record) -> Result<(), String> {
        let Some(run) = &self.run else { return Err("the run was not begun".into()) };
        block_on(step(run, record, self.strict)).map_err(|e| e.to_string())?;
        self.flush(out)
    }

    pub(super) fn end(
        &mut self,
        out: &mut dyn Write,
        records: &[Record],
        verdict: &Verdict,
    ) -> Result<(), String> {
        let Some(run) = self.run.take() else { return Err("the run was not begun".into()) };
        let ended = async {
            let (status, result) = match verdict {
                Verdict::Conformant => (tv::TestStatus::Complete, tv::TestResult::Pass),
                Verdict::NotConformant { .. } => (tv::TestStatus::Complete, tv::TestResult::Fail),
                // What was run conforms; of the device that says neither.
                Verdict::Selected { .. } => (tv::TestStatus::Complete, tv::TestResult::NotApplicable),
                Verdict::Partial { .. } | Verdict::NothingJudged => {
                    run.add_error_msg("not-judged", &verdict.to_string()).await?;
                    (tv::TestStatus::Error, tv::TestResult::NotApplicable)
                }
            };
            for (profile, verdict) in profile::verdicts(records, self.strict) {
                run.add_log(tv::LogSeverity::Info, &format!("profile {profile}: {verdict}")).await?;
            }
            run.add_log(tv::LogSeverity::Info, &verdict.to_string()).await?;
            run.end(status, result).await
        };
        block_on(ended).map_err(|e| e.to_string())?;
        self.flush(out)
    }

    fn flush(&self, out: &mut dyn Write) -> Result<(), String> {
        let lines = std::mem::take(&mut *block_on(self.lines.lock()));
        let written = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
        written.and_then(|()| out.flush()).map_err(|e| e.to_string())
    }
}

/// Runs what never waits to its end. Unconstrained: the library locks by tokio, whose budget for one task would else run
/// out inside a task that has no chance to yield, and wait for ever.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    futures::executor::block_on(unconstrained(future))
}

async fn step(run: &tv::StartedTestRun, record: &Record, strict: bool) -> Result<(), tv::OcptvError> {
    use tv::{DiagnosisType, TestStatus};
    let step = run.add_step(&format!("{} on {}", record.id, record.subject)).start().await?;
    let seen = record.seen.join("; ");
    let (status, kind) = match record.outcome {
        outcome if outcome.fails(record.level, strict) => (TestStatus::Complete, Some(DiagnosisType::Fail)),
        Outcome::Pass | Outcome::NonStrict => (TestStatus::Complete, Some(DiagnosisType::Pass)),
        Outcome::Fail | Outcome::Inconclusive => (TestStatus::Complete, Some(DiagnosisType::Unknown)),
        Outcome::Error => (TestStatus::Error, None),
        Outcome::NotRun | Outcome::NotApplicable => (TestStatus::Skip, None),
    };
    if let Some(kind) = kind {
        let elapsed = tv::Measurement::builder("elapsed", record.elapsed_ms).unit("ms").build();
        step.add_measurement_detail(elapsed).await?;
        let verdict = format!("{}-{}", record.id, record.outcome.word().to_lowercase());
        let message = format!("{}: {} Seen: {seen}", record.title, record.expectation);
        step.add_diagnosis_detail(tv::Diagnosis::builder(&verdict, kind).message(&message).build()).await?;
    } else if record.outcome == Outcome::Error {
        step.add_error_msg(&format!("{}-error", record.id), &seen).await?;
    } else {
        step.add_log(tv::LogSeverity::Info, &format!("{}: {seen}", record.outcome)).await?;
    }
    step.end(status).await
}
