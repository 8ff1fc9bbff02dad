//! Over a real pseudo-terminal, by the thread that drives ports.

use std::sync::Arc;
use std::time::Duration;

use dpo_registers::codec::Pdu;
use tokio_util::sync::CancellationToken;

use super::{hostile, start};
use crate::bus::rtu::{RtuBus, RtuClientConfig, RtuServerConfig, serve};
use crate::bus::serial::{self, Pty, SerialSettings};
use crate::bus::testing::Echo;
use crate::bus::{Bus, BusError, read_holding, write_registers};

#[tokio::test]
async fn hostile_bytes_over_a_pseudo_terminal() {
    let pty = Pty::open(None).unwrap();
    let line = serial::open(&pty.path, SerialSettings::default()).unwrap();
    let mut server = start(line, pty, RtuServerConfig::for_pty("pty"));
    for (_, bytes) in hostile() {
        server.send(&bytes).await;
        server.expect_silence(Duration::from_millis(100)).await;
        server.expect_served().await;
    }
    server.token.cancel();
    server.task.await.unwrap().unwrap();
    assert_eq!(server.echo.closed.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn client_and_server_over_a_pseudo_terminal() {
    let pty = Pty::open(None).unwrap();
    let path = pty.path.clone();
    let token = CancellationToken::new();
    let echo = Arc::new(Echo::default());
    let server = tokio::spawn(serve(pty, echo, RtuServerConfig::for_pty("pty"), token.clone()));
    for _ in 0..3 {
        // A client that comes, works and goes.
        let config = RtuClientConfig { response_timeout: Duration::from_secs(5), ..Default::default() };
        let bus = RtuBus::open(&path, SerialSettings::default(), config).unwrap();
        assert_eq!(read_holding(&bus, 200, 10, 125).await.unwrap(), (10..135).collect::<Vec<u16>>());
        write_registers(&bus, 200, 10, &[1; 123]).await.unwrap();
    }
    token.cancel();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_port_that_vanished_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("line");
    let first = Pty::open(Some(&link)).unwrap();
    let config = RtuClientConfig { response_timeout: Duration::from_secs(5), ..Default::default() };
    let bus = RtuBus::open(&link, SerialSettings::default(), config).unwrap();
    drop(first);
    let request = Pdu::read_holding(0, 1).unwrap();
    assert!(matches!(bus.transact(1, request).await, Err(BusError::Io { .. })));
    let error = bus.transact(1, request).await.unwrap_err();
    assert!(error.to_string().contains("cannot open the serial port"), "{error}");
    let second = Pty::open(Some(&link)).unwrap();
    let token = CancellationToken::new();
    tokio::spawn(serve(second, Arc::new(Echo::default()), RtuServerConfig::for_pty("pty"), token));
    assert!(bus.transact(1, request).await.is_ok());
}
