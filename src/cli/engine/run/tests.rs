//! Options that cannot be, and parts that break.

use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    run: RunArgs,
}

fn args(more: &[&str]) -> RunArgs {
    Line::parse_from([&["x", "--gateway", "synthetic:sine"], more].concat()).run
}

#[test]
fn every_figure_of_the_command_line_is_bounded() {
    for (option, bad, good) in [
        ("--write-gap", ["1e30", "1.6s", "40ms"].as_slice(), "1.5s"),
        ("--period", &["10ms", "2"], "20ms"),
        ("--poll", &["1e9", "1ms"], "20ms"),
        ("--for", &["1e30"], "1e8"),
        ("--rated-w", &["nan", "inf", "0", "1e9"], "18000"),
        ("--site-w", &["0", "nan", "inf", "1e12"], "1e8"),
        ("--nominal-v", &["nan", "inf", "0", "1e9"], "277"),
        ("--nominal-hz", &["nan", "0", "400"], "50"),
    ] {
        for bad in bad {
            let Failure(code, reason) = check(&args(&[option, bad])).unwrap_err();
            assert!(code == USAGE && reason.starts_with(&format!("{option}: ")), "{option} {bad}: {reason}");
            assert!(reason.contains("wants"), "{reason}");
        }
        assert!(check(&args(&[option, good])).is_ok(), "{option} {good}");
    }
    assert!(check(&args(&[])).is_ok());
    let Failure(_, reason) = check(&args(&["--rated-w", "18000", "--site-w", "100"])).unwrap_err();
    assert!(reason.contains("less than"), "{reason}");
}

#[test]
fn every_figure_of_the_plan_is_bounded() {
    let store = HintStore::new(Clock::start());
    for option in [
        "--psu-w",
        "--bbu-w",
        "--input-limit-w",
        "--reserve",
        "--target",
        "--ramp-up",
        "--ramp-down",
        "--range",
    ] {
        for bad in ["nan", "inf", "1e30", "-1"] {
            let args = args(&[&format!("{option}={bad}")]);
            let refused = plan::planners(&args.plan, args.period, args.write_gap, store.of("g")).err();
            assert!(refused.is_some(), "{option} {bad}");
        }
    }
}

#[test]
fn a_setpoint_is_renewed_before_it_is_too_old() {
    let plan = crate::engine::plan::PlanConfig::default();
    assert!(LONGEST_GAP_S < plan.valid_s, "{LONGEST_GAP_S} s");
}

#[tokio::test]
async fn one_engine_that_breaks_is_told_though_others_go_on() {
    let mut engines = JoinSet::new();
    engines.spawn(async { Ok(()) });
    engines.spawn(std::future::pending());
    engines.spawn(async { panic!("a fault of this test") });
    let told = all(&mut engines).await.unwrap();
    assert!(told.contains("a fault of this test"), "{told}");
    let mut hints: Option<Hinting> = Some(tokio::spawn(async { panic!("another one") }));
    assert!(silent(&mut hints).await.contains("another one"));
    assert!(hints.is_none());
}
