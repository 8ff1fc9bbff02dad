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
    rig.psus[4].refuse_after(SETPOINT, 0, 1, Exception::ServerDeviceBusy);
    rig.psus[1].refuse_after(SETPOINT, 1, 7, Exception::ServerDeviceBusy);
    let refused = rig.limit(10_000.0).await.unwrap_err().to_string();
    assert!(refused.contains("psu 5") && !refused.contains("not brought back"), "{refused}");
    assert_eq!(rig.setpoints(), [NOMINAL; 6]);
    assert!(noting.spread() > STEP, "they moved at once: {}", noting.spread());
}
