//! What is kept, for whom and for how long.

use std::time::Duration;

use super::*;

fn start(job: &str, at_s: f64) -> Hint {
    Hint { job: job.to_owned(), kind: HintKind::Start { at_s, rise_w: Some(5e3) } }
}

fn jobs(store: &HintStore, gateway: &str, now_s: f64, until_s: f64) -> Vec<String> {
    let mut found = Vec::new();
    store.of(gateway).between(now_s, until_s, &mut |hint| found.push(hint.job.clone()));
    found
}

#[test]
fn hints_come_in_order_of_time_and_to_their_gateway() {
    let store = HintStore::new(Clock::start());
    store.take(None, start("late", 20.0)).unwrap();
    store.take(Some("rack 1".into()), start("early", 10.0)).unwrap();
    store.take(None, Hint { job: "p".into(), kind: HintKind::Period { period_s: 2.0 } }).unwrap();
    assert_eq!(jobs(&store, "rack 1", 0.0, 30.0), ["p", "early", "late"]);
    assert_eq!(jobs(&store, "rack 2", 0.0, 30.0), ["p", "late"]);
    assert_eq!(jobs(&store, "rack 1", 0.0, 15.0), ["p", "early"]);
    // The same kind of the same job replaces; another one adds.
    store.take(None, start("late", 5.0)).unwrap();
    assert_eq!(jobs(&store, "rack 1", 0.0, 30.0), ["p", "late", "early"]);
    assert_eq!(store.take_back("late", None), Ok(1));
    assert_eq!(jobs(&store, "rack 2", 0.0, 30.0), ["p"]);
}

#[test]
fn hints_of_one_gateway_are_taken_back_without_those_of_others() {
    let store = HintStore::new(Clock::start()).with_gateways(["a".to_owned(), "b".to_owned()]);
    for gateway in [None, Some("a"), Some("b")] {
        store.take(gateway.map(str::to_owned), start("7", 5.0)).unwrap();
    }
    assert_eq!(store.take_back("7", Some("a")), Ok(1));
    assert_eq!(jobs(&store, "a", 0.0, 9.0).len(), 1, "the one for all is left");
    assert_eq!(jobs(&store, "b", 0.0, 9.0).len(), 2);
    let refused = store.take_back("7", Some("c")).unwrap_err().to_string();
    assert!(refused.contains(r#"gateway = "c""#) && refused.contains(r#"it has "a", "b""#), "{refused}");
    assert_eq!(store.take_back("7", None), Ok(2));
}

#[test]
fn a_gateway_that_is_not_there_is_refused_with_those_that_are() {
    let store = HintStore::new(Clock::start()).with_gateways((0..20).map(|n| format!("rack {n}")));
    store.take(Some("rack 19".into()), start("7", 5.0)).unwrap();
    let refused = store.take(Some("rack 20".into()), start("7", 5.0)).unwrap_err().to_string();
    let wanted = r#"gateway = "rack 20": the engine has no gateway of this name; it has "rack 0""#;
    assert!(refused.starts_with(wanted) && refused.ends_with("and 12 more"), "{refused}");
    assert_eq!(store.list().len(), 1);
}

fn period_and_cap(store: &HintStore, job: &str) {
    store.take(None, Hint { job: job.into(), kind: HintKind::Period { period_s: 2.0 } }).unwrap();
    let at_s = store.clock().now_s();
    store.take(None, Hint { job: job.into(), kind: HintKind::Cap { at_s, cap_w: 5e3 } }).unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_run_does_not_end_the_next_one_of_the_same_job() {
    let store = HintStore::new(Clock::start());
    period_and_cap(&store, "7");
    let end = |at_s| Hint { job: "7".into(), kind: HintKind::End { at_s, fall_w: None } };
    store.take(None, end(store.clock().now_s())).unwrap();
    tokio::time::advance(Duration::from_secs(5)).await;
    store.take(None, start("7", 7.0)).unwrap();
    period_and_cap(&store, "7");
    tokio::time::advance(Duration::from_secs(60)).await;
    // At +65 s the end is over, and the start at +7 s is not.
    assert_eq!(store.list().len(), 3, "{:?}", store.list());
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(store.list().len(), 2, "period and cap go on");
    // An end that was announced ahead ends what is said between then and its time, and no start after it.
    store.take(None, end(store.clock().now_s() + 100.0)).unwrap();
    tokio::time::advance(Duration::from_secs(50)).await;
    period_and_cap(&store, "7");
    store.take(None, start("7", store.clock().now_s() + 200.0)).unwrap();
    tokio::time::advance(Duration::from_secs(111)).await;
    let left = store.list();
    assert!(matches!(&left[..], [Kept { hint: Hint { kind: HintKind::Start { .. }, .. }, .. }]), "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn a_planner_alone_sees_a_job_end() {
    let store = HintStore::new(Clock::start());
    period_and_cap(&store, "7");
    store.take(None, Hint { job: "7".into(), kind: HintKind::End { at_s: 1.0, fall_w: None } }).unwrap();
    let seen = |store: &HintStore| {
        let now_s = store.clock().now_s();
        jobs(store, "g", now_s, now_s + 10.0).len()
    };
    assert_eq!(seen(&store), 3);
    tokio::time::advance(Duration::from_secs(62)).await;
    assert_eq!(seen(&store), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_over_is_forgotten_and_the_end_of_a_job_takes_the_rest() {
    let store = HintStore::new(Clock::start());
    store.take(None, Hint { job: "a".into(), kind: HintKind::Period { period_s: 2.0 } }).unwrap();
    store.take(None, Hint { job: "b".into(), kind: HintKind::Period { period_s: 3.0 } }).unwrap();
    store.take(None, start("a", 1.0)).unwrap();
    store.take(None, Hint { job: "a".into(), kind: HintKind::End { at_s: 100.0, fall_w: None } }).unwrap();
    tokio::time::advance(Duration::from_secs(90)).await;
    assert_eq!(store.list().len(), 3, "the start is over");
    tokio::time::advance(Duration::from_secs(80)).await;
    let left = store.list();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].hint.job, "b");
    tokio::time::advance(Duration::from_secs(15 * 86_400)).await;
    assert!(store.list().is_empty());
}

#[test]
fn nonsense_is_refused_and_the_store_is_bounded() {
    let store = HintStore::new(Clock::start());
    let refused = |kind| store.take(None, Hint { job: "j".into(), kind }).unwrap_err().to_string();
    for period_s in [0.0, 0.049, 600.1, 3600.0] {
        let told = refused(HintKind::Period { period_s });
        assert!(told.contains(&format!("period_s = {period_s}: wants 0.05 to 600 s")), "{told}");
    }
    assert!(refused(HintKind::Period { period_s: f64::NAN }).contains("period_s = NaN"));
    assert!(refused(HintKind::Cap { at_s: 1.0, cap_w: -1.0 }).contains("cap_w = -1"));
    assert!(refused(HintKind::Start { at_s: 1e12, rise_w: None }).contains("a week ahead"));
    for job in ["", " x", "a\nb", &"x".repeat(LONGEST_JOB + 1)] {
        assert_eq!(store.take(None, start(job, 1.0)), Err(StoreError::Name { what: "job" }), "{job:?}");
    }
    for n in 0..MOST_HINTS {
        store.take(None, start(&n.to_string(), 1.0)).unwrap();
    }
    assert_eq!(store.take(None, start("more", 1.0)), Err(StoreError::Full));
    store.take(None, start("7", 2.0)).unwrap();
}
