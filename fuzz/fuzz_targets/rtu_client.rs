//! The RTU client against a device that answers with anything, late, twice, cut, or not at all. Time is virtual.
//!
//! An answer that the client returns stood on the line, whole, from the address asked; and a device that behaves
//! again is read again.
#![no_main]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_gateway::bus::Bus;
use dpo_gateway::bus::rtu::{LineTiming, RtuBus, RtuClientConfig};
use dpo_gateway::registers::codec::rtu::{Frame, MAX_FRAME, decode, encode};
use dpo_gateway::registers::codec::{Pdu, read_response};
use dpo_gateway_fuzz::{Bytes, Event, event, holds};
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{sleep, timeout};

const UNIT: u8 = 17;

fn bytes_of(frame: &Frame) -> Vec<u8> {
    let mut out = [0; MAX_FRAME];
    let len = encode(frame, &mut out);
    out[..len].to_vec()
}

/// Plays a few events of the script for each request, then the right answer to each. On a line with an echo, what the
/// client sends comes back, but for a request in four while the script lasts.
async fn device(mut line: DuplexStream, script: Vec<u8>, echo: bool, said: Arc<Mutex<Vec<u8>>>) {
    let mut script = Bytes(&script);
    let mut lump = [0; MAX_FRAME];
    loop {
        let Ok(got @ 1..) = line.read(&mut lump).await else { return };
        let behaves = script.is_empty();
        let kind = script.byte();
        if echo && (behaves || kind & 0x18 != 0) {
            said.lock().expect("not poisoned").extend(&lump[..got]);
            let _ = line.write_all(&lump[..got]).await;
        }
        if behaves {
            if let Ok(request) = decode(&lump[..got]) {
                let answer =
                    Frame { unit: request.unit, pdu: read_response(3, &[0xBEEF; 4]).expect("four words") };
                let _ = line.write_all(&bytes_of(&answer)).await;
            }
            continue;
        }
        for _ in 0..1 + kind % 4 {
            match event(&mut script) {
                Event::Silence(ms) => sleep(Duration::from_millis(ms)).await,
                Event::Bytes(bytes) => {
                    said.lock().expect("not poisoned").extend(&bytes);
                    if line.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

async fn run(data: &[u8]) {
    let Some((first, script)) = data.split_first() else { return };
    let line = LineTiming { baud: if first & 1 == 0 { 19_200 } else { 115_200 }, bits: 11 };
    let echo = first & 2 != 0;
    let strict = first & 4 != 0;
    let config = if strict {
        RtuClientConfig { echo, ..RtuClientConfig::strict(line) }
    } else {
        RtuClientConfig { echo, line, ..RtuClientConfig::default() }
    };
    let (port, line) = tokio::io::duplex(4096);
    let bus = RtuBus::new("fuzz", port, config);
    let said = Arc::new(Mutex::new(Vec::new()));
    let device = tokio::spawn(device(line, script.to_vec(), echo, Arc::clone(&said)));
    let request = Pdu::read_holding(0, 4).expect("a read");
    for _ in 0..6 {
        let answered = timeout(Duration::from_secs(60), bus.transact(UNIT, request)).await.expect("it ends");
        if let Ok(pdu) = answered {
            let proper = read_response(3, &[0xBEEF; 4]).expect("four words");
            let frame = bytes_of(&Frame { unit: UNIT, pdu });
            assert!(
                pdu == proper || holds(&said.lock().expect("not poisoned"), &frame),
                "{pdu:?} was never sent"
            );
        }
    }
    // The script may be long: read it to its end, then each request has its right answer.
    let mut answered = false;
    for _ in 0..2 + script.len() {
        let proper = read_response(3, &[0xBEEF; 4]).expect("four words");
        answered = matches!(bus.transact(UNIT, request).await, Ok(pdu) if pdu == proper);
        if answered {
            break;
        }
        sleep(Duration::from_secs(1)).await;
    }
    assert!(answered, "a device that behaves again is not read");
    device.abort();
}

fuzz_target!(|data: &[u8]| {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        .block_on(run(data));
});
