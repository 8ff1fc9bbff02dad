//! A small service for the tests of this room.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_registers::codec::{
    Exception, Pdu, Request, exception_response, function, read_response, write_response,
};

use super::{Answer, BoxFuture, Bus, BusError, Peer, Service, Transport};

/// Every register holds its own address; writes are recorded, not kept.
#[derive(Default)]
pub(crate) struct Echo {
    /// What was called: peer, unit, request.
    pub calls: Mutex<Vec<(u64, u8, Pdu)>>,
    /// Peers that were reported closed.
    pub closed: Mutex<Vec<u64>>,
}

impl Echo {
    /// An address that nothing is routed at.
    pub const NO_PATH: u8 = 99;
    /// An address whose device does not answer.
    pub const NO_ANSWER: u8 = 98;
    /// An address that answers after a second.
    pub const SLOW: u8 = 97;

    pub fn requests(&self) -> Vec<Pdu> {
        self.calls.lock().unwrap().iter().map(|(_, _, pdu)| *pdu).collect()
    }
}

fn answer(request: &Pdu) -> Result<Pdu, Exception> {
    match Request::decode(request.as_slice())? {
        Request::ReadHolding { address, quantity } if (1..=125).contains(&quantity) => {
            let words: Vec<u16> = (0..quantity).map(|i| address.wrapping_add(i)).collect();
            read_response(function::READ_HOLDING, &words).map_err(|_| Exception::IllegalDataValue)
        }
        Request::ReadHolding { .. } => Err(Exception::IllegalDataValue),
        Request::WriteSingle { address, word } => Ok(write_response(6, address, word)),
        Request::WriteMultiple { address, data } => Ok(write_response(16, address, data.len() as u16 / 2)),
        _ => Err(Exception::IllegalFunction),
    }
}

impl Service for Echo {
    fn call<'a>(&'a self, peer: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        self.calls.lock().unwrap().push((peer.id, unit, request));
        Box::pin(async move {
            match unit {
                Self::NO_PATH => return Answer::NoPath,
                Self::NO_ANSWER => return Answer::NoAnswer,
                Self::SLOW => tokio::time::sleep(Duration::from_secs(1)).await,
                _ => (),
            }
            Answer::Reply(answer(&request).unwrap_or_else(|e| exception_response(request.function(), e)))
        })
    }

    fn closed(&self, peer: &Peer) {
        self.closed.lock().unwrap().push(peer.id);
    }
}

/// A client that no guard holds back: it calls a service with whatever a rack manager might send.
pub(crate) struct Direct {
    service: Arc<dyn Service>,
    peer: Peer,
}

impl Direct {
    pub fn new(service: Arc<dyn Service>) -> Self {
        Self { service, peer: Peer::new(Transport::Local, "direct") }
    }
}

impl Bus for Direct {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            match self.service.call(&self.peer, unit, request).await {
                Answer::Reply(answer) => Ok(answer),
                Answer::NoPath | Answer::NoAnswer => {
                    Err(BusError::Timeout { bus: "direct".to_owned(), unit, after: Duration::ZERO })
                }
            }
        })
    }

    fn wire_time(&self, _request: usize, _answer: usize) -> Duration {
        Duration::ZERO
    }

    fn name(&self) -> &str {
        "direct"
    }
}

impl Drop for Direct {
    fn drop(&mut self) {
        self.service.closed(&self.peer);
    }
}
