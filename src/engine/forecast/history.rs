//! The recent points of the grid, in one piece.

/// A ring of the newest values that can be read as one slice: each value is kept twice, a capacity apart.
#[derive(Debug, Clone)]
pub struct History {
    values: Vec<f64>,
    capacity: usize,
    next: usize,
    len: usize,
    total: u64,
}

impl History {
    /// Room for `capacity` values, one at least.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        Self { values: vec![0.0; 2 * capacity], capacity, next: 0, len: 0, total: 0 }
    }

    /// Adds the newest value; the oldest one goes when there is no room.
    pub fn push(&mut self, value: f64) {
        for at in [self.next, self.next + self.capacity] {
            if let Some(place) = self.values.get_mut(at) {
                *place = value;
            }
        }
        self.next = (self.next + 1) % self.capacity;
        self.len = (self.len + 1).min(self.capacity);
        self.total += 1;
    }

    /// Forgets the values, not how many there were.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// How many values it holds.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Is it empty?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many values it can hold.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many values there ever were: the number of the newest one, counted from 1.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The values it holds, oldest first.
    pub fn all(&self) -> &[f64] {
        let end = self.next + self.capacity;
        self.values.get(end - self.len..end).unwrap_or_default()
    }

    /// The value `steps` before the newest one.
    pub fn back(&self, steps: usize) -> Option<f64> {
        let all = self.all();
        all.len().checked_sub(steps + 1).and_then(|at| all.get(at)).copied()
    }

    /// The value `steps` before the newest one, between two points where that is no whole number.
    pub fn back_between(&self, steps: f64) -> Option<f64> {
        if !(steps >= 0.0 && steps < self.len as f64) {
            return None;
        }
        let near = self.back(steps as usize)?;
        let share = steps.fract();
        if share == 0.0 {
            return Some(near);
        }
        Some(near + (self.back(steps as usize + 1)? - near) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_values_are_one_slice() {
        let mut history = History::new(3);
        assert!(history.is_empty() && history.back(0).is_none());
        for i in 0..7 {
            history.push(f64::from(i));
        }
        assert_eq!(history.all(), [4.0, 5.0, 6.0]);
        assert_eq!([0, 1, 2, 3].map(|k| history.back(k)), [Some(6.0), Some(5.0), Some(4.0), None]);
        assert_eq!(history.back_between(0.25), Some(5.75));
        assert_eq!(history.back_between(2.0), Some(4.0));
        assert_eq!([-0.1, 2.1, f64::NAN].map(|k| history.back_between(k)), [None; 3]);
        history.clear();
        assert_eq!((history.all().len(), history.total()), (0, 7));
    }
}
