//! Finding devices: a probe register read at each address, and the value the map expects there.
//!
//! The address alone does not name the type: ORv3 address ranges overlap between maps.

use std::time::Duration;

use dpo_registers::map::MapInfo;

use crate::bus::{Bus, TransactError, read_holding};

/// A device that was found.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Modbus address.
    pub unit: u8,
    /// The map whose expected value it holds.
    pub map: &'static MapInfo,
}

/// Result of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// A device of the map answered.
    Match,
    /// Something answered, but not what the map expects.
    Stranger {
        /// What it answered.
        answer: String,
    },
    /// Nothing answered in time.
    Silent,
}

/// Reads the probe register of `map` at `unit`, waiting at most `patience`.
pub async fn probe(bus: &dyn Bus, unit: u8, map: &MapInfo, patience: Duration) -> Probe {
    let id = map.identification;
    let read = read_holding(bus, unit, id.address, id.words);
    match tokio::time::timeout(patience, read).await {
        Err(_) | Ok(Err(TransactError::Bus(_))) => Probe::Silent,
        Ok(Ok(words)) if id.expect.matches(&words) => Probe::Match,
        Ok(Ok(words)) => Probe::Stranger { answer: format!("words {words:04X?} at {}", id.address) },
        Ok(Err(other)) => Probe::Stranger { answer: other.to_string() },
    }
}

/// Probes the units for the maps that may live there, each unit with its maps in the order given.
/// Units that no map allows are not asked.
pub async fn discover(
    bus: &dyn Bus,
    units: impl IntoIterator<Item = u8>,
    maps: &[&'static MapInfo],
    patience: Duration,
) -> Vec<Found> {
    let mut found = Vec::new();
    for unit in units {
        for map in maps.iter().filter(|m| m.has_address(unit)) {
            match probe(bus, unit, map, patience).await {
                Probe::Match => {
                    found.push(Found { unit, map });
                    break;
                }
                Probe::Stranger { answer } => {
                    tracing::debug!(bus = bus.name(), unit, map = map.id, answer, "not this map");
                }
                // Nobody is there for another map either.
                Probe::Silent => break,
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shelf::testing::{Fake, MAP};

    const PATIENCE: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn only_a_device_with_the_expected_value_is_found() {
        let (bus, fake) = Fake::on_bus(5);
        let found = discover(&*bus, 1..=20, &[&MAP], PATIENCE).await;
        assert_eq!(found.iter().map(|f| f.unit).collect::<Vec<_>>(), [5]);
        fake.set(8, 0);
        assert!(matches!(probe(&*bus, 5, &MAP, PATIENCE).await, Probe::Stranger { .. }));
        assert!(discover(&*bus, 1..=20, &[&MAP], PATIENCE).await.is_empty());
        fake.silence(true);
        assert_eq!(probe(&*bus, 5, &MAP, PATIENCE).await, Probe::Silent);
    }

    #[tokio::test]
    async fn an_address_outside_the_map_is_not_asked() {
        let (bus, fake) = Fake::on_bus(12);
        assert!(discover(&*bus, [12], &[&MAP], PATIENCE).await.is_empty());
        assert_eq!(fake.requests(), 0);
    }
}
