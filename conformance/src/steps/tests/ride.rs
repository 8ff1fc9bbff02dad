//! Cases on what a shelf does while an AC source disturbs it.

use super::ride_bench::{Shelf, WATTS, table};
use crate::outcome::Outcome::{Error, Fail, Inconclusive, Pass};
use crate::ride::RechargeClaims;

fn right() -> Shelf {
    Shelf::right()
}

const CAISO: &str = "caiso-large-load@2026-06-15";
const ERCOT: &str = "ercot-nogrr282@2026-02";
const DRAFTS: &str = "ercot-nogrr282@2025-drafts";
const IESO: &str = "ieso-lcl@3.0";
const EIRGRID: &str = "eirgrid-mpid345@2026-09-22";

#[tokio::test(start_paused = true)]
async fn load_and_busbar_are_watched_all_the_time() {
    let load = |share: f64| {
        right().sees(move |now, sample| {
            if now.in_event() {
                sample.load_w = share * WATTS;
            }
        })
    };
    let at = |at_s: f64, low_v: f64, high_v: f64| {
        right().sees(move |now, sample| {
            if (now.at_s - at_s).abs() < 0.004 {
                (sample.bus_low_v, sample.bus_high_v) = (low_v, high_v);
            }
        })
    };
    table(
        "RIDE-001",
        [
            ("is right", right(), Pass),
            ("gives the load 98 % in the sag", load(0.98), Pass),
            ("gives it less", load(0.979), Fail),
            ("gives it nothing", load(0.0), Fail),
            ("is at the lower end in the first interval", at(0.01, 46.0, 50.0), Pass),
            ("is below it in the first interval", at(0.01, 45.99, 50.0), Fail),
            ("is at the upper end in the sag", at(1.60, 50.0, 52.0), Pass),
            ("is above it in the sag", at(1.60, 50.0, 52.01), Fail),
            ("is below the range in the last interval", at(7.63, 45.99, 50.0), Fail),
            ("has no meter at its load", right().record(|record| record.load_w.clear()), Inconclusive),
            ("has no lowest voltage", right().record(|record| record.bus_low_v.clear()), Inconclusive),
            ("has no highest voltage", right().record(|record| record.bus_high_v.clear()), Inconclusive),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_source_must_have_done_what_it_was_asked_for() {
    let volts = |off_v: f64| right().sees(move |_, sample| sample.rms_v[1] += off_v);
    let hertz = |off_hz: f64| right().sees(move |_, sample| sample.hertz += off_hz);
    let only = |phase: usize| {
        right().sees(move |now, sample| {
            if now.in_event() {
                sample.rms_v[phase] += 5.0;
            }
        })
    };
    table(
        "RIDE-001",
        [
            // 0.02 p.u. of 240 V are 4.8 V.
            ("has a source that is 4.79 V high", volts(4.79), Pass),
            ("has a source that is 4.81 V high", volts(4.81), Inconclusive),
            ("has a source that is 4.79 V low", volts(-4.79), Pass),
            ("has a source that is 4.81 V low", volts(-4.81), Inconclusive),
            ("has a source that is 0.09 Hz off", hertz(0.09), Pass),
            ("has a source that is 0.11 Hz off", hertz(-0.11), Inconclusive),
            ("has one that does not sag in L1", only(0), Inconclusive),
            ("has one that does not sag in L2", only(1), Inconclusive),
            ("has one that does not sag in L3", only(2), Inconclusive),
            ("has one that does nothing", right().sees(|_, s| s.rms_v = [240.0; 3]), Inconclusive),
            ("has one that is late by 95 ms", late_source(1.595), Pass),
            ("has one that is late by 105 ms", late_source(1.605), Inconclusive),
            ("tells no voltage", right().record(|record| record.rms_v.clear()), Inconclusive),
            ("tells no frequency", right().record(|record| record.frequency_hz.clear()), Inconclusive),
            ("tells nothing", right().silent(), Inconclusive),
            ("has a finer record", right().every_ms(5), Pass),
            ("has a coarser record", right().every_ms(11), Inconclusive),
            ("has a value that is none", right().record(|record| record.load_w[3] = f64::NAN), Inconclusive),
            ("has a record that ends early", right().record(short), Inconclusive),
            (
                "has a record that goes on",
                right().record(|record| {
                    record.rms_v.push([240.0; 3]);
                    record.frequency_hz.push(60.0);
                    let single = [&mut record.input_w, &mut record.bus_low_v, &mut record.bus_high_v];
                    single.into_iter().chain([&mut record.load_w]).for_each(|all| all.push(all[0]));
                }),
                Pass,
            ),
            // ITIC asks for 20 ms at 0 V: less a cycle that is 3 ms, which no mean over a cycle shows.
            ("is judged by a sag shorter than a cycle", right().codes(&["itic@2000"]), Inconclusive),
        ],
    )
    .await;
    // Sags of 60 ms.
    let unmoved = |from: usize| {
        right().sees(move |now, sample| {
            if now.event >= from && now.in_event() {
                sample.rms_v = [240.0; 3];
            }
        })
    };
    table(
        "RIDE-008",
        [
            ("is right", right(), Pass),
            ("has a source that plays none of the short sags", unmoved(1), Inconclusive),
            ("has one that leaves the last short sag out", unmoved(5), Inconclusive),
        ],
    )
    .await;
}

/// Has a source that begins the sag later.
fn late_source(from_s: f64) -> Shelf {
    right().sees(move |now, sample| {
        if now.in_event() && now.at_s < from_s {
            sample.rms_v = [240.0; 3];
        }
    })
}

/// Takes the last interval away.
fn short(record: &mut crate::instrument::ac::AcRecord) {
    record.rms_v.pop();
    record.frequency_hz.pop();
    for series in [&mut record.input_w, &mut record.bus_low_v, &mut record.bus_high_v, &mut record.load_w] {
        series.pop();
    }
}

/// Back at a time after the event, with a share of the power before; half of it until then.
fn back(at_s: f64, share: f64) -> Shelf {
    right().draws_after(move |s| WATTS * if s < at_s { 0.5 } else { share })
}

#[tokio::test(start_paused = true)]
async fn the_power_is_back_in_time_after_each_sag() {
    let gone = |from_s: f64, to_s: f64| {
        right().draws_after(move |s| if s > from_s && s < to_s { 0.0 } else { WATTS })
    };
    for id in ["RIDE-002", "RIDE-003", "RIDE-004", "RIDE-005", "RIDE-009"] {
        table(
            id,
            [
                ("is right", right(), Pass),
                // An interval of the meter is given.
                ("is back after 2.005 s", back(2.005, 1.0), Pass),
                ("is back after 2.015 s", back(2.015, 1.0), Fail),
                ("is back with 90 %", back(1.0, 0.9), Pass),
                ("is back with less", back(1.0, 0.899), Fail),
                ("never comes back", back(100.0, 1.0), Fail),
                ("is away again in the end", gone(5.9, 9.0), Fail),
                ("is away again in between", gone(3.0, 3.1), Fail),
                ("has no meter at its input", right().record(|r| r.input_w.clear()), Inconclusive),
                ("draws no power before", right().sees(|_, s| s.input_w = 0.0), Inconclusive),
            ],
        )
        .await;
    }
    // Each code that is named asks for its own time.
    table(
        "RIDE-005",
        [
            ("is back after 0.98 s by two codes", back(0.98, 1.0).codes(&[ERCOT, DRAFTS]), Pass),
            ("is back after 1.5 s by two codes", back(1.5, 1.0).codes(&[ERCOT, DRAFTS]), Fail),
            ("is back after 2.5 s by a code that allows it", back(2.5, 1.0).codes(&[CAISO]), Pass),
        ],
    )
    .await;
    let after = |event: usize, watts: f64| {
        right().sees(move |now, sample| {
            if now.event == event && now.after_s.is_some() {
                sample.input_w = watts;
            }
        })
    };
    table(
        "RIDE-008",
        [
            ("does not come back after the first sag", after(1, 100.0), Fail),
            ("does not come back after the third sag", after(3, 100.0), Fail),
            ("does not come back after the last sag", after(5, 100.0), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_way_back_has_its_height_and_its_slope() {
    let peak = |from_s: f64, to_s: f64, share: f64| {
        right().draws_after(move |s| if s > from_s && s < to_s { share * WATTS } else { WATTS })
    };
    table(
        "RIDE-006",
        [
            ("is right", right(), Pass),
            ("draws 101 %", peak(-1.0, 9.0, 1.01), Pass),
            ("draws more for an interval", peak(1.0, 1.011, 1.0101), Fail),
            ("draws more at once", peak(-1.0, 0.021, 1.2), Fail),
            ("draws more in the end", peak(5.985, 9.0, 1.2), Fail),
            ("has no meter at its input", right().record(|r| r.input_w.clear()), Inconclusive),
        ],
    )
    .await;
    // 40 kW/s are declared; 5 % more are a meter's.
    let ramp =
        |w_per_s: f64, from_s: f64| right().draws_after(move |s| (w_per_s * (s - from_s)).clamp(0.0, WATTS));
    let step = |at_s: f64, from: f64, to: f64| right().draws_after(move |s| if s > at_s { to } else { from });
    table(
        "RIDE-007",
        [
            ("is right", right(), Pass),
            ("rises by 41.9 kW/s", ramp(41_900.0, 0.1), Pass),
            ("rises by 42.1 kW/s", ramp(42_100.0, 0.1), Fail),
            ("takes all at once", step(0.03, 0.0, WATTS), Pass),
            ("takes all a little later", step(0.1, 0.0, WATTS), Fail),
            ("takes what is 42 kW/s over 100 ms", step(0.5, 4800.0, WATTS), Pass),
            ("takes more over 100 ms", step(0.5, 4799.0, WATTS), Fail),
            ("takes more in the end", step(5.98, 4000.0, WATTS), Fail),
            ("draws no power before", right().sees(|_, s| s.input_w = 0.0), Inconclusive),
            ("declares nothing", right().claims(|c| c.recovery_slope_w_per_s = None), Error),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn power_is_drawn_in_a_deep_sag() {
    // The longest deep sag is 0.52 p.u.: half of that is wanted from 100 ms on.
    let drawn = |share: f64| {
        right().sees(move |now, sample| {
            if now.in_event() {
                sample.input_w = share * now.pu * WATTS;
            }
        })
    };
    let late = |from_s: f64| {
        right().sees(move |now, sample| {
            if now.in_event() && now.at_s < from_s {
                sample.input_w = 0.0;
            }
        })
    };
    table(
        "RIDE-022",
        [
            ("is right", right(), Pass),
            ("draws half of it", drawn(0.5), Pass),
            ("draws less", drawn(0.499), Fail),
            ("draws nothing at first", late(1.605), Pass),
            ("draws nothing for most of it", late(1.85), Fail),
            (
                "has a sag of 133 ms",
                right().codes(&["iec-61000-4-11-class3@2004"]).claims(|c| c.nominal_hz = 50.0),
                Pass,
            ),
            ("has no meter at its input", right().record(|r| r.input_w.clear()), Inconclusive),
        ],
    )
    .await;
}

/// Draws a share of the power before for so long, from a time on.
fn dips(from_s: f64, for_s: f64, share: f64) -> Shelf {
    right().sees(move |now, sample| {
        if now.at_s > from_s && now.at_s < from_s + for_s {
            sample.input_w = share * WATTS;
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_frequency_is_ridden_by_each_code_that_asks_for_it() {
    let of = |share: f64| dips(3.0, 0.015, share);
    for id in ["RIDE-010", "RIDE-011"] {
        table(
            id,
            [
                ("is right", right(), Pass),
                // ERCOT bounds the power by 10 %.
                ("draws 90.1 % for an interval", of(0.901), Pass),
                ("draws 89.9 % for an interval", of(0.899), Fail),
                ("draws 109.9 % for an interval", of(1.099), Pass),
                ("draws 110.1 % for an interval", of(1.101), Fail),
                ("draws nothing in the end", dips(5.0, 100.0, 0.0), Fail),
                ("has no meter at its input", right().record(|r| r.input_w.clear()), Inconclusive),
                // CAISO states a band and no share: ridden is what is back in 3 s.
                ("is right by a code without a share", right().codes(&[CAISO]), Pass),
                ("is away for 2.99 s by that code", dips(3.0, 2.995, 0.0).codes(&[CAISO]), Pass),
                ("is away for 3.02 s by that code", dips(3.0, 3.025, 0.0).codes(&[CAISO]), Fail),
                ("draws 90 % by that code", dips(3.0, 100.0, 0.9).codes(&[CAISO]), Pass),
                ("draws less by that code", dips(3.0, 100.0, 0.899).codes(&[CAISO]), Fail),
                ("is away twice by that code", twice().codes(&[CAISO]), Pass),
                (
                    "has no such meter by that code",
                    right().record(|r| r.input_w.clear()).codes(&[CAISO]),
                    Inconclusive,
                ),
                // Both judge.
                ("is away for an interval by both", of(0.0).codes(&[CAISO, ERCOT]), Fail),
                ("is away for an interval by both, in turn", of(0.0).codes(&[ERCOT, CAISO]), Fail),
                ("names a code that asks for none, too", right().codes(&[ERCOT, DRAFTS]), Pass),
            ],
        )
        .await;
    }
    let irish = |shelf: Shelf| shelf.codes(&[EIRGRID]).claims(|c| c.nominal_hz = 50.0);
    table(
        "RIDE-012",
        [
            // By the rate alone; a second is allowed by one, half a second by the other.
            ("is right by a rate", right().codes(&[IESO]), Pass),
            ("is away for 0.99 s by it", dips(2.0, 0.995, 0.0).codes(&[IESO]), Pass),
            ("is away for 1.02 s by it", dips(2.0, 1.025, 0.0).codes(&[IESO]), Fail),
            ("is right by another rate", irish(right()), Pass),
            ("is away for 0.52 s by it", irish(dips(2.0, 0.525, 0.0)), Fail),
            // The band of one and the rate of the other.
            ("is right by two codes", right().codes(&[ERCOT, IESO]), Pass),
            ("is away for an interval by two codes", dips(2.0, 0.015, 0.0).codes(&[IESO, ERCOT]), Fail),
            (
                "loses its load",
                right().codes(&[IESO]).sees(|now, s| {
                    if now.in_event() {
                        s.load_w = 0.0
                    }
                }),
                Fail,
            ),
        ],
    )
    .await;
}

/// Away for 2 s, twice.
fn twice() -> Shelf {
    right().sees(|now, sample| {
        if [3.0, 6.0].iter().any(|from| now.at_s > *from && now.at_s < from + 2.0) {
            sample.input_w = 0.0;
        }
    })
}

/// Adds power from a time after the sag on, along a slope and up to a power.
fn recharges(from_s: f64, w_per_s: f64, most_w: f64) -> Shelf {
    right().draws_after(move |s| WATTS + (w_per_s * (s - from_s)).clamp(0.0, most_w))
}

/// As one that is right, with more for some intervals.
fn spike(at_s: f64, for_s: f64, watts: f64) -> Shelf {
    right().sees(move |now, sample| {
        if now.after_s.is_some_and(|s| s > at_s && s < at_s + for_s) {
            sample.input_w += watts;
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_recharge_waits_and_rises_along_its_slope() {
    // Declared are 60 s, 80 W/s and 780 W; a recharge counts from 78 W on.
    table(
        "RIDE-013",
        [
            ("is right", right(), Pass),
            ("begins at once", recharges(0.0, 80.0, 780.0), Fail),
            ("begins a second early", recharges(58.0, 80.0, 780.0), Fail),
            ("begins 0.08 s early", recharges(58.95, 80.0, 780.0), Fail),
            ("begins in time", recharges(59.1, 80.0, 780.0), Pass),
            ("has a spike of an interval before", spike(30.0, 0.06, 500.0), Pass),
            ("adds power for 0.9 s before", spike(30.0, 0.9, 500.0), Pass),
            ("adds power for 1.1 s before", spike(30.0, 1.1, 500.0), Fail),
            ("adds less than 10 % for long before", spike(0.0, 50.0, 78.0), Pass),
            ("adds more than 10 % for long before", spike(0.0, 50.0, 79.0), Fail),
            ("takes much in the first cycles", spike(-1.0, 0.07, 9000.0), Pass),
            ("does not recharge", right().draws_after(|_| WATTS), Inconclusive),
            ("adds power in the last 0.5 s alone", recharges(85.5, 1000.0, 780.0), Inconclusive),
            ("has no meter at its input", right().record(|r| r.input_w.clear()), Inconclusive),
            ("declares nothing", right().claims(|c| c.recharge = None), Error),
        ],
    )
    .await;
    let small = RechargeClaims { delay_s: 60.0, slope_w_per_s: 80.0, limit_w: 700.0 };
    table(
        "RIDE-014",
        [
            ("is right", right(), Pass),
            ("rises by 83.9 W/s", recharges(61.0, 83.9, 700.0), Pass),
            ("rises by 84.2 W/s", recharges(61.0, 84.2, 700.0), Fail),
            // 5 % more are a meter's.
            ("adds 818 W", recharges(61.0, 80.0, 818.0), Pass),
            ("adds 820 W", recharges(61.0, 80.0, 820.0), Fail),
            ("begins in a step", recharges(61.0, 10_000.0, 700.0), Fail),
            ("takes much in the first cycles", spike(-1.0, 0.07, 9000.0), Pass),
            ("has a spike of an interval in the end", spike(79.0, 0.06, 600.0), Fail),
            ("has one long before", spike(30.0, 0.06, 600.0), Pass),
            ("has a small one", spike(79.0, 0.06, 60.0), Pass),
            ("adds more than it declares", right().claims(move |c| c.recharge = Some(small)), Fail),
            ("declares nothing", right().claims(|c| c.recharge = None), Error),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_shelf_comes_back_by_itself() {
    // 10 s are declared, and so long the record is.
    let load = |from_s: f64, share: f64| {
        right().sees(move |now, sample| {
            if now.event > 0 && now.after_s.is_none_or(|s| s < from_s) {
                sample.load_w = share * WATTS;
            }
        })
    };
    table(
        "RIDE-021",
        [
            ("is right", right(), Pass),
            ("loses its load for 9 s", load(9.0, 0.0), Pass),
            ("has its load not back in the end", load(100.0, 0.0), Fail),
            ("has 98 % of its load back", load(100.0, 0.98), Pass),
            ("has less of its load back", load(100.0, 0.979), Fail),
            ("is back after 9.9 s", back(9.9, 1.0), Pass),
            ("is back after 10.1 s", back(10.1, 1.0), Fail),
            ("is back with 90 %", back(5.0, 0.9), Pass),
            ("is back with less", back(5.0, 0.899), Fail),
            ("has no meter at its load", right().record(|r| r.load_w.clear()), Inconclusive),
            ("has no meter at its input", right().record(|r| r.input_w.clear()), Inconclusive),
        ],
    )
    .await;
}
