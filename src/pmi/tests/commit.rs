//! Setpoints by shadow and commit.

use std::time::Duration;

use dpo_registers::codec::Exception;
use dpo_registers::generated::dpo_pmi::{SetpointCommitResult as Commit, SetpointResult};
use dpo_registers::units::Watts;
use tokio::time::sleep;

use super::block::{block, block_rig, refused};
use super::{UNIT, rig};
use crate::bus::write_registers;
use crate::pmi::PmiConfig;

const LEASE: u16 = 0x4040;
const LIMIT: u16 = 0x4050;
const SHADOW_LIMIT: u16 = 0x4180;
const SHADOW_DISCHARGE: u16 = 0x4182;
const COMMIT: u16 = 0x41B0;

#[tokio::test]
async fn nothing_happens_until_the_commit_and_then_everything_at_once() {
    let rig = block_rig();
    let bus = rig.connect();
    write_registers(&bus, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    // Both in one request, as neighbours.
    write_registers(&bus, UNIT, SHADOW_LIMIT, &[0, 9_000, 0, 500]).await.unwrap();
    let image = block(&bus).await;
    assert_eq!(image.shadow_input_power_limit, Some(Watts(9_000.0)));
    assert_eq!(image.shadow_bbu_discharge, Some(Watts(500.0)));
    assert_eq!((image.input_power_limit, image.bbu_discharge_applied), (None, None), "nothing yet");
    assert_eq!((image.setpoint_sequence, image.setpoint_commit_result), (Some(0), Some(Commit::Idle)));
    assert_eq!(rig.asked.lock().unwrap().len(), 1, "the lease alone");

    write_registers(&bus, UNIT, COMMIT, &[1]).await.unwrap();
    assert_eq!(rig.asked.lock().unwrap().len(), 2, "one request holds both");
    let image = block(&bus).await;
    assert_eq!(image.input_power_limit_applied, Some(Watts(9_000.0)));
    assert_eq!(image.bbu_discharge_applied, Some(Watts(500.0)));
    assert_eq!((image.setpoint_sequence, image.setpoint_commit_result), (Some(1), Some(Commit::Applied)));
    assert_eq!((image.commits_applied, image.setpoint_result), (Some(1), Some(SetpointResult::Applied)));

    // The limit alone; what was not written stays in force.
    write_registers(&bus, UNIT, SHADOW_LIMIT, &[0xFFFF, 0xFFFF]).await.unwrap();
    write_registers(&bus, UNIT, COMMIT, &[2]).await.unwrap();
    let image = block(&bus).await;
    assert_eq!((image.input_power_limit, image.bbu_discharge), (None, Some(Watts(500.0))));
}

#[tokio::test]
async fn a_commit_that_is_refused_changes_nothing_and_names_the_register() {
    let rig = block_rig();
    let bus = rig.connect();
    write_registers(&bus, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    write_registers(&bus, UNIT, SHADOW_LIMIT, &[0, 9_000, 0, 14]).await.unwrap();
    assert_eq!(refused(&bus, COMMIT, &[1]).await, Exception::ServerDeviceFailure);
    let image = block(&bus).await;
    assert_eq!((image.input_power_limit, image.bbu_discharge), (None, None), "all or none");
    assert_eq!(image.setpoint_commit_result, Some(Commit::RefusedState));
    assert_eq!(image.setpoint_commit_fault, Some(SHADOW_DISCHARGE));
    assert_eq!((image.setpoint_sequence, image.commits_refused), (Some(0), Some(1)));
    assert_eq!(image.shadow_input_power_limit, Some(Watts(9_000.0)), "kept, to be mended");
    // Out of range by the shelf, not by the map: 03.
    write_registers(&bus, UNIT, SHADOW_LIMIT, &[0, 18_001, 0, 500]).await.unwrap();
    assert_eq!(refused(&bus, COMMIT, &[1]).await, Exception::IllegalDataValue);
    let image = block(&bus).await;
    assert_eq!(
        (image.setpoint_commit_result, image.setpoint_commit_fault),
        (Some(Commit::RefusedRange), Some(SHADOW_LIMIT))
    );
    // Mended, the same number is still the next one; once applied it is not.
    write_registers(&bus, UNIT, SHADOW_LIMIT, &[0, 9_000]).await.unwrap();
    write_registers(&bus, UNIT, COMMIT, &[1]).await.unwrap();
    let asked = rig.asked.lock().unwrap().len();
    for number in [1, 3, 65_535] {
        assert_eq!(refused(&bus, COMMIT, &[number]).await, Exception::ServerDeviceFailure);
        let image = block(&bus).await;
        assert_eq!(image.setpoint_commit_result, Some(Commit::RefusedSequence));
        assert_eq!(image.setpoint_result, Some(SetpointResult::RefusedSequence));
    }
    assert_eq!(rig.asked.lock().unwrap().len(), asked);
    assert_eq!(block(&bus).await.input_power_limit_applied, Some(Watts(9_000.0)));
}

#[tokio::test]
async fn the_shadow_is_the_lease_holders_and_goes_with_the_lease() {
    let rig = block_rig();
    let (holder, other) = (rig.connect(), rig.connect());
    assert_eq!(refused(&holder, SHADOW_LIMIT, &[0, 9_000]).await, Exception::ServerDeviceFailure);
    assert_eq!(block(&holder).await.setpoint_result, Some(SetpointResult::RefusedNoLease));
    write_registers(&holder, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    write_registers(&holder, UNIT, SHADOW_LIMIT, &[0, 9_000]).await.unwrap();
    for (address, words) in [(SHADOW_LIMIT, &[0, 1][..]), (COMMIT, &[1]), (COMMIT, &[0])] {
        assert_eq!(refused(&other, address, words).await, Exception::ServerDeviceFailure);
    }
    // Whoever asked, all see the holder's shadow, and no trace of the stranger in its result.
    let image = block(&other).await;
    assert_eq!(image.shadow_input_power_limit, Some(Watts(9_000.0)));
    assert_eq!((image.setpoint_commit_result, image.commits_refused), (Some(Commit::Idle), Some(0)));
    // The same token from another connection is the same owner.
    write_registers(&other, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    write_registers(&other, UNIT, COMMIT, &[1]).await.unwrap();
    assert_eq!(block(&holder).await.input_power_limit, Some(Watts(9_000.0)));
    // 0 discards; so does the end of the lease.
    write_registers(&holder, UNIT, SHADOW_LIMIT, &[0, 7_000]).await.unwrap();
    write_registers(&holder, UNIT, COMMIT, &[0]).await.unwrap();
    assert_eq!(block(&holder).await.shadow_input_power_limit, Some(Watts(9_000.0)), "what is in force");
    write_registers(&holder, UNIT, SHADOW_LIMIT, &[0, 7_000]).await.unwrap();
    write_registers(&holder, UNIT, LEASE, &[0, 1, 0]).await.unwrap();
    assert_eq!(refused(&holder, COMMIT, &[2]).await, Exception::ServerDeviceFailure);
    assert_eq!(block(&holder).await.shadow_input_power_limit, Some(Watts(9_000.0)));
}

#[tokio::test]
async fn halves_and_strangers_of_the_group_are_refused() {
    let rig = block_rig();
    let bus = rig.connect();
    write_registers(&bus, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    for (address, words, exception) in [
        (SHADOW_LIMIT, &[0][..], Exception::IllegalDataAddress),
        (SHADOW_LIMIT + 1, &[0, 0], Exception::IllegalDataAddress),
        (SHADOW_LIMIT, &[0x000F, 0x4241], Exception::IllegalDataValue),
        // Into registers behind a capability that is not claimed: charging power, bus voltage.
        (SHADOW_LIMIT, &[0, 9_000, 0, 500, 0, 100], Exception::ServerDeviceFailure),
        (SHADOW_LIMIT, &[0, 9_000, 0, 500, 0, 100, 48_000], Exception::ServerDeviceFailure),
        (COMMIT + 1, &[1], Exception::IllegalDataAddress),
    ] {
        assert_eq!(refused(&bus, address, words).await, exception, "{address:04X} {words:?}");
    }
    let image = block(&bus).await;
    assert_eq!((image.shadow_input_power_limit, image.shadow_bbu_discharge), (None, None), "nothing of it");
}

#[tokio::test(start_paused = true)]
async fn a_slow_commit_is_acknowledged_and_blocks_the_group_until_it_ends() {
    let rig = rig(Vec::new(), PmiConfig::default(), Duration::from_secs(3));
    let (bus, twin) = (rig.connect(), rig.connect());
    for connection in [&bus, &twin] {
        write_registers(connection, UNIT, LEASE, &[0, 1, 60]).await.unwrap();
    }
    write_registers(&bus, UNIT, SHADOW_LIMIT, &[0, 9_000]).await.unwrap();
    assert_eq!(refused(&bus, COMMIT, &[1]).await, Exception::Acknowledge);
    assert_eq!(block(&twin).await.setpoint_commit_result, Some(Commit::Pending));
    for (address, words) in [(SHADOW_LIMIT, &[0, 1][..]), (COMMIT, &[1]), (COMMIT, &[2]), (COMMIT, &[0])] {
        assert_eq!(refused(&twin, address, words).await, Exception::ServerDeviceBusy);
    }
    assert_eq!(refused(&bus, LIMIT, &[0, 1]).await, Exception::ServerDeviceBusy);
    // The connection that asked may go: the commit ends all the same.
    drop(bus);
    sleep(Duration::from_secs(3)).await;
    let image = block(&twin).await;
    assert_eq!((image.setpoint_commit_result, image.setpoint_sequence), (Some(Commit::Applied), Some(1)));
    write_registers(&twin, UNIT, SHADOW_LIMIT, &[0, 8_000]).await.unwrap();
}
