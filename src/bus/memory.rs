//! A bus inside this process: a client that calls a [`Service`] directly.

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::Pdu;
use tokio::sync::Mutex;

use super::guard;
use super::{Answer, BoxFuture, Bus, BusError, Peer, Service, Transport};

/// A bus without a wire, for tests and for the embedded simulated shelf.
///
/// An address without an answer is a [`BusError::Timeout`] at once: nothing is waited for, and the wire
/// time is zero. There is no line timing here.
pub struct MemoryBus {
    name: String,
    peer: Peer,
    service: Arc<dyn Service>,
    // A wire carries one request at a time; the lock is fair, so callers are served in order.
    line: Mutex<()>,
}

impl MemoryBus {
    /// A bus to the devices of `service`; `name` appears in errors.
    pub fn new(name: impl Into<String>, service: Arc<dyn Service>) -> Self {
        let name = name.into();
        let peer = Peer::new(Transport::Local, name.clone());
        Self { name, peer, service, line: Mutex::new(()) }
    }
}

impl Bus for MemoryBus {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            guard::admit(&self.name, unit, &request)?;
            let _line = self.line.lock().await;
            match self.service.call(&self.peer, unit, request).await {
                Answer::Reply(answer) => Ok(answer),
                Answer::NoPath | Answer::NoAnswer => {
                    Err(BusError::Timeout { bus: self.name.clone(), unit, after: Duration::ZERO })
                }
            }
        })
    }

    fn wire_time(&self, _request: usize, _answer: usize) -> Duration {
        Duration::ZERO
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for MemoryBus {
    fn drop(&mut self) {
        self.service.closed(&self.peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::testing::Echo;
    use crate::bus::{TransactError, read_holding};
    use dpo_registers::codec::{Exception, exception_response};

    #[tokio::test]
    async fn answers_refuses_and_stays_silent_as_the_service_does() {
        let bus = MemoryBus::new("memory:test", Arc::new(Echo::default()));
        assert_eq!(read_holding(&bus, 1, 40, 3).await.unwrap(), [40, 41, 42]);
        let refused = bus.transact(1, Pdu::new(&[1, 0, 0, 0, 1]).unwrap()).await.unwrap();
        assert_eq!(refused, exception_response(1, Exception::IllegalFunction));
        for absent in [Echo::NO_PATH, Echo::NO_ANSWER] {
            let error = read_holding(&bus, absent, 0, 1).await.unwrap_err();
            assert!(matches!(error, TransactError::Bus(BusError::Timeout { unit, .. }) if unit == absent));
        }
    }
}
