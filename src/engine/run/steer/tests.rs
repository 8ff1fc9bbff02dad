//! The loop on traces, and on a source that reports a sag.

use serde_json::{Value, json};

use super::super::log::tests::Kept;
use super::*;
use crate::engine::backtest::{Trace, synthetic};
use crate::engine::intake::trace::{TraceShelf, TraceTelemetry};
use crate::engine::record::{JudgeConfig, RecordFile};
use crate::engine::setpoint::{GridState, Reason, ShelfState, Source};
use crate::gridcode::find;

/// Limits the input to the mean that is expected in a second, or to what it is.
struct Follow;

impl Planner for Follow {
    fn plan(&mut self, now_s: f64, state: &ShelfState, ahead: &[Ahead]) -> Setpoint {
        let next = ahead.iter().find(|a| a.horizon_s >= 1.0);
        Setpoint {
            made_s: now_s,
            valid_until_s: now_s + 1.0,
            input_limit_w: Some(next.map_or(state.load_w, |a| a.mean_w)),
            bbu_discharge_w: 0.0,
            bbu_charge_limit_w: None,
            source: next.map_or(Source::Limiter(Reason::BadForecast), |_| Source::Optimizer),
        }
    }
}

fn lines(kept: &Kept) -> Vec<Value> {
    let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// The log of an engine that runs a trace as quick as possible.
async fn run(trace: Trace) -> Vec<Value> {
    let kept = Kept::default();
    let (log, writer) = Log::start(Some(Box::new(kept.clone())), |_| ()).unwrap();
    let shelf = TraceShelf { psu_w: 18e3, bbu_w: 18e3, state_of_charge: 0.9 };
    let engine = Engine {
        name: "trace".into(),
        telemetry: Box::new(TraceTelemetry::new(trace, shelf, None)),
        planner: Box::new(Follow),
        standby: None,
        pool: Pool::default(),
        push: None,
        recorder: None,
        log: Some(log),
        config: SteerConfig { plan_period_s: 0.0, ..SteerConfig::default() },
    };
    engine.run(Clock::start(), CancellationToken::new()).await.unwrap();
    writer.wait().unwrap();
    lines(&kept)
}

#[tokio::test]
async fn a_quick_trace_gives_a_line_for_each_sample_and_the_sequence_is_in_it() {
    let trace = synthetic::make("sine").unwrap();
    let count = trace.samples.len();
    let lines = run(trace).await;
    let lost: u64 = lines.iter().filter_map(|l| l["lost_lines"].as_u64()).sum();
    let told = lines.iter().filter(|l| l["tick"].is_u64()).count() as u64;
    assert_eq!(told + lost, count as u64 + 1);
    let with = lines.iter().rfind(|l| l["forecast"].is_object()).unwrap();
    assert_eq!(with["setpoint"]["source"], "optimizer");
    assert!(with["forecast"]["ahead"].as_array().unwrap().len() >= 5, "{with}");
    for part in ["telemetry", "forecast", "setpoint", "grid"] {
        assert!(with[part]["time"].as_str().unwrap().ends_with('Z'), "{part}: {with}");
    }
}

fn reading(t_s: f64, v: Option<f64>, grid: GridState) -> Reading {
    let state = ShelfState {
        t_s,
        load_w: 9e3,
        input_w: 9.5e3,
        bbu_w: 0.0,
        state_of_charge: 0.9,
        bbu_available_w: 18e3,
        psu_available_w: 18e3,
        grid,
    };
    let ac = AcInput { low_v: v, high_v: v, frequency_hz: Some(60.0), nominal_v: None };
    Reading { state, received_s: t_s, stamp_s: None, clock_ahead_s: None, ac }
}

/// Reports a sag.
struct Sagging(u32);

impl Telemetry for Sagging {
    fn next(&mut self) -> futures::future::BoxFuture<'_, Report> {
        Box::pin(async {
            self.0 += 1;
            let n = self.0;
            if n > 400 {
                return Report::End;
            }
            let v = if (100..103).contains(&n) { 150.0 } else { 240.0 };
            Report::Reading(Box::new(reading(f64::from(n) * 0.1, Some(v), GridState::Normal)))
        })
    }
}

#[tokio::test]
async fn a_gateway_that_is_polled_at_another_pace_gets_another_forecaster() {
    // Each 0.1 s, from 20 s on each 4 s.
    let times = (0..200).map(|n| f64::from(n) * 0.1).chain((0..40).map(|n| 24.0 + f64::from(n) * 4.0));
    let samples = times.map(|t_s| (t_s, 9e3 + 100.0 * t_s.sin())).collect();
    let trace = Trace { name: "t".into(), synthetic: true, quantity: "W".into(), samples, left_out: 0 };
    let lines = run(trace).await;
    let shortest =
        |from: usize| lines[from..].iter().rev().find_map(|l| l["forecast"]["ahead"][0][0].as_f64());
    assert!(shortest(0).unwrap() >= 4.0, "of the newest");
    assert!(lines[..150].iter().any(|l| l["forecast"]["ahead"][0][0] == 0.1), "of the first");
    let told = lines.iter().filter(|l| l["notes"].to_string().contains("begins anew")).count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn a_sag_is_on_record_and_its_entry_named_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record");
    let file = RecordFile::open(&path, &json!({}), json!({})).unwrap();
    let code = find("ercot-nogrr282").unwrap();
    let how = JudgeConfig { code, rated_w: None, site_w: None, nominal_hz: 60.0 };
    let kept = Kept::default();
    let (log, writer) = Log::start(Some(Box::new(kept.clone())), |_| ()).unwrap();
    let engine = Engine {
        name: "rack 1".into(),
        telemetry: Box::new(Sagging(0)),
        planner: Box::new(Follow),
        standby: None,
        pool: Pool::default(),
        push: None,
        recorder: Some(Recorder::new(file, how)),
        log: Some(log),
        config: SteerConfig { plan_period_s: 0.0, ..SteerConfig::default() },
    };
    engine.run(Clock::start(), CancellationToken::new()).await.unwrap();
    writer.wait().unwrap();
    let named: Vec<Value> =
        lines(&kept).iter().flat_map(|l| l["record"].as_array().cloned().unwrap_or_default()).collect();
    assert_eq!(named.len(), 1, "{named:?}");
    assert_eq!(named[0]["entry"], "E2");
    assert!(named[0]["time"].as_str().unwrap().ends_with('Z'), "{named:?}");
    let entry = crate::engine::record::chain::export(&path, "E2").unwrap();
    let body = &entry["entry"]["body"];
    assert_eq!((&body["gateway"], &body["signs"]["low_voltage"]), (&json!("rack 1"), &json!(true)));
    assert_eq!(body["verdict"], "PASS", "{body:#}");
    let nominal = json!({ "ac_v": 240.0, "ac_v_from": "learned", "frequency_hz": 60.0 });
    assert_eq!(body["nominal"], nominal);
    let notes = lines(&kept)
        .iter()
        .flat_map(|l| l["notes"].as_array().cloned().unwrap_or_default())
        .collect::<Vec<_>>();
    assert!(notes.iter().any(|n| n.as_str().unwrap().contains("nominal AC voltage: 240 V")), "{notes:?}");
}

/// A way to a gateway that breaks when it is used.
struct Breaking;

impl Push for Breaking {
    fn send<'a>(
        &'a mut self,
        _: &'a Setpoint,
    ) -> futures::future::BoxFuture<'a, crate::engine::push::Outcome> {
        Box::pin(async { panic!("a fault of this test") })
    }

    fn give_back(&mut self) -> futures::future::BoxFuture<'_, crate::engine::push::Outcome> {
        Box::pin(async { crate::engine::push::Outcome::GivenBack })
    }
}

/// Readings without an end, one each 0.1 s.
struct Endless(Clock);

impl Telemetry for Endless {
    fn next(&mut self) -> futures::future::BoxFuture<'_, Report> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let reading = reading(self.0.now_s(), Some(240.0), GridState::Normal);
            Report::Reading(Box::new(reading))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_that_breaks_ends_the_engine_with_an_error() {
    let clock = Clock::start();
    let engine = Engine {
        name: "rack 1".into(),
        telemetry: Box::new(Endless(clock)),
        planner: Box::new(Follow),
        standby: None,
        pool: Pool::default(),
        push: Some(Box::new(Breaking)),
        recorder: None,
        log: None,
        config: SteerConfig { plan_period_s: 0.0, ..SteerConfig::default() },
    };
    let error = engine.run(clock, CancellationToken::new()).await.unwrap_err();
    let told = error.to_string();
    assert!(told.contains("rack 1: a part of the engine broke (keeper)"), "{told}");
    assert!(told.contains("a fault of this test"), "{told}");
}
