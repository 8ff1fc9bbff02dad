//! The RTU server on a line where anything happens: lumps, silences, noise, cut and damaged frames, requests that
//! overtake answers. Time is virtual.
//!
//! Whatever came before, a request after silence is answered; and the server executes nothing that did not stand on
//! the line, byte for byte, with its CRC.
#![no_main]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dpo_gateway::bus::rtu::{LineTiming, RtuServerConfig, serve};
use dpo_gateway::bus::{Answer, BoxFuture, Peer, Service};
use dpo_gateway::registers::codec::Pdu;
use dpo_gateway::registers::codec::rtu::{Frame, MAX_FRAME, encode};
use dpo_gateway_fuzz::{Bytes, Event, event, holds};
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Works for as many milliseconds as the second byte of a request says, then gives the request back.
#[derive(Default)]
struct Echo(Mutex<Vec<Frame>>);

impl Service for Echo {
    fn call<'a>(&'a self, _: &'a Peer, unit: u8, request: Pdu) -> BoxFuture<'a, Answer> {
        self.0.lock().expect("not poisoned").push(Frame { unit, pdu: request });
        Box::pin(async move {
            let bytes = request.as_slice();
            sleep(Duration::from_millis(bytes.get(1).copied().unwrap_or(0).into())).await;
            match bytes.last() {
                Some(1) => Answer::NoPath,
                Some(2) => Answer::NoAnswer,
                _ => Answer::Reply(request),
            }
        })
    }
}

fn bytes_of(frame: &Frame) -> Vec<u8> {
    let mut out = [0; MAX_FRAME];
    let len = encode(frame, &mut out);
    out[..len].to_vec()
}

async fn run(data: &[u8]) {
    let mut script = Bytes(data);
    let first = script.byte();
    let line = LineTiming { baud: if first & 4 == 0 { 19_200 } else { 115_200 }, bits: 11 };
    let config = match first & 3 {
        0 | 1 => RtuServerConfig::for_line("fuzz", line),
        2 => RtuServerConfig::strict("fuzz", line),
        _ => RtuServerConfig::for_pty("fuzz"),
    };
    let (mut line, port) = tokio::io::duplex(4096);
    let service = Arc::new(Echo::default());
    let token = CancellationToken::new();
    let served = tokio::spawn(serve(port, Arc::clone(&service) as Arc<dyn Service>, config, token.clone()));

    let mut sent = Vec::new();
    while !script.is_empty() {
        match event(&mut script) {
            Event::Silence(ms) => sleep(Duration::from_millis(ms)).await,
            Event::Bytes(bytes) => {
                line.write_all(&bytes).await.expect("the server reads");
                sent.extend(bytes);
            }
        }
        // The client hears what is there.
        let mut heard = [0; 512];
        while let Ok(Ok(got)) = timeout(Duration::ZERO, line.read(&mut heard)).await {
            assert!(got > 0, "the server closed the line");
        }
    }
    // All work is done by then, and what was cut is over.
    sleep(Duration::from_secs(10)).await;
    let mut heard = [0; 4096];
    while let Ok(Ok(_)) = timeout(Duration::ZERO, line.read(&mut heard)).await {}

    let probe = Frame { unit: 17, pdu: Pdu::read_holding(0x0000, 125).expect("a read") };
    let request = bytes_of(&probe);
    let cut = usize::from(data.first().copied().unwrap_or(0)) % request.len();
    line.write_all(&request[..cut]).await.expect("the server reads");
    line.write_all(&request[cut..]).await.expect("the server reads");
    sent.extend(&request);
    let mut answer = vec![0; request.len()];
    let read = timeout(Duration::from_secs(1), line.read_exact(&mut answer)).await;
    assert!(matches!(read, Ok(Ok(_))), "a request after silence is not answered");
    assert_eq!(answer, request);

    token.cancel();
    served.await.expect("no panic").expect("the line did not fail");
    let executed = service.0.lock().expect("not poisoned");
    assert_eq!(executed.last(), Some(&probe));
    for frame in executed.iter() {
        assert!(holds(&sent, &bytes_of(frame)), "{frame:?} was never on the line");
    }
}

fuzz_target!(|data: &[u8]| {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        .block_on(run(data));
});
