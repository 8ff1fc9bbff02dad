//! The simulated shelf on a line in virtual time.

use std::sync::Arc;
use std::time::Duration;

use dpo_gateway::bus::line::{DeviceTiming, LineClock, LineConfig, VirtualLine};
use dpo_gateway::bus::rtu::{LineTiming, RtuBus, RtuClientConfig};
use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service};
use dpo_gateway::registers::codec::{Exception, Pdu, Request, exception_response, function, read_response};
use dpo_gateway::registers::device::{Device, respond};
use dpo_gateway::registers::map::MapInfo;
use dpo_gateway::shelf::{bbu, psu};

/// Output voltage setpoint of the PSUs, and what it is without a limit.
pub const SETPOINT: u16 = 103;
pub const NOMINAL: u16 = 52_224;

/// Address and map of each device.
pub fn shelf() -> Vec<(u8, &'static MapInfo)> {
    let psus = (200..206).map(|unit| (unit, psu::MAP));
    psus.chain((64..70).map(|unit| (unit, bbu::MAP))).collect()
}

/// Gaps that devices of the map are taken to answer though no source says so.
pub fn inferred(map: &MapInfo) -> &'static [(u16, u16)] {
    if map.id == psu::MAP.id { &psu::INFERRED_GAPS } else { &bbu::INFERRED_GAPS }
}

/// A device that holds its map and nothing else: every word is 0x4141, which is text, too. The output voltage setpoint
/// is the nominal one, or the gateway would bring it back.
struct Plain {
    map: &'static MapInfo,
    /// Whether it answers the gaps that are inferred to be readable.
    inferred: bool,
}

fn word(address: u16) -> u16 {
    if address == SETPOINT { NOMINAL } else { 0x4141 }
}

struct Words(&'static MapInfo);

impl Device for Words {
    fn map(&self) -> &'static MapInfo {
        self.0
    }
    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        Ok(word(address))
    }
    fn apply(&mut self, _: u16, _: &[u16]) -> Result<(), Exception> {
        Ok(())
    }
}

impl Plain {
    fn answer(&self, request: &Pdu) -> Pdu {
        if let (true, Ok(Request::ReadHolding { address, quantity: quantity @ 1..=125 })) =
            (self.inferred, Request::decode(request.as_slice()))
        {
            let among = |at: u16| inferred(self.map).iter().any(|(a, b)| (*a..=*b).contains(&at));
            let known = |at: u16| self.map.readable(at) || among(at);
            if (address..address.saturating_add(quantity)).all(known) {
                let words: Vec<u16> = (address..address.saturating_add(quantity)).map(word).collect();
                return read_response(function::READ_HOLDING, &words)
                    .unwrap_or_else(|_| exception_response(3, Exception::IllegalDataValue));
            }
        }
        respond(&mut Words(self.map), request)
    }
}

impl Service for Plain {
    fn call<'a>(&'a self, _: &'a Peer, _: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        Box::pin(async move { Answer::Reply(self.answer(&request)) })
    }
}

/// The shelf at `baud`, with our client on the same line.
pub fn line(clock: &LineClock, baud: u32, turnaround: Duration, inferred: bool) -> RtuBus {
    let timing = LineTiming { baud, bits: 11 };
    let line = VirtualLine::new(clock, LineConfig { timing, ..LineConfig::default() });
    let silence = Duration::from_micros(dpo_gateway::registers::codec::rtu::t3_5_micros(baud).into());
    let timings = DeviceTiming { response: Some(silence + turnaround), ..DeviceTiming::default() };
    for (unit, map) in shelf() {
        line.device(unit, Arc::new(Plain { map, inferred }), timings);
    }
    line.client(format!("virtual line, {baud} baud"), RtuClientConfig::strict(timing))
}
