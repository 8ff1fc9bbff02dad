//! What holds over any bus with the simulated PSUs behind it. Each test leaves the supply as it found it.

use dpo_gateway::bus::pmbus::any::Any;
use dpo_gateway::bus::pmbus::status::Status;
use dpo_gateway::bus::pmbus::{Device, PmbusError, group};
use dpo_gateway::bus::smbus::{LineError, Message};
use dpo_registers::codec::pmbus::{Address, VoutMode, pec};
use dpo_registers::generated::pmbus_psu::{
    Capability, Query, QueryRequest, SET, SmbalertMaskRequest, WriteProtect, cmd,
};
use dpo_registers::pmbus::CommandInfo;
use dpo_registers::units::Volts;

use crate::rig::{LAST_PSU, NOBODY, PSU, any_bus, device, run};

fn info(id: &str) -> &'static CommandInfo {
    SET.command(id).unwrap()
}

#[test]
fn readings_come_with_units_and_codes() {
    let bus = any_bus();
    run(async {
        for address in [PSU, LAST_PSU] {
            let psu = device(&bus, address);
            psu.clear_faults().await.unwrap();
            assert_eq!(psu.read::<cmd::ReadVin>().await.unwrap(), Volts(230.0));
            assert_eq!(psu.vout_mode().await.unwrap(), VoutMode(0x17));
            let vout = psu.read::<cmd::ReadVout>().await.unwrap().0;
            let (iout, pout) =
                (psu.read::<cmd::ReadIout>().await.unwrap().0, psu.read::<cmd::ReadPout>().await.unwrap().0);
            assert!((50.0..52.0).contains(&vout), "{vout} V");
            // Each is rounded to ten bits.
            assert!((vout * iout / pout - 1.0).abs() < 0.003, "{vout} V, {iout} A, {pout} W");
            let pin = psu.read::<cmd::ReadPin>().await.unwrap().0;
            assert!((0.95..1.0).contains(&(pout / pin)), "{pout} W of {pin} W");
            // All of this was in order.
            assert!(psu.status(true).await.unwrap().clear());
        }
    });
}

#[test]
fn text_and_blocks_come_in_full() {
    let bus = any_bus();
    run(async {
        let psu = device(&bus, PSU);
        psu.clear_faults().await.unwrap();
        assert_eq!(psu.read::<cmd::MfrId>().await.unwrap().as_str(), Some("DPO-SIM"));
        assert_eq!(psu.read::<cmd::MfrSerial>().await.unwrap().as_str(), Some("DPO-SIM-PSU-0001"));
        // 300 bytes in two parts of 151: more than the block calls of Linux can.
        let black_box = psu.black_box().await.unwrap();
        assert_eq!(
            black_box.parts.iter().map(|part| (part[0], part.len())).collect::<Vec<_>>(),
            [(0, 151), (1, 151)]
        );
        assert_eq!(black_box.record().len(), 300);
        assert!(psu.status(true).await.unwrap().clear(), "a read beyond the end is a fault");
    });
}

#[test]
fn process_calls_ask_and_answer() {
    let bus = any_bus();
    run(async {
        let psu = device(&bus, PSU);
        let query = async |code| psu.ask::<cmd::Query>(&QueryRequest { command: code }).await.unwrap();
        let rw = Query::SUPPORTED.union(Query::READ).union(Query::WRITE);
        assert_eq!(query(0x21).await, rw);
        assert_eq!(query(0x88).await, Query::SUPPORTED.union(Query::READ));
        assert_eq!(query(0x03).await, Query::SUPPORTED.union(Query::WRITE).union(Query(7 << 2)));
        // Unknown, and one that is never sent.
        assert_eq!((query(0x86).await, query(0xD6).await), (Query(0), Query(0)));
        let request = SmbalertMaskRequest { status_command: 0x7E };
        psu.write::<cmd::SmbalertMask>(&request, &0x80).await.unwrap();
        assert_eq!(psu.ask::<cmd::SmbalertMask>(&request).await.unwrap(), 0x80);
        psu.write::<cmd::SmbalertMask>(&request, &0).await.unwrap();
    });
}

#[test]
fn a_setpoint_is_written_and_read_back() {
    let bus = any_bus();
    run(async {
        let psu = device(&bus, PSU);
        let before = psu.read::<cmd::VoutCommand>().await.unwrap();
        psu.write::<cmd::VoutCommand>(&(), &Volts(50.5)).await.unwrap();
        assert_eq!(psu.read::<cmd::VoutCommand>().await.unwrap(), Volts(50.5));
        psu.write::<cmd::VoutCommand>(&(), &before).await.unwrap();
        assert_eq!(psu.read::<cmd::VoutCommand>().await.unwrap(), before);
        let wide = psu.write::<cmd::VoutCommand>(&(), &Volts(60.0)).await.unwrap_err();
        assert!(matches!(wide, PmbusError::Encode { .. }) && !wide.uncertain(), "{wide}");
    });
}

#[test]
fn write_protect_is_kept_by_the_device() {
    let bus = any_bus();
    run(async {
        let psu = device(&bus, PSU);
        psu.clear_faults().await.unwrap();
        assert_eq!(psu.write_protect().await.unwrap(), 0);
        psu.write::<cmd::WriteProtect>(&(), &WriteProtect::AllButOperation).await.unwrap();
        assert_eq!(psu.write_protect().await.unwrap(), 0x40);
        // On the wire all is well; the device drops it and says so.
        psu.write::<cmd::VoutCommand>(&(), &Volts(50.5)).await.unwrap();
        assert_eq!(psu.read::<cmd::VoutCommand>().await.unwrap(), Volts(51.0));
        let (_, word) = psu.status(false).await.unwrap().summary.unwrap();
        assert_eq!(Status::names(info("status_word"), word), ["CML"]);
        psu.write::<cmd::WriteProtect>(&(), &WriteProtect::Off).await.unwrap();
        psu.clear_faults().await.unwrap();
        assert!(psu.status(true).await.unwrap().clear());
    });
}

#[test]
fn what_is_not_there_says_so() {
    let bus = any_bus();
    run(async {
        let psu = device(&bus, PSU);
        psu.clear_faults().await.unwrap();
        let unknown = psu.read::<cmd::ReadEin>().await.unwrap_err();
        assert!(unknown.refused(), "{unknown}");
        let status = psu.status(false).await.unwrap();
        assert_eq!(
            status.details.iter().map(|(i, bits)| (i.id, *bits)).collect::<Vec<_>>(),
            [("status_cml", 0x80)]
        );
        psu.clear_bits(info("status_cml"), 0x80).await.unwrap();
        assert!(psu.status(true).await.unwrap().clear());
        let absent = device(&bus, NOBODY).read::<cmd::ReadVin>().await.unwrap_err();
        let line = |error: &PmbusError| {
            matches!(
                error,
                PmbusError::Line { source: LineError::Absent { .. } | LineError::BrokenOff { .. }, .. }
            )
        };
        assert!(line(&absent), "{absent}");
        // A hazard is never sent, even if it is asked for.
        let hazard =
            CommandInfo { read: Some(dpo_registers::pmbus::Read::Byte), ..CommandInfo::raw("MFR", 0xE0) };
        assert!(matches!(psu.read_bytes(&hazard, &[]).await, Err(PmbusError::Hazard { .. })));
        let read_only = psu.write_bytes(info("read_vin"), &[], &[0, 0]).await;
        assert!(matches!(read_only, Err(PmbusError::Direction { .. })));
    });
}

#[test]
fn a_group_is_one_transfer_and_acts_at_its_end() {
    let bus = any_bus();
    run(async {
        let (first, last) = (device(&bus, PSU), device(&bus, LAST_PSU));
        let command = info("vout_command");
        let volts = |v| Any::Number(v);
        let (low, high) = (
            first.encode_any(command, &volts(50.0)).await.unwrap(),
            last.encode_any(command, &volts(50.5)).await.unwrap(),
        );
        let part = |device, data| group::Part { device, info: command, data };
        group::send(&[part(&first, low.as_slice()), part(&last, high.as_slice())]).await.unwrap();
        assert_eq!(first.read::<cmd::VoutCommand>().await.unwrap(), Volts(50.0));
        assert_eq!(last.read::<cmd::VoutCommand>().await.unwrap(), Volts(50.5));
        let back = first.encode_any(command, &volts(51.0)).await.unwrap();
        group::send(&[part(&first, back.as_slice()), part(&last, back.as_slice())]).await.unwrap();
        assert_eq!(last.read::<cmd::VoutCommand>().await.unwrap(), Volts(51.0));
        let twice = group::send(&[part(&first, back.as_slice()), part(&first, back.as_slice())]).await;
        assert!(twice.is_err_and(|error| error.to_string().contains("once")));
    });
}

#[test]
fn pages_are_selected_and_read_back() {
    let bus = any_bus();
    run(async {
        let psu = device(&bus, PSU);
        psu.clear_faults().await.unwrap();
        psu.select_page(0).await.unwrap();
        assert_eq!(psu.read_paged::<cmd::ReadVin>(0).await.unwrap(), Volts(230.0));
        let refused = psu.select_page(1).await.unwrap_err();
        assert!(matches!(refused, PmbusError::Page { wanted: 1, holds: 0, .. }), "{refused}");
        psu.clear_faults().await.unwrap();
    });
}

#[test]
fn the_device_says_whether_it_knows_codes() {
    let bus = any_bus();
    run(async {
        let psu = Device::probe(std::sync::Arc::clone(&bus), PSU, &SET).await.unwrap();
        assert!(psu.pec());
        let capability = psu.read::<cmd::Capability>().await.unwrap();
        assert!(capability.contains(Capability::PEC.union(Capability::SMBALERT)));
        // Some adapters do not tell an absent target from one that refuses CAPABILITY.
        match Device::probe(bus, NOBODY, &SET).await {
            Ok(device) => assert!(!device.pec()),
            Err(PmbusError::Line { source: LineError::Absent { .. }, .. }) => {}
            Err(other) => panic!("{other}"),
        }
    });
}

#[test]
fn a_wrong_code_is_not_taken() {
    let bus = any_bus();
    run(async {
        let psu = device(&bus, PSU);
        psu.clear_faults().await.unwrap();
        let message = [0x21, 0x00, 0x65];
        let right = pec(&[&[PSU.write_byte()], &message[..]].concat());
        let send = async |code: u8| {
            let bytes = [&message[..], &[code]].concat();
            bus.transfer(vec![Message::Write { to: PSU, bytes }]).await
        };
        // The target does not acknowledge the code, unless the adapter hides that.
        assert!(send(right ^ 0x01).await.is_err());
        assert_eq!(psu.read::<cmd::VoutCommand>().await.unwrap(), Volts(51.0));
        assert_eq!(psu.read::<cmd::StatusCml>().await.unwrap().0, 0x20);
        send(right).await.unwrap();
        assert_eq!(psu.read::<cmd::VoutCommand>().await.unwrap(), Volts(50.5));
        psu.write::<cmd::VoutCommand>(&(), &Volts(51.0)).await.unwrap();
        psu.clear_faults().await.unwrap();
    });
}

#[test]
fn nobody_alerts_where_nothing_is_wrong() {
    use dpo_gateway::bus::smbus::alert;
    let bus = any_bus();
    run(async {
        for address in (PSU.get()..=LAST_PSU.get()).filter_map(Address::new) {
            device(&bus, address).clear_faults().await.unwrap();
        }
        assert_eq!(alert::respond(&*bus, true).await.unwrap(), None);
        // Two commands that are not there: both pull the line, the lowest address answers first.
        for address in [LAST_PSU, PSU] {
            assert!(device(&bus, address).read::<cmd::ReadEin>().await.is_err());
        }
        assert_eq!(alert::respond_all(&*bus, true).await.unwrap(), [PSU, LAST_PSU]);
        assert_eq!(alert::respond(&*bus, false).await.unwrap(), None);
        for address in [LAST_PSU, PSU] {
            device(&bus, address).clear_faults().await.unwrap();
        }
    });
}
