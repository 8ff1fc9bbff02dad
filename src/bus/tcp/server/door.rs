//! What comes from outside the connections: new ones, the end of a pause, the end of the server.
//!
//! Looking for it costs as much as a good part of a request, so it is looked for only after it knocked: it has a
//! waker of its own, which remembers that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

use futures::task::AtomicWaker;

/// The bell that wakers ring.
#[derive(Default)]
struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

/// Polls something only after its waker was woken.
pub(super) struct Door {
    bell: Arc<Bell>,
    waker: Waker,
    /// The task that the bell wakes.
    task: Option<Waker>,
}

impl Default for Door {
    fn default() -> Self {
        let bell = Arc::new(Bell::default());
        Self { waker: Waker::from(Arc::clone(&bell)), bell, task: None }
    }
}

impl Door {
    /// Runs `look` if somebody knocked since the last time, or if this is the first time. It is run again in the
    /// next turn of the task if it says that there is more.
    pub(super) fn answer(&mut self, context: &Context<'_>, look: impl FnOnce(&mut Context<'_>) -> bool) {
        let known = self.task.as_ref().is_some_and(|task| task.will_wake(context.waker()));
        if !self.bell.rung.swap(false, Ordering::AcqRel) && known {
            return;
        }
        // A bell that rang has let go of its task: it is told before the look, so that no knock is lost.
        self.task = Some(context.waker().clone());
        self.bell.task.register(context.waker());
        let more = look(&mut Context::from_waker(&self.waker));
        if more || self.bell.rung.load(Ordering::Acquire) {
            self.bell.rung.store(true, Ordering::Release);
            // Other tasks of this thread get their turn before the rest of the flood.
            context.waker().wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use futures::task::noop_waker;

    use super::*;

    #[test]
    fn it_looks_at_first_after_each_knock_and_when_the_task_is_another() {
        let mut door = Door::default();
        let first = noop_waker();
        let context = Context::from_waker(&first);
        let mut looks = 0;
        let mut inside = None;
        for _ in 0..3 {
            door.answer(&context, |context| {
                looks += 1;
                inside = Some(context.waker().clone());
                false
            });
        }
        assert_eq!(looks, 1);
        inside.as_ref().unwrap().wake_by_ref();
        door.answer(&context, |_| {
            looks += 1;
            // More than one turn takes.
            true
        });
        for _ in 0..3 {
            door.answer(&context, |_| {
                looks += 1;
                false
            });
        }
        assert_eq!(looks, 3);
        let second = Waker::from(Arc::new(Bell::default()));
        door.answer(&Context::from_waker(&second), |_| {
            looks += 1;
            false
        });
        assert_eq!(looks, 4);
    }

    #[tokio::test]
    async fn each_knock_wakes_the_task() {
        let mut door = Door::default();
        let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            for n in 0..1000 {
                send.send(n).unwrap();
                if n % 7 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        });
        let mut heard = Vec::new();
        std::future::poll_fn(|context| {
            let mut ended = false;
            door.answer(context, |context| {
                loop {
                    match receive.poll_recv(context) {
                        Poll::Ready(Some(n)) => heard.push(n),
                        Poll::Ready(None) => {
                            ended = true;
                            return false;
                        }
                        Poll::Pending => return false,
                    }
                }
            });
            if ended { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        assert_eq!(heard, (0..1000).collect::<Vec<_>>());
    }
}
