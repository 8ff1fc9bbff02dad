//! A shelf behind an AC source that a test makes up: it rides everything but for what the test changes.

use std::sync::Arc;
use std::time::Duration;

use super::device::Fake;
use super::played::played;
use super::service::Service;
use crate::instrument::ac::{AcPoint, AcRecord};
use crate::instrument::{Act, Instrument, Measured, SharedInstrument};
use crate::outcome::Outcome;
use crate::ride::{RideClaims, RideContext, RideWorld, some_claims};
use crate::service::ModbusSide;

/// Power before an event, and what the load takes, in watts.
pub(super) const WATTS: f64 = 9000.0;

/// An interval of a record, at its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Seconds since the start.
    pub(super) at_s: f64,
    /// Number of the event that it is in or behind, from 1 on; 0 before the first.
    pub(super) event: usize,
    /// Seconds since the end of that event; `None` in an event and before the first.
    pub(super) after_s: Option<f64>,
    /// Mean voltage of the phases, in p.u.
    pub(super) pu: f64,
}

impl Now {
    pub(super) fn in_event(&self) -> bool {
        self.event > 0 && self.after_s.is_none()
    }
}

/// What is measured in an interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) rms_v: [f64; 3],
    pub(super) hertz: f64,
    pub(super) input_w: f64,
    pub(super) bus_low_v: f64,
    pub(super) bus_high_v: f64,
    pub(super) load_w: f64,
}

type Change = Box<dyn FnMut(&Now, &mut Sample) + Send>;
type Whole = Box<dyn FnMut(&mut AcRecord) + Send>;

/// The AC source and the meters.
struct Meters {
    changes: Vec<Change>,
    whole: Vec<Whole>,
    every_ms: Option<u32>,
    silent: bool,
}

/// Voltage and frequency just before a time.
fn played_at(points: &[AcPoint], ms: u32) -> ([f64; 3], f64) {
    let nth = points.iter().rposition(|point| point.at_ms < ms).unwrap_or(0);
    let before = points[nth.saturating_sub(1)];
    let point = points[nth];
    let done = if point.over_ms == 0 { 1.0 } else { f64::from(ms - point.at_ms) / f64::from(point.over_ms) };
    let hertz = before.frequency_hz + (point.frequency_hz - before.frequency_hz) * done.min(1.0);
    (point.rms_v, hertz)
}

impl Instrument for Meters {
    fn act(&mut self, act: &Act) -> Result<Measured, String> {
        let Act::AcPlay { points, length_ms, every_ms } = act else { return Err("no such act".into()) };
        if self.silent {
            return Ok(Measured::default());
        }
        let every_ms = self.every_ms.unwrap_or(*every_ms);
        let mut record = AcRecord { every_ms, ..AcRecord::default() };
        let first = points[0];
        let (mut event, mut end_s, mut inside) = (0, 0.0, false);
        for nth in 1..=length_ms / every_ms {
            let ms = nth * every_ms;
            let (rms_v, hertz) = played_at(points, ms);
            let at_s = f64::from(ms) / 1000.0;
            let away = rms_v != first.rms_v || (hertz - first.frequency_hz).abs() > 1e-9;
            if away && !inside {
                event += 1;
            } else if inside && !away {
                // The interval before was the last one that began in the event.
                end_s = f64::from(ms - every_ms) / 1000.0;
            }
            inside = away;
            let pu = rms_v.iter().sum::<f64>() / first.rms_v.iter().sum::<f64>();
            let after_s = (event > 0 && !away).then_some(at_s - end_s);
            let now = Now { at_s, event, after_s, pu };
            let charging = after_s.map_or(0.0, |s| (70.0 * (s - 62.0)).clamp(0.0, 750.0));
            let mut sample = Sample {
                rms_v,
                hertz,
                input_w: WATTS * pu.min(1.0) + charging,
                bus_low_v: 50.0,
                bus_high_v: 50.5,
                load_w: WATTS,
            };
            self.changes.iter_mut().for_each(|change| change(&now, &mut sample));
            record.rms_v.push(sample.rms_v);
            record.frequency_hz.push(sample.hertz);
            record.input_w.push(sample.input_w);
            record.bus_low_v.push(sample.bus_low_v);
            record.bus_high_v.push(sample.bus_high_v);
            record.load_w.push(sample.load_w);
        }
        self.whole.iter_mut().for_each(|change| change(&mut record));
        Ok(Measured { ac: Some(record), ..Measured::default() })
    }
}

/// The shelf.
pub(super) struct Shelf {
    meters: Meters,
    claims: RideClaims,
    disruptive: bool,
    block: Option<Fake>,
    service: Option<Service>,
}

impl Shelf {
    /// One that rides through all, draws in proportion to the voltage, and has no interfaces.
    pub(super) fn right() -> Self {
        let meters = Meters { changes: Vec::new(), whole: Vec::new(), every_ms: None, silent: false };
        Self { meters, claims: some_claims(), disruptive: true, block: None, service: None }
    }

    /// Changes what is measured.
    pub(super) fn sees(mut self, change: impl FnMut(&Now, &mut Sample) + Send + 'static) -> Self {
        self.meters.changes.push(Box::new(change));
        self
    }

    /// The input power by seconds since the end of the last event.
    pub(super) fn draws_after(self, watts: impl Fn(f64) -> f64 + Send + 'static) -> Self {
        self.sees(move |now, sample| {
            if let Some(after_s) = now.after_s {
                sample.input_w = watts(after_s);
            }
        })
    }

    /// Changes the whole record.
    pub(super) fn record(mut self, change: impl FnMut(&mut AcRecord) + Send + 'static) -> Self {
        self.meters.whole.push(Box::new(change));
        self
    }

    /// Has another interval of its record.
    pub(super) fn every_ms(mut self, every_ms: u32) -> Self {
        self.meters.every_ms = Some(every_ms);
        self
    }

    /// Tells no record.
    pub(super) fn silent(mut self) -> Self {
        self.meters.silent = true;
        self
    }

    /// Claims something else.
    pub(super) fn claims(mut self, change: impl FnOnce(&mut RideClaims)) -> Self {
        change(&mut self.claims);
        self
    }

    /// Names other grid codes.
    pub(super) fn codes(self, names: &[&str]) -> Self {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        self.claims(|claims| claims.grid_codes = names)
    }

    /// Has a block on Modbus.
    pub(super) fn block(mut self, block: Fake) -> Self {
        self.block = Some(block);
        self
    }

    /// Has a Redfish service.
    pub(super) fn service(mut self, service: Service) -> Self {
        self.service = Some(service);
        self
    }

    /// What a case comes to on it, and what was seen.
    pub(super) async fn plays(self, id: &str) -> (Outcome, String) {
        let wait = Duration::from_secs(10);
        let side = self.block.map(Fake::context).map(|own| ModbusSide {
            link: own.link,
            devices: vec![own.device],
            timing: own.timing,
            restore: own.restore,
        });
        let context = RideContext {
            codes: self.claims.codes().unwrap(),
            claims: self.claims,
            instrument: SharedInstrument::new("meters", self.meters),
            disruptive: self.disruptive,
            modbus: side,
            service: self.service.map(|service| Arc::new(service.context())),
            wait,
            charge: Duration::from_secs(60),
            logs: Arc::default(),
        };
        played::<RideWorld>(Arc::new(context), id).await
    }
}

/// Plays a case on each shelf of a table.
pub(super) async fn table(id: &str, rows: impl IntoIterator<Item = (&'static str, Shelf, Outcome)>) {
    for (what, shelf, wanted) in rows {
        let (outcome, seen) = shelf.plays(id).await;
        assert_eq!(outcome, wanted, "{id}, a shelf that {what}: {seen}");
    }
}
