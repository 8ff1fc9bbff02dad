//! Setpoints that move in steps, and devices that are busy or refuse on the way.

use dpo_registers::codec::{Exception, Pdu, Request};

use super::*;
use crate::bus::{BoxFuture, BusError};

/// 0.1 V as the register counts, and one for rounding at either end.
const STEP: u16 = 103 + 2;

/// A bus that keeps what the PSUs hold after each setpoint that was taken.
struct Noting {
    inner: Arc<dyn Bus>,
    held: std::sync::Mutex<Vec<[u16; 6]>>,
}

impl Noting {
    /// Largest difference between two PSUs at any time.
    fn spread(&self) -> u16 {
        let held = self.held.lock().unwrap();
        held.iter().map(|all| all.iter().max().unwrap() - all.iter().min().unwrap()).max().unwrap()
    }

    fn lowest(&self) -> u16 {
        self.held.lock().unwrap().iter().flatten().copied().min().unwrap()
    }
}

impl Bus for Noting {
    fn transact(&self, unit: u8, request: Pdu) -> BoxFuture<'_, Result<Pdu, BusError>> {
        Box::pin(async move {
            let answer = self.inner.transact(unit, request).await?;
            if let Ok(Request::WriteSingle { address: SETPOINT, word }) = Request::decode(request.as_slice())
                && answer.function() < 0x80
            {
                let mut held = self.held.lock().unwrap();
                let mut now = *held.last().unwrap();
                now[usize::from(unit) - 200] = word;
                held.push(now);
            }
            Ok(answer)
        })
    }
    fn wire_time(&self, request: usize, answer: usize) -> Duration {
        self.inner.wire_time(request, answer)
    }
    fn name(&self) -> &str {
        self.inner.name()
    }
}

/// A started gateway with a lease; with `slow`, one on a line that is too slow to move setpoints at once.
async fn rig(slow: bool) -> (Rig, Arc<Noting>) {
    let mut rig = Rig::new();
    let noting = Noting { inner: Arc::clone(&rig.bus), held: std::sync::Mutex::new(vec![[NOMINAL; 6]]) };
    let noting = Arc::new(noting);
    rig.bus = noting.clone();
    if slow {
        rig.turnaround = Duration::from_millis(20);
    }
    rig.start();
    rig.cycles(1).await;
    rig.lease(600).await;
    (rig, noting)
}

#[tokio::test(start_paused = true)]
async fn one_that_is_busy_on_the_way_is_waited_for() {
    let (rig, noting) = rig(true).await;
    rig.psus[3].refuse_after(SETPOINT, 5, 12, Exception::ServerDeviceBusy);
    rig.limit(10_000.0).await.unwrap();
    let held = rig.setpoints();
    assert!(held[0] < 50_000 && held.iter().all(|word| *word == held[0]), "{held:?}");
    assert!(noting.spread() <= STEP, "{}", noting.spread());
}

#[tokio::test(start_paused = true)]
async fn one_that_stays_busy_brings_all_back_in_steps() {
    let (rig, noting) = rig(true).await;
    // Once, and twenty times more in two seconds; and some on the way back.
    rig.psus[3].refuse_after(SETPOINT, 5, 21 + 7, Exception::ServerDeviceBusy);
    let refused = rig.limit(10_000.0).await.unwrap_err().to_string();
    assert!(refused.contains("psu 4") && !refused.contains("not brought back"), "{refused}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert!(noting.lowest() < NOMINAL - 4 * STEP, "{}", noting.lowest());
    assert!(noting.spread() <= STEP, "{}", noting.spread());
    assert!(rig.psus.iter().all(|p| p.get(SETTINGS) == 0x0800), "the write-enable bit is as before");
}

#[tokio::test(start_paused = true)]
async fn one_that_refuses_on_the_way_brings_all_back_in_steps() {
    let (rig, noting) = rig(true).await;
    rig.psus[3].refuse_after(SETPOINT, 9, 1, Exception::ServerDeviceFailure);
    let refused = rig.limit(10_000.0).await.unwrap_err().to_string();
    assert!(refused.contains("psu 4") && !refused.contains("not brought back"), "{refused}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert!(noting.lowest() < NOMINAL - 8 * STEP, "{}", noting.lowest());
    assert!(noting.spread() <= STEP, "{}", noting.spread());
}

#[tokio::test(start_paused = true)]
async fn moved_at_once_nobody_waits_for_a_busy_one_but_the_way_back_does() {
    let (rig, noting) = rig(false).await;
    // After the first small step; the other one after its setpoint.
    rig.psus[4].refuse_after(SETPOINT, 1, 1, Exception::ServerDeviceBusy);
    rig.psus[1].refuse_after(SETPOINT, 2, 7, Exception::ServerDeviceBusy);
    let refused = rig.limit(10_000.0).await.unwrap_err().to_string();
    assert!(refused.contains("psu 5") && !refused.contains("not brought back"), "{refused}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert!(noting.spread() > STEP, "they moved at once: {}", noting.spread());
}

#[tokio::test(start_paused = true)]
async fn one_that_does_not_follow_is_found_by_a_step_that_harms_nobody() {
    for slow in [false, true] {
        for deaf in [false, true] {
            let (rig, noting) = rig(slow).await;
            match deaf {
                true => rig.psus[3].deaf_to(SETPOINT),
                false => rig.psus[3].refuse_after(SETPOINT, 0, 1, Exception::ServerDeviceFailure),
            }
            let refused = rig.limit(10_000.0).await.unwrap_err().to_string();
            assert!(refused.contains("psu 4") && !refused.contains("not brought back"), "{refused}");
            assert_eq!(rig.setpoints(), [NOMINAL; 6]);
            assert!(noting.lowest() >= NOMINAL - STEP / 2 - 1, "{}", noting.lowest());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_refuses_after_the_first_step_has_the_others_back_at_once() {
    let (rig, noting) = rig(false).await;
    rig.psus[3].refuse_after(SETPOINT, 1, 1, Exception::ServerDeviceFailure);
    let refused = rig.limit(10_000.0).await.unwrap_err().to_string();
    assert!(refused.contains("psu 4") && !refused.contains("not brought back"), "{refused}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    // The three before it went down, and the next three writes took them back.
    let held = noting.held.lock().unwrap();
    let down = held.iter().position(|all| all.iter().filter(|word| **word < 50_000).count() == 3).unwrap();
    assert!(held[down + 3].iter().all(|word| *word > NOMINAL - STEP), "{:?}", held[down + 3]);
}

/// A shelf whose gateway died between two steps, and what it left.
async fn died_on_the_way() -> (Rig, Vec<u16>) {
    let (mut rig, noting) = rig(true).await;
    // One that is busy holds the move up where it can be cut.
    rig.psus[3].refuse_after(SETPOINT, 6, 15, Exception::ServerDeviceBusy);
    let gateway = rig.gateway().clone();
    let limit = Setpoint::InputPowerLimit(Some(Watts(10_000.0)));
    let asked = tokio::spawn(async move { gateway.set(owner(), limit).await });
    // Between the fail-safe value and what counts as steered by itself.
    tokio::time::sleep(SECOND).await;
    assert!(noting.lowest() < NOMINAL - 4 * STEP, "{}", noting.lowest());
    let (_, task) = rig.gateway.take().unwrap();
    task.abort();
    asked.abort();
    let left = rig.setpoints();
    assert!(left.iter().all(|word| (50_500..NOMINAL).contains(word)), "{left:?}");
    (rig, left)
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_died_between_two_steps_is_known_by_what_it_left() {
    let (mut rig, left) = died_on_the_way().await;
    rig.start();
    rig.cycles(3).await;
    assert_eq!(rig.setpoints(), left, "a start changes nothing");
    assert_eq!(rig.events(EventKind::SetpointFound).len(), 6);
    rig.cycles(70).await;
    assert_eq!(rig.setpoints(), [NOMINAL; 6], "brought back after the time of grace");
}

#[tokio::test(start_paused = true)]
async fn a_setting_of_the_owner_is_none_that_a_gateway_left() {
    let (mut rig, left) = died_on_the_way().await;
    // The shelf was switched off and on meanwhile.
    rig.psus.iter().for_each(|psu| psu.set(SETPOINT, NOMINAL));
    rig.start();
    rig.cycles(3).await;
    rig.psus[0].silence(true);
    rig.cycles(3).await;
    rig.psus[0].set(SETPOINT, left[0]);
    rig.psus[0].silence(false);
    rig.cycles(80).await;
    assert_eq!(rig.psus[0].get(SETPOINT), left[0]);
    assert!(rig.events(EventKind::SetpointFound).is_empty());
}

#[tokio::test(start_paused = true)]
async fn psus_that_do_not_answer_are_not_left_alone_with_the_load() {
    let (rig, _) = rig(false).await;
    rig.psus[0].silence(true);
    rig.cycles(2).await;
    rig.limit(10_000.0).await.unwrap();
    rig.gateway().set(owner(), Setpoint::InputPowerLimit(None)).await.unwrap();
    rig.psus[1].silence(true);
    rig.cycles(2).await;
    let refused = rig.limit(10_000.0).await.unwrap_err().to_string();
    assert!(refused.contains("2 PSUs do not answer"), "{refused}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
}

#[tokio::test(start_paused = true)]
async fn what_was_found_in_several_psus_goes_back_at_once() {
    let mut rig = Rig::new();
    rig.psus.iter().for_each(|psu| psu.set(SETPOINT, 48_754));
    // Two tell later than the others what they hold.
    rig.psus[1].refuse_with(SETPOINT, Exception::ServerDeviceBusy);
    rig.psus[4].refuse_with(SETPOINT, Exception::ServerDeviceBusy);
    rig.start();
    rig.cycles(3).await;
    rig.psus[1].allow(SETPOINT);
    rig.psus[4].allow(SETPOINT);
    let mut back = None;
    for cycle in 3..90 {
        rig.cycles(1).await;
        let held = rig.setpoints();
        let high = held.iter().filter(|word| **word == NOMINAL).count();
        assert!(high == 0 || high == 6, "after {cycle} cycles: {held:?}");
        back = back.or((high == 6).then_some(cycle));
    }
    assert!(back.is_some_and(|cycle| (55..70).contains(&cycle)), "{back:?}");
    assert_eq!(rig.events(EventKind::SetpointFound).len(), 6);
}
