//! The shape of the quadratic program: its columns, costs and rows, which depend on the shelf and the steps alone.

use clarabel::algebra::CscMatrix;
use clarabel::solver::SupportedConeT::{self, NonnegativeConeT, SecondOrderConeT, ZeroConeT};

use super::band::{Piece, bounds, pieces};
use super::rack::RackModel;

/// Cost of a limit broken by the rating for a step, linear and with the square.
pub(super) const BROKEN: (f64, f64) = (50.0, 50.0);
/// Cost of power out of the battery: the least wear wins among equals.
pub(super) const WEAR: f64 = 0.002;
/// The same into it, where devices hold the limit: against the cost of the distance it leaves some 36 W of a shelf uncharged. Where they
/// follow a command it is [`WEAR`], which leaves 700 W: a charge that is still drawn when the load rises is above the rating.
pub(super) const CHARGING: f64 = 0.0002;
/// Cost of the distance from the reference, and of a change from step to step, by their squares.
pub(super) const DISTANCE: f64 = 0.05;
pub(super) const CHANGE: f64 = 2.0;
/// Steps after which the energy is bounded: it moves by thousandths in one.
pub(super) const GROUP: usize = 5;

/// Columns of the program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    n: usize,
    groups: usize,
    pieces: usize,
}

impl Columns {
    /// Charge in a step. The discharge is what is left: load, less `g`, plus `c`.
    pub(super) fn c(self, k: usize) -> usize {
        k
    }
    /// Power of the PSUs.
    pub(super) fn g(self, k: usize) -> usize {
        self.n + k
    }
    /// What the ramp is broken by.
    pub(super) fn w(self, k: usize) -> usize {
        2 * self.n + k
    }
    /// Energy against now after a group of steps.
    fn e(self, group: usize) -> usize {
        3 * self.n + group
    }
    /// The band after a piece of time.
    fn y(self, piece: usize) -> usize {
        3 * self.n + self.groups + piece
    }
    fn last(self) -> usize {
        3 * self.n + self.groups + self.pieces
    }
    fn high(self) -> usize {
        self.last()
    }
    fn low(self) -> usize {
        self.last() + 1
    }
    pub(super) fn range(self) -> usize {
        self.last() + 2
    }
    pub(super) fn over(self) -> usize {
        self.last() + 3
    }
    pub(super) fn band(self) -> usize {
        self.last() + 4
    }
    pub(super) fn count(self) -> usize {
        self.last() + 5
    }
}

/// Rows of a sparse matrix while it is built.
#[derive(Debug, Default)]
struct Rows {
    row: Vec<usize>,
    column: Vec<usize>,
    value: Vec<f64>,
    count: usize,
}

impl Rows {
    fn add(&mut self, terms: &[(usize, f64)]) {
        for (column, value) in terms {
            self.row.push(self.count);
            self.column.push(*column);
            self.value.push(*value);
        }
        self.count += 1;
    }

    fn matrix(self, columns: usize) -> CscMatrix<f64> {
        CscMatrix::new_from_triplets(self.count, columns, self.row, self.column, self.value)
    }
}

/// Does the grid want a smooth power? Without ramps, range and band there is nothing to smooth for.
pub fn smooths(rack: &RackModel) -> bool {
    let grid = &rack.grid;
    let all = 1e3 * rack.psu_rating_w;
    grid.ramp_up_w_per_s < all || grid.ramp_down_w_per_s < all || grid.range_w < all || bounds_band(rack)
}

/// Is the energy of the band bounded?
pub(super) fn bounds_band(rack: &RackModel) -> bool {
    rack.grid.band_rms_w < 1e3 * rack.psu_rating_w
}

/// Is the energy bounded after this step?
pub(super) fn bounds_energy(k: usize) -> bool {
    k % GROUP == GROUP - 1
}

/// A program without the figures of a tick.
pub(super) struct Program {
    pub(super) columns: Columns,
    /// The quadratic cost, upper triangle.
    pub(super) cost: CscMatrix<f64>,
    /// The constraints.
    pub(super) matrix: CscMatrix<f64>,
    /// What kind each row is of.
    pub(super) cones: Vec<SupportedConeT<f64>>,
    /// Pieces of time in which the band is bounded; none where nothing bounds it.
    pub(super) pieces: Vec<Piece>,
}

impl Program {
    pub(super) fn new(rack: &RackModel, steps_s: &[f64]) -> Self {
        let pieces = if bounds_band(rack) { pieces(steps_s, rack.grid.window_s) } else { Vec::new() };
        let n = steps_s.len();
        let columns = Columns { n, groups: n / GROUP, pieces: pieces.len() };
        let (matrix, cones) = constraints(rack, steps_s, &pieces, columns);
        Self { columns, cost: cost(rack, steps_s, columns), matrix, cones, pieces }
    }
}

/// The quadratic cost, upper triangle.
fn cost(rack: &RackModel, steps_s: &[f64], columns: Columns) -> CscMatrix<f64> {
    let first_s = steps_s.first().copied().unwrap_or(1.0);
    let change = |k: usize| match steps_s.get(k) {
        Some(step_s) if smooths(rack) => CHANGE * first_s / step_s,
        _ => 0.0,
    };
    let mut rows = Rows { count: columns.count(), ..Rows::default() };
    let mut put = |row: usize, column: usize, value: f64| {
        rows.row.push(row);
        rows.column.push(column);
        rows.value.push(value);
    };
    for (k, step_s) in steps_s.iter().enumerate() {
        let (before, after) = (change(k), change(k + 1));
        put(columns.g(k), columns.g(k), 2.0 * DISTANCE * step_s / first_s + 2.0 * (before + after));
        if after > 0.0 {
            put(columns.g(k), columns.g(k + 1), -2.0 * after);
        }
        put(columns.w(k), columns.w(k), 2.0 * BROKEN.1);
    }
    for slack in [columns.range(), columns.over(), columns.band()] {
        put(slack, slack, 2.0 * BROKEN.1);
    }
    rows.matrix(columns.count())
}

/// The constraints and their kinds; right-hand sides are written in the same order by [`super::mpc`].
fn constraints(
    rack: &RackModel,
    steps_s: &[f64],
    pieces: &[Piece],
    columns: Columns,
) -> (CscMatrix<f64>, Vec<SupportedConeT<f64>>) {
    let mut rows = Rows::default();
    for (group, steps) in steps_s.chunks_exact(GROUP).enumerate() {
        let mut terms = vec![(columns.e(group), 1.0)];
        for (k, step_s) in (group * GROUP..).zip(steps) {
            let out_s = step_s / rack.discharge_efficiency;
            terms.push((columns.c(k), out_s - step_s * rack.charge_efficiency));
            terms.push((columns.g(k), -out_s));
        }
        if let Some(before) = group.checked_sub(1) {
            terms.push((columns.e(before), -1.0));
        }
        rows.add(&terms);
    }
    let mut earlier: Option<(usize, &Piece)> = None;
    for (index, piece) in pieces.iter().enumerate() {
        let keeps = piece.keeps();
        let mean = |piece: &Piece, factor: f64| -> Vec<(usize, f64)> {
            let steps = (piece.first..).zip(steps_s.iter().skip(piece.first).take(piece.count));
            steps.map(|(k, step_s)| (columns.g(k), factor * step_s / piece.length_s)).collect()
        };
        let mut terms = vec![(columns.y(index), 1.0)];
        terms.extend(mean(piece, -keeps));
        if let Some((before, earlier)) = earlier {
            terms.push((columns.y(before), -keeps));
            terms.extend(mean(earlier, keeps));
        }
        rows.add(&terms);
        earlier = Some((index, piece));
    }
    let equalities = rows.count;
    inequalities(rack, steps_s, columns, &mut rows);
    if !pieces.is_empty() {
        rows.add(&[(columns.band(), -1.0)]);
    }
    let mut cones = vec![ZeroConeT(equalities), NonnegativeConeT(rows.count - equalities)];
    // Each: what is allowed and what it is broken by, the past, and the pieces.
    for count in bounds(pieces).into_iter().filter(|count| *count > 0) {
        rows.add(&[(columns.band(), -rack.grid.window_s.sqrt())]);
        rows.add(&[]);
        for (index, piece) in pieces.iter().enumerate().take(count) {
            rows.add(&[(columns.y(index), -piece.length_s.sqrt())]);
        }
        cones.push(SecondOrderConeT(count + 2));
    }
    (rows.matrix(columns.count()), cones)
}

/// What is at most 0 or at most its right-hand side.
fn inequalities(rack: &RackModel, steps_s: &[f64], columns: Columns, rows: &mut Rows) {
    let (smooth, over) = (smooths(rack), columns.over());
    let mut ahead_s = 0.0;
    for (k, step_s) in steps_s.iter().enumerate() {
        let (c, g, w) = (columns.c(k), columns.g(k), columns.w(k));
        rows.add(&[(g, 1.0), (c, -1.0)]);
        rows.add(&[(c, -1.0)]);
        rows.add(&[(g, -1.0), (c, 1.0)]);
        rows.add(&[(c, 1.0)]);
        rows.add(&[(g, 1.0), (over, -1.0)]);
        if rack.holds_limit {
            rows.add(&[(g, -1.0), (c, 1.0), (over, -1.0)]);
        }
        if smooth {
            let (mut rise, mut fall) = (vec![(g, 1.0), (w, -1.0)], vec![(g, -1.0), (w, -1.0)]);
            if k > 0 {
                rise.push((columns.g(k - 1), -1.0));
                fall.push((columns.g(k - 1), 1.0));
            }
            rows.add(&rise);
            rows.add(&fall);
            rows.add(&[(w, -1.0)]);
            if ahead_s < rack.grid.window_s {
                rows.add(&[(g, 1.0), (columns.high(), -1.0)]);
                rows.add(&[(g, -1.0), (columns.low(), 1.0)]);
            }
        }
        if bounds_energy(k) {
            let e = columns.e(k / GROUP);
            rows.add(&[(e, -1.0)]);
            rows.add(&[(e, 1.0)]);
        }
        ahead_s += step_s;
    }
    rows.add(&[(over, -1.0)]);
    if smooth {
        rows.add(&[(columns.high(), -1.0)]);
        rows.add(&[(columns.low(), 1.0)]);
        rows.add(&[(columns.high(), 1.0), (columns.low(), -1.0), (columns.range(), -1.0)]);
        rows.add(&[(columns.range(), -1.0)]);
    }
}
