//! A few words that one thread posts and any number of threads read, without a lock and without memory of its own
//! making.

use std::sync::atomic::{AtomicU64, Ordering, fence};

/// How often a reader looks again while the writer is at work. A post of some hundred words takes well under a
/// microsecond, so that a reader only runs out of tries if the writer was stopped in the middle of one.
const TRIES: usize = 64;

/// `N` words that are posted and read as one.
///
/// The writer never waits. A reader that meets a post in progress looks again; what it gets is always all of one
/// post. (A sequence lock, with atomic words, so that there is no data race to reason away.)
#[derive(Debug)]
pub struct Board<const N: usize> {
    /// Odd while a post is in progress.
    sequence: AtomicU64,
    words: [AtomicU64; N],
}

impl<const N: usize> Default for Board<N> {
    fn default() -> Self {
        Self { sequence: AtomicU64::new(0), words: std::array::from_fn(|_| AtomicU64::new(0)) }
    }
}

impl<const N: usize> Board<N> {
    /// Posts new words. Only one thread may call this.
    pub fn post(&self, words: &[u64; N]) {
        let before = self.sequence.load(Ordering::Relaxed);
        self.sequence.store(before.wrapping_add(1), Ordering::Relaxed);
        // No word may be seen before the odd number.
        fence(Ordering::Release);
        for (place, word) in self.words.iter().zip(words) {
            place.store(*word, Ordering::Relaxed);
        }
        self.sequence.store(before.wrapping_add(2), Ordering::Release);
    }

    /// How many posts there were.
    pub fn posts(&self) -> u64 {
        self.sequence.load(Ordering::Acquire) / 2
    }

    /// The newest words; `None` if nothing was posted yet, or if the writer was stopped in the middle of a post.
    pub fn read(&self) -> Option<[u64; N]> {
        for _ in 0..TRIES {
            let before = self.sequence.load(Ordering::Acquire);
            if before == 0 {
                return None;
            }
            let words = std::array::from_fn(|at| self.words.get(at).map_or(0, |w| w.load(Ordering::Relaxed)));
            // The words must have been read before the number is looked at again.
            fence(Ordering::Acquire);
            if before.is_multiple_of(2) && self.sequence.load(Ordering::Relaxed) == before {
                return Some(words);
            }
            std::hint::spin_loop();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn nothing_is_there_before_the_first_post() {
        let board = Board::<3>::default();
        assert_eq!((board.read(), board.posts()), (None, 0));
        board.post(&[1, 2, 3]);
        assert_eq!((board.read(), board.posts()), (Some([1, 2, 3]), 1));
        board.post(&[4, 5, 6]);
        assert_eq!((board.read(), board.posts()), (Some([4, 5, 6]), 2));
    }

    #[test]
    fn a_post_in_progress_is_not_shown() {
        let board = Board::<1>::default();
        board.post(&[7]);
        // The writer stopped for good in the middle of its second post.
        board.sequence.store(3, Ordering::Release);
        assert_eq!(board.read(), None);
    }

    #[test]
    fn readers_see_whole_posts_and_never_an_older_one() {
        let board = Arc::new(Board::<32>::default());
        let stop = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (board, stop) = (Arc::clone(&board), Arc::clone(&stop));
                std::thread::spawn(move || {
                    let (mut newest, mut reads) = (0, 0u64);
                    while !stop.load(Ordering::Relaxed) {
                        let Some(words) = board.read() else { continue };
                        assert!(words.iter().all(|w| *w == words[0]), "torn: {words:?}");
                        assert!(words[0] >= newest, "{} after {newest}", words[0]);
                        newest = words[0];
                        reads += 1;
                    }
                    reads
                })
            })
            .collect();
        for n in 1..=200_000u64 {
            board.post(&[n; 32]);
            if n % 1000 == 0 {
                std::thread::yield_now();
            }
        }
        stop.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.join().unwrap();
        }
        assert_eq!(board.read(), Some([200_000; 32]));
    }
}
