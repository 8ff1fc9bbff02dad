//! Who waits for the line, and who has it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{ClassUse, Priority};

/// How long the line rests for a poll that has more to ask; less than t3.5.
const REST: Duration = Duration::from_millis(1);

/// The queue of one line.
#[derive(Debug, Default, Clone)]
pub(super) struct Queue {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    taken: bool,
    /// The class that had the line last and may go on, and the number of that rest.
    resting: Option<(Priority, u64)>,
    next_id: u64,
    classes: [Class; Priority::COUNT],
}

#[derive(Debug, Default)]
struct Class {
    waiting: VecDeque<Waiter>,
    /// Transactions of other classes that began while this one waited.
    passed: u32,
    usage: ClassUse,
}

#[derive(Debug)]
struct Waiter {
    id: u64,
    since: Instant,
    grant: oneshot::Sender<Turn>,
}

/// The line is the holder's until this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    queue: Queue,
    priority: Priority,
    began: Instant,
    answered: bool,
    /// Whether the holder came to know that it has the line.
    used: bool,
}

/// A place in the queue, left when dropped.
struct Place<'a> {
    queue: &'a Queue,
    priority: Priority,
    id: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        let Some(class) = state.classes.get_mut(self.priority as usize) else { return };
        if let Some(at) = class.waiting.iter().position(|w| w.id == self.id) {
            class.waiting.remove(at);
            class.usage.given_up += 1;
            if class.waiting.is_empty() {
                class.passed = 0;
            }
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn usage(&self) -> [ClassUse; Priority::COUNT] {
        let state = self.lock();
        let mut usage = [ClassUse::default(); Priority::COUNT];
        for (copy, class) in usage.iter_mut().zip(&state.classes) {
            *copy = ClassUse { waiting: class.waiting.len(), ..class.usage };
        }
        usage
    }

    /// Waits for the line.
    pub async fn turn(&self, priority: Priority) -> Turn {
        let (grant, granted) = oneshot::channel();
        // Before the receiver goes, its place goes: a grant is never sent to nobody while it is in the queue.
        let place = self.enter(priority, grant);
        self.go_on();
        let turn = granted.await;
        drop(place);
        match turn {
            Ok(mut turn) => {
                turn.used = true;
                turn
            }
            // The sender is in the queue until it sends; this cannot be, and waiting for ever is the safe answer.
            Err(_) => std::future::pending().await,
        }
    }

    fn enter(&self, priority: Priority, grant: oneshot::Sender<Turn>) -> Place<'_> {
        let mut state = self.lock();
        state.next_id += 1;
        let id = state.next_id;
        if let Some(class) = state.classes.get_mut(priority as usize) {
            class.waiting.push_back(Waiter { id, since: Instant::now(), grant });
        }
        if state.resting.is_some_and(|(class, _)| priority <= class) {
            state.resting = None;
            state.taken = false;
        }
        Place { queue: self, priority, id }
    }

    /// The rest of this number is over: whoever waits is next.
    fn rested(&self, number: u64) {
        {
            let mut state = self.lock();
            if state.resting.is_none_or(|(_, resting)| resting != number) {
                return;
            }
            state.resting = None;
            state.taken = false;
        }
        self.go_on();
    }

    /// Gives the line to whoever is next, if it is free.
    fn go_on(&self) {
        let next = self.lock().next();
        if let Some((priority, waiter)) = next {
            let turn =
                Turn { queue: self.clone(), priority, began: Instant::now(), answered: false, used: false };
            // Whoever gave up in this instant drops the turn, and so gives the line on.
            let _ = waiter.grant.send(turn);
        }
    }
}

impl State {
    /// Whether a turn of this class is followed by a rest: others wait, and none of them is due.
    fn rests(&self, priority: Priority) -> bool {
        let mut waiting =
            Priority::ALL.into_iter().zip(&self.classes).filter(|(_, c)| !c.waiting.is_empty()).peekable();
        priority == Priority::Fast
            && waiting.peek().is_some()
            && waiting.all(|(p, c)| p > priority && c.passed < p.patience())
    }

    /// Takes the line for the request that goes next.
    fn next(&mut self) -> Option<(Priority, Waiter)> {
        if self.taken {
            return None;
        }
        let waiting = Priority::ALL.into_iter().zip(&self.classes).filter(|(_, c)| !c.waiting.is_empty());
        // How long a class has been due, in transactions; of two that are due as long the more urgent one.
        let due = waiting
            .clone()
            .filter_map(|(p, c)| Some((c.passed.checked_sub(p.patience())?, std::cmp::Reverse(p))))
            .max();
        let chosen = match due {
            Some((_, std::cmp::Reverse(priority))) => priority,
            None => waiting.map(|(p, _)| p).min()?,
        };
        let class = self.classes.get_mut(chosen as usize)?;
        let waiter = class.waiting.pop_front()?;
        class.passed = 0;
        let waited = waiter.since.elapsed();
        class.usage.waited += waited;
        class.usage.longest_wait = class.usage.longest_wait.max(waited);
        self.taken = true;
        for (priority, class) in Priority::ALL.into_iter().zip(&mut self.classes) {
            if priority != chosen && !class.waiting.is_empty() {
                class.passed = class.passed.saturating_add(1);
            }
        }
        Some((chosen, waiter))
    }
}

impl Turn {
    /// The transaction had a good answer.
    pub fn answered(&mut self) {
        self.answered = true;
    }

    /// Ends the turn. The poll that has more to ask comes back at once, but not before its last answer is out: without a rest whoever waits would have the line each second time. On a serial line the rest is
    /// free, for the line has to be silent between two frames.
    pub fn end(self) {
        let number = {
            let mut state = self.queue.lock();
            if !state.rests(self.priority) {
                return;
            }
            state.next_id += 1;
            state.resting = Some((self.priority, state.next_id));
            state.next_id
        };
        let queue = self.queue.clone();
        drop(self);
        tokio::spawn(async move {
            tokio::time::sleep(REST).await;
            queue.rested(number);
        });
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        {
            let mut state = self.queue.lock();
            // A rest keeps the line.
            state.taken = state.resting.is_some();
            if let Some(class) = state.classes.get_mut(self.priority as usize) {
                let usage = &mut class.usage;
                if self.used {
                    let busy = self.began.elapsed();
                    usage.transactions += 1;
                    usage.failed += u64::from(!self.answered);
                    usage.busy += busy;
                    usage.longest = usage.longest.max(busy);
                } else {
                    usage.given_up += 1;
                }
            }
        }
        self.queue.go_on();
    }
}
