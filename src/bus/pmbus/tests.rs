//! Devices that the simulator does not have: DIRECT, relative limits, pages, broken answers.

use std::sync::{Arc, Mutex};

use dpo_registers::codec::pmbus::{Address, NumberError, Transaction, VoutMode};
use dpo_registers::generated::pmbus_psu::{SET, cmd};
use dpo_registers::pmbus::DecodeError;
use dpo_registers::units::Volts;
use proptest::prelude::*;

use super::*;
use crate::bus::BoxFuture;
use crate::bus::smbus::{LineError, Message};

const TARGET: Address = Address::new(0x58).unwrap();

type Answer = dyn Fn(&[u8], usize) -> Option<Vec<u8>> + Send + Sync;

/// A bus whose target answers the bytes written (behind its address) with bytes, or not at all.
struct Scripted {
    answer: Box<Answer>,
    writes: Mutex<Vec<Vec<u8>>>,
}

impl Controller for Scripted {
    fn transfer(&self, messages: Vec<Message>) -> BoxFuture<'_, Result<Vec<u8>, LineError>> {
        let result = match messages.as_slice() {
            [Message::Write { bytes, .. }] => {
                self.writes.lock().unwrap().push(bytes.clone());
                Ok(Vec::new())
            }
            [Message::Write { bytes, .. }, Message::Read { len, .. }] => (self.answer)(bytes, *len)
                .map(|mut answer| {
                    answer.resize(*len, 0xFF);
                    answer
                })
                .ok_or(LineError::Refused { bus: "scripted".into(), address: 0x58 }),
            other => panic!("{other:?}"),
        };
        Box::pin(std::future::ready(result))
    }

    fn name(&self) -> &str {
        "scripted"
    }
}

fn scripted(
    pec: bool,
    answer: impl Fn(&[u8], usize) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> (Arc<Scripted>, Device) {
    let bus = Arc::new(Scripted { answer: Box::new(answer), writes: Mutex::default() });
    let device = Device::new(Arc::clone(&bus) as Arc<dyn Controller>, TARGET, &SET, pec);
    (bus, device)
}

/// Data and their packet error code, for a command without a request.
fn with_code(code: u8, data: &[u8]) -> Vec<u8> {
    let pec = Transaction::command(TARGET, code).answer_pec(data);
    [data, &[pec]].concat()
}

#[tokio::test(start_paused = true)]
async fn coefficients_are_asked_once() {
    let calls = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&calls);
    // A supply in DIRECT mode: m 100, b 0, R 0 for both directions.
    let (bus, device) = scripted(false, move |bytes, _| match bytes {
        [0x20] => Some(vec![0x40]),
        [0x30, 2, 0x8B | 0x21, 0 | 1] => {
            *counted.lock().unwrap() += 1;
            Some(vec![5, 100, 0, 0, 0, 0])
        }
        [0x8B] => Some(5075u16.to_le_bytes().to_vec()),
        _ => None,
    });
    for _ in 0..2 {
        assert_eq!(device.read::<cmd::ReadVout>().await.unwrap(), Volts(50.75));
    }
    device.write::<cmd::VoutCommand>(&(), &Volts(51.0)).await.unwrap();
    assert_eq!(*bus.writes.lock().unwrap(), [[0x21, 0xEC, 0x13]]);
    assert_eq!(*calls.lock().unwrap(), 2, "one for the read, one for the write");
    device.forget();
    device.read::<cmd::ReadVout>().await.unwrap();
    assert_eq!(*calls.lock().unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn relative_and_vid_modes_are_refused_clearly() {
    let (bus, device) = scripted(false, |bytes, _| match bytes {
        [0x20] => Some(vec![0x97]),
        [0x40] => Some(vec![0x4D, 0x02]),
        [0x8B] => Some(vec![0x80, 0x65]),
        _ => None,
    });
    // A relative mode concerns limits and margins, not what is measured.
    assert_eq!(device.read::<cmd::ReadVout>().await.unwrap(), Volts(50.75));
    let limit = device.read::<cmd::VoutOvFaultLimit>().await.unwrap_err();
    let relative = DecodeError::Number(NumberError::Relative);
    assert!(matches!(&limit, PmbusError::Decode { source, .. } if *source == relative), "{limit}");
    assert!(limit.to_string().contains("VOUT_OV_FAULT_LIMIT"), "{limit}");
    assert!(device.write::<cmd::VoutMarginHigh>(&(), &Volts(52.0)).await.is_err());
    assert!(bus.writes.lock().unwrap().is_empty());
    let (_, vid) = scripted(false, |bytes, _| Some(if bytes == [0x20] { vec![0x21] } else { vec![1, 0] }));
    let error = vid.read::<cmd::ReadVout>().await.unwrap_err();
    assert!(error.to_string().contains("VID"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_ignored_is_noticed() {
    let (bus, device) = scripted(false, |bytes, _| (bytes == [0]).then(|| vec![0]));
    let error = device.select_page(1).await.unwrap_err();
    assert!(matches!(error, PmbusError::Page { wanted: 1, holds: 0, .. }), "{error}");
    assert_eq!(*bus.writes.lock().unwrap(), [[0, 1]]);
}

#[tokio::test(start_paused = true)]
async fn codes_are_used_if_the_device_can() {
    let probe = |answer: fn(&[u8], usize) -> Option<Vec<u8>>| async move {
        let bus: Arc<dyn Controller> =
            Arc::new(Scripted { answer: Box::new(answer), writes: Mutex::default() });
        Device::probe(bus, TARGET, &SET).await.map(|device| device.pec())
    };
    assert_eq!(probe(|_, _| Some(with_code(0x19, &[0x80]))).await, Ok(true));
    // It cannot, and says so.
    assert_eq!(probe(|_, _| Some(vec![0x10])).await, Ok(false));
    // It cannot be asked (a known fault of real devices).
    assert_eq!(probe(|_, _| None).await, Ok(false));
    // It says that it can, and its codes never fit: no reason to trust the line without them.
    assert!(matches!(probe(|_, _| Some(vec![0x80, 0x00])).await, Err(PmbusError::Pec { .. })));
}

#[tokio::test(start_paused = true)]
async fn ones_alone_are_no_answer() {
    for pec in [false, true] {
        let (_, device) = scripted(pec, |_, len| Some(vec![0xFF; len]));
        let error = device.read::<cmd::MfrId>().await.unwrap_err();
        assert!(matches!(error, PmbusError::NotDriven { .. }) && error.refused(), "{error}");
    }
    let (_, device) = scripted(true, |_, len| Some(vec![0xFF; len]));
    let error = device.read::<cmd::ReadVin>().await.unwrap_err();
    assert!(matches!(error, PmbusError::NotDriven { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_count_that_lies_is_no_block() {
    // 40 bytes announced where 32 are the most.
    let (_, device) = scripted(false, |_, _| Some(vec![40]));
    assert!(matches!(device.read::<cmd::MfrId>().await, Err(PmbusError::Frame { .. })));
    // Another count in the second answer.
    let (_, device) = scripted(false, |_, len| Some(vec![if len == 1 { 4 } else { 9 }]));
    assert!(matches!(device.read::<cmd::MfrId>().await, Err(PmbusError::Frame { .. })));
    let (_, device) =
        scripted(true, |_, len| Some(if len == 1 { vec![4] } else { with_code(0x99, b"\x04ACME") }));
    assert_eq!(device.read::<cmd::MfrId>().await.unwrap().as_str(), Some("ACME"));
}

#[tokio::test(start_paused = true)]
async fn a_device_without_write_protect_is_not_protected() {
    let (_, device) = scripted(false, |_, _| None);
    assert_eq!(device.write_protect().await, Ok(0));
    let (_, device) = scripted(false, |_, _| Some(vec![0x80]));
    assert_eq!(device.write_protect().await, Ok(0x80));
}

proptest! {
    #[test]
    fn any_answer_is_a_value_or_an_error(answer: Vec<u8>, pec: bool, at in 0..SET.commands.len(), mode: u8) {
        let (_, device) = scripted(pec, move |bytes, _| match bytes {
            [0x20] if !pec => Some(vec![mode]),
            _ => Some(answer.clone()),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let info = SET.commands[at];
            let request = [0x21, 1];
            let length = info.request.iter().map(|f| usize::from(f.at + f.bytes)).max().unwrap_or(0);
            let _ = device.read_any(info, &request[..length]).await;
            let _ = device.status(true).await;
            let _ = device.black_box().await;
        });
        // A mode from the wire is kept as it is, and decides nothing by itself.
        prop_assert!(VoutMode(mode).relative() == (mode & 0x80 != 0));
    }
}
