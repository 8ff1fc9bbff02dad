//! Forecasts that wait for their truth.

use std::collections::VecDeque;

/// A row of things that fall due, with fixed room.
#[derive(Debug, Clone)]
pub struct Pending<T> {
    row: VecDeque<(f64, T)>,
    room: usize,
    /// The least between two of them.
    stride: f64,
    next: f64,
}

impl<T> Pending<T> {
    /// At most so many wait in a horizon: more would be nearly the same forecast again.
    pub const A_HORIZON: f64 = 32.0;

    /// For what falls due `horizon` after it was put, at most one each `stride` at least `step`, in one unit.
    pub fn new(horizon: f64, step: f64) -> Self {
        let stride = step.max(horizon / Self::A_HORIZON);
        let room = (horizon / stride).ceil() as usize + 2;
        Self { row: VecDeque::with_capacity(room), room, stride, next: f64::NEG_INFINITY }
    }

    /// Is it time for the next one?
    pub fn wants(&self, now: f64) -> bool {
        // A little early: sums of a step never meet their multiple, and seconds since 1970 are grained.
        now >= self.next - 1e-3 * self.stride && self.row.len() < self.room
    }

    /// Puts one that falls due at `due`.
    pub fn put(&mut self, now: f64, due: f64, thing: T) {
        if self.row.len() < self.room {
            self.row.push_back((due, thing));
            // Keep the beat, unless it was lost.
            let beat = if self.next.is_finite() { self.next } else { now };
            self.next = (beat + self.stride).max(now + 0.5 * self.stride);
        }
    }

    /// The next one that is due by `now`, with the time it was due.
    pub fn due(&mut self, now: f64) -> Option<(f64, T)> {
        match self.row.front() {
            Some((due, _)) if *due <= now => self.row.pop_front(),
            _ => None,
        }
    }

    /// Forgets all that wait.
    pub fn clear(&mut self) {
        self.row.clear();
        self.next = f64::NEG_INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_horizon_holds_32_and_all_fall_due_in_order() {
        let mut pending = Pending::new(640.0, 1.0);
        let (mut put, mut due, mut most) = (0, Vec::new(), 0);
        for now in 0..10_000 {
            let now = f64::from(now);
            while let Some((at, thing)) = pending.due(now) {
                assert_eq!(at, thing);
                due.push(thing);
            }
            if pending.wants(now) {
                pending.put(now, now + 640.0, now + 640.0);
                put += 1;
            }
            most = most.max(pending.row.len());
        }
        assert_eq!((put, most), (500, 32));
        assert!(due.is_sorted() && due.len() == 468, "{}", due.len());
    }

    #[test]
    fn a_short_one_takes_each_step_and_room_never_grows() {
        let mut pending = Pending::new(0.03, 0.01);
        let room = pending.row.capacity();
        let mut taken = 0;
        for i in 0..1000 {
            let now = f64::from(i) * 0.01;
            while pending.due(now).is_some() {}
            if pending.wants(now) {
                pending.put(now, now + 0.03, ());
                taken += 1;
            }
        }
        assert_eq!((taken, pending.row.capacity()), (1000, room));
    }
}
