//! A dead gateway: a device that carries a DPO block falls back by its own timer. No device of today has one; this
//! one is **simulated**, made from nothing but the map: which registers fall back, where to, and after how long.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_gateway::bus::memory::MemoryBus;
use dpo_gateway::bus::{Answer, BoxFuture, Bus, Peer, Service, write_registers};
use dpo_gateway::shelf::journal::MemoryJournal;
use dpo_gateway::shelf::writer::{Allowed, Record, Target, Writer};
use dpo_registers::codec::{Exception, Pdu};
use dpo_registers::device::{Device, respond};
use dpo_registers::generated::dpo_psu;
use dpo_registers::map::{Access, MapInfo, RegisterInfo};
use tokio::time::Instant;

const UNIT: u8 = 200;

struct Block {
    words: BTreeMap<u16, u16>,
    /// When a setting or the heartbeat was last written.
    told: Option<Instant>,
}

impl Block {
    fn new() -> Self {
        let mut block = Self { words: BTreeMap::new(), told: None };
        block.fall_back();
        block
    }

    fn settings() -> impl Iterator<Item = (&'static RegisterInfo, i64, u32)> {
        dpo_psu::MAP.registers.iter().filter_map(|r| Some((r, r.safety.fail_safe?, r.safety.timeout_ms?)))
    }

    fn fall_back(&mut self) {
        for (register, value, _) in Self::settings() {
            let mut words = [0; 2];
            let words = &mut words[..usize::from(register.words)];
            register.set_raw(value, words).unwrap();
            self.words.extend((register.address..).zip(words.iter().copied()));
        }
        self.told = None;
    }

    /// What the timer of the device does, with or without a gateway.
    fn tick(&mut self) {
        let timeout = Self::settings().map(|(.., ms)| ms).min().unwrap();
        if self.told.is_some_and(|at| at.elapsed() >= Duration::from_millis(timeout.into())) {
            self.fall_back();
        }
    }
}

impl Device for Block {
    fn map(&self) -> &'static MapInfo {
        &dpo_psu::MAP
    }
    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        Ok(self.words.get(&address).copied().unwrap_or(0))
    }
    fn apply(&mut self, address: u16, words: &[u16]) -> Result<(), Exception> {
        let command = dpo_psu::MAP.register_at(address).is_some_and(|r| r.access == Access::Command);
        if !command {
            self.words.extend((address..).zip(words.iter().copied()));
        }
        self.told = Some(Instant::now());
        Ok(())
    }
}

#[derive(Clone)]
struct Shelf(Arc<Mutex<Block>>);

impl Service for Shelf {
    fn call<'a>(&'a self, _: &'a Peer, _: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        let mut block = self.0.lock().unwrap();
        block.tick();
        let answer = respond(&mut *block, &request);
        Box::pin(std::future::ready(Answer::Reply(answer)))
    }
}

static ALLOWED: [Allowed; 1] =
    [Allowed { map: "dpo-psu", register: "walk_in_start", bits: u16::MAX, never: 0 }];

#[tokio::test(start_paused = true)]
async fn a_shelf_whose_gateway_was_killed_falls_back_by_the_devices_own_timer() {
    let shelf = Shelf(Arc::new(Mutex::new(Block::new())));
    let bus: Arc<dyn Bus> = Arc::new(MemoryBus::new("memory:block", Arc::new(shelf.clone())));
    let register = dpo_psu::MAP.register("walk_in_start").unwrap();
    let heartbeat = dpo_psu::MAP.register("heartbeat").unwrap();
    let held = || {
        let mut block = shelf.0.lock().unwrap();
        block.tick();
        block.words.get(&register.address).copied()
    };
    let fail_safe = held();
    assert_eq!(fail_safe, Some(u16::MAX));

    // The gateway's part: arms through the safe writer, and beats.
    let line = Arc::clone(&bus);
    let gateway = tokio::spawn(async move {
        let writer = Writer::new(&ALLOWED, Arc::new(MemoryJournal::default()));
        let to = Target { bus: &*line, unit: UNIT, map: &dpo_psu::MAP };
        writer.write(to, "walk_in_start", &[250], "arm", Record::Must).await.unwrap();
        loop {
            tokio::time::sleep(Duration::from_secs(10)).await;
            write_registers(&*line, UNIT, heartbeat.address, &[1]).await.unwrap();
        }
    });
    tokio::time::sleep(Duration::from_secs(300)).await;
    assert_eq!(held(), Some(250), "as long as it beats");
    gateway.abort();
    tokio::time::sleep(Duration::from_secs(19)).await;
    assert_eq!(held(), Some(250), "the timer runs from the last beat");
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(held(), fail_safe);
}
