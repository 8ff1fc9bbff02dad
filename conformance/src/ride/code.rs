//! Grid codes, read from the data in `spec/grid-codes` with a reader of the suite's own: it must be able to contradict the
//! gateway's. Only what cases need is read; clauses that are missing in the data ask nothing here.

use include_dir::{Dir, include_dir};
use serde::Deserialize;

static CODES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../spec/grid-codes");

/// A grid code.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct GridCode {
    id: String,
    version: String,
    nominal_hz: Vec<f64>,
    measurement: Measurement,
    clauses: Vec<Clause>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Measurement {
    ridden: Choice,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Choice {
    value: Ridden,
}

/// What shows that a load has ridden through.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct Ridden {
    /// Share of the power before that is back.
    pub share: f64,
    /// Within so many seconds of the return of the voltage.
    pub within_s: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Clause {
    rule: Rule,
}

/// A band of voltage or frequency: from its level to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct Band {
    level: f64,
    minimum_s: Option<f64>,
    minimum_cycles: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Rule {
    Voltage {
        low: Vec<Band>,
        high: Vec<Band>,
    },
    Frequency {
        low: Vec<Band>,
        high: Vec<Band>,
        power_within_share: Option<f64>,
    },
    Rocof {
        max_hz_per_s: f64,
    },
    Recovery {
        share: f64,
        budget_s: f64,
        upper_share: Option<f64>,
    },
    Successive {},
    #[serde(other)]
    Other,
}

/// A level and how long it must be ridden through beyond it, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    /// p.u. or hertz.
    pub level: f64,
    /// Seconds beyond it; `None` if the code does not say.
    pub minimum_s: Option<f64>,
}

/// What is asked of the power after a sag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Return {
    /// Share of the power before that must be back.
    pub share: f64,
    /// Seconds after the return of the voltage.
    pub budget_s: f64,
    /// Share that it must not exceed then.
    pub upper_share: Option<f64>,
}

/// Every code of the data.
///
/// # Errors
/// The file that cannot be read, and why.
pub(crate) fn all() -> Result<Vec<GridCode>, String> {
    let data = |file: &&include_dir::File<'_>| {
        let name = file.path().display().to_string();
        name.ends_with(".json") && !name.ends_with(".schema.json")
    };
    let read = |file: &include_dir::File<'_>| {
        serde_json::from_slice(file.contents())
            .map_err(|e| format!("spec/grid-codes/{}: {e}", file.path().display()))
    };
    CODES.files().filter(data).map(read).collect()
}

/// The code of this name, as `id@version`.
///
/// # Errors
/// The names that there are.
pub(crate) fn find(name: &str) -> Result<GridCode, String> {
    let codes = all()?;
    let names: Vec<String> = codes.iter().map(GridCode::name).collect();
    let found = codes.into_iter().find(|code| code.name() == name);
    found.ok_or_else(|| format!("{name}: no grid code has this name; there are {}", names.join(", ")))
}

impl GridCode {
    /// `id@version`.
    pub(crate) fn name(&self) -> String {
        format!("{}@{}", self.id, self.version)
    }

    /// Whether it is for a grid of this frequency; a code that names none is for any.
    pub(crate) fn is_for(&self, hertz: f64) -> bool {
        self.nominal_hz.is_empty() || self.nominal_hz.iter().any(|own| (own - hertz).abs() < 0.5)
    }

    fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.clauses.iter().map(|clause| &clause.rule)
    }

    /// Levels of the voltage in p.u., from the continuous range outwards: below it, above it.
    pub(crate) fn voltage(&self, hertz: f64) -> Option<(Vec<Edge>, Vec<Edge>)> {
        self.rules().find_map(|rule| match rule {
            Rule::Voltage { low, high } => Some((edges(low, hertz), edges(high, hertz))),
            _ => None,
        })
    }

    /// The same of the frequency in hertz.
    pub(crate) fn frequency(&self, hertz: f64) -> Option<(Vec<Edge>, Vec<Edge>)> {
        self.rules().find_map(|rule| match rule {
            Rule::Frequency { low, high, .. } => Some((edges(low, hertz), edges(high, hertz))),
            _ => None,
        })
    }

    /// Whether it asks for frequencies, or rates of their change, to be ridden.
    pub(crate) fn asks_for_frequency(&self, hertz: f64) -> bool {
        self.frequency(hertz).is_some() || self.rocof().is_some()
    }

    /// Share by which the power may differ from what it was while the frequency is off.
    pub(crate) fn power_within(&self) -> Option<f64> {
        self.rules().find_map(|rule| match rule {
            Rule::Frequency { power_within_share, .. } => *power_within_share,
            _ => None,
        })
    }

    /// Fastest change of the frequency that must be ridden through, in hertz a second.
    pub(crate) fn rocof(&self) -> Option<f64> {
        self.rules().find_map(|rule| match rule {
            Rule::Rocof { max_hz_per_s } => Some(*max_hz_per_s),
            _ => None,
        })
    }

    /// What is asked of the power after a sag.
    pub(crate) fn recovery(&self) -> Option<Return> {
        self.rules().find_map(|rule| match *rule {
            Rule::Recovery { share, budget_s, upper_share } => Some(Return { share, budget_s, upper_share }),
            _ => None,
        })
    }

    /// Whether the number of sags is no reason to trip.
    pub(crate) fn successive(&self) -> bool {
        self.rules().any(|rule| matches!(rule, Rule::Successive {}))
    }

    /// What shows that a load has ridden through.
    pub(crate) fn ridden(&self) -> Ridden {
        self.measurement.ridden.value
    }
}

fn edges(bands: &[Band], hertz: f64) -> Vec<Edge> {
    let edge = |band: &Band| Edge {
        level: band.level,
        minimum_s: band.minimum_s.or(band.minimum_cycles.map(|cycles| cycles / hertz)),
    };
    bands.iter().map(edge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_data_is_read() {
        let codes = all().unwrap();
        assert!(codes.len() >= 15, "{}", codes.len());
        assert!(find("no-such@1").unwrap_err().contains("ercot-nogrr282@2026-02"));
        // As the page generated from the data tells them.
        let ercot = find("ercot-nogrr282@2026-02").unwrap();
        let (low, high) = ercot.voltage(60.0).unwrap();
        let told = |edges: &[Edge]| edges.iter().map(|e| (e.level, e.minimum_s)).collect::<Vec<_>>();
        assert_eq!(told(&low), [(0.9, Some(2.0)), (0.8, Some(0.5)), (0.5, Some(0.25)), (0.2, Some(0.15))]);
        assert_eq!(told(&high), [(1.1, Some(2.0)), (1.2, None)]);
        assert_eq!(ercot.power_within(), Some(0.1));
        assert!(ercot.successive() && ercot.is_for(60.0) && !ercot.is_for(50.0));
        assert_eq!(ercot.recovery().map(|r| (r.share, r.budget_s)), Some((0.9, 2.0)));
        assert_eq!(find("ercot-nogrr282@2025-drafts").unwrap().recovery().map(|r| r.budget_s), Some(1.0));
        assert_eq!(find("ieso-lcl@3.0").unwrap().rocof(), Some(5.0));
        assert!(ercot.is_for(59.51) && !ercot.is_for(59.5) && !ercot.is_for(60.5));
        assert_eq!((ercot.rocof(), ercot.recovery().and_then(|r| r.upper_share)), (None, None));
        assert_eq!((ercot.ridden().share, ercot.ridden().within_s), (0.9, 2.0));
        let (low, high) = ercot.frequency(60.0).unwrap();
        assert_eq!(told(&low), [(58.8, Some(299.0)), (57.0, Some(0.0))]);
        assert_eq!(told(&high), [(61.2, Some(299.0)), (61.8, Some(0.0))]);
        let ieso = find("ieso-lcl@3.0").unwrap();
        assert!(!ieso.successive() && ieso.voltage(60.0).is_none() && ieso.frequency(60.0).is_none());
        assert_eq!((ieso.power_within(), ieso.recovery()), (None, None));
        assert!(ieso.asks_for_frequency(60.0) && ercot.asks_for_frequency(60.0));
        assert!(!find("ercot-nogrr282@2025-drafts").unwrap().asks_for_frequency(60.0));
        let aemc = find("aemc-package2-automatic@2026-03-12").unwrap();
        assert!(aemc.recovery().is_some_and(|r| r.upper_share == Some(1.1)), "{:?}", aemc.recovery());
        let class3 = find("iec-61000-4-11-class3@2004").unwrap().voltage(50.0).unwrap().0;
        assert_eq!(class3.last().and_then(|e| e.minimum_s), Some(0.02), "a cycle of 50 Hz");
    }
}
