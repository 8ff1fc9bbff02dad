//! A study as tables, sentences and a picture.

use serde::Serialize;

use super::HeadroomError;
use super::draw::{self, Row};
use super::grid::Seen;
use super::mix::Mix;
use super::run::{Run, Strategy};
use super::shelf::Hardware;
use super::study::{CLAIMED, Case, Cell, LimitSet};
use super::wear::Wear;
use crate::engine::plan::RackModel;

/// A table: its head, and rows as wide as that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Heads of the columns.
    pub head: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|c| c.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule: Vec<String> = self.head.iter().map(|_| "---".to_owned()).collect();
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        line(&self.head) + &line(&rule) + &rows
    }
}

/// Limits of the grid in percent of the rating.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percents {
    /// Ramp up and down, a second.
    pub ramp_per_s: f64,
    /// Swing in the band, peak to peak.
    pub range: f64,
    /// Effective value of the band.
    pub band: f64,
}

impl Percents {
    /// As the limits of a study.
    pub fn set(self) -> LimitSet {
        LimitSet::grid(self.ramp_per_s / 100.0, self.range / 100.0, self.band / 100.0)
    }
}

/// All that a study says.
#[derive(Debug, Clone, Serialize)]
pub struct Report<'a> {
    rating_w: f64,
    ramp_percent_per_s: f64,
    range_percent: f64,
    band_percent: f64,
    hardware: &'a [Hardware],
    mixes: Vec<MixRow<'a>>,
    cells: &'a [Cell],
    before_and_after: Vec<Pair>,
    claim: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct MixRow<'a> {
    id: &'a str,
    title: &'a str,
    synthetic: bool,
    length_s: f64,
    peak: f64,
}

/// What the grid sees of a mix without DPO and with it, at a reserve of 10 %.
#[derive(Debug, Clone, Serialize)]
struct Pair {
    mix: String,
    hardware: &'static str,
    strategy: Strategy,
    before: Seen,
    after: Seen,
}

impl<'a> Report<'a> {
    /// Of the cells of a study, with the limits of the grid in percent of the rating.
    pub fn new(mixes: &'a [Mix], cells: &'a [Cell], limits: Percents) -> Self {
        let row = |m: &'a Mix| MixRow {
            id: &m.id,
            title: &m.title,
            synthetic: m.synthetic,
            length_s: m.length_s(),
            peak: m.peak(),
        };
        Self {
            rating_w: RackModel::ORV3.psu_rating_w,
            ramp_percent_per_s: limits.ramp_per_s,
            range_percent: limits.range,
            band_percent: limits.band,
            hardware: &Hardware::ALL,
            mixes: mixes.iter().map(row).collect(),
            cells,
            before_and_after: pairs(cells),
            claim: claim(cells),
        }
    }

    /// The reserves: a row for each mix, set of limits and hardware; a column for each strategy.
    pub fn reserves(&self) -> Table {
        reserves(self.cells)
    }

    /// Wear and lost work.
    pub fn costs(&self) -> Table {
        costs(self.cells)
    }

    /// What the grid sees before and after.
    pub fn seen(&self) -> Table {
        pair_table(&self.before_and_after)
    }

    /// Where the claim holds and where not, and which term limits.
    pub fn claim(&self) -> &[String] {
        &self.claim
    }

    /// All of it as Markdown.
    pub fn markdown(&self) -> String {
        let title = |m: &MixRow<'_>| {
            format!("- `{}`: {}; peak {:.2} of the sustained power\n", m.id, m.title, m.peak)
        };
        let titles: String = self.mixes.iter().map(title).collect();
        let devices: String = self.hardware.iter().map(|h| format!("- `{}`: {}\n", h.id, h.title)).collect();
        let said: String = self.claim.iter().map(|line| format!("- {line}\n")).collect();
        format!(
            "Smallest reserve in percent of the rating at which nothing is broken; in brackets what is broken with one \
             percent less (above 30: with five percent less; above 95: at 10), and what limits: the one thing without which nothing would be. `rating`: PSU rating and bus alone. `grid`: beside that at most {} %/s of ramp, \
             {} % of swing and {} % of effective value (0.1 to 20 Hz, 5 s).\n\n{titles}\n{devices}\n{}\nDoes \"20 to 30 % down to 5 to 10 %\" \
             hold? Without DPO -> the best of limiter, no forecast, forecast and hints:\n\n{said}\n{}\n{}",
            self.ramp_percent_per_s,
            self.range_percent,
            self.band_percent,
            self.reserves().markdown(),
            self.costs().markdown(),
            self.seen().markdown()
        )
    }
}

/// A reserve as a cell of the table: what is broken with a percent less, and what limits.
pub fn reserve(cell: &Cell) -> String {
    let percent = cell.reserve_percent.map_or_else(|| "> 95".to_owned(), |p| p.to_string());
    match cell.broken_below {
        Some(below) => format!("{percent} ({}: {})", below.broken.limit, below.term.text()),
        None => percent,
    }
}

/// The reserves: a row for each mix, set of limits and hardware; a column for each strategy.
fn reserves(cells: &[Cell]) -> Table {
    let mut head = vec!["mix", "limits", "hardware"];
    head.extend(Strategy::ALL.iter().map(|s| s.title()));
    let mut table = Table::new(&head);
    let mut rows: Vec<(&str, &str, &str)> = Vec::new();
    for cell in cells {
        let row = (cell.mix.as_str(), cell.limits, cell.hardware);
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    for (mix, limits, hardware) in rows {
        let find = |strategy: Strategy| {
            cells.iter().find(|c| {
                c.mix == mix
                    && c.limits == limits
                    && c.strategy == strategy
                    && (c.hardware == hardware || strategy == Strategy::None)
            })
        };
        let synthetic = cells.iter().any(|c| c.mix == mix && c.synthetic);
        let name = if synthetic { format!("{mix} (synthetic)") } else { format!("{mix} (measured)") };
        let mut row = vec![name, limits.to_owned(), hardware.to_owned()];
        row.extend(Strategy::ALL.iter().map(|s| find(*s).map_or_else(|| "-".to_owned(), reserve)));
        table.row(row);
    }
    table
}

/// Wear and lost work, a row a combination.
fn costs(cells: &[Cell]) -> Table {
    let mut table = Table::new(&[
        "mix",
        "limits",
        "hardware",
        "strategy",
        "reserve, %",
        "lost work at 10 %, %",
        "full cycles a day",
        "deepest cycle, %",
        "cycles an hour",
        "packs warmer by, K",
        "ticks by the limiter, %",
    ]);
    for cell in cells {
        let worn = |value: &dyn Fn(&Wear) -> String| {
            cell.wear
                .as_ref()
                .filter(|_| cell.strategy != Strategy::None)
                .map_or_else(|| "-".to_owned(), value)
        };
        table.row([
            cell.mix.clone(),
            cell.limits.to_owned(),
            if cell.strategy == Strategy::None { "-" } else { cell.hardware }.to_owned(),
            cell.strategy.title().to_owned(),
            cell.reserve_percent.map_or_else(|| "> 95".to_owned(), |p| p.to_string()),
            format!("{:.2}", cell.lost_at_claimed * 100.0),
            worn(&|w| format!("{:.1}", w.full_cycles_per_day)),
            worn(&|w| format!("{:.2}", w.deepest * 100.0)),
            worn(&|w| format!("{:.0}", w.cycles_per_hour)),
            worn(&|w| format!("{:.1}", w.rise_k)),
            if cell.strategy == Strategy::None {
                "-".to_owned()
            } else {
                format!("{:.1}", cell.limiter_share * 100.0)
            },
        ]);
    }
    table
}

/// What the grid sees, before and after.
fn pairs(cells: &[Cell]) -> Vec<Pair> {
    let mut out = Vec::new();
    for before in cells.iter().filter(|c| c.strategy == Strategy::None && c.limits == "grid") {
        for after in cells {
            let shown = [Strategy::Limiter, Strategy::NoForecast, Strategy::Forecast];
            if after.mix == before.mix && after.limits == "grid" && shown.contains(&after.strategy) {
                out.push(Pair {
                    mix: before.mix.clone(),
                    hardware: after.hardware,
                    strategy: after.strategy,
                    before: before.seen_at_claimed,
                    after: after.seen_at_claimed,
                });
            }
        }
    }
    out
}

fn pair_table(pairs: &[Pair]) -> Table {
    let mut table = Table::new(&[
        "mix",
        "hardware",
        "strategy",
        "ramp up, W/s: before, after",
        "ramp down, W/s: before, after",
        "swing 0.1 to 20 Hz, W: before, after",
        "rms 0.1 to 20 Hz, W: before, after",
        "largest of it in 5 s, W: before, after",
    ]);
    for pair in pairs {
        let both =
            |value: &dyn Fn(&Seen) -> f64| format!("{:.0}, {:.0}", value(&pair.before), value(&pair.after));
        table.row([
            pair.mix.clone(),
            pair.hardware.to_owned(),
            pair.strategy.title().to_owned(),
            both(&|s| s.up_w_per_s),
            both(&|s| s.down_w_per_s),
            both(&|s| s.range_w),
            both(&|s| s.band_rms_w),
            both(&|s| s.band_window_rms_w),
        ]);
    }
    table
}

/// Is the claim "20 to 30 % down to 5 to 10 %" met? One sentence for each mix, set and hardware, with the term that limits.
fn claim(cells: &[Cell]) -> Vec<String> {
    let mut out = Vec::new();
    for without in cells.iter().filter(|c| c.strategy == Strategy::None) {
        for hardware in Hardware::ALL {
            let of = |cell: &&Cell| {
                cell.mix == without.mix
                    && cell.limits == without.limits
                    && cell.hardware == hardware.id
                    && !matches!(cell.strategy, Strategy::None | Strategy::Perfect)
            };
            // The best that needs nothing that nobody has.
            let Some(best) = cells.iter().filter(of).min_by_key(|c| c.reserve_percent.unwrap_or(100)) else {
                continue;
            };
            let percent =
                |c: &Cell| c.reserve_percent.map_or_else(|| "> 95 %".to_owned(), |p| format!("{p} %"));
            let met = best.reserve_percent.is_some_and(|p| p <= CLAIMED);
            let term =
                best.broken_below.map_or_else(String::new, |b| format!(", limited by {}", b.term.text()));
            out.push(format!(
                "{}, {} limits, {}: {} -> {} ({}{term}): 10 % {}",
                without.mix,
                without.limits,
                hardware.id,
                percent(without),
                percent(best),
                best.strategy.title(),
                if met { "holds" } else { "does not hold" }
            ));
        }
    }
    out
}

/// A mix under the limits of the grid at a reserve of 10 %, without DPO and on each hardware.
///
/// # Errors
/// Where a shelf cannot be planned for.
pub fn picture(mix: &Mix, set: LimitSet) -> Result<String, HeadroomError> {
    let unit = RackModel::ORV3.psu_rating_w;
    let shown = [
        ("no DPO", Hardware::TODAY, Strategy::None),
        ("devices of today, DPO with forecast", Hardware::TODAY, Strategy::Forecast),
        ("modified devices, DPO with forecast", Hardware::MODIFIED, Strategy::Forecast),
        ("two-way, DPO with forecast", Hardware::TWO_WAY, Strategy::Forecast),
    ];
    let run = |(_, hardware, strategy): &(&str, Hardware, Strategy)| {
        Case { mix, set, hardware: *hardware, strategy: *strategy }.at(CLAIMED)
    };
    let runs: Vec<Run> = shown.iter().map(run).collect::<Result<_, _>>()?;
    let rows: Vec<Row<'_>> = shown.iter().zip(&runs).map(|((title, ..), run)| Row { title, run }).collect();
    Ok(draw::svg(&format!("{} at a reserve of 10 %", mix.title), &rows, unit))
}
