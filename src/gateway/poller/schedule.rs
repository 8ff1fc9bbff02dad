//! When each device has its turn: fixed phases in the cycle for fast reads, the time between for the rest.
//!
//! `spec/decisions/0008` derives the schedule and says what it is for.

use std::time::Duration;

/// How much longer than its reads alone a round may be stretched, at most: half as long again is for others. The
/// readings of one round are to be of nearly the same instant, so it is not stretched over the whole cycle.
const STRETCH: f64 = 1.5;

/// Phases of the fast reads of one cycle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Phases {
    /// When the reads of each device begin, counted from the start of the cycle.
    pub starts: Vec<Duration>,
    /// When the last one ends if nobody is in its way.
    pub end: Duration,
}

/// Spreads devices whose fast reads keep the line for `costs` over a cycle of `period`, so that `background` is left
/// at its end for reads of the other classes.
pub(super) fn phases(costs: &[Duration], period: Duration, background: Duration) -> Phases {
    let round: Duration = costs.iter().sum();
    let room = period.saturating_sub(background);
    let window = round.mul_f64(STRETCH).min(room).max(round);
    let stretch = if round.is_zero() { 1.0 } else { window.as_secs_f64() / round.as_secs_f64() };
    let mut before = Duration::ZERO;
    let starts = costs
        .iter()
        .map(|cost| {
            let start = before.mul_f64(stretch);
            before += *cost;
            start
        })
        .collect();
    Phases { starts, end: window }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_round_is_stretched_by_half_where_there_is_room() {
        let phases = phases(&[ms(10), ms(20), ms(10)], ms(1000), ms(100));
        assert_eq!(phases.starts, [ms(0), ms(15), ms(45)]);
        assert_eq!(phases.end, ms(60));
    }

    #[test]
    fn the_background_keeps_its_share_of_a_full_cycle() {
        let of = |background| phases(&[ms(300), ms(300)], ms(1000), background);
        assert_eq!((of(ms(100)).starts, of(ms(100)).end), (vec![ms(0), ms(450)], ms(900)));
        assert_eq!((of(ms(250)).starts, of(ms(250)).end), (vec![ms(0), ms(375)], ms(750)));
        // Fast reads come before all others: they are never squeezed below their own time.
        assert_eq!((of(ms(500)).starts, of(ms(500)).end), (vec![ms(0), ms(300)], ms(600)));
        assert_eq!(phases(&[], ms(1000), ms(100)), Phases::default());
        assert_eq!(phases(&[ms(0), ms(0)], ms(1000), ms(100)).starts, [ms(0), ms(0)]);
    }

    proptest! {
        #[test]
        fn turns_follow_each_other_and_fit(
            costs in prop::collection::vec(0u64..200, 0..30),
            period in 1u64..3000,
            background in 0u64..3000,
        ) {
            let costs: Vec<Duration> = costs.into_iter().map(ms).collect();
            let phases = phases(&costs, ms(period), ms(background));
            let round: Duration = costs.iter().sum();
            let slack = Duration::from_nanos(100);
            prop_assert_eq!(phases.starts.len(), costs.len());
            prop_assert!(phases.end >= round && phases.end <= round.mul_f64(STRETCH).max(round) + slack);
            let ends = phases.starts.iter().skip(1).chain([&phases.end]);
            for ((start, cost), next) in phases.starts.iter().zip(&costs).zip(ends) {
                prop_assert!(*start + *cost <= *next + slack);
            }
        }
    }
}
