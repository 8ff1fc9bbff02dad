//! Cases on energy counters, with counters that a test makes up.

use std::time::Duration;

use super::supply::{Supply, linear, table};
use crate::outcome::Outcome::{Fail, Inconclusive, Pass};

/// A counter that shows these sums, roll-overs and samples one after the other, the last one from then on.
fn counter(code: u8, list: &'static [(u16, u8, u32)]) -> Supply {
    counted(Supply::right(), code, list)
}

fn counted(supply: Supply, code: u8, list: &'static [(u16, u8, u32)]) -> Supply {
    // A block takes two transfers.
    supply.shows_at(code, move |nth| {
        let (sum, rolls, samples) = list[(nth / 2).min(list.len() - 1)];
        let mut data = vec![6];
        data.extend(sum.to_le_bytes());
        data.push(rolls);
        data.extend_from_slice(&samples.to_le_bytes()[..3]);
        Some(data)
    })
}

/// A power that is the first one in the first reads, and then the other one.
fn power(supply: Supply, code: u8, first: f64, reads: usize, then: f64) -> Supply {
    supply.shows_at(code, move |nth| Some(linear(if nth < reads { first } else { then })))
}

#[tokio::test(start_paused = true)]
async fn samples_rise() {
    let rising: &[_] = &[(0, 0, 1), (0, 0, 2)];
    table(
        "PM-CMD-037",
        [
            ("is right", counter(0x86, rising), Pass),
            ("stands still", counter(0x86, &[(0, 0, 5), (100, 0, 5)]), Fail),
            ("rolls over", counter(0x86, &[(0, 0, 0xFF_FFFF), (0, 0, 1)]), Pass),
            ("has five bytes", Supply::right().shows(0x86, [5, 0, 0, 0, 0, 0]), Fail),
            ("has seven bytes", Supply::right().shows(0x86, [7, 0, 0, 0, 0, 0, 0, 0]), Fail),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn averages_are_those_of_the_power_that_is_read() {
    // 20 samples with 1900 W each: 38000, once more than 32768.
    let watts: &[_] = &[(1_000, 3, 100), (6_232, 4, 120)];
    for (id, energy, read) in [("PM-CMD-038", 0x86, 0x97), ("PM-CMD-040", 0x87, 0x96)] {
        let own = |first, reads, then| power(counter(energy, watts), read, first, reads, then);
        let at_once = |first, reads, then| own(first, reads, then).effort(|e| e.energy = Duration::ZERO);
        let rows = [
            ("has the power", own(1900.0, 0, 1900.0), Pass),
            ("has less power", own(1800.0, 0, 1800.0), Fail),
            ("has more power", own(2000.0, 0, 2000.0), Fail),
            // Read 20 times in the time of the effort.
            ("has the power in the mean", own(1000.0, 2, 2000.0), Pass),
            ("has the power at first", own(1900.0, 2, 1000.0), Fail),
            ("is read twice if there is no time", at_once(1000.0, 1, 2800.0), Pass),
            ("is read no more than that", at_once(1900.0, 2, 9000.0), Pass),
            ("stands still", power(counter(energy, &[(0, 0, 7)]), read, 1900.0, 0, 1900.0), Fail),
        ];
        table(id, rows).await;
    }
    let full = |full: u32| {
        power(counter(0x86, watts), 0x97, 1900.0, 0, 1900.0)
            .claims(move |claims| claims.energy_full = Some(full))
    };
    table(
        "PM-CMD-038",
        [("rolls over at 32768", full(32_768), Pass), ("says another number", full(65_536), Fail)],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_roll_over_is_counted_and_makes_no_spike() {
    let rolls = |list| power(counter(0x86, list), 0x97, 1000.0, 0, 1000.0);
    table(
        "PM-CMD-039",
        [
            ("is right", rolls(&[(100, 7, 1), (100, 7, 1), (31_768, 7, 33), (0, 8, 34)]), Pass),
            ("does not count it", rolls(&[(31_768, 7, 33), (0, 7, 34)]), Fail),
            ("does not count it, without a sample", rolls(&[(31_768, 7, 33), (0, 7, 33)]), Fail),
            ("counts two", rolls(&[(31_768, 7, 33), (0, 9, 34)]), Fail),
            ("counts behind 255", rolls(&[(31_768, 255, 33), (0, 0, 34)]), Pass),
            ("has no sample yet", rolls(&[(31_768, 7, 33), (0, 8, 33)]), Pass),
            ("does not roll over", rolls(&[(100, 7, 1), (200, 7, 2)]), Inconclusive),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_out_is_no_more_than_what_goes_in() {
    let both = |input: [u32; 6], output: [u32; 6]| {
        let shown = |supply: Supply, code, list: [u32; 6]| {
            supply.shows_at(code, move |nth| Some(list[nth].to_le_bytes().to_vec()))
        };
        shown(shown(Supply::right(), 0x83, input), 0x84, output)
    };
    table(
        "PM-CMD-041",
        [
            ("counts both", both([5, 6, 7, 8, 9, 9], [3, 3, 4, 5, 6, 6]), Pass),
            ("stands still", both([5; 6], [3; 6]), Pass),
            ("has one step on its way", both([5; 6], [3, 4, 4, 4, 4, 4]), Pass),
            ("gives two steps for none", both([5; 6], [3, 4, 4, 4, 4, 5]), Fail),
            ("gives four steps for two", both([5, 5, 5, 5, 5, 7], [3, 4, 5, 6, 7, 7]), Fail),
            ("gives three steps for two", both([5, 5, 5, 5, 5, 7], [3, 4, 5, 6, 6, 6]), Pass),
            ("falls on its input", both([5, 6, 5, 8, 9, 9], [3; 6]), Fail),
            ("falls on its output", both([5, 6, 7, 8, 9, 9], [3, 4, 3, 4, 4, 4]), Fail),
        ],
    )
    .await;
    // Watched for as long as the effort says.
    let slow = |nth: usize| Some((nth as u32).to_le_bytes().to_vec());
    let began = tokio::time::Instant::now();
    table("PM-CMD-041", [("is right", Supply::right().shows_at(0x83, slow).shows(0x84, [0; 4]), Pass)]).await;
    assert_eq!(began.elapsed().as_secs(), 5);
}
