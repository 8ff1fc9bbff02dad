//! Means over equal cells of time, for meters faster than the grid.

/// Averages samples over cells of equal length; a cell is stamped with its end.
#[derive(Debug, Clone)]
pub struct CellMean {
    cell_s: f64,
    origin_s: Option<f64>,
    cell: f64,
    sum: f64,
    count: f64,
}

impl CellMean {
    /// Cells of `cell_s` seconds from the first sample on.
    pub fn new(cell_s: f64) -> Self {
        Self { cell_s, origin_s: None, cell: 0.0, sum: 0.0, count: 0.0 }
    }

    /// Takes a sample; gives the end and the mean of the cell that it closed. Cells without a sample are left
    /// out, and what is no number is passed over.
    pub fn push(&mut self, t_s: f64, value: f64) -> Option<(f64, f64)> {
        if !(t_s.is_finite() && value.is_finite()) {
            return None;
        }
        let origin = *self.origin_s.get_or_insert(t_s);
        let cell = ((t_s - origin) / self.cell_s + 1e-9).floor();
        let closed = (cell != self.cell && self.count > 0.0)
            .then(|| (origin + (self.cell + 1.0) * self.cell_s, self.sum / self.count));
        if cell != self.cell {
            (self.cell, self.sum, self.count) = (cell, 0.0, 0.0);
        }
        self.sum += value;
        self.count += 1.0;
        closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_closed_by_what_follows_and_empty_ones_are_left_out() {
        let mut mean = CellMean::new(0.01);
        let given: Vec<_> =
            [(5.0, 1.0), (5.005, 3.0), (5.01, 7.0), (5.02, f64::NAN), (5.041, 1.0), (5.05, 0.0)]
                .into_iter()
                .filter_map(|(t, v)| mean.push(t, v))
                .collect();
        let wanted = [(5.01, 2.0), (5.02, 7.0), (5.05, 1.0)];
        assert_eq!(given.len(), 3);
        for (g, w) in given.iter().zip(wanted) {
            assert!((g.0 - w.0).abs() < 1e-9 && g.1 == w.1, "{given:?}");
        }
    }
}
