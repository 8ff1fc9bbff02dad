//! Steps on the log of events in the block.

use cucumber::{then, when};

use super::lease::second;
use super::{
    IN_FORCE, LIMIT, Second, commit::beyond, lease, must_be_refused, must_become, must_go_on, number,
    register, set, settle, symbol, told,
};
use crate::device::{last_of, raw_number};
use crate::world::{CaseEnded, CaseWorld, Judged, Judgement, Judging, step};

/// Records of a window.
const RECORDS: usize = 6;
/// Most events that are paged through: many more than a case makes.
const MOST: usize = 200;

/// What one read of the window showed.
struct Window {
    newest: i128,
    oldest: i128,
    filled: i128,
    /// Number and kind of each record, newest first.
    records: Vec<(i128, i128)>,
}

async fn window(world: &mut CaseWorld) -> Result<Window, Judgement> {
    let first = register(world, "event_newest")?;
    let last = last_of(&register(world, &format!("event_{RECORDS}_verdict"))?);
    let read = world.read(first.address, last - first.address + 1).await?;
    let value = |world: &CaseWorld, id: &str| {
        let own = register(world, id)?;
        let at = usize::from(own.address - first.address);
        let words = read.get(at..at + usize::from(own.words)).unwrap_or_default();
        raw_number(&own, words).ok_or_else(|| Judgement::Fail(format!("{id} is no number")))
    };
    let mut records = Vec::new();
    for nth in 1..=RECORDS {
        let number = value(world, &format!("event_{nth}_sequence"))?;
        records.push((number, value(world, &format!("event_{nth}_kind"))?));
    }
    let (newest, oldest) = (value(world, "event_newest")?, value(world, "event_oldest")?);
    Ok(Window { newest, oldest, filled: value(world, "event_records")?, records })
}

/// The number before another one; 0 is none.
fn before(number: i128) -> i128 {
    if number == 1 { i128::from(u32::MAX) } else { number - 1 }
}

/// That the records run back from a number without a gap, as many as there are.
fn runs_back(window: &Window, from: i128) -> Judged {
    let numbers: Vec<i128> = window.records.iter().map(|(number, _)| *number).collect();
    let kept = from - window.oldest + 1;
    let wanted = if from == 0 { 0 } else { kept.clamp(0, RECORDS as i128) };
    if window.filled != wanted {
        let (filled, oldest) = (window.filled, window.oldest);
        return Err(Judgement::Fail(format!(
            "event_records is {filled}; from {from} back to {oldest} are {wanted}"
        )));
    }
    let mut expected = from;
    for (nth, number) in (0..).zip(&numbers) {
        let own = if nth < wanted { expected } else { 0 };
        if *number != own {
            return Err(Judgement::Fail(format!(
                "records {numbers:?} back from {from}: expected {own} in place {}",
                nth + 1
            )));
        }
        expected = before(expected);
    }
    Ok(())
}

#[when("the client takes the lease for 30 s and gives it back, twice")]
async fn four_events(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        for seconds in [30, 0, 30, 0] {
            let exchange = lease(w, seconds).await?;
            must_go_on(&exchange, &format!("the lease of {seconds} s"))?;
        }
        Ok(())
    })
    .await
}

#[then("the window shows the newest event first, and each number once")]
async fn newest_first(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let window = window(w).await?;
        runs_back(&window, window.newest)?;
        // The case itself made four.
        if window.filled < 4 {
            return Err(Judgement::Fail(format!("{} records after four events", window.filled)));
        }
        w.note(format!("events {} to {}", window.oldest, window.newest));
        Ok(())
    })
    .await
}

async fn page(world: &mut CaseWorld, until: i128) -> Judged {
    let value = i64::try_from(until).map_err(|e| Judgement::Error(e.to_string()))?;
    let exchange = set(world, "event_until", value).await?;
    must_go_on(&exchange, &format!("event_until {until}"))
}

#[when("the client pages back by 2 events")]
async fn back(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let until = before(before(number(w, "event_newest").await?));
        page(w, until).await?;
        w.numbers.insert("event_until", until);
        w.second = Some(Second::open(w).await?);
        Ok(())
    })
    .await
}

#[then("its window ends with that event, and the window of a second connection with the newest")]
async fn own_windows(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let until = w.numbers.get("event_until").copied().unwrap_or_default();
        let window = window(w).await?;
        runs_back(&window, until)?;
        let (newest, shown) = second(w, async |w, s| {
            let newest = s.number(w, "event_newest").await?;
            Ok((newest, s.number(w, "event_1_sequence").await?))
        })
        .await?;
        // One more may have happened between the two reads.
        if shown < newest || newest < window.newest {
            let seen = format!("the second connection sees {shown} first; the newest is {newest}");
            return Err(Judgement::Fail(seen));
        }
        Ok(())
    })
    .await
}

#[when("the client writes not available to event_until")]
async fn newest_again(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| page_to_newest(w).await).await
}

async fn page_to_newest(world: &mut CaseWorld) -> Judged {
    let none = register(world, "event_until")?.not_available;
    let none = none.ok_or_else(|| Judgement::Error("event_until has no value for not available".into()))?;
    page(world, none.into()).await
}

/// Kinds of the events after a number, oldest first; each number must be there.
pub(super) async fn logged_since(world: &mut CaseWorld, since: i128) -> Result<Vec<i128>, Judgement> {
    let mut until = number(world, "event_newest").await?;
    let mut kinds = Vec::new();
    while until > since && kinds.len() < MOST {
        page(world, until).await?;
        let window = window(world).await?;
        runs_back(&window, until)?;
        for (number, kind) in window.records.iter().filter(|(number, _)| *number > since) {
            kinds.push(*kind);
            until = before(*number);
        }
        if window.filled == 0 {
            break;
        }
    }
    page_to_newest(world).await?;
    kinds.reverse();
    Ok(kinds)
}

#[when("the client takes the lease, sets the largest limit and one 1 W above it, and gives the lease back")]
async fn something_to_log(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let newest = number(w, "event_newest").await?;
        w.numbers.insert("event_newest", newest);
        let exchange = lease(w, 30).await?;
        must_go_on(&exchange, "the lease")?;
        let above = beyond(w).await?;
        let exchange = set(w, LIMIT, above - 1).await?;
        must_go_on(&exchange, "the largest limit")?;
        must_become(w, IN_FORCE, (above - 1).into(), settle(w)).await?;
        let exchange = set(w, LIMIT, above).await?;
        must_be_refused(w, &exchange, 3, "a limit above the largest one")?;
        let exchange = lease(w, 0).await?;
        must_go_on(&exchange, "giving the lease back")?;
        let none = symbol(w, "lease_holder", "none")?;
        must_become(w, "lease_holder", none, settle(w)).await
    })
    .await
}

#[then("the log has lease_granted, setpoint_applied, setpoint_refused and lease_released in this order")]
async fn in_order(world: &mut CaseWorld) -> Result<(), CaseEnded> {
    step(world, async |w: &mut CaseWorld| {
        let since = w.numbers.get("event_newest").copied().unwrap_or_default();
        let kinds = logged_since(w, since).await?;
        let kinds: Vec<String> = kinds.iter().map(|kind| told(w, "event_1_kind", *kind)).collect();
        let mut rest = kinds.iter();
        for wanted in ["lease_granted", "setpoint_applied", "setpoint_refused", "lease_released"] {
            if !rest.any(|kind| kind == wanted) {
                return Err(Judgement::Fail(format!("no {wanted} in its place: {}", kinds.join(", "))));
            }
        }
        w.note(kinds.join(", "));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(newest: i128, oldest: i128, filled: i128, numbers: [i128; RECORDS]) -> Window {
        Window { newest, oldest, filled, records: numbers.map(|number| (number, 0)).to_vec() }
    }

    #[test]
    fn records_run_back_without_a_gap() {
        let good = |window: &Window, from| runs_back(window, from).is_ok();
        assert!(good(&seen(9, 1, 6, [9, 8, 7, 6, 5, 4]), 9));
        assert!(good(&seen(9, 1, 3, [3, 2, 1, 0, 0, 0]), 3));
        assert!(good(&seen(0, 0, 0, [0; 6]), 0));
        assert!(!good(&seen(9, 1, 6, [9, 8, 6, 5, 4, 3]), 9), "a gap");
        assert!(!good(&seen(9, 1, 6, [4, 5, 6, 7, 8, 9]), 9), "oldest first");
        assert!(!good(&seen(9, 1, 5, [9, 8, 7, 6, 5, 0]), 9), "one is hidden");
        assert!(!good(&seen(9, 5, 6, [9, 8, 7, 6, 5, 4]), 9), "one that is not kept");
        assert!(!good(&seen(9, 1, 3, [3, 2, 1, 1, 0, 0]), 3), "more than are filled");
        assert_eq!(before(1), i128::from(u32::MAX));
    }
}
