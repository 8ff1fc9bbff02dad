//! The same function for many indices, on all cores, results in the order of the indices.

use std::sync::atomic::{AtomicUsize, Ordering};

/// `f` of 0 to `count`; `progress` is told the share done.
pub(super) fn map<T: Send>(
    count: usize,
    f: impl Fn(usize) -> T + Sync,
    progress: &(dyn Fn(f64) + Sync),
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let work = || {
        let mut mine = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return mine;
            }
            mine.push((index, f(index)));
            progress((done.fetch_add(1, Ordering::Relaxed) + 1) as f64 / count as f64);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            // A thread that panicked is a bug in `f`: it goes on here.
            match other.join() {
                Ok(found) => all.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, value)| value).collect()
}
