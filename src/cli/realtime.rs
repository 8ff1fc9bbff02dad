//! `dpo realtime`: how well this machine keeps the ticks of the local fast path.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use super::{USAGE, fail, written};
use crate::embedded::sample_work;
use crate::realtime::{Executor, ExecutorConfig, ExecutorError, Granted, HistogramView, Outcome, Request};
use crate::realtime::{StatisticsView, Tick};

/// What is printed of a histogram.
const QUANTILES: [(&str, f64); 4] = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999)];

/// Options of `dpo realtime`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Jitter is the time from when a tick was due to its start, as cyclictest(8) measures it. A \
    deadline is missed by a tick that ends after the next one is due (late) or does not run at all (skipped). \
    Without the rights for SCHED_FIFO and locked memory it measures without them, and says so."
)]
pub(super) struct Args {
    /// How long to measure, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// From one tick to the next, in microseconds.
    #[arg(long, default_value_t = 1000, value_name = "MICROSECONDS")]
    period_us: u64,
    /// Priority under SCHED_FIFO, 1 to 99; 0 does not ask for it.
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u8).range(0..=99))]
    priority: u8,
    /// Nothing to do in a tick, as in cyclictest; else the fast path: samples of a healthy grid, meter, orchestrator.
    #[arg(long)]
    empty: bool,
    /// Run on this processor only.
    #[arg(long, value_name = "NUMBER")]
    cpu: Option<u16>,
    /// Print one JSON object, with all buckets of the histograms.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> ExitCode {
    let request = Request {
        priority: (args.priority > 0).then_some(args.priority),
        cpu: args.cpu,
        ..Request::default()
    };
    let config = ExecutorConfig { period: Duration::from_micros(args.period_us), request };
    let executor = if args.empty {
        Executor::spawn(config, |_: Tick| {})
    } else {
        match sample_work() {
            Ok(work) => Executor::spawn(config, work),
            Err(error) => return fail(1, &error.to_string()),
        }
    };
    let measured = executor.and_then(|executor| {
        std::thread::sleep(Duration::from_secs(args.seconds));
        let granted = executor.granted().clone();
        Ok((granted, executor.stop()?))
    });
    match measured {
        Ok((granted, view)) if args.json => written(
            serde_json::to_writer(&mut *out, &as_json(args, &granted, &view))
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out)),
        ),
        Ok((granted, view)) => written(print(args, &granted, &view, out)),
        Err(error @ ExecutorError::Period(_)) => fail(USAGE, &error.to_string()),
        Err(error) => fail(1, &error.to_string()),
    }
}

/// A quantile in ns; `None` if there are too few values to tell it from the largest one.
fn quantile(histogram: &HistogramView, q: f64) -> Option<u64> {
    (histogram.count as f64 * (1.0 - q) >= 1.0).then(|| histogram.quantile_ns(q)).flatten()
}

fn print(args: &Args, granted: &Granted, view: &StatisticsView, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{granted}\n")?;
    writeln!(out, "{} ticks of {} us, in us:", view.ticks, args.period_us)?;
    for (name, histogram) in [("jitter", &view.jitter), ("work", &view.duration)] {
        write!(out, "  {name:<8}")?;
        for (label, q) in QUANTILES {
            match quantile(histogram, q) {
                Some(ns) => write!(out, " {label} {:<9.1}", ns as f64 / 1e3)?,
                None => write!(out, " {label} {:<9}", "-")?,
            }
        }
        writeln!(out, " max {:.1}", histogram.max_ns as f64 / 1e3)?;
    }
    writeln!(
        out,
        "deadlines missed: {} ({} late, {} skipped); work longer than a period: {}",
        view.deadline_misses(),
        view.late,
        view.skipped,
        view.overruns
    )
}

fn as_json(args: &Args, granted: &Granted, view: &StatisticsView) -> Value {
    let outcome = |outcome: &Outcome| match outcome {
        Outcome::Granted => json!({ "state": "granted" }),
        Outcome::NotAsked => json!({ "state": "not_asked" }),
        Outcome::Refused(why) => json!({ "state": "refused", "reason": why }),
    };
    let histogram = |h: &HistogramView| {
        let quantile = |q| quantile(h, q);
        json!({
            "count": h.count,
            "p50_ns": quantile(0.5), "p99_ns": quantile(0.99), "p99_9_ns": quantile(0.999),
            "p99_99_ns": quantile(0.9999), "max_ns": h.max_ns,
            "buckets": h.buckets().collect::<Vec<_>>(),
        })
    };
    json!({
        "seconds": args.seconds,
        "period_us": args.period_us,
        "granted": {
            "fifo": outcome(&granted.fifo),
            "locked_memory": outcome(&granted.locked_memory),
            "timer_resolution_ns": granted.timer_resolution_ns,
            "cpu": outcome(&granted.cpu),
            "cpu_latency": outcome(&granted.cpu_latency),
        },
        "ticks": view.ticks,
        "deadline_misses": view.deadline_misses(),
        "late": view.late,
        "skipped": view.skipped,
        "overruns": view.overruns,
        "jitter": histogram(&view.jitter),
        "work": histogram(&view.duration),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(json: bool) -> Args {
        Args { seconds: 1, period_us: 1000, priority: 0, empty: true, cpu: None, json }
    }

    fn view() -> StatisticsView {
        let histogram = crate::realtime::Histogram::default();
        [3_000, 4_000, 250_000].into_iter().for_each(|ns| histogram.record(ns));
        StatisticsView {
            ticks: 3,
            late: 1,
            skipped: 4,
            jitter: histogram.view(),
            ..StatisticsView::default()
        }
    }

    fn granted() -> Granted {
        Granted {
            fifo: Outcome::Refused("not permitted; it needs CAP_SYS_NICE".to_owned()),
            locked_memory: Outcome::Granted,
            timer_resolution_ns: 1,
            cpu: Outcome::NotAsked,
            cpu_latency: Outcome::NotAsked,
        }
    }

    #[test]
    fn people_read_what_was_granted_and_what_was_missed() {
        let mut text = Vec::new();
        print(&args(false), &granted(), &view(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("SCHED_FIFO:      no (not permitted; it needs CAP_SYS_NICE)\n"), "{text}");
        assert!(
            text.contains("jitter   p50 4.0") && text.contains("p99 -") && text.contains("max 250.0\n"),
            "{text}"
        );
        assert!(text.contains("deadlines missed: 5 (1 late, 4 skipped)"), "{text}");
    }

    #[test]
    fn programs_read_the_same() {
        let value = as_json(&args(true), &granted(), &view());
        assert_eq!(value["granted"]["fifo"]["state"], "refused");
        assert_eq!((&value["deadline_misses"], &value["jitter"]["max_ns"]), (&json!(5), &json!(250_000)));
        let buckets = value["jitter"]["buckets"].as_array().unwrap();
        assert_eq!(buckets.iter().map(|b| b[1].as_u64().unwrap()).sum::<u64>(), 3);
        assert_eq!(value["work"]["p50_ns"], Value::Null);
    }
}
