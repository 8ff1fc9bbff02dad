//! Grid events in what a gateway reports.
//!
//! The readings of a gateway are as far apart as its polls. A sag that is shorter than that shows here only through what
//! the gateway says of itself: its state. Depth and duration are then not known better than the readings show, and the
//! entry says so; the gateway's own record of half cycles is where they are.

use std::collections::VecDeque;

use crate::engine::setpoint::GridState;

/// When an event begins and ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventConfig {
    /// An event begins below this voltage, in p.u. of the nominal one.
    pub low_pu: f64,
    /// And above this one.
    pub high_pu: f64,
    /// And further than this from the nominal frequency, in hertz.
    pub frequency_hz: f64,
    /// It is over when nothing has been wrong for this long, in seconds: recovery is part of it.
    pub quiet_s: f64,
    /// How much of before is kept, in seconds.
    pub before_s: f64,
    /// Looks further apart than this, in seconds, have lost what was between them.
    pub lost_s: f64,
    /// Longest event, in seconds; a longer one is closed, and the rest is an event of its own.
    pub longest_s: f64,
}

impl Default for EventConfig {
    /// 0.9 to 1.1 p.u., 1.2 Hz (the continuous band of ERCOT and CAISO), 5 s of quiet, 5 s of before, 15 s between looks, 120 s.
    fn default() -> Self {
        Self {
            low_pu: 0.9,
            high_pu: 1.1,
            frequency_hz: 1.2,
            quiet_s: 5.0,
            before_s: 5.0,
            lost_s: 15.0,
            longest_s: 120.0,
        }
    }
}

/// Most looks of an event; more are thinned out, never the extremes.
const MOST_LOOKS: usize = 4096;

/// One look at the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// When, in seconds on the engine's clock.
    pub t_s: f64,
    /// AC voltage in p.u.: of the lowest phase, where phases are known.
    pub low_pu: Option<f64>,
    /// AC voltage in p.u. of the highest phase.
    pub high_pu: Option<f64>,
    /// Frequency.
    pub frequency_hz: Option<f64>,
    /// AC input of the shelf.
    pub input_w: f64,
    /// What the gateway says.
    pub grid: GridState,
}

/// A grid event that is over.
#[derive(Debug, Clone, PartialEq)]
pub struct GridEvent {
    /// When the first thing was wrong, in seconds on the engine's clock.
    pub begin_s: f64,
    /// When the last thing was.
    pub end_s: f64,
    /// From before it to after it.
    pub looks: Vec<Look>,
    /// What was wrong.
    pub signs: Signs,
    /// Closed for its length, or at the end of the engine, while something was still wrong.
    pub cut: bool,
    /// Closed because nothing was seen for a while: how it went on is not known.
    pub lost: bool,
}

/// What was wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// The voltage was low.
    pub low: bool,
    /// The voltage was high.
    pub high: bool,
    /// The frequency was off.
    pub frequency: bool,
    /// The gateway said that it rides through something.
    pub gateway: bool,
}

impl Signs {
    fn any(self) -> bool {
        self.low || self.high || self.frequency || self.gateway
    }

    fn add(&mut self, other: Self) {
        self.low |= other.low;
        self.high |= other.high;
        self.frequency |= other.frequency;
        self.gateway |= other.gateway;
    }
}

/// Watches for events.
#[derive(Debug)]
pub struct Watch {
    config: EventConfig,
    nominal_hz: f64,
    before: VecDeque<Look>,
    open: Option<GridEvent>,
}

impl Watch {
    /// Nothing seen yet.
    pub fn new(config: EventConfig, nominal_hz: f64) -> Self {
        Self { config, nominal_hz, before: VecDeque::new(), open: None }
    }

    fn signs(&self, look: &Look) -> Signs {
        Signs {
            low: look.low_pu.is_some_and(|v| v < self.config.low_pu),
            high: look.high_pu.is_some_and(|v| v > self.config.high_pu),
            frequency: look
                .frequency_hz
                .is_some_and(|f| (f - self.nominal_hz).abs() > self.config.frequency_hz),
            gateway: look.grid == GridState::Event,
        }
    }

    /// Takes a look; gives the event that it ended. Looks that do not come later than the one before are passed over.
    pub fn look(&mut self, look: Look) -> Option<GridEvent> {
        let last = self.open.as_ref().and_then(|e| e.looks.last()).or_else(|| self.before.back());
        if !look.t_s.is_finite() || last.is_some_and(|last| look.t_s <= last.t_s) {
            return None;
        }
        if last.is_some_and(|last| look.t_s - last.t_s > self.config.lost_s) {
            let mut event = self.open.take();
            if let Some(event) = &mut event {
                event.lost = true;
            }
            self.before.clear();
            self.look(look);
            return event;
        }
        let signs = self.signs(&look);
        let Some(event) = &mut self.open else {
            while self.before.front().is_some_and(|first| first.t_s < look.t_s - self.config.before_s)
                || self.before.len() >= MOST_LOOKS / 4
            {
                self.before.pop_front();
            }
            self.before.push_back(look);
            if signs.any() {
                let looks = self.before.drain(..).collect();
                self.open = Some(GridEvent {
                    begin_s: look.t_s,
                    end_s: look.t_s,
                    looks,
                    signs,
                    cut: false,
                    lost: false,
                });
            }
            return None;
        };
        event.looks.push(look);
        event.signs.add(signs);
        if signs.any() {
            event.end_s = look.t_s;
        }
        if event.looks.len() >= MOST_LOOKS {
            thin(&mut event.looks);
        }
        let quiet = look.t_s - event.end_s >= self.config.quiet_s;
        let long = look.t_s - event.begin_s >= self.config.longest_s;
        if quiet || long {
            event.cut = !quiet;
            return self.open.take();
        }
        None
    }

    /// Ends an open event: nothing more is going to be seen for a while.
    pub fn close(&mut self) -> Option<GridEvent> {
        self.before.clear();
        let mut event = self.open.take()?;
        event.cut = true;
        Some(event)
    }
}

/// Looks of which [`thin`] makes half as many: twice as many as there are extremes.
const GROUP: usize = 12;

/// A quantity of a look, at its extreme where it is least.
type Extreme<'a> = &'a dyn Fn(&Look) -> Option<f64>;

/// Half as many looks: of each group those in which a quantity is at its lowest or highest, and some between.
fn thin(looks: &mut Vec<Look>) {
    // What is not known is no extreme.
    let extremes: [Extreme<'_>; GROUP / 2] = [
        &|look| look.low_pu,
        &|look| look.high_pu.map(|v| -v),
        &|look| look.frequency_hz,
        &|look| look.frequency_hz.map(|f| -f),
        &|look| Some(look.input_w),
        &|look| Some(-look.input_w),
    ];
    let mut kept = Vec::with_capacity(looks.len() / 2 + 1);
    for group in looks.chunks(GROUP) {
        let mut keep = [false; GROUP];
        for extreme in extremes {
            let known = group.iter().enumerate().filter_map(|(n, look)| Some((n, extreme(look)?)));
            if let Some((n, _)) = known.min_by(|(_, a), (_, b)| a.total_cmp(b))
                && let Some(place) = keep.get_mut(n)
            {
                *place = true;
            }
        }
        // Where fewer looks hold all extremes: every second one, then whatever is left.
        let mut room = group.len().div_ceil(2).saturating_sub(keep.iter().filter(|k| **k).count());
        let (even, odd): (Vec<_>, Vec<_>) =
            keep.iter_mut().take(group.len()).enumerate().partition(|(n, _)| n % 2 == 0);
        for (_, place) in even.into_iter().chain(odd) {
            if room > 0 && !*place {
                *place = true;
                room -= 1;
            }
        }
        kept.extend(group.iter().zip(keep).filter_map(|(look, keep)| keep.then_some(*look)));
    }
    *looks = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(t_s: f64, pu: f64) -> Look {
        let (low_pu, high_pu, frequency_hz) = (Some(pu), Some(pu), Some(60.0));
        Look { t_s, low_pu, high_pu, frequency_hz, input_w: 9e3, grid: GridState::Normal }
    }

    #[test]
    fn a_sag_is_one_event_with_its_before_and_after() {
        let mut watch = Watch::new(EventConfig::default(), 60.0);
        let mut found = Vec::new();
        for n in 0..400 {
            let t_s = f64::from(n) * 0.1;
            found.extend(watch.look(look(t_s, if (100..130).contains(&n) { 0.6 } else { 1.0 })));
        }
        let [event] = found.as_slice() else { panic!("{found:?}") };
        assert!((event.begin_s - 10.0).abs() < 1e-9 && (event.end_s - 12.9).abs() < 1e-9, "{event:?}");
        assert!(event.looks[0].t_s > 4.9 && event.looks[0].t_s < 5.1, "{:?}", event.looks[0]);
        assert!((event.looks.last().unwrap().t_s - 17.9).abs() < 0.11);
        assert_eq!(event.signs, Signs { low: true, ..Signs::default() });
        assert!(!event.cut);
    }

    #[test]
    fn two_sags_within_the_quiet_are_one_event_and_what_the_gateway_says_counts() {
        let mut watch = Watch::new(EventConfig::default(), 60.0);
        let mut found = Vec::new();
        for n in 0..300 {
            let mut seen = look(f64::from(n) * 0.1, if n == 50 { 0.8 } else { 1.0 });
            if n == 80 {
                seen.grid = GridState::Event;
            }
            found.extend(watch.look(seen));
        }
        assert_eq!(found.len(), 1);
        assert!(found[0].signs.low && found[0].signs.gateway && !found[0].signs.high);
    }

    #[test]
    fn what_is_lost_in_between_is_no_part_of_an_event() {
        let mut watch = Watch::new(EventConfig::default(), 60.0);
        for n in 0..10 {
            assert!(watch.look(look(f64::from(n), if n > 6 { 0.6 } else { 1.0 })).is_none());
        }
        let event = watch.look(look(610.0, 1.0)).unwrap();
        assert!(event.lost && !event.cut, "{event:?}");
        assert!((event.begin_s - 7.0).abs() < 1e-9 && (event.end_s - 9.0).abs() < 1e-9);
        assert!(event.looks.iter().all(|look| look.t_s < 10.0), "{:?}", event.looks);
        // It is healthy again, and what comes then is an event of its own.
        assert!(watch.look(look(611.0, 1.0)).is_none());
        assert!(watch.look(look(612.0, 0.7)).is_none());
        assert!((watch.close().unwrap().begin_s - 612.0).abs() < 1e-9);
    }

    #[test]
    fn thinning_keeps_the_extremes_of_each_quantity() {
        // Each extreme at every place of a pair and of a group, on its own.
        for place in 1000..1000 + 2 * GROUP {
            let mut looks: Vec<Look> = (0..MOST_LOOKS).map(|n| look(n as f64 * 0.01, 1.0)).collect();
            looks[place].low_pu = Some(0.2);
            looks[place + 1].high_pu = Some(1.3);
            looks[place + 2].frequency_hz = Some(57.0);
            looks[place + 3].frequency_hz = Some(63.0);
            looks[place + 4].input_w = 1e3;
            looks[place + 5].input_w = 2e4;
            for left in [MOST_LOOKS / 2, MOST_LOOKS / 4, MOST_LOOKS / 8] {
                thin(&mut looks);
                assert!(looks.len().abs_diff(left) <= GROUP && looks.is_sorted_by(|a, b| a.t_s < b.t_s));
                let has = |of: &dyn Fn(&Look) -> bool| looks.iter().any(of);
                assert!(has(&|l| l.low_pu == Some(0.2)), "{place}");
                assert!(has(&|l| l.high_pu == Some(1.3)), "{place}");
                assert!(has(&|l| l.frequency_hz == Some(57.0)), "{place}");
                assert!(has(&|l| l.frequency_hz == Some(63.0)), "{place}");
                assert!(has(&|l| l.input_w == 1e3) && has(&|l| l.input_w == 2e4), "{place}");
            }
        }
    }

    #[test]
    fn an_endless_event_is_cut_and_bounded() {
        let mut watch = Watch::new(EventConfig::default(), 60.0);
        let found: Vec<_> = (0..40_000).filter_map(|n| watch.look(look(f64::from(n) * 0.01, 0.5))).collect();
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|e| e.cut && e.looks.len() < MOST_LOOKS));
        assert!(watch.close().unwrap().cut);
        assert!(watch.close().is_none());
    }
}
