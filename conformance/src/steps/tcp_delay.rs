//! Steps on answers that wait for an acknowledgement: Nagle's algorithm in the server.

use std::time::Duration;

use cucumber::{then, when};
use tokio::time::Instant;

use super::tcp::{describe, probe, send};
use super::tcp_limits::served;
use crate::transport::tcp::{Connection, Received, fault, good_adu};
use crate::world::{CaseEnded, CaseWorld, Judgement, Judging, step, step_within};

/// Reads of 100 s at most, twice.
const LIMIT: Duration = Duration::from_secs(600);
/// Time for a server to notice that clients have gone.
const PLACE: Duration = Duration::from_secs(2);
/// Half of the shortest time that a computer waits with an acknowledgement (Linux: 40 ms; others up to 200 ms).
const WAITED: Duration = Duration::from_millis(20);

/// Reads the probe register, and says how long the answer took.
async fn timed(
    world: &mut CaseWorld,
    connection: &mut Connection,
    nth: u16,
    at_once: bool,
) -> Result<Duration, Judgement> {
    let (context, log, (pdu, _)) = (world.context()?, world.log(), probe(world)?);
    let unit = context.device.unit;
    let started = Instant::now();
    send(world, connection, &good_adu(nth, unit, &pdu)).await?;
    connection.acknowledge(at_once)?;
    match connection.receive(context.timing.answer, &*log).await {
        Received::Frame(frame) if fault(&frame, nth, unit).is_none() => Ok(started.elapsed()),
        other => Err(Judgement::Fail(format!("read {nth}: {}", describe(&other)))),
    }
}

#[when(
    regex = r"^the client reads (\d+) times on each of two connections, acknowledging late on one and at once on the other$"
)]
async fn late_and_at_once(world: &mut CaseWorld, times: u16) -> Result<(), CaseEnded> {
    step_within(LIMIT, world, async |w: &mut CaseWorld| {
        // A server that had all of its places taken by the case before may not have noticed yet that they are free.
        let (mut slow, mut quick) = (served(w, PLACE).await?, served(w, PLACE).await?);
        let (mut late, mut at_once) = (Vec::new(), Vec::new());
        // In turns: whatever else slows the reads down slows down both.
        for nth in 0..times {
            late.push(timed(w, &mut slow, nth, false).await?);
            at_once.push(timed(w, &mut quick, nth, true).await?);
        }
        w.times = [late, at_once].concat();
        Ok(())
    })
    .await
}

#[then("no tenth of the answers waited for an acknowledgement")]
async fn none_waited(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let times = std::mem::take(&mut w.times);
        let (late, at_once) = times.split_at(times.len() / 2);
        let seen = judge(late, at_once).ok_or_else(|| Judgement::Error("nothing was read".into()))?;
        let text = format!(
            "median {:.1} ms when acknowledged late, {:.1} ms at once; {} of {} waited",
            seen.late.as_secs_f64() * 1e3,
            seen.at_once.as_secs_f64() * 1e3,
            seen.waited,
            late.len()
        );
        if seen.waited * 10 >= late.len() {
            return Err(Judgement::Fail(text));
        }
        w.note(text);
        Ok(())
    })
    .await
}

/// What two series of times show.
#[derive(Debug, PartialEq, Eq)]
struct Plateau {
    /// Median of the answers that were acknowledged late.
    late: Duration,
    /// Median of those that were acknowledged at once.
    at_once: Duration,
    /// How many of the first took so much longer than nine tenths of the second that only the wait explains it.
    waited: usize,
}

/// Compares the series; `None` if one is empty. A device that is slow is slow in both, and so no plateau.
fn judge(late: &[Duration], at_once: &[Duration]) -> Option<Plateau> {
    let part = |times: &[Duration], tenths: usize| {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        sorted.get(sorted.len().saturating_sub(1) * tenths / 10).copied()
    };
    let usual = part(at_once, 9)?;
    Some(Plateau {
        late: part(late, 5)?,
        at_once: part(at_once, 5)?,
        waited: late.iter().filter(|time| **time > usual + WAITED).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(count: usize, ms: u64) -> Vec<Duration> {
        vec![Duration::from_millis(ms); count]
    }

    #[test]
    fn a_plateau_is_what_late_acknowledgements_alone_show() {
        let waited = |late: &[Duration], at_once: &[Duration]| judge(late, at_once).unwrap().waited;
        assert_eq!(waited(&series(100, 41), &series(100, 1)), 100);
        // A line behind a gateway takes 45 ms each time: slow, and no plateau.
        assert_eq!(waited(&series(100, 45), &series(100, 44)), 0);
        let some = [series(88, 1), series(12, 42)].concat();
        assert_eq!(waited(&some, &series(100, 1)), 12);
        // A wait that comes as often when acknowledged at once is none for an acknowledgement.
        assert_eq!(waited(&some, &some), 0);
        assert_eq!(waited(&series(10, 21), &series(10, 1)), 0);
        assert_eq!(waited(&series(10, 22), &series(10, 1)), 10);
        assert_eq!(judge(&[], &series(1, 1)), None);
        assert_eq!(judge(&series(1, 1), &[]), None);
        let seen = judge(&series(3, 5), &series(3, 4)).unwrap();
        assert_eq!((seen.late, seen.at_once), (Duration::from_millis(5), Duration::from_millis(4)));
    }
}
