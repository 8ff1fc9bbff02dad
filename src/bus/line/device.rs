//! A simulated device as a station: our server, with the timing and the faults of a device.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_registers::codec::rtu;

use super::faults::{DeviceTiming, Draw, Reaction, Script};
use crate::bus::rtu::LineTiming;
use crate::bus::rtu::server::Server;
use crate::bus::rtu::station::{Outgoing, Station, lock};

pub(super) struct Device {
    server: Arc<Mutex<Server>>,
    least: Duration,
    timing: DeviceTiming,
    script: Option<Script>,
    draw: Draw,
    /// An answer that the script holds back.
    late: Option<(Duration, Outgoing)>,
    outgoing: Option<Outgoing>,
}

impl Device {
    pub(super) fn new(
        server: Arc<Mutex<Server>>,
        line: LineTiming,
        timing: DeviceTiming,
        script: Option<Script>,
        seed: u64,
    ) -> Self {
        let least = timing.response.unwrap_or(line.t3_5());
        let mut device =
            Self { server, least, timing, script, draw: Draw::new(seed), late: None, outgoing: None };
        device.draw_response();
        device
    }

    fn draw_response(&mut self) {
        let response = self.least + self.draw.duration(self.timing.spread);
        lock(&self.server).set_answer_gap(response);
    }

    fn react(&mut self, now: Duration, answer: Outgoing) {
        self.draw_response();
        let reaction = match (&mut self.script, rtu::decode(answer.as_slice())) {
            (Some(script), Ok(frame)) => script(&frame),
            _ => Reaction::Answer,
        };
        match reaction {
            Reaction::Answer => self.outgoing = Some(answer),
            Reaction::Silence => (),
            Reaction::Late(by) => self.late = Some((now + by, answer)),
            Reaction::Bytes(bytes) => self.outgoing = Some(Outgoing::raw(&bytes)),
        }
    }
}

impl Station for Device {
    fn hear(&mut self, now: Duration, bytes: &[u8]) {
        lock(&self.server).hear(now, bytes);
    }

    fn tick(&mut self, now: Duration) {
        let answer = {
            let mut server = lock(&self.server);
            server.tick(now);
            server.take()
        };
        if let Some(answer) = answer {
            self.react(now, answer);
        }
        if self.late.as_ref().is_some_and(|(at, _)| *at <= now) {
            self.outgoing = self.late.take().map(|(_, answer)| answer);
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let late = self.late.as_ref().map(|(at, _)| *at);
        [late, lock(&self.server).deadline()].into_iter().flatten().min()
    }

    fn take(&mut self) -> Option<Outgoing> {
        self.outgoing.take()
    }

    fn between(&self) -> Duration {
        self.timing.between
    }

    fn sending(&mut self, end: Duration) {
        lock(&self.server).sending(end);
    }

    fn unsent(&mut self, now: Duration) {
        lock(&self.server).unsent(now);
    }

    fn failed(&mut self, now: Duration, error: &io::Error) {
        lock(&self.server).failed(now, error);
    }

    fn ended(&self) -> bool {
        lock(&self.server).ended()
    }

    fn wants_port(&self) -> bool {
        true
    }
}
