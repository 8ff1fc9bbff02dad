//! A bus that asks again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dpo_registers::codec::{Pdu, function};
use tokio::time::sleep;
use tracing::debug;

use super::counters::BusCounters;
use super::{BROADCAST, BoxFuture, Bus, BusError};

/// How often, and after what wait, a read is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryConfig {
    /// Repetitions after the first attempt.
    pub retries: u8,
    /// Wait before the first repetition; each further one waits twice as long.
    pub back_off: Duration,
    /// Longest wait.
    pub longest: Duration,
}

impl Default for RetryConfig {
    /// Two repetitions after 10 and 20 ms.
    fn default() -> Self {
        Self { retries: 2, back_off: Duration::from_millis(10), longest: Duration::from_millis(500) }
    }
}

/// A bus that repeats a read that was not answered, or badly.
///
/// For the gateway's own polls. Writes are never repeated here: nobody knows whether the first was executed, and
/// the write gate reads back before it decides. A pass-through takes the bus without this, so that the client behind
/// it sees what happened. While this waits, others have the bus.
pub struct RetryBus {
    bus: Arc<dyn Bus>,
    config: RetryConfig,
    retries: Mutex<BTreeMap<u8, u64>>,
}

impl RetryBus {
    /// `bus`, with repetitions.
    pub fn new(bus: Arc<dyn Bus>, config: RetryConfig) -> Self {
        Self { bus, config, retries: Mutex::default() }
    }
}

/// Whether a request can be sent twice without a difference.
fn repeatable(unit: u8, request: &Pdu) -> bool {
    unit != BROADCAST
        && matches!(
            request.as_slice(),
            [1..=4 | function::READ_FILE_RECORD, ..] | [function::ENCAPSULATED, function::MEI_DEVICE_ID, ..]
        )
}

impl Bus for RetryBus {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            let mut left = if repeatable(unit, &request) { self.config.retries } else { 0 };
            let mut wait = self.config.back_off;
            loop {
                let result = self.bus.transact(unit, request).await;
                match &result {
                    // Where the port itself failed, or the request may not be sent, asking again changes nothing.
                    Err(error @ (BusError::Timeout { .. } | BusError::Frame { .. })) if left > 0 => {
                        debug!(%error, left, "request repeated");
                        left -= 1;
                        sleep(wait.min(self.config.longest)).await;
                        wait = wait.saturating_mul(2);
                        let mut retries = self.retries.lock().unwrap_or_else(PoisonError::into_inner);
                        *retries.entry(unit).or_default() += 1;
                    }
                    _ => return result,
                }
            }
        })
    }

    fn wire_time(&self, request: usize, answer: usize) -> Duration {
        self.bus.wire_time(request, answer)
    }

    fn name(&self) -> &str {
        self.bus.name()
    }

    fn counters(&self) -> BusCounters {
        let mut counters = self.bus.counters();
        for (unit, count) in self.retries.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            counters.units.entry(*unit).or_default().retries += count;
        }
        counters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::memory::MemoryBus;
    use crate::bus::testing::Echo;
    use crate::bus::{read_holding, write_registers};
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn reads_are_repeated_with_growing_waits_and_writes_are_not() {
        let echo = Arc::new(Echo::default());
        let bus =
            RetryBus::new(Arc::new(MemoryBus::new("memory:test", echo.clone())), RetryConfig::default());
        let start = Instant::now();
        assert!(read_holding(&bus, Echo::NO_ANSWER, 0, 1).await.is_err());
        assert_eq!((echo.requests().len(), start.elapsed()), (3, Duration::from_millis(30)));
        assert_eq!(bus.counters().units[&Echo::NO_ANSWER].retries, 2);
        assert!(write_registers(&bus, Echo::NO_ANSWER, 0, &[1]).await.is_err());
        assert_eq!(echo.requests().len(), 4);
        assert_eq!(read_holding(&bus, 1, 7, 1).await.unwrap(), [7]);
        assert_eq!(echo.requests().len(), 5);
    }
}
